"""Sent twice, corrected, rolled back, withdrawn: what becomes of deliveries of one key."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration.landing import DeliveryError, RowChange, confirm, delivery_changes, withdraw

from .conftest import Zone

FOLDER = "ssda903/882/2016-17"
HEADER = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
FIRST = HEADER + "1,a,01/05/2016,PN1\n2,b,02/05/2016,PN2\n3,c,03/05/2016,PN3\n"
SECOND = HEADER + "1,a,01/05/2016,PN1\n2,b,02/05/2016,PN7\n4,d,04/05/2016,PN4\n"


def fates(zone: Zone) -> dict[int, tuple[str, int | None]]:
    rows = zone.query("select delivery_id, fate, supersedes from raw.deliveries order by all")
    return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.parametrize(
    "again",
    [
        FIRST,
        HEADER + "3,c,03/05/2016,PN3\n1,a,01/05/2016,PN1\n2,b,02/05/2016,PN2\n",
        FIRST.replace("\n", "\r\n"),
        FIRST.replace(",", ";"),
        "REVIEW_CODE,CHILD,REVIEW,DOB\nPN1,1,01/05/2016,a\nPN2,2,02/05/2016,b\n"
        "PN3,3,03/05/2016,c\n",
    ],
)
@pytest.mark.parametrize("name", ["r.csv", "copy of r.csv"])
def test_the_same_again_changes_nothing(zone: Zone, again: str, name: str) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    before = zone.reviews()
    second = zone.land_one(f"{FOLDER}/{name}", again)
    assert (second.fate, second.rows) == ("already_loaded", 0)
    assert second.reason == (
        f"{FOLDER}/{name} holds the same rows as delivery 1 of 02/04/2026; nothing was changed."
    )
    assert zone.reviews() == before
    assert fates(zone) == {1: ("accepted", None), 2: ("already_loaded", None)}


def test_nothing_new_is_not_read_again(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    again = zone.land()
    assert (again.deliveries, again.unchanged) == ((), 1)


def test_a_row_twice_is_not_a_row_once(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    assert zone.land_one(f"{FOLDER}/r.csv", FIRST + "1,a,01/05/2016,PN1\n").fate == "accepted"


def test_a_correction_supersedes_and_both_stay(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    assert zone.land_one(f"{FOLDER}/r.csv", SECOND).fate == "accepted"
    assert fates(zone) == {1: ("superseded", None), 2: ("accepted", 1)}
    assert zone.query(
        "select _delivery_id, count(*) from raw.ssda903__reviews group by all order by all"
    ) == [(1, 3), (2, 3)]


def test_another_year_authority_or_table_is_not_superseded(zone: Zone) -> None:
    zone.put(f"{FOLDER}/r.csv", FIRST)
    zone.put("ssda903/883/2016-17/r.csv", SECOND)
    zone.put("ssda903/882/2017-18/r.csv", SECOND)
    zone.put(f"{FOLDER}/u.csv", "CHILD,SEX,DOB,DUC\n1,1,a,\n")
    assert {d.fate for d in zone.land().deliveries} == {"accepted"}
    assert set(fates(zone).values()) == {("accepted", None)}


def test_files_of_one_key_landed_together_supersede_in_the_order_written(zone: Zone) -> None:
    zone.put(f"{FOLDER}/z.csv", FIRST)
    zone.put(f"{FOLDER}/a.csv", SECOND)
    assert [d.source_file for d in zone.land().deliveries] == [
        f"{FOLDER}/z.csv",
        f"{FOLDER}/a.csv",
    ]
    assert fates(zone) == {1: ("superseded", None), 2: ("accepted", 1)}


def test_an_older_version_again_is_held(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    held = zone.land_one(f"{FOLDER}/r.csv", FIRST)
    assert (held.fate, held.rows) == ("held", 0)
    assert held.reason == (
        f"{FOLDER}/r.csv holds the same rows as delivery 1 of 02/04/2026, which was superseded "
        "since; if it is to count again, withdraw delivery 2."
    )
    assert fates(zone)[2] == ("accepted", 1)
    assert zone.query("select count(*) from raw.ssda903__reviews") == [(6,)]


def test_withdrawing_restores_the_one_before(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    withdraw(zone.connection, 2, dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC))
    assert fates(zone) == {1: ("accepted", None), 2: ("withdrawn", 1)}
    assert zone.query("select withdrawn_at from raw.deliveries where delivery_id = 2") == [
        (dt.datetime(2026, 5, 1, 12),)
    ]
    assert zone.land().deliveries == ()
    again = zone.land_one(f"{FOLDER}/r2.csv", SECOND)
    assert again.fate == "held"
    assert again.reason is not None
    assert "which was withdrawn since" in again.reason


def test_withdrawing_an_earlier_one_leaves_the_later_in_force(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    withdraw(zone.connection, 1, zone.now)
    assert fates(zone) == {1: ("withdrawn", None), 2: ("accepted", 1)}
    withdraw(zone.connection, 2, zone.now)
    assert fates(zone) == {1: ("withdrawn", None), 2: ("withdrawn", 1)}


def test_only_what_was_taken_in_can_be_withdrawn(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", "nothing\n")
    with pytest.raises(DeliveryError, match="There is no delivery 7"):
        withdraw(zone.connection, 7, zone.now)
    with pytest.raises(DeliveryError, match="Delivery 1 is refused: only one that was taken in"):
        withdraw(zone.connection, 1, zone.now)


def test_changes_are_listed_row_by_row(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    assert delivery_changes(zone.connection, 1) == []
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    assert delivery_changes(zone.connection, 2) == [
        RowChange("changed", ("2", "02/05/2016"), 3, ("review_code",)),
        RowChange("removed", ("3", "03/05/2016"), 4, ()),
        RowChange("added", ("4", "04/05/2016"), 4, ()),
    ]
    with pytest.raises(DeliveryError, match="There is no delivery 9"):
        delivery_changes(zone.connection, 9)


def test_changes_of_repeated_keys_pair_what_is_left(zone: Zone) -> None:
    twice = HEADER + "1,a,01/05/2016,PN1\n1,a,01/05/2016,PN1\n1,b,01/05/2016,PN1\n"
    once = HEADER + "1,a,01/05/2016,PN1\n1,c,01/05/2016,PN1\n"
    zone.land_one(f"{FOLDER}/r.csv", twice)
    zone.land_one(f"{FOLDER}/r.csv", once)
    assert delivery_changes(zone.connection, 2) == [
        RowChange("changed", ("1", "01/05/2016"), 3, ("dob",)),
        RowChange("removed", ("1", "01/05/2016"), 4, ()),
    ]


def test_parts_of_a_period_stand_beside_each_other(zone: Zone) -> None:
    from orchestration.landing import contract_for

    contract = contract_for("placement_payments")
    table = contract.tables[0]
    headers = [column.header for column in table.columns]

    def payments(*months: str) -> str:
        rows = [
            ",".join(month if c.name == "month" else "1" for c in table.columns) for month in months
        ]
        return "\n".join([",".join(headers), *rows]) + "\n"

    zone.put("placement_payments/882/2016-17/april.csv", payments("2016-04"))
    zone.put("placement_payments/882/2016-17/may.csv", payments("2016-05", "2016-06"))
    deliveries = zone.land().deliveries
    assert [(d.fate, d.series, d.period_label) for d in deliveries] == [
        ("accepted", "2016-04", "2016/17"),
        ("accepted", "2016-05", "2016/17"),
        ("accepted", "2016-06", "2016/17"),
    ]
    assert zone.land_one("placement_payments/882/2016-17/x.csv", payments("2016-04", "2016-04"))
    assert fates(zone)[1] == ("superseded", None)
    assert fates(zone)[2] == ("accepted", None)


def test_a_fault_while_writing_leaves_no_trace(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last write of a file fails: neither its rows nor its line in the manifest stay."""
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.put(f"{FOLDER}/r.csv", SECOND)

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.landing.engine._Run._remember", fail)
        with pytest.raises(OSError, match="disk full"):
            zone.land()
    assert fates(zone) == {1: ("accepted", None)}
    assert zone.query("select count(*) from raw.ssda903__reviews") == [(3,)]
    assert [d.fate for d in zone.land().deliveries] == ["accepted"]


