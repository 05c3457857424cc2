"""The pages of placement costs, drawn from invented marts."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pytest
from fixtures import invented_costs
from fixtures.invented_marts import publish_invented

from orchestration.publishing.site.costs import NEEDED, pounds, read_costs, total
from orchestration.settings import load_settings


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = load_settings({"PIER_HOME": str(tmp_path_factory.mktemp("costs"))})
    publish_invented(settings)
    return settings.published_dir / "site"


@pytest.fixture(scope="module")
def page(site: Path) -> str:
    return re.sub(r"<[^>]+>", " ", (site / "costs.html").read_text("utf-8"))


def rows_of(page: str, *words: str) -> bool:
    return re.search(r"\s+".join(re.escape(word) for word in words), page) is not None


def test_a_category_shows_its_costs_and_what_they_rest_on(page: str) -> None:
    assert rows_of(page, "In-house fostering", "Unit cost: outturn of the ledger, by weeks of care")
    assert rows_of(page, "300", "70,000", "£3,190,000")


def test_the_difference_to_the_ledger_is_shown_where_there_is_one(page: str) -> None:
    assert "\N{MINUS SIGN}£2" in page  # 1.50 short, for secure homes


def test_what_is_withheld_is_marked_and_its_spending_is_not(page: str) -> None:
    secure = page[page.index("Secure homes") :][:900]
    assert "withheld" in secure
    assert "£600,000" in secure


def test_lines_of_section_251_are_in_their_own_order(page: str) -> None:
    assert page.index("Leaving care") < page.index("Asylum seekers")


def test_a_year_that_was_missed_says_so(page: str) -> None:
    tried = page[page.index("Years held back, all placements") :]
    assert rows_of(tried, "2024/25", "£9,500,000", "£8,000,000", "£7,000,000", "£9,000,000", "No")


def test_the_sum_of_withheld_parts_is_withheld(page: str) -> None:
    changes = page[page.index("Change from 2023/24 to 2024/25") :]
    everything = changes[changes.index("All placements") :][:600]
    assert "withheld" in everything
    assert "£191" in everything


def test_every_table_is_a_file(site: Path) -> None:
    for name in ("costs", "costs-variance", "costs-forecast-years", "costs-back-tests"):
        with (site / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert list(csv.DictReader(file))


def test_the_method_is_told_and_linked(site: Path) -> None:
    assert 'href="costs-method.html"' in (site / "costs.html").read_text("utf-8")
    assert "Kaplan-Meier" in (site / "costs-method.html").read_text("utf-8")


def ask_nothing(query: str, given: Mapping[str, str]) -> Sequence[Mapping[str, object]]:
    return []


def test_without_the_marts_or_rows_of_the_authority_there_are_no_pages() -> None:
    assert read_costs(ask_nothing, set(), "E1") is None
    assert read_costs(ask_nothing, set(NEEDED), "E1") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(1024.5, "£1,025"), (-50.0, "\N{MINUS SIGN}£50"), (0.0, "£0"), (-0.2, "£0"), (None, None)],
)
def test_pounds(value: float | None, text: str | None) -> None:
    assert pounds(value) == text


def test_a_total_of_what_is_not_told_is_not_told() -> None:
    assert total(({"a": 1.0}, {"a": 2.0}), "a") == 3
    assert total(({"a": 1.0}, {"a": None}), "a") is None


def test_the_invented_marts_are_those_the_pages_need() -> None:
    assert set(invented_costs.COLUMNS) == NEEDED
    with duckdb.connect() as connection:
        for table, rows in invented_costs.tables().items():
            connection.execute(f"create table {table} ({invented_costs.COLUMNS[table]})")
            marks = ", ".join("?" * len(rows[0]))
            connection.execute(f"insert into {table} values ({marks})", rows[0])
