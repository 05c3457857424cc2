"""Contract files: inheritance, and complaints that name file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.landing.contracts import (
    ContractError,
    contract_for,
    load_contracts,
    raw_columns,
)

BASE = """
apiVersion: v3.1.0
kind: DataContract
name: visits
version: "2010-11"
status: active
description: {purpose: Visits.}
team: {name: social_care}
customProperties:
  - {property: scope, value: authority}
  - {property: restates, value: period}
schema:
  - name: visits
    description: One row per visit.
    properties:
      - {name: child, logicalType: string, required: true, primaryKey: true, description: Child.}
      - {name: seen, logicalType: boolean, description: Seen.}
      - {name: mood, logicalType: string, description: Mood.}
  - name: letters
    description: One row per letter.
    properties:
      - {name: child, logicalType: string, description: Child.}
"""

LATER = """
apiVersion: v3.1.0
kind: DataContract
name: visits
version: "2012-13"
inherits: "2010-11"
status: active
description: {purpose: Letters went.}
removed: [letters]
schema:
  - name: visits
    removed: [mood]
    properties:
      - {name: seen, logicalType: string}
      - {name: place, logicalType: string, description: Place.}
"""


def write(folder: Path, **files: str) -> Path:
    (folder / "visits").mkdir(parents=True)
    for name, text in files.items():
        stem = name.removeprefix("y").replace("_", "-")
        (folder / "visits" / f"{stem}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_later_year_adds_changes_and_removes(tmp_path: Path) -> None:
    contracts = load_contracts(write(tmp_path, y2010_11=BASE, y2012_13=LATER))
    before, after = (contract_for("visits", year, contracts) for year in ("2011-12", "2013-14"))
    assert [table.name for table in before.tables] == ["visits", "letters"]
    assert [column.name for column in before.table("visits").columns] == ["child", "seen", "mood"]
    assert [table.name for table in after.tables] == ["visits"]
    assert [(c.name, c.logical_type) for c in after.table("visits").columns] == [
        ("child", "string"),
        ("seen", "string"),
        ("place", "string"),
    ]
    assert after.table("visits").primary_key == ("child",)
    assert (after.owner, after.restates_period) == ("social_care", True)
    assert raw_columns(contracts) == {
        "visits__visits": ("child", "seen", "mood", "place"),
        "visits__letters": ("child",),
    }


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "logicalType: boolean",
            "logicalType: yes_no",
            "visits/2010-11.yml: schema[0].properties[1].logicalType must be one of "
            "string, date, integer, number, boolean.",
        ),
        (
            "{name: mood,",
            "{nmae: mood,",
            "visits/2010-11.yml: schema[0].properties[2].nmae is not known; use one of "
            "customProperties, description, logicalType, name, physicalName, primaryKey, required.",
        ),
        (
            "{name: mood,",
            "{name: seen,",
            "visits/2010-11.yml: schema[0].properties has column seen twice.",
        ),
        (
            "team: {name: social_care}",
            "",
            "visits/2010-11.yml: team must be a mapping of keys to values.",
        ),
        (
            'version: "2010-11"',
            'version: "2010-12"',
            "visits/2010-11.yml: version (2010-12) must be the file's name.",
        ),
        (
            "{property: scope, value: authority}",
            "{property: scope, value: village}",
            "visits/2010-11.yml: customProperties.scope must be one of authority, national.",
        ),
        (
            "{property: restates, value: period}",
            "{property: restates, value: period}\n  - {property: parts, value: week}",
            "visits/2010-11.yml: customProperties.parts must be one of "
            "month, quarter, term, owner, list, file.",
        ),
        (
            "description: Seen.}",
            "description: Seen., customProperties: [{property: xmlPath, value: ../Seen/}]}",
            "visits/2010-11.yml: schema[0].properties[1].customProperties.xmlPath (../Seen/) must "
            "be . or element names and .. joined by /.",
        ),
        (
            "One row per visit.",
            "'One row",
            "visits/2010-11.yml: line 23 is not YAML: found unexpected end of stream.",
        ),
    ],
)
def test_a_bad_contract_names_file_and_key(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in BASE
    folder = write(tmp_path, y2010_11=BASE.replace(old, new))
    with pytest.raises(ContractError) as error:
        load_contracts(folder)
    assert str(error.value) == complaint


def test_an_xml_table_says_where_its_values_lie(tmp_path: Path) -> None:
    text = BASE.replace(
        "{name: seen, logicalType: boolean, description: Seen.}",
        """
        name: seen
        logicalType: boolean
        description: Seen.
        customProperties: [{property: xmlPath, value: ../../Person/Seen}]
      - name: place
        logicalType: integer
        description: Place among the visits of the case.
        customProperties: [{property: xmlPosition, value: .}]
      - name: kind
        logicalType: string
        description: Kind of visit.
        customProperties: [{property: values, value: [planned, sudden]}]""",
    ).replace(
        "customProperties:\n",
        "customProperties:\n"
        "  - {property: year, value: academic}\n"
        "  - {property: parts, value: term}\n",
        1,
    )
    (contract,) = load_contracts(write(tmp_path, y2010_11=text))
    columns = {column.name: column for column in contract.table("visits").columns}
    assert (contract.year, contract.parts) == ("academic", "term")
    assert (columns["seen"].xml_path, columns["seen"].xml_position) == ("../../Person/Seen", None)
    assert (columns["place"].xml_path, columns["place"].xml_position) == (None, ".")
    assert (columns["kind"].values, columns["place"].values) == (("planned", "sudden"), ())


def test_removing_what_was_never_there_is_refused(tmp_path: Path) -> None:
    later = LATER.replace("[letters]", "[parcels]")
    with pytest.raises(ContractError, match=r"2012-13.yml: removed names parcels, which"):
        load_contracts(write(tmp_path, y2010_11=BASE, y2012_13=later))


def test_an_unknown_parent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"2012-13.yml: inherits must name the version"):
        load_contracts(write(tmp_path, y2012_13=LATER))


def test_ssda903_follows_the_specification_year() -> None:
    def tables(period: str) -> set[str]:
        return {table.name for table in contract_for("ssda903", period).tables}

    def episodes(period: str) -> set[str]:
        table = contract_for("ssda903", period).table("episodes")
        return {column.name for column in table.columns}

    assert "missing" not in tables("2013-14")
    assert "missing" in tables("2014/15")
    assert "reason_place_change" not in episodes("2014-15")
    assert "reason_place_change" in episodes("2015-16")
    assert tables("2016-17") - tables("2015-16") == {"previous_permanence"}
    assert tables("2023-24") - tables("2022-23") == {"sw_episodes"}
    assert tables("2026-27") - tables("2025-26") == {"dolo"}
    assert contract_for("ssda903", "2030-31").version == "2026-27"


def test_what_is_asked_for_must_exist() -> None:
    with pytest.raises(ContractError, match=r"Known returns: .*published_statistics, .*ssda903"):
        contract_for("ssda904", "2016-17")
    with pytest.raises(ContractError, match="no contract for 1999-00: the first is 2007-08"):
        contract_for("ssda903", "1999-00")
    with pytest.raises(ValueError, match="2016-18 is not a collection year"):
        contract_for("ssda903", "2016-18")
