"""The long table of the Local Authority Interactive Tool.

The file bears no date. Its release is the greatest year that has a number and the count of
measures and years that have one, so that an earlier snapshot sorts before a later one
whichever lands first.
"""

from __future__ import annotations

import duckdb

from orchestration.landing.layouts.part import INCOMING, Part
from orchestration.landing.layouts.table import plain_part
from orchestration.landing.outcome import Refused
from orchestration.landing.recognition import Match


def shape(connection: duckdb.DuckDBPyConnection, match: Match, file_name: str) -> list[Part]:
    """Take rows as they are, and work out the release.

    Raises:
        Refused: No year has a number.
    """
    measure, years, value = (
        f"c{match.columns[column]}" for column in ("short_desc", "years", "value")
    )
    found = connection.execute(
        f"""
        select
            max(regexp_extract({years}, '(19|20)[0-9]{{2}}')),
            count(distinct ({measure}, {years}))
        from {INCOMING}
        where try_cast({value} as double) is not null
        """
    ).fetchone()
    if found is None or not found[0]:
        raise Refused(
            "has no number for any year; the long table with figures was expected, so download "
            "it again."
        )
    return [plain_part(match, "lait", f"{found[0]}.{found[1]:06d}")]
