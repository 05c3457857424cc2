"""Rules said again in plain Python, from the words of the rule books and not from our SQL.

Each function tells the lines of its table that must fail. A row is a mapping of the columns as
they are sent, with None for a blank; nothing here knows the warehouse.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]

TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
ADOPTIVE = {"A3", "A4", "A5", "A6"}
FOSTER = {"U1", "U2", "U3", "U4", "U5", "U6"}
SHORT = {"V3", "V4"}
ADOPTED = {"E11", "E12"}
AD1_ITEMS = ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")
OC3_ITEMS = ("IN_TOUCH", "ACTIV", "ACCOM")
CORE_HEALTH = ("IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE")
HEALTH = (
    *("CONVICTED", "HEALTH_CHECK", *CORE_HEALTH),
    *("INTERVENTION_RECEIVED", "INTERVENTION_OFFERED"),
)


@dataclass(frozen=True)
class Return:
    """A return and the one before: tables of rows, each with its ``line``."""

    start: dt.date
    end: dt.date
    tables: Mapping[str, Rows]

    _by_child: dict[str, dict[str, list[Row]]] = field(default_factory=dict, compare=False)

    def of(self, table: str, child: str | None) -> list[Row]:
        """The rows of a child, in the order of the file."""
        if table not in self._by_child:
            name = "LAchildID" if "cin" in self.tables else "CHILD"
            by_child = self._by_child.setdefault(table, {})
            for row in self.tables.get(table, ()):
                by_child.setdefault(row[name], []).append(row)
        return self._by_child[table].get(child, []) if child else []

    def in_turn(self, table: str, by: str) -> Iterator[list[Row]]:
        """The rows of each child by date, those without one last."""
        children = {row["CHILD"] for row in self.tables.get(table, ())}
        for child in sorted(children):
            rows = self.of(table, child)
            yield sorted(
                rows, key=lambda row: (row[by] is None, row[by] or dt.date.max, row["line"])
            )

    def born(self, child: str) -> dt.date | None:
        """The date of birth the Header gives."""
        return next((row["DOB"] for row in self.of("header", child)), None)

    def open_until(self, row: Row) -> dt.date:
        """The end of an episode, 31 March while it is open."""
        return row["DEC"] or self.end


Said = Callable[[Return], set[int]]


def years_on(day: dt.date | None, years: int) -> dt.date | None:
    """An anniversary; of 29 February it is 28 February."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def before(first: dt.date | None, then: dt.date | None) -> bool:
    """Whether both are known and the first is earlier."""
    return first is not None and then is not None and first < then


def up_to(first: dt.date | None, then: dt.date | None) -> bool:
    """Whether both are known and the first is not later."""
    return first is not None and then is not None and first <= then


def each(table: str, fails: Callable[[Row, Return], bool]) -> Said:
    """A rule that looks at one row at a time."""
    return lambda sent: {row["line"] for row in sent.tables.get(table, ()) if fails(row, sent)}


def pairs(fails: Callable[[Row, Row, Return], bool]) -> Said:
    """A rule on an episode and the one of the same child just before it."""

    def said(sent: Return) -> set[int]:
        return {
            now["line"]
            for rows in sent.in_turn("episodes", "DECOM")
            for last, now in pairwise(rows)
            if fails(last, now, sent)
        }

    return said


def all_year(child: str, sent: Return) -> bool:
    """Whether a child was looked after for the whole year."""
    here = False
    for row in sent.of("episodes", child):
        start, end = row["DECOM"], row["DEC"]
        in_year = up_to(start, sent.end) and (end is None or end >= sent.start)
        here = here or in_year
        if row["RNE"] == "S" and start and sent.start < start <= sent.end:
            return False
        if end and sent.start <= end < sent.end and row["REC"] != "X1":
            return False
        if row["LS"] in SHORT and in_year:
            return False
    return here


def any_of(row: Row, names: Sequence[str]) -> bool:
    """Whether one of the items is filled in."""
    return any(row[name] is not None for name in names)


