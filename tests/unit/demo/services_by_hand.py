"""Figures worked out from the local feeds, the census and the looked-after returns together.

Plain arithmetic over the written files; nothing here knows how they were made.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from by_hand import in_figures
from census_by_hand import Child, day, must, plans, within, working_days
from returned import YEARS, Returns, Rows, date, read

Answer = Mapping[str, str]
Counts = tuple[int, int]

PLACES = {
    "Fostering": {"U1", "U2", "U3", "U4", "U5", "U6"},
    "Supported accommodation": {"H5", "P2"},
    "Residential": {"K2"},
}
CASE_DAY = dt.date(2017, 8, 31)
REGISTER_DAYS = {"2017-09": dt.date(2017, 9, 30), "2012-04": dt.date(2012, 4, 30)}
GRADES = {
    "Outstanding": "1", "Good": "2", "Requires improvement": "3", "Inadequate": "4",
    "Not applicable": "NA",
}  # fmt: skip


def year_of(answer: Answer) -> int:
    return int(answer["period_label"][:4]) + 1


def months(answer: Answer) -> tuple[dt.date, dt.date]:
    """The first and last day of a period: a year, or a month."""
    label = answer["period_label"]
    if "/" in label:
        return dt.date(year_of(answer) - 1, 4, 1), dt.date(year_of(answer), 3, 31)
    year, month = map(int, label.split("-"))
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M")


@dataclass(frozen=True)
class Written:
    """Everything written, read back: the feeds by return, table and year."""

    returns: Returns
    census: Mapping[int, list[Child]]

    def feed(self, name: str, table: str, year: int) -> Rows:
        folder = f"{year - 1}-{year % 100:02d}"
        return _read(self.returns.landing / name / "882" / folder / f"{table}.csv")

    @cached_property
    def looked_after(self) -> dict[str, list[tuple[dt.date, dt.date, str]]]:
        """By child, the days of every episode in care and its placement."""
        spells: dict[str, dict[dt.date, tuple[dt.date, dt.date, str]]] = {}
        for year in sorted(self.returns.tables):
            for row in in_figures(self.returns, year):
                start = date(row["DECOM"])
                end = date(row["DEC"]) if row["DEC"] else dt.date.max
                spells.setdefault(row["CHILD"], {})[start] = (start, end, row["PLACE"])
        return {child: list(own.values()) for child, own in spells.items()}

    @cached_property
    def protected(self) -> dict[str, list[tuple[dt.date, dt.date]]]:
        return self._spans("ChildProtectionPlans", "CPPstartDate", "CPPendDate")

    @cached_property
    def in_need(self) -> dict[str, list[tuple[dt.date, dt.date]]]:
        spans: dict[str, dict[dt.date, tuple[dt.date, dt.date]]] = {}
        for year in sorted(self.census):
            for child in self.census[year]:
                for case in child.cases():
                    if case.findtext("ReferralNFA") == "0":
                        start = must(case, "CINreferralDate")
                        end = day(case, "CINclosureDate") or dt.date.max
                        spans.setdefault(child.child_id, {})[start] = (start, end)
        return {child: list(own.values()) for child, own in spans.items()}

    @cached_property
    def helped(self) -> dict[str, list[tuple[dt.date, dt.date]]]:
        spans: dict[str, dict[str, tuple[dt.date, dt.date]]] = {}
        for year in sorted(self.returns.tables):
            for row in self.feed("early_help", "episodes", year):
                end = date(row["date_to"]) if row["date_to"] else dt.date.max
                span = date(row["date_from"]), end
                spans.setdefault(row["child_id"], {})[row["early_help_id"]] = span
        return {child: list(own.values()) for child, own in spans.items()}

    def _spans(self, tag: str, start: str, end: str) -> dict[str, list[tuple[dt.date, dt.date]]]:
        spans: dict[str, dict[dt.date, tuple[dt.date, dt.date]]] = {}
        for year in sorted(self.census):
            for child in self.census[year]:
                for one in child.element.iter(tag):
                    first = must(one, start)
                    spans.setdefault(child.child_id, {})[first] = (
                        first,
                        day(one, end) or dt.date.max,
                    )
        return {child: list(own.values()) for child, own in spans.items()}

    def place_on(self, child: str, when: dt.date) -> str:
        """The placement a child was in on a day, or nothing."""
        return next(
            (
                place
                for start, end, place in self.looked_after.get(child, ())
                if start <= when < end
            ),
            "",
        )

    def status_on(self, child: str, when: dt.date, elsewhere: str) -> str:
        """What a child was to social care on a day, from the other returns alone."""
        if elsewhere:
            return "Other authority"
        in_care, on_plan = bool(self.place_on(child, when)), _on(self.protected, child, when)
        if in_care:
            return "Looked after and on a plan" if on_plan else "Looked after"
        if on_plan:
            return "On a plan"
        if _on(self.in_need, child, when):
            return "In need"
        return "Early help" if _on(self.helped, child, when) else "Unknown"


@cache
def _read(path: Path) -> Rows:
    return read(path)


def _on(spans: Mapping[str, list[tuple[dt.date, dt.date]]], child: str, when: dt.date) -> bool:
    return any(start <= when < end for start, end in spans.get(child, ()))


def missing_in(written: Written, answer: Answer) -> Iterator[dict[str, str]]:
    first, last = months(answer)
    year = last.year + (last.month >= 4)
    for row in written.feed("missing_children", "missing_episodes", year):
        if first <= moment(row["date_from"]).date() <= last:
            yield row


def missing_episodes(written: Written, answer: Answer) -> Counts:
    rows = list(missing_in(written, answer))
    if answer["breakdown"] == "social_care_status":
        statuses = [
            written.status_on(
                row["child_id"], moment(row["date_from"]).date(), row["responsible_authority"]
            )
            for row in rows
        ]
        return statuses.count(answer["breakdown_value"]), len(rows)
    if answer["breakdown"] == "placement_type":
        codes = PLACES[answer["breakdown_value"]]
        places = [
            written.place_on(row["child_id"], moment(row["date_from"]).date()) for row in rows
        ]
        return sum(place in codes for place in places), len(rows)
    return len(rows), 0


def missing_children(written: Written, answer: Answer) -> Counts:
    return len({row["child_id"] for row in missing_in(written, answer)}), 0


def contacts_in(written: Written, answer: Answer) -> Rows:
    rows = written.feed("contacts", "contacts", year_of(answer))
    wanted = answer["breakdown_value"]
    return [row for row in rows if wanted in ("total", row["service"])]


def weekly_contacts(written: Written, answer: Answer) -> Counts:
    first, last = months(answer)
    return 7 * len(contacts_in(written, answer)), (last - first).days + 1


def contacts(written: Written, answer: Answer) -> Counts:
    return len(contacts_in(written, answer)), 0


def assessments_started(written: Written, answer: Answer) -> Counts:
    year = year_of(answer)
    starts = {
        (child.child_id, start)
        for one in (year, year + 1)
        for child in written.census[one]
        for assessment in child.element.iter("Assessments")
        if within(start := day(assessment, "AssessmentActualStartDate"), year)
    }
    return len(starts), 0


def converted(written: Written, answer: Answer) -> Counts:
    """Contacts that became a referral with an assessment, told by the contacts alone."""
    rows = contacts_in(written, answer)
    return sum(row["outcome"] == "REF" for row in rows), len(rows)


def spans_of(written: Written, year: int, kind: str) -> list[tuple[dt.date, dt.date, dt.date]]:
    """Referral, start and end of the initial or core assessments finished in a year."""
    tags = ("ActualStartDate", "AuthorisationDate") if year >= 2013 else ("StartDate", "EndDate")
    name = f"{kind}Assessment"
    return [
        (must(case, "CINreferralDate"), must(one, name + tags[0]), end)
        for child in written.census[year]
        for case in child.cases()
        for one in case.findall(f"{name}s")
        if (end := day(one, name + tags[1])) and within(end, year)
    ]


def initial_in_time(written: Written, answer: Answer) -> Counts:
    spans = spans_of(written, year_of(answer), "Initial")
    return sum(working_days(referred, end) <= 7 for referred, _, end in spans), len(spans)


def core_in_time(written: Written, answer: Answer) -> Counts:
    spans = spans_of(written, year_of(answer), "Core")
    return sum(working_days(start, end) <= 35 for _, start, end in spans), len(spans)


def referrals_assessed(written: Written, answer: Answer) -> Counts:
    year = year_of(answer)
    referrals = sum(
        within(must(case, "CINreferralDate"), year)
        for child in written.census[year]
        for case in child.cases()
    )
    return len(spans_of(written, year, "Initial")), referrals


def mean_length(written: Written, answer: Answer) -> Counts:
    first, last = months(answer)
    year = year_of(answer)
    lengths = [
        working_days(must(one, "AssessmentActualStartDate"), end)
        for child in written.census[year]
        for one in child.element.iter("Assessments")
        if (end := day(one, "AssessmentAuthorisationDate")) and first <= end <= last
    ]
    return sum(lengths), len(lengths)


def long_plans(written: Written, answer: Answer) -> Counts:
    ended = [
        (end - must(plan, "CPPstartDate")).days + 1
        for plan in plans(dict(written.census), year_of(answer))
        if (end := day(plan, "CPPendDate"))
    ]
    return sum(days > 729 for days in ended), len(ended)


def plans_reviewed(written: Written, answer: Answer) -> Counts:
    """Plans of three months and more with the first review in 91 days and later ones in 183."""
    year = year_of(answer)
    last_day = dt.date(year, 3, 31)
    results = []
    for plan in plans(dict(written.census), year):
        start = must(plan, "CPPstartDate")
        if day(plan, "CPPendDate") or (last_day - start).days < 91:
            continue
        held = sorted(dt.date.fromisoformat(one.text) for one in plan.iterfind("Reviews/*"))
        later = [*held[1:], last_day]
        gaps = [(after - before).days for before, after in zip(held, later, strict=False)]
        results.append((held[0] - start).days <= 91 and max(gaps) <= 183)
    return sum(results), len(results)


def plans_open_long(written: Written, answer: Answer) -> Counts:
    year = year_of(answer)
    starts = [
        must(plan, "CPPstartDate")
        for plan in plans(dict(written.census), year)
        if not day(plan, "CPPendDate")
    ]
    return sum(start <= dt.date(year - 2, 3, 31) for start in starts), len(starts)


def private_open(written: Written, answer: Answer) -> Counts:
    rows = written.feed("private_fostering", "arrangements", year_of(answer))
    return sum(not row["end_date"] for row in rows), 0


def private_begun(written: Written, answer: Answer) -> Counts:
    first, last = months(answer)
    rows = written.feed("private_fostering", "arrangements", year_of(answer))
    return sum(first <= date(row["start_date"]) <= last for row in rows), 0


def disabled_cases(written: Written) -> list[Child]:
    return [
        child
        for child in written.census[2018]
        for case in child.cases()
        if case.findtext("PrimaryNeedCode") == "N2"
        and must(case, "CINreferralDate") <= CASE_DAY
        and (not (closed := day(case, "CINclosureDate")) or closed > CASE_DAY)
    ]


def kind_of(child: Child) -> str:
    codes = [one.text for one in child.element.iter("Disability")]
    names = {
        "AUT": "Autism", "HEAR": "Hearing", "LD": "Learning", "MOB": "Mobility", "NONE": "None",
        "DDA": "Other",
    }  # fmt: skip
    return "Multiple" if len(codes) > 1 else names[codes[0]]


def disabled(written: Written, answer: Answer) -> Counts:
    children = disabled_cases(written)
    wanted = answer["breakdown_value"]
    if answer["breakdown"] == "disability":
        return [kind_of(child) for child in children].count(wanted), len(children)
    if answer["breakdown"] == "sex":
        sexes = [child.element.findtext("ChildIdentifiers/GenderCurrent") for child in children]
        return sexes.count({"Male": "1", "Female": "2"}[wanted]), len(children)
    if answer["breakdown"] == "total":
        return len(children), len(children)
    ages = [
        CASE_DAY.year
        - child.born.year
        - ((CASE_DAY.month, CASE_DAY.day) < (child.born.month, child.born.day))
        for child in children
    ]
    low, high = {"Under 5": (0, 4), "5-9": (5, 9), "10-15": (10, 15), "16 and over": (16, 99)}[
        wanted
    ]
    return sum(low <= age <= high for age in ages), len(ages)


def audits(written: Written, answer: Answer) -> Counts:
    grades = [row["grade"] for row in written.feed("file_audits", "audits", year_of(answer))]
    wanted = answer["breakdown_value"]
    if wanted == "total":
        return len(grades), len(grades)
    better = {"Good or better": ("1", "2"), "Requires improvement or better": ("1", "2", "3")}
    codes = better.get(wanted) or (GRADES[wanted],)
    return sum(grade in codes for grade in grades), len(grades)


def concerns_raised(written: Written, answer: Answer) -> Counts:
    year = year_of(answer)
    rows = written.feed("child_exploitation", "concerns", year)
    return len({row["child_id"] for row in rows if within(date(row["date_from"]), year)}), 0


def concerns_open(written: Written, answer: Answer) -> Counts:
    rows = [
        row
        for row in written.feed("child_exploitation", "concerns", year_of(answer))
        if not row["date_to"]
    ]
    if answer["breakdown_value"] == "total":
        return len(rows), 0
    in_care = sum(bool(written.place_on(row["child_id"], date(row["date_from"]))) for row in rows)
    return in_care, len(rows)


def concerns_assessed(written: Written, answer: Answer) -> Counts:
    rows = [
        row
        for row in written.feed("child_exploitation", "concerns", year_of(answer))
        if not row["date_to"]
    ]
    return sum(bool(row["risk_assessment_date"]) for row in rows), len(rows)


def young_carers(written: Written, answer: Answer) -> Counts:
    when = REGISTER_DAYS[answer["period_label"]]
    rows = [
        row
        for row in written.feed("young_carers", "register", when.year + (when.month >= 4))
        if date(row["date_from"]) <= when and (not row["date_to"] or date(row["date_to"]) > when)
    ]
    wanted = answer["breakdown_value"]
    if answer["breakdown"] == "school_phase":
        return sum(row["school_phase"] == wanted for row in rows), len(rows)
    if answer["breakdown"] == "sex":
        return sum(row["sex"] == wanted[0] for row in rows), len(rows)
    return len(rows), len(rows)


def helped_early(written: Written, answer: Answer) -> Counts:
    year = year_of(answer)
    rows = written.feed("early_help", "episodes", year)
    if answer["breakdown"] == "outcome":
        ended = [row for row in rows if row["date_to"] and within(date(row["date_to"]), year)]
        return sum(row["outcome"] == answer["breakdown_value"] for row in ended), len(ended)
    begun = [row for row in rows if within(date(row["date_from"]), year)]
    if answer["breakdown"] == "status":
        return sum(row["status"] == answer["breakdown_value"] for row in begun), len(begun)
    return len(begun), 0


def common_assessments(written: Written, answer: Answer) -> Counts:
    """Assessments at a stage since the first return, or the children who had any."""
    stages: dict[str, tuple[str, str]] = {}
    for year in range(YEARS[0], year_of(answer) + 1):
        for row in written.feed("early_help", "episodes", year):
            if row["stage"]:
                stages[row["early_help_id"]] = (row["stage"], row["child_id"])
    if answer["breakdown_value"] == "Children":
        return len({child for _, child in stages.values()}), 0
    return sum(stage == answer["breakdown_value"] for stage, _ in stages.values()), 0


def medicals(limit: int) -> Callable[[Written, Answer], Counts]:
    def compute(written: Written, answer: Answer) -> Counts:
        """Of children in care for twenty working days of the year, those seen by then."""
        year = year_of(answer)
        last_day = dt.date(year, 3, 31)
        ends = {
            (row["CHILD"], start): date(row["DEC"]) if row["DEC"] else dt.date.max
            for row in in_figures(written.returns, year)
            for start in [_care_began(written, row["CHILD"], date(row["DECOM"]))]
        }
        seen = []
        for row in written.feed("looked_after_health", "initial_assessments", year):
            start = date(row["care_start_date"])
            until = min(ends[row["child_id"], start], last_day)
            if working_days(start, until) >= 20:
                done = date(row["assessment_date"]) if row["assessment_date"] else dt.date.max
                seen.append(done <= last_day and working_days(start, done) <= limit)
        return sum(seen), len(seen)

    return compute


def _care_began(written: Written, child: str, when: dt.date) -> dt.date:
    """The day the unbroken care began that holds a day."""
    began = when
    for start, end, _ in sorted(written.looked_after[child], reverse=True):
        if end == began or start == when:
            began = start
    return began


def reviewed_in_time(written: Written, answer: Answer) -> Counts:
    """Children in care on 31 March with a review due in the year, and each held when due.

    Four weeks (twenty working days from April 2011), three months, then every six months, counted
    from the review before.
    """
    year = year_of(answer)
    first_day, last_day = dt.date(year - 1, 4, 1), dt.date(year, 3, 31)
    held: dict[str, set[dt.date]] = {}
    for one in range(2008, year + 1):
        for row in written.returns[one]["reviews"]:
            held.setdefault(row["CHILD"], set()).add(date(row["REVIEW"]))
    results = []
    for row in in_figures(written.returns, year):
        if row["DEC"]:
            continue
        began = _care_began(written, row["CHILD"], date(row["DECOM"]))
        own = sorted(when for when in held.get(row["CHILD"], ()) if began <= when <= last_day)
        verdicts = _verdicts(began, own, first_day, last_day)
        if verdicts:
            results.append(all(verdicts))
    return sum(results), len(results)


def _verdicts(
    began: dt.date, held: list[dt.date], first_day: dt.date, last_day: dt.date
) -> list[bool]:
    """Whether each review due in a year was held by the day it was due."""
    verdicts = []
    # Of children in care before the first return, the reviews before it are not known.
    known_from = dt.date(2007, 4, 1)
    place = 0 if began >= known_from else 2
    last, rest = (
        (began, held) if began >= known_from else (held[0], held[1:]) if held else (began, [])
    )
    for when in [*rest, None]:
        due = first_due(last) if place == 0 else months_on(last, 3 if place == 1 else 6)
        if due > last_day:
            break
        if due >= first_day:
            verdicts.append(when is not None and when <= due)
        if when is None:
            break
        last, place = when, place + 1
    return verdicts


def first_due(began: dt.date) -> dt.date:
    if began < dt.date(2011, 4, 1):
        return began + dt.timedelta(days=28)
    due = began
    while working_days(began, due) < 20:
        due += dt.timedelta(days=1)
    return due


def months_on(day: dt.date, count: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def reviews_by_code(codes: set[str]) -> Callable[[Written, Answer], Counts]:
    def compute(written: Written, answer: Answer) -> Counts:
        rows = [
            row["REVIEW_CODE"]
            for row in written.returns[year_of(answer)]["reviews"]
            if row["REVIEW_CODE"] != "PN0"
        ]
        return sum(code in codes for code in rows), len(rows)

    return compute


def at_nineteen(column: str) -> Callable[[Written, Answer], Counts]:
    def compute(written: Written, answer: Answer) -> Counts:
        rows = [
            row
            for row in written.returns[year_of(answer)]["oc3"]
            if row["IN_TOUCH"] not in {"DIED", "RHOM"}
        ]
        if column == "ACCOM":
            return sum(row["ACCOM"].endswith("1") for row in rows), len(rows)
        return sum(row["ACTIV"][0] in "FP" for row in rows), len(rows)

    return compute


def ends_in(written: Written, answer: Answer) -> list[str]:
    """Why children left care in a year, one reason for each who left and did not come back."""
    last: dict[str, tuple[dt.date, str]] = {}
    rows = in_figures(written.returns, year_of(answer))
    here = {row["CHILD"] for row in rows if not row["DEC"]}
    for row in rows:
        if row["DEC"] and row["REC"] != "X1":
            ended = date(row["DEC"])
            if row["CHILD"] not in last or last[row["CHILD"]][0] < ended:
                last[row["CHILD"]] = ended, row["REC"]
    return [reason for child, (_, reason) in last.items() if child not in here]


REASONS = {
    "Adopted": {"E11", "E12"},
    "Special guardianship": {"E43", "E44"},
    "Returned home": {"E4", "E4A", "E4B"},
}


def leaving(written: Written, answer: Answer) -> Counts:
    ends = ends_in(written, answer)
    wanted = answer["breakdown_value"]
    if wanted == "total":
        return len(ends), len(ends)
    return sum(reason in REASONS[wanted] for reason in ends), len(ends)


def adopted_by(written: Written, answer: Answer) -> Counts:
    """Children adopted, by age at the order or by sex; or as a share of those who left."""
    year = year_of(answer)
    rows = {
        row["CHILD"]: date(row["DEC"])
        for row in in_figures(written.returns, year)
        if row["REC"] in {"E11", "E12"}
    }
    header = {row["CHILD"]: row for row in written.returns[year]["header"]}
    wanted = answer["breakdown_value"]
    if answer["breakdown"] == "sex":
        sexes = [header[child]["SEX"] for child in rows]
        return sexes.count({"Male": "1", "Female": "2"}[wanted]), len(rows)
    ages = []
    for child, when in rows.items():
        born = date(header[child]["DOB"])
        ages.append(when.year - born.year - ((when.month, when.day) < (born.month, born.day)))
    low, high = {"Under 1": (0, 0), "1": (1, 1), "2": (2, 2), "3 and over": (3, 99)}[wanted]
    return sum(low <= age <= high for age in ages), len(ages)


def adopted_share(written: Written, answer: Answer) -> Counts:
    ends = ends_in(written, answer)
    return sum(reason in REASONS["Adopted"] for reason in ends), len(ends)


FROM_FEEDS: Mapping[str, Callable[[Written, Answer], Counts]] = {
    "JC-MISSa": missing_episodes,
    "JC-MISSb": missing_children,
    "JC-CONT": weekly_contacts,
    "JC-CONTN": contacts,
    "JC-ASMTS": assessments_started,
    "JC-CONV": converted,
    "JC-SAAVG": mean_length,
    "NI 59": initial_in_time,
    "NI 60": core_in_time,
    "NI 64": long_plans,
    "NI 66": reviewed_in_time,
    "NI 67": plans_reviewed,
    "NI 68": referrals_assessed,
    "NI 147": at_nineteen("ACCOM"),
    "NI 148": at_nineteen("ACTIV"),
    "JC-CPP2YOPEN": plans_open_long,
    "JC-PRIVF": private_open,
    "JC-PRIVFb": private_begun,
    "JC-CWD": disabled,
    "JC-AUDIT": audits,
    "JC-CSE raised": concerns_raised,
    "JC-CSE": concerns_open,
    "JC-CSE assessed": concerns_assessed,
    "JC-YC": young_carers,
    "JC-EH": helped_early,
    "S06": common_assessments,
    "JC-IHA": medicals(20),
    "JC-IHA25": medicals(25),
    "JC-PART": reviews_by_code({"PN1", "PN2", "PN3", "PN5", "PN6"}),
    "JC-PARTb": reviews_by_code({"PN1", "PN2", "PN3", "PN4"}),
    "JC-LACCEASE": leaving,
    "JC-ADOPTAGE": adopted_by,
    "JC-ADOPTEDb": adopted_share,
}
FEED_COUNTS = {
    "JC-MISSa", "JC-MISSb", "JC-CONTN", "JC-ASMTS", "JC-PRIVF", "JC-PRIVFb", "JC-CSE",
    "JC-CSE raised", "S06",
}  # fmt: skip
FEED_MEANS = {"JC-CONT", "JC-SAAVG"}