def test_a_held_file_is_taken_once_confirmed(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    held = zone.land_one(f"{FOLDER}/r.csv", FIRST)
    assert zone.land().deliveries == ()
    confirm(zone.connection, held.delivery_id, dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC))
    assert zone.query("select fate, notes from raw.deliveries where delivery_id = 3") == [
        ("held", "Confirmed on 01/05/2026.")
    ]
    (taken,) = zone.land().deliveries
    assert (taken.fate, taken.rows) == ("accepted", 3)
    assert taken.notes == ("Confirmed, after it was held as delivery 3.",)
    assert fates(zone) == {
        1: ("superseded", None),
        2: ("superseded", 1),
        3: ("held", None),
        4: ("accepted", 2),
    }
    with pytest.raises(DeliveryError, match="Delivery 3 was confirmed before"):
        confirm(zone.connection, 3, zone.now)


def test_a_confirmation_counts_for_one_landing(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    zone.land_one(f"{FOLDER}/r.csv", SECOND)
    confirm(zone.connection, zone.land_one(f"{FOLDER}/r.csv", FIRST).delivery_id, zone.now)
    zone.land()
    zone.land_one(f"{FOLDER}/r.csv", SECOND.replace("PN4", "PN5"))
    assert zone.land_one(f"{FOLDER}/r.csv", FIRST).fate == "held"


def test_a_file_of_another_year_is_taken_once_confirmed(zone: Zone) -> None:
    rows = "".join(f"{n},01/02/2008,0{n}/04/2014,PN1\n" for n in range(1, 8))
    held = zone.land_one(f"{FOLDER}/r.csv", HEADER + rows)
    assert held.fate == "held"
    confirm(zone.connection, held.delivery_id, zone.now)
    (taken,) = zone.land().deliveries
    assert (taken.fate, taken.rows) == ("accepted", 7)


def test_only_a_held_delivery_can_be_confirmed(zone: Zone) -> None:
    zone.land_one(f"{FOLDER}/r.csv", FIRST)
    with pytest.raises(DeliveryError, match="Delivery 1 is accepted: only one that is held"):
        confirm(zone.connection, 1, zone.now)
    with pytest.raises(DeliveryError, match="There is no delivery 9"):
        confirm(zone.connection, 9, zone.now)


def test_the_content_digest_is_what_warehouses_hold(zone: Zone) -> None:
    """When this fails, files sent again will look like corrections: see content.py first."""
    zone.land_one(
        "ssda903/882/2016-17/reviews.csv",
        "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2008,03/05/2016,PN1\n2,,04/05/2016,PN2\n",
    )
    [(digest,)] = zone.query("select content_sha256 from raw.deliveries")
    assert digest == "b58983fb5d9012b74205f9aab135608703a22c6aacbbb3d982ff929d4761e7e0"


def test_a_column_filled_in_one_row_counts_in_the_digest(zone: Zone) -> None:
    rows = HEADER + "1,,,PN1\n2,,,PN2\n3,,03/05/2016,PN3\n"
    zone.land_one(f"{FOLDER}/r.csv", rows)
    assert zone.land_one(f"{FOLDER}/r.csv", rows.replace("\n", "\r\n")).fate == "already_loaded"
    without = rows.replace("03/05/2016", "")
    assert zone.land_one(f"{FOLDER}/r.csv", without).fate == "accepted"