def lasts_longer(days: int) -> Callable[[Row, Return], bool]:
    """Whether an episode lasts longer than so many days."""
    return lambda row, sent: bool(
        row["DECOM"] and (sent.open_until(row) - row["DECOM"]).days > days
    )


def chains(status: str, days: int, *, summed: bool) -> Said:
    """Episodes of one status in a row, too long together."""

    def said(sent: Return) -> set[int]:
        lines: set[int] = set()
        for rows in sent.in_turn("episodes", "DECOM"):
            mine = [row for row in rows if row["LS"] == status and row["DECOM"]]
            mine.sort(key=lambda row: (row["DECOM"], row["DEC"] or dt.date.max, row["line"]))
            groups: list[list[Row]] = []
            for row in mine:
                last = sent.open_until(groups[-1][-1]) if groups else None
                joins = last is not None and (
                    row["DECOM"] <= last if summed else row["DECOM"] == last
                )
                groups[-1].append(row) if joins else groups.append([row])
            for group in groups:
                lengths = [(sent.open_until(row) - row["DECOM"]).days for row in group]
                ends = max(sent.open_until(row) for row in group)
                length = sum(lengths) if summed else (ends - min(r["DECOM"] for r in group)).days
                if length > days:
                    lines |= {row["line"] for row in group}
        return lines

    return said


def short_break_days(sent: Return) -> set[int]:
    """367."""
    days: Counter[str] = Counter()
    for row in sent.tables.get("episodes", ()):
        if row["LS"] == "V3" and row["DECOM"]:
            first, last = max(row["DECOM"], sent.start), min(sent.open_until(row), sent.end)
            days[row["CHILD"]] += max(0, (last - first).days)
    return {
        row["line"]
        for row in sent.tables.get("episodes", ())
        if row["LS"] == "V3" and row["DECOM"] and days[row["CHILD"]] > 75
    }


def repeated(table: str, column: str, code: str, most: int) -> Said:
    """Rows of a child with one code, when there are too many."""

    def said(sent: Return) -> set[int]:
        rows = [row for row in sent.tables.get(table, ()) if row[column] == code]
        counts = Counter(row["CHILD"] for row in rows)
        return {row["line"] for row in rows if counts[row["CHILD"]] > most}

    return said


PLACE = ("PLACE", "PL_POST", "URN", "PLACE_PROVIDER")


def same_place(last: Row, now: Row) -> bool:
    """Whether nothing of the placement changed."""
    return all(last[name] == now[name] for name in PLACE)


def periods_of_care(child: str, sent: Return) -> list[tuple[dt.date, dt.date | None]]:
    """First and last day of each period of care."""
    rows = [row for row in sent.of("episodes", child) if row["DECOM"]]
    rows.sort(key=lambda row: (row["DECOM"], row["DEC"] or dt.date.max, row["line"]))
    care: list[tuple[dt.date, dt.date | None]] = []
    for row in rows:
        if care and not before(care[-1][1], row["DECOM"]):
            care[-1] = (care[-1][0], row["DEC"])
        else:
            care.append((row["DECOM"], row["DEC"]))
    return care


def missing_outside(row: Row, sent: Return) -> bool:
    """577."""
    care = periods_of_care(row["CHILD"], sent)
    start, end = row["MIS_START"], row["MIS_END"]

    def outside(first: dt.date, last: dt.date | None) -> bool:
        if end is None:
            return last is not None or bool(before(start, first))
        return before(last, end) or end < first

    return bool(start and care) and all(outside(*period) for period in care)


def first_of_year(sent: Return) -> dict[str, Row]:
    """Each child's first episode with a start."""
    firsts: dict[str, Row] = {}
    for rows in sent.in_turn("episodes", "DECOM"):
        dated = [row for row in rows if row["DECOM"]]
        dated.sort(key=lambda row: (row["DECOM"], row["DEC"] or dt.date.max, row["line"]))
        if dated:
            firsts[dated[0]["CHILD"]] = dated[0]
    return firsts


def last_of_last_year(child: str, sent: Return) -> Row | None:
    """The child's last episode with a start in last year's return."""
    rows = [row for row in sent.of("last_year_episodes", child) if row["DECOM"]]
    key: Callable[[Row], Any] = lambda row: (row["DECOM"], row["DEC"] or dt.date.max, row["line"])  # noqa: E731
    return max(rows, key=key, default=None)


