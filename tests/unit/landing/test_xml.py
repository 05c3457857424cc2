"""XML returns: every repeated element kept, nothing trusted, nothing half taken."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from orchestration.landing import LandingOptions, LandingSummary, land, load_contracts

from .conftest import Zone

FILE = "ssda903/882/2016-17/return.xml"
SSDA903 = """<?xml version="1.0" encoding="UTF-8"?>
<!-- exported -->
<EXPSSDA903>
  <CHILD>
    <EPISODE>
      <PL>U4</PL><DECOM>01/05/2016</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN>
      <PLACE_PROVIDER>PR1</PLACE_PROVIDER><URN/>
    </EPISODE>
    <?system note?>
    <HEADER>
      <CHILDID>007</CHILDID><SEX>1</SEX><DOB>01/02/2008</DOB><ETHNIC>WBRI</ETHNIC>
      <UPN>A123</UPN><UASC>0</UASC><SHOE_SIZE>5</SHOE_SIZE>
      <AREVIEW><REVIEW>03/05/2016</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <AREVIEW>
        <REVIEW_CODE>PN2</REVIEW_CODE>
        <REVIEW>04/11/2016</REVIEW>
      </AREVIEW>
      <OC2><SDQ_SCORE>12</SDQ_SCORE><TEETH_CHECK>1</TEETH_CHECK></OC2>
    </HEADER>
    <EPISODE><DECOM>02/06/2016</DECOM><PL>K2</PL></EPISODE>
  </CHILD>
  <CHILD>
    <HEADER>
      <CHILDID>8</CHILDID><DOB>01/02/2009</DOB><SEX>2</SEX><UASC>1</UASC>
      <DUC>01/02/2027</DUC>
    </HEADER>
    <AREVIEW><REVIEW>05/05/2016</REVIEW><REVIEW_CODE>PN3</REVIEW_CODE></AREVIEW>
  </CHILD>
