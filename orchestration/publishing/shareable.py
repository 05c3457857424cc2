"""Which marts may leave the restricted warehouse: read from dbt's manifest, and from nowhere else.

A mart is published when its YAML says so (``meta: {publish: whole}`` or ``suppressed``). A mart
that says nothing is restricted, so forgetting the line withholds and never leaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REVISIONS_TABLE = "figure_revisions"
PUBLICATION_TABLE = "meta_publication"
_MADE_AT_PUBLISHING = frozenset({REVISIONS_TABLE, PUBLICATION_TABLE})

COLUMNS_THAT_NAME_A_CHILD = frozenset({"child", "child_id", "member_id", "upn", "uln", "dob"})
"""Guard against a mistaken ``publish:`` line: no mart with one of these columns leaves."""


class PublishingError(RuntimeError):
    """Nothing was published; the publication in force stays. The message says what to mend."""


@dataclass(frozen=True)
class ShareableMart:
    """One mart that may leave the warehouse.

    Attributes:
        name: Its name in the publication.
        schema: Schema of the warehouse it is copied from.
        relation: Table of that schema.
        description: What one row is, as dbt describes the mart.
        columns: Column names and their descriptions, in the contract's order.
    """

    name: str
    schema: str
    relation: str
    description: str
    columns: Mapping[str, str]


def published_marts(manifest: Mapping[str, Any]) -> tuple[ShareableMart, ...]:
    """The marts dbt's manifest marks for publication, by name.

    A mart published ``whole`` is copied as it stands; one published ``suppressed`` is copied
    from the model ``published__<mart>``, which withholds small numbers.

    Args:
        manifest: dbt's ``manifest.json``, parsed.

    Raises:
        PublishingError: A mart's ``publish`` is not known, a suppressed mart has no model that
            withholds, or a mart's columns name a child.
    """
    nodes = manifest["nodes"].values()
    models = {node["name"]: node for node in nodes if node["resource_type"] == "model"}
    marts = []
    for name, model in sorted(models.items()):
        if "marts" not in model["fqn"][:-1]:
            continue
        publish = _publish_line(model)
        if publish is not None:
            marts.append(_shareable(name, publish, models))
    return tuple(marts)


def _publish_line(model: Mapping[str, Any]) -> str | None:
    """The mart's ``publish`` value: dbt keeps it in the model's config and, merged, in its meta."""
    meta = {**model.get("meta", {}), **model.get("config", {}).get("meta", {})}
    publish: str | None = meta.get("publish")
    return publish


def _shareable(name: str, publish: str, models: Mapping[str, Mapping[str, Any]]) -> ShareableMart:
    if name in _MADE_AT_PUBLISHING:
        raise PublishingError(f"{name} is made when publishing: no mart can have that name.")
    if publish == "whole":
        source = models[name]
    elif publish == "suppressed":
        if f"published__{name}" not in models:
            raise PublishingError(
                f"{name} says publish: suppressed, but there is no model published__{name} "
                "that withholds its small numbers."
            )
        source = models[f"published__{name}"]
    else:
        raise PublishingError(
            f"{name} says publish: {publish}. Known: whole, suppressed, or no line at all."
        )
    columns = {column["name"]: column["description"] for column in source["columns"].values()}
    naming = sorted(COLUMNS_THAT_NAME_A_CHILD & {column.lower() for column in columns})
    if naming or not columns:
        raise PublishingError(
            f"{name} is marked for publication, but "
            + (f"its column {naming[0]} names a child." if naming else "describes no column.")
        )
    return ShareableMart(
        name=name,
        schema=source["schema"],
        relation=source.get("alias") or source["name"],
        description=models[name]["description"],
        columns=columns,
    )
