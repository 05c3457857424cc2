"""The audit from rules to reports, on a scratch warehouse with invented rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import openpyxl
import pytest
from fixtures.scratch_warehouse import build, catalogue, deliver, insert

from expectations.catalogue import Catalogue, Rule, load_catalogues
from expectations.checks import FailsWhen, NotCheckable
from expectations.reports import neutralise, write_reports
from expectations.runner import AuditResult, crashed_rules, run_audit
from orchestration.assets.audit import audit as dagster_audit
from orchestration.dbt import PointInTime
from orchestration.resources import PierRun
from orchestration.settings import Settings
from orchestration.summary import open_failures, summarise

SSDA903 = catalogue("ssda903")
MARTS = catalogue("marts")


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[Settings]:
    """Two children twice in the header, one blank identifier; no file of the other tables."""
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        build(connection)
        deliver(
            connection,
            SSDA903,
            {
                "header": [
                    {"child_id": "=cmd|'/c calc'!A1", "sex_code": "1"},
                    {"child_id": "=cmd|'/c calc'!A1", "sex_code": "2"},
                    {"child_id": "Zebedee", "sex_code": "2"},
                    {"sex_code": "X"},
                ]
            },
            absent=[alias for alias in SSDA903.tables if alias != "header"],
        )
    yield settings


def chosen(source: Catalogue, *rule_ids: str) -> Catalogue:
    rules = tuple(rule for rule in source.rules if rule.rule_id in rule_ids)
    assert {rule.rule_id for rule in rules} == set(rule_ids)
    return replace(source, rules=rules)


HEADER = chosen(
    SSDA903, "ssda903-INT32", "ssda903-101", "ssda903-INT03", "ssda903-child-header", "ssda903-444"
)


def audit(settings: Settings, point: PointInTime, *catalogues: Catalogue) -> AuditResult:
    return run_audit(settings, point, "run-1", catalogues=catalogues)


def outcome_of(result: AuditResult, rule_id: str) -> Any:
    [outcome] = [outcome for outcome in result.outcomes if outcome.rule_id == rule_id]
    return outcome


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_outcomes_are_counted_by_authority_and_year(
    warehouse: Settings, point: PointInTime
) -> None:
    result = audit(warehouse, point, HEADER)
    twice = outcome_of(result, "ssda903-INT32")
    assert (twice.outcome, twice.rows_checked, twice.rows_failing) == ("failed", 4, 2)
    assert (twice.la_code, twice.period_label, twice.table_name) == (
        "882",
        "2016/17",
        "stg_ssda903__children",
    )
    assert outcome_of(result, "ssda903-101").rows_failing == 1
    assert result.crashed == ()
    assert result.critical_failures == ()
    kept = query(warehouse, "select rule_id, outcome, rows_failing from validation.outcomes")
    assert ("ssda903-INT32", "failed", 2) in kept
    assert len(kept) == len(result.outcomes)


def test_findings_name_file_line_and_record(warehouse: Settings, point: PointInTime) -> None:
    audit(warehouse, point, HEADER)
    found = query(
        warehouse,
        "select source_file, source_line, key_columns, offending_text, message"
        " from validation.findings where rule_id = 'ssda903-101'",
    )
    assert found == [
        (
            "header.csv",
            5,
            "CHILD=(blank)",
            "SEX=X",
            "SEX is blank or is not a code of this year (1 and 2 until 2023/24; M, F and U since);"
            " enter the right one.",
        )
    ]


def test_a_rule_without_its_files_is_skipped_and_says_which(
    warehouse: Settings, point: PointInTime
) -> None:
    result = audit(warehouse, point, HEADER)
    missing_file = outcome_of(result, "ssda903-INT03")
    assert missing_file.outcome == "skipped"
    assert missing_file.reason == "No Episodes file is in force for 2016/17."
    assert (missing_file.rows_checked, missing_file.rows_failing) == (None, None)
    other_year = outcome_of(result, "ssda903-444")
    assert other_year.outcome == "skipped"
    assert "for a year it holds in" in other_year.reason


def test_a_rule_without_its_table_is_skipped(warehouse: Settings, point: PointInTime) -> None:
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        connection.execute("drop table marts.fct_benchmarks")
    result = audit(warehouse, point, chosen(MARTS, "marts-key-fct_benchmarks"))
    outcome = outcome_of(result, "marts-key-fct_benchmarks")
    assert outcome.outcome == "skipped"
    assert outcome.reason == "Table marts.fct_benchmarks has not been built."


def broken(rule_id: str, condition: str) -> Rule:
    [rule] = [rule for rule in SSDA903.rules if rule.rule_id == "ssda903-101"]
    return replace(rule, rule_id=rule_id, check=FailsWhen(condition))


def test_a_rule_that_breaks_has_crashed_and_the_others_stand(
    warehouse: Settings,
    point: PointInTime,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rules = (
        broken("breaks", "cast(record.child_id as integer) > 1"),
        broken("no-column", "record.nothing = 1"),
        *HEADER.rules,
    )
    with caplog.at_level(0):
        result = audit(warehouse, point, replace(SSDA903, rules=rules))
    assert [outcome.rule_id for outcome in result.crashed] == ["breaks", "no-column"]
    assert result.crashed[0].reason == "The rule could not be run (ConversionException)."
    assert outcome_of(result, "ssda903-INT32").rows_failing == 2
    assert crashed_rules(warehouse, "run-1") == ("breaks", "no-column")
    told = capfd.readouterr()
    everything = caplog.text + told.out + told.err + str(result)
    assert "Zebedee" not in everything
    assert "cmd|" not in everything


def test_a_crashed_rule_is_an_error_in_dagster(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks = broken("ssda903-101", "cast(record.child_id as integer) > 1")
    sound = [rule for rule in HEADER.rules if rule.rule_id != "ssda903-101"]
    rules = replace(SSDA903, rules=(breaks, *sound))
    monkeypatch.setattr("expectations.runner.load_catalogues", lambda: (rules,))
    # Nothing has been built, so there is no way from a column to an indicator.
    manifest = warehouse.dbt_target_dir / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"nodes": {}}', encoding="utf-8")
    job = dg.define_asset_job("audit_only", selection=dg.AssetSelection.checks(dagster_audit))
    definitions = dg.Definitions(
        asset_checks=[dagster_audit],
        jobs=[job],
        resources={"pier": PierRun(as_at="2017-07-31")},
    )
    with dg.DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def("audit_only").execute_in_process(
            instance=instance, raise_on_error=False
        )
    found = {each.check_name: each for each in result.get_asset_check_evaluations()}
    crashed = found["ssda903_101"]
    assert not crashed.passed
    assert crashed.severity is dg.AssetCheckSeverity.ERROR
    assert crashed.metadata["outcome"].value == "crashed"
    failed = found["ssda903_INT32"]
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "ssda903_INT03" not in found, "what was skipped is not shown at all"
    summary = summarise(warehouse, result.run_id)
    rules = {line.outcome: line.rules for line in summary.audit}
    assert rules == {"crashed": 1, "failed": 2, "skipped": 2}
    assert "ssda903-101 (stg_ssda903__children): " in str(summary.stopping_messages)
    page = warehouse.reports_dir / "social_care" / "validation.html"
    assert "Rules that broke" in page.read_text(encoding="utf-8")
    assert (warehouse.data_docs_dir / "index.html").exists()


def test_a_rule_whose_counts_differ_from_one_time_to_the_next_has_crashed(
    warehouse: Settings, point: PointInTime
) -> None:
    unsure = broken("dice", "random() < 0.5")
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        connection.execute(
            "insert into staging.stg_ssda903__children (la_code, period_label, child_id, sex_code)"
            " select '882', '2016/17', range::varchar, '1' from range(5000)"
        )
    result = audit(warehouse, point, replace(SSDA903, rules=(unsure,)))
    assert result.crashed[0].reason.startswith("The rule counts ")
    assert query(warehouse, "select * from validation.findings") == []


def test_a_duplicate_in_a_mart_stops_publication(warehouse: Settings, point: PointInTime) -> None:
    rules = chosen(MARTS, "marts-key-dim_areas", "marts-key-dim_periods")
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        insert(connection, "marts.dim_areas", [{"area_code": "E06000033"}])
    assert audit(warehouse, point, rules).critical_failures == ()
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        insert(connection, "marts.dim_areas", [{"area_code": "E06000033"}])
    [failure] = audit(warehouse, point, rules).critical_failures
    assert (failure.rule_id, failure.rows_failing) == ("marts-key-dim_areas", 2)


def test_the_same_run_replaces_itself_and_other_runs_are_kept(
    warehouse: Settings, point: PointInTime
) -> None:
    run_audit(warehouse, point, "old", catalogues=[HEADER])
    run_audit(warehouse, point, "new", ("returns",), catalogues=[HEADER])
    run_audit(
        warehouse, point, "new", ("marts",), catalogues=[chosen(MARTS, "marts-key-dim_areas")]
    )
    run_audit(warehouse, point, "new", ("returns",), catalogues=[HEADER])
    runs = query(
        warehouse, "select run_id, count(*) from validation.outcomes group by all order by all"
    )
    assert runs == [("new", 6), ("old", 5)]
    findings = query(warehouse, "select distinct run_id from validation.findings")
    assert findings == [("new",)]
    rows = query(warehouse, "select count(*) from validation.findings")
    assert rows == [(4,)]


def test_rule_outcomes_are_one_for_each_rule(warehouse: Settings, point: PointInTime) -> None:
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        others = [alias for alias in SSDA903.tables if alias != "header"]
        row = {"child_id": "b", "sex_code": "1"}
        deliver(connection, SSDA903, {"header": [row]}, "2015/16", absent=others)
    result = audit(warehouse, point, HEADER)
    assert len([o for o in result.outcomes if o.rule_id == "ssda903-INT32"]) == 2
    by_rule = {outcome.rule_id: outcome for outcome in result.rule_outcomes}
    assert len(by_rule) == len(HEADER.rules)
    twice = by_rule["ssda903-INT32"]
    assert (twice.outcome, twice.rows_checked, twice.rows_failing) == ("failed", 5, 2)
    assert by_rule["ssda903-INT03"].outcome == "skipped"


def test_an_unknown_boundary_is_refused(warehouse: Settings, point: PointInTime) -> None:
    with pytest.raises(ValueError, match="'sea' is not a boundary: use returns or marts"):
        run_audit(warehouse, point, "run-1", ("sea",))


def test_every_rule_runs_on_an_empty_warehouse(settings: Settings, point: PointInTime) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        build(connection)
        for each in load_catalogues():
            if each.boundary == "returns":
                deliver(connection, each, {}, "2025/26")
    result = run_audit(settings, point, "run-1")
    assert result.crashed == ()
    outcomes = {(outcome.rule_id, outcome.outcome) for outcome in result.outcomes}
    assert ("ssda903-101", "passed") in outcomes
    assert ("published-area-lait", "passed") in outcomes
    skipped = {outcome.rule_id for outcome in result.outcomes if outcome.outcome == "skipped"}
    rules = [rule for each in load_catalogues() for rule in each.rules]
    judged = {
        rule.rule_id
        for rule in rules
        if rule.holds_in("2025/26")
        and not isinstance(rule.check, NotCheckable)
        and not any(table.years_back for table in (rule.table, *rule.also_reads))
    }
    assert skipped == {rule.rule_id for rule in rules} - judged
    assert {"ssda903-370", "ssda903-203", "ssda903-SW15STG2", "ssda903-700"} <= skipped


def test_reports_tell_the_owner_what_to_mend_and_run_nothing(
    warehouse: Settings, point: PointInTime
) -> None:
    rules = (*HEADER.rules, broken("breaks", "cast(record.child_id as integer) > 1"))
    audit(warehouse, point, replace(SSDA903, rules=rules))
    written = write_reports(warehouse, "run-1")
    folder = warehouse.reports_dir / "social_care"
    assert sorted(written) == [folder / f"validation.{kind}" for kind in ("csv", "html", "xlsx")]
    page = (folder / "validation.html").read_text(encoding="utf-8")
    assert "This child appears more than once in the Header file" in page
    assert "header.csv" in page
    assert "CHILD==cmd|\\u0027/c calc\\u0027!A1" in page
    assert "4 rows to mend" in page and "This is the first report" in page
    assert "ConversionException" in page
    assert "No Episodes file is in force for 2016/17." in page
    assert "http" not in page.replace("http-equiv", "")
    with (folder / "validation.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Line"] for row in rows if row["Rule"] == "ssda903-INT32"] == ["2", "3"]
    workbook = openpyxl.load_workbook(folder / "validation.xlsx")
    assert workbook.sheetnames == ["To mend", "Acknowledged", "Mended", "Rules", "Do not count"]
    assert workbook["To mend"].max_row == len(rows) + 1 == 5
    cells = [cell for sheet in workbook for line in sheet.iter_rows() for cell in line]
    assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_exported_cell_is_a_formula(text: str) -> None:
    assert neutralise(text) == f"'{text}"


def test_text_that_is_no_formula_is_left_alone() -> None:
    assert neutralise("DECOM=01/05/2016") == "DECOM=01/05/2016"


def test_the_next_report_says_what_is_new_mended_and_for_how_long(
    warehouse: Settings, point: PointInTime
) -> None:
    run_audit(warehouse, point, "run-1", catalogues=[HEADER], touched={"ssda903-101": "NI 62"})
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        connection.execute(
            "update validation.findings set first_seen = first_seen - interval 12 days;"
            "update validation.outcomes set checked_at = checked_at - interval 12 days;"
            # Sent again: the child who stood twice stands once, below a new fault.
            "delete from staging.stg_ssda903__children where child_id like '=%' and sex_code = '2';"
            "update staging.stg_ssda903__children set _source_line = 90 where sex_code = 'X';"
            "update staging.stg_ssda903__children set sex_code = '=9' where child_id = 'Zebedee'"
        )
    run_audit(warehouse, point, "run-2", catalogues=[HEADER], touched={"ssda903-101": "NI 62"})
    write_reports(warehouse, "run-2")
    folder = warehouse.reports_dir / "social_care"
    page = (folder / "validation.html").read_text(encoding="utf-8")
    told = " ".join(page.split())
    assert re.search(r"3 rows to mend: 1 new since \d\d/\d\d/20\d\d, 2 mended since then", told)
    assert "The oldest has been open for 12 days." in told
    assert "May change NI 62." in told
    with (folder / "validation.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [
        (row["Rule"], row["State"], row["Days open"], row["Line"], row["As sent"]) for row in rows
    ] == [
        ("ssda903-101", "new", "0", "4", "SEX==9"),
        ("ssda903-101", "open", "12", "90", "SEX=X"),
        ("ssda903-child-header", "open", "12", "90", "CHILD=(blank)"),
        ("ssda903-INT32", "mended", "12", "2", "CHILD==cmd|'/c calc'!A1"),
        ("ssda903-INT32", "mended", "12", "3", "CHILD==cmd|'/c calc'!A1"),
    ]
    mended = openpyxl.load_workbook(folder / "validation.xlsx")["Mended"]
    assert mended.max_row == 3


def test_an_acknowledged_row_is_shown_and_one_that_does_not_count_says_why(
    warehouse: Settings, point: PointInTime
) -> None:
    with duckdb.connect(str(warehouse.warehouse_file)) as connection:
        connection.execute(
            """
            create table staging.stg_acknowledgements__findings as
            select '882' as la_code, '2016/17' as period_label, rule_id, 'ssda903' as return_name,
                'stg_ssda903__children' as table_name, key_columns, null::varchar as offending_text,
                'Seen on paper.' as reason, '=A. Officer' as acknowledged_by,
                date '2017-08-01' as acknowledged_date, 'social_care' as sent_by,
                7 as _delivery_id, 'acknowledgements/social_care.csv' as _source_file,
                line::bigint as _source_line
            from (values ('ssda903-101', 'CHILD=(blank)', 2), ('ssda903-101', 'CHILD=z', 3))
                as said(rule_id, key_columns, line)
            """
        )
    result = audit(warehouse, point, HEADER)
    acknowledged = outcome_of(result, "ssda903-101")
    assert (acknowledged.outcome, acknowledged.rows_failing) == ("failed", 1)
    assert acknowledged.rows_acknowledged == 1
    write_reports(warehouse, "run-1")
    folder = warehouse.reports_dir / "social_care"
    page = (folder / "validation.html").read_text(encoding="utf-8")
    assert "3 rows to mend" in page
    assert "Seen on paper." in page
    assert "Nothing that is open fits it" in page
    assert open_failures(warehouse) == [("social_care", "error", "2", "3")]
    workbook = openpyxl.load_workbook(folder / "validation.xlsx")
    [row] = list(workbook["Acknowledged"].iter_rows(min_row=2, values_only=True))
    assert row[-2:] == ("'=A. Officer", "Seen on paper.")


def test_data_docs_hold_counts_and_call_nobody(
    warehouse: Settings, point: PointInTime, tmp_path: Path
) -> None:
    run_audit(warehouse, point, "run-1", catalogues=[HEADER], data_docs=tmp_path / "docs")
    pages = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("docs/*.html")}
    assert sorted(pages) == ["index.html", "returns__stg_ssda903__children.html"]
    everything = "".join(pages.values())
    assert "This child appears more than once in the Header file" in everything
    for forbidden in ("http:", "https:", "//", "<script", "<img", "<link", "Zebedee", "calc'"):
        assert forbidden not in everything, forbidden


def test_an_owner_with_nothing_to_mend_is_told_so(warehouse: Settings, point: PointInTime) -> None:
    audit(warehouse, point, chosen(MARTS, "marts-key-dim_areas"))
    write_reports(warehouse, "run-1")
    page = Path(warehouse.reports_dir / "performance" / "validation.html").read_text("utf-8")
    assert "Nothing to mend" in page
