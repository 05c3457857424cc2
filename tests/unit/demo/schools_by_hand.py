"""Figures of pupils and young people, worked out from the written returns with plain arithmetic."""

import csv
import datetime as dt
import io
import statistics
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path

from returned import Returns, Rows, date, read

Answer = dict[str, str]

GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Chinese"}
SCALES_THAT_COUNT = (
    "psed_dispositions", "psed_social", "psed_emotional", "cll_language", "cll_sounds",
    "cll_reading", "cll_writing",
)  # fmt: skip
STEPS = {"ks4_1ag": "one_ag", "ks4_5ag": "five_ag", "ks4_5ac": "five_ac"}
NEITHER = ("5", "6")
BASELINE = 334
"""First-time entrants that reductions are printed against."""
LEVELS = {"W": 0, "1": 1, "2": 2, "2A": 2, "2B": 2, "2C": 2, "3": 3, "4": 4, "5": 5}


@dataclass
class Schools:
    """The written returns of schools, read once."""

    returns: Returns
    cache: dict[object, object] = field(default_factory=dict)

    @property
    def landing(self) -> Path:
        return self.returns.landing

    def _once(self, key: object, make: Callable[[], object]) -> object:
        if key not in self.cache:
            self.cache[key] = make()
        return self.cache[key]

    def census(self, summer: int, term: str, table: str = "pupilonroll") -> Rows:
        def make() -> Rows:
            year = summer - 1 if term == "autumn" else summer
            path = self.landing / f"school_census/882/{folder(summer)}/{year}_{term}.zip"
            return unpacked(path, f"{year}_{term}_{table}.csv")[f"{year}_{term}_{table}.csv"]

        found = self._once(("census", summer, term, table), make)
        assert isinstance(found, list)
        return found

    def pupils(self, summer: int) -> dict[str, dict[str, str]]:
        """Pupils of the spring census by pupil number, at their main school."""
        found = self._once(
            ("pupils", summer),
            lambda: {
                row["upn"]: row
                for row in self.census(summer, "spring")
                if row["enrolstatus"] != "S"
            },
        )
        assert isinstance(found, dict)
        return found

    def file(self, name: str, summer: int, file: str | None = None) -> Rows:
        path = self.landing / name / "882" / folder(summer) / (file or f"{name}.csv")
        found = self._once(path, lambda: read(path))
        assert isinstance(found, list)
        return found

    def looked_after(self, summer: int, *, twelve_months: bool) -> set[str]:
        """Pupil numbers of children in care on 31 March, or for the twelve months before it."""
        rows = self.returns[summer]["episodes"]
        counted = [row for row in rows if row["LS"] not in {"V3", "V4"}]
        here = {row["CHILD"] for row in counted if not row["DEC"]}
        began_late = {
            row["CHILD"]
            for row in counted
            if row["RNE"] == "S" and date(row["DECOM"]) > dt.date(summer - 1, 4, 1)
        }
        chosen = here - began_late if twelve_months else here
        return {row["UPN"] for row in self.returns[summer]["header"] if row["CHILD"] in chosen}

    def absence(self, summer: int, row: dict[str, str]) -> Fraction:
        """Share of the sessions of the autumn and spring terms that a pupil missed."""
        rows = self._once(
            ("summer rows", summer),
            lambda: {one["upn"]: one for one in self.census(summer, "summer")},
        )
        assert isinstance(rows, dict)
        both = [row, rows[row["upn"]]]
        missed = sum(
            int(one["termlysessionsauthorised"]) + int(one["termlysessionsunauthorised"])
            for one in both
        )
        return Fraction(missed, sum(int(one["termlysessionspossible"]) for one in both))


def unpacked(path: Path, only: str | None = None) -> dict[str, Rows]:
    """The rows of every file of an archive, or of one, by its name."""
    with zipfile.ZipFile(path) as archive:
        names = [only] if only else archive.namelist()
        return {name: sparing(archive.read(name).decode()) for name in names}


def sparing(text: str) -> Rows:
    """Rows of a long file, with texts that recur kept once."""
    reader = csv.reader(io.StringIO(text))
    header = next(reader)
    return [dict(zip(header, map(sys.intern, row), strict=True)) for row in reader]


def folder(year_end: int) -> str:
    return f"{year_end - 1}-{year_end % 100:02d}"


