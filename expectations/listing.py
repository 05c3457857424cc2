"""The rules as a table, for whoever wants to know what is asked and when.

    python -m expectations.listing [--return NAME] [--year 2016/17] > rules.csv

What belongs here: the catalogue as rows. What does not: what became of the rules in a run, which
is in ``validation.outcomes``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

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
    rules: Iterable[ListedRule] = listed_rules()
    if options.return_name:
        rules = [rule for rule in rules if rule.return_name == options.return_name]
    if options.year:
        rules = _in_year(rules, options.year)
    writer = csv.writer(sys.stdout)
    writer.writerow([field.name for field in fields(ListedRule)])
    writer.writerows(astuple(rule) for rule in rules)


if __name__ == "__main__":
    main()
