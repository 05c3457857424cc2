"""The returns hold together as a statutory return must.

Nothing here uses the simulator's knowledge or Pier's own rules: the files are read as any
recipient would read them. The numbers in brackets are those of the Department's checks.
"""

import datetime as dt
import itertools
import re

import pytest
from returned import YEARS, Returns, Rows, by_child, date

LEGAL = {"C1", "C2", "E1", "V2", "V3", "L1", "L2"}
PLACES = {"A3", "A4", "A5", "A6", "H5", "K1", "K2", "P1", "P2", "R3", "S1"}
TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
ENDS = {"X1", "E11", "E12", "E3", "E41", "E43", "E44", "E5", "E6", "E7", "E8", "E9"}
SHORT = {"V3", "V4"}


def foster_codes(year: int) -> set[str]:
    """Foster placements were coded anew in 2008/09 and in 2013/14."""
    if year >= 2014:
        return {f"U{number}" for number in range(1, 7)}
    return {"Q1", "Q2"} if year >= 2009 else {f"F{number}" for number in range(1, 7)}


def end_codes(day: dt.date) -> set[str]:
    """Why care ends: going home was split in 2014, staying put came in 2016."""
    if day < dt.date(2014, 4, 1):
        return ENDS | {"E4"}
    return ENDS | {"E4A", "E4B", "E13"} | ({"E17"} if day >= dt.date(2016, 4, 1) else set())


def year_start(year: int) -> dt.date:
    return dt.date(year - 1, 4, 1)


def year_end(year: int) -> dt.date:
    return dt.date(year, 3, 31)


def birthday(born: str, age: int) -> dt.date:
    day = date(born)
    leap = (day.month, day.day) == (2, 29) and (day.year + age) % 4
    return dt.date(day.year + age, 3, 1) if leap else day.replace(year=day.year + age)


def runs(episodes: Rows) -> list[Rows]:
    """A child's episodes cut into unbroken periods of care."""
    ordered = sorted(episodes, key=lambda row: date(row["DECOM"]))
    periods: list[Rows] = []
    for row in ordered:
        if row["RNE"] == "S" or not periods:
            periods.append([])
        periods[-1].append(row)
    return periods


