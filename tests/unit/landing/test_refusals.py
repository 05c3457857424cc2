"""What landing refuses or holds: the whole file, one sentence, and nothing else touched."""

from __future__ import annotations

import io
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.landing.files import Fingerprint, LandedFile, find_files, fingerprint
from orchestration.landing.readers.section import Limits

from .conftest import Zone

FOLDER = "ssda903/882/2016-17"
FILE = f"{FOLDER}/sent.csv"
GOOD = "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,03/05/2016,PN1\n"


def nested_parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"CHILD": [[1, 2]]}), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        (
            FILE,
            "CHILD,DOB,REVIEW\n1,01/02/2008,03/05/2016\n",
            f"{FILE} looks like reviews of ssda903 but lacks the column REVIEW_CODE; add it to "
            "the header line and send the file again.",
        ),
        (
            FILE,
            "CHILD,DECOM,LS,CIN,PLACE,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n",
            f"{FILE} looks like episodes of ssda903 but lacks the columns RNE and "
            "PLACE_PROVIDER; add them to the header line and send the file again.",
        ),
        (
            FILE,
            "CHILD,DOB,REVIEW,REVIEW_CODE,review\n",
            f"{FILE} has the column review twice in its header line; take out the one that is "
            "not meant and send the file again.",
        ),
        (
            FILE,
            b"\xef\xbb\xbfCHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,03/05/2016,PN\xe9\n",
            f"{FILE} says in its first bytes that it is UTF-8, but line 2 holds bytes that are "
            "not; save it as CSV (UTF-8) and send it again.",
        ),
        (
            FILE,
            "Name,Colour\nA,red\n",
            f"{FILE} has a header line that fits no table of ssda903; the columns of one of "
            "these were expected: header, episodes, reviews, oc2, oc3, ad1, "
            "placed_for_adoption, uasc, missing, previous_permanence.",
        ),
        (
            FILE,
            "LA Number,LA Name,Region,Type\n882,Southend-on-Sea,East of England,UA\n",
            f"{FILE} holds authorities of the return published_statistics, not of ssda903; move "
            "it to the folder landing/published_statistics.",
        ),
        (
            FILE,
            "",
            f"{FILE} is empty: a header line with the names of the columns was expected.",
        ),
        (
            FILE,
            "\n \n,,\n",
            f"{FILE} is empty: a header line with the names of the columns was expected.",
        ),
        (
            FILE,
            b"\x00\x01\x02binary\x03\x04\n" * 50,
            f"{FILE} is not a text file, whatever its name says: line 1 holds bytes that are no "
            "characters; save it as CSV (UTF-8) and send it again.",
        ),
        (
            FILE,
            b"%PDF-1.7\n1 0 obj",
            f"{FILE} is a PDF document, whatever its name says; CSV, XLSX, Parquet or XML "
            "was expected, so save it as one of these and send it again.",
        ),
        (
            FILE,
            GOOD.encode() + b"\x81,\xe9,x,y\n",
            f"{FILE}, line 3, holds a byte that is neither UTF-8 nor cp1252; save the file as "
            "CSV (UTF-8) and send it again.",
        ),
        (
            FILE,
            GOOD.encode("utf-16")[:-1],
            f"{FILE} ends in the middle of a character, at line 2; the file is cut short, send "
            "it again.",
        ),
        (
            FILE,
            "CHILD,DOB,REVIEW,REVIEW_CODE\n1,2\n3\n",
            f"{FILE} has no row that could be read: line 2, for one, was not taken because it "
            "has 2 cells where the header has 4; export the file again.",
        ),
        (
            FILE,
            b"PAR1 cut short",
            f"{FILE} cannot be read as Parquet, it is damaged or cut short; send it again.",
        ),
        (
            FILE,
            nested_parquet(),
            f"{FILE}, column CHILD, holds lists or records; one value in each cell was expected, "
            "so write it out flat and send it again.",
        ),
        (
            FILE,
            b"PK\x03\x04 cut short",
            f"{FILE} cannot be read as a workbook, it is damaged or protected by a password; "
            "save it again as .xlsx without a password.",
        ),
        (
            "ssda903/reviews.csv",
            GOOD,
            "ssda903/reviews.csv lies in landing/ssda903, but folders for authority and year "
            "were expected; move it to one such as landing/ssda903/882/2016-17.",
        ),
        (
            "ssda903/Southend/2016-17/r.csv",
            GOOD,
            "ssda903/Southend/2016-17/r.csv lies in a folder Southend, which is no authority's "
            "DfE number; move it to a folder named with three digits, such as 882.",
        ),
        (
            "ssda903/882/2016-18/r.csv",
            GOOD,
            "ssda903/882/2016-18/r.csv lies in a folder 2016-18, which is no collection year; "
            "move it to a folder named with two years that follow each other, such as 2016-17.",
        ),
        (
            "ssda903/882/2001-02/r.csv",
            GOOD,
            "ssda903/882/2001-02/r.csv cannot be taken: ssda903 has no contract for 2001-02: the "
            "first is 2007-08.",
        ),
        (
            "holidays/r.csv",
            GOOD,
            "holidays/r.csv does not lie in the folder of a return; move it to one of "
            "landing/placement_payments, landing/published_statistics, landing/ssda903, "
            "landing/underlying_statistics.",
        ),
        (
            "published_statistics/a.csv",
            "time_period,time_identifier,geographic_level,country_code,country_name,x,X\n",
            "published_statistics/a.csv has the column X twice in its header line; take out the "
            "one that is not meant and send the file again.",
        ),
        (
            "published_statistics/neighbours.csv",
            "LA num,LA Name,SN1,SNP,SN2,SNP\n882,Southend-on-Sea,839,Close,845,Close\n",
            "published_statistics/neighbours.csv does not say which year's model of statistical "
            "neighbours it is; put the year into the file's name, as sn_may_2025.xlsx, and send "
            "it again.",
        ),
        (
            FILE,
            "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,05/03/2016,PN1\n2,02/13/2008,,PN1\n",
            f"{FILE}, line 3, column DOB, has a date with the month first, and no date in the "
            "file has the day first; day/month/year was expected, so export it again with "
            "British dates.",
        ),
    ],
)
def test_a_refused_file_says_why_and_touches_nothing(
    zone: Zone, path: str, content: str | bytes, reason: str
) -> None:
    file = zone.put(path, content)
    zone.put("ssda903/883/2016-17/other.csv", GOOD)
    refused, other = zone.land().deliveries
    assert refused.reason == reason
    assert (refused.fate, refused.rows, refused.table_name) == ("refused", 0, None)
    assert (other.fate, other.rows) == ("accepted", 1)
    assert file.exists()
    assert [(row[0], row[3]) for row in zone.reviews()] == [("1", 2)]
    assert zone.query("select count(*) from raw.rejected_rows") == [(0,)]
    assert zone.query("select reason from raw.deliveries where fate = 'refused'") == [(reason,)]