def carried_over(column: str) -> Said:
    """503A and its like."""

    def said(sent: Return) -> set[int]:
        lines = set()
        for child, first in first_of_year(sent).items():
            last = last_of_last_year(child, sent)
            if last and last["DEC"] is None and last[column] != first[column]:
                lines.add(first["line"])
        return lines

    return said


def not_carried_over(sent: Return) -> set[int]:
    """502."""
    return {
        first["line"]
        for child, first in first_of_year(sent).items()
        for row in sent.of("last_year_episodes", child)
        if row["DEC"] is None and row["DECOM"] != first["DECOM"]
    }


def unknown_before(sent: Return) -> set[int]:
    """562."""
    lines = set()
    for child, first in first_of_year(sent).items():
        last = last_of_last_year(child, sent)
        if first["DECOM"] < sent.start and (not last or last["DECOM"] != first["DECOM"]):
            lines.add(first["line"])
    return lines


def latest_decisions(child: str, sent: Return) -> dt.date | None:
    """The latest decision on adoption."""
    dates = [row["DATE_PLACED"] for row in sent.of("placed_for_adoption", child)]
    return max((day for day in dates if day), default=None)


def after_care(row: Row, sent: Return) -> bool:
    """117."""
    closing = [e for e in sent.of("episodes", row["CHILD"]) if e["DECOM"] and e["REC"] != "X1"]
    if not closing:
        return False
    last = max(closing, key=lambda e: (e["DECOM"], e["line"]))
    return any(
        before(sent.end, row[name]) or before(last["DEC"], row[name])
        for name in ("DATE_PLACED", "DATE_PLACED_CEASED")
    )


def before_care(row: Row, sent: Return) -> bool:
    """118."""
    starts = [
        e["DECOM"] for e in sent.of("episodes", row["CHILD"]) if e["DECOM"] and e["LS"] not in SHORT
    ]
    day = row["DATE_PLACED_CEASED"]
    return bool(starts) and (before(day, min(starts)) or before(day, sent.start))


def decisions_overlap(sent: Return) -> set[int]:
    """579."""
    return {
        now["line"]
        for rows in sent.in_turn("placed_for_adoption", "DATE_PLACED")
        for last, now in pairwise(rows)
        if last["DATE_PLACED_CEASED"] is None
        or before(now["DATE_PLACED"], last["DATE_PLACED_CEASED"])
    }


def adopted_in_year(child: str, sent: Return) -> list[Row]:
    """The episodes that ended with adoption in the year."""
    return [
        row
        for row in sent.of("episodes", child)
        if row["REC"] in ADOPTED and row["DEC"] and sent.start <= row["DEC"] <= sent.end
    ]


def in_care_on_birthday(row: Row, sent: Return) -> bool:
    """1007."""
    seventeen, eighteen = years_on(row["DOB"], 17), years_on(row["DOB"], 18)
    if not up_to(seventeen, sent.end) or up_to(years_on(row["DOB"], 19), sent.end):
        return False
    birthday = eighteen if up_to(eighteen, sent.end) else seventeen
    return any_of(row, OC3_ITEMS) and any(
        up_to(e["DECOM"], birthday) and (e["DEC"] is None or before(birthday, e["DEC"]))
        for e in sent.of("episodes", row["CHILD"])
    )


def workers_in_turn(sent: Return) -> set[int]:
    """SW10STG2."""
    lines = set()
    for child in {row["CHILD"] for row in sent.tables.get("sw_episodes", ())}:
        rows = sorted(
            sent.of("sw_episodes", child),
            key=lambda row: (
                row["SW_DECOM"] or dt.date.max,
                row["SW_DEC"] or dt.date.max,
                row["line"],
            ),
        )
        for last, now in pairwise(rows):
            gap = (
                abs((now["SW_DECOM"] - last["SW_DEC"]).days)
                if now["SW_DECOM"] and last["SW_DEC"]
                else None
            )
            if now["SW_REASON"] != "FCONTA" and (gap is None or gap > 7):
                lines.add(now["line"])
    return lines


