"""The ``pier`` command: a thin face on the modules that do the work.

Every command says what it did and exits with 1 when something was refused or failed, with
2 when it was asked for wrongly.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from orchestration.dbt import FAR_FUTURE, PointInTime, run_dbt
from orchestration.lock import RunInProgressError, write_lock
from orchestration.settings import SettingError, Settings, load_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a traceback must never print a child's record
    help="Pier: a data warehouse for children's services performance teams.",
)
deliveries_app = typer.Typer(invoke_without_command=True, help="List deliveries and their fate.")
app.add_typer(deliveries_app, name="deliveries")
# Bound to the terminal now: while a run lasts, standard output is taken from dbt.
console = Console(file=sys.stdout)

AsAt = Annotated[
    str | None, typer.Option("--as-at", help="Day for in-year figures, as 2017-07-31.")
]
AsKnownAt = Annotated[
    str | None,
    typer.Option("--as-known-at", help="Leave out what was received after this (UTC)."),
]


def main() -> None:
    """Entry point: settings that cannot be used end with one sentence, not a traceback."""
    # dbt, Great Expectations and Dagster all report usage to their makers unless told not to.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    try:
        app()
    except SettingError as error:
        console.print(str(error), style="red")
        sys.exit(2)
    except RunInProgressError as error:
        console.print(str(error), style="red")
        sys.exit(1)


@app.command()
def nightly(
    as_at: AsAt = None,
    as_known_at: AsKnownAt = None,
    rebuild: Annotated[
        bool, typer.Option(help="Build and publish even when nothing has changed.")
    ] = False,
    demo_if_empty: Annotated[
        bool, typer.Option(help="Write the demo borough first if nothing has ever landed.")
    ] = False,
) -> None:
    """Land everything new, build the marts, audit them and publish."""
    from orchestration.console import print_summary
    from orchestration.nightly import run_nightly

    settings = load_settings()
    if demo_if_empty and _is_empty(settings.landing_dir):
        _write_demo(settings)
    point = _point(as_at, as_known_at)
    with console.status("starting …") as status:
        run = run_nightly(
            settings, point, rebuild=rebuild, on_step=lambda step: status.update(f"{step} …")
        )
    print_summary(console, settings, run)
    refused = any(line.fate == "refused" for line in run.summary.deliveries)
    held = any(line.is_new for line in run.summary.held)
    if refused or held or not run.succeeded:
        raise typer.Exit(1)


@app.command()
def land(
    path: Annotated[Path | None, typer.Argument(help="File to copy in first.")] = None,
    return_name: Annotated[str | None, typer.Option("--return", help="As ssda903.")] = None,
    authority: Annotated[str | None, typer.Option(help="DfE number, as 882.")] = None,
    period: Annotated[str | None, typer.Option(help="As 2016-17.")] = None,
) -> None:
    """Land what is new in the landing zone, without building anything."""
    from orchestration.console import print_deliveries
    from orchestration.landing import engine
    from orchestration.summary import summarise

    settings = load_settings()
    if path is not None:
        _copy_in(settings, path, return_name, authority, period)
    now = dt.datetime.now(dt.UTC)
    run_id = f"land-{now:%Y%m%dT%H%M%S}"
    with write_lock(settings), console.status("landing …") as status:
        engine.land(
            settings,
            None,
            now,
            run_id=run_id,
            on_rows=lambda file, rows: status.update(f"landing {escape(file)}, {rows:,} rows …"),
        )
    summary = summarise(settings, run_id)
    print_deliveries(console, summary.deliveries, summary.left)
    if any(line.fate == "refused" for line in summary.deliveries):
        raise typer.Exit(1)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Other seeds, other children.")] = 882,
    years: Annotated[
        str | None, typer.Option(help="As 2015-2018, by the year they end in; all by default.")
    ] = None,
    authorities: Annotated[
        int, typer.Option(help="How many authorities send returns, the home one first.")
    ] = 1,
    children_scale: Annotated[
        float, typer.Option(help="How many times the children; only 1 is calibrated.")
    ] = 1.0,
    faults: Annotated[bool, typer.Option("--faults", help="Plant faults, and list them.")] = False,
) -> None:
    """Write invented returns into the landing zone: the demo borough, or any number of them."""
    import demo as borough

    settings = load_settings()
    try:
        with console.status("inventing children …"):
            written = borough.write(
                settings.landing_dir,
                authority=settings.home_authority,
                seed=seed,
                years=_years(years) or borough.YEARS,
                authorities=authorities,
                children_scale=children_scale,
                faults=faults,
            )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(
        f"{written.files} files of {len(written.authorities)} authorities written to "
        f"{settings.landing_dir} (all {written.children} children are invented)."
    )
    if written.faults:
        console.print(f"{written.faults} faults planted: {settings.landing_dir / borough.FAULTS}.")


@deliveries_app.callback()
def deliveries(context: typer.Context) -> None:
    """List every delivery and its fate."""
    if context.invoked_subcommand is None:
        from orchestration.console import print_deliveries
        from orchestration.summary import all_deliveries

        print_deliveries(console, all_deliveries(load_settings()))


@deliveries_app.command()
def show(delivery_id: int) -> None:
    """Show how many rows a delivery added, removed and changed against the one before."""
    import duckdb

    from orchestration.console import print_changes
    from orchestration.landing.manifest import DeliveryError, delivery_changes

    settings = load_settings()
    try:
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
            changes = delivery_changes(warehouse, delivery_id)
    except DeliveryError as error:
        raise typer.BadParameter(str(error)) from error
    print_changes(console, delivery_id, changes)


@deliveries_app.command()
def withdraw(delivery_id: int) -> None:
    """Withdraw a delivery; the one before it comes back into force at the next build."""
    import duckdb

    from orchestration.landing import manifest

    settings = load_settings()
    try:
        with write_lock(settings), duckdb.connect(str(settings.warehouse_file)) as warehouse:
            manifest.withdraw(warehouse, delivery_id, dt.datetime.now(dt.UTC))
    except manifest.DeliveryError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(f"Delivery {delivery_id} is withdrawn. `pier nightly` builds without it.")


@deliveries_app.command()
def confirm(delivery_id: int) -> None:
    """Confirm that a held delivery is right; the next landing takes it."""
    import duckdb

    from orchestration.landing import DeliveryError
    from orchestration.landing import confirm as confirm_delivery

    settings = load_settings()
    try:
        with write_lock(settings), duckdb.connect(str(settings.warehouse_file)) as warehouse:
            confirm_delivery(warehouse, delivery_id, dt.datetime.now(dt.UTC))
    except DeliveryError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(f"Delivery {delivery_id} is confirmed. `pier nightly` takes it.")


@app.command()
def template(
    return_name: Annotated[str, typer.Argument(metavar="RETURN", help="As placement_payments.")],
    period: Annotated[str | None, typer.Option(help="As 2016-17; the newest by default.")] = None,
    folder: Annotated[Path, typer.Option(help="Where to put the workbook.")] = Path(),
) -> None:
    """Write the empty workbook in which an owner fills a return in."""
    from orchestration.landing.contracts import ContractError
    from orchestration.landing.templates import write_template

    name = f"{return_name}_{period}.xlsx" if period else f"{return_name}.xlsx"
    try:
        written = write_template(return_name, period, folder / name)
    except ContractError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(f"Written: {written}. Its first sheet says how to fill it in.")


@app.command()
def status() -> None:
    """Say what is published, how fresh each return is, and what is open by owner."""
    from orchestration.console import print_status

    print_status(console, load_settings())


@app.command()
def rules(
    return_name: Annotated[
        str | None, typer.Option("--return", help="Only those of this return, or of the marts.")
    ] = None,
    year: Annotated[
        str | None, typer.Option(help="Only those that hold in it, as 2016/17.")
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option("--status", help="Only passed, failed, skipped, crashed or not run."),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page docs/rules.md, without outcomes.")
    ] = False,
) -> None:
    """List the rules, with what became of each in the last audit."""
    from expectations.listing import as_markdown, chosen_rules, last_statuses
    from orchestration.console import print_rules

    chosen = chosen_rules(return_name, year)
    if markdown:
        typer.echo(as_markdown(chosen), nl=False)
    else:
        print_rules(console, chosen, last_statuses(load_settings().warehouse_file), outcome)


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help='As "NI 62".')],
    period: Annotated[
        str | None, typer.Option(help="As 2016/17, 2016/17 Q1 or 2017-07; else the last.")
    ] = None,
    children: Annotated[
        bool, typer.Option(help="List the children behind it, with file and line (restricted).")
    ] = False,
) -> None:
    """Take one figure apart: counts, rule, guidance, open definitions, files, children."""
    from orchestration.console import print_explanation
    from orchestration.explain import UnknownFigureError
    from orchestration.explain import explain as take_apart

    try:
        explanation = take_apart(load_settings(), indicator, period, with_members=children)
    except UnknownFigureError as error:
        console.print(escape(str(error)), style="red")
        raise typer.Exit(1) from error
    print_explanation(console, explanation)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="On this machine only.")] = 3000,
) -> None:
    """Start Dagster's web interface with the nightly schedule and the landing sensor."""
    from orchestration.nightly import prepare_dagster_home

    settings = load_settings()
    prepare_dagster_home(settings)
    environ = {**os.environ, "PIER_ENVIRONMENT": "production"}
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "orchestration.definitions"]
    console.print(f"Dagster: http://localhost:{port} (Ctrl+C ends it)")
    ended = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [*command, "--host", "127.0.0.1", "--port", str(port)], env=environ, check=False
    )
    raise typer.Exit(ended.returncode)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)
