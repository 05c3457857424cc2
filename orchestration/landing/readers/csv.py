"""CSV and its relatives: commas, semicolons, tabs or bars; UTF-8, Windows-1252 or UTF-16.

The file is cut into records here, over whole blocks at a time, because only that tells the
true line of every row, survives an unclosed quotation mark, and can say which rows are
ragged; the cells of the good records are then split by pyarrow. Not here: what the columns
mean.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from orchestration.landing.outcome import Refused, Rejection
from orchestration.landing.readers.ahead import ahead
from orchestration.landing.readers.section import (
    LINE_COLUMN,
    Header,
    Limits,
    Section,
    column_names,
)

_BLOCK_BYTES = 8 * 1024**2
_FIRST_BYTES = 4096
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_TEXT_KEPT = 10_000
_NEWLINE, _RETURN, _QUOTE, _SPACE = 10, 13, 34, 32

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes are to be read.

    Attributes:
        codec: Python's name of it.
        mark: Length of the byte order mark to skip.
        note: What to say of it in the manifest, if it is not plain UTF-8.
        returns_only: Whether lines end in carriage returns alone.
    """

    codec: str
    mark: int
    note: str | None
    returns_only: bool = False


def detect_encoding(start: bytes, is_utf8: bool) -> Encoding:
    """Tell the encoding of a text file.

    Args:
        start: Its first bytes, at least four if it has them.
        is_utf8: Whether the whole file is valid UTF-8.
    """
    if start.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", 3, "Starts with a byte order mark.")
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            return Encoding(codec, 2, "Read as UTF-16.")
    if is_utf8:
        return Encoding("utf-8", 0, None)
    return Encoding("cp1252", 0, "Read as Windows-1252, for it is not UTF-8.")


def open_csv(path: Path, name: str, is_utf8: bool, limits: Limits) -> list[Section]:
    """Open a delimited text file.

    Args:
        path: The file.
        name: What to call it in messages.
        is_utf8: Whether the whole file is valid UTF-8.
        limits: How much to read.

    Returns:
        One section.

    Raises:
        Refused: Not text, or nothing in it.
    """
    with path.open("rb") as file:
        start = file.read(65_536)
    encoding = detect_encoding(start, is_utf8)
    _refuse_binary(start, encoding, name)
    if encoding.codec == "utf-8" and not is_utf8:
        raise Refused(
            f"{name} says in its first bytes that it is UTF-8, but line {_first_broken(path)} "
            "holds bytes that are not; save it as CSV (UTF-8) and send it again."
        )
    notes = [encoding.note] if encoding.note else []
    if b"\r" in start and b"\n" not in start:
        encoding = replace(encoding, returns_only=True)
        notes.append("Lines end in carriage returns alone.")
    first = _first_record(path, name, encoding, limits)
    delimiter = _delimiter(first.text)
    if delimiter != ",":
        notes.append(f"Columns are separated by {_DELIMITERS[delimiter]}.")
    cells = tuple(next(csv.reader([first.text], delimiter=delimiter, strict=False), []))
    header = Header(first.line, cells)

    def read(chosen: Header, rejections: list[Rejection]) -> Iterator[pa.Table]:
        width = len(chosen.cells)
        scanner = _Scanner(delimiter, width, chosen.line, limits, name, rejections)
        yield from ahead(scanner.tables(ahead(_blocks(path, name, encoding))))

    return [Section("", [header], read, tuple(notes))]


def _first_broken(path: Path) -> int:
    """The first line that is not UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    raise ValueError("all of the file is UTF-8")


def _refuse_binary(start: bytes, encoding: Encoding, name: str) -> None:
    if encoding.codec.startswith("utf-16"):
        return
    sample = np.frombuffer(start, np.uint8)
    odd = (sample < 9) | ((sample > 13) & (sample < 32) & (sample != 26))
    first_line = start.split(b"\n", 1)[0]
    if odd[: len(first_line)].any() or odd.sum() > 0.1 * max(len(sample), 1):
        raise Refused(
            f"{name} is not a text file, whatever its name says: line 1 holds bytes that are no "
            "characters; save it as CSV (UTF-8) and send it again."
        )


def _blocks(path: Path, name: str, encoding: Encoding) -> Iterator[bytes]:
    """Give the file as UTF-8, block by block, with line feeds if it has only returns."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    with path.open("rb") as file:
        file.seek(encoding.mark)
        lines = 1
        while block := file.read(_BLOCK_BYTES):
            if encoding.codec == "utf-8":
                yield block.replace(b"\r", b"\n") if encoding.returns_only else block
                continue
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                line = lines + block[: error.start].count(b"\n")
                raise Refused(
                    f"{name}, line {line}, holds a byte that is neither UTF-8 nor "
                    f"{encoding.codec}; save the file as CSV (UTF-8) and send it again."
                ) from error
            lines += text.count("\n")
            yield text.encode("utf-8")
        if encoding.codec.startswith("utf-16"):
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError as error:
                raise Refused(
                    f"{name} ends in the middle of a character, at line {lines}; "
                    "the file is cut short, send it again."
                ) from error


