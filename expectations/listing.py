"""The rules as a table, for whoever wants to know what is asked, and what came of it.

    pier rules [--return NAME] [--year 2016/17] [--status failed] [--markdown]
    python -m expectations.listing [--return NAME] [--year 2016/17] > rules.csv

What belongs here: the catalogue as rows, each with what became of it in the last audit. What does
not: judging, and the rows that failed.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from itertools import groupby
from pathlib import Path

import duckdb

from expectations.catalogue import RULES_DIR, Catalogue, Rule, load_catalogues
from expectations.checks import NotCheckable


@dataclass(frozen=True)
class ListedRule:
    """One version of a rule.

    Attributes:
        rule_id: The rule.
        dfe_code: The Department's code, or that of our own list; empty when it has none.
        return_name: The return it is about; ``marts`` for the marts.
        severity: critical, error or warning.
        owner: Who mends what it finds.
        file: The file whose rows it judges, as its owner calls it.
        columns: The columns shown, as they are sent.
        also_reads: Tables without which it is skipped, those of the year before and of other
            returns among them.
        valid_from: First collection year; empty from the beginning.
        valid_to: Last collection year; empty until further notice.
        not_checked: Why it is never judged; empty when it is.
        guidance: What it rests on.
        message: What the owner is to do.
    """

    rule_id: str
    dfe_code: str
    return_name: str
    severity: str
    owner: str
    file: str
    columns: str
    also_reads: str
    valid_from: str
    valid_to: str
    not_checked: str
    guidance: str
    message: str


def listed_rules(
    catalogues: Iterable[Catalogue] | None = None, folder: Path = RULES_DIR
) -> tuple[ListedRule, ...]:
    """Every version of every rule, in the order of the catalogues.

    Args:
        catalogues: The rules; those of ``folder`` when not given.
        folder: Where rules files are.

    Raises:
        CatalogueError: A rules file is not well formed.
    """
    chosen = load_catalogues(folder) if catalogues is None else catalogues
    return tuple(_listed(rule, catalogue) for catalogue in chosen for rule in catalogue.rules)


def _listed(rule: Rule, catalogue: Catalogue) -> ListedRule:
    table = rule.table
    others = [other.title for other in rule.also_reads if other != table and other.delivered_as]
    return ListedRule(
        rule_id=rule.rule_id,
        dfe_code=rule.dfe_code or "",
        return_name=catalogue.return_name,
        severity=rule.severity,
        owner=rule.owner,
        file=table.title,
        columns=", ".join(table.sent_as.get(column, column) for column in rule.columns),
        also_reads=", ".join(dict.fromkeys(others)),
        valid_from=rule.valid_from or "",
        valid_to=rule.valid_to or "",
        not_checked=rule.check.reason if isinstance(rule.check, NotCheckable) else "",
        guidance=rule.guidance,
        message=rule.message,
    )


@dataclass(frozen=True)
class RuleStatus:
    """What became of a rule in the last audit, all authorities and years together.

    Attributes:
        outcome: The worst of them: passed, failed, skipped or crashed.
        rows_checked: Rows judged.
        rows_failing: Rows that fail.
        reason: Why it was skipped or crashed; None otherwise.
    """

    outcome: str
    rows_checked: int
    rows_failing: int
    reason: str | None


NOT_RUN = RuleStatus("not run", 0, 0, None)
"""Of a rule no audit has judged yet."""

_LAST_OUTCOMES = """
with ranked as (
    select *, array_position(['skipped', 'passed', 'failed', 'crashed'], outcome) as gravity
    from validation.outcomes
    qualify dense_rank() over (partition by rule_id order by checked_at desc, run_id desc) = 1
)
select
    rule_id,
    arg_max(outcome, gravity),
    coalesce(sum(rows_checked), 0),
    coalesce(sum(rows_failing), 0),
    case when max(gravity) in (1, 4) then arg_max(reason, gravity) end
from ranked
group by rule_id
"""


def last_statuses(warehouse: Path) -> dict[str, RuleStatus]:
    """What became of each rule in the last audit that judged it.

    Args:
        warehouse: The DuckDB file; nothing where there is none, or nothing was judged.
    """
    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        known = connection.execute(
            "select 1 from information_schema.tables"
            " where table_schema = 'validation' and table_name = 'outcomes'"
        ).fetchall()
        rows = connection.execute(_LAST_OUTCOMES).fetchall() if known else []
    return {rule_id: RuleStatus(*status) for rule_id, *status in rows}


def chosen_rules(return_name: str | None = None, year: str | None = None) -> list[ListedRule]:
    """The rules of a return, and those that hold in a year such as ``2016/17``; else all."""
    rules: Iterable[ListedRule] = listed_rules()
    if return_name:
        rules = [rule for rule in rules if rule.return_name == return_name]
    return list(_in_year(rules, year) if year else rules)


def as_markdown(rules: Iterable[ListedRule]) -> str:
    """The rules as a page: a table for each return."""
    lines = [
        "# The rules",
        "",
        "Everything Pier asks of returns and marts. Written by `pier rules --markdown`;",
        "`pier rules` adds what became of each rule in the last audit. *critical* stops the",
        "publication, *error* must be mended, *warning* may be true but odd.",
    ]
    in_order = sorted(rules, key=lambda rule: rule.return_name)
    for return_name, members in groupby(in_order, key=lambda rule: rule.return_name):
        lines += ["", f"## {return_name}", ""]
        lines.append("| rule | code | severity | owner | file | years | what its owner is told |")
        lines.append("|---|---|---|---|---|---|---|")
        lines += [_as_row(rule) for rule in members]
    return "\n".join(lines) + "\n"


def _as_row(rule: ListedRule) -> str:
    years = f"{rule.valid_from or '…'} to {rule.valid_to or '…'}"
    told = f"Not checked: {rule.not_checked}" if rule.not_checked else rule.message
    cells = [rule.rule_id, rule.dfe_code, rule.severity, rule.owner, rule.file]
    cells += ["all" if years == "… to …" else years, told]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _in_year(rules: Iterable[ListedRule], year: str) -> Iterator[ListedRule]:
    for rule in rules:
        if rule.valid_from <= year <= (rule.valid_to or "9999/99"):
            yield rule


def main(arguments: list[str] | None = None) -> None:
    """Write the rules as CSV."""
    parser = argparse.ArgumentParser(description="Write the rules as CSV.")
    parser.add_argument("--return", dest="return_name", help="only those of this return")
    parser.add_argument("--year", help="only those that hold in this collection year, as 2016/17")
    options = parser.parse_args(arguments)
    writer = csv.writer(sys.stdout)
    writer.writerow([field.name for field in fields(ListedRule)])
    writer.writerows(astuple(rule) for rule in chosen_rules(options.return_name, options.year))


if __name__ == "__main__":
    main()
