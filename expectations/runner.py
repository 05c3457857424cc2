"""The audit, step by step: plan, judge, gather, keep.

What belongs here: ``run_audit`` and the outcome of each rule. What does not: SQL
(``queries``, ``checks``), Great Expectations (``suites``) and tables (``findings``).

A rule that cannot run because a table is missing or was not delivered is skipped, with the
reason; one that breaks has crashed. Neither is ever passed, and no rule changes what another
sees: they are judged on a read-only warehouse, each statement by itself. What many rules build on
is written down for them before that, and cleared away after.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from expectations.catalogue import BOUNDARIES, Catalogue, Rule, Table, load_catalogues, year_before
from expectations.checks import NotCheckable
from expectations.findings import Found, Outcome, create_tables, write
from expectations.queries import DELIVERIES, Columns, RuleQueries, UnknownColumnError
from expectations.shared_steps import clear, share
from expectations.suites import Expectation, Judgement, batch_query, judge
from orchestration.dbt import PointInTime
from orchestration.settings import Settings

_log = logging.getLogger(__name__)

_BATCH_MARKER = "rule_batch__"

Slice = tuple[str | None, str | None]
"""Authority (DfE number) and collection year; (None, None) where rows belong to neither."""

Deliveries = Mapping[str, Mapping[Slice, frozenset[str]]]
"""Return, then authority and year, to the tables delivered and in force."""

_GRAVITY = ("skipped", "passed", "failed", "crashed")

_EVERYTHING: Slice = (None, None)


@dataclass(frozen=True)
class AuditResult:
    """What an audit found.

    Attributes:
        run_id: The run.
        outcomes: One for each rule and, where rows belong to them, authority and year.
    """

    run_id: str
    outcomes: tuple[Outcome, ...]

    @property
    def rule_outcomes(self) -> tuple[Outcome, ...]:
        """One outcome for each rule: the worst of its authorities and years, rows added up."""
        by_rule: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            by_rule.setdefault(outcome.rule_id, []).append(outcome)
        return tuple(_worst(members) for members in by_rule.values())

    @property
    def critical_failures(self) -> tuple[Outcome, ...]:
        """Failures that stop a publication."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.outcome == "failed" and outcome.severity == "critical"
        )

    @property
    def crashed(self) -> tuple[Outcome, ...]:
        """Rules that broke; whatever they guard was not checked, so the run has failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.outcome == "crashed")


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcomes of one rule as one: a rule skipped somewhere passed where it was judged."""
    worst = max(outcomes, key=lambda outcome: _GRAVITY.index(outcome.outcome))
    return replace(
        worst,
        la_code=None,
        period_label=None,
        rows_checked=sum(outcome.rows_checked or 0 for outcome in outcomes),
        rows_failing=sum(outcome.rows_failing or 0 for outcome in outcomes),
    )


@dataclass(frozen=True)
class _Warehouse:
    """What there is to be judged."""

    columns: Columns
    deliveries: Deliveries


@dataclass(frozen=True)
class _Case:
    """One version of a rule on its way through the audit.

    Attributes:
        queries: The rule as SQL.
        slices: Where it is to be judged: authorities and years that have all it needs.
        skipped: Authority and year to the reason it is not judged there.
        crashed: Why it could not be judged at all; None while it can.
    """

    queries: RuleQueries
    slices: tuple[Slice, ...] = ()
    skipped: tuple[tuple[Slice, str], ...] = ()
    crashed: str | None = None

    @property
    def rule(self) -> Rule:
        return self.queries.rule