def summer_of(answer: Answer) -> int:
    """The calendar year a period ends in."""
    label = answer["period_label"]
    if label.startswith("summer "):
        return 2000 + int(label[-2:])
    if label.startswith("at 31 March "):
        return int(label[-4:])
    start = label.removeprefix("academic year ")[:4]
    return int(start) + ("/" in label or "-" in label)


def percent(flags: Iterable[bool]) -> Fraction:
    answers = list(flags)
    return Fraction(100 * sum(answers), len(answers))


# Results ------------------------------------------------------------------------------------------


def key_stage_2(schools: Schools, summer: int) -> dict[str, dict[str, dict[str, str]]]:
    """Results by pupil and subject."""

    def make() -> object:
        pupils: dict[str, dict[str, dict[str, str]]] = {}
        for row in schools.file("ks2_results", summer):
            pupils.setdefault(row["upn"], {})[row["subject"]] = row
        return pupils

    found = schools._once(("key stage 2", summer), make)
    assert isinstance(found, dict)
    return found


def thresholds(schools: Schools, stage: str, summer: int) -> dict[str, bool]:
    """Whether each pupil reached what the national indicators count at a key stage."""
    if stage == "KS4":
        rows = schools.file("ks4_results", summer)
        return {row["upn"]: row["five_ac_em"] == "1" for row in rows}
    return {
        upn: all(subjects[name]["level"] in {"4", "5"} for name in ("english", "maths"))
        for upn, subjects in key_stage_2(schools, summer).items()
    }


