"""Faults in the children in need census, one child each.

Conditions are elements the child must have (``CINdetails/Section47``), must not have (a ``!``
before them) or must have with a value (``...=0``). Only children with a single case are taken.
"""

import copy
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from demo.calendar import ReportingYear
from demo.faults.planted import Planted, edits, fault_table, value_of
from demo.returns import xml_message

_DATES = "%Y-%m-%d"
_MARK = "planted"
_MARKED = re.compile(rb' planted="(\w+)"')
_RETURN = "cin_census"


def plant_census(
    landing_dir: Path, la_code: str, year: ReportingYear, rng: random.Random
) -> Iterator[Planted]:
    """Plant the faults of the census of one year; none where no census was sent."""
    file = f"{_RETURN}/{la_code}/{year.folder}/cin_census.xml"
    path = landing_dir / file
    if not path.exists():
        return
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own file
    children = root.find("Children")
    if children is None:
        raise ValueError(f"{file} has no children")
    faults = fault_table("cin_census.csv")
    keys = _plant(children, faults, year, rng)
    text = xml_message(root)
    found = {
        mark[1].decode(): number
        for number, line in enumerate(text.split(b"\n"), start=1)
        if (mark := _MARKED.search(line))
    }
    path.write_bytes(_MARKED.sub(b"", text))
    for fault in faults:
        if fault["fault"] in keys:
            yield Planted(
                fault=fault["fault"],
                kind=fault["kind"],
                level="record",
                rules=fault["rules"],
                return_name=_RETURN,
                table=_table(fault),
                la_code=la_code,
                period_label=year.folder.replace("-", "/"),
                file=file,
                line=str(found[fault["fault"]]),
                key=keys[fault["fault"]],
                columns=";".join(path.rpartition("/")[2] for path, _ in edits(fault["edit"])),
                description=fault["description"],
            )


def _table(fault: dict[str, str]) -> str:
    return fault["table"].rpartition("/")[2].replace(".", "Child")


def _plant(
    children: ET.Element, faults: Sequence[dict[str, str]], year: ReportingYear, rng: random.Random
) -> dict[str, str]:
    """Plant each fault in a child of its own, those first that fewest children can have."""
    everyone = [child for child in children if len(child.findall("CINdetails")) == 1]
    could = {
        fault["fault"]: [child for child in everyone if _may_have(child, fault)] for fault in faults
    }
    used: set[int] = set()
    keys: dict[str, str] = {}
    for fault in sorted(faults, key=lambda fault: len(could[fault["fault"]])):
        free = [child for child in could[fault["fault"]] if id(child) not in used]
        if len(free) < (2 if "#other" in fault["edit"] else 1):
            continue
        child = rng.choice(free)
        used.add(id(child))
        keys[fault["fault"]] = _text(child, "ChildIdentifiers/LAchildID")
        _plant_one(children, child, fault, year, _others(free, used, rng))
    return keys


def _others(free: Sequence[ET.Element], used: set[int], rng: random.Random) -> ET.Element | None:
    """Another child without a fault, whose values can be repeated."""
    rest = [child for child in free if id(child) not in used]
    return rng.choice(rest) if rest else None


def _may_have(child: ET.Element, fault: dict[str, str]) -> bool:
    return all(_holds(child, condition) for condition in fault["where"].split())


def _holds(child: ET.Element, condition: str) -> bool:
    path, equals, value = condition.removeprefix("!").partition("=")
    found = child.findall(path)
    if condition.startswith("!"):
        return not found
    return bool(found) and (not equals or found[0].text == value)


def _text(child: ET.Element, path: str) -> str:
    return child.findtext(path) or ""


def _plant_one(
    children: ET.Element,
    child: ET.Element,
    fault: dict[str, str],
    year: ReportingYear,
    other: ET.Element | None,
) -> None:
    """Change one child as the fault says, and mark the record it is in."""
    values = [
        (
            path,
            value_of(
                text,
                partial(_text, child),
                partial(_text, child if other is None else other, path),
                year,
                _DATES,
            ),
        )
        for path, text in edits(fault["edit"])
    ]
    operation, _, source = fault["op"].partition(":")
    if operation == "copy":
        marked = _copied(children, child, source or fault["table"])
    for path, value in values:
        _change(child, path, value)
    if operation != "copy" or fault["edit"] or (source and source != "."):
        marked = child if fault["table"] == "." else _found(child, fault["table"])
    marked.set(_MARK, fault["fault"])


def _found(child: ET.Element, path: str) -> ET.Element:
    element = child.find(path)
    if element is None:
        raise ValueError(f"a child with a planted fault has no {path}")
    return element


def _copied(children: ET.Element, child: ET.Element, path: str) -> ET.Element:
    """Put a copy of an element behind it."""
    if path == ".":
        parent, element = children, child
    else:
        parent = _found(child, path.rpartition("/")[0] or ".")
        element = _found(child, path)
    repeated = copy.deepcopy(element)
    parent.insert(list(parent).index(element) + 1, repeated)
    return repeated


def _change(child: ET.Element, path: str, value: str) -> None:
    """Give an element another text, or take it away for a blank."""
    element = _found(child, path)
    if value:
        element.text = value
    else:
        _found(child, path.rpartition("/")[0] or ".").remove(element)
