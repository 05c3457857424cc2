"""The site as a reader meets it: opened from the file system in Chromium."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fixtures.invented_marts import publish_invented
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.settings import load_settings

pytestmark = pytest.mark.heavy

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

PAGES = [
    "index.html",
    "indicators/ni-62.html",  # published, with comparators, a gap and the spread
    "indicators/jc-lacn.html",  # worked out from records, with breakdowns and withheld parts
    "indicators/ni-99.html",  # nothing landed
    "reports/journey-of-the-child-2017.html",
    "adoption.html",  # a trend with its threshold, a withheld period, a measure without one
    "benchmarks.html",
    "costs.html",
    "costs-method.html",
    "validation.html",
    "deliveries.html",
    "revisions.html",
    "about.html",
]


@dataclass
class Visit:
    """A page of the site in a browser, and what went on while it was open."""

    page: Page
    site: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto((self.site / path).as_uri())
        return self.page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of two publications, the second of which changed a figure."""
    home = tmp_path_factory.mktemp("home")
    settings = load_settings({"PIER_HOME": str(home), "PIER_ENVIRONMENT": "test"})
    publish_invented(settings, rate=80)
    publish_invented(settings, rate=82)
    return settings.published_dir / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI must open the site in it")
        pytest.skip("needs Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        # No sandbox: CI runs as root in a container, and the pages are our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    visit = Visit(page, site)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    yield visit
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_quietly_and_asks_no_host_for_anything(visit: Visit, path: str) -> None:
    page = visit.open(path)

    assert page.locator("h1").count() == 1
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(("file:", "data:"))] == []
    # The page is all there is: no second file is needed to show it.
    assert len([url for url in visit.requests if url.startswith("file:")]) == 1


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_the_way_of_a_reader(visit: Visit, path: str) -> None:
    page = visit.open(path)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    results = Axe().run(page).response

    assert results["passes"], "axe did not run"
    found = {
        f"{violation['id']} ({violation['impact']}): {violation['nodes'][0]['html'][:120]}"
        for violation in results["violations"]
    }
    assert found == set()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_at_320_pixels(visit: Visit, path: str) -> None:
    visit.page.set_viewport_size({"width": 320, "height": 800})
    page = visit.open(path)

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for box in (each.bounding_box() for each in page.locator("nav a, summary").all()):
        assert box is not None
        assert box["height"] >= 24  # WCAG 2.5.8


def test_the_trend_is_drawn_with_every_series_and_its_gap(visit: Visit) -> None:
    page = visit.open("indicators/ni-62.html")
    chart = page.locator("svg.chart.wide").first

    assert chart.is_visible()
    assert chart.get_attribute("role") == "img"
    for series, parts in (("ours", 2), ("neighbours", 1), ("region", 1), ("england", 1)):
        paths = chart.locator(f"path.line.{series}")
        assert paths.count() == parts
        box = paths.first.bounding_box()
        assert box is not None
        assert box["width"] > 50
    labels = chart.locator("text.end").all_text_contents()
    assert [label.rsplit(" ", 1)[0] for label in labels] == [
        "Southend-on-Sea",
        "Neighbours\N{RIGHT SINGLE QUOTATION MARK} mean",
        "East of England",
        "England",
    ]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_words_of_a_chart_stay_inside_it_and_apart(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open("indicators/ni-62.html")
    boxes = [
        each.bounding_box()
        for each in page.locator("svg.chart:visible").first.locator("text.end").all()
    ]

    placed = sorted((box for box in boxes if box), key=lambda box: box["y"])
    assert len(placed) == 4
    for box in placed:
        assert box["x"] + box["width"] <= width
    for upper, lower in itertools.pairwise(placed):
        assert upper["y"] + upper["height"] <= lower["y"] + 2


def test_every_measure_with_a_past_has_a_sparkline(visit: Visit) -> None:
    page = visit.open("index.html")

    sparks = page.locator("svg.spark")
    assert sparks.count() == page.locator(".scorecard tbody tr").count() == 7
    assert sparks.first.locator("path.line.ours").first.is_visible()


def test_the_table_behind_a_chart_opens(visit: Visit) -> None:
    page = visit.open("indicators/ni-62.html")
    table = page.locator("details table").first

    assert not table.is_visible()
    page.locator("summary").first.click()
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 11
    assert "withheld" in table.locator("tr", has_text="2018/19").inner_text()


def test_benchmarks_are_found_by_words_and_topic(visit: Visit) -> None:
    page = visit.open("benchmarks.html")
    rows = page.locator("#measures tbody tr:visible")
    assert rows.count() == 25
    assert page.get_by_role("status").inner_text() == "25 measures"

    page.get_by_label("Words in the measure or its topic").fill("THREE placements")
    assert rows.count() == 1
    assert page.get_by_role("status").inner_text() == "1 measure"

    page.get_by_label("Words in the measure or its topic").fill("")
    page.get_by_label("Topic", exact=True).select_option("Health")
    assert rows.count() == 8


def test_the_first_tab_stop_skips_to_the_content(visit: Visit) -> None:
    page = visit.open("index.html")

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_print_leaves_out_what_paper_cannot_use(visit: Visit) -> None:
    page = visit.open("indicators/ni-62.html")
    page.emulate_media(media="print")

    assert not page.locator("nav").is_visible()
    assert not page.locator(".download").is_visible()
    assert page.locator("svg.chart.wide").first.is_visible()
