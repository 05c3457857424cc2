"""Every known answer, worked out from the written returns, has the value its document prints."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources

import pytest
from by_hand import (
    adoption_days,
    all_episodes,
    band,
    births,
    current_placement,
    in_figures,
    placements_in_year,
)
from census_by_hand import Child, day, must, plans, within, working_days
from returned import Returns, Rows, date
from schools_by_hand import Schools, is_of_schools, school_figure
from services_by_hand import FEED_COUNTS, FEED_MEANS, FROM_FEEDS, Written

Answer = dict[str, str]
Counts = tuple[int, int]
GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "O": "Other"}
PLACES = {
    "Placed for adoption": {"A3", "A4", "A5", "A6"},
    "With parents": {"P1"},
    "Residential": {"K2"},
    "Secure unit": {"K1"},
    "Residential school": {"S1"},
    "Supported accommodation": {"H5", "P2"},
    "Foster to adopt": {"U2", "U5"},
    "Fostering": {"U1", "U3", "U4", "U6"},
}
DURATIONS = ("Under 3 months", "3-6 months", "6-12 months", "1-2 years", "Over 2 years")


def known_answers() -> list[Answer]:
    text = resources.files("demo").joinpath("data/known_answers.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def year_of(answer: Answer) -> int:
    return int(answer["period_label"][:4]) + 1


def here(returns: Returns, year: int) -> list[str]:
    return [row["CHILD"] for row in in_figures(returns, year) if not row["DEC"]]


def looked_after(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    born, children = births(returns, year), here(returns, year)
    bands = [band(born[child], dt.date(year, 3, 31)) for child in children]
    wanted = answer["breakdown_value"]
    return bands.count(wanted) if wanted != "total" else len(children), len(children)


def started(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    born = births(returns, year)
    bands = [
        band(born[row["CHILD"]], date(row["DECOM"]))
        for row in in_figures(returns, year)
        if row["RNE"] == "S" and date(row["DECOM"]) >= dt.date(year - 1, 4, 1)
    ]
    return bands.count(answer["breakdown_value"]), len(bands)


def ethnic_groups(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    codes = {row["CHILD"]: row["ETHNIC"] for row in returns[year]["header"]}
    groups = [GROUPS[codes[child][0]] for child in here(returns, year)]
    return groups.count(answer["breakdown_value"]), len(groups)


def often_moved(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    children: dict[str, Rows] = {child: [] for child in here(returns, year)}
    for row in in_figures(returns, year):
        if row["CHILD"] in children:
            children[row["CHILD"]].append(row)
    first_day = dt.date(year - 1, 4, 1)
    often = [rows for rows in children.values() if placements_in_year(rows, first_day) >= 3]
    return len(often), len(children)


def settled(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    born, children = births(returns, year), set(here(returns, year))
    result = []
    for child, rows in all_episodes(returns, year).items():
        ordered = sorted(rows, key=lambda row: date(row["DECOM"]))
        starts = [date(row["DECOM"]) for row in ordered if row["RNE"] == "S"]
        old = child in children and band(born[child], dt.date(year, 3, 31)) == "16 and over"
        late = bool(starts) and starts[-1] > dt.date(year - 3, 9, 30)
        if child in children and not old and not late:
            since = date(current_placement(ordered)[0]["DECOM"])
            if current_placement(ordered)[0]["PLACE"] == "A6":
                before = [row for row in ordered if date(row["DECOM"]) < since]
                since = date(current_placement(before)[0]["DECOM"])
            result.append(since <= dt.date(year - 2, 3, 31))
    return sum(result), len(result)


def children_whose_care_began_unseen(returns: Returns, year: int) -> int:
    """Children in care of whom no return says whether they were so for two and a half years.

    The oldest episode returned began after the day that counts, and went on from another one.
    """
    unseen = 0
    children = set(here(returns, year))
    for child, rows in all_episodes(returns, year).items():
        first = min(rows, key=lambda row: date(row["DECOM"]))
        late = date(first["DECOM"]) > dt.date(year - 3, 9, 30)
        unseen += child in children and first["RNE"] != "S" and late
    return unseen


def placed(returns: Returns, answer: Answer) -> Counts:
    when = dt.date(2017, 7, 31)
    places = [
        row["PLACE"]
        for row in in_figures(returns, 2018)
        if date(row["DECOM"]) <= when and (not row["DEC"] or date(row["DEC"]) > when)
    ]
    wanted = PLACES[answer["breakdown_value"]]
    return sum(place in wanted for place in places), len(places)


def adopted(returns: Returns, answer: Answer) -> Counts:
    return len(returns[year_of(answer)]["ad1"]), 0


def adopted_beside_starters(returns: Returns, answer: Answer) -> Counts:
    """What the report printed as a share of those leaving: the starters are the denominator."""
    return adopted(returns, answer)[0], started(returns, answer)[1]


def placed_in_time(returns: Returns, answer: Answer) -> Counts:
    days = adoption_days(returns, year_of(answer))
    return sum(one[2] < 365 for one in days), len(days)


def mean_days(place: int) -> Callable[[Returns, Answer], Counts]:
    def compute(returns: Returns, answer: Answer) -> Counts:
        days = [one[place] for year in (2014, 2015, 2016) for one in adoption_days(returns, year)]
        return sum(days), len(days)

    return compute


def health(column: str) -> Callable[[Returns, Answer], Counts]:
    def compute(returns: Returns, answer: Answer) -> Counts:
        rows = returns[year_of(answer)]["oc2"]
        return sum(row[column] == "1" for row in rows), len(rows)

    return compute


def sdq(returns: Returns, answer: Answer) -> Counts:
    rows = returns[year_of(answer)]["oc2"]
    scores = [int(row["SDQ_SCORE"]) for row in rows if row["SDQ_SCORE"]]
    return sum(scores), len(scores)


def active(returns: Returns, answer: Answer) -> Counts:
    year = year_of(answer)
    codes = [
        row["ACTIV"]
        for row in returns[year]["oc3"]
        if row["IN_TOUCH"] not in {"DIED", "RHOM"} and date(row["DOB"]) <= dt.date(year - 19, 3, 31)
    ]
    return sum(code[0] in "FP" for code in codes), len(codes)


def in_house(returns: Returns, answer: Answer) -> Counts:
    """Children with the council's own foster carers; temporary placements do not last so long."""
    rows = [row for row in in_figures(returns, year_of(answer)) if not row["DEC"]]
    foster = {"U1", "U2", "U3", "U4", "U5", "U6"}
    own = [row for row in rows if row["PLACE"] in foster and row["PLACE_PROVIDER"] == "PR1"]
    return len(own), len(rows)