def test_a_refused_file_is_not_read_again_until_it_changes(zone: Zone) -> None:
    zone.land_one(FILE, "Name\n")
    again = zone.land()
    assert (again.deliveries, again.unchanged) == ((), 1)
    assert zone.land_one(FILE, GOOD).fate == "accepted"


def test_files_beyond_the_limit_are_refused(zone: Zone) -> None:
    zone.limits = Limits(file_bytes=50)
    size = len(GOOD)
    assert zone.land_one(FILE, GOOD).reason == (
        f"{FILE} has {size} bytes, more than the 50 allowed; split it and send the parts."
    )


def test_a_file_of_bad_quotes_is_given_up(zone: Zone) -> None:
    zone.limits = Limits(bad_quotes=5)
    rows = "".join(f'{n},a "b" c,x,y\n' for n in range(10))
    assert zone.land_one(FILE, GOOD + rows).reason == (
        f"{FILE} has quotation marks out of place in more than 5 rows, by line 8; export it "
        "again with quotation marks around whole cells only."
    )
    assert zone.query("select count(*) from raw.ssda903__reviews") == [(0,)]
    assert zone.query("select count(*) from raw.rejected_rows") == [(0,)]


def reviews_of(*dates: str) -> str:
    rows = "".join(f"{n},01/02/2008,{date},PN1\n" for n, date in enumerate(dates))
    return "CHILD,DOB,REVIEW,REVIEW_CODE\n" + rows


def test_a_file_of_another_year_is_held(zone: Zone) -> None:
    held = zone.land_one(FILE, reviews_of(*["01/04/2014"] * 6, *["31/03/2015"] * 5, "01/05/2016"))
    assert (held.fate, held.rows) == ("held", 0)
    assert held.reason == (
        f"{FILE} has 11 of its 12 event dates in 2014-15 and 1 in 2016-17, the year of its "
        "folder; move it to the folder 2014-15 if it belongs there."
    )
    assert zone.reviews() == []


@pytest.mark.parametrize(
    "dates",
    [
        ["01/04/2014"] * 8 + ["01/05/2016"],  # more than a tenth are in the folder's year
        ["01/04/2014"] * 4,  # too few to prove anything
        ["01/04/2012", "01/04/2013", "01/04/2014", "01/04/2015", "01/04/2011", "nonsense"],
    ],
)
def test_older_dates_alone_do_not_hold_a_file(zone: Zone, dates: list[str]) -> None:
    assert zone.land_one(FILE, reviews_of(*dates)).fate == "accepted"


