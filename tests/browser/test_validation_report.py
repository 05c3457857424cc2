"""A data owner's report in Chromium, opened from the file system as from a file share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from fixtures.scratch_warehouse import build, catalogue, deliver
from playwright.sync_api import sync_playwright

from expectations.reports import write_reports
from expectations.runner import run_audit
from orchestration.dbt import PointInTime
from orchestration.settings import Settings

pytestmark = pytest.mark.heavy

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture
def report(settings: Settings, point: PointInTime) -> Path:
    """Twelve rows without a sex, two of which are one child; no other file was delivered."""
    ssda903 = catalogue("ssda903")
    header = [{"child_id": f"invented-{number % 11}"} for number in range(12)]
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        build(connection)
        others = [alias for alias in ssda903.tables if alias != "header"]
        deliver(connection, ssda903, {"header": header}, absent=others)
    run_audit(settings, point, "run-1", ("returns",))
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            "update validation.findings set first_seen = first_seen - interval 3 days;"
            "update validation.findings set first_seen = first_seen - interval 37 days"
            " where rule_id = 'ssda903-101' and source_line = 9"
        )
    run_audit(settings, point, "run-2", ("returns",))
    write_reports(settings, "run-2")
    return settings.reports_dir / "social_care" / "validation.html"


def test_an_owner_filters_by_rule_sorts_by_age_and_finds_a_line(report: Path) -> None:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI must open the report in it")
        pytest.skip("needs Chromium (apt-get install chromium)")
    requests: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(report.as_uri())

        assert page.inner_text("h1") == "What to mend: Social care"
        assert page.locator("ol.first li").count() == 3
        rows = page.locator("#findings tbody tr")
        page.select_option("#rule", "ssda903-101")
        assert page.inner_text("#shown") == "12 rows shown"
        assert rows.count() == 12
        assert "ssda903-101" in page.inner_text("#chosen")
        first = page.locator("#findings tbody tr:first-child td")
        page.locator("#findings thead button", has_text="Line").click()
        assert first.nth(5).inner_text() == "2"
        page.locator("#findings thead button", has_text="Line").click()
        assert first.nth(5).inner_text() == "13"
        page.locator("#findings thead button", has_text="Days open").click()
        page.locator("#findings thead button", has_text="Days open").click()
        assert [first.nth(3).inner_text(), first.nth(5).inner_text()] == ["40", "9"]
        page.select_option("#state", "new")
        assert page.inner_text("#shown") == "0 rows shown"
        page.click("[data-show='ssda903-INT32'] >> nth=0")
        assert page.inner_text("#shown") == "2 rows shown"
        page.select_option("#rule", "ssda903-101")
        page.fill("#text", "invented-10")
        assert rows.count() == 1
        assert first.nth(4).inner_text() == "header.csv"
        page.fill("#text", "")

        violations = Axe().run(page).response["violations"]
        browser.close()
    assert [found["id"] for found in violations if found["impact"] in ("serious", "critical")] == []
    assert requests == [report.as_uri()]
    assert complaints == []
