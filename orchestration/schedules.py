"""When the job runs: every night, and when something new lies in the landing zone."""

import hashlib

import dagster as dg

from orchestration.settings import load_settings

nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    description="Land everything new, build, audit, publish.",
    # One process: the warehouse takes one writer, and the write lock lasts for the run.
    executor_def=dg.in_process_executor,
)


def build_schedule(automation: bool) -> dg.ScheduleDefinition:
    """The nightly schedule, 02:00 in London, winter and summer."""
    return dg.ScheduleDefinition(
        name="nightly_at_two",
        job=nightly_job,
        cron_schedule="0 2 * * *",
        execution_timezone="Europe/London",
        description="02:00 Europe/London, when nobody lands files or opens reports.",
        default_status=dg.DefaultScheduleStatus.RUNNING
        if automation
        else dg.DefaultScheduleStatus.STOPPED,
    )


def build_landing_sensor(automation: bool) -> dg.SensorDefinition:
    """The sensor that starts the job when the landing zone has changed and is at rest."""

    @dg.sensor(
        name="landing_zone_changed",
        job=nightly_job,
        minimum_interval_seconds=60,
        description="A file was added to the landing zone, or changed, and copying has ended.",
        default_status=dg.DefaultSensorStatus.RUNNING
        if automation
        else dg.DefaultSensorStatus.STOPPED,
    )
    def landing_zone_changed(
        context: dg.SensorEvaluationContext,
    ) -> dg.SensorResult | dg.SkipReason:
        seen = landing_zone_state()
        run_for, _, last_seen = (context.cursor or "|").partition("|")
        if seen == run_for:
            return dg.SkipReason("Nothing new in the landing zone.")
        if seen != last_seen:
            # Files may still be arriving: wait until two looks a minute apart agree.
            context.update_cursor(f"{run_for}|{seen}")
            return dg.SkipReason("The landing zone is changing; looking again in a minute.")
        return dg.SensorResult([dg.RunRequest(run_key=seen)], cursor=f"{seen}|{seen}")

    return landing_zone_changed


def landing_zone_state() -> str:
    """A hash of the landing zone's files: path, size and time of change, not contents."""
    digest = hashlib.sha256()
    landing = load_settings().landing_dir
    for path in sorted(landing.rglob("*")):
        if path.is_file():
            status = path.stat()
            digest.update(
                f"{path.relative_to(landing)}|{status.st_size}|{status.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest()