def share_reaching(stage: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        summer = summer_of(answer)
        reached = thresholds(schools, stage, summer)
        if answer["breakdown"] == "total":
            return percent(reached.values())
        pupils = schools.pupils(summer)
        return percent(
            flag
            for upn, flag in reached.items()
            if GROUPS.get(pupils[upn]["ethnicity"][0]) == answer["breakdown_value"]
        )

    return compute


def gap(stage: str, group: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        summer = summer_of(answer)
        reached, pupils = thresholds(schools, stage, summer), schools.pupils(summer)
        inside = {upn for upn in reached if in_group(pupils[upn], group)}
        others = percent(flag for upn, flag in reached.items() if upn not in inside)
        return others - percent(reached[upn] for upn in inside)

    return compute


def in_group(pupil: dict[str, str], group: str) -> bool:
    return pupil["fsmeligible"] == "1" if group == "fsm" else pupil["senprovision"] != "N"


def weak_schools(stage: str, floor: int) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        summer = summer_of(answer)
        reached = thresholds(schools, stage, summer)
        school = {
            row["upn"]: row["estab"] for row in schools.file(f"{stage.lower()}_results", summer)
        }
        pupils, good = (
            Counter(school.values()),
            Counter(school[upn] for upn in reached if reached[upn]),
        )
        weak = sum(100 * good[one] < floor * pupils[one] for one in pupils)
        return (
            Fraction(100 * weak, len(pupils))
            if answer["breakdown_value"] == "share"
            else Fraction(weak)
        )

    return compute


def progress(subject: str | None, group: str | None) -> Callable[[Schools, Answer], Fraction]:
    """Share of pupils with results at both key stages who went up two levels."""

    def compute(schools: Schools, answer: Answer) -> Fraction:
        summer = summer_of(answer)
        name = subject or answer["breakdown_value"].lower()
        pupils = schools.pupils(summer)
        return percent(
            LEVELS[row["level"]] - LEVELS[row["ks1_level"]] >= 2
            for upn, subjects in key_stage_2(schools, summer).items()
            if (row := subjects[name])["ks1_level"]
            and (group is None or in_group(pupils[upn], group))
        )

    return compute


def column(name: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        return percent(row[name] == "1" for row in schools.file("ks4_results", summer_of(answer)))

    return compute


def looked_after_at_16(schools: Schools, answer: Answer) -> Fraction:
    """The table of looked-after children's results beside those of all pupils."""
    summer = summer_of(answer)
    step, _, who = answer["indicator_id"].rpartition("_")
    if who == "nonwbri":
        step = step.removesuffix("_lac")
    rows = schools.file("ks4_results", summer)
    if who != "all":
        inside = schools.looked_after(summer, twelve_months=False)
        rows = [row for row in rows if row["upn"] in inside]
    if who == "nonwbri":
        pupils = schools.pupils(summer)
        rows = [row for row in rows if pupils[row["upn"]]["ethnicity"] != "WBRI"]
    return percent(row[STEPS[step]] == "1" for row in rows)


def with_five_good_grades(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    inside = schools.looked_after(summer, twelve_months=True)
    rows = schools.file("ks4_results", summer)
    return percent(row["five_ac_em"] == "1" for row in rows if row["upn"] in inside)


def looked_after_at_11(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    who, _, what = answer["breakdown_value"].partition("; ")
    inside = schools.looked_after(summer, twelve_months=who != "all LAC")
    pupils = [subjects for upn, subjects in key_stage_2(schools, summer).items() if upn in inside]
    if answer["indicator_id"] == "ks2_lac_cohort":
        return Fraction(len(pupils))
    if answer["indicator_id"] == "ks2_lac_progress":
        return Fraction(sum(Fraction(one[what]["progress"]) for one in pupils), len(pupils))
    names = {
        "writing TA": ("writing",), "GPS": ("gps",), "RWM combined": ("reading", "writing", "maths")
    }.get(what, (what,))  # fmt: skip
    return percent(all(one[name]["expected_standard"] == "1" for name in names) for one in pupils)


def looked_after_results(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    inside = schools.looked_after(summer, twelve_months=answer["breakdown_value"] != "all LAC")
    rows = [row for row in schools.file("ks4_results", summer) if row["upn"] in inside]
    pupils = schools.pupils(summer)
    measure = answer["indicator_id"].removeprefix("ks4_lac_")
    means = {"attainment8": "att8", "progress8": "p8"}
    shares = {"em_ac": "ac_em", "5ac_em": "five_ac_em", "any_qual": "any_qual"}
    if measure in means:
        return Fraction(sum(Fraction(row[means[measure]]) for row in rows), len(rows))
    if measure in shares:
        return percent(row[shares[measure]] == "1" for row in rows)
    if measure == "sen":
        return Fraction(sum(pupils[row["upn"]]["senprovision"] != "N" for row in rows))
    if measure == "positive_progress":
        return Fraction(sum(Fraction(row["p8"]) > 0 for row in rows))
    return Fraction(len(rows))


def good_profiles(schools: Schools, answer: Answer) -> Fraction:
    rows = schools.file("eyfsp", summer_of(answer))
    return percent(
        int(row["total"]) >= 78 and all(int(row[name]) >= 6 for name in SCALES_THAT_COUNT)
        for row in rows
    )


def gap_of_profiles(schools: Schools, answer: Answer) -> Fraction:
    totals = sorted(int(row["total"]) for row in schools.file("eyfsp", summer_of(answer)))
    middle = Fraction(statistics.median(totals))
    lowest = totals[: len(totals) // 5]
    return 100 * (middle - Fraction(sum(lowest), len(lowest))) / middle


# At school ----------------------------------------------------------------------------------------


def often_absent(schools: Schools, answer: Answer) -> Fraction:
    """Persistent absence in secondary schools: a fifth of sessions until 2010."""
    summer = summer_of(answer)
    assert summer <= 2010
    return percent(
        schools.absence(summer, row) >= Fraction(1, 5)
        for row in schools.pupils(summer).values()
        if row["phase"] == "secondary"
        and row["schooltype"] == "maintained"
        and 7 <= int(row["ncyearactual"]) <= 11
    )


def looked_after_pupils(schools: Schools, summer: int) -> Rows:
    """Looked after for twelve months, from year 1 to year 11."""
    inside = schools.looked_after(summer, twelve_months=True)
    return [
        row
        for upn, row in schools.pupils(summer).items()
        if upn in inside and row["ncyearactual"] in {str(number) for number in range(1, 12)}
    ]


def looked_after_often_absent(schools: Schools, answer: Answer) -> Fraction:
    """Persistent absence of looked-after children: a tenth of sessions from 2016."""
    summer = summer_of(answer)
    assert summer >= 2016
    return percent(
        schools.absence(summer, row) >= Fraction(1, 10)
        for row in looked_after_pupils(schools, summer)
    )


def exclusions(schools: Schools, summer: int) -> list[tuple[str, str, dt.date]]:
    """Pupil number, category and date of every exclusion that began in a school year."""
    found = []
    for term in ("spring", "summer"):
        rows = {row["pupilonrolltableid"]: row["upn"] for row in schools.census(summer, term)}
        for row in schools.census(summer, term, "termlyexclusionsonroll"):
            pupil = rows[row["pupilonrolltableid"]]
            found.append((pupil, row["category"], date(row["startdate"])))
    first, last = dt.date(summer - 1, 9, 1), dt.date(summer, 8, 31)
    assert all(first <= started <= last for _, _, started in found)
    return found


def looked_after_excluded(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    excluded = {upn for upn, category, _ in exclusions(schools, summer) if category == "FIXD"}
    return percent(row["upn"] in excluded for row in looked_after_pupils(schools, summer))


def looked_after_gone(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    inside = schools.looked_after(summer, twelve_months=False)
    return Fraction(
        sum(upn in inside for upn, kind, _ in exclusions(schools, summer) if kind == "PERM")
    )


def permanently_excluded(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    number = sum(kind == "PERM" for _, kind, _ in exclusions(schools, summer))
    if answer["breakdown_value"] == "count":
        return Fraction(number)
    return Fraction(100 * number, len(schools.pupils(summer)))


def by_car(schools: Schools, answer: Answer) -> Fraction:
    return percent(
        row["modeoftravel"] == "CAR" for row in schools.pupils(summer_of(answer)).values()
    )


def at_stage(stage: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        rows = schools.pupils(summer_of(answer)).values()
        return Fraction(sum(row["senprovision"] == stage for row in rows))

    return compute


# Beyond school ------------------------------------------------------------------------------------


def neither_learning_nor_working(schools: Schools, answer: Answer) -> Fraction:
    summer = summer_of(answer)
    shares = []
    months = unpacked(schools.landing / f"nccis/882/{folder(summer)}/nccis.zip")
    for month in (f"{summer - 1}11", f"{summer - 1}12", f"{summer}01"):
        rows = months[f"nccis_{month}.csv"]
        counted = [row for row in rows if row["activity_code"] not in {"710", "720"}]
        shares.append(percent(row["activity_code"][0] in NEITHER for row in counted))
    return Fraction(sum(shares), 3)


def offending_again(schools: Schools, answer: Answer) -> Fraction:
    """Offences in twelve months of those with an outcome in the three before the year."""
    year = summer_of(answer) - 1
    index: dict[str, dt.date] = {}
    for row in schools.file("yjmis", year):
        day = date(row["outcome_date"])
        if dt.date(year, 1, 1) <= day <= dt.date(year, 3, 31) and row["outcome_tier"] != "CUST":
            index[row["person_id"]] = min(day, index.get(row["person_id"], day))
    later = [*schools.file("yjmis", year), *schools.file("yjmis", year + 1)]
    again = sum(
        row["person_id"] in index
        and 0 < (date(row["offence_date"]) - index[row["person_id"]]).days <= 365
        for row in later
    )
    return Fraction(again, len(index))


def sent_to_custody(schools: Schools, answer: Answer) -> Fraction:
    rows = schools.file("yjmis", summer_of(answer))
    return percent(row["outcome_tier"] == "CUST" for row in rows if row["outcome_tier"] != "PRE")


def engaged(schools: Schools, answer: Answer) -> Fraction:
    rows = schools.file("yjmis", summer_of(answer))
    ended = [row for row in rows if row["outcome_tier"] in {"COMM", "CUST"}]
    return percent(float(row["ete_hours"]) >= 25 for row in ended)


def first_time_entrants(schools: Schools, answer: Answer) -> Fraction:
    rows = schools.file("yjmis", summer_of(answer))
    entrants = len({row["person_id"] for row in rows if row["first_time_entrant"] == "1"})
    if answer["indicator_id"] == "NI 111 reduction":
        return percent([True] * (BASELINE - entrants) + [False] * entrants)
    return Fraction(entrants)


def in_26_weeks(schools: Schools, answer: Answer) -> Fraction:
    """Statements in time, of all made in a calendar year or of those without an exception."""
    returned = schools.file("sen2", int(answer["period_label"]) + 1)
    rows = [row for row in returned if row["final_date"]]
    if answer["indicator_id"] == "NI 103a":
        rows = [row for row in rows if row["exception_flag"] == "0"]
    return percent(
        (date(row["final_date"]) - date(row["request_date"])).days <= 26 * 7 for row in rows
    )


def measured(group: str, numerator: str, denominator: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        rows = schools.file("ncmp", summer_of(answer))
        row = next(one for one in rows if one["age_group"] == group)
        return Fraction(100 * int(row[numerator]), int(row[denominator]))

    return compute


def infants(*numerators: str) -> Callable[[Schools, Answer], Fraction]:
    def compute(schools: Schools, answer: Answer) -> Fraction:
        year = summer_of(answer)
        rows = [
            row
            for quarter in range(1, 5)
            for row in schools.file("breastfeeding", year, f"breastfeeding_q{quarter}.csv")
        ]
        counted = sum(int(row[name]) for row in rows for name in numerators)
        return Fraction(100 * counted, sum(int(row["due"]) for row in rows))

    return compute


def sent_by_owner(schools: Schools, answer: Answer) -> Fraction:
    """The figure as its owner sent it; the latest word where it was sent more than once."""
    latest = None
    for path in sorted(schools.landing.glob("indicator_figures/882/*/*.csv")):
        found = schools._once(path, partial(read, path))
        assert isinstance(found, list)
        for row in found:
            key = (
                row["indicator_id"] + row["part"], row["period"], row["breakdown"] or "total",
                row["breakdown_value"] or "total", row["version"],
            )  # fmt: skip
            if key == (
                answer["indicator_id"], answer["period_label"], answer["breakdown"],
                answer["breakdown_value"], answer["version"],
            ):  # fmt: skip
                latest = row
    assert latest is not None
    return Fraction(latest["value"])


COMPUTED: dict[str, Callable[[Schools, Answer], Fraction]] = {
    "NI 19": offending_again,
    "NI 43": sent_to_custody,
    "NI 45": engaged,
    "NI 53a": infants("total_bf", "partial_bf"),
    "NI 53b": infants("recorded"),
    "NI 55a": measured("Reception", "obese", "measured"),
    "NI 55b": measured("Reception", "measured", "eligible"),
    "NI 56a": measured("Year 6", "obese", "measured"),
    "NI 56b": measured("Year 6", "measured", "eligible"),
    "NI 72": good_profiles,
    "NI 73": share_reaching("KS2"),
    "NI 75": share_reaching("KS4"),
    "NI 76": weak_schools("KS2", 55),
    "NI 78": weak_schools("KS4", 30),
    "NI 84": column("two_ac_science"),
    "NI 87": often_absent,
    "NI 92": gap_of_profiles,
    "NI 93": progress("english", None),
    "NI 94": progress("maths", None),
    "NI 101": with_five_good_grades,
    "NI 102a": gap("KS2", "fsm"),
    "NI 102b": gap("KS4", "fsm"),
    "NI 103a": in_26_weeks,
    "NI 103b": in_26_weeks,
    "NI 104": gap("KS2", "sen"),
    "NI 105": gap("KS4", "sen"),
    "NI 107": share_reaching("KS2"),
    "NI 108": share_reaching("KS4"),
    "NI 111": first_time_entrants,
    "NI 111 reduction": first_time_entrants,
    "NI 114": permanently_excluded,
    "NI 117": neither_learning_nor_working,
    "NI 198": by_car,
    "JC-PA": looked_after_often_absent,
    "JC-FEX": looked_after_excluded,
    "lac_persistent_absence": looked_after_often_absent,
    "lac_fixed_term_exclusions": looked_after_excluded,
    "lac_permanent_exclusions": looked_after_gone,
    "sen_statements": at_stage("S"),
    "school_action": at_stage("A"),
    "school_action_plus": at_stage("P"),
    "ks2_two_levels_fsm": progress(None, "fsm"),
    "ks2_two_levels_sen": progress(None, "sen"),
    **dict.fromkeys(
        ("ks2_lac_cohort", "ks2_lac_expected_standard", "ks2_lac_progress"), looked_after_at_11
    ),
    **dict.fromkeys(
        (f"{step}_{who}" for step in STEPS for who in ("all", "lac", "lac_nonwbri")),
        looked_after_at_16,
    ),
    **dict.fromkeys(
        (
            f"ks4_lac_{what}"
            for what in (
                "cohort", "sen", "positive_progress", "attainment8", "progress8", "em_ac",
                "5ac_em", "any_qual",
            )
        ),
        looked_after_results,
    ),
}  # fmt: skip


def is_of_schools(answer: Answer) -> bool:
    return answer["basis"] == "returned" or answer["indicator_id"] in COMPUTED


def school_figure(schools: Schools, answer: Answer) -> Fraction:
    if answer["basis"] == "returned":
        return sent_by_owner(schools, answer)
    return COMPUTED[answer["indicator_id"]](schools, answer)