FROM_903 = {
    "JC-LACN": looked_after,
    "JC-LACAGE": looked_after,
    "JC-LACSTART": started,
    "JC-LACETH": ethnic_groups,
    "NI 62": often_moved,
    "NI 63": settled,
    "JC-PTYPE": placed,
    "PC12": in_house,
    "JC-ADOPTED": adopted,
    "JC-ADOPTEDc": adopted_beside_starters,
    "NI 61": placed_in_time,
    "A1": mean_days(0),
    "A2": mean_days(1),
    "JC-IMM": health("IMMUNISATIONS"),
    "JC-HC": health("HEALTH_ASSESSMENT"),
    "JC-EETCL": active,
    "NI 58": sdq,
}
MEANS = {"A1", "A2", "NI 58"} | FEED_MEANS

Census = dict[int, list[Child]]


def open_plans(messages: Census, answer: Answer) -> Counts:
    year = year_of(answer)
    starts = [
        must(plan, "CPPstartDate") for plan in plans(messages, year) if not day(plan, "CPPendDate")
    ]
    if answer["breakdown_value"] == "total":
        return len(starts), len(starts)
    limits = (
        dt.date.max, dt.date(year - 1, 12, 31), dt.date(year - 1, 9, 30),
        dt.date(year - 1, 3, 31), dt.date(year - 2, 3, 31), dt.date.min,
    )  # fmt: skip
    place = DURATIONS.index(answer["breakdown_value"])
    return sum(limits[place + 1] <= start < limits[place] for start in starts), len(starts)