def run_audit(
    settings: Settings,
    point: PointInTime,
    run_id: str,
    boundaries: Sequence[str] = BOUNDARIES,
    catalogues: Sequence[Catalogue] | None = None,
    touched: Mapping[str, str] | None = None,
    data_docs: Path | None = None,
) -> AuditResult:
    """Judge every rule of the boundaries and keep what was found in schema ``validation``.

    A run that stands for a moment of the past keeps its outcomes and leaves the findings, which
    say what is to be mended today, as they are.

    Args:
        settings: Where the warehouse is; nobody else may have it open.
        point: The moment the run stands for.
        run_id: Names the run; the same run judged again replaces itself.
        boundaries: Which of ``BOUNDARIES`` to judge.
        catalogues: The rules; those of ``expectations/rules`` when not given.
        touched: Rule to the indicators it touches, kept with its findings.
        data_docs: Folder to write Great Expectations' own pages into, counts only; none when
            not given.

    Returns:
        Every outcome. The caller decides what critical failures and crashes stop.

    Raises:
        CatalogueError: A rules file is not well formed.
        ValueError: A boundary is not known.
    """
    unknown = sorted(set(boundaries) - set(BOUNDARIES))
    if unknown:
        raise ValueError(f"'{unknown[0]}' is not a boundary: use {' or '.join(BOUNDARIES)}.")
    chosen = [
        catalogue
        for catalogue in (load_catalogues() if catalogues is None else catalogues)
        if catalogue.boundary in boundaries
    ]
    with judged(settings, point, chosen, data_docs) as (connection, concluded):
        checked_at = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
        outcomes = write(
            connection,
            run_id,
            [replace(outcome, run_id=run_id, checked_at=checked_at) for outcome in concluded],
            {catalogue.return_name for catalogue in chosen},
            touched=touched,
            keep_history=not point.forgets,
        )
    result = AuditResult(run_id, outcomes)
    _report(result)
    return result


@contextmanager
def judged(
    settings: Settings,
    point: PointInTime,
    catalogues: Sequence[Catalogue],
    data_docs: Path | None = None,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Outcome, ...]]]:
    """Judge every rule of the catalogues, and keep nothing.

    Args:
        settings: Where the warehouse is; nobody else may have it open.
        point: The moment the run stands for.
        catalogues: The rules.
        data_docs: Folder for Great Expectations' own pages; none when not given.

    Yields:
        The warehouse, open, with the failing rows in the temporary table ``found``; and the
        outcomes, which belong to no run yet.
    """
    warehouse = _look_around(settings.warehouse_file)
    cases = [
        _plan(RuleQueries(rule, catalogue, warehouse.columns, point.as_at), warehouse)
        for catalogue in catalogues
        for rule in catalogue.rules
    ]
    shared = share(settings.warehouse_file, [case.queries for case in cases if case.slices])
    cases = [replace(case, queries=replace(case.queries, shared=shared)) for case in cases]
    expectations, cases = _compile(cases)
    judgements = judge(settings.warehouse_file, expectations, data_docs)
    checked: dict[str, dict[Slice, int]] = {}
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        create_tables(connection)
        found = Found(connection)
        outcomes = tuple(
            outcome
            for case in cases
            for outcome in _conclude(case, judgements, connection, found, checked)
        )
        clear(connection)
        yield connection, tuple(_one_skip_a_rule(outcomes))


