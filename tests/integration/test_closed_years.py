"""A published figure of a year that is over changes only where somebody can say why."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fixtures.invented_marts import POINT, publish_invented
from fixtures.scratch_warehouse import catalogue, failing

from expectations.findings import Outcome
from expectations.runner import run_audit
from orchestration.dbt import PointInTime
from orchestration.publishing import closed_years
from orchestration.publishing.closed_years import compare_with_publication
from orchestration.settings import Settings, load_settings

CLOSED_YEARS = catalogue("closed_years")
FIGURES = "published.published__fct_indicator_values"
CHANGED = "indicator_id = 'JC-LACR' and period_label = '2020/21' and breakdown = 'total'"
DELIVERY = (
    "insert into marts.return_deliveries (delivery_id, return_name, la_code, fate)"
    " values (99, '{of}', '{la}', '{fate}')"
)


def model(*reads: str) -> dict[str, Any]:
    return {"resource_type": "model", "depends_on": {"nodes": list(reads)}}


MANIFEST = {
    "sources": {
        "source.pier.ssda903.episodes": {"source_name": "ssda903"},
        "source.pier.estimates.residents": {"source_name": "population_estimates"},
        "source.pier.figures.figures": {"source_name": "indicator_figures"},
        "source.pier.payments.payments": {"source_name": "placement_payments"},
    },
    "nodes": {
        "model.pier.stg_episodes": model("source.pier.ssda903.episodes"),
        "model.pier.pop_children": model("model.pier.stg_episodes"),
        "model.pier.int_indicators__area_populations": model("source.pier.estimates.residents"),
        "model.pier.fct_returned_values": model("source.pier.figures.figures"),
        "model.pier.fct_cost_values": model("source.pier.payments.payments"),
    },
}


class Home:
    """A publication of invented figures, and the warehouse the next is about to be made from."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def say(self, sql: str) -> None:
        """Change the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_file)) as warehouse:
            warehouse.execute(sql)

    def say_it_was(self, sql: str) -> None:
        """Change the publication in force."""
        [published] = [path for path in self.settings.publications_dir.iterdir() if path.is_dir()]
        with duckdb.connect(str(published / "marts.duckdb")) as marts:
            marts.execute(sql)

    def fails(self, point: PointInTime = POINT) -> bool:
        """Whether the rule finds anything."""
        compare_with_publication(self.settings, point, MANIFEST)
        [rule] = CLOSED_YEARS.rules
        with duckdb.connect(str(self.settings.warehouse_file), read_only=True) as warehouse:
            return bool(failing(warehouse, CLOSED_YEARS, rule))

    def judged(self, point: PointInTime = POINT) -> Outcome:
        """What the audit says."""
        compare_with_publication(self.settings, point, MANIFEST)
        [outcome] = run_audit(self.settings, POINT, "run", ("marts",), [CLOSED_YEARS]).outcomes
        return outcome

    def findings(self) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse_file), read_only=True) as warehouse:
            return warehouse.execute(
                "select period_label, key_columns, offending_text from validation.findings"
            ).fetchall()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = load_settings({"PIER_HOME": str(tmp_path_factory.mktemp("published"))})
    publish_invented(settings)
    home = Home(settings)
    for column in ("population", "monthly_population", "measure"):
        home.say(f"alter table marts.dim_indicators add column {column} varchar")
    home.say(
        "update marts.dim_indicators set population = 'pop_children', measure = 'rate'"
        " where indicator_id = 'JC-LACR'"
    )
    computed = "set basis = 'computed' where indicator_id = 'JC-LACR'"
    home.say(f"update {FIGURES} {computed}")
    home.say_it_was(f"update fct_indicator_values {computed}")
    return settings


@pytest.fixture
def home(published: Settings, tmp_path: Path) -> Home:
    shutil.copytree(published.home, tmp_path / "home", symlinks=True)
    return Home(dataclasses.replace(published, home=tmp_path / "home"))


def test_before_the_first_publication_it_is_skipped_and_says_why(home: Home) -> None:
    assert home.judged().outcome == "passed"
    shutil.rmtree(home.settings.publications_dir)
    outcome = home.judged()
    assert outcome.outcome == "skipped"
    assert outcome.reason is not None
    assert outcome.reason.startswith("There is no publication to compare with")


def test_a_report_of_the_past_is_not_compared(home: Home) -> None:
    home.judged()
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    past = dataclasses.replace(POINT, as_known_at=dt.datetime(2024, 1, 1))
    assert home.judged(past).outcome == "skipped"


def test_figures_that_are_what_they_were_pass(home: Home) -> None:
    outcome = home.judged()
    assert (outcome.outcome, outcome.severity) == ("passed", "critical")
    with duckdb.connect(str(home.settings.warehouse_file), read_only=True) as warehouse:
        [[figures]] = warehouse.execute(f"select count(*) from {FIGURES}").fetchall()
    assert outcome.rows_checked == figures > 50


def test_a_closed_year_that_changed_for_no_reason_is_named_with_both_values(home: Home) -> None:
    home.say(f"update {FIGURES} set value = 70.5 where {CHANGED} and version = 'outturn'")
    home.say(f"update {FIGURES} set value = value + 0.0000004 where indicator_id = 'NI 62'")
    outcome = home.judged()
    assert (outcome.outcome, outcome.rows_failing) == ("failed", 1)
    [[period, key, values]] = home.findings()
    assert period == "2020/21"
    assert key.startswith("indicator_id=JC-LACR, ") and "period_label=2020/21" in key
    with duckdb.connect(str(home.settings.published_dir / "marts.duckdb"), read_only=True) as old:
        [[before]] = old.execute(
            f"select value from fct_indicator_values where {CHANGED} and version = 'outturn'"
        ).fetchall()
    assert values == f"previous_value={before}, previous_status=final, value=70.5, status=final"


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        # Gone, withheld, and shown where it was withheld.
        (f"delete from {FIGURES} where {CHANGED}", True),
        (f"update {FIGURES} set value = null, status = 'suppressed' where {CHANGED}", True),
        # Millionths are what rounding leaves.
        (f"update {FIGURES} set value = value + 0.0000009 where {CHANGED}", False),
        (f"update {FIGURES} set value = value + 0.00001 where {CHANGED}", True),
        # A figure there was none of before takes nothing back.
        (
            f"insert into {FIGURES} by name select * replace ('2000/01' as period_label)"
            f" from {FIGURES} where {CHANGED}",
            False,
        ),
    ],
)
def test_what_is_a_change(home: Home, change: str, fails: bool) -> None:
    home.say(change)
    assert home.fails() is fails


def test_a_figure_that_was_withheld_and_is_shown_has_changed(home: Home) -> None:
    withheld = f"set value = null, status = 'suppressed' where {CHANGED}"
    home.say_it_was(f"update fct_indicator_values {withheld}")
    assert home.fails()
    home.say(f"update {FIGURES} {withheld}")
    assert not home.fails()


@pytest.mark.parametrize(
    ("kind", "period_end", "fails"),
    [
        # Which months are withheld is decided among the months of a year, until it is over.
        ("month", "2025-09-30", False),
        ("month", "2024-10-31", False),
        ("month", "2024-10-30", True),
        ("quarter", "2024-12-31", False),
        ("quarter", "2024-09-30", True),
    ],
)
def test_a_month_is_over_when_its_year_must_be(
    home: Home, kind: str, period_end: str, fails: bool
) -> None:
    month = f"set period_type = '{kind}', period_end = '{period_end}' where {CHANGED}"
    home.say_it_was(f"update fct_indicator_values {month}")
    home.say(f"update {FIGURES} {month}")
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    assert home.fails() is fails


@pytest.mark.parametrize(
    ("period_end", "as_at", "fails"),
    [
        # The report of 31 October: a period that ended the day before is over.
        (dt.date(2025, 10, 30), POINT.as_at, True),
        (dt.date(2025, 10, 31), POINT.as_at, False),
        # It was not over when it was last published.
        (dt.date(2025, 10, 31), dt.date(2025, 12, 1), False),
        # Nor is it now, where the report goes back.
        (dt.date(2025, 10, 30), dt.date(2025, 10, 30), False),
        (None, POINT.as_at, False),
    ],
)
def test_the_day_a_period_is_over(
    home: Home, period_end: dt.date | None, as_at: dt.date, fails: bool
) -> None:
    day = f"date '{period_end}'" if period_end else "null"
    home.say_it_was(f"update fct_indicator_values set period_end = {day} where {CHANGED}")
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    assert home.fails(PointInTime(as_at)) is fails


@pytest.mark.parametrize(
    ("what_came", "explains"),
    [
        (DELIVERY.format(of="ssda903", la="882", fate="accepted"), True),
        # Rates are worked out by residents.
        (DELIVERY.format(of="population_estimates", la="882", fate="accepted"), True),
        ("update marts.return_deliveries set fate = 'withdrawn' where delivery_id = 2", True),
        # A return that does not feed it, another authority's, one that does not count.
        (DELIVERY.format(of="placement_payments", la="882", fate="accepted"), False),
        (DELIVERY.format(of="ssda903", la="883", fate="accepted"), False),
        (DELIVERY.format(of="ssda903", la="882", fate="held"), False),
        (DELIVERY.format(of="ssda903", la="882", fate="refused"), False),
        (DELIVERY.format(of="ssda903", la="882", fate="already_loaded"), False),
    ],
)
def test_a_delivery_that_feeds_it_explains_a_change(
    home: Home, what_came: str, explains: bool
) -> None:
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    home.say(what_came)
    assert home.fails() is not explains


def test_a_delivery_that_was_confirmed_explains_a_change(home: Home) -> None:
    home.say_it_was("update return_deliveries set fate = 'held' where delivery_id = 2")
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    assert not home.fails()
    home.say("update marts.return_deliveries set fate = 'held' where delivery_id = 2")
    assert home.fails()


def test_another_definition_or_setting_explains_a_change(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    as_set = home.settings
    home.settings = dataclasses.replace(as_set, small_number_limit=7)
    assert not home.fails()
    home.settings = dataclasses.replace(as_set, home_authority="883")
    assert not home.fails()
    home.settings = as_set
    assert home.fails()
    monkeypatch.setattr(closed_years, "code_fingerprint", lambda: "another")
    assert not home.fails()


def test_a_publication_that_does_not_say_by_what_code_counts_as_other(home: Home) -> None:
    home.say_it_was("alter table meta_publication drop column code_fingerprint")
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    assert not home.fails()


def test_a_publication_that_left_deliveries_out_is_not_what_to_keep_to(home: Home) -> None:
    home.say_it_was("update meta_publication set as_known_at = built_at - interval 1 day")
    home.say(f"update {FIGURES} set value = value + 1 where {CHANGED}")
    assert not home.fails()
