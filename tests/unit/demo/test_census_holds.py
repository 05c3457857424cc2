"""The children in need census: sound in itself, the same children, and the published figures.

Read as XML and counted here; the numbers in brackets are those of the Department's checks.
"""

import datetime as dt
import itertools
from collections import Counter

import pytest
from census_by_hand import CENSUS_YEARS, Child, day, must, plans, within, working_days
from returned import Returns, by_child, date

# The first census covered the half-year from this day.
FIRST_DAY = dt.date(2008, 10, 1)
# journey_of_the_child_2017: plans open on 31 March by duration, percent.
PLANS_OPEN = {2015: 184, 2016: 189, 2017: 220}
DURATIONS = {2017: [23.6, 25.9, 27.3, 20.5, 2.7], 2016: [24.0, 30.0, 21.0, 21.0, 4.0]}
SECOND_PLANS = {2015: (223, 16.1), 2016: (201, 18.9), 2017: (263, 29.3)}
REFERRED_AGAIN = {2015: 21.4, 2016: 19.9, 2017: 16.4}
ASSESSED = {2015: (1400, 96.3), 2016: (1458, 96.4), 2017: (2012, 63.8)}


@pytest.fixture(params=CENSUS_YEARS)
def year(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_children_are_there_once_with_cases_of_the_year(
    census: dict[int, list[Child]], year: int
) -> None:
    ids = [child.child_id for child in census[year]]
    assert len(ids) == len(set(ids)), "8510"
    last_day = dt.date(year, 3, 31)
    for child in census[year]:
        assert child.cases(), "8590"
        assert child.element.findtext("ChildCharacteristics/Disabilities/Disability"), "8540"
        for case in child.cases():
            referred, closed = must(case, "CINreferralDate"), day(case, "CINclosureDate")
            assert child.born <= referred <= last_day, "8600, 8606"
            assert closed is None or (within(closed, year) and closed >= referred), "8620, 8630"
            assert bool(closed) == bool(case.findtext("ReasonForClosure")), "8805, 8810"
            no_further = case.findtext("ReferralNFA") == "1"
            assert bool(case.findtext("PrimaryNeedCode")) != no_further, "8610"
            assert not (no_further and case.find("Assessments") is not None), "8831"


def test_cases_of_a_child_do_not_overlap(census: dict[int, list[Child]], year: int) -> None:
    for child in census[year]:
        cases = sorted(child.cases(), key=lambda case: must(case, "CINreferralDate"))
        for before, after in itertools.pairwise(cases):
            assert must(before, "CINclosureDate") <= must(after, "CINreferralDate"), "8816, 8820"


def test_assessments_are_of_the_year_and_of_their_case(
    census: dict[int, list[Child]], year: int
) -> None:
    for child in census[year]:
        for case in child.cases():
            closed = day(case, "CINclosureDate")
            for assessment in case.findall("Assessments"):
                start = must(assessment, "AssessmentActualStartDate")
                done = day(assessment, "AssessmentAuthorisationDate")
                assert start >= must(case, "CINreferralDate"), "1103"
                assert done is None or (within(done, year) and done >= start), "8608, 8696"
                assert bool(done) == bool(assessment.findall(".//AssessmentFactors")), "8614"
                assert not closed or (done and done <= closed), "8565, 8867"


def test_initial_and_core_assessments_end_with_the_year_2013(
    census: dict[int, list[Child]], year: int
) -> None:
    first_day = max(FIRST_DAY, dt.date(year - 1, 4, 1))
    starts, ends = ("ActualStart", "Authorisation") if year == 2013 else ("Start", "End")
    cases = [case for child in census[year] for case in child.cases()]
    assert any(case.findall("InitialAssessments") for case in cases) == (year <= 2013)
    assert any(case.findall("Assessments") for case in cases) == (year > 2013)
    for case in cases:
        closed = day(case, "CINclosureDate")
        earlier: dt.date | None = None
        for name in ("InitialAssessment", "CoreAssessment"):
            for one in case.findall(f"{name}s"):
                start, end = must(one, f"{name}{starts}Date"), must(one, f"{name}{ends}Date")
                assert max(first_day, must(case, "CINreferralDate")) <= start <= end
                assert within(end, year)
                assert earlier is None or earlier <= start
                assert closed is None or end <= closed
                assert case.findtext("ReferralNFA") == "0"
                earlier = end


def test_who_referred_is_asked_from_2014(census: dict[int, list[Child]], year: int) -> None:
    for child in census[year]:
        for case in child.cases():
            assert bool(case.findtext("ReferralSource")) == (year >= 2014)


def test_plans_and_enquiries_are_sound(census: dict[int, list[Child]], year: int) -> None:
    for child in census[year]:
        for case in child.cases():
            referred = must(case, "CINreferralDate")
            for enquiry in case.findall("Section47"):
                conference = day(enquiry, "DateOfInitialCPC")
                assert must(enquiry, "S47ActualStartDate") >= referred, "2889"
                assert conference is None or conference.weekday() < 5, "8875"
                assert conference is None or within(conference, year), "8715"
            for plan in case.findall("ChildProtectionPlans"):
                start, end = must(plan, "CPPstartDate"), day(plan, "CPPendDate")
                assert referred <= start <= dt.date(year, 3, 31)
                assert end is None or (within(end, year) and end > start), "8840, 8930"
                for review in plan.iterfind("Reviews/CPPreviewDate"):
                    assert dt.date.fromisoformat(review.text) > start, "8841"


def test_looked_after_children_are_in_the_census(
    returns: Returns, census: dict[int, list[Child]], year: int
) -> None:
    here = {child.child_id: child for child in census[year]}
    born = {row["CHILD"]: date(row["DOB"]) for row in returns[year]["header"]}
    for child_id, episodes in by_child(returns[year]["episodes"]).items():
        last = max(date(row["DEC"]) if row["DEC"] else dt.date.max for row in episodes)
        if episodes[0]["LS"] == "V3" or last < FIRST_DAY:
            continue
        child = here[child_id]
        assert child.born == born[child_id]
        starts = [date(row["DECOM"]) for row in episodes]
        assert min(must(case, "CINreferralDate") for case in child.cases()) <= min(starts)


def test_the_census_carries_on_from_last_year(census: dict[int, list[Child]]) -> None:
    for last, this in itertools.pairwise(CENSUS_YEARS):
        still = {
            (child.child_id, case.findtext("CINreferralDate"))
            for child in census[last]
            for case in child.cases()
            if case.find("CINclosureDate") is None
        }
        now = {
            (child.child_id, case.findtext("CINreferralDate"))
            for child in census[this]
            for case in child.cases()
        }
        assert still <= now


@pytest.mark.parametrize("year", PLANS_OPEN)
def test_plans_open_on_31_march_by_duration(census: dict[int, list[Child]], year: int) -> None:
    last_day = dt.date(year, 3, 31)
    open_plans = [plan for plan in plans(census, year) if plan.find("CPPendDate") is None]
    assert len(open_plans) == PLANS_OPEN[year]
    limits = (
        dt.date(year - 1, 12, 31), dt.date(year - 1, 9, 30), dt.date(year - 1, 3, 31),
        dt.date(year - 2, 3, 31), dt.date.min,
    )  # fmt: skip
    bands = Counter(
        next(band for band, limit in enumerate(limits) if must(plan, "CPPstartDate") >= limit)
        for plan in open_plans
    )
    assert all(must(plan, "CPPstartDate") <= last_day for plan in open_plans)
    if year in DURATIONS:
        decimals = 1 if year == 2017 else 0
        percents = [round(100 * bands[band] / len(open_plans), decimals) for band in range(5)]
        assert percents == DURATIONS[year]


@pytest.mark.parametrize("year", SECOND_PLANS)
def test_plans_started_again(census: dict[int, list[Child]], year: int) -> None:
    started = [plan for plan in plans(census, year) if within(day(plan, "CPPstartDate"), year)]
    again = sum(int(plan.findtext("NumberOfPreviousCPP")) > 0 for plan in started)
    number, percent = SECOND_PLANS[year]
    assert len(started) == number
    assert round(100 * again / number, 1) == percent


@pytest.mark.parametrize(("year", "ended", "long"), [(2016, 196, 6), (2017, 232, 14)])
def test_plans_ended_after_two_years(
    census: dict[int, list[Child]], year: int, ended: int, long: int
) -> None:
    ends = [
        (must(plan, "CPPendDate") - must(plan, "CPPstartDate")).days
        for plan in plans(census, year)
        if plan.find("CPPendDate") is not None
    ]
    assert len(ends) == ended
    assert sum(days >= 730 for days in ends) == long


def a_year_before(when: dt.date) -> dt.date:
    leap = (when.month, when.day) == (2, 29)
    return dt.date(when.year - 1, 2, 28) if leap else when.replace(year=when.year - 1)


@pytest.mark.parametrize("year", REFERRED_AGAIN)
def test_referrals_within_twelve_months_of_another(
    census: dict[int, list[Child]], year: int
) -> None:
    referrals = {
        (child.child_id, must(case, "CINreferralDate"))
        for one in CENSUS_YEARS
        for child in census[one]
        for case in child.cases()
    }
    days: dict[str, list[dt.date]] = {}
    for child_id, when in referrals:
        days.setdefault(child_id, []).append(when)
    in_year = [(child_id, when) for child_id, when in referrals if within(when, year)]
    again = sum(
        any(a_year_before(when) <= other < when for other in days[child_id])
        for child_id, when in in_year
    )
    assert round(100 * again / len(in_year), 1) == REFERRED_AGAIN[year]


@pytest.mark.parametrize("year", ASSESSED)
def test_assessments_within_45_working_days(census: dict[int, list[Child]], year: int) -> None:
    lengths = [
        working_days(
            must(assessment, "AssessmentActualStartDate"),
            must(assessment, "AssessmentAuthorisationDate"),
        )
        for child in census[year]
        for assessment in child.element.iter("Assessments")
        if within(day(assessment, "AssessmentAuthorisationDate"), year)
    ]
    number, percent = ASSESSED[year]
    assert len(lengths) == number
    assert round(100 * sum(days <= 45 for days in lengths) / number, 1) == percent