@pytest.fixture(params=YEARS)
def year(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_episodes_join_without_gap_or_overlap(returns: Returns, year: int) -> None:
    for episodes in by_child(returns[year]["episodes"]).values():
        for before, after in itertools.pairwise(sorted(episodes, key=lambda r: date(r["DECOM"]))):
            assert before["DEC"], "only the last episode is open (142)"
            if before["REC"] == "X1":
                assert after["DECOM"] == before["DEC"]
                assert after["RNE"] != "S"
            else:
                assert date(after["DECOM"]) > date(before["DEC"])
                assert after["RNE"] == "S"


def test_dates_of_episodes_are_in_order_and_in_the_year(returns: Returns, year: int) -> None:
    born = {row["CHILD"]: date(row["DOB"]) for row in returns[year]["header"]}
    for row in returns[year]["episodes"]:
        started = date(row["DECOM"])
        assert born[row["CHILD"]] <= started <= year_end(year)
        assert bool(row["DEC"]) == bool(row["REC"]), "both or neither (148)"
        if row["DEC"]:
            assert started < date(row["DEC"]) <= year_end(year)
            assert date(row["DEC"]) >= year_start(year)


def test_codes_are_valid_for_the_year(returns: Returns, year: int) -> None:
    reasons = {"S", "L", "P", "B"} | ({"T", "U"} if year >= 2016 else set())
    for row in returns[year]["episodes"]:
        assert row["RNE"] in reasons
        assert row["LS"] in LEGAL
        assert row["PLACE"] in PLACES | TEMPORARY | foster_codes(year)
        assert row["REC"] == "" or row["REC"] in end_codes(date(row["DEC"]))
        assert row["CIN"] in {f"N{number}" for number in range(1, 9)}


def test_a_new_episode_changes_what_its_reason_says(returns: Returns, year: int) -> None:
    def carer(row: dict[str, str]) -> tuple[str, ...]:
        return row["PL_POST"], row["URN"], row["PLACE_PROVIDER"]

    for episodes in by_child(returns[year]["episodes"]).values():
        for period in runs(episodes):
            for before, after in itertools.pairwise(period):
                legal = before["LS"] != after["LS"]
                moved = carer(before) != carer(after)
                status = before["PLACE"] != after["PLACE"]
                expected = {
                    "L": (True, False, False),
                    "P": (False, True),
                    "B": (True, True),
                    "T": (False, False, True),
                    "U": (True, False, True),
                }[after["RNE"]]
                assert (legal, moved, status)[: len(expected)] == expected
                assert before["CIN"] == after["CIN"], "constant within a period of care (504)"


def test_reasons_for_moves_stand_where_they_are_asked(returns: Returns, year: int) -> None:
    """(225, 226, 233): on the ended episode, not around temporary moves, from 2015/16."""
    for episodes in by_child(returns[year]["episodes"]).values():
        for period in runs(episodes):
            for before, after in itertools.pairwise(period):
                temporary = {before["PLACE"], after["PLACE"]} & TEMPORARY
                asked = after["RNE"] in "PTBU" and not temporary and year >= 2016
                assert bool(before.get("REASON_PLACE_CHANGE")) == asked
            assert not period[-1].get("REASON_PLACE_CHANGE") or period[-1]["REC"] == "X1"


def test_providers_fit_placements(returns: Returns, year: int) -> None:
    """(178, 213, 218, 222, 526-531, 550) and blanks for short breaks (214)."""
    for row in returns[year]["episodes"]:
        place, provider = row["PLACE"], row["PLACE_PROVIDER"]
        assert (provider == "") == (place in TEMPORARY)
        assert (provider == "PR0") == (place == "P1")
        without_number = place in TEMPORARY | {"P1", "P2", "H5"} or row["LS"] in SHORT
        assert (row["URN"] == "") == without_number
        if row["LS"] in SHORT:
            assert row["HOME_POST"] == row["PL_POST"] == ""
        else:
            assert re.fullmatch(r"ZZ\d{1,2} \d[A-Z]{2}", row["PL_POST"])


def test_nobody_is_looked_after_beyond_18(returns: Returns, year: int) -> None:
    born = {row["CHILD"]: row["DOB"] for row in returns[year]["header"]}
    for row in returns[year]["episodes"]:
        until = date(row["DEC"]) if row["DEC"] else year_end(year)
        assert until <= birthday(born[row["CHILD"]], 18)


def test_carried_over_episodes_are_last_years(returns: Returns) -> None:
    """(562, NoE, 202-204): what began earlier is what last year's return ended with."""
    fixed = ("DECOM", "RNE", "LS", "CIN", "PLACE_PROVIDER", "HOME_POST", "PL_POST", "URN")

    def same_place(before: str, now: str) -> bool:
        recoded = before in foster_codes(last) and now in foster_codes(this)
        return before == now or (this in {2009, 2014} and recoded)

    for last, this in itertools.pairwise(YEARS):
        before, now = by_child(returns[last]["episodes"]), by_child(returns[this]["episodes"])
        for child, episodes in now.items():
            first = min(episodes, key=lambda row: date(row["DECOM"]))
            if date(first["DECOM"]) < year_start(this):
                final = max(before[child], key=lambda row: date(row["DECOM"]))
                assert [final[name] for name in fixed] == [first[name] for name in fixed]
                assert same_place(final["PLACE"], first["PLACE"])
        still = {row["CHILD"] for row in returns[last]["episodes"] if not row["DEC"]}
        assert still <= set(now), "1010: nobody vanishes"
        earlier = {row["CHILD"]: row for row in returns[last]["header"]}
        for row in returns[this]["header"]:
            known = earlier.get(row["CHILD"], row)
            assert [known[c] for c in ("SEX", "DOB", "ETHNIC")] == [
                row[c] for c in ("SEX", "DOB", "ETHNIC")
            ]


def test_header_has_every_child_once_with_the_same_birthday(returns: Returns, year: int) -> None:
    tables = returns[year]
    born = {row["CHILD"]: row["DOB"] for row in tables["header"]}
    assert len(born) == len(tables["header"])
    for name, rows in tables.items():
        for row in rows:
            assert row["CHILD"] in born, name
            assert row.get("DOB", born[row["CHILD"]]) == born[row["CHILD"]], name
    answered = {row["CHILD"] for name in ("episodes", "oc3") for row in tables[name]}
    assert set(born) == answered, "EPI: every child has episodes or is a care leaver"
    in_care = {row["CHILD"] for row in tables["episodes"] if row["LS"] not in {"V3", "V4"}}
    for row in tables["header"]:
        assert (row["MOTHER"] in {"0", "1"}) == (row["SEX"] == "2" and row["CHILD"] in in_care)
        assert bool(row["MC_DOB"]) == (row["MOTHER"] == "1")
        assert row["MC_DOB"] == "" or date(row["MC_DOB"]) <= year_end(year)


def test_identifiers_cannot_be_real(returns: Returns, year: int) -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    for row in returns[year]["header"]:
        assert re.fullmatch(r"DEMO882\d{5}", row["CHILD"])
        if row["UPN"] in {"UN1", "UN3"}:
            continue
        assert re.fullmatch(r"[A-HJ-NP-RT-Z]\d{12}", row["UPN"])
        total = sum(int(digit) * weight for weight, digit in enumerate(row["UPN"][1:], start=2))
        assert row["UPN"][0] == letters[total % 23]
        assert row["UPN"][4] == "0", "schools have numbers from 1000"


def test_oc2_is_for_children_in_care_all_year(returns: Returns, year: int) -> None:
    all_year = set()
    for child, episodes in by_child(returns[year]["episodes"]).items():
        for period in runs(episodes):
            since = date(period[0]["DECOM"]) <= year_start(year)
            if since and not period[-1]["DEC"] and period[0]["LS"] not in SHORT:
                all_year.add(child)
    assert {row["CHILD"] for row in returns[year]["oc2"]} == all_year
    for row in returns[year]["oc2"]:
        assert (row["CONVICTED"] == "") == (birthday(row["DOB"], 10) > year_end(year))
        assert (row["HEALTH_CHECK"] == "") == (birthday(row["DOB"], 5) <= year_end(year))
        scored = birthday(row["DOB"], 4) <= year_end(year) < birthday(row["DOB"], 17)
        assert (bool(row["SDQ_SCORE"]) + bool(row["SDQ_REASON"])) == scored
        assert bool(row["INTERVENTION_RECEIVED"]) == (row["SUBSTANCE_MISUSE"] == "1")
        assert bool(row["INTERVENTION_OFFERED"]) == (row["INTERVENTION_RECEIVED"] == "0")


def test_adoptions_agree_with_episodes(returns: Returns, year: int) -> None:
    """(333, 334, 335, 521, 523, 551-554, 558, 582, 601, 602)."""
    tables = returns[year]
    episodes = by_child(tables["episodes"])
    decided = {row["CHILD"]: row for row in tables["placed_for_adoption"]}
    adopted = {row["CHILD"]: row for row in tables["episodes"] if row["REC"] in {"E11", "E12"}}
    assert adopted.keys() == {row["CHILD"] for row in tables["ad1"]}
    for row in tables["ad1"]:
        last = adopted[row["CHILD"]]
        assert date(row["DATE_INT"]) <= date(row["DATE_MATCH"]) <= date(last["DECOM"])
        assert date(row["DATE_MATCH"]) < date(last["DEC"])
        assert row["DATE_INT"] == decided[row["CHILD"]]["DATE_PLACED"]
        assert last["PLACE"] == ("A5" if row["FOSTER_CARE"] == "1" else "A6")
        assert (row["NB_ADOPTR"] == "1") == (row["SEX_ADOPTR"] in {"M1", "F1"})
        assert (row["LS_ADOPTR"] == "L0") == (row["NB_ADOPTR"] == "1")
        assert row["LS_ADOPTR"] not in {"L11", "L3"} or row["SEX_ADOPTR"] == "MF"
    for child, rows in episodes.items():
        for row in rows:
            if row["LS"] == "E1" or row["PLACE"] in {"A5", "A6"}:
                assert date(decided[child]["DATE_PLACED"]) <= date(row["DECOM"])
            if row["PLACE"] == "A5":
                assert row["RNE"] in {"T", "U"}, "217"
        starts = [date(row["DECOM"]) for row in rows if row["RNE"] == "S"]
        if child in decided and starts:
            assert min(starts) <= date(decided[child]["DATE_PLACED"])


def test_absences_lie_within_care_and_do_not_overlap(returns: Returns, year: int) -> None:
    episodes = by_child(returns[year]["episodes"])
    assert bool(returns[year].get("missing")) == (year >= 2015), "collected from 2014/15"
    for child, absences in by_child(returns[year].get("missing", [])).items():
        ordered = sorted(absences, key=lambda row: date(row["MIS_START"]))
        for before, after in itertools.pairwise(ordered):
            assert date(before["MIS_END"]) <= date(after["MIS_START"])
        for row in absences:
            assert row["MISSING"] in {"M", "A"}
            start = date(row["MIS_START"])
            end = date(row["MIS_END"]) if row["MIS_END"] else year_end(year)
            assert start <= end <= year_end(year)
            assert end >= year_start(year)
            assert any(
                date(period[0]["DECOM"]) <= start
                and (not period[-1]["DEC"] or end <= date(period[-1]["DEC"]))
                for period in runs(episodes[child])
            )


def test_reviews_are_held_in_care_in_the_year(returns: Returns, year: int) -> None:
    episodes = by_child(returns[year]["episodes"])
    assert returns[year]["reviews"]
    for row in returns[year]["reviews"]:
        held = date(row["REVIEW"])
        assert year_start(year) <= held <= year_end(year)
        assert (row["REVIEW_CODE"] == "PN0") == (birthday(row["DOB"], 4) > held)
        assert any(
            date(episode["DECOM"]) <= held and (not episode["DEC"] or held < date(episode["DEC"]))
            for episode in episodes[row["CHILD"]]
        )


def test_previous_permanence_is_asked_of_those_who_start_from_2016(returns: Returns) -> None:
    assert "previous_permanence" not in returns[2016]
    started = {
        row["CHILD"]
        for row in returns[2017]["episodes"]
        if row["RNE"] == "S" and date(row["DECOM"]) >= year_start(2017)
    }
    rows = returns[2017]["previous_permanence"]
    assert {row["CHILD"] for row in rows} == started
    assert len(rows) == len(started)


def test_care_leavers_are_of_the_ages_asked_and_not_in_care(returns: Returns, year: int) -> None:
    in_care = {row["CHILD"] for row in returns[year]["episodes"] if not row["DEC"]}
    youngest = 17 if year >= 2016 else 19
    # Those who left before the first year simulated are not there to be found.
    assert returns[year]["oc3"] or year <= 2010
    for row in returns[year]["oc3"]:
        assert row["CHILD"] not in in_care
        assert birthday(row["DOB"], youngest) <= year_end(year) < birthday(row["DOB"], 22)
        assert row["ACCOM"][0] != "Z" or birthday(row["DOB"], 18) <= year_end(year), "3001"
        assert (row["ACTIV"] == "0") == (row["ACCOM"] == "0")
