"""Reads the demo borough's children in need census, and counts working days by itself."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

CENSUS_YEARS = tuple(range(2009, 2019))
# Bank holidays that fall on weekdays while the assessments of these years lasted.
HOLIDAYS = {
    dt.date(int(year), int(day[:2]), int(day[3:]))
    for year, days in {
        "2007": "01-01 04-06 04-09 05-07 05-28 08-27 12-25 12-26",
        "2008": "01-01 03-21 03-24 05-05 05-26 08-25 12-25 12-26",
        "2009": "01-01 04-10 04-13 05-04 05-25 08-31 12-25 12-28",
        "2010": "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
        "2011": "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
        "2012": "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
        "2013": "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
        "2014": "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        "2015": "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        "2016": "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
        "2017": "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
        "2018": "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    }.items()
    for day in days.split()
}


@dataclass(frozen=True)
class Child:
    """One child of a message."""

    child_id: str
    born: dt.date
    element: etree._Element

    def cases(self) -> list[etree._Element]:
        return self.element.findall("CINdetails")


def day(element: etree._Element, path: str) -> dt.date | None:
    text = element.findtext(path)
    return dt.date.fromisoformat(text) if text else None


def must(element: etree._Element, path: str) -> dt.date:
    found = day(element, path)
    assert found is not None, path
    return found


def within(when: dt.date | None, year: int) -> bool:
    return when is not None and dt.date(year - 1, 4, 1) <= when <= dt.date(year, 3, 31)


def working_days(start: dt.date, end: dt.date) -> int:
    """Working days after the first day up to the last: the first is day 0."""
    days = (start + dt.timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(one.weekday() < 5 and one not in HOLIDAYS for one in days)


def plans(census: dict[int, list[Child]], year: int) -> list[etree._Element]:
    return [plan for child in census[year] for plan in child.element.iter("ChildProtectionPlans")]


def read_census(landing: Path) -> dict[int, list[Child]]:
    messages = {}
    for year in CENSUS_YEARS:
        folder = f"{year - 1}-{year % 100:02d}"
        path = landing / f"cin_census/882/{folder}/cin_census.xml"
        root = etree.parse(path).getroot()
        assert root.findtext("Header/CollectionDetails/ReferenceDate") == f"{year}-03-31"
        messages[year] = [
            Child(
                child.findtext("ChildIdentifiers/LAchildID"),
                must(child, "ChildIdentifiers/PersonBirthDate"),
                child,
            )
            for child in root.iterfind("Children/Child")
        ]
    return messages