def dbt(context: typer.Context) -> None:
    """Run dbt by hand with Pier's paths and variables, as `pier dbt build --select staging`."""
    settings = load_settings()
    point = PointInTime(as_at=dt.datetime.now(dt.UTC).date())
    raise typer.Exit(run_dbt(settings, point, context.args))


def _point(as_at: str | None, as_known_at: str | None) -> PointInTime | None:
    if as_at is None and as_known_at is None:
        return None
    try:
        return PointInTime(
            as_at=dt.date.fromisoformat(as_at) if as_at else dt.datetime.now(dt.UTC).date(),
            as_known_at=dt.datetime.fromisoformat(as_known_at) if as_known_at else FAR_FUTURE,
        )
    except ValueError as error:
        raise typer.BadParameter(
            "Dates are written as 2017-07-31, moments as 2017-07-31T18:00:00."
        ) from error


def _copy_in(
    settings: Settings,
    path: Path,
    return_name: str | None,
    authority: str | None,
    period: str | None,
) -> None:
    """Copy a file to its place; it appears there whole, because it is renamed into place."""
    from orchestration.landing.contracts import contract_for

    if not path.is_file():
        raise typer.BadParameter(f"{path} is not a file.")
    if return_name is None:
        raise typer.BadParameter("--return is needed to know where the file belongs.")
    contract = contract_for(return_name)
    folder = settings.landing_dir / contract.return_name
    if not contract.national:
        if period is None:
            raise typer.BadParameter("--period is needed for this return, as 2016-17.")
        folder = folder / (authority or settings.home_authority) / period
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{path.name}.partial"
    shutil.copyfile(path, partial)
    partial.replace(folder / path.name)


def _is_empty(landing: Path) -> bool:
    return not landing.exists() or not any(path.is_file() for path in landing.rglob("*"))


def _years(text: str | None) -> range | None:
    """The years from A to B of ``A-B``, both included; one year stands for itself."""
    if text is None:
        return None
    first, _, last = text.partition("-")
    try:
        return range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise typer.BadParameter("Years are written as 2015-2018.") from error


def _write_demo(settings: Settings) -> None:
    import demo as borough

    with console.status("inventing the demo borough …"):
        borough.write(settings.landing_dir, authority=settings.home_authority)
    console.print(f"Demo borough written to {settings.landing_dir} (every child is invented).")
