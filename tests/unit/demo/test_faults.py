"""Every planted fault is on the line its list says, is what it says, and is alone in its child."""

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from returned import Returns, Rows, by_child, date, read

import demo

Fault = dict[str, str]
YEAR = 2017
START, END = dt.date(2016, 4, 1), dt.date(2017, 3, 31)
FOLDER = "ssda903/882/2016-17"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("faulty")
    demo.write(landing, faults=True)
    return landing


@pytest.fixture(scope="module")
def faults(faulty: Path) -> list[Fault]:
    return read(faulty / demo.FAULTS)


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8").splitlines()


def row_of(faulty: Path, fault: Fault) -> dict[str, str]:
    """The row on a fault's line."""
    text = lines(faulty / fault["file"])
    (row,) = csv.DictReader([text[0], text[int(fault["line"]) - 1]])
    return row


def in_rows(faults: list[Fault], *returns: str) -> list[Fault]:
    wanted = returns or ("ssda903", "placement_payments", "budget_ledger", "section251")
    return [
        fault for fault in faults if fault["level"] == "record" and fault["return_name"] in wanted
    ]


def test_there_are_many_kinds(faults: list[Fault]) -> None:
    rules = {rule for fault in faults if fault["level"] == "record"
             for rule in fault["rules"].split(";")}  # fmt: skip
    assert len(rules) >= 150
    assert len({fault["fault"] for fault in faults}) == len(faults) >= 200


def test_each_fault_of_a_row_is_on_its_line(
    returns: Returns, faulty: Path, faults: list[Fault]
) -> None:
    for fault in in_rows(faults):
        before, after = lines(returns.landing / fault["file"]), lines(faulty / fault["file"])
        line = after[int(fault["line"]) - 1]
        assert fault["key"] in line, fault["fault"]
        if fault["columns"]:
            assert line not in before, fault["fault"]
        elif fault["fault"] != "H21":
            assert (before.count(line), after.count(line)) == (1, 2), fault["fault"]


def test_a_fault_changes_the_columns_it_names_and_no_other(
    returns: Returns, faulty: Path, faults: list[Fault]
) -> None:
    for fault in in_rows(faults, "ssda903"):
        row, columns = row_of(faulty, fault), fault["columns"].split(";")
        if "CHILD" in columns or not fault["columns"]:
            continue
        clean = [one for one in read(returns.landing / fault["file"]) if
                 one["CHILD"] == fault["key"]]  # fmt: skip
        assert any(
            all((one[column] == row[column]) == (column not in columns) for column in row)
            for one in clean
        ) or any(
            all(one[column] == row[column] for column in row if column not in columns)
            for one in clean
        ), fault["fault"]


def test_nothing_else_changes(returns: Returns, faulty: Path, faults: list[Fault]) -> None:
    touched = Counter(fault["file"] for fault in faults)
    for path in sorted(returns.landing.rglob("*")):
        file = path.relative_to(returns.landing).as_posix()
        if not path.is_file() or file == demo.MARKER:
            continue
        before, after = path.read_bytes(), (faulty / file).read_bytes()
        if file not in touched:
            assert before == after, file
        elif not file.startswith("cin_census") and file.split("/")[2] == "2016-17":
            gone = Counter(before.splitlines()) - Counter(after.splitlines())
            assert gone.total() <= touched[file] + (file == f"{FOLDER}/header.csv"), file


def test_no_child_has_two_faults(faults: list[Fault]) -> None:
    for name in ("ssda903", "cin_census", "placement_payments"):
        keys = [fault["key"] for fault in in_rows(faults, name) if fault["key"]]
        assert len(set(keys)) == len(keys)


def test_each_fault_of_the_census_is_on_its_line(faulty: Path, faults: list[Fault]) -> None:
    found = in_rows(faults, "cin_census")
    assert len(found) >= 40
    for fault in found:
        text = lines(faulty / fault["file"])
        number = int(fault["line"]) - 1
        assert text[number].strip() == f"<{fault['table']}>", fault["fault"]
        start = max(place for place in range(number + 1) if text[place].strip() == "<Child>")
        end = next(place for place in range(number, len(text)) if "</Child>" in text[place])
        has_number = any(f">{fault['key']}<" in line for line in text[start:end])
        assert has_number == (fault["rules"] != "8500"), fault["fault"]
    assert not any("planted=" in line for line in text)


def before(rows: Rows, row: dict[str, str]) -> dict[str, str]:
    return rows[rows.index(row) - 1]


def after(rows: Rows, row: dict[str, str]) -> dict[str, str]:
    return rows[rows.index(row) + 1]


