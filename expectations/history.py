"""What becomes of a finding from one night to the next: new, still open, mended, acknowledged.

What belongs here: the life of a finding. What does not: how it is found (``runner``) and how it
is told (``reports``).

A finding is known by its rule, authority, year and the key of its record, never by file or line:
a return that is sent again does not make old faults new. Where several rows of one key fail one
rule, they are told apart by their order. One that is open has no ``mended_at``; one that came
back after it was mended is a new row beside the old one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

FINDINGS: Mapping[str, str] = {
    "finding_id": "varchar not null",
    "run_id": "varchar not null",
    "rule_id": "varchar not null",
    "return_name": "varchar not null",
    "table_name": "varchar not null",
    "severity": "varchar not null",
    "owner": "varchar not null",
    "delivery_id": "integer",
    "source_file": "varchar",
    "source_line": "bigint",
    "la_code": "varchar",
    "period_label": "varchar",
    "key_columns": "varchar",
    "offending_text": "varchar",
    "message": "varchar not null",
    "indicators": "varchar",
    "first_seen": "timestamp not null",
    "last_seen": "timestamp not null",
    "mended_at": "timestamp",
    "ended_as": "varchar",
    "first_run_id": "varchar not null",
    "mended_run_id": "varchar",
    "acknowledged_on": "date",
    "acknowledged_by": "varchar",
    "acknowledged_reason": "varchar",
}
"""Columns of ``validation.findings``; ``run_id`` is the run that saw the finding last."""

ENDS = ("mended", "not_sent", "rule_retired")
"""How a finding can end: the record is right or gone, the return is no longer in force, or the
rule is no longer in the catalogue."""

ACKNOWLEDGEMENTS = "staging.stg_acknowledgements__findings"
"""What owners say is true but odd, from the deliveries in force."""

FATES = ("counts", "critical", "incomplete", "not_found", "unknown_rule")
"""What an acknowledgement comes to; only the first stops a finding from counting as open."""


@dataclass(frozen=True)
class Scope:
    """A rule in one authority and year, and whether it was judged there.

    Attributes:
        rule_id: The rule.
        return_name: The return it judges.
        table_name: The table it judges, without its schema.
        severity: critical, error or warning.
        owner: Who mends what it finds.
        la_code: The authority; None with ``period_label`` None stands for all there is.
        period_label: The collection year.
        is_judged: False where it was skipped or has crashed.
    """

    rule_id: str
    return_name: str
    table_name: str
    severity: str
    owner: str
    la_code: str | None
    period_label: str | None
    is_judged: bool


@dataclass(frozen=True)
class Tally:
    """What the findings of a scope have come to in a run."""

    new: int = 0
    mended: int = 0
    acknowledged: int = 0


def renew(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    seen_at: dt.datetime,
    scopes: Sequence[Scope],
    return_names: Collection[str],
    touched: Mapping[str, str],
) -> dict[Scope, Tally]:
    """Bring ``validation.findings`` up to date with the rows a run has found.

    What was skipped or crashed says nothing: its findings stay as they were. The same run
    judged again takes back what it did the first time.

    Args:
        connection: The warehouse, in a transaction, with the failing rows in table ``found``.
        run_id: The run.
        seen_at: When it judged (UTC).
        scopes: Every rule of the returns judged, where it was and was not judged.
        return_names: The returns judged.
        touched: Rule to the indicators it touches, for people to read.

    Returns:
        What each judged scope has come to.
    """
    returns = list(return_names)
    _undo(connection, run_id, returns)
    _register(connection, "judged_scopes", scopes, touched)
    connection.execute(_IDENTIFIED)
    connection.execute(_STILL_OR_NEW, [run_id, seen_at, seen_at, run_id])
    connection.execute(
        "delete from validation.findings where mended_at is null"
        " and finding_id in (select finding_id from still_or_new)"
    )
    connection.execute(_KEEP)
    connection.execute(_ENDED, [run_id, returns])
    connection.execute(_END, [seen_at, run_id, run_id])
    _acknowledge(connection)
    tallies = _tallies(connection, run_id, scopes)
    for table in ("identified", "still_or_new", "ended"):
        connection.execute(f"drop table {table}")
    connection.unregister("judged_scopes")
    return tallies


def _undo(connection: duckdb.DuckDBPyConnection, run_id: str, return_names: list[str]) -> None:
    """Take back what the same run did before, had it been judged already."""
    connection.execute(
        "delete from validation.findings where first_run_id = ? and list_contains(?, return_name)",
        [run_id, return_names],
    )
    connection.execute(
        "update validation.findings set mended_at = null, mended_run_id = null, ended_as = null"
        " where mended_run_id = ? and list_contains(?, return_name)",
        [run_id, return_names],
    )
    connection.execute(
        "update validation.findings set run_id = first_run_id"
        " where run_id = ? and list_contains(?, return_name)",
        [run_id, return_names],
    )


def _register(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    scopes: Sequence[Scope],
    touched: Mapping[str, str],
) -> None:
    names = ("rule_id", "return_name", "table_name", "severity", "owner", "la_code", "period_label")
    columns = {
        name: pa.array([getattr(scope, name) for scope in scopes], pa.string()) for name in names
    }
    columns["is_judged"] = pa.array([scope.is_judged for scope in scopes], pa.bool_())
    columns["indicators"] = pa.array([touched.get(scope.rule_id) for scope in scopes], pa.string())
    connection.register(name, pa.table(columns))


# Rows of one key are told apart by what they say, then by where they stand: a row inserted above
# them does not make them others.
_IDENTIFIED = """
create or replace temporary table identified as
with numbered as (
    select
        *,
        row_number() over (
            partition by rule_id, la_code, period_label, key_columns
            order by offending_text, source_file, source_line
        ) as copy_number
    from found
)
select
    * exclude (rule_key, copy_number),
    md5(concat_ws(
        chr(31), rule_id, coalesce(la_code, ''), coalesce(period_label, ''),
        coalesce(key_columns, ''), copy_number
    )) as finding_id