def open_workers(sent: Return) -> set[int]:
    """SW08STG2."""
    lines = set()
    for child in {row["CHILD"] for row in sent.tables.get("sw_episodes", ())}:
        rows = [row for row in sent.of("sw_episodes", child) if row["SW_DECOM"]]
        rows.sort(key=lambda row: (row["SW_DECOM"], row["SW_DEC"] or dt.date.max, row["line"]))
        lines |= {row["line"] for row in rows[:-1] if row["SW_DEC"] is None}
    return lines


def has_care(row: Row, sent: Return) -> bool:
    """Whether the child has an episode that is no short break."""
    return any(e["LS"] not in SHORT for e in sent.of("episodes", row["CHILD"]))


def younger(age: int, on: str, **codes: str) -> Callable[[Row, Return], bool]:
    """Whether a code is given to a child too young for it on a date of the episode."""
    [(column, code)] = codes.items()
    return lambda row, sent: (
        row[column] == code and before(row[on], years_on(sent.born(row["CHILD"]), age))
    )


SSDA903: dict[str, Said] = {
    "213": each(
        "episodes",
        lambda e, _: (
            bool(e["PLACE_PROVIDER"]) and (e["PLACE"] in TEMPORARY | {"Z11", "Z12", "Z13", "Z14"})
        ),
    ),
    "214": each("episodes", lambda e, _: e["LS"] in SHORT and any_of(e, ("PL_POST", "URN"))),
    "365": each("episodes", lambda e, sent: e["LS"] == "V3" and lasts_longer(17)(e, sent)),
    "366": each("episodes", lambda e, _: e["LS"] == "V3" and e["RNE"] != "S"),
    "375": each("episodes", lambda e, sent: e["PLACE"] == "T1" and lasts_longer(42)(e, sent)),
    "379": each("episodes", lambda e, sent: e["PLACE"] == "T4" and lasts_longer(7)(e, sent)),
    "378": each("episodes", lambda e, _: e["PLACE"] == "P1" and e["LS"] == "V2"),
    "380": each("episodes", lambda e, _: e["PLACE"] in TEMPORARY and e["RNE"] not in {"P", "B"}),
    "381": each("episodes", lambda e, _: e["PLACE"] in TEMPORARY and e["REC"] not in {None, "X1"}),
    "382": each("episodes", lambda e, _: e["LS"] in SHORT and e["PLACE"] in TEMPORARY),
    "384": each("episodes", lambda e, _: e["LS"] in SHORT and e["PLACE"] in {"U1", "U4"}),
    "390": each("episodes", lambda e, _: e["REC"] in ADOPTED and e["PLACE"] not in ADOPTIVE),
    "392d": each(
        "episodes",
        lambda e, _: (
            bool(e["HOME_POST"]) and (e["HOME_POST"] == e["PL_POST"]) and (e["PLACE"] != "P1")
        ),
    ),
    "398": each("episodes", lambda e, _: e["LS"] in SHORT and any_of(e, ("HOME_POST", "PL_POST"))),
    "408": each("episodes", lambda e, _: e["PLACE"] in {"A5", "A6"} and e["LS"] != "E1"),
    "516": each("episodes", lambda e, _: e["REC"] in {"E45", "E46"} and e["PLACE"] not in FOSTER),
    "526": each(
        "episodes",
        lambda e, _: (
            not e["PLACE_PROVIDER"] and e["PLACE"] not in TEMPORARY | {"Z11", "Z12", "Z13", "Z14"}
        ),
    ),
    "527": each(
        "episodes", lambda e, _: e["PLACE_PROVIDER"] == "PR1" and e["PLACE"] in {"P1", "R2", "R5"}
    ),
    "550": each("episodes", lambda e, _: e["PLACE_PROVIDER"] == "PR0" and e["PLACE"] != "P1"),
    "354": each("episodes", lambda e, sent: before(sent.end, e["DECOM"])),
    "355": each("episodes", lambda e, _: bool(e["DEC"]) and e["DECOM"] == e["DEC"]),
    "356": each("episodes", lambda e, _: before(e["DEC"], e["DECOM"])),
    "358": each(
        "episodes",
        lambda e, sent: any(younger(10, "DECOM", LS=code)(e, sent) for code in ("J1", "J2", "J3")),
    ),
    "359": each(
        "episodes",
        lambda e, sent: (
            e["DEC"] is None
            and not (e["LS"] == "V2" and e["PLACE"] == "K2")
            and before(years_on(sent.born(e["CHILD"]), 18), sent.end)
        ),
    ),
    "371": each("episodes", younger(16, "DECOM", PLACE="K3")),
    "372": each("episodes", younger(10, "DECOM", PLACE="R5")),
    "389": each("episodes", younger(16, "DEC", REC="E7")),
    "460": each("episodes", younger(18, "DEC", REC="E17")),
    "407": each(
        "episodes",
        lambda e, sent: (
            e["REC"] in {"E45", "E46", "E47", "E48"}
            and before(years_on(sent.born(e["CHILD"]), 18), e["DEC"])
        ),
    ),
    "361": chains("L1", 3, summed=False),
    "362": chains("L2", 21, summed=False),
    "363": chains("L3", 7, summed=True),
    "367": short_break_days,
    "377": repeated("episodes", "PLACE", "T3", 2),
    "501": pairs(lambda last, now, _: before(now["DECOM"], last["DEC"])),
    "431": pairs(lambda last, now, _: now["RNE"] == "S" and up_to(now["DECOM"], last["DEC"])),
    "434": pairs(
        lambda last, now, _: (
            now["RNE"] == "L"
            and ((now["LS"] is not None and now["LS"] == last["LS"]) or not same_place(last, now))
        )
    ),
    "435": pairs(
        lambda last, now, _: (
            now["RNE"] in {"P", "T"}
            and (
                now["LS"] is None
                or last["LS"] is None
                or now["LS"] != last["LS"]
                or same_place(last, now)
            )
        )
    ),
    "436": pairs(
        lambda last, now, _: (
            now["RNE"] in {"U", "B"} and (now["LS"] == last["LS"] or same_place(last, now))
        )
    ),
    "504": pairs(
        lambda last, now, _: (
            last["REC"] == "X1"
            and now["DECOM"] is not None
            and (last["DEC"] == now["DECOM"])
            and (now["CIN"] is None or last["CIN"] is None or now["CIN"] != last["CIN"])
        )
    ),
    "336": pairs(
        lambda last, now, _: now["PLACE"] in {"A3", "A5"} and last["PLACE"] not in FOSTER | ADOPTIVE
    ),
    "502": not_carried_over,
    "503A": carried_over("RNE"),
    "503B": carried_over("LS"),
    "503E": carried_over("PLACE_PROVIDER"),
    "562": unknown_before,
    "NoE": each(
        "episodes",
        lambda e, sent: (
            before(e["DECOM"], sent.start) and not sent.of("last_year_episodes", e["CHILD"])
        ),
    ),
    "117": each("placed_for_adoption", after_care),
    "118": each("placed_for_adoption", before_care),
    "151": each(
        "ad1",
        lambda a, _: any_of(a, AD1_ITEMS) and any(a[name] is None for name in AD1_ITEMS),
    ),
    "331": each(
        "ad1",
        lambda a, sent: any(
            e["REC"] in ADOPTED and before(e["DECOM"], a["DATE_MATCH"])
            for e in sent.of("episodes", a["CHILD"])
        ),
    ),
    "521": each(
        "ad1",
        lambda a, sent: any(
            e["PLACE"] in ADOPTIVE and before(e["DECOM"], a["DATE_INT"])
            for e in sent.of("episodes", a["CHILD"])
        ),
    ),
    "551": each(
        "episodes",
        lambda e, sent: (
            e["PLACE"] in ADOPTIVE
            and not (
                sent.of("placed_for_adoption", e["CHILD"])
                and all(p["DATE_PLACED"] for p in sent.of("placed_for_adoption", e["CHILD"]))
            )
        ),
    ),
    "552": each(
        "placed_for_adoption",
        lambda p, sent: (
            p["DATE_PLACED"] is not None
            and p["DATE_PLACED"] == latest_decisions(p["CHILD"], sent)
            and any(
                e["PLACE"] in ADOPTIVE and before(e["DECOM"], p["DATE_PLACED"])
                for e in sent.of("episodes", p["CHILD"])
            )
        ),
    ),
    "579": decisions_overlap,
    "601": each(
        "episodes",
        lambda e, sent: (
            e in adopted_in_year(e["CHILD"], sent)
            and not any(
                all(a[name] is not None for name in AD1_ITEMS) for a in sent.of("ad1", e["CHILD"])
            )
        ),
    ),
    "602": each(
        "ad1",
        lambda a, sent: any_of(a, AD1_ITEMS) and not adopted_in_year(a["CHILD"], sent),
    ),
    "157": each(
        "oc2",
        lambda o, sent: (
            all_year(o["CHILD"], sent)
            and up_to(years_on(o["DOB"], 4), sent.start)
            and up_to(sent.end, years_on(o["DOB"], 16))
            and o["SDQ_SCORE"] is None
            and o["SDQ_REASON"] == "SDQ1"
        ),
    ),
    "185": each(
        "oc2", lambda o, sent: o["SDQ_SCORE"] is not None and not all_year(o["CHILD"], sent)
    ),
    "186": each(
        "oc2",
        lambda o, sent: (
            all_year(o["CHILD"], sent)
            and up_to(years_on(o["DOB"], 4), sent.start)
            and before(sent.end, years_on(o["DOB"], 17))
            and not any_of(o, ("SDQ_SCORE", "SDQ_REASON"))
        ),
    ),
    "190": each("oc2", lambda o, sent: any_of(o, HEALTH) and not all_year(o["CHILD"], sent)),
    "191-oc2": each(
        "oc2",
        lambda o, sent: all_year(o["CHILD"], sent) and any(o[name] is None for name in CORE_HEALTH),
    ),
    "193": each(
        "oc2",
        lambda o, _: (
            o["SUBSTANCE_MISUSE"] in {None, "0"}
            and any_of(o, ("INTERVENTION_RECEIVED", "INTERVENTION_OFFERED"))
        ),
    ),
    "543": each(
        "oc2",
        lambda o, sent: (
            all_year(o["CHILD"], sent)
            and before(years_on(o["DOB"], 10), sent.end)
            and o["CONVICTED"] is None
        ),
    ),
    "546": each(
        "oc2",
        lambda o, sent: (
            all_year(o["CHILD"], sent)
            and up_to(years_on(o["DOB"], 5), sent.end)
            and o["HEALTH_CHECK"] is not None
        ),
    ),
    "153": each(
        "oc3", lambda o, _: any_of(o, OC3_ITEMS) and any(o[name] is None for name in OC3_ITEMS)
    ),
    "344": each(
        "oc3",
        lambda o, _: (
            o["IN_TOUCH"] in {"DIED", "RHOM"} and not (o["ACTIV"] == "0" and o["ACCOM"] == "0")
        ),
    ),
    "1007": each("oc3", in_care_on_birthday),
    "1002": each(
        "oc3",
        lambda o, sent: (
            not sent.of("episodes", o["CHILD"]) and not sent.of("last_year_episodes", o["CHILD"])
        ),
    ),
    "571": each(
        "missing",
        lambda m, sent: bool(m["MIS_END"]) and not sent.start <= m["MIS_END"] <= sent.end,
    ),
    "575": each(
        "missing",
        lambda m, sent: (
            m["MIS_END"] is None
            and any(
                up_to(e["DECOM"], m["MIS_START"]) and up_to(m["MIS_START"], e["DEC"])
                for e in sent.of("episodes", m["CHILD"])
            )
        ),
    ),
    "577": each("missing", missing_outside),
    "578": each(
        "missing",
        lambda m, sent: (
            bool(m["MIS_START"] and periods_of_care(m["CHILD"], sent))
            and not any(
                first <= m["MIS_START"] and not before(last, m["MIS_START"])
                for first, last in periods_of_care(m["CHILD"], sent)
            )
        ),
    ),
    "581": each(
        "missing",
        lambda m, sent: (
            bool(sent.of("episodes", m["CHILD"]))
            and not any(
                up_to(e["DECOM"], m["MIS_START"])
                and (e["DEC"] is None or up_to(m["MIS_START"], e["DEC"]))
                for e in sent.of("episodes", m["CHILD"])
            )
        ),
    ),
    "586": each("missing", lambda m, _: up_to(m["MIS_START"], m["DOB"])),
    "393": each(
        "header",
        lambda h, sent: h["SEX"] == "F" and h["MOTHER"] is None and has_care(h, sent),
    ),
    "442": each("header", lambda h, sent: h["UPN"] is None and has_care(h, sent)),
    "612": each(
        "header",
        lambda h, _: h["SEX"] == "F" and bool(h["MC_DOB"]) and h["MOTHER"] in {None, "0"},
    ),
    "621": each("header", lambda h, _: bool(h["MC_DOB"]) and not before(h["DOB"], h["MC_DOB"])),
    "SW08STG2": open_workers,
    "SW10STG2": workers_in_turn,
}
"""Rule, by its id without the catalogue's name, to what must fail in a return of 2025/26."""


