"""ZIP archives: each file lands as its own, or the archive is refused whole."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from orchestration.landing import confirm
from orchestration.landing.readers.section import Limits

from .conftest import Zone

FOLDER = "ssda903/882/2016-17"
FILE = f"{FOLDER}/sent.zip"
REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,03/05/2016,PN1\n"
UASC = "CHILD,SEX,DOB,DUC\n9,1,01/02/2009,\n"


def archive(*members: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("link.csv")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def encrypted() -> bytes:
    """An archive whose every entry says that it is encrypted."""
    content = bytearray(archive(("reviews.csv", REVIEWS)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    """An archive whose directory announces fewer bytes than come out."""
    content = bytearray(archive(("reviews.csv", REVIEWS * 100)))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def test_each_file_of_an_archive_lands_as_its_own(zone: Zone) -> None:
    zone.put(
        FILE,
        archive(
            ("reviews.csv", REVIEWS),
            ("more/", b""),
            ("more/uasc.csv", UASC),
            ("__MACOSX/more/._uasc.csv", b"\0"),
            ("notes.csv", "Name\n"),
        ),
    )
    first = zone.land()
    assert [(d.source_file, d.fate, d.table_name, d.rows) for d in first.deliveries] == [
        (f"{FILE}/more/uasc.csv", "accepted", "uasc", 1),
        (f"{FILE}/notes.csv", "refused", None, 0),
        (f"{FILE}/reviews.csv", "accepted", "reviews", 1),
    ]
    assert zone.query("select child, _source_file, _source_line from raw.ssda903__reviews") == [
        ("1", f"{FILE}/reviews.csv", 2)
    ]
    again = zone.land()
    assert (again.deliveries, again.unchanged) == ((), 1)
    assert zone.land_one(f"{FOLDER}/reviews.csv", REVIEWS).fate == "already_loaded"
    assert list(zone.settings.warehouse_file.parent.iterdir()) == []


def test_a_corrected_archive_supersedes_what_changed(zone: Zone) -> None:
    zone.put(FILE, archive(("reviews.csv", REVIEWS), ("uasc.csv", UASC)))
    zone.land()
    zone.put(FILE, archive(("reviews.csv", REVIEWS.replace("PN1", "PN2")), ("uasc.csv", UASC)))
    assert [d.fate for d in zone.land().deliveries] == ["accepted", "already_loaded"]


def test_a_held_file_of_an_archive_is_taken_once_confirmed(zone: Zone) -> None:
    old = REVIEWS + "".join(f"{n},01/02/2008,0{n}/05/2012,PN1\n" for n in range(1, 10))
    zone.put(FILE, archive(("reviews.csv", old.replace(",03/05/2016", ",")), ("uasc.csv", UASC)))
    held, uasc = zone.land().deliveries
    assert (held.fate, uasc.fate) == ("held", "accepted")
    confirm(zone.connection, held.delivery_id, zone.now)
    (taken,) = zone.land().deliveries
    assert (taken.source_file, taken.fate) == (f"{FILE}/reviews.csv", "accepted")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            archive(("reviews.csv", REVIEWS), ("../../reviews.csv", REVIEWS)),
            "is a ZIP archive that holds a file named ../../reviews.csv, which would lie outside "
            "it; send the files it holds without packing them.",
        ),
        (
            archive(("/etc/reviews.csv", REVIEWS)),
            "is a ZIP archive that holds a file named /etc/reviews.csv, which would lie outside "
            "it; send the files it holds without packing them.",
        ),
        (
            archive(("C:\\reviews.csv", REVIEWS)),
            "is a ZIP archive that holds a file named C:\\reviews.csv, which would lie outside "
            "it; send the files it holds without packing them.",
        ),
        (
            archive((link(), "/etc/passwd")),
            "is a ZIP archive that holds a file named link.csv, which would lie outside it; send "
            "the files it holds without packing them.",
        ),
        (
            archive(("reviews.csv", REVIEWS), ("Reviews.csv", REVIEWS)),
            "is a ZIP archive that holds the file Reviews.csv twice; take out the one that is "
            "not meant.",
        ),
        (
            archive(("reviews.csv", REVIEWS), ("inner.zip", archive(("uasc.csv", UASC)))),
            "is a ZIP archive that holds another archive, inner.zip; unpack that one and send "
            "the files it holds.",
        ),
        (
            archive(("reviews.csv", REVIEWS), ("inner.csv", b"\x1f\x8b\x08 packed")),
            "is a ZIP archive that holds another archive, inner.csv; unpack that one and send "
            "the files it holds.",
        ),
        (
            encrypted(),
            "is a ZIP archive that is protected by a password; send it again without.",
        ),
        (
            archive(),
            "is a ZIP archive that holds no file; send it again with the files of the return.",
        ),
        (
            archive(("reviews.csv", REVIEWS + "," * 20_000_000)),
            "is a ZIP archive that expands to more than 100 times its size, as no return does; "
            "send the files it holds without packing them.",
        ),
        (
            lying(),
            "cannot be opened as a ZIP archive, it is damaged or cut short; send it again.",
        ),
        (
            archive(("reviews.csv", REVIEWS))[:-30],
            "cannot be opened as a ZIP archive, it is damaged or cut short; send it again.",
        ),
    ],
)
def test_an_unsafe_archive_is_refused_whole(zone: Zone, content: bytes, reason: str) -> None:
    refused = zone.land_one(FILE, content)
    assert (refused.fate, refused.reason) == ("refused", f"{FILE} {reason}")
    assert zone.query("select count(*) from raw.ssda903__reviews") == [(0,)]
    assert list(zone.settings.warehouse_file.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (
            Limits(members=1),
            "is a ZIP archive that holds 2 files, more than the 1 allowed; send it in parts.",
        ),
        (
            Limits(expanded_bytes=50),
            f"is a ZIP archive that expands to {len(REVIEWS) + len(UASC)} bytes, more than the 50 "
            "allowed; send it in parts.",
        ),
    ],
)
def test_an_archive_beyond_the_limits_is_refused(zone: Zone, limits: Limits, reason: str) -> None:
    zone.limits = limits
    refused = zone.land_one(FILE, archive(("reviews.csv", REVIEWS), ("uasc.csv", UASC)))
    assert refused.reason == f"{FILE} {reason}"


def test_an_archive_in_no_returns_folder_is_refused(zone: Zone) -> None:
    refused = zone.land_one("ssda903/sent.zip", archive(("reviews.csv", REVIEWS)))
    assert refused.reason == (
        "ssda903/sent.zip lies in landing/ssda903, but folders for authority and year were "
        "expected; move it to one such as landing/ssda903/882/2016-17."
    )