from numbered
"""

_STILL_OR_NEW = """
create or replace temporary table still_or_new as
with rules as (
    select distinct rule_id, return_name, table_name
    from judged_scopes
),
open_before as (
    select finding_id, first_seen, first_run_id
    from validation.findings
    where mended_at is null
)
select
    identified.*,
    rules.* exclude (rule_id),
    ? as run_id,
    coalesce(open_before.first_seen, ?::timestamp) as first_seen,
    ?::timestamp as last_seen,
    coalesce(open_before.first_run_id, ?) as first_run_id
from identified
inner join rules on identified.rule_id = rules.rule_id
left join open_before on identified.finding_id = open_before.finding_id
"""

# The indicators of a rule are the same long text on each of its rows, so they come in last.
_KEEP = """
insert into validation.findings by name
with touched as (select distinct rule_id, indicators from judged_scopes)
select still_or_new.*, touched.indicators
from still_or_new
inner join touched on still_or_new.rule_id = touched.rule_id
"""

# Worked out for each rule, authority and year, of which there are few, and not for each finding.
_ENDED = """
create or replace temporary table ended as
with unseen as (
    select distinct rule_id, la_code, period_label
    from validation.findings
    where mended_at is null and run_id <> ? and list_contains(?, return_name)
),
told as (
    select
        unseen.*,
        judged_scopes.is_judged,
        judged_scopes.rule_id is not null as is_a_rule,
        coalesce(
            (judged_scopes.la_code is null and judged_scopes.period_label is null)
            or (
                judged_scopes.la_code is not distinct from unseen.la_code
                and judged_scopes.period_label is not distinct from unseen.period_label
            ),
            false
        ) as is_there
    from unseen
    left join judged_scopes on unseen.rule_id = judged_scopes.rule_id
)
select
    rule_id,
    la_code,
    period_label,
    case
        when not bool_or(is_a_rule) then 'rule_retired'
        when bool_or(is_there and is_judged) then 'mended'
        when not bool_or(is_there) then 'not_sent'
    end as ended_as
from told
group by all
having ended_as is not null
"""

_END = """
update validation.findings
set mended_at = ?, mended_run_id = ?, ended_as = ended.ended_as
from ended
where findings.mended_at is null and findings.run_id <> ?
    and findings.rule_id = ended.rule_id
    and findings.la_code is not distinct from ended.la_code
    and findings.period_label is not distinct from ended.period_label
"""

_SAME_FINDING = """
    findings.rule_id = said.rule_id
    and findings.return_name = said.return_name
    and findings.table_name = said.table_name
    and (findings.la_code is null or findings.la_code = said.la_code)
    and (findings.period_label is null or findings.period_label = said.period_label)
    and findings.key_columns = said.key_columns
    and (said.offending_text is null or findings.offending_text = said.offending_text)