def same_case(one: Row, other: Row) -> bool:
    """Whether both hang on one referral of a child."""
    return bool(
        one["LAchildID"] == other["LAchildID"]
        and one["referral_sequence"] == other["referral_sequence"]
    )


def in_case(sent: Return, table: str, row: Row) -> list[Row]:
    """The rows of a table in the same case."""
    return [other for other in sent.tables.get(table, ()) if same_case(row, other)]


def runs_into(sent: Return, start: str, end: str, one: Row, other: Row) -> bool:
    """Whether one starts while the other runs, both days included."""
    return up_to(other[start], one[start]) and up_to(one[start], other[end] or sent.end)


def overlapping(table: str, start: str, end: str, number: str, *, in_one_case: bool) -> Said:
    """Rows that run at once with another of the child."""

    def said(sent: Return) -> set[int]:
        lines = set()
        for row in sent.tables.get(table, ()):
            for other in sent.of(table, row["LAchildID"]):
                apart = not same_case(row, other) if in_one_case else False
                itself = same_case(row, other) and row[number] == other[number]
                if apart or itself:
                    continue
                if runs_into(sent, start, end, row, other) or runs_into(
                    sent, start, end, other, row
                ):
                    lines.add(row["line"])
        return lines

    return said


def outside_year(table: str, column: str) -> Said:
    """A date outside the census year."""
    return each(
        table, lambda row, sent: bool(row[column]) and not sent.start <= row[column] <= sent.end
    )


