"""The audit as Dagster asset checks: one for each rule, on the table it guards."""

import json
import logging
from collections.abc import Iterator

import dagster as dg

from expectations.catalogue import Rule, load_catalogues, load_rules
from expectations.effects import indicators_touched
from expectations.reports import write_reports
from expectations.runner import run_audit
from orchestration.dbt import manifest_file
from orchestration.publishing.closed_years import TABLE as COMPARED
from orchestration.publishing.closed_years import compare_with_publication
from orchestration.resources import PierRun

progress = logging.getLogger("pier.progress")


def _check_spec(rule: Rule) -> dg.AssetCheckSpec:
    # What is compared with the last publication is no asset: the check is on what is published.
    compared = rule.tables[0] == COMPARED
    schema, table = rule.tables[1 if compared else 0].split(".")
    return dg.AssetCheckSpec(
        name=rule.rule_id.replace("-", "_").replace(".", "_"),
        asset=dg.AssetKey([schema, table]),
        description=rule.message,
        blocking=rule.stops_publication,
        metadata={"owner": rule.owner, "severity": rule.severity},
    )


CHECK_SPECS = {rule.rule_id: _check_spec(rule) for rule in load_rules()}


@dg.multi_asset_check(specs=list(CHECK_SPECS.values()), name="audit", can_subset=True)
def audit(context: dg.AssetCheckExecutionContext, pier: PierRun) -> Iterator[dg.AssetCheckResult]:
    """Run every rule with Great Expectations; critical ones on marts stop publication.

    A rule that was skipped yields no result, so that Dagster never shows it as passed.
    """
    settings, run_id = pier.settings, context.run.run_id
    manifest = json.loads(manifest_file(settings, pier.point).read_text(encoding="utf-8"))
    compare_with_publication(settings, pier.point, manifest)
    result = run_audit(
        settings,
        pier.point,
        run_id,
        touched=indicators_touched(load_catalogues(), manifest),
        data_docs=settings.data_docs_dir,
    )
    # Before anything is stopped: a data owner needs the report most when the gate is shut. What
    # was to be mended at a moment of the past is nobody's morning work.
    if not pier.point.forgets:
        write_reports(settings, run_id)
    progress.info("audit: %d rules judged", len(result.rule_outcomes))
    for outcome in result.rule_outcomes:
        if outcome.outcome == "skipped":
            continue
        spec = CHECK_SPECS[outcome.rule_id]
        is_error = outcome.severity == "critical" or outcome.outcome == "crashed"
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=outcome.outcome == "passed",
            severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
            metadata={
                "outcome": outcome.outcome,
                "rows_checked": outcome.rows_checked,
                "rows_failing": outcome.rows_failing,
            },
        )
