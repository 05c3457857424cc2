"""The returns of schools hold together, and with the returns of social care."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from returned import YEARS, Returns, date, read
from schools_by_hand import Schools, folder, key_stage_2, unpacked

from demo import identity
from demo.margins import counts_with_gap, counts_with_share, fill_cells, tenths

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# Codes with the summers in which pupils may have them.
PROVISION = {
    "N": range(2008, 2019), "A": range(2008, 2015), "P": range(2008, 2015), "S": range(2008, 2019),
    "K": range(2015, 2019), "E": range(2015, 2019),
}  # fmt: skip
NEEDS = {
    "SPLD", "MLD", "SLD", "PMLD", "SLCN", "HI", "VI", "PD", "ASD", "OTH",
}  # fmt: skip
SOME = (2008, 2012, 2016, 2018)


def right_letter(digits: str) -> str:
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return LETTERS[total % 23]


@pytest.mark.parametrize("summer", SOME)
def test_pupil_numbers_are_unique_and_nobodys(schools: Schools, summer: int) -> None:
    census = schools.census(summer, "spring")
    at_one_school = [row["upn"] for row in census if row["enrolstatus"] != "S"]
    assert len(at_one_school) == len(set(at_one_school))
    assert len({row["pupilonrolltableid"] for row in census}) == len(census)
    for upn in at_one_school:
        assert len(upn) == 13
        assert upn[0] == right_letter(upn[1:])
        assert upn[4] == "0", "schools have numbers from 1000"


def test_pupil_numbers_in_bulk_are_those_made_one_by_one() -> None:
    numbers, born = np.array([1, 999, 1000, 54321]), np.array([1990, 1999, 2004, 2012])
    one_by_one = [
        identity.upn("882", np.datetime64(f"{year}-01-01").astype(object), number)
        for number, year in zip(numbers.tolist(), born.tolist(), strict=True)
    ]
    assert [upn.decode() for upn in identity.upns("882", born, numbers)] == one_by_one


@pytest.mark.parametrize("summer", SOME)
def test_pupils_at_two_schools_have_their_main_school_too(schools: Schools, summer: int) -> None:
    second = [row for row in schools.census(summer, "spring") if row["enrolstatus"] == "S"]
    assert second
    for row in second:
        main = schools.pupils(summer)[row["upn"]]
        assert main["enrolstatus"] == "M"
        assert main["estab"] != row["estab"]
        assert (main["dob"], main["sex"]) == (row["dob"], row["sex"])


@pytest.mark.parametrize("summer", SOME)
def test_looked_after_pupils_are_who_they_are_in_care(schools: Schools, summer: int) -> None:
    header = {row["UPN"]: row for row in schools.returns[summer]["header"]}
    pupils = schools.pupils(summer)
    both = header.keys() & pupils.keys()
    inside = schools.looked_after(summer, twelve_months=False)
    assert len(inside & pupils.keys()) > 60
    for upn in both:
        assert pupils[upn]["dob"] == header[upn]["DOB"]
        assert pupils[upn]["ethnicity"] == header[upn]["ETHNIC"]
        assert pupils[upn]["sex"] == {"1": "M", "2": "F"}[header[upn]["SEX"]]


def test_children_in_need_are_pupils_too(schools: Schools) -> None:
    path = schools.landing / "cin_census/882/2015-16/cin_census.xml"
    pupils = schools.pupils(2016)
    found = 0
    for child in etree.parse(path).getroot().iter("ChildIdentifiers"):
        row = pupils.get(child.findtext("UPN") or "")
        if row is not None:
            found += 1
            assert date(row["dob"]).isoformat() == child.findtext("PersonBirthDate")
    assert found > 500


@pytest.mark.parametrize("summer", SOME)
def test_year_groups_follow_from_dates_of_birth(schools: Schools, summer: int) -> None:
    for row in schools.census(summer, "spring"):
        born = date(row["dob"])
        turned_five = born.year + (6 if born.month >= 9 else 5)
        group = 0 if row["ncyearactual"] == "R" else int(row["ncyearactual"])
        assert turned_five == summer - group
        assert date(row["entrydate"]) < date(f"18/01/{summer}")


@pytest.mark.parametrize("summer", SOME)
def test_codes_are_valid_for_their_year(schools: Schools, summer: int) -> None:
    for row in schools.census(summer, "spring"):
        assert summer in PROVISION[row["senprovision"]]
    behaviour = {"BESD"} if summer < 2015 else {"SEMH"}
    needs = schools.census(summer, "spring", "senneeds")
    assert {row["sentype"] for row in needs} <= NEEDS | behaviour
    keys = [(row["pupilonrolltableid"], row["sentyperank"]) for row in needs]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("summer", SOME)
def test_absence_and_its_reasons_add_up(schools: Schools, summer: int) -> None:
    reasons: Counter[str] = Counter()
    for row in schools.census(summer, "spring", "termlysessiondetailsonroll"):
        reasons[row["pupilonrolltableid"]] += int(row["sessions"])
    for row in schools.census(summer, "spring"):
        if not row["termlysessionspossible"]:
            continue
        missed = int(row["termlysessionsauthorised"]) + int(row["termlysessionsunauthorised"])
        assert missed <= int(row["termlysessionspossible"])
        assert missed == reasons[row["pupilonrolltableid"]]


@pytest.mark.parametrize("summer", SOME)
def test_results_are_of_pupils_on_roll_at_their_school(schools: Schools, summer: int) -> None:
    pupils = schools.pupils(summer)
    for name, group in (("eyfsp", "R"), ("ks2_results", "6"), ("ks4_results", "11")):
        rows = schools.file(name, summer)
        assert len(rows) > 1800
        for row in rows:
            assert row["year"] == str(summer)
            assert pupils[row["upn"]]["ncyearactual"] == group
            assert row.get("estab", pupils[row["upn"]]["estab"]) == pupils[row["upn"]]["estab"]
        if name != "ks2_results":
            assert len({row["upn"] for row in rows}) == len(rows)
    subjects = {frozenset(one) for one in key_stage_2(schools, summer).values()}
    assert len(subjects) == 1


@pytest.mark.parametrize("summer", SOME)
def test_profiles_and_grades_do_not_contradict_themselves(schools: Schools, summer: int) -> None:
    for row in schools.file("eyfsp", summer):
        scores = [
            int(value) for name, value in row.items() if name not in {"upn", "year", "total", "gld"}
        ]
        assert sum(scores) == int(row["total"])
        assert len(scores) == (13 if summer < 2013 else 17)
        assert set(scores) <= set(range(10) if summer < 2013 else range(1, 4))
    for row in schools.file("ks4_results", summer):
        steps = [row[name] for name in ("five_ac_em", "five_ac", "five_ag", "one_ag", "any_qual")]
        assert steps == sorted(steps)
        assert row["five_ac_em"] <= row["ac_em"]


@pytest.mark.parametrize("year", YEARS)
def test_young_people_in_the_justice_system_are_10_to_17(schools: Schools, year: int) -> None:
    rows = schools.file("yjmis", year)
    assert len({(row["person_id"], row["outcome_date"]) for row in rows}) == len(rows)
    for row in rows:
        day, born = date(row["outcome_date"]), date(row["dob"])
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        assert 10 <= age <= 17
        assert date(row["offence_date"]) < day
        assert (row["ete_hours"] == "") == (row["outcome_tier"] in {"PRE", "FIRST"})


@pytest.mark.parametrize("year", (2008, 2013, 2017, 2018))
def test_activities_are_of_everyone_of_an_age_once_a_month(schools: Schools, year: int) -> None:
    files = unpacked(schools.landing / "nccis/882" / folder(year) / "nccis.zip")
    assert len(files) == 3
    for name, rows in files.items():
        assert len({row["person_id"] for row in rows}) == len(rows)
        oldest = 17 if year >= 2017 else 18
        assert {int(row["academic_age"]) for row in rows} == set(range(16, oldest + 1))
        assert {row["month"] for row in rows} == {f"{name[6:10]}-{name[10:12]}"}


def test_residents_add_up(returns: Returns) -> None:
    rows = read(returns.landing / "population_estimates/demo/population_estimates.csv")
    counts = {
        (row["year"], row["age_band"], row["sex"]): int(row["population"])
        for row in rows
        if row["area"] == "E06000033"
    }
    # 282 children looked after on 31 March 2017 were 73.34 of every 10,000.
    assert counts["2016", "0-17", ""] == 38451
    for year in range(2007, 2018):
        everyone = counts[str(year), "0-17", ""]
        assert sum(counts[str(year), str(age), ""] for age in range(18)) == everyone
        assert counts[str(year), "0-17", "Female"] + counts[str(year), "0-17", "Male"] == everyone


def test_archives_say_nothing_of_when_they_were_made(returns: Returns) -> None:
    paths = sorted(Path(returns.landing).glob("school_census/882/*/*.zip"))
    assert len(paths) == 3 * len(YEARS)
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time[:3] for entry in archive.infolist()} == {(2000, 1, 1)}
            name = f"{path.stem}_pupilonroll.csv"
            with archive.open(name) as raw:
                header = next(csv.reader(io.TextIOWrapper(raw, "utf-8")))
            assert header[:3] == ["pupilonrolltableid", "NativeId", "upn"]


def test_numbers_are_found_for_a_share_and_for_a_gap() -> None:
    # 12 of 26 are 46.15 %, 30.8 % are 8; no number of 7 is 50.0 %.
    assert counts_with_share(26, 462) == [12]
    assert counts_with_share(26, 308) == [8]
    assert counts_with_share(7, 500) == []
    assert tenths(1, 16) == 63  # 6.25 % is rounded up
    # Of 100 pupils 60 pass; 10 of 40 with free meals are 25 %, 50 of the 60 others 83.3 %.
    assert counts_with_gap(60, 100, 40, 583) == [10]


def test_cells_are_filled_so_that_overlapping_groups_add_up() -> None:
    expected = np.array([3.0, 3.0, 3.0, 3.0])
    groups = np.array([[True, True, True, True], [True, True, False, False], [1, 0, 1, 0]], bool)
    counts = fill_cells(
        expected, groups, np.array([12, 7, 4]), np.zeros(4, np.int64), np.array([9, 5, 5, 5])
    )
    assert counts.sum() == 12
    assert counts[:2].sum() == 7
    assert counts[[0, 2]].sum() == 4