def no_date(text: str) -> bool:
    try:
        date(text)
    except ValueError:
        return True
    return False


def age(born: str, day: dt.date) -> float:
    return (day - date(born)).days / 365.25


Check = Callable[[dict[str, str], dict[str, str], Rows], bool]
"""Whether a row is wrong, from itself, the child's header and the child's rows in its table."""

WRONG: dict[str, Check] = {
    "101": lambda row, head, rows: row["SEX"] not in {"1", "2"},
    "102": lambda row, head, rows: no_date(row["DOB"]),
    "141": lambda row, head, rows: no_date(row["DECOM"]),
    "142": lambda row, head, rows: not row["DEC"] and row is not rows[-1],
    "147": lambda row, head, rows: no_date(row["DEC"]),
    "148": lambda row, head, rows: bool(row["DEC"]) != bool(row["REC"]),
    "168": lambda row, head, rows: not re.fullmatch(r"[A-Z]\d{12}|UN\d", row["UPN"]),
    "174": lambda row, head, rows: row["SEX"] == "1" and row["MC_DOB"] != "",
    "225": lambda row, head, rows: row["REC"] == "X1" and not row["REASON_PLACE_CHANGE"],
    "301": lambda row, head, rows: date(row["DOB"]) > END,
    "302": lambda row, head, rows: date(row["DECOM"]) < date(head["DOB"]),
    "304": lambda row, head, rows: age(row["DOB"], date(row["DUC"])) > 18,
    "354": lambda row, head, rows: date(row["DECOM"]) > END,
    "355": lambda row, head, rows: row["DEC"] == row["DECOM"],
    "356": lambda row, head, rows: date(row["DEC"]) < date(row["DECOM"]),
    "357": lambda row, head, rows: row["RNE"] != "S" and date(row["DECOM"]) >= START,
    "370": lambda row, head, rows: row["PLACE"] == "P2" and age(head["DOB"], END) < 15,
    "373": lambda row, head, rows: row["PLACE"] == "S1" and age(head["DOB"], END) < 4,
    "378": lambda row, head, rows: (row["PLACE"], row["LS"]) == ("P1", "V2"),
    "385": lambda row, head, rows: date(row["DEC"]) > END,
    "388;433": lambda row, head, rows: date(row["DEC"]) < date(after(rows, row)["DECOM"]),
    "388;433;501": lambda row, head, rows: date(row["DEC"]) > date(after(rows, row)["DECOM"]),
    "390": lambda row, head, rows: row["REC"] == "E11" and row["PLACE"][0] != "A",
    "408": lambda row, head, rows: row["PLACE"] in {"A5", "A6"} and row["LS"] != "E1",
    "431": lambda row, head, rows: row["RNE"] == "S" and before(rows, row)["DEC"] == row["DECOM"],
    "440": lambda row, head, rows: row["REVIEW_CODE"] == "PN0" and age(row["DOB"], END) > 6,
    "441": lambda row, head, rows: row["REVIEW_CODE"] == "PN1" and age(row["DOB"], END) < 4,
    "504": lambda row, head, rows: row["CIN"] != before(rows, row)["CIN"],
    "522": lambda row, head, rows: date(row["DATE_PLACED_CEASED"]) < date(row["DATE_PLACED"]),
    "567": lambda row, head, rows: date(row["MIS_START"]) > date(row["MIS_END"]),
    "570": lambda row, head, rows: date(row["MIS_START"]) > END,
    "620": lambda row, head, rows: row["MOTHER"] == "1" and age(row["DOB"], START) < 11,
    "INT17": lambda row, head, rows: row["DOB"] != head["DOB"],
    "INT21": lambda row, head, rows: row["SEX"] != head["SEX"],
    "INT32": lambda row, head, rows: len(rows) == 2,
    "INT34": lambda row, head, rows: len(rows) == 2,
}


def test_faults_are_what_they_say(faulty: Path, faults: list[Fault]) -> None:
    headers = by_child(read(faulty / FOLDER / "header.csv"))
    seen = set()
    for fault in in_rows(faults, "ssda903"):
        check = WRONG.get(fault["rules"])
        if check is None:
            continue
        seen.add(fault["rules"])
        rows = by_child(read(faulty / fault["file"]))[fault["key"]]
        row = next(one for one in rows if one == row_of(faulty, fault))
        assert check(row, headers[fault["key"]][0], rows), fault["fault"]
    assert seen == set(WRONG)