def _may_be_blank(first: pa.ChunkedArray) -> bool:
    """Tell whether a row may have nothing in any cell, judging by its first."""
    return first.null_count > 0 or pc.any(pc.starts_with(first, " ")).as_py() is True


def _short_first(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a short piece off the first block, so that the header keeps few lines company."""
    for block in blocks:
        yield block[:_FIRST_BYTES]
        if len(block) > _FIRST_BYTES:
            yield block[_FIRST_BYTES:]
        break
    yield from blocks


@dataclass(frozen=True)
class _First:
    line: int
    text: str


def _first_record(path: Path, name: str, encoding: Encoding, limits: Limits) -> _First:
    scanner = _Scanner(None, None, 0, limits, name)
    for records in scanner.records(_short_first(_blocks(path, name, encoding))):
        text = records.data[: records.first_bytes].tobytes().decode("utf-8", "replace")
        return _First(int(records.lines[0]), text.rstrip("\r\n"))
    raise Refused(f"{name} is empty: a header line with the names of the columns was expected.")


def _delimiter(header: str) -> str:
    """Choose the separator that gives the header most cells; a comma if none does."""
    return max(
        _DELIMITERS,
        key=lambda mark: len(next(csv.reader([header], delimiter=mark, strict=False), [])),
    )


@dataclass(frozen=True)
class _Records:
    """Records that can be split into cells.

    Attributes:
        data: Their bytes, each ended by a line feed (the last perhaps not).
        lines: Line of the file each starts on.
        multiline: Whether a cell may hold a line break.
        first_bytes: Length of the first record.
    """

    data: memoryview
    lines: Positions
    multiline: bool
    first_bytes: int

    def to_table(self, delimiter: str, width: int) -> pa.Table:
        """Split the records into text columns.

        Raises:
            RuntimeError: pyarrow sees other records than we do; nothing may land then.
        """
        table = _split_cells(self.data, delimiter, width, self.multiline)
        if table.num_rows != len(self.lines):
            raise RuntimeError(f"{table.num_rows} rows were split out of {len(self.lines)} records")
        return table.append_column(LINE_COLUMN, pa.array(self.lines))


def _split_cells(data: memoryview, delimiter: str, width: int, multiline: bool) -> pa.Table:
    """Split records into text columns; that they are UTF-8 was seen to before."""
    names = column_names(width)
    return pa.csv.read_csv(
        pa.BufferReader(pa.py_buffer(data)),
        read_options=pa.csv.ReadOptions(column_names=names),
        parse_options=pa.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=multiline,
            ignore_empty_lines=False,
        ),
        convert_options=pa.csv.ConvertOptions(
            check_utf8=False,
            column_types={column: pa.string() for column in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _is_plain(data: bytes, end: int, row_bytes: int) -> bool:
    """Tell whether every line of some text is a record, as far as a glance can tell.

    That is: no quotation marks, no NUL, no carriage return but before a line feed, and no line
    longer than the limit.
    """
    if data.find(b'"', 0, end) >= 0 or data.find(b"\0", 0, end) >= 0:
        return False
    if data.find(b"\r", 0, end) >= 0 and (data.count(b"\r", 0, end) != data.count(b"\r\n", 0, end)):
        return False
    step = row_bytes // 2
    return all(data.find(b"\n", at, at + step) >= 0 for at in range(0, end - step, step))


class _Scanner:
    """Cuts blocks of text into records, and sets aside those that cannot be split.

    Args:
        delimiter: Separator of cells; None while it is not known.
        width: Cells a record must have; None while it is not known.
        after_line: Records up to this line (the header) are passed over.
        limits: How long a record may be, and how many bad quotation marks are borne.
        name: The file, for messages.
        rejections: Where rows that cannot be split are added.
    """

    def __init__(
        self,
        delimiter: str | None,
        width: int | None,
        after_line: int,
        limits: Limits,
        name: str = "",
        rejections: list[Rejection] | None = None,
    ) -> None:
        marks = list(_DELIMITERS) if delimiter is None else [delimiter]
        self._delimiters = np.array([ord(mark) for mark in marks], np.uint8)
        self._beside_quotes = np.zeros(256, np.bool_)
        self._beside_quotes[[*self._delimiters, _NEWLINE, _RETURN, _QUOTE]] = True
        self._filler = np.zeros(256, np.bool_)
        self._filler[[*self._delimiters, _NEWLINE, _RETURN, _SPACE]] = True
        self._width = width
        self._after_line = after_line
        self._limits = limits
        self._name = name
        self._rejections = [] if rejections is None else rejections
        self._line = 1
        self._bad_quotes = 0

    def tables(self, blocks: Iterator[bytes]) -> Iterator[pa.Table]:
        """Cut a whole file into records and those into cells.

        Most files are plain: no quotation marks, every line a record. Blocks that look so are
        handed to pyarrow as they are, and gone through byte by byte only if it finds fault.
        """
        carry = b""
        for block in _short_first(blocks):
            data = carry + block
            end = data.rfind(b"\n") + 1
            table = self._plain_table(data, end)
            if table is None:
                carry = yield from self._tables_of(data, is_last=False)
            else:
                yield table
                carry = data[end:]
        yield from self._tables_of(carry, is_last=True)

    def _tables_of(self, data: bytes, is_last: bool) -> Generator[pa.Table, None, bytes]:
        """As ``_cut``, with the records split into cells."""
        cutting = self._cut(data, is_last)
        while True:
            try:
                records = next(cutting)
            except StopIteration as stop:
                return bytes(stop.value)
            yield records.to_table(chr(self._delimiters[0]), self._width or 0)

    def _plain_table(self, data: bytes, end: int) -> pa.Table | None:
        """Split plain lines into cells; None if they are not, or are the header."""
        if self._width is None or self._line <= self._after_line or not end:
            return None
        delimiter = chr(self._delimiters[0])
        if not _is_plain(data, end, self._limits.row_bytes):
            return None
        try:
            table = _split_cells(memoryview(data)[:end], delimiter, self._width, multiline=False)
        except pa.ArrowInvalid:
            return None
        line_ends = np.count_nonzero(np.frombuffer(data, np.uint8, end) == _NEWLINE)
        if table.num_rows != line_ends or _may_be_blank(table.column(0)):
            return None
        lines = np.arange(self._line, self._line + table.num_rows)
        self._line += table.num_rows
        return table.append_column(LINE_COLUMN, pa.array(lines))

    def records(self, blocks: Iterator[bytes]) -> Iterator[_Records]:
        """Cut a whole file, block by block; a record may span blocks."""
        carry = b""
        for block in blocks:
            carry = yield from self._cut(carry + block, is_last=False)
        yield from self._cut(carry, is_last=True)

    def _cut(self, data: bytes, is_last: bool) -> Generator[_Records, None, bytes]:
        """Yield the whole records of some text and return what is left over."""
        position = 0
        while position < len(data):
            text = np.frombuffer(data, np.uint8)[position:]
            newlines = np.flatnonzero(text == _NEWLINE)
            quotes = np.flatnonzero(text == _QUOTE)
            fault = self._misplaced_quote(text, quotes, newlines, is_last)
            ends = newlines
            if len(quotes):
                ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
            if fault is not None:
                ends = ends[ends < fault]
            elif is_last and (not len(ends) or ends[-1] != len(text) - 1):
                ends = np.append(ends, len(text))
            taken = 0
            if len(ends):
                taken = min(int(ends[-1]) + 1, len(text))
                records = self._sort_out(text, ends, newlines, quotes)
                if records is not None:
                    yield records
            if fault is None:
                self._line += int(np.searchsorted(newlines, taken))
                return data[position + taken :]
            after = newlines[newlines >= fault]
            if not len(after) and not is_last:
                self._line += int(np.searchsorted(newlines, taken))
                return data[position + taken :]
            end = int(after[0]) if len(after) else len(text)
            self._reject_bad_quote(text, taken, end, newlines)
            taken = min(end + 1, len(text))
            self._line += int(np.searchsorted(newlines, taken))
            position += taken
        return b""

    def _misplaced_quote(
        self, text: Bytes, quotes: Positions, newlines: Positions, is_last: bool
    ) -> int | None:
        """Find the first quotation mark that cannot be one, given what stands beside it."""
        if not len(quotes):
            return None
        opening, closing = quotes[0::2], quotes[1::2]
        before = text[np.maximum(opening - 1, 0)]
        bad_opening = np.flatnonzero(~(self._beside_quotes[before] | (opening == 0)))
        after = text[np.minimum(closing + 1, len(text) - 1)]
        bad_closing = np.flatnonzero(~(self._beside_quotes[after] | (closing == len(text) - 1)))
        faults: list[tuple[int, int]] = []
        if len(bad_opening):
            place = int(opening[bad_opening[0]])
            faults.append((place, place))
        if len(bad_closing):
            place, opened = int(closing[bad_closing[0]]), int(opening[bad_closing[0]])
            faults.append((place, opened))
        if faults:
            return min(faults)[1]
        left_open = len(quotes) % 2 == 1
        too_long = left_open and len(text) - opening[-1] > self._limits.row_bytes
        return int(opening[-1]) if left_open and (is_last or too_long) else None

    def _reject_bad_quote(self, text: Bytes, start: int, end: int, newlines: Positions) -> None:
        self._bad_quotes += 1
        if self._bad_quotes > self._limits.bad_quotes:
            raise Refused(
                f"{self._name} has quotation marks out of place in more than "
                f"{self._limits.bad_quotes} rows, by line {self._line}; export it again with "
                "quotation marks around whole cells only."
            )
        self._reject(text, start, end, newlines, "a quotation mark is out of place or never closed")

    def _reject(self, text: Bytes, start: int, end: int, newlines: Positions, reason: str) -> None:
        line = self._line + int(np.searchsorted(newlines, start))
        kept = text[start : min(end, start + _TEXT_KEPT)].tobytes().decode("utf-8", "replace")
        self._rejections.append(
            Rejection(line, kept.rstrip("\r").replace("\0", "\N{SYMBOL FOR NULL}"), reason)
        )

    def _sort_out(
        self, text: Bytes, ends: Positions, newlines: Positions, quotes: Positions
    ) -> _Records | None:
        """Drop blank records, set aside those that cannot be split, keep the others."""
        starts = np.concatenate(([0], ends[:-1] + 1))
        region = text[: min(int(ends[-1]) + 1, len(text))]
        lines = self._line + np.searchsorted(newlines, starts)
        wanted = (lines > self._after_line) & ~self._blank(region, starts)
        problems = self._problems(region, starts, ends, quotes)
        good = wanted.copy()
        for flags, reason in problems:
            for index in np.flatnonzero(flags & good):
                self._reject(
                    text, int(starts[index]), int(ends[index]), newlines, reason(int(index))
                )
            good &= ~flags
        if not good.any():
            return None
        stray = self._stray_returns(region, quotes)
        if good.all() and not len(stray):
            kept = region
        else:
            keep = np.repeat(good, np.diff(np.append(starts, len(region))))
            keep[stray] = False
            kept = region[keep]
        first = int(np.flatnonzero(good)[0])
        return _Records(
            kept.data,
            lines[good],
            multiline=bool(np.searchsorted(newlines, len(region)) > (ends < len(text)).sum()),
            first_bytes=int(ends[first] - starts[first]),
        )

    def _blank(self, region: Bytes, starts: Positions) -> Flags:
        """Tell records with nothing in any cell, as spreadsheets leave at the end."""
        blank = self._filler[region[starts]]
        if blank.any():
            content = np.add.reduceat((~self._filler[region]).astype(np.int32), starts)
            blank &= content == 0
        return blank

    def _problems(
        self, region: Bytes, starts: Positions, ends: Positions, quotes: Positions
    ) -> list[tuple[Flags, Callable[[int], str]]]:
        """List what can be wrong with records, each with the records it is true of."""
        none = np.zeros(len(starts), np.bool_)
        problems: list[tuple[Flags, Callable[[int], str]]] = []
        nulls = np.flatnonzero(region == 0)
        problems.append((_mark(none, starts, nulls), lambda _: "it holds a NUL byte"))
        limit = self._limits.row_bytes
        problems.append((ends - starts > limit, lambda _: f"it is longer than {limit:,} bytes"))
        returns = _outside(np.flatnonzero(region == _RETURN), quotes)
        following = region[np.minimum(returns + 1, len(region) - 1)]
        lone = returns[(following != _NEWLINE) & (following != _RETURN)]
        problems.append(
            (_mark(none, starts, lone), lambda _: "it holds a carriage return between cells")
        )
        if self._width is not None:
            width = self._width
            marks = (region == self._delimiters[0]).astype(np.int32)
            if len(quotes):
                inside = np.bitwise_xor.accumulate((region == _QUOTE).astype(np.uint8))
                marks[inside == 1] = 0
            cells = np.add.reduceat(marks, starts) + 1
            problems.append(
                (
                    cells != width,
                    lambda index: f"it has {cells[index]} cells where the header has {width}",
                )
            )
        return problems

    @staticmethod
    def _stray_returns(region: Bytes, quotes: Positions) -> Positions:
        """Find carriage returns between cells beyond the one that may stand at a line's end."""
        returns = _outside(np.flatnonzero(region == _RETURN), quotes)
        doubled: Positions = returns[region[np.minimum(returns + 1, len(region) - 1)] == _RETURN]
        return doubled


def _outside(positions: Positions, quotes: Positions) -> Positions:
    outside: Positions = positions[np.searchsorted(quotes, positions) % 2 == 0]
    return outside


def _mark(none: Flags, starts: Positions, positions: Positions) -> Flags:
    marked = none.copy()
    marked[np.searchsorted(starts, positions, side="right") - 1] = True
    return marked
