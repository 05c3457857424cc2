"""The local feeds hold together with each other, the census and the looked-after returns.

Read as any recipient would read them; nothing here knows how they were made.
"""

import datetime as dt
import itertools
from collections import Counter

import pytest
from census_by_hand import Child, day, must, within, working_days
from returned import YEARS, Returns, Rows, date
from services_by_hand import Written, moment

SOURCES = {
    "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C",
    "6", "7", "8", "9", "10",
}  # fmt: skip
STATUSES = {
    "LAC": "Looked after", "CPP": "On a plan", "LAC/CPP": "Looked after and on a plan",
    "CIN": "In need", "Early Help": "Early help", "Other LA": "Other authority",
}  # fmt: skip


@pytest.fixture(scope="module")
def written(returns: Returns, census: dict[int, list[Child]]) -> Written:
    return Written(returns, census)


@pytest.fixture(scope="module")
def in_census(census: dict[int, list[Child]]) -> dict[str, dt.date]:
    return {child.child_id: child.born for children in census.values() for child in children}


@pytest.fixture(params=YEARS)
def year(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def bounds(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year - 1, 4, 1), dt.date(year, 3, 31)


def assert_spans_of_year(rows: Rows, start: str, end: str, year: int) -> None:
    first, last = bounds(year)
    for row in rows:
        begun = date(row[start])
        assert begun <= last
        assert not row[end] or begun <= date(row[end]) <= last
        assert not row[end] or date(row[end]) >= first, "ended before the year"


def assert_unique(rows: Rows, column: str) -> None:
    assert all(row[column] for row in rows)
    assert len({row[column] for row in rows}) == len(rows)


def test_times_missing_are_of_the_year_and_in_order(written: Written, year: int) -> None:
    rows = written.feed("missing_children", "missing_episodes", year)
    assert_unique(rows, "missing_episode_id")
    times: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for row in rows:
        reported = moment(row["date_from"])
        assert within(reported.date(), year)
        found = moment(row["date_to"]) if row["date_to"] else dt.datetime.max
        assert found > reported
        times.setdefault(row["child_id"], []).append((reported, found))
    for own in times.values():
        for before, after in itertools.pairwise(sorted(own)):
            assert before[1] < after[0]


def test_missing_children_are_what_the_other_returns_say_they_were(
    written: Written, year: int
) -> None:
    """The status the log was given is the one the census and the looked-after return give."""
    for row in written.feed("missing_children", "missing_episodes", year):
        when = moment(row["date_from"]).date()
        status = written.status_on(row["child_id"], when, row["responsible_authority"])
        assert status == STATUSES[row["status"]]
        assert (row["missing_from"] == "care") == (
            status.startswith("Looked after") or status == "Other authority"
        )


def test_the_log_and_the_return_agree_who_was_missing_from_care(
    written: Written, returns: Returns, year: int
) -> None:
    logged = {
        (row["child_id"], moment(row["date_from"]).date())
        for row in written.feed("missing_children", "missing_episodes", year)
        if row["status"].startswith("LAC")
    }
    returned = {
        (row["CHILD"], date(row["MIS_START"]))
        for row in returns[year].get("missing", [])
        if row["MISSING"] == "M" and within(date(row["MIS_START"]), year)
    }
    assert logged
    assert returned == (logged if year >= 2015 else set())


def test_interviews_follow_the_return(written: Written, year: int) -> None:
    found = {
        row["missing_episode_id"]: row
        for row in written.feed("missing_children", "missing_episodes", year)
    }
    rows = written.feed("missing_children", "return_interviews", year)
    assert_unique(rows, "interview_id")
    assert len({row["missing_episode_id"] for row in rows}) == len(rows)
    for row in rows:
        episode = found[row["missing_episode_id"]]
        assert row["child_id"] == episode["child_id"]
        offered = date(row["offered_date"])
        assert moment(episode["date_to"]).date() <= offered <= bounds(year)[1]
        assert bool(row["interview_date"]) == (row["status"] == "Held")
        assert not row["interview_date"] or offered <= date(row["interview_date"])


def test_three_in_four_were_talked_to_within_three_days_from_april_2017(written: Written) -> None:
    """journey_of_the_child_2017: 76.3 % since 1 April 2017, said in October."""
    found = {
        row["missing_episode_id"]: moment(row["date_to"])
        for row in written.feed("missing_children", "missing_episodes", 2018)
        if row["date_to"] and moment(row["date_to"]).date() < dt.date(2017, 10, 1)
    }
    talked = {
        row["missing_episode_id"]: date(row["interview_date"])
        for row in written.feed("missing_children", "return_interviews", 2018)
        if row["interview_date"]
    }
    in_time = sum(
        one in talked and talked[one] <= (back + dt.timedelta(hours=72)).date()
        for one, back in found.items()
    )
    assert round(100 * in_time / len(found), 1) == 76.3


def test_contacts_are_of_the_year_and_lead_to_referrals(
    written: Written, in_census: dict[str, dt.date], year: int
) -> None:
    rows = written.feed("contacts", "contacts", year)
    assert_unique(rows, "contact_id")
    referrals = Counter(row["referral_id"] for row in rows if row["referral_id"])
    assert max(referrals.values(), default=1) == 1
    for row in rows:
        when = date(row["contact_date"])
        assert within(when, year)
        assert row["source_code"] in SOURCES
        assert row["outcome"] in {"REF", "EH", "IAG", "NFA", "STRAT", "OLA"}
        assert (row["outcome"] == "REF") == bool(row["referral_id"])
        assert not row["child_id"] or in_census[row["child_id"]] <= when


def test_referrals_of_contacts_are_in_the_census(
    written: Written, census: dict[int, list[Child]], year: int
) -> None:
    referred = {
        (child.child_id, case.findtext("CINreferralDate").replace("-", ""))
        for child in census.get(year, [])
        for case in child.cases()
    }
    for row in written.feed("contacts", "contacts", year):
        if row["referral_id"]:
            assert (row["child_id"], row["referral_id"][-8:]) in referred


def test_early_help_is_of_the_year(written: Written, year: int) -> None:
    rows = written.feed("early_help", "episodes", year)
    assert_unique(rows, "early_help_id")
    assert_spans_of_year(rows, "date_from", "date_to", year)
    for row in rows:
        assert bool(row["outcome"]) == bool(row["date_to"])


def test_common_assessments_by_stage(written: Written) -> None:
    """success_for_all_annual_report_2012: 3,353 since February 2007; its stages add up to more."""
    rows = {
        row["early_help_id"]: row
        for year in range(2008, 2013)
        for row in written.feed("early_help", "episodes", year)
    }
    stages = Counter(row["stage"] for row in rows.values())
    assert stages == {"Stage 1": 1406, "Stage 2": 2081, "Stage 3": 388}
    assert len({row["child_id"] for row in rows.values()}) == 3353
    own: dict[str, list[tuple[dt.date, str]]] = {}
    for row in rows.values():
        own.setdefault(row["child_id"], []).append((date(row["date_from"]), row["stage"]))
    for stretches in own.values():
        assert [stage for _, stage in sorted(stretches)] == sorted(stage for _, stage in stretches)


def test_concerns_are_about_children_known_to_social_care(
    written: Written, in_census: dict[str, dt.date], year: int
) -> None:
    rows = written.feed("child_exploitation", "concerns", year)
    assert_unique(rows, "concern_id")
    assert_spans_of_year(rows, "date_from", "date_to", year)
    for row in rows:
        born, raised = in_census[row["child_id"]], date(row["date_from"])
        assert 9 * 365 < (raised - born).days < 18 * 366
        assessed = row["risk_assessment_date"]
        assert bool(assessed) == (row["risk_level"] in {"low", "medium", "high"})
        assert not assessed or raised <= date(assessed) <= bounds(year)[1]
    open_children = [row["child_id"] for row in rows if not row["date_to"]]
    assert len(open_children) == len(set(open_children))


def test_young_carers_are_children(written: Written, year: int) -> None:
    rows = written.feed("young_carers", "register", year)
    assert_unique(rows, "young_carer_id")
    assert_spans_of_year(rows, "date_from", "date_to", year)
    assert rows
    for row in rows:
        days = (date(row["date_from"]) - date(row["dob"])).days
        assert 5 * 365 <= days < 18 * 366
        last = date(row["date_to"]) if row["date_to"] else bounds(year)[1]
        assert (last - date(row["dob"])).days < 19 * 366
        assert row["school_phase"] in {"Primary", "Secondary"}
        assert row["sex"] in {"F", "M"}


def test_privately_fostered_children_are_in_need_and_under_16_at_first(
    written: Written, in_census: dict[str, dt.date], year: int
) -> None:
    rows = written.feed("private_fostering", "arrangements", year)
    assert_unique(rows, "arrangement_id")
    assert_spans_of_year(rows, "start_date", "end_date", year)
    for row in rows:
        assert date(row["dob"]) == in_census[row["child_id"]]
        start, told = date(row["start_date"]), date(row["notification_date"])
        assert start <= told
        assert not row["first_visit_date"] or told <= date(row["first_visit_date"])
        assert (start - date(row["dob"])).days < 16 * 366


def test_private_fostering_from_april_to_july_2017(written: Written) -> None:
    """journey_of_the_child_2017: three begun, three ended; its table of eight begun cannot be."""
    rows = written.feed("private_fostering", "arrangements", 2018)
    july = dt.date(2017, 7, 31)
    begun = [row for row in rows if dt.date(2017, 4, 1) <= date(row["start_date"]) <= july]
    ended = [row for row in rows if row["end_date"] and date(row["end_date"]) <= july]
    assert (len(begun), len(ended)) == (3, 3)


def test_audits_are_of_open_cases(written: Written, year: int) -> None:
    rows = written.feed("file_audits", "audits", year)
    assert bool(rows) == (year >= 2010)
    assert not rows or len({row["audit_id"] for row in rows}) == len(rows)
    for row in rows:
        when = date(row["audit_date"])
        assert within(when, year)
        assert row["grade"] in {"1", "2", "3", "4", "NA"}
        assert any(start <= when <= end for start, end in written.in_need[row["child_id"]])


def test_first_medicals_are_of_everyone_who_came_into_care(
    written: Written, returns: Returns, year: int
) -> None:
    started = {
        (row["CHILD"], row["DECOM"])
        for row in returns[year]["episodes"]
        if row["RNE"] == "S" and within(date(row["DECOM"]), year) and row["LS"] not in {"V3", "V4"}
    }
    rows = written.feed("looked_after_health", "initial_assessments", year)
    assert {(row["child_id"], row["care_start_date"]) for row in rows} == started
    assert len(rows) == len(started)
    for row in rows:
        start = date(row["care_start_date"])
        if row["request_date"]:
            assert start <= date(row["request_date"]) <= bounds(year)[1]
        if row["assessment_date"]:
            done = date(row["assessment_date"])
            assert date(row["request_date"]) <= done <= bounds(year)[1]
            assert bool(row["reason_late"]) == (working_days(start, done) > 20)


def test_contacts_a_week_from_april_to_july_2017(written: Written) -> None:
    """journey_of_the_child_2017: 61 a week at the front door."""
    count = sum(
        row["service"] == "Front door" and date(row["contact_date"]) <= dt.date(2017, 7, 31)
        for row in written.feed("contacts", "contacts", 2018)
    )
    assert round(count * 7 / 122) == 61


def test_assessments_from_april_to_august_2017(census: dict[int, list[Child]]) -> None:
    """journey_of_the_child_2017: 62.8 % within 45 working days, 47.8 days on average."""
    lengths = [
        working_days(must(one, "AssessmentActualStartDate"), end)
        for child in census[2018]
        for one in child.element.iter("Assessments")
        if (end := day(one, "AssessmentAuthorisationDate")) and end <= dt.date(2017, 8, 31)
    ]
    assert round(100 * sum(days <= 45 for days in lengths) / len(lengths), 1) == 62.8
    assert round(sum(lengths) / len(lengths), 1) == 47.8


def test_reviews_from_april_to_july_2017(returns: Returns) -> None:
    """journey_of_the_child_2017: every child of four and more took part, 62 % came."""
    codes = [
        row["REVIEW_CODE"]
        for row in returns[2018]["reviews"]
        if date(row["REVIEW"]) <= dt.date(2017, 7, 31) and row["REVIEW_CODE"] != "PN0"
    ]
    assert not {"PN4", "PN7"} & set(codes)
    assert round(100 * sum(code in {"PN1", "PN2", "PN3"} for code in codes) / len(codes)) == 62


def test_children_of_the_feeds_cannot_be_real(written: Written, year: int) -> None:
    for name, table in (
        ("contacts", "contacts"), ("early_help", "episodes"), ("young_carers", "register"),
        ("missing_children", "missing_episodes"),
    ):  # fmt: skip
        for row in written.feed(name, table, year):
            assert row["child_id"].startswith("DEMO") or not row["child_id"]
