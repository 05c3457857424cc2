"""Copying marts into the files BI tools read: one DuckDB file, and Parquet beside it.

The DuckDB file is a new file of its own because DuckDB lets one process write to a file and
shuts readers out of it: what BI opens is never the warehouse.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publishing.shareable import PUBLICATION_TABLE, PublishingError, ShareableMart

log = logging.getLogger(__name__)

STORAGE_VERSION = "v1.2.0"
"""The oldest DuckDB whose drivers can open ``marts.duckdb``: councils' drivers lag behind."""

DECIMALS = 6
"""Decimals of a published number: fewer than sums of floating point can differ in, run by run."""

WAREHOUSE = "pier"
"""Name the warehouse is attached under: that of its file, which its views call it by."""

PLAIN_TYPES = frozenset(
    {"BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP"}
)
"""Types every Parquet and ODBC reader in use understands; nested and 128-bit ones are not."""


@dataclass(frozen=True)
class PublicationFacts:
    """What ``meta_publication`` says of a publication.

    Attributes:
        publication_id: The folder's name under ``publications/``.
        run_id: The run that built it.
        built_at: When, in UTC (naive).
        as_at: The day in-year figures are worked out for.
        as_known_at: Deliveries received up to this moment count (UTC, naive).
        home_la_code: DfE number of the borough the site is about.
        small_number_limit: Counts from 1 to this are withheld.
        pier_version: The version of Pier that built it.
        inputs_fingerprint: What it was built from, as one hash.
        code_fingerprint: The definitions and programs it was built by, as one hash.
        is_invented: Whether the data are invented, for demonstration.
    """

    publication_id: str
    run_id: str
    built_at: dt.datetime
    as_at: dt.date
    as_known_at: dt.datetime
    home_la_code: str
    small_number_limit: int
    pier_version: str
    inputs_fingerprint: str
    code_fingerprint: str
    is_invented: bool


@contextmanager
def marts_being_written(
    marts_file: Path, warehouse_file: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes ``marts_file`` and reads the warehouse; both are closed after.

    Yields:
        A connection whose database in use is ``marts``, with the warehouse attached read-only.
    """
    connection = duckdb.connect()
    try:
        connection.execute(
            f"attach {_text(marts_file)} as marts (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute(f"attach {_text(warehouse_file)} as {WAREHOUSE} (read_only)")
        connection.execute("use marts")
        yield connection
        connection.execute("use memory")
        # Detaching checkpoints, so that no write-ahead log is left beside the file.
        connection.execute("detach marts")
    finally:
        connection.close()


def copy_marts(connection: duckdb.DuckDBPyConnection, marts: Iterable[ShareableMart]) -> None:
    """Copy each mart's described columns, its rows in a fixed order, with its descriptions.

    Raises:
        PublishingError: A mart is not in the warehouse as described, or has a type that BI
            tools cannot be relied on to read.
    """
    for mart in marts:
        types = _types(connection, mart)
        columns = ", ".join(_shown(column, types.get(column)) for column in mart.columns)
        source = f"{WAREHOUSE}.{_name(mart.schema)}.{_name(mart.relation)}"
        try:
            connection.execute(
                f"create table {_name(mart.name)} as select {columns} from {source} order by all"
            )
        except duckdb.CatalogException as missing:
            raise PublishingError(f"{mart.name} cannot be published: {missing}") from missing
        except duckdb.BinderException as differs:
            raise PublishingError(f"{mart.name} is not as described: {differs}") from differs
        describe(connection, mart.name, mart.description, dict(mart.columns))
    _refuse_types_that_are_not_plain(connection)


def _types(connection: duckdb.DuckDBPyConnection, mart: ShareableMart) -> dict[str, str]:
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where database_name = ? and schema_name = ? and table_name = ?",
            [WAREHOUSE, mart.schema, mart.relation],
        ).fetchall()
    )


def _shown(column: str, kind: str | None) -> str:
    """A column as it is published: what threads that add in another order leave over is cut."""
    name = _name(column)
    return f"round({name}, {DECIMALS}) as {name}" if kind == "DOUBLE" else name


def describe(
    connection: duckdb.DuckDBPyConnection, table: str, description: str, columns: dict[str, str]
) -> None:
    """Put a table's and its columns' descriptions where BI tools show them."""
    connection.execute("begin")
    connection.execute(f"comment on table {_name(table)} is {_text(description)}")
    for column, meaning in columns.items():
        connection.execute(f"comment on column {_name(table)}.{_name(column)} is {_text(meaning)}")
    connection.execute("commit")


def write_facts(connection: duckdb.DuckDBPyConnection, facts: PublicationFacts) -> None:
    """Write ``meta_publication``: the one row that says which publication this is."""
    connection.execute(
        f"""
        create table {PUBLICATION_TABLE} (
            publication_id varchar not null,
            run_id varchar not null,
            built_at timestamp not null,
            as_at date not null,
            as_known_at timestamp not null,
            home_la_code varchar not null,
            small_number_limit integer not null,
            pier_version varchar not null,
            inputs_fingerprint varchar not null,
            code_fingerprint varchar not null,
            is_invented boolean not null
        )
        """
    )
    connection.execute(
        f"insert into {PUBLICATION_TABLE} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            facts.publication_id,
            facts.run_id,
            facts.built_at,
            facts.as_at,
            facts.as_known_at,
            facts.home_la_code,
            facts.small_number_limit,
            facts.pier_version,
            facts.inputs_fingerprint,
            facts.code_fingerprint,
            facts.is_invented,
        ],
    )
    describe(
        connection,
        PUBLICATION_TABLE,
        "One row: which publication this file is, and what it knows.",
        {
            "publication_id": "Name of the publication; it sorts by time.",
            "run_id": "The run that built it.",
            "built_at": "When it was built (UTC).",
            "as_at": "The day in-year figures are worked out for.",
            "as_known_at": "Only deliveries received up to this moment (UTC) count.",
            "home_la_code": "DfE number of the borough served.",
            "small_number_limit": "Counts of 1 to this many children are withheld.",
            "pier_version": "Version of Pier.",
            "inputs_fingerprint": "What it was built from, as one hash: equal means equal figures.",
            "code_fingerprint": "The definitions and programs it was built by, as one hash.",
            "is_invented": "Whether the data are invented, for demonstration.",
        },
    )


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write each table as ``<folder>/<table>.parquet``, in the encodings every reader knows."""
    folder.mkdir()
    for table in table_rows(connection):
        connection.execute(
            f"copy (from {_name(table)}) to {_text(folder / f'{table}.parquet')} "
            "(format parquet, compression snappy, parquet_version v1)"
        )


def table_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The number of rows of each table being written, by name."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'marts' order by all"
    ).fetchall()
    return {
        table: connection.sql(f"select count(*) from {_name(table)}").fetchall()[0][0]
        for (table,) in tables
    }


def _refuse_types_that_are_not_plain(connection: duckdb.DuckDBPyConnection) -> None:
    types = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'marts' order by all"
    ).fetchall()
    for table, column, data_type in types:
        if data_type not in PLAIN_TYPES and not data_type.startswith("DECIMAL"):
            raise PublishingError(
                f"{table}.{column} is {data_type}, which not every BI tool reads: "
                f"cast it in its model to one of {', '.join(sorted(PLAIN_TYPES))}."
            )


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