def crashed_rules(settings: Settings, run_id: str) -> tuple[str, ...]:
    """The rules that crashed in a run, by id."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        rows = connection.execute(
            "select distinct rule_id from validation.outcomes"
            " where run_id = ? and outcome = 'crashed' order by rule_id",
            [run_id],
        ).fetchall()
    return tuple(rule_id for (rule_id,) in rows)


def _look_around(warehouse_file: Path) -> _Warehouse:
    with duckdb.connect(str(warehouse_file), read_only=True) as connection:
        columns: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns"
        ).fetchall():
            columns.setdefault(f"{schema}.{table}", {})[column] = kind
        deliveries: dict[str, dict[Slice, frozenset[str]]] = {}
        if DELIVERIES in columns:
            for return_name, la_code, period_label, tables in connection.execute(
                "select return_name, la_code, period_label, list(distinct table_name)"
                f" from {DELIVERIES} group by all"
            ).fetchall():
                slices = deliveries.setdefault(return_name, {})
                slices[(la_code, period_label)] = frozenset(tables)
    return _Warehouse(columns, deliveries)


def _plan(queries: RuleQueries, warehouse: _Warehouse) -> _Case:
    """Decide where a rule can be judged, and say why it cannot elsewhere."""
    rule, catalogue = queries.rule, queries.catalogue
    if isinstance(rule.check, NotCheckable):
        return _Case(queries, skipped=((_EVERYTHING, rule.check.reason),))
    needed = list(rule.tables)
    if catalogue.boundary == "returns":
        needed.append(DELIVERIES)
    missing = [relation for relation in needed if relation not in warehouse.columns]
    if missing:
        known = {table.relation: table.absent for table in (rule.table, *rule.also_reads)}
        reason = known.get(missing[0]) or f"Table {missing[0]} has not been built."
        return _Case(queries, skipped=((_EVERYTHING, reason),))
    for table in rule.also_reads:
        if table.is_shared and not _delivered_anywhere(table, warehouse.deliveries):
            reason = f"No {table.title} is in force."
            return _Case(queries, skipped=((_EVERYTHING, reason),))
    delivered = warehouse.deliveries.get(catalogue.return_name, {})
    if catalogue.by_delivery:
        return _plan_by_delivery(queries, warehouse.deliveries)
    everything = frozenset().union(*delivered.values())
    for table in _own_tables(rule):
        if table.delivered_as not in everything:
            reason = f"No {table.title} file is in force."
            return _Case(queries, skipped=((_EVERYTHING, reason),))
    return _Case(queries, slices=(_EVERYTHING,))


def _delivered_anywhere(table: Table, deliveries: Deliveries) -> bool:
    """Whether reference data has come at all, for whatever period."""
    slices = deliveries.get(table.of_return or "", {})
    return any(table.delivered_as in tables for tables in slices.values())


def _own_tables(rule: Rule) -> list[Table]:
    """The tables a rule needs from whoever sent the return it judges."""
    return [
        table
        for table in (rule.table, *rule.also_reads)
        if table.delivered_as and not table.is_shared
    ]


def _plan_by_delivery(queries: RuleQueries, deliveries: Deliveries) -> _Case:
    rule = queries.rule
    return_name = queries.catalogue.return_name
    where = sorted(
        (la_code, period_label)
        for la_code, period_label in deliveries.get(return_name, {})
        if la_code and period_label and rule.holds_in(period_label)
    )
    if not where:
        reason = f"Nothing of {return_name} is in force for a year it holds in."
        return _Case(queries, skipped=((_EVERYTHING, reason),))
    slices: list[Slice] = []
    skipped: list[tuple[Slice, str]] = []
    for place in where:
        absent = _absent(rule, return_name, place, deliveries)
        if absent:
            skipped.append((place, absent))
        else:
            slices.append(place)
    return _Case(queries, slices=tuple(slices), skipped=tuple(skipped))


def _absent(rule: Rule, return_name: str, place: Slice, deliveries: Deliveries) -> str | None:
    """The reason a rule cannot be judged somewhere: the first table it needs and has not."""
    la_code, period_label = place
    for table in _own_tables(rule):
        year = year_before(period_label or "") if table.years_back else period_label
        delivered = deliveries.get(table.of_return or return_name, {})
        if table.delivered_as not in delivered.get((la_code, year), frozenset()):
            title = table.title.removesuffix(" (year before)")
            return f"No {title} file is in force for {year}."
    return None


def _compile(cases: Sequence[_Case]) -> tuple[list[Expectation], list[_Case]]:
    """Expectations for the cases that can be judged; a case that cannot be put as SQL crashes."""
    expectations = []
    planned = []
    for case in cases:
        if case.slices:
            try:
                case.queries.failing()
            except UnknownColumnError as error:
                planned.append(replace(case, crashed=f"{error}."))
                continue
            expectations.append(_expectation(case, case.queries.counted(_BATCH_MARKER)))
        planned.append(case)
    return expectations, planned


def _expectation(case: _Case, sql: str) -> Expectation:
    rule = case.rule
    return Expectation(
        key=rule.key,
        suite=f"{case.queries.catalogue.boundary}__{rule.table.name}",
        relation=rule.table.relation,
        sql=batch_query(sql, _BATCH_MARKER),
        severity=rule.severity,
        message=rule.message,
    )


def _conclude(
    case: _Case,
    judgements: Mapping[str, Judgement],
    connection: duckdb.DuckDBPyConnection,
    found: Found,
    checked: dict[str, dict[Slice, int]],
) -> Iterator[Outcome]:
    """The outcomes of one rule; its failing rows are gathered on the way."""
    for place, reason in case.skipped:
        yield _outcome(case, place, "skipped", reason=reason)
    if not case.slices:
        return
    crashed = case.crashed or _gather(case, judgements[case.rule.key], found)
    if crashed:
        yield _outcome(case, _EVERYTHING, "crashed", reason=crashed)
        return
    # Rules of one table and year judge the same rows, which are counted once.
    checked_sql = case.queries.checked()
    if checked_sql not in checked:
        checked[checked_sql] = _count(connection, checked_sql)
    judgement = judgements[case.rule.key]
    failing = found.counts(case.rule.key) if judgement.failing else {}
    if not case.queries.catalogue.by_delivery:
        failing = {_EVERYTHING: sum(failing.values())}
    for place in case.slices:
        rows_failing = failing.get(place, 0)
        yield replace(
            _outcome(case, place, "failed" if rows_failing else "passed"),
            rows_checked=checked[checked_sql].get(place, 0),
            rows_failing=rows_failing,
        )


def _one_skip_a_rule(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Leave out that a version of a rule has nothing to judge when another version says so too.

    A rule that changed with a year is judged by one version for each year; "not for any year
    landed" is worth saying once, and only when it is true of the rule.
    """
    by_rule: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_rule.setdefault(outcome.rule_id, []).append(outcome)
    for members in by_rule.values():
        telling = [member for member in members if member.la_code or member.outcome != "skipped"]
        yield from telling or members[:1]