def test_a_child_may_be_missing_elsewhere(faulty: Path, faults: list[Fault]) -> None:
    by_rule = {fault["rules"]: fault for fault in faults}
    headers = {row["CHILD"] for row in read(faulty / FOLDER / "header.csv")}
    for rule in ("INT03", "INT08"):
        assert by_rule[rule]["key"] not in headers
    assert by_rule["EPI"]["key"] in headers
    episodes = {row["CHILD"] for row in read(faulty / FOLDER / "episodes.csv")}
    assert by_rule["EPI"]["key"] not in episodes


def test_payments_are_wrong_as_they_say(faulty: Path, faults: list[Fault]) -> None:
    by_id = {fault["fault"]: fault for fault in faults}
    rows = {name: row_of(faulty, by_id[name]) for name in by_id if name[0] == "F"}
    assert date(rows["F03"]["period_end"]) < date(rows["F03"]["period_start"])
    episodes = by_child(read(faulty / FOLDER / "episodes.csv"))
    ends = [date(row["DEC"]) for row in episodes[rows["F05"]["child_id"]] if row["DEC"]]
    assert date(rows["F05"]["period_end"]) > max(ends) - dt.timedelta(days=1)
    assert float(rows["F06"]["weekly_rate"]) > 15_000
    assert float(rows["F07"]["contribution_health"]) > float(rows["F07"]["amount_gross"])
    paid = read(faulty / by_id["F01"]["file"])
    ids = Counter(row["payment_id"] for row in paid)
    assert ids[rows["F01"]["payment_id"]] == 2
    for name in ("F02", "F08"):
        others = [row for row in paid if row["child_id"] == rows[name]["child_id"]]
        assert any(
            row["payment_id"] != rows[name]["payment_id"]
            and row["payment_type"] == rows[name]["payment_type"]
            and date(row["period_start"]) <= date(rows[name]["period_end"])
            and date(rows[name]["period_start"]) <= date(row["period_end"])
            for row in others
        )
    total, parts = rows["F10"], read(faulty / by_id["F10"]["file"])
    looked_after = [row for row in parts if row["line_code"].startswith("3.1.")]
    assert float(total["gross"]) != sum(float(row["gross"]) for row in looked_after[:-1])


DAMAGED: dict[str, Callable[[bytes], bool]] = {
    "semicolon separators": lambda content: b";" in content and b"," not in content,
    "byte order mark": lambda content: content.startswith(b"\xef\xbb\xbf"),
    "header case": lambda content: content.startswith(b"child,sex"),
    "ragged row": lambda content: len({row.count(b",") for row in content.splitlines()}) == 2,
    "NUL byte": lambda content: b"\0" in content,
    "old encoding": lambda content: b"D\xe9mo" in content,
    "missing header": lambda content: content.startswith(b"DEMO882"),
    "missing column": lambda content: not content.startswith(b"CHILD"),
    "truncated file": lambda content: b"</Message>" not in content,
    "document type": lambda content: b"<!DOCTYPE" in content,
    "wrong authority": lambda content: b"<LEA>881</LEA>" in content,
    "empty file": lambda content: content == b"",
    "column too many": lambda content: b",REMARK\r\n" in content,
    "wide characters": lambda content: content[:2] in {b"\xff\xfe", b"\xfe\xff"},
    "trailing blanks": lambda content: b" ," in content,
}


def test_whole_files_are_damaged_as_they_say(
    returns: Returns, faulty: Path, faults: list[Fault]
) -> None:
    whole = {fault["kind"]: fault for fault in faults if fault["level"] == "file"}
    assert whole.keys() == {*DAMAGED, "wrong year"}
    assert len({fault["file"] for fault in whole.values()}) == len(whole)
    for kind, is_damaged in DAMAGED.items():
        file = whole[kind]["file"]
        assert is_damaged((faulty / file).read_bytes()), kind
        assert not is_damaged((returns.landing / file).read_bytes()), kind
        assert "/2016-17/" not in file
    wrong = whole["wrong year"]
    first = int(wrong["period_label"][:4])
    days = [date(row["REVIEW"]) for row in read(faulty / wrong["file"])]
    assert days
    assert max(days) <= dt.date(first, 3, 31)


def test_without_faults_there_is_no_list(returns: Returns, tmp_path: Path) -> None:
    assert not (returns.landing / demo.FAULTS).exists()
    demo.write(tmp_path, years=[2017], children_scale=0.3, faults=True)
    assert (tmp_path / demo.FAULTS).exists()
    demo.write(tmp_path, years=[2017], children_scale=0.3)
    assert not (tmp_path / demo.FAULTS).exists()