"""

_SAID = f"""
create or replace temporary table said as
select
    rule_id, return_name, table_name, la_code, period_label, key_columns,
    nullif(offending_text, '') as offending_text, reason, acknowledged_by,
    acknowledged_date as acknowledged_on, coalesce(sent_by, 'performance') as sent_by,
    _delivery_id as delivery_id, _source_file as source_file, _source_line as source_line
from {ACKNOWLEDGEMENTS}
"""

# Where a rule changed from one year to the next, the finding knows what it was in its year.
_FATES_OF_WHAT_WAS_SAID = f"""
insert into validation.acknowledgements by name
with rules as (
    select rule_id, max(severity) as severity, max(owner) as owner
    from (
        select rule_id, severity, owner from judged_scopes
        union all
        select rule_id, severity, owner from validation.findings
    ) as known
    group by rule_id
),
matched as (
    select
        said.*,
        any_value(rules.rule_id) as known_rule,
        coalesce(any_value(findings.owner), any_value(rules.owner)) as owner,
        coalesce(any_value(findings.severity), any_value(rules.severity)) as severity,
        count(findings.finding_id) as findings
    from said
    left join rules on said.rule_id = rules.rule_id
    left join validation.findings on findings.mended_at is null and {_SAME_FINDING}
    group by all
)
select
    matched.* exclude (known_rule, owner, severity, findings, sent_by),
    coalesce(owner, sent_by) as owner,
    case
        when known_rule is null then 'unknown_rule'
        when severity = 'critical' then 'critical'
        when findings = 0 then 'not_found'
        when reason is null or acknowledged_by is null or acknowledged_on is null
            then 'incomplete'
        else 'counts'
    end as fate
from matched
"""

_TAKE_BACK = """
update validation.findings
set acknowledged_on = null, acknowledged_by = null, acknowledged_reason = null
where mended_at is null and acknowledged_on is not null
"""

_TAKE = f"""
update validation.findings
set
    acknowledged_on = said.acknowledged_on,
    acknowledged_by = said.acknowledged_by,
    acknowledged_reason = said.reason
from (
    select * from validation.acknowledgements where fate = 'counts'
    qualify row_number() over (
        partition by rule_id, return_name, table_name, la_code, period_label, key_columns,
            offending_text
        order by acknowledged_on desc, delivery_id desc, source_line desc
    ) = 1
) as said
where findings.mended_at is null and {_SAME_FINDING}
"""


def _acknowledge(connection: duckdb.DuckDBPyConnection) -> None:
    """Set on open findings what their owners say of them, and keep what each word comes to."""
    connection.execute("delete from validation.acknowledgements")
    connection.execute(_TAKE_BACK)
    schema, _, table = ACKNOWLEDGEMENTS.partition(".")
    there = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    if there is None:
        return
    connection.execute(_SAID)
    connection.execute(_FATES_OF_WHAT_WAS_SAID)
    connection.execute(_TAKE)
    connection.execute("drop table said")


def _tallies(
    connection: duckdb.DuckDBPyConnection, run_id: str, scopes: Sequence[Scope]
) -> dict[Scope, Tally]:
    counted = connection.execute(
        """
        select
            rule_id, la_code, period_label,
            count(*) filter (mended_at is null and first_run_id = $run) as new,
            count(*) filter (mended_run_id = $run and ended_as = 'mended') as mended,
            count(*) filter (
                mended_at is null and run_id = $run and acknowledged_on is not null
            ) as acknowledged
        from validation.findings
        where run_id = $run or mended_run_id = $run
        group by all
        """,
        {"run": run_id},
    ).fetchall()
    by_place: dict[tuple[str, str | None, str | None], Tally] = {}
    by_rule: dict[str, Tally] = {}
    for rule_id, la_code, period_label, *counts in counted:
        tally = Tally(*counts)
        by_place[(rule_id, la_code, period_label)] = tally
        before = by_rule.get(rule_id, Tally())
        by_rule[rule_id] = Tally(
            before.new + tally.new,
            before.mended + tally.mended,
            before.acknowledged + tally.acknowledged,
        )
    tallies = {}
    for scope in scopes:
        place = (scope.rule_id, scope.la_code, scope.period_label)
        if scope.la_code is None and scope.period_label is None:
            tallies[scope] = by_rule.get(scope.rule_id, Tally())
        else:
            tallies[scope] = by_place.get(place, Tally())
    return tallies
