"""Landing: every new file in, whole or not at all, each with its fate in the manifest.

Here: the run over the landing folder and the decision about each file. Not here: reading
formats (``readers``), telling tables apart (``recognition``), shaping rows (``layouts``) or
what the manifest holds (``manifest``). Only one process may land at a time; whoever calls
``land`` sees to that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.landing import archives, layouts
from orchestration.landing.checks import check_place
from orchestration.landing.content import content_digest
from orchestration.landing.contracts import Contract, load_contracts
from orchestration.landing.files import (
    Address,
    Fingerprint,
    LandedFile,
    check_size,
    find_files,
    fingerprint,
    open_file,
    read_address,
)
from orchestration.landing.incoming import incoming_rows, scratch_folder
from orchestration.landing.layouts.part import Part
from orchestration.landing.manifest import (
    Earlier,
    Key,
    earlier_deliveries,
    pending_confirmations,
    prepare_raw,
    transaction,
    use_confirmation,
    utc,
)
from orchestration.landing.outcome import Delivery, Fate, LandingSummary, Refused, Rejection
from orchestration.landing.readers.section import LINE_COLUMN, Header, Limits, Section
from orchestration.landing.recognition import Match, explain, recognise, whole_table
from orchestration.landing.sql import literal, names
from orchestration.settings import Settings

_log = logging.getLogger(__name__)

_MEMORY = "128MiB"
"""What DuckDB may use while landing; the readers need as much again."""
LONGEST_WAIT_SECONDS = 2.0
"""How long a run waits for files that are still being copied, before it leaves them."""


@dataclass(frozen=True)
class LandingOptions:
    """How landing goes about it.

    Attributes:
        settle_seconds: A file written to more recently is looked at last, after a wait of so long
            or ``LONGEST_WAIT_SECONDS``, and left for the next run if it was written to since.
        limits: How much of a file to read.
    """

    settle_seconds: float = 2.0
    limits: Limits = field(default_factory=Limits)


def land(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection | None,
    now: dt.datetime,
    *,
    run_id: str | None = None,
    contracts: Sequence[Contract] | None = None,
    options: LandingOptions | None = None,
    on_delivery: Callable[[Delivery], None] | None = None,
    on_rows: Callable[[str, int], None] | None = None,
) -> LandingSummary:
    """Land every file of the landing folder that is new.

    Each file is one transaction: its rows, its rejected rows and its line in the manifest, or
    nothing. A file that is refused or held stays where it is and stops no other.

    Args:
        settings: Where the landing folder and the warehouse are.
        connection: An open warehouse, or None to open and close ``settings.warehouse_file``.
        now: When the files count as received; kept as UTC.
        run_id: The run's name in the manifest.
        contracts: All contracts by default.
        options: Settling time and limits.
        on_delivery: Called with each delivery as soon as its fate is certain.
        on_rows: Called with a file and the rows read of its table so far, now and then while a
            long one is read.

    Returns:
        What was new and what became of it.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        if connection is None:
            settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
            connection = stack.enter_context(duckdb.connect(str(settings.warehouse_file)))
        stack.enter_context(_tuned(connection))
        scratch = stack.enter_context(scratch_folder(settings.warehouse_file))
        known = tuple(load_contracts() if contracts is None else contracts)
        prepare_raw(connection, known)
        options = options or LandingOptions()
        run = _Run(connection, known, utc(now), run_id, options, scratch, on_rows)
        for file in _settled_first(settings.landing_dir, options):
            for delivery in run.take(file):
                _log.info("%s: %s", delivery.source_file, delivery.fate)
                if on_delivery is not None:
                    on_delivery(delivery)
    return LandingSummary(
        tuple(run.deliveries), run.unchanged, tuple(run.waiting), time.monotonic() - started
    )


def _settled_first(landing_dir: Path, options: LandingOptions) -> Iterator[LandedFile]:
    """Every file, those just written last: who copies files and starts the job meets them."""
    fresh = []
    for file in find_files(landing_dir):
        if file.is_settled(options.settle_seconds):
            yield file
        else:
            fresh.append(file)
    if fresh:
        time.sleep(min(options.settle_seconds, LONGEST_WAIT_SECONDS))
    # Some were renamed when they were whole, or taken away: the next run finds what is there.
    yield from (file for file in fresh if file.path.exists())


