"""Plain XML taken apart a block at a time, with arrays in place of an object for each element.

Most returns are plain: UTF-8, no comments, no attributes but the root's. Looking at their
tags all at once is several times faster than lxml, which knows all of XML and reads the others.
Both give the same rows. Not here: which paths lead to a column (``xml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from xml.parsers import expat

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_BLOCK_BYTES = 2 * 1024**2
_HEAD_BYTES = 2048
_LESS, _MORE, _SLASH, _QUESTION, _NEWLINE = b"<>/?\n"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}

Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def is_plain(path: Path) -> bool:
    """Tell whether a file is well-formed and has nothing in it but elements and text."""
    parser = expat.ParserCreate()
    brackets = 0
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if not _has_plain_head(head):
            return False
        file.seek(0)
        skip = head.find(b">", head.find(b"?>") + 2)
        try:
            while block := file.read(_BLOCK_BYTES):
                if any(mark in block[skip:] for mark in (b"!", b"=", b"?", b"&#")):
                    return False
                skip = 0
                brackets += block.count(b"<") - block.count(b">")
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            return False
    return brackets == 0


def _has_plain_head(head: bytes) -> bool:
    """Tell whether a file is UTF-8 without prefixed names, and its root begins at once."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    declaration, _, root = start.rpartition(b"?>")
    if declaration.count(b"?") > 1 or not root.lstrip().startswith(b"<"):
        return False
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", declaration)
    is_utf8 = encoding is None or encoding[1].lower() in (b"utf-8", b"utf8", b"us-ascii")
    return is_utf8 and b"xmlns:" not in root


def blocks(path: Path, tags: Sequence[str]) -> Iterator[Block]:
    """Give a plain file in blocks that end where a record does, the next one built meanwhile.

    Args:
        path: The file.
        tags: Elements that hold a whole record.
    """
    built = _build(path, tags)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(next, built, None)
        while (block := coming.result()) is not None:
            coming = ahead.submit(next, built, None)
            yield block


def _build(path: Path, tags: Sequence[str]) -> Iterator[Block]:
    line, depth = 1, 0
    for data in _cut(path, [f"</{tag}>".encode() for tag in tags]):
        block = Block(data, tags, line, depth)
        yield block
        line += data.count(b"\n")
        depth = block.depth_after


def _cut(path: Path, ends: Sequence[bytes]) -> Iterator[bytes]:
    left = b""
    with path.open("rb") as file:
        while data := file.read(_BLOCK_BYTES):
            left += data
            cut = max(
                (place + len(end) for end in ends if (place := left.rfind(end)) >= 0), default=0
            )
            if cut:
                yield left[:cut].replace(b"\r\n", b"\n")
                left = left[cut:]
    if b"<" in left:
        yield left.replace(b"\r\n", b"\n")


