"""Figures worked out from the written returns with plain arithmetic and nobody else's code."""

import datetime as dt

from returned import YEARS, Returns, Rows, date

TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}


def band(born: dt.date, day: dt.date) -> str:
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    limits = ((0, "Under 1"), (4, "1-4"), (9, "5-9"), (15, "10-15"))
    return next((name for oldest, name in limits if age <= oldest), "16 and over")


def in_figures(returns: Returns, year: int) -> Rows:
    """Episodes that count: short breaks do not."""
    return [row for row in returns[year]["episodes"] if row["LS"] not in {"V3", "V4"}]


def births(returns: Returns, year: int) -> dict[str, dt.date]:
    return {row["CHILD"]: date(row["DOB"]) for row in returns[year]["header"]}


def placements_in_year(episodes: Rows, first_day: dt.date) -> int:
    """Placements on some day of the year, leaving out temporary ones with a planned return.

    A placement begins with S, P or B; L, T and U keep the carer. A temporary move counts only when
    the child does not come back to where it left.
    """
    ordered = sorted(episodes, key=lambda row: date(row["DECOM"]))
    merged: list[list[dict[str, str]]] = []
    for row in ordered:
        if row["RNE"] in "SPB" or not merged:
            merged.append([])
        merged[-1].append(row)
    count, place = 0, 0
    while place < len(merged):
        away = merged[place + 1 : place + 2]
        back = merged[place + 2 : place + 3]
        if (
            away
            and back
            and away[0][0]["PLACE"] in TEMPORARY
            and back[0][0]["PL_POST"] == merged[place][-1]["PL_POST"]
        ):
            merged[place : place + 3] = [merged[place] + back[0]]
            continue
        ended = merged[place][-1]["DEC"]
        count += not ended or date(ended) > first_day
        place += 1
    return count


def current_placement(episodes: Rows) -> Rows:
    """The episodes of the placement a child is in, without planned temporary moves."""
    ordered = sorted(episodes, key=lambda row: date(row["DECOM"]))
    kept: Rows = []
    for row in ordered:
        if row["RNE"] in "SPB" and not (kept and kept[-1]["PL_POST"] == row["PL_POST"]):
            kept = [] if row["PLACE"] not in TEMPORARY else kept
        if row["PLACE"] not in TEMPORARY:
            kept.append(row)
    return kept


def all_episodes(returns: Returns, year: int) -> dict[str, Rows]:
    """Every child's episodes as far as returns up to a year tell, the latest word on each."""
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for one in YEARS:
        if one <= year:
            for row in in_figures(returns, one):
                latest[row["CHILD"], row["DECOM"]] = row
    children: dict[str, Rows] = {}
    for (child, _), row in latest.items():
        children.setdefault(child, []).append(row)
    return children


def adoption_days(returns: Returns, year: int) -> list[tuple[int, int, int, int]]:
    """Of each child adopted in a year: days from entry to adopters, from order to match, from
    decision to adopters, and age at the order."""
    born = births(returns, year)
    episodes = all_episodes(returns, year)
    days = []
    for row in returns[year]["ad1"]:
        rows = sorted(episodes[row["CHILD"]], key=lambda one: date(one["DECOM"]))
        starts = [date(one["DECOM"]) for one in rows if one["RNE"] == "S"]
        moved = next(date(one["DECOM"]) for one in rows if one["PLACE"] in {"A5", "A6"})
        order = next(date(one["DECOM"]) for one in rows if one["LS"] == "E1")
        adopted, birth = date(rows[-1]["DEC"]), born[row["CHILD"]]
        age = adopted.year - birth.year - ((adopted.month, adopted.day) < (birth.month, birth.day))
        entered = starts[-1] if starts else date(rows[0]["DECOM"])
        days.append(
            (
                (moved - entered).days,
                (date(row["DATE_MATCH"]) - order).days,
                (moved - date(row["DATE_INT"])).days,
                age,
            )
        )
    return days
