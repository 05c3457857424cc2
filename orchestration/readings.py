"""The open definitions of indicators: which there are, and which figures rest on them.

What belongs here: reading them from the project and following a population back to them. What
does not: what they do, which is in the models that ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from orchestration.dbt import DBT_PROJECT_DIR

ASKED_FOR = re.compile(r"reading\(\s*['\"](\w+)['\"]")


@dataclass(frozen=True)
class Reading:
    """An open definition.

    Attributes:
        name: Its name, which is also the dbt variable that sets it.
        default: The reading taken where nobody sets another.
        others: Other readings worth trying.
        why: What is open, and why the default was taken.
    """

    name: str
    default: bool | int | str
    others: tuple[bool | int | str, ...]
    why: str


def known_readings() -> dict[str, Reading]:
    """Every open definition by name, in the order the project lists them."""
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return {
        name: Reading(name, one["default"], tuple(one["others"]), one["why"])
        for name, one in project["vars"]["pier"]["readings"].items()
    }


def readings_behind(manifest: Mapping[str, Any], model: str) -> list[Reading]:
    """The open definitions a model rests on, through all the models and macros before it.

    Args:
        manifest: dbt's manifest.
        model: The model's name, as ``pop_care_starters``.
    """
    nodes, macros = manifest["nodes"], manifest["macros"]
    asked: set[str] = set()
    seen: set[str] = set()
    waiting = [f"model.pier.{model}"]
    while waiting:
        unique_id = waiting.pop()
        if unique_id in seen or unique_id not in nodes:
            continue
        seen.add(unique_id)
        node = nodes[unique_id]
        asked.update(ASKED_FOR.findall(node["raw_code"]))
        asked.update(_asked_by_macros(macros, node["depends_on"].get("macros", ())))
        waiting.extend(node["depends_on"].get("nodes", ()))
    return [reading for name, reading in known_readings().items() if name in asked]


def _asked_by_macros(macros: Mapping[str, Any], names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if name.startswith("macro.pier."):
            yield from ASKED_FOR.findall(macros[name]["macro_sql"])
