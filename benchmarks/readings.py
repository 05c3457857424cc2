"""What another reading of each open definition changes in a borough's figures.

    python benchmarks/readings.py HOME [--readings NAME,NAME] [--table]

The warehouse of HOME is copied and its figures built anew, once as the definitions stand and then
with other readings. Readings that no population shares are tried together: a figure that changes
belongs to the one its population rests on. ``--table`` prints the rows of docs/readings.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt import PointInTime, manifest_file, run_dbt
from orchestration.readings import known_readings, readings_behind
from orchestration.settings import Settings, load_settings

FIGURES = "fct_indicator_values"
HOME_TOTALS = """
    select
        figures.indicator_id,
        figures.period_label,
        indicators.population,
        indicators.decimals,
        figures.value
    from marts.fct_indicator_values as figures
    inner join marts.dim_indicators as indicators using (indicator_id)
    inner join marts.dim_areas as areas using (area_code)
    where
        areas.la_code = ?
        and figures.basis = 'computed'
        and figures.version = 'outturn'
        and figures.breakdown = 'total'
        and figures.period_type not in ('month', 'quarter')
"""
Reading = bool | int | str
Figures = Mapping[tuple[str, str], tuple[str, int, float | None]]
"""(indicator, period) -> (population, decimals, value)."""


@dataclass(frozen=True)
class Trial:
    """One other reading of one definition, and the models that rest on the definition."""

    name: str
    value: Reading
    models: frozenset[str]

    @property
    def populations(self) -> frozenset[str]:
        return frozenset(model for model in self.models if model.startswith("pop_"))


@dataclass
class Round:
    """Trials that share no population, built together."""

    trials: list[Trial] = field(default_factory=list)

    def takes(self, trial: Trial) -> bool:
        return all(
            not trial.populations & other.populations and trial.name != other.name
            for other in self.trials
        )


@dataclass(frozen=True)
class Change:
    """A figure of the home authority that another reading moves."""

    indicator_id: str
    period_label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_label}: {self.before} -> {self.after}"


def trials(manifest: Mapping[str, Any], names: Sequence[str]) -> list[Trial]:
    """Every other reading of the definitions named that figures rest on."""
    resting: dict[str, set[str]] = {name: set() for name in names}
    for model in models_before(manifest, FIGURES):
        for reading in readings_behind(manifest, model):
            if reading.name in resting:
                resting[reading.name].add(model)
    return [
        Trial(name, value, frozenset(resting[name]))
        for name in names
        for value in known_readings()[name].others
        if resting[name]
    ]


def models_before(manifest: Mapping[str, Any], model: str) -> set[str]:
    """The model and all models it rests on, but for staging, which reads no definition."""
    found: set[str] = set()
    waiting = [f"model.pier.{model}"]
    while waiting:
        node = manifest["nodes"].get(waiting.pop(), {"resource_type": "source"})
        if (
            node["resource_type"] == "model"
            and node["fqn"][1] != "staging"
            and node["name"] not in found
        ):
            found.add(node["name"])
            waiting.extend(node["depends_on"]["nodes"])
    return found


def rounds(of: Sequence[Trial]) -> list[Round]:
    """The trials in as few rounds as taking each into the first with room for it makes."""
    made: list[Round] = []
    for trial in of:
        room = next((one for one in made if one.takes(trial)), None)
        if room is None:
            room = Round()
            made.append(room)
        room.trials.append(trial)
    return made


def figures_of(settings: Settings) -> Figures:
    """The home authority's figures of whole years."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        rows = connection.execute(HOME_TOTALS, [settings.home_authority]).fetchall()
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def build(settings: Settings, point: PointInTime, arguments: Sequence[str]) -> None:
    if run_dbt(settings, point, ["--quiet", *arguments]) != 0:
        raise SystemExit(f"dbt failed; its log is in {settings.dbt_log_dir}.")


def changes(before: Figures, after: Figures, trial: Trial) -> Iterator[Change]:
    """The figures of the trial's populations that differ as they are displayed."""
    for key, (population, decimals, value) in sorted(before.items()):
        old, new = shown(value, decimals), shown(after[key][2], decimals)
        if population in trial.populations and old != new:
            yield Change(*key, old, new)


def shown(value: float | None, decimals: int) -> str:
    return "none" if value is None else f"{value:.{decimals}f}"


def tried(
    settings: Settings, point: PointInTime, of: Sequence[Trial]
) -> Iterator[tuple[Trial, list[Change]]]:
    """Build each round on a copy of the same warehouse and compare."""
    seeds = ["--exclude", "resource_type:test", "resource_type:unit_test"]
    build(settings, point, ["build", "--select", f"+{FIGURES}", *seeds])
    before = figures_of(settings)
    kept = settings.warehouse_file.with_suffix(".as_defined")
    shutil.copyfile(settings.warehouse_file, kept)
    for number, one in enumerate(rounds(of)):
        if number:
            shutil.copyfile(kept, settings.warehouse_file)
        chosen = sorted({model for trial in one.trials for model in trial.models} | {FIGURES})
        variables = json.dumps({trial.name: trial.value for trial in one.trials})
        build(settings, point, ["run", "--select", *chosen, "--vars", variables])
        after = figures_of(settings)
        for trial in one.trials:
            yield trial, list(changes(before, after, trial))


def printed(trial: Trial, moved: Sequence[Change], as_table: bool) -> str:
    """One trial for people, or as a row of the page: each indicator with its newest change."""
    value = str(trial.value).lower()
    if not as_table:
        return "\n".join([f"{trial.name}: {value} moves {len(moved)} figures", *map(str, moved)])
    newest = {change.indicator_id: change for change in sorted(moved, key=lambda c: c.period_label)}
    effect = "; ".join(str(change) for _, change in sorted(newest.items()))
    return f"| `{trial.name}` | {value} | {len(moved)} | {effect or 'none'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, help="a home with a built or landed warehouse")
    parser.add_argument("--readings", help="names, with commas between; all if not given")
    parser.add_argument("--as-at", type=dt.date.fromisoformat, default=dt.date.today())
    parser.add_argument("--table", action="store_true", help="print rows of docs/readings.md")
    arguments = parser.parse_args()
    names = arguments.readings.split(",") if arguments.readings else list(known_readings())
    point = PointInTime(as_at=arguments.as_at)
    source = load_settings({"PIER_HOME": str(arguments.home)}).warehouse_file
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"PIER_HOME": folder})
        settings.warehouse_file.parent.mkdir(parents=True)
        shutil.copyfile(source, settings.warehouse_file)
        manifest = json.loads(manifest_file(settings, point).read_text(encoding="utf-8"))
        for trial, moved in tried(settings, point, trials(manifest, names)):
            print(printed(trial, moved, arguments.table), flush=True)


if __name__ == "__main__":
    main()
