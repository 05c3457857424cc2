"""Which indicators a rule's findings touch: what happens to the figures if nobody mends them.

What belongs here: the way from a column of a return to the indicators that may read it. What
does not: the rules and the indicators themselves.

The way is read from dbt's manifest and the indicator catalogue, and errs on the side of too many.
A population reads a column when one of the models between the table and the population names it;
every indicator counted in that population then counts as touched, because the manifest does not
say which of a population's flags rest on which of its columns. A rule whose columns are only the
key of its table is about whole records: every population that reads the table is touched. Where
staging keeps both a code and what it means, as ``sex_code`` and ``sex``, models may name either.
A rule on rows as they were sent names columns as the contract does: it is followed through the
models that read the raw table, under the names they give its columns.
Figures their owners send ready-made are touched by the rules of the return they come in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.catalogue import Catalogue, Rule
from orchestration.dbt import SEEDS_DIR

INDICATOR_CATALOGUE = SEEDS_DIR / "indicators" / "indicator_catalogue.csv"

_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_NAME_GIVEN = re.compile(r"\bas\s+([a-z_][a-z0-9_]*)\s*(?:,|\n)")
"""The name at the end of a column of a select; ``cast(... as date)`` gives none."""


@dataclass(frozen=True)
class _Model:
    """A dbt model: its SQL and the words of it, what raw tables it reads, which models read it."""

    sql: str
    words: frozenset[str]
    reads_raw: frozenset[str]
    readers: tuple[str, ...]


def indicators_touched(
    catalogues: Sequence[Catalogue],
    manifest: Mapping[str, Any],
    indicator_catalogue: Path = INDICATOR_CATALOGUE,
) -> dict[str, str]:
    """The indicators each rule on a return touches.

    Args:
        catalogues: The rules.
        manifest: dbt's manifest, parsed.
        indicator_catalogue: The seed with one row for each indicator.

    Returns:
        Rule id to indicator ids in order, as ``NI 62, NI 63``; rules that touch none are left
        out, as are the rules on marts, which hold back every figure there is.
    """
    with indicator_catalogue.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_population: dict[str, set[str]] = {}
    by_return: dict[str, set[str]] = {}
    for row in rows:
        for column in ("population", "monthly_population"):
            if row[column]:
                by_population.setdefault(row[column], set()).add(row["indicator_id"])
        if not row["population"]:
            by_return.setdefault(row["source_return"], set()).add(row["indicator_id"])
    models = _models(manifest)
    paths = _Paths(models, frozenset(by_population))
    touched = {}
    for catalogue in catalogues:
        if catalogue.boundary != "returns":
            continue
        for rule in catalogue.rules:
            indicators = set(by_return.get(catalogue.return_name, ()))
            for population in paths.of_rule(rule):
                indicators |= by_population[population]
            if indicators:
                touched[rule.rule_id] = ", ".join(sorted(indicators))
    return touched


def _columns(rule: Rule) -> frozenset[str]:
    """The columns whose mending changes figures; none stands for the whole record."""
    return frozenset(rule.columns) - set(rule.table.key)


def _models(manifest: Mapping[str, Any]) -> dict[str, _Model]:
    """Every model by name."""
    raw = {key: source["identifier"] for key, source in manifest.get("sources", {}).items()}
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    readers: dict[str, list[str]] = {key: [] for key in nodes}
    for node in nodes.values():
        for parent in node["depends_on"]["nodes"]:
            if parent in readers:
                readers[parent].append(node["name"])
    return {
        node["name"]: _Model(
            sql=node["raw_code"].lower(),
            words=frozenset(_WORD.findall(node["raw_code"].lower())),
            reads_raw=frozenset(
                raw[parent] for parent in node["depends_on"]["nodes"] if parent in raw
            ),
            readers=tuple(readers[key]),
        )
        for key, node in nodes.items()
    }


def _renamed(sql: str, columns: frozenset[str]) -> frozenset[str]:
    """What a model calls columns of the raw table it reads; none of them stands for all of it."""
    names: set[str] = set()
    for column in columns:
        for after in re.split(rf"\.{re.escape(column)}\b", sql)[1:]:
            as_it_is = re.match(r"\s*(,|\n)", after)
            renamed = _NAME_GIVEN.search(after)
            if as_it_is or renamed is None:
                names.add(column)
            else:
                names.add(renamed[1])
    return frozenset(names)


class _Paths:
    """Ways from tables to populations, each looked for once."""

    def __init__(self, models: Mapping[str, _Model], populations: frozenset[str]) -> None:
        self._models = models
        self._populations = populations
        self._reached: dict[str, dict[str, frozenset[str]]] = {}

    def of_rule(self, rule: Rule) -> Iterable[str]:
        """The populations a rule's findings touch."""
        look_up = self.populations_as_sent if rule.table.is_as_sent else self.populations
        return look_up(rule.table.name, _columns(rule))

    def populations(self, table: str, columns: frozenset[str]) -> Iterable[str]:
        """The populations that read any of the columns of a table, or the table if none."""
        if table not in self._models:
            return
        names = columns | {column.removesuffix("_code") for column in columns}
        for population, words in self._words_on_the_way(table).items():
            if not names or names & words:
                yield population

    def populations_as_sent(self, raw_table: str, columns: frozenset[str]) -> Iterable[str]:
        """As ``populations``, for a raw table and columns as its contract names them."""
        return {
            population
            for name, model in self._models.items()
            if raw_table in model.reads_raw
            for population in self.populations(name, _renamed(model.sql, columns))
        }

    def _words_on_the_way(self, model: str) -> dict[str, frozenset[str]]:
        """Population to the words of all models between it and the model, which is left out."""
        if model not in self._reached:
            reached: dict[str, set[str]] = {}
            for reader in self._models[model].readers:
                words = self._models[reader].words
                if reader in self._populations:
                    reached.setdefault(reader, set()).update(words)
                for population, further in self._words_on_the_way(reader).items():
                    reached.setdefault(population, set()).update(words | further)
            self._reached[model] = {name: frozenset(words) for name, words in reached.items()}
        return self._reached[model]