</EXPSSDA903>
"""


def test_each_table_of_an_xml_return_lands(zone: Zone) -> None:
    zone.put(FILE, SSDA903)
    summary = zone.land()
    assert {d.fate for d in summary.deliveries} == {"accepted"}
    assert {d.table_name: d.rows for d in summary.deliveries} == {
        "header": 2,
        "episodes": 2,
        "reviews": 3,
        "oc2": 1,
        "oc3": 0,
        "ad1": 0,
        "placed_for_adoption": 0,
        "uasc": 1,
        "missing": 0,
        "previous_permanence": 0,
    }
    assert summary.deliveries[0].notes == ("Left out elements nobody asked for: SHOE_SIZE.",)
    assert zone.query(
        "select child, dob, sex, upn, uasc, mother, _source_line from raw.ssda903__header "
        "order by _source_line"
    ) == [
        ("007", "01/02/2008", "1", "A123", "0", None, 10),
        ("8", "01/02/2009", "2", None, "1", None, 23),
    ]
    assert zone.query(
        "select child, decom, place, dec, urn, _source_line from raw.ssda903__episodes "
        "order by _source_line"
    ) == [
        ("007", "01/05/2016", "U4", None, None, 5),
        ("007", "02/06/2016", "K2", None, None, 20),
    ]
    assert zone.query(
        "select child, dob, review, review_code, _source_line from raw.ssda903__reviews "
        "order by _source_line"
    ) == [
        ("007", "01/02/2008", "03/05/2016", "PN1", 13),
        ("007", "01/02/2008", "04/11/2016", "PN2", 14),
        ("8", "01/02/2009", "05/05/2016", "PN3", 27),
    ]
    assert zone.query("select child, sdq_score, dob, _source_line from raw.ssda903__oc2") == [
        ("007", "12", "01/02/2008", 18)
    ]
    assert zone.query("select child, sex, dob, duc from raw.ssda903__uasc") == [
        ("8", "2", "01/02/2009", "01/02/2027")
    ]


def test_a_corrected_xml_return_supersedes_table_by_table(zone: Zone) -> None:
    zone.put(FILE, SSDA903)
    zone.land()
    zone.put(FILE, SSDA903.replace("PN3", "PN4"))
    fates = {d.table_name: d.fate for d in zone.land().deliveries}
    assert fates.pop("reviews") == "accepted"
    assert set(fates.values()) == {"already_loaded"}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_an_xml_file_declares_is_believed(zone: Zone, codec: str) -> None:
    declared = codec.removesuffix("-sig")
    text = SSDA903.replace("UTF-8", declared).replace("A123", "Zoë")
    zone.put(FILE, text.encode(codec))
    zone.land()
    assert zone.query("select upn from raw.ssda903__header order by all") == [("Zoë",), (None,)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            SSDA903[: SSDA903.index("<DUC>")],
            f"{FILE}, line 25, is not well-formed XML: a tag is wrong or missing, or the file is "
            "cut short; export it again.",
        ),
        (
            SSDA903.replace("</HEADER>\n    <EPISODE>", "\n    <EPISODE>"),
            f"{FILE}, line 21, is not well-formed XML: a tag is wrong or missing, or the file is "
            "cut short; export it again.",
        ),
        (
            SSDA903.replace("<!-- exported -->", "\n<!DOCTYPE EXPSSDA903>"),
            f"{FILE}, line 3, has a document type or an entity, which no return needs; export it "
            "again without.",
        ),
        (
            SSDA903.replace("<!-- exported -->", "<!DOCTYPE EXPSSDA903>").encode("utf-16"),
            f"{FILE}, line 2, has a document type or an entity, which no return needs; export it "
            "again without.",
        ),
        (
            "<Message><Header/></Message>",
            f"{FILE} is XML that begins with Message, where EXPSSDA903 was expected for ssda903; "
            "check which system it came from and export it again.",
        ),
        (
            SSDA903.replace("01/05/2016", "05/13/2016").replace("02/06/2016", "06/02/2016"),
            f"{FILE}, table episodes, line 5, column DECOM, has a date with the month first, and "
            "no date in the file has the day first; day/month/year was expected, so export it "
            "again with British dates.",
        ),
    ],
)
def test_xml_is_refused_whole(zone: Zone, content: str | bytes, reason: str) -> None:
    refused = zone.land_one(FILE, content)
    assert (refused.fate, refused.reason) == ("refused", reason)
    assert zone.query("select count(*) from raw.ssda903__header") == [(0,)]


def test_an_entity_bomb_costs_next_to_nothing(zone: Zone) -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(12)
    )
    bomb = f"<!DOCTYPE EXPSSDA903 [{entities}]><EXPSSDA903>&e11;</EXPSSDA903>"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    refused = zone.land_one(FILE, bomb)
    assert refused.fate == "refused"
    assert time.monotonic() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_an_xml_return_of_another_folder_is_sent_there(zone: Zone, tmp_path: Path) -> None:
    zone.put("placement_payments/882/2016-17/x.xml", SSDA903)
    (refused,) = zone.land().deliveries
    assert refused.reason == (
        "placement_payments/882/2016-17/x.xml holds the return ssda903, not placement_payments; "
        "move it to the folder landing/ssda903."
    )


def land_all(zone: Zone) -> LandingSummary:
    return land(
        zone.settings,
        zone.connection,
        zone.now,
        contracts=load_contracts(),
        options=LandingOptions(settle_seconds=0),
    )


def test_every_repeated_element_of_a_census_is_kept(zone: Zone) -> None:
    children = "".join(
        f"""<Child><ChildIdentifiers><LAchildID>{n}</LAchildID></ChildIdentifiers>
        <CINdetails><ChildProtectionPlans>
        <Reviews><CPPreviewDate>2023-05-01</CPPreviewDate>
        <CPPreviewDate>2023-07-01</CPPreviewDate></Reviews>
        <Reviews><CPPreviewDate>2023-09-01</CPPreviewDate></Reviews>
        <CPPstartDate>2023-04-01</CPPstartDate></ChildProtectionPlans>
        <CINreferralDate>2023-03-01</CINreferralDate></CINdetails></Child>"""
        for n in range(3)
    )
    zone.put(
        "cin_census/882/2023-24/census.xml",
        f"<Message><Header/><Children>{children}</Children></Message>",
    )
    summary = land_all(zone)
    assert {d.fate for d in summary.deliveries} == {"accepted"}
    rows = {d.table_name: d.rows for d in summary.deliveries}
    assert (rows["child"], rows["cpp"], rows["cpp_review"]) == (3, 3, 9)
    assert zone.query(
        "select la_child_id, cin_referral_date, cin_sequence, cpp_start_date, cpp_sequence, "
        "cpp_review_date from raw.cin_census__cpp_review where la_child_id = '1' order by all"
    ) == [
        ("1", "2023-03-01", "1", "2023-04-01", "1", "2023-05-01"),
        ("1", "2023-03-01", "1", "2023-04-01", "1", "2023-07-01"),
        ("1", "2023-03-01", "1", "2023-04-01", "1", "2023-09-01"),
    ]


def census(year: str, authority: str = "882") -> str:
    return (
        f"<Message><Header><CollectionDetails>\n<Collection>CIN</Collection><Year>{year}</Year>"
        f"</CollectionDetails><Source><LEA>{authority}</LEA></Source></Header><Children/></Message>"
    )


def test_a_census_of_another_year_than_its_folder_is_held(zone: Zone) -> None:
    zone.put("cin_census/882/2016-17/census.xml", census("2016"))
    (held,) = land_all(zone).deliveries
    assert (held.fate, held.reason) == (
        "held",
        "cin_census/882/2016-17/census.xml, table header, line 1, column Year, says 2016, but lies "
        "in the folder 2016-17, which ends in 2017; move it to the folder 2015-16 if it belongs "
        "there.",
    )


@pytest.mark.parametrize("year", ["2017", " 2017 ", "", "last year"])
def test_a_census_of_its_folders_year_or_without_one_is_taken(zone: Zone, year: str) -> None:
    zone.put("cin_census/882/2016-17/census.xml", census(year))
    assert {d.fate for d in land_all(zone).deliveries} == {"accepted"}


def test_a_census_of_another_authority_than_its_folder_is_held(zone: Zone) -> None:
    zone.put("cin_census/882/2016-17/census.xml", census("2017", "883"))
    (held,) = land_all(zone).deliveries
    assert (held.fate, held.reason) == (
        "held",
        "cin_census/882/2016-17/census.xml, table header_source, line 2, "
        "column LEA, says authority 883, but lies in the folder of 882; move it to the folder 883 "
        "if it is theirs.",
    )


@pytest.mark.parametrize("authority", ["882", " 882 ", "", "Southend"])
def test_a_census_of_its_folders_authority_or_without_one_is_taken(
    zone: Zone, authority: str
) -> None:
    zone.put("cin_census/882/2016-17/census.xml", census("2017", authority))
    assert {d.fate for d in land_all(zone).deliveries} == {"accepted"}