def _gather(case: _Case, judgement: Judgement, found: Found) -> str | None:
    """Gather the rows a judgement counted; why the rule crashed, if it did."""
    rule = case.rule
    if judgement.failing is None:
        return f"The rule could not be run ({judgement.error})."
    if judgement.failing == 0:
        return None
    try:
        gathered = found.gather(rule, case.queries.failing())
    except duckdb.Error as error:
        return f"The failing rows could not be listed ({type(error).__name__})."
    if gathered != judgement.failing:
        found.drop(rule.key)
        return f"The rule counts {judgement.failing} rows once and {gathered} the next time."
    return None


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[Slice, int]:
    rows = connection.execute(sql).fetchall()
    return {(la_code, period_label): count for la_code, period_label, count in rows}


def _outcome(case: _Case, place: Slice, outcome: str, reason: str | None = None) -> Outcome:
    rule = case.rule
    la_code, period_label = place
    return Outcome(
        run_id="",
        rule_id=rule.rule_id,
        dfe_code=rule.dfe_code,
        return_name=case.queries.catalogue.return_name,
        table_name=rule.table.name,
        severity=rule.severity,
        owner=rule.owner,
        message=rule.message,
        la_code=la_code,
        period_label=period_label,
        rows_checked=None,
        rows_failing=None,
        outcome=outcome,
        reason=reason,
        checked_at=dt.datetime.min,
    )


def _report(result: AuditResult) -> None:
    """Log counts and the names of rules that crashed or stop the run; never a value."""
    counts = {
        name: sum(outcome.outcome == name for outcome in result.outcomes)
        for name in ("passed", "failed", "skipped", "crashed")
    }
    _log.info("Audit %s: %s", result.run_id, ", ".join(f"{n} {name}" for name, n in counts.items()))
    for outcome in result.crashed:
        _log.error("Rule %s crashed: %s", outcome.rule_id, outcome.reason)
    for outcome in result.critical_failures:
        _log.error("Critical rule %s failed on %s rows", outcome.rule_id, outcome.rows_failing)