@dataclass(frozen=True)
class _Verdict:
    fate: Fate
    reason: str | None
    supersedes: int | None


@dataclass(frozen=True)
class _Arrival:
    section: Section
    header: Header
    match: Match


class _ChangedError(Exception):
    """The file was written to while it was read."""


class _Run:
    """One run over the landing folder; ``take`` is called for each file in turn."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contracts: Sequence[Contract],
        now: dt.datetime,
        run_id: str | None,
        options: LandingOptions,
        scratch: Path,
        on_rows: Callable[[str, int], None] | None,
    ) -> None:
        self._on_rows = on_rows
        self._connection = connection
        self._contracts = contracts
        self._now = now
        self._run_id = run_id
        self._options = options
        self._scratch = scratch
        self._digest = _contracts_digest(contracts)
        self._confirmed = pending_confirmations(connection)
        self._seen = {
            row[0]: row[1:]
            for row in connection.execute(
                "select source_file, size_bytes, mtime_ns, "
                "is_refused and contracts_digest <> ? from raw.seen_files",
                [self._digest],
            ).fetchall()
        }
        self.deliveries: list[Delivery] = []
        self.unchanged = 0
        self.waiting: list[str] = []

    def take(self, file: LandedFile) -> list[Delivery]:
        """Land one file if it is new."""
        if self._seen.get(file.source_file) == (file.size_bytes, file.mtime_ns, False):
            self.unchanged += 1
            return []
        started = time.monotonic()
        try:
            if not file.is_settled(self._options.settle_seconds):
                self.waiting.append(file.source_file)
                return []
            mark = fingerprint(file)
        except FileNotFoundError:
            _log.info("%s: taken away before it was its turn", file.source_file)
            return []
        except PermissionError:
            verdict = Refused(
                f"{file.source_file} cannot be opened: another program has it open, or Pier may "
                "not read it; close it there, or let Pier read it, and the next run takes it."
            )
            self.deliveries.append(self._set_aside(file, None, verdict, started))
            return self.deliveries[-1:]
        if archives.is_archive(file.path):
            return self._take_archive(file, mark, started)
        return self._take_file(file, mark, started)

    def _take_archive(self, file: LandedFile, mark: Fingerprint, started: float) -> list[Delivery]:
        """Land each file of an archive as one of its own; the archive stays as it was sent."""
        deliveries: list[Delivery] = []
        waiting = len(self.waiting)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            try:
                read_address(file, self._contracts)
                check_size(file, self._options.limits)
                members = archives.expand(
                    file.path, file.source_file, self._options.limits, Path(folder)
                )
            except Refused as verdict:
                self.deliveries.append(self._set_aside(file, mark, verdict, started))
                return self.deliveries[-1:]
            for name, path in members:
                archives.set_time(path, file.mtime_ns)
                member = LandedFile.found_at(path, f"{file.source_file}/{name}")
                if self._seen.get(member.source_file) == (member.size_bytes, file.mtime_ns, False):
                    self.unchanged += 1
                else:
                    began = time.monotonic()
                    deliveries.extend(self._take_file(member, fingerprint(member), began))
        if len(self.waiting) == waiting:
            with transaction(self._connection):
                refused = any(delivery.fate == "refused" for delivery in deliveries)
                self._remember(file, mark, is_refused=refused)
        return deliveries

    def _take_file(self, file: LandedFile, mark: Fingerprint, started: float) -> list[Delivery]:
        deliveries: list[Delivery] | None
        try:
            deliveries = self._land_whole(file, mark, started)
        except Refused as verdict:
            deliveries = [self._set_aside(file, mark, verdict, started)]
        if deliveries is None:
            self.waiting.append(file.source_file)
            return []
        self.deliveries.extend(deliveries)
        return deliveries

    def _land_whole(
        self, file: LandedFile, mark: Fingerprint, started: float
    ) -> list[Delivery] | None:
        """Land all of a file in one transaction; None when it changed under our eyes."""
        address = read_address(file, self._contracts)
        sections = open_file(
            file, mark.is_utf8, address.contract, self._contracts, self._options.limits
        )
        matches = self._recognise(file, address, sections)
        deliveries: list[Delivery] = []
        try:
            with transaction(self._connection):
                for arrival in matches:
                    with self._read(file, arrival) as (rejections, full_columns):
                        with _naming(file, arrival.section):
                            check_place(
                                self._connection,
                                arrival.match,
                                address,
                                confirmed=mark.sha256 in self._confirmed,
                            )
                            parts = layouts.shape(self._connection, arrival.match, file.name)
                        for part in parts:
                            content = content_digest(self._connection, part.content, full_columns)
                            deliveries.append(
                                self._land_part(
                                    file, mark, address, arrival, part, content, rejections, started
                                )
                            )
                            rejections = []
                self._remember(file, mark, is_refused=False)
                if self._confirmed.pop(mark.sha256, ()):
                    use_confirmation(self._connection, mark.sha256, self._now)
                if not file.is_settled(0):
                    raise _ChangedError
        except _ChangedError:
            return None
        return deliveries

    def _recognise(
        self, file: LandedFile, address: Address, sections: Sequence[Section]
    ) -> list[_Arrival]:
        """Find the table of each section; sheets that hold none are left out with a note."""
        arrivals: list[_Arrival] = []
        left_out: list[str] = []
        for section in sections:
            with _naming(file, section):
                found = self._header_of(section, address.contract)
            if found is None:
                left_out.append(section.place)
            else:
                arrivals.append(_Arrival(section, *found))
        if not arrivals:
            section = sections[0]
            header = max(section.headers, key=lambda header: sum(map(bool, header.cells)))
            with _naming(file, section):
                raise Refused(explain(header.cells, address.contract, self._contracts))
        if left_out:
            note = f"Left out, for it holds no table of the return: {', '.join(left_out)}."
            first = arrivals[0]
            arrivals[0] = replace(
                first, section=replace(first.section, notes=(*first.section.notes, note))
            )
        return arrivals

    def _header_of(self, section: Section, contract: Contract) -> tuple[Header, Match] | None:
        if section.table is not None:
            header = section.headers[0]
            return header, whole_table(header.cells, contract, section.table)
        for header in section.headers:
            match = recognise(header.cells, contract, self._contracts)
            if match is not None:
                return header, match
        return None

    @contextmanager
    def _read(
        self, file: LandedFile, arrival: _Arrival
    ) -> Iterator[tuple[list[Rejection], Set[str]]]:
        """Read a section's rows into the view the layouts look at.

        Yields:
            The rows that could not be read, and the columns that are full.
        """
        rejections: list[Rejection] = []
        batches = arrival.section.read(arrival.header, rejections)
        if self._on_rows is not None:
            batches = _counted(batches, partial(self._on_rows, file.source_file))
        width = len(arrival.header.cells)
        with incoming_rows(self._connection, batches, width, self._scratch) as incoming:
            if rejections and not incoming.rows:
                first = rejections[0]
                with _naming(file, arrival.section):
                    raise Refused(
                        f"has no row that could be read: line {first.line}, for one, was not "
                        f"taken because {first.reason}; export the file again."
                    )
            yield rejections, incoming.full_columns

    def _land_part(
        self,
        file: LandedFile,
        mark: Fingerprint,
        address: Address,
        arrival: _Arrival,
        part: Part,
        content: str,
        rejections: Sequence[Rejection],
        started: float,
    ) -> Delivery:
        """Decide what becomes of one delivery, and write it down."""
        match = arrival.match
        period_label = address.period.replace("-", "/") if address.period else part.release
        key = Key(
            match.contract.return_name,
            address.la_code,
            period_label,
            match.table.delivered_as,
            part.series,
        )
        confirmed = self._confirmed.get(mark.sha256, ())
        verdict = _judge(content, earlier_deliveries(self._connection, key), bool(confirmed))
        is_in = verdict.fate == "accepted"
        if verdict.supersedes is not None:
            self._connection.execute(
                "update raw.deliveries set fate = 'superseded' where delivery_id = ?",
                [verdict.supersedes],
            )
        delivery = Delivery(
            delivery_id=self._next_id(),
            source_file=file.source_file,
            return_name=key.return_name,
            la_code=key.la_code,
            period_label=key.period_label,
            table_name=key.table_name,
            series=key.series,
            fate=verdict.fate,
            reason=verdict.reason and f"{file.source_file} {verdict.reason}",
            notes=(
                *(f"Confirmed, after it was held as delivery {held}." for held in confirmed),
                *arrival.section.notes,
                *match.notes,
                *part.notes,
            ),
            rows=0,
            rejected_rows=len(rejections) if is_in else 0,
            size_bytes=file.size_bytes,
            seconds=0.0,
        )
        if is_in:
            delivery = replace(delivery, rows=self._write_rows(delivery, part))
            self._write_rejections(delivery, rejections)
        delivery = replace(delivery, seconds=time.monotonic() - started)
        self._write_delivery(
            delivery, mark.sha256, content, match.contract.version, verdict.supersedes
        )
        return delivery

    def _write_rows(self, delivery: Delivery, part: Part) -> int:
        counts: list[int] = []
        for table, filling in part.tables.items():
            columns = names(filling.columns)
            inserted = self._connection.execute(
                f"""
                insert into raw.{table} ({columns}, _delivery_id, _source_file, {LINE_COLUMN})
                select
                    {columns},
                    {delivery.delivery_id},
                    {literal(delivery.source_file)},
                    {LINE_COLUMN}
                from ({filling.select})
                """
            ).fetchone()
            counts.append(int(inserted[0]) if inserted else 0)
        return counts[0]

    def _write_rejections(self, delivery: Delivery, rejections: Sequence[Rejection]) -> None:
        if not rejections:
            return
        batch = pa.table(
            {
                "source_line": pa.array([r.line for r in rejections], pa.int64()),
                "original_text": pa.array([r.text for r in rejections], pa.string()),
                "reason": pa.array([r.reason for r in rejections], pa.string()),
            }
        )
        self._connection.register("landing_batch", batch)
        self._connection.execute(
            "insert into raw.rejected_rows by name "
            "select ? as delivery_id, ? as source_file, * from landing_batch",
            [delivery.delivery_id, delivery.source_file],
        )
        self._connection.unregister("landing_batch")

    def _set_aside(
        self, file: LandedFile, mark: Fingerprint | None, verdict: Refused, started: float
    ) -> Delivery:
        """Write down a file that is refused or held; no other table is touched.

        Without a mark, for nobody could read it, every run tries it again.
        """
        address: Address | None
        try:
            address = read_address(file, self._contracts)
        except Refused:
            address = None
        period = address.period if address else None
        with transaction(self._connection):
            delivery = Delivery(
                delivery_id=self._next_id(),
                source_file=file.source_file,
                return_name=file.return_name,
                la_code=address.la_code if address else None,
                period_label=period.replace("-", "/") if period else None,
                table_name=None,
                series=None,
                fate=verdict.fate,
                reason=str(verdict),
                notes=(),
                rows=0,
                rejected_rows=0,
                size_bytes=file.size_bytes,
                seconds=time.monotonic() - started,
            )
            version = address.contract.version if address else None
            self._write_delivery(delivery, mark.sha256 if mark else None, None, version, None)
            if mark is not None:
                self._remember(file, mark, is_refused=verdict.fate == "refused")
        return delivery

    def _next_id(self) -> int:
        found = self._connection.execute(
            "select coalesce(max(delivery_id), 0) + 1 from raw.deliveries"
        ).fetchone()
        return int(found[0]) if found else 1

    def _write_delivery(
        self,
        delivery: Delivery,
        sha256: str | None,
        content_sha256: str | None,
        contract_version: str | None,
        supersedes: int | None,
    ) -> None:
        values = {
            "delivery_id": delivery.delivery_id,
            "return_name": delivery.return_name,
            "la_code": delivery.la_code,
            "period_label": delivery.period_label,
            "table_name": delivery.table_name,
            "series": delivery.series,
            "source_file": delivery.source_file,
            "sha256": sha256,
            "content_sha256": content_sha256,
            "size_bytes": delivery.size_bytes,
            "received_at": self._now,
            "rows": delivery.rows,
            "rejected_rows": delivery.rejected_rows,
            "fate": delivery.fate,
            "reason": delivery.reason,
            "notes": " ".join(delivery.notes) or None,
            "contract_version": contract_version,
            "supersedes": supersedes,
            "run_id": self._run_id,
        }
        self._connection.execute(
            f"insert into raw.deliveries ({names(values)}) "
            f"values ({', '.join('?' for _ in values)})",
            list(values.values()),
        )

    def _remember(self, file: LandedFile, mark: Fingerprint, is_refused: bool) -> None:
        """Keep what is needed not to read the file again while it stays as it is."""
        self._connection.execute(
            "delete from raw.seen_files where source_file = ?", [file.source_file]
        )
        self._connection.execute(
            "insert into raw.seen_files values (?, ?, ?, ?, ?, ?, ?)",
            [
                file.source_file,
                file.size_bytes,
                file.mtime_ns,
                mark.sha256,
                is_refused,
                self._digest,
                self._now,
            ],
        )


def _counted(batches: Iterable[pa.Table], on_rows: Callable[[int], None]) -> Iterator[pa.Table]:
    """Pass batches on, and say how many rows they were so far."""
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        on_rows(rows)
        yield batch


def _judge(content: str, earlier: Sequence[Earlier], confirmed: bool) -> _Verdict:
    """Decide what becomes of rows, given the deliveries they could replace (newest first)."""
    in_force = next((e for e in earlier if e.fate == "accepted"), None)
    if in_force is not None and in_force.content_sha256 == content:
        return _Verdict(
            "already_loaded",
            f"holds the same rows as delivery {in_force.delivery_id} of "
            f"{in_force.received_at:%d/%m/%Y}; nothing was changed.",
            None,
        )
    again = next((e for e in earlier if e.content_sha256 == content), None)
    if again is not None and not confirmed:
        remedy = (
            f"if it is to count again, withdraw delivery {in_force.delivery_id}"
            if in_force is not None
            else "if it is to count again, send it with a correction"
        )
        return _Verdict(
            "held",
            f"holds the same rows as delivery {again.delivery_id} of "
            f"{again.received_at:%d/%m/%Y}, which was {again.fate} since; {remedy}.",
            None,
        )
    return _Verdict("accepted", None, in_force.delivery_id if in_force else None)


@contextmanager
def _tuned(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Set a connection for writing much at once, and put back what its owner had.

    Rows carry their line, so they may be written in any order, which lets all cores write.
    """
    settings = {"preserve_insertion_order": "false", "memory_limit": _MEMORY}
    connection.execute("set enable_progress_bar = false")
    before = {
        name: connection.execute(f"select current_setting('{name}')::varchar").fetchone()
        for name in settings
    }
    for name, value in settings.items():
        connection.execute(f"set {name} = {literal(value)}")
    try:
        yield
    finally:
        for name, found in before.items():
            if found is not None:
                connection.execute(f"set {name} = {literal(found[0])}")


@contextmanager
def _naming(file: LandedFile, section: Section) -> Iterator[None]:
    """Put the file's name, and the sheet's, in front of a verdict that lacks it."""
    try:
        yield
    except Refused as verdict:
        place = ", ".join(part for part in (file.source_file, section.place) if part)
        joint = ", " if str(verdict).startswith("line ") else " "
        raise type(verdict)(f"{place}{joint}{verdict}") from verdict


def _contracts_digest(contracts: Sequence[Contract]) -> str:
    return hashlib.sha256(repr(tuple(contracts)).encode()).hexdigest()
