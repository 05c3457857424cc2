"""What landing tolerates, each with its note, and what it keeps of every row."""

from __future__ import annotations

import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import Zone

FOLDER = "ssda903/882/2016-17"
REVIEWS = f"{FOLDER}/reviews.csv"
PLAIN = "CHILD,DOB,REVIEW,REVIEW_CODE\n007,01/02/2008,03/05/2016,PN1\n8,01/02/2009,,PN2\n"
LANDED = [("007", "03/05/2016", "PN1", 2), ("8", None, "PN2", 3)]


def test_a_plain_file_lands_as_text_with_its_lines(zone: Zone) -> None:
    delivery = zone.land_one(REVIEWS, PLAIN)
    assert zone.reviews() == LANDED
    assert (delivery.fate, delivery.table_name, delivery.period_label, delivery.la_code) == (
        "accepted",
        "reviews",
        "2016/17",
        "882",
    )
    assert (delivery.rows, delivery.rejected_rows, delivery.notes) == (2, 0, ())
    assert zone.query("select distinct _delivery_id, _source_file from raw.ssda903__reviews") == [
        (delivery.delivery_id, REVIEWS)
    ]
    assert zone.query(
        "select return_name, rows, fate, contract_version, run_id, received_at = ?, withdrawn_at "
        "from raw.deliveries",
        [zone.now],
    ) == [("ssda903", 2, "accepted", "2016-17", "test", True, None)]


def test_a_long_file_says_how_far_it_is(zone: Zone) -> None:
    row = "1,01/02/2008,03/05/2016," + "x" * 1000 + "\n"
    landed = zone.land_one(REVIEWS, "CHILD,DOB,REVIEW,REVIEW_CODE\n" + row * 20_000)
    files, rows = zip(*zone.rows_told, strict=True)
    assert set(files) == {REVIEWS}
    assert list(rows) == sorted(rows)
    assert len(rows) > 2
    assert rows[-1] == landed.rows == 20_000


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"\xef\xbb\xbf" + PLAIN.encode(), "Starts with a byte order mark."),
        (PLAIN.encode("utf-16"), "Read as UTF-16."),
        (PLAIN.replace(",", ";"), "Columns are separated by semicolons."),
        (PLAIN.replace(",", "\t"), "Columns are separated by tabs."),
        (
            PLAIN.replace("CHILD,DOB", " child ,Date_of_birth_no,DOB")
            .replace("/20", "/20")
            .replace("007,", "007,x,")
            .replace("8,01/02/2009", "8,x,01/02/2009"),
            "Header spelt otherwise: ' child ' for CHILD. "
            "Left out columns nobody asked for: Date_of_birth_no.",
        ),
        (PLAIN.replace("CHILD", "ChildID"), "Header spelt otherwise: 'ChildID' for CHILD."),
        (PLAIN.replace("\n", "\r\n"), None),
        (PLAIN.replace("\n", "\r"), "Lines end in carriage returns alone."),
        (PLAIN + "\n\n", None),
        (PLAIN + ",,,\r\n , ,,\n", None),
        (PLAIN.rstrip("\n"), None),
        (PLAIN.replace("PN1", '"PN1"'), None),
    ],
)
def test_it_lands_all_the_same(zone: Zone, content: str | bytes, note: str | None) -> None:
    delivery = zone.land_one(REVIEWS, content)
    assert delivery.fate == "accepted", delivery.reason
    assert zone.reviews() == LANDED
    assert zone.query("select notes from raw.deliveries") == [(note,)]
    assert delivery.rejected_rows == 0


def test_windows_1252_is_read_and_said(zone: Zone) -> None:
    text = PLAIN.replace("007", "Zoë€1")
    delivery = zone.land_one(REVIEWS, text.encode("cp1252"))
    assert delivery.notes == ("Read as Windows-1252, for it is not UTF-8.",)
    assert zone.reviews()[0][0] == "Zoë€1"


def test_columns_may_stand_in_any_order(zone: Zone) -> None:
    zone.land_one(REVIEWS, "REVIEW_CODE,REVIEW,DOB,CHILD\nPN1,03/05/2016,01/02/2008,007\n")
    assert zone.reviews() == LANDED[:1]