class Block:
    """The elements of some whole records, numbered in the order they begin.

    Attributes:
        depth_after: How many elements are open where the block ends.
        names: Names of elements in the order they first appear.
    """

    def __init__(self, data: bytes, tags: Sequence[str], line: int, depth: int) -> None:
        text = np.frombuffer(data, np.uint8)
        opening, closing = np.flatnonzero(text == _LESS), np.flatnonzero(text == _MORE)
        is_end = text[opening + 1] == _SLASH
        is_hollow = ~is_end & ((text[closing - 1] == _SLASH) | (text[opening + 1] == _QUESTION))
        step = np.where(is_end, -1, np.where(is_hollow, 0, 1))
        after = depth + np.cumsum(step)
        self.depth_after = int(after[-1]) if len(after) else depth
        followed_by_end = np.append(is_end[1:], False)
        starts = np.flatnonzero(~is_end & (text[opening + 1] != _QUESTION))
        self._tokens = np.append(starts, -1)
        self._is_hollow = is_hollow[starts]
        self._is_leaf = ~self._is_hollow & followed_by_end[starts]
        self._level = (after - step)[starts]
        self._begin, self._line, self._text = opening[starts], line, text
        self._strings = _strings(data, opening, closing)
        self._has_entities = b"&" in data
        self._name_elements(starts)
        self._find_parents(tags)
        self._children: dict[str, Indices] = {}

    def _name_elements(self, starts: Indices) -> None:
        encoded = self._strings.take(pa.array(4 * starts)).dictionary_encode()
        written = [str(name).rstrip("/").split()[0] for name in encoded.dictionary.to_pylist()]
        self.names = list(dict.fromkeys(written))
        number = {name: index for index, name in enumerate(self.names)}
        numbers = np.array([number[name] for name in written], np.int64)
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        self._name = numbers[codes] if len(numbers) else np.zeros(0, np.int64)

    def _find_parents(self, tags: Sequence[str]) -> None:
        """Find the element around each, up to the one that holds the record."""
        count = len(self._name)
        parents = np.full(count + 1, -1)
        roots = np.isin(self._name, [self.names.index(tag) for tag in tags if tag in self.names])
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

    @cached_property
    def _places(self) -> Indices:
        """Place of each element among those of its name and parent, from 1."""
        parents = self._parents[:-1]
        order = np.lexsort((self._name, parents))
        if not len(order):
            return np.zeros(0, np.int64)
        sorted_parents, sorted_names = parents[order], self._name[order]
        begins = np.append(
            True, (np.diff(sorted_parents) != 0) | (np.diff(sorted_names) != 0)
        ).nonzero()[0]
        runs = np.diff(np.append(begins, len(order)))
        places = np.empty(len(order), np.int64)
        places[order] = np.arange(len(order)) - np.repeat(begins, runs) + 1
        places[parents < 0] = 1
        return places

    def inner_names(self, known: set[str]) -> list[str]:
        """List names within records that are not known."""
        return [
            name
            for number, name in enumerate(self.names)
            if name not in known
            and bool((self._inside & ~self._roots & (self._name == number)).any())
        ]

    def rows(self, tag: str) -> Indices:
        """Find the elements of a name; one that is empty, or only says 0, is none."""
        if tag not in self.names:
            return np.zeros(0, np.int64)
        found = np.flatnonzero(
            (self._name == self.names.index(tag)) & self._inside & ~self._is_hollow
        )
        is_leaf = self._is_leaf[found]
        if is_leaf.any():
            said = pc.utf8_trim_whitespace(self.text(found))
            empty = pc.fill_null(pc.equal(said, "0"), True).to_numpy(zero_copy_only=False)
            found = found[~(is_leaf & empty)]
        return found

    def lines(self, rows: Indices) -> Indices:
        """Give the line of the file each element begins on."""
        newlines = np.flatnonzero(self._text == _NEWLINE)
        lines: Indices = self._line + np.searchsorted(newlines, self._begin[rows])
        return lines

    def around(self, elements: Indices, levels: int) -> Indices:
        """Go up from elements; -1 where the record ends before."""
        for _ in range(levels):
            elements = self._parents[elements]
        return elements

    def within(self, elements: Indices, names: Sequence[str]) -> Indices:
        """Go down from elements to the first child of each name; -1 where there is none."""
        for name in names:
            elements = self._first_children(name)[elements]
        return elements

    def _first_children(self, name: str) -> Indices:
        if name not in self._children:
            first = np.full(len(self._name) + 1, -1)
            if name in self.names:
                children = np.flatnonzero(self._name == self.names.index(name))[::-1]
                parents = self._parents[children]
                first[parents[parents >= 0]] = children[parents >= 0]
            self._children[name] = first
        return self._children[name]

    def text(self, elements: Indices) -> pa.Array:
        """Give the text of elements; null where there is none, or only blanks."""
        has_text = (elements >= 0) & np.append(self._is_leaf, False)[elements]
        places = pa.array(4 * self._tokens[elements] + 2, mask=~has_text)
        text = self._strings.take(places)
        text = pc.if_else(
            pc.or_(pc.equal(pc.binary_length(text), 0), pc.utf8_is_space(text)),
            pa.scalar(None, pa.string()),
            text,
        )
        if self._has_entities:
            for entity, character in _ENTITIES.items():
                text = pc.replace_substring(text, entity, character)
        return text

    def places(self, elements: Indices) -> pa.Array:
        """Write the place of each element among its like, from 1; null for none."""
        places = np.append(self._places, 0)[elements]
        return pa.array(places, mask=elements < 0).cast(pa.string())


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