def several_open(table: str, column: str, *, in_one_case: bool) -> Said:
    """More than one row without an end."""

    def said(sent: Return) -> set[int]:
        rows = [row for row in sent.tables.get(table, ()) if row[column] is None]
        return {
            row["line"]
            for row in rows
            if sum(
                same_case(row, other) if in_one_case else row["LAchildID"] == other["LAchildID"]
                for other in rows
            )
            > 1
        }

    return said


def cases_overlap(sent: Return) -> set[int]:
    """8820."""

    def into(later: Row, earlier: Row) -> bool:
        day, closed = later["CINreferralDate"], earlier["CINclosureDate"]
        if not up_to(earlier["CINreferralDate"], day):
            return False
        if closed:
            return bool(day < closed)
        return earlier["ReferralNFA"] is False and day < sent.end

    return {
        row["line"]
        for row in sent.tables["cin"]
        for other in sent.of("cin", row["LAchildID"])
        if other["referral_sequence"] != row["referral_sequence"]
        and (into(row, other) or into(other, row))
    }


def no_conference_on_the_day(row: Row, sent: Return) -> bool:
    """2885."""
    day = row["CPPstartDate"]
    if not day or not sent.start <= day <= sent.end:
        return False
    due = [s for s in in_case(sent, "section47", row) if s["ICPCnotRequired"] is not True]
    where = due or in_case(sent, "cin", row)
    return all(other["DateOfInitialCPC"] != day for other in where)


