"""Plain XML taken apart a block at a time, with arrays in place of an object for each element.

Most returns are plain: UTF-8, nothing but elements and text, no attributes but the root's.
Looking at all their tags at once is many times faster than lxml, which knows all of XML and
reads the others. What is plain is judged strictly, as a small part of what is well-formed:
whatever is in doubt, and whatever is broken, is left to lxml to read or to refuse. Both give
the same rows. Not here: which paths lead to a column (``xml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.landing.readers.ahead import ahead

_BLOCK_BYTES = 2 * 1024**2
_RECORD_BYTES = 16 * 1024**2
_HEAD_BYTES = 2048
_LEVELS = 250
"""Deeper nesting is left to lxml, which refuses it."""
_NAMES = 30_000
"""More names in a block than are numbered in 16 bits, which sort fastest, are no return's."""
_LESS, _MORE, _SLASH, _NEWLINE, _TAB, _SPACE = b"<>/\n\t "
_BLANKS = b" \t\n"
_ASCII = 128
_TAG = re.compile(r"/?([A-Za-z_][A-Za-z0-9_.-]*)[ \t\n]*|([A-Za-z_][A-Za-z0-9_.-]*)[ \t\n]*/")
_ROOT = re.compile(rb"\s*<([A-Za-z_][A-Za-z0-9_.-]*)(?:\s[^<>]*)?(?<!/)>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""U+FFFE and U+FFFF, which XML forbids and UTF-8 does not."""

Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class NotPlainError(Exception):
    """The file needs a reader that knows all of XML, if it is XML at all."""


def _require(condition: object) -> None:
    if not condition:
        raise NotPlainError


def blocks(path: Path, tags: Sequence[str]) -> Iterator[Block]:
    """Give a plain file in blocks that end where a record does, the next one built meanwhile.

    Args:
        path: The file.
        tags: Elements that hold a whole record.

    Raises:
        NotPlainError: It is not plain, which may show only after some blocks.
    """
    return ahead(_build(path, tags))


def _build(path: Path, tags: Sequence[str]) -> Iterator[Block]:
    with path.open("rb") as file:
        head, root = _plain_head(file.read(_HEAD_BYTES))
    _require(root not in tags)
    line, open_names = 1 + head.count(b"\n"), [root]
    for data in _cut(path, len(head), [f"</{tag}>".encode() for tag in tags]):
        _require_plain_text(data)
        block = Block(data, tags, line, open_names)
        yield block
        line += block.line_breaks
        open_names = block.open_after
    _require(not open_names)


def _plain_head(start: bytes) -> tuple[bytes, str]:
    """Give what stands before the first child of the root, and the root's name.

    The XML declaration and the root's attributes are the only parts for which the grammar
    below is too small, so expat looks at them.
    """
    declaration = re.match(rb"(?:\xef\xbb\xbf)?(?:\s*<\?xml\s[^?]*\?>)?", start)
    before = declaration[0] if declaration else b""
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", before)
    _require(encoding is None or encoding[1].lower() in (b"utf-8", b"utf8"))
    root = _ROOT.match(start, len(before))
    if root is None or b"xmlns:" in root[0]:
        raise NotPlainError
    head = start[: root.end()]
    try:
        expat.ParserCreate().Parse(head + b"</" + root[1] + b">", True)
    except expat.ExpatError as error:
        raise NotPlainError from error
    return head, root[1].decode()


def _cut(path: Path, begin: int, ends: Sequence[bytes]) -> Iterator[bytes]:
    """Cut a file behind the last whole record of every block; the end may hold none."""
    left = b""
    with path.open("rb") as file:
        file.seek(begin)
        while data := file.read(_BLOCK_BYTES):
            left += data
            _require(len(left) <= _BLOCK_BYTES + _RECORD_BYTES)
            cut = max(
                (place + len(end) for end in ends if (place := left.rfind(end)) >= 0), default=0
            )
            if cut:
                yield _with_line_feeds(left[:cut])
                left = left[cut:]
    yield _with_line_feeds(left)


def _with_line_feeds(data: bytes) -> bytes:
    """End lines as XML says they are to be read; one look is cheaper than replacing nothing."""
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def _require_plain_text(data: bytes) -> None:
    """Let only characters pass that XML allows, and only the five entities it always knows."""
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise NotPlainError from error
        _require(not any(character in data for character in _NO_CHARACTERS))
    if b"&" in data:
        known = sum(data.count(entity.encode()) for entity in _ENTITIES)
        _require(data.count(b"&") == known)


@dataclass(frozen=True)
class _Tags:
    """All tags of a block in their order.

    Attributes:
        name: Number of each tag's name.
        is_end: Whether it ends an element.
        is_hollow: Whether it begins and ends one.
        level: Elements around the one it begins or ends.
    """

    name: Indices
    is_end: Flags
    is_hollow: Flags
    level: Indices

    def still_open(self, open_before: Sequence[int]) -> list[int]:
        """Check that every element is ended by its own name, and give those not ended yet.

        Seen level by level, begins and ends take turns. So it is enough that the tag before
        every end, on its level, bears the same name.

        Args:
            open_before: Names of the elements open where the block begins, outermost first.

        Raises:
            NotPlainError: An end without its beginning.
        """
        pairing = np.flatnonzero(~self.is_hollow)
        outer = len(open_before)
        name = np.concatenate((np.array(open_before, np.int64), self.name[pairing]))
        level = np.concatenate((np.arange(outer), self.level[pairing])).astype(np.int16)
        is_end = np.concatenate((np.zeros(outer, np.bool_), self.is_end[pairing]))
        order = np.argsort(level, kind="stable")
        name, level, is_end = name[order], level[order], is_end[order]
        same_level = np.append(False, level[1:] == level[:-1])
        is_ended = np.append(same_level[1:] & is_end[1:], False)
        ends = np.flatnonzero(is_end)
        _require(same_level[ends].all() and (name[ends] == name[ends - 1]).all())
        return [int(number) for number in name[~is_end & ~is_ended]]


class Block:
    """The elements of some whole records, numbered in the order they begin.

    Args:
        data: Text with line feeds between lines.
        tags: Elements that hold a whole record.
        line: Line of the file it begins on.
        open_names: Names of the elements it lies in, the root first.

    Attributes:
        line_breaks: How many line feeds are in it.
        open_after: Names of the elements that are open where it ends.
        names: Numbers of the elements' names.

    Raises:
        NotPlainError: More than elements and text, or not well-formed.
    """

    def __init__(
        self, data: bytes, tags: Sequence[str], line: int, open_names: Sequence[str]
    ) -> None:
        text = np.frombuffer(data, np.uint8)
        opening, closing = _brackets(text)
        self._newlines = np.flatnonzero(text == _NEWLINE)
        self.line_breaks = len(self._newlines)
        allowed = self.line_breaks + np.count_nonzero(text == _TAB)
        _require(np.count_nonzero(text < _SPACE) == allowed)
        self._strings = _strings(data, opening, closing)
        self.names = {name: number for number, name in enumerate(dict.fromkeys(open_names))}
        found = self._read_tags(text, opening, closing, len(open_names))
        by_number = list(self.names)
        still_open = found.still_open([self.names[name] for name in open_names])
        self.open_after = [by_number[number] for number in still_open]
        if not self.open_after:
            last = int(closing[-1]) + 1 if len(closing) else 0
            _require(not data[last:].strip(_BLANKS))
        self._keep_elements(found, text, opening, closing)
        self._line = line
        self._has_entities = b"&" in data
        self._find_parents(tags)
        self._scratch = np.full(len(self._name) + 1, -1)
        self._place = np.zeros(len(self._name) + 1, np.int64)

    def _read_tags(
        self, text: npt.NDArray[np.uint8], opening: Indices, closing: Indices, depth: int
    ) -> _Tags:
        is_end = text[opening + 1] == _SLASH
        is_hollow = ~is_end & (text[closing - 1] == _SLASH)
        step = np.int8(1) - np.int8(2) * is_end.view(np.int8) - is_hollow.view(np.int8)
        after = np.cumsum(step, dtype=np.int32) + np.int32(depth)
        level = after - (step > 0)
        if len(level):
            inner = level[~is_end]
            _require(level.min() >= 0 and level.max() < _LEVELS and (inner > 0).all())
        encoded = self._strings.take(pa.array(4 * np.arange(len(opening)))).dictionary_encode()
        numbers = np.array([self._number(tag) for tag in encoded.dictionary.to_pylist()], np.int64)
        _require(len(self.names) <= _NAMES)
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        name = numbers[codes] if len(numbers) else np.zeros(0, np.int64)
        return _Tags(name, is_end, is_hollow, level)

    def _number(self, tag: str) -> int:
        """Number the name in a tag."""
        match = _TAG.fullmatch(tag)
        if match is None:
            raise NotPlainError
        return self.names.setdefault(match[1] or match[2], len(self.names))

    def _keep_elements(
        self, tags: _Tags, text: npt.NDArray[np.uint8], opening: Indices, closing: Indices
    ) -> None:
        """Keep of the tags what is needed of the elements they begin."""
        starts = np.flatnonzero(~tags.is_end)
        self._name, self._level = tags.name[starts], tags.level[starts]
        self._begin = opening[starts]
        self._is_hollow = tags.is_hollow[starts]
        followed_by_end = np.append(tags.is_end[1:], False)
        self._is_leaf = ~self._is_hollow & followed_by_end[starts]
        behind = text[np.minimum(closing[starts] + 1, max(len(text) - 1, 0))]
        self._has_text = np.append(self._is_leaf & (behind != _LESS), False)
        self._may_be_blank = np.append((behind <= _SPACE) | (behind >= _ASCII), False)
        self._text_place = np.append(4 * starts + 2, -1)
        self._by_name = np.argsort(self._name.astype(np.int16), kind="stable")
        counts = np.bincount(self._name, minlength=len(self.names))
        self._name_ends = np.cumsum(counts)
        self._name_begins = self._name_ends - counts

    def _named(self, name: str) -> Indices:
        """Find the elements of a name."""
        number = self.names.get(name)
        if number is None:
            return np.zeros(0, np.int64)
        return self._by_name[self._name_begins[number] : self._name_ends[number]]

    def _find_parents(self, tags: Sequence[str]) -> None:
        """Find the element around each, up to the one that holds the record."""
        count = len(self._name)
        parents = np.full(count + 1, -1)
        roots = np.zeros(count, np.bool_)
        for tag in tags:
            roots[self._named(tag)] = True
        inside = np.append(roots, False)
        around = np.zeros(0, np.int64)
        levels = range(int(self._level.min()), int(self._level.max()) + 1) if count else range(0)
        for level in levels:
            here = np.flatnonzero(self._level == level)
            if len(around):
                places = np.searchsorted(around, here) - 1
                parents[here] = np.where(places >= 0, around[places], -1)
            parents[here[roots[here]]] = -1
            inside[here] |= inside[parents[here]]
            parents[here[~inside[here]]] = -1
            around = here
        self._parents = parents
        self._inside = inside[:-1]
        self._roots = roots

    def inner_names(self, known: set[str]) -> list[str]:
        """List names within records that are not known."""
        inner = self._inside & ~self._roots
        return [name for name in self.names if name not in known and inner[self._named(name)].any()]

    def rows(self, tag: str) -> Indices:
        """Find the elements of a name; one that is empty, or only says 0, is none."""
        found = self._named(tag)
        found = found[self._inside[found] & ~self._is_hollow[found]]
        is_leaf = self._is_leaf[found]
        if is_leaf.any():
            said = pc.utf8_trim_whitespace(self.text(found))
            empty = pc.fill_null(pc.equal(said, "0"), True).to_numpy(zero_copy_only=False)
            found = found[~(is_leaf & empty)]
        return found

    def lines(self, rows: Indices) -> Indices:
        """Give the line of the file each element begins on."""
        lines: Indices = self._line + np.searchsorted(self._newlines, self._begin[rows])
        return lines

    def around(self, elements: Indices, levels: int) -> Indices:
        """Go up from elements; -1 where the record ends before."""
        for _ in range(levels):
            elements = self._parents[elements]
        return elements

    def within(self, elements: Indices, names: Sequence[str]) -> Indices:
        """Go down from elements to the first child of each name; -1 where there is none."""
        for name in names:
            elements = self._first_children(elements, name)
        return elements

    def _first_children(self, elements: Indices, name: str) -> Indices:
        """Find the first child of a name of each element.

        The children are noted at their parents, the last of them first, for the later of two
        notes stays; the notes are wiped afterwards, which is cheaper than a clean array.
        """
        children = self._named(name)[::-1]
        parents = self._parents[children]
        self._scratch[parents] = children
        self._scratch[-1] = -1
        found: Indices = self._scratch[elements]
        self._scratch[parents] = -1
        return found

    def text(self, elements: Indices) -> pa.Array:
        """Give the text of elements; null where there is none, or only blanks."""
        has_text = self._has_text[elements]
        if not has_text.any():
            return pa.nulls(len(elements), pa.string())
        text = self._strings.take(pa.array(self._text_place[elements], mask=~has_text))
        if self._may_be_blank[elements].any():
            text = pc.if_else(pc.utf8_is_space(text), pa.scalar(None, pa.string()), text)
        if self._has_entities:
            for entity, character in _ENTITIES.items():
                text = pc.replace_substring(text, entity, character)
        return text

    def places(self, elements: Indices) -> pa.Array:
        """Write the place of each element among its like, from 1; null for none."""
        missing = elements < 0
        for number in np.flatnonzero(np.bincount(self._name[elements[~missing]])):
            self._number_places(int(number))
        places = self._place[elements]
        written = pa.array([str(place) for place in range(int(places.max(initial=0)) + 1)])
        return written.take(pa.array(places, mask=missing))

    def _number_places(self, number: int) -> None:
        """Number the elements of a name from 1 within each parent."""
        alike = self._by_name[self._name_begins[number] : self._name_ends[number]]
        if self._place[alike[0]]:
            return
        parents = self._parents[alike]
        order = np.argsort(parents, kind="stable")
        parents = parents[order]
        begins = np.flatnonzero(np.append(True, parents[1:] != parents[:-1]))
        lengths = np.diff(np.append(begins, len(alike)))
        places = np.arange(1, len(alike) + 1) - np.repeat(begins, lengths)
        places[parents < 0] = 1
        self._place[alike[order]] = places


def _brackets(text: npt.NDArray[np.uint8]) -> tuple[Indices, Indices]:
    """Find where tags begin and end, which must take turns."""
    opening, closing = np.flatnonzero(text == _LESS), np.flatnonzero(text == _MORE)
    _require(len(opening) == len(closing))
    _require((opening < closing).all() and (closing[:-1] < opening[1:]).all())
    return opening, closing


def _strings(data: bytes, opening: Indices, closing: Indices) -> pa.Array:
    """Show a block as texts in its own memory: for each tag what is in it, and behind it."""
    count = len(opening)
    offsets = np.empty(4 * count + 1, np.int32)
    offsets[0:-1:4] = opening + 1
    offsets[1::4] = closing
    offsets[2::4] = closing + 1
    offsets[3::4] = np.append(opening[1:], len(data))
    offsets[-1] = len(data)
    return pa.StringArray.from_buffers(4 * count, pa.py_buffer(offsets), pa.py_buffer(data))
