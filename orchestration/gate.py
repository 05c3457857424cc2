"""The gate for returns: a delivery that fails a critical rule does not come into force.

What belongs here: judging what has landed before the marts are built, and holding back what
fails. What does not: the rules, and the gate for marts, which the audit is.

Only critical rules are judged here, on the staging tables they read, which are built for it; the
audit judges everything again later. A delivery is judged once: a rule that becomes critical next
year does not take away what was let through this year (its failure stops the publication
instead). Rows of a delivery that is held back stay in raw, where nothing reads them, and its
failing rows are kept for its owner's report.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from expectations.catalogue import Catalogue, load_catalogues
from expectations.queries import DELIVERIES, MANIFEST
from expectations.runner import judged
from orchestration.dbt import PointInTime, run_dbt
from orchestration.landing.manifest import hold_back, transaction, utc
from orchestration.settings import Settings

_log = logging.getLogger(__name__)


class GateError(RuntimeError):
    """The tables critical rules read could not be built."""


@dataclass(frozen=True)
class Held:
    """A delivery held back, and the first critical rule it fails."""

    delivery_id: int
    rule_id: str
    rows_failing: int


def hold_critical_failures(
    settings: Settings,
    point: PointInTime,
    run_id: str,
    now: dt.datetime,
    catalogues: Sequence[Catalogue] | None = None,
) -> tuple[Held, ...]:
    """Judge every delivery in force that has not been judged, and hold back what fails.

    Where the delivery that comes back has not been judged either, it is judged in its turn.

    Args:
        settings: Where the warehouse is; nobody else may have it open.
        point: The moment the run stands for.
        run_id: The run.
        now: When it began (UTC).
        catalogues: The rules; those of ``expectations/rules`` when not given.

    Returns:
        What was held back.

    Raises:
        GateError: dbt could not build the tables the rules read.
    """
    known = load_catalogues() if catalogues is None else catalogues
    held: list[Held] = []
    while waiting := _unjudged(settings):
        critical = [
            replace(catalogue, rules=rules)
            for catalogue in known
            if catalogue.boundary == "returns"
            and catalogue.return_name in waiting.values()
            and (rules := tuple(rule for rule in catalogue.rules if rule.stops_publication))
        ]
        if critical:
            _build(settings, point, critical)
        with judged(settings, point, critical) as (warehouse, outcomes):
            broken = {outcome.return_name for outcome in outcomes if outcome.outcome == "crashed"}
            with transaction(warehouse):
                now_held = _hold(warehouse, set(waiting), now)
                _let_through(warehouse, set(waiting), broken, run_id, now)
        held += now_held
        if not now_held:
            break
    for each in held:
        _log.warning(
            "Delivery %d is held back: critical rule %s fails on %d rows",
            each.delivery_id,
            each.rule_id,
            each.rows_failing,
        )
    return tuple(held)


def _unjudged(settings: Settings) -> dict[int, str]:
    """Deliveries in force that were not judged, and their returns."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        return dict(
            warehouse.execute(
                "select delivery_id, return_name from raw.deliveries"
                " where fate = 'accepted' and judged_at is null"
            ).fetchall()
        )


def _build(settings: Settings, point: PointInTime, catalogues: Sequence[Catalogue]) -> None:
    relations = {DELIVERIES, MANIFEST}
    for catalogue in catalogues:
        relations |= {relation for rule in catalogue.rules for relation in rule.tables}
        if catalogue.untyped_values:
            relations.add(catalogue.untyped_values)
    models = sorted(relation.partition(".")[2] for relation in relations)
    built = run_dbt(
        settings,
        point,
        [
            "--quiet",
            "build",
            "--full-refresh",
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            "--select",
            *(f"+{model}" for model in models),
        ],
    )
    if built != 0:
        raise GateError(
            "dbt could not build the tables critical rules read; "
            f"see {settings.dbt_log_dir / 'dbt.log'}."
        )


def _hold(warehouse: duckdb.DuckDBPyConnection, waiting: set[int], now: dt.datetime) -> list[Held]:
    failing = warehouse.execute(
        "select delivery_id, rule_id, message, count(*) from found"
        " where list_contains(?, delivery_id) group by all order by delivery_id, rule_id",
        [sorted(waiting)],
    ).fetchall()
    held: dict[int, Held] = {}
    for delivery_id, rule_id, message, rows in failing:
        warehouse.execute(
            "insert into validation.held_rows by name"
            " select * exclude (rule_key, severity), ? as held_at from found"
            " where delivery_id = ? and rule_id = ?",
            [utc(now), delivery_id, rule_id],
        )
        if delivery_id in held:
            continue
        held[delivery_id] = Held(delivery_id, rule_id, rows)
        counted = "1 row fails" if rows == 1 else f"{rows} rows fail"
        hold_back(warehouse, delivery_id, f"{counted} critical rule {rule_id}: {message}", now)
    return list(held.values())


def _let_through(
    warehouse: duckdb.DuckDBPyConnection,
    waiting: set[int],
    broken: set[str],
    run_id: str,
    now: dt.datetime,
) -> None:
    """Note what has been judged; where a rule broke, it is to be judged again."""
    warehouse.execute(
        "update raw.deliveries set judged_at = ?, judged_run_id = ?"
        " where list_contains(?, delivery_id) and not list_contains(?, return_name)",
        [utc(now), run_id, sorted(waiting), sorted(broken)],
    )