def late_work(row: Row, sent: Return) -> bool:
    """8565."""
    closed = row["CINclosureDate"]
    dates = [row["DateOfInitialCPC"]]
    dates += [a["AssessmentActualStartDate"] for a in in_case(sent, "assessment", row)]
    dates += [a["AssessmentAuthorisationDate"] for a in in_case(sent, "assessment", row)]
    dates += [s["S47ActualStartDate"] for s in in_case(sent, "section47", row)]
    dates += [s["DateOfInitialCPC"] for s in in_case(sent, "section47", row)]
    dates += [p["CPPendDate"] for p in in_case(sent, "cpp", row)]
    dates += [p["CINPlanStartDate"] for p in in_case(sent, "cin_plan", row)]
    dates += [p["CINPlanEndDate"] for p in in_case(sent, "cin_plan", row)]
    return any(before(closed, day) for day in dates)


def after_death(table: str, column: str) -> Said:
    """A date after the child died."""
    return each(
        table,
        lambda row, sent: any(
            before(child["PersonDeathDate"], row[column])
            for child in sent.of("child", row["LAchildID"])
        ),
    )


def before_referral(table: str, column: str) -> Said:
    """A date before the referral of its own case."""
    return each(
        table,
        lambda row, sent: any(
            before(row[column], case["CINreferralDate"]) for case in in_case(sent, "cin", row)
        ),
    )


