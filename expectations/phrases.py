"""Phrases: pieces of SQL a catalogue writes once and its rules use by name.

What belongs here: filling names into texts, and spelling phrases out. What does not: what the
SQL means (``checks``) and where phrases stand in a file (``catalogue``).

``same_child(other): "{other}.child_id = record.child_id"`` lets a rule write
``$same_child(header)``. Phrases may use phrases, and so may arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SIGNATURE = re.compile(r"(\w+)\(([\w, ]*)\)")
_USE = re.compile(r"\$(\w+)\(")
_MOST_USES = 1000


class PhraseError(ValueError):
    """A phrase that is not well formed, not known, or given the wrong number of arguments."""


@dataclass(frozen=True)
class Phrase:
    """A piece of SQL with places for its parameters, as ``{name}``."""

    name: str
    parameters: tuple[str, ...]
    sql: str


def read_phrase(signature: str, sql: Any) -> Phrase:
    """Read ``name(parameters): SQL``.

    Raises:
        PhraseError: The signature or the SQL is not well formed.
    """
    match = _SIGNATURE.fullmatch(signature)
    if match is None or not isinstance(sql, str):
        raise PhraseError(f"'{signature}' is not written as name(parameters), with its SQL.")
    parameters = tuple(name for name in re.split(r"[, ]+", match[2]) if name)
    return Phrase(match[1], parameters, sql.strip())


def spelt_out(value: Any, phrases: Mapping[str, Phrase]) -> Any:
    """Put the SQL of phrases in the place of their uses, in every text of a YAML value.

    Raises:
        PhraseError: A phrase is not known or has other parameters.
    """
    if isinstance(value, str):
        return _spelt_out(value, phrases)
    if isinstance(value, dict):
        return {name: spelt_out(member, phrases) for name, member in value.items()}
    if isinstance(value, list):
        return [spelt_out(member, phrases) for member in value]
    return value


def _spelt_out(text: str, phrases: Mapping[str, Phrase]) -> str:
    for _ in range(_MOST_USES):
        use = _USE.search(text)
        if use is None:
            return text
        arguments, end = _arguments(text, use.end())
        text = text[: use.start()] + _one(use[1], arguments, phrases) + text[end:]
    raise PhraseError("its phrases use each other without end.")


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments from behind an opening bracket, and where the closing one ends."""
    arguments = [""]
    depth = 1
    for position in range(start, len(text)):
        letter = text[position]
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            given = [argument.strip() for argument in arguments]
            return ([] if given == [""] else given), position + 1
        if letter == "," and depth == 1:
            arguments.append("")
        else:
            arguments[-1] += letter
    raise PhraseError("a phrase has no closing bracket.")


def _one(name: str, arguments: list[str], phrases: Mapping[str, Phrase]) -> str:
    if name not in phrases:
        raise PhraseError(f"phrase '{name}' is not one of {', '.join(phrases) or 'none'}.")
    phrase = phrases[name]
    if len(arguments) != len(phrase.parameters):
        raise PhraseError(f"phrase '{name}' takes {len(phrase.parameters)} arguments.")
    return filled(phrase.sql, dict(zip(phrase.parameters, arguments, strict=True)))


def filled(text: str, names: Mapping[str, str | None]) -> str:
    """Put names in the places ``{name}`` of a text; other braces stay as they are."""
    for name, value in names.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def fill_all(value: Any, names: Mapping[str, str | None]) -> Any:
    """``filled`` for every text of a YAML value."""
    if isinstance(value, str):
        return filled(value, names)
    if isinstance(value, dict):
        return {name: fill_all(member, names) for name, member in value.items()}
    if isinstance(value, list):
        return [fill_all(member, names) for member in value]
    return value