def test_an_autumn_census_returns_the_exclusions_of_the_summer_before(zone: Zone) -> None:
    zone.families = ("school_census",)
    rows = "".join(f"{n},{n},13/06/2016,2,SUSP,PP,,,N\n" for n in range(1, 9))
    landed = zone.land_one(
        "school_census/882/2016-17/2016_autumn_termlyexclusionsonroll.csv",
        "termlyexclusionsonrolltableid,pupilonrolltableid,startdate,sessions,category,reason1,"
        "reason2,reason3,senprovision\n" + rows,
    )
    assert (landed.fate, landed.rows, landed.reason) == ("accepted", 8, None)


def test_one_british_date_clears_the_american_ones(zone: Zone) -> None:
    assert zone.land_one(FILE, reviews_of("03/25/2016", "25/03/2016")).fate == "accepted"


def test_a_file_still_being_copied_is_left(zone: Zone) -> None:
    zone.settle_seconds = 3600
    zone.put(FILE, GOOD)
    first = zone.land()
    assert (first.deliveries, first.waiting) == ((), (FILE,))
    zone.settle_seconds = 0
    assert [d.fate for d in zone.land().deliveries] == ["accepted"]


def test_a_file_copied_a_moment_ago_is_waited_for(zone: Zone) -> None:
    """Whoever copies files and starts the job at once need not start it again."""
    zone.settle_seconds = 0.5
    zone.put(FILE, GOOD)
    landed = zone.land()
    assert ([d.fate for d in landed.deliveries], landed.waiting) == (["accepted"], ())


def test_a_file_renamed_while_it_was_waited_for_is_passed_over(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that copy under another name first rename the file when it is whole."""
    file = zone.put(FILE, GOOD)
    zone.settle_seconds = 3600
    monkeypatch.setattr(
        "orchestration.landing.engine.time.sleep",
        lambda _: file.rename(file.with_name("reviews_whole.csv")),
    )
    landed = zone.land()
    assert (landed.deliveries, landed.waiting) == ((), ())


def test_a_file_taken_away_before_its_turn_stops_no_other(zone: Zone) -> None:
    gone = zone.put("ssda903/882/2015-16/reviews.csv", GOOD)
    zone.put(FILE, GOOD)
    found = find_files(zone.settings.landing_dir)
    assert found[0].path == gone
    with patch("orchestration.landing.engine.find_files", return_value=found):
        gone.unlink()
        landed = zone.land()
    assert [(d.source_file, d.fate) for d in landed.deliveries] == [(FILE, "accepted")]


def test_a_file_open_elsewhere_is_refused_and_tried_again(zone: Zone) -> None:
    """Excel on Windows keeps a workbook to itself while it is open."""
    locked = "ssda903/882/2015-16/reviews.csv"
    zone.put(locked, GOOD)
    zone.put(FILE, GOOD)

    def only_one_at_a_time(file: LandedFile) -> Fingerprint:
        if file.source_file == locked:
            raise PermissionError(13, "Permission denied")
        return fingerprint(file)

    with patch("orchestration.landing.engine.fingerprint", only_one_at_a_time):
        refused, landed = zone.land().deliveries
    assert (refused.source_file, refused.fate) == (locked, "refused")
    assert refused.reason is not None
    assert refused.reason.startswith(f"{locked} cannot be opened: another program has it open")
    assert (landed.source_file, landed.fate) == (FILE, "accepted")
    assert [(d.source_file, d.fate) for d in zone.land().deliveries] == [(locked, "accepted")]


def test_a_file_changed_while_it_is_read_is_left(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = zone.put(FILE, GOOD)

    def write_more(*_: object, **__: object) -> None:
        with file.open("a") as stream:
            stream.write("2,01/02/2008,03/05/2016,PN1\n")

    monkeypatch.setattr("orchestration.landing.engine.check_place", write_more)
    first = zone.land()
    assert (first.deliveries, first.waiting) == ((), (FILE,))
    assert zone.query("select count(*) from raw.deliveries") == [(0,)]
    assert zone.query("select count(*) from raw.ssda903__reviews") == [(0,)]


def test_what_editors_leave_lying_about_is_passed_over(zone: Zone) -> None:
    for name in (".~lock.x#", "~$x.xlsx", "Thumbs.db", "x.csv.part", "x.csv.crdownload", "x.tmp"):
        zone.put(f"{FOLDER}/{name}", "x")
    assert zone.land().deliveries == ()