def test_the_name_of_the_file_does_not_matter(zone: Zone) -> None:
    assert zone.land_one(f"{FOLDER}/sub/episodes (3).txt", PLAIN).table_name == "reviews"


def test_lines_are_true_after_quoted_line_breaks(zone: Zone) -> None:
    zone.land_one(
        REVIEWS,
        'CHILD,DOB,REVIEW,REVIEW_CODE\r\n"1","a\r\nb\nc",03/05/2016,PN1\r\n'
        '\r\n2,"say ""yes"", she said",03/05/2016,PN2\r\n3,x,03/05/2016,PN3',
    )
    assert [(row[0], row[3]) for row in zone.reviews()] == [("1", 2), ("2", 6), ("3", 7)]
    assert zone.query("select dob from raw.ssda903__reviews order by _source_line") == [
        ("a\r\nb\nc",),
        ('say "yes", she said',),
        ("x",),
    ]


def test_rows_that_cannot_be_split_are_set_aside_with_line_and_text(zone: Zone) -> None:
    delivery = zone.land_one(
        REVIEWS,
        b'CHILD,DOB,REVIEW,REVIEW_CODE\n1,"a\nb",03/05/2016,PN1\n2,too,few\n'
        b"3,one,too,many,cells\n4,x,\0,PN4\n5,x,y,PN5\r6,x,y,PN6\n"
        b'7,"never closed,y,PN7\n8,x,y,PN8\n9,"a "quoted" word",y,PN9\n10,x,y,PN0\n',
    )
    assert [(row[0], row[3]) for row in zone.reviews()] == [("1", 2), ("8", 9), ("10", 11)]
    quote = "a quotation mark is out of place or never closed"
    assert zone.query(
        "select source_line, original_text, reason from raw.rejected_rows "
        "where delivery_id = ? and source_file = ? order by source_line",
        [delivery.delivery_id, REVIEWS],
    ) == [
        (4, "2,too,few", "it has 3 cells where the header has 4"),
        (5, "3,one,too,many,cells", "it has 5 cells where the header has 4"),
        (6, "4,x,\N{SYMBOL FOR NULL},PN4", "it holds a NUL byte"),
        (7, "5,x,y,PN5\r6,x,y,PN6", "it holds a carriage return between cells"),
        (8, '7,"never closed,y,PN7', quote),
        (10, '9,"a "quoted" word",y,PN9', quote),
    ]
    assert (delivery.fate, delivery.rows, delivery.rejected_rows) == ("accepted", 3, 6)


def test_an_unclosed_quote_loses_only_its_own_row_in_a_long_file(zone: Zone) -> None:
    rows = [f'{n},"a, b",03/05/2016,PN1' for n in range(40_000)]
    rows[20_000] = '20000,"a, b,03/05/2016,PN1'
    delivery = zone.land_one(REVIEWS, "CHILD,DOB,REVIEW,REVIEW_CODE\n" + "\n".join(rows))
    assert (delivery.rows, delivery.rejected_rows) == (39_999, 1)
    assert zone.query("select source_line, original_text from raw.rejected_rows") == [
        (20_002, rows[20_000])
    ]
    assert zone.query(
        "select count(*) from raw.ssda903__reviews where cast(child as bigint) + 2 <> _source_line"
    ) == [(0,)]


def test_a_row_longer_than_the_limit_is_set_aside(zone: Zone) -> None:
    long = "x" * 1_100_000
    delivery = zone.land_one(REVIEWS, PLAIN + f"9,{long},y,PN9\n10,x,03/05/2016,PN1\n")
    assert (delivery.rows, delivery.rejected_rows) == (3, 1)
    ((line, text, reason),) = zone.query(
        "select source_line, original_text, reason from raw.rejected_rows"
    )
    assert (line, text, reason) == (
        4,
        f"9,{long}"[:10_000],
        "it is longer than 1,048,576 bytes",
    )


