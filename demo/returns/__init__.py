"""What is returned or published about the borough: one module a family of files.

Every module has ``files``, which yields the path of each file below the landing zone and its bytes.
"""

import csv
import datetime as dt
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from xml.sax.saxutils import escape, quoteattr

File = tuple[str, bytes]
"""A file's path below the landing zone, and what it holds."""


def csv_file(path: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> File:
    """A comma-separated file as council systems write it: UTF-8, lines ended by CR LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return path, text.getvalue().encode("utf-8")


@cache
def day_text(day: dt.date | None) -> str:
    """A day as the local feeds write it, day first; nothing for no day."""
    return "" if day is None else f"{day:%d/%m/%Y}"


def known_by(day: dt.date | None, last_day: dt.date) -> dt.date | None:
    """A day if it had come when the return was made."""
    return day if day is not None and day <= last_day else None


def xml_message(root: ET.Element) -> bytes:
    """An XML message, a line for each element, indented by two blanks.

    As ``ElementTree.indent`` and ``tostring`` would write it, in a third of the time; text beside
    child elements, which no return has, is left out.
    """
    declaration = "<?xml version='1.0' encoding='utf-8'?>"
    lines = [declaration]
    _add_lines(lines.append, root, "")
    lines.append("")
    return "\n".join(lines).encode()


def _add_lines(add: Callable[[str], None], element: ET.Element, margin: str) -> None:
    tag = element.tag
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.items())
    if len(element):
        add(f"{margin}<{tag}{attributes}>")
        deeper = margin + "  "
        for child in element:
            text = child.text
            if not text or len(child) or child.attrib:
                _add_lines(add, child, deeper)
            else:
                add(f"{deeper}<{child.tag}>{_escaped(text)}</{child.tag}>")
        add(f"{margin}</{tag}>")
    elif element.text:
        add(f"{margin}<{tag}{attributes}>{_escaped(element.text)}</{tag}>")
    else:
        add(f"{margin}<{tag}{attributes} />")


def _escaped(text: str) -> str:
    """Escape what needs it; days and codes, most of a message, do not."""
    return text if text.isalnum() else escape(text)