CIN_CENSUS: dict[str, Said] = {
    "1103": before_referral("assessment", "AssessmentActualStartDate"),
    "1104": before_referral("section47", "DateOfInitialCPC"),
    "1105": before_referral("cpp", "CPPstartDate"),
    "2885": each("cpp", no_conference_on_the_day),
    "4001": each(
        "cin_plan",
        lambda p, sent: (
            bool(p["CINPlanStartDate"])
            and p["CINPlanEndDate"] is None
            and any(c["CPPendDate"] is None for c in in_case(sent, "cpp", p))
        ),
    ),
    "4004": several_open("cin_plan", "CINPlanEndDate", in_one_case=True),
    "4008": after_death("cin_plan", "CINPlanStartDate"),
    "4013": outside_year("cin_plan", "CINPlanEndDate"),
    "4014": overlapping(
        "cin_plan", "CINPlanStartDate", "CINPlanEndDate", "plan_sequence", in_one_case=False
    ),
    "8565": each("cin", late_work),
    "8568": each("cin", lambda c, _: c["ReferralNFA"] is None),
    "8620": outside_year("cin", "CINclosureDate"),
    "8630": each("cin", lambda c, _: before(c["CINclosureDate"], c["CINreferralDate"])),
    "8736": each(
        "assessment",
        lambda a, sent: (
            a["AssessmentAuthorisationDate"] is None
            and not (
                a["AssessmentActualStartDate"]
                and sent.start <= a["AssessmentActualStartDate"] <= sent.end
            )
        ),
    ),
    "8820": cases_overlap,
    "8825Q": each(
        "cin",
        lambda c, sent: (
            c["ReasonForClosure"] in {"RC8", "RC9"} and not in_case(sent, "assessment", c)
        ),
    ),
    "8863Q": overlapping(
        "assessment",
        "AssessmentActualStartDate",
        "AssessmentAuthorisationDate",
        "assessment_sequence",
        in_one_case=True,
    ),
    "8867": each(
        "assessment",
        lambda a, sent: (
            a["AssessmentAuthorisationDate"] is None
            and any(c["CINclosureDate"] for c in in_case(sent, "cin", a))
        ),
    ),
    "8875": each(
        "section47",
        lambda s, _: bool(s["DateOfInitialCPC"]) and s["DateOfInitialCPC"].weekday() > 4,
    ),
    "8896": several_open("assessment", "AssessmentAuthorisationDate", in_one_case=True),
    "8915": after_death("cpp", "CPPstartDate"),
    "8935": several_open("cpp", "CPPendDate", in_one_case=False),
    "8940": overlapping("cpp", "CPPstartDate", "CPPendDate", "plan_sequence", in_one_case=False),
}
"""Likewise for a children in need census of 2025/26."""