def test_blocks_do_not_show(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every split point of a small file, so that records, quotes and line ends span blocks."""
    content = 'CHILD,DOB,REVIEW,REVIEW_CODE\r\n1,"a\r\nb ""c""",é,PN1\r\n2,x,y\r\n3,x,"",PN3\r\n'
    for size in range(1, 40):
        monkeypatch.setattr("orchestration.landing.readers.csv._BLOCK_BYTES", size)
        zone.connection.execute("drop schema if exists raw cascade")
        delivery = zone.land_one(REVIEWS, content)
        assert (delivery.rows, delivery.rejected_rows) == (2, 1), size
        assert zone.query(
            "select child, dob, review, _source_line from raw.ssda903__reviews order by all"
        ) == [
            ("1", 'a\r\nb "c"', "é", 2),
            ("3", "x", None, 5),
        ]


def test_last_years_layout_is_taken_with_a_note(zone: Zone) -> None:
    episodes = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,HOME_POST,PL_POST,URN\n"
    delivery = zone.land_one("ssda903/882/2015-16/e.csv", episodes)
    assert delivery.fate == "accepted"
    assert delivery.notes == (
        "In last year's layout (2014-15), without the columns that came since.",
    )
    assert zone.land_one("ssda903/882/2017-18/e.csv", episodes).reason == (
        "ssda903/882/2017-18/e.csv looks like episodes of ssda903 but lacks the column "
        "REASON_PLACE_CHANGE; add it to the header line and send the file again."
    )


def test_a_column_or_table_of_a_later_year_is_taken_with_a_note(zone: Zone) -> None:
    episodes = (
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,"
        "PL_POST,URN\n1,01/05/2010,S,C2,N1,U4,PR1,,,CARPL,,,\n"
    )
    delivery = zone.land_one("ssda903/882/2010-11/e.csv", episodes)
    assert delivery.notes == ("Has columns asked for from 2015-16 on: reason_place_change.",)
    assert zone.query("select reason_place_change from raw.ssda903__episodes") == [("CARPL",)]
    missing = "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,01/02/2000,M,01/05/2010,\n"
    delivery = zone.land_one("ssda903/882/2010-11/m.csv", missing)
    assert delivery.notes == ("missing is asked for from 2014-15 on; taken all the same.",)
    assert delivery.rows == 1


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_lands_sheet_by_sheet(zone: Zone) -> None:
    import datetime as dt

    content = workbook(
        ("About", [["Sent by", "the team"]]),
        (
            "One",
            [
                ["Reviews of the year"],
                [],
                ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
                ["007", dt.date(2008, 2, 1), dt.datetime(2016, 5, 3), "PN1"],
                [8, "01/02/2009", None, "PN2"],
            ],
        ),
        ("Two", [["CHILD", "SEX", "DOB", "DUC"], [9, 1.0, "01/02/2009", None]]),
    )
    zone.put(f"{FOLDER}/all.xlsx", content)
    deliveries = zone.land().deliveries
    assert [(d.fate, d.table_name, d.rows) for d in deliveries] == [
        ("accepted", "reviews", 2),
        ("accepted", "uasc", 1),
    ]
    assert deliveries[0].notes == ("Left out, for it holds no table of the return: sheet About.",)
    assert zone.reviews() == [("007", "03/05/2016", "PN1", 4), ("8", None, "PN2", 5)]
    assert zone.query("select child, sex, dob, duc, _source_line from raw.ssda903__uasc") == [
        ("9", "1", "01/02/2009", None, 2)
    ]


def test_parquet_numbers_become_the_text_one_would_write(zone: Zone) -> None:
    table = pa.table(
        {
            "Short Desc": ["a", "a", "b"],
            "Data item": ["A", "A", "B"],
            "Years": ["2014-16", "2025 (Rev)", "0"],
            "LA and Regions": ["Southend-on-Sea", "Southend-on-Sea", "England"],
            "Values": ["12.13", "-", ""],
            "LA Number": pa.array([882.0, 882.0, None]),
            "Region": ["East of England", None, ""],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    delivery = zone.land_one("published_statistics/long.parquet", buffer.getvalue())
    assert (delivery.table_name, delivery.series, delivery.period_label) == (
        "lait",
        "lait",
        "2014.000001",
    )
    assert zone.query(
        "select la_number, value, region, _source_line from raw.published_statistics__lait"
    ) == [
        ("882", "12.13", "East of England", 1),
        ("882", "-", None, 2),
        (None, None, None, 3),
    ]