def second_plans(messages: Census, answer: Answer) -> Counts:
    year = year_of(answer)
    new = [plan for plan in plans(messages, year) if within(day(plan, "CPPstartDate"), year)]
    return sum(plan.findtext("NumberOfPreviousCPP") != "0" for plan in new), len(new)


def referred_again(messages: Census, answer: Answer) -> Counts:
    year = year_of(answer)
    days: dict[str, set[dt.date]] = {}
    for children in messages.values():
        for child in children:
            dates = {must(case, "CINreferralDate") for case in child.cases()}
            days.setdefault(child.child_id, set()).update(dates)
    in_year = [
        (child, when) for child, dates in days.items() for when in dates if within(when, year)
    ]
    again = sum(
        any(0 < (when - other).days <= 365 for other in days[child]) for child, when in in_year
    )
    return again, len(in_year)


def assessed(messages: Census, answer: Answer) -> Counts:
    year = year_of(answer)
    spans = [
        (must(one, "AssessmentActualStartDate"), must(one, "AssessmentAuthorisationDate"))
        for child in messages[year]
        for one in child.element.iter("Assessments")
        if within(day(one, "AssessmentAuthorisationDate"), year)
    ]
    return sum(working_days(*span) <= 45 for span in spans), len(spans)


def assessments(messages: Census, answer: Answer) -> Counts:
    return assessed(messages, answer)[1], 0


FROM_CENSUS = {
    "JC-CPPN": open_plans,
    "JC-CPPDUR": open_plans,
    "NI 65": second_plans,
    "JC-RR": referred_again,
    "JC-SA45": assessed,
    "JC-ASMTN": assessments,
}
COUNTS = {"JC-LACN", "JC-ADOPTED", "JC-CPPN", "JC-ASMTN"} | FEED_COUNTS


def figure(answer: Answer, counts: Counts) -> Decimal:
    """The figure in the column an answer is read from."""
    numerator, denominator = map(Decimal, counts)
    if is_of_schools(answer):
        return numerator / denominator
    if answer["column"] == "denominator":
        return denominator
    if answer["column"] == "numerator" or answer["indicator_id"] in COUNTS:
        return numerator
    factor = 1 if answer["indicator_id"] in MEANS else 100
    return factor * numerator / denominator


def is_of_money(answer: Answer) -> bool:
    """Whether an answer is of payments or the ledger: ``test_costs_hold`` works those out."""
    is_cost = answer["indicator_id"].startswith("PC") and answer["indicator_id"] != "PC12"
    return is_cost or answer["table"] == "A04"


@pytest.mark.parametrize(
    "answer",
    [answer for answer in known_answers() if not is_of_money(answer)],
    ids=lambda answer: "-".join(
        answer[part] for part in ("indicator_id", "period_label", "breakdown_value", "table")
    ),
)
def test_known_answer(written: Written, schools: Schools, answer: Answer) -> None:
    indicator = answer["indicator_id"]
    assert answer["standing"] in {"agrees", "contradicted", "not_calculable", "waits"}
    assert bool(answer["reason"]) == (answer["standing"] != "agrees")
    if answer["standing"] == "waits":
        pytest.skip(answer["reason"])
    if answer["standing"] == "not_calculable":
        assert indicator == "NI 63"
        assert children_whose_care_began_unseen(written.returns, year_of(answer)) > 0
        return
    if is_of_schools(answer):
        value = school_figure(schools, answer)
        counts = value.numerator, value.denominator
    elif indicator in FROM_903:
        counts = FROM_903[indicator](written.returns, answer)
    elif indicator in FROM_FEEDS:
        counts = FROM_FEEDS[indicator](written, answer)
    else:
        counts = FROM_CENSUS[indicator](written.census, answer)
    step = Decimal(1).scaleb(-int(answer["decimals"]))
    computed = figure(answer, counts).quantize(step, ROUND_HALF_UP)
    agrees = computed == Decimal(answer["expected"])
    assert agrees == (answer["standing"] == "agrees"), computed
