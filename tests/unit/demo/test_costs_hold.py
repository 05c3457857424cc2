"""Finance's returns agree with the looked-after return, with each other and with the documents.

Nights, sums and averages are worked out here from the written files alone.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from by_hand import in_figures
from returned import YEARS, Returns, Rows, date, read
from test_known_answers import Answer, is_of_money, known_answers

DAY = dt.timedelta(days=1)
FOSTER = {f"U{number}" for number in range(1, 7)} | {"Q1", "Q2", "F1", "F2"}
CENTRES = {
    "CS100": "in_house_fostering", "CS110": "pvi_fostering", "CS120": "residential",
    "CS130": "supported", "CS135": "other",
}  # fmt: skip


def folder(year: int) -> str:
    return f"{year - 1}-{year % 100:02d}"


def payments(returns: Returns, year: int) -> Rows:
    files = (returns.landing / "placement_payments/882" / folder(year)).glob("*.csv")
    return [row for path in sorted(files) for row in read(path)]


def ledger(returns: Returns, year: int) -> Rows:
    return read(returns.landing / "budget_ledger/882" / folder(year) / "budget_ledger.csv")


def outturn(returns: Returns, year: int) -> Rows:
    return read(returns.landing / "section251/882" / folder(year) / "section251.csv")


def category(row: dict[str, str]) -> str:
    if row["PLACE"] in FOSTER:
        return {"PR1": "in_house_fostering"}.get(row["PLACE_PROVIDER"], "pvi_fostering")
    if row["PLACE"] in {"K1", "K2", "R1", "S1"}:
        return "residential"
    if row["PLACE"] in {"H5", "P2"}:
        return "supported"
    return {"P": "parents", "A": "adoption"}.get(row["PLACE"][0], "other")


def nights_by_day(returns: Returns, year: int) -> dict[tuple[str, dt.date], str]:
    """Where each child spent each night; temporary placements are where the child came from."""
    nights = {}
    before: dict[str, str] = {}
    rows = sorted(in_figures(returns, year), key=lambda row: (row["CHILD"], date(row["DECOM"])))
    for row in rows:
        temporary = row["PLACE"][0] == "T"
        where = before[row["CHILD"]] if temporary else category(row)
        before[row["CHILD"]] = where
        night = max(date(row["DECOM"]), dt.date(year - 1, 4, 1))
        until = date(row["DEC"]) if row["DEC"] else dt.date(year, 4, 1)
        while night < until:
            nights[row["CHILD"], night] = where
            night += DAY
    return nights


def nights_of(rows: Rows) -> list[tuple[str, dt.date]]:
    nights = []
    for row in rows:
        first, last = date(row["period_start"]), date(row["period_end"])
        nights += [
            (row["child_id"], first + DAY * number) for number in range((last - first).days + 1)
        ]
    return nights


def weeks(rows: Rows) -> Decimal:
    return Decimal(len(nights_of(rows))) / 7


def amount(rows: Rows, column: str = "amount_gross") -> Decimal:
    return sum((Decimal(row[column] or 0) for row in rows), Decimal(0))


@pytest.mark.parametrize("year", [2009, 2014, 2016, 2017, 2018])
def test_every_night_bought_is_paid_for_once_and_no_other(returns: Returns, year: int) -> None:
    lived = {
        (*night, where)
        for night, where in nights_by_day(returns, year).items()
        if where not in {"parents", "adoption"}
    }
    paid = Counter(
        (*night, CENTRES[row["cost_centre"]])
        for row in payments(returns, year)
        if row["payment_type"] != "fee"
        for night in nights_of([row])
    )
    assert set(paid) == lived
    assert max(paid.values()) == 1


@pytest.mark.parametrize("year", YEARS)
def test_fees_are_paid_once_a_night_and_with_an_allowance(returns: Returns, year: int) -> None:
    rows = payments(returns, year)
    fees = nights_of([row for row in rows if row["payment_type"] == "fee"])
    assert fees
    assert len(set(fees)) == len(fees)
    assert set(fees) < set(nights_of([row for row in rows if row["payment_type"] == "allowance"]))


@pytest.mark.parametrize("year", YEARS)
def test_a_payment_is_for_days_of_its_month_at_its_rate(returns: Returns, year: int) -> None:
    ids = set()
    for path in (returns.landing / "placement_payments/882" / folder(year)).glob("*.csv"):
        for row in read(path):
            ids.add(row["payment_id"])
            first, last = date(row["period_start"]), date(row["period_end"])
            assert path.stem.endswith(f"{first:%Y%m}")
            assert first <= last <= date(row["invoice_date"])
            assert f"{last:%Y%m}" == f"{first:%Y%m}"
            expected = Decimal(row["weekly_rate"]) * ((last - first).days + 1) / 7
            assert abs(Decimal(row["amount_gross"]) - expected) <= Decimal("0.06")
            share = amount([row], "contribution_health") + amount([row], "contribution_education")
            assert 0 <= share < Decimal(row["amount_gross"])
    assert len(ids) == len(payments(returns, year))


@pytest.mark.parametrize("year", YEARS)
def test_the_ledger_charges_what_was_paid(returns: Returns, year: int) -> None:
    paid: Counter[tuple[str, str]] = Counter()
    for row in payments(returns, year):
        key = row["cost_centre"], date(row["period_start"]).strftime("%Y-%m")
        paid[key] += int(Decimal(row["amount_gross"]) * 100)
    charged: Counter[tuple[str, str]] = Counter()
    for row in ledger(returns, year):
        if (row["figure_type"], row["line_type"]) == ("actual", "expenditure"):
            charged[row["cost_centre"], row["month"]] += int(Decimal(row["amount"]) * 100)
    assert {key: value for key, value in charged.items() if key[0] in CENTRES} == dict(paid)


@pytest.mark.parametrize("year", YEARS)
def test_the_ledger_has_each_line_once(returns: Returns, year: int) -> None:
    keys = ("cost_centre", "account_code", "month", "figure_type", "line_type")
    rows = ledger(returns, year)
    assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows)
    for row in rows:
        assert (Decimal(row["amount"]) < 0) == (row["line_type"] == "income")


@pytest.mark.parametrize("year", YEARS)
def test_section_251_is_the_ledger_by_line(returns: Returns, year: int) -> None:
    gross: dict[str, Decimal] = defaultdict(Decimal)
    net: dict[str, Decimal] = defaultdict(Decimal)
    for row in ledger(returns, year):
        if row["figure_type"] == "actual":
            net[row["s251_line"]] += Decimal(row["amount"])
            if row["line_type"] == "expenditure":
                gross[row["s251_line"]] += Decimal(row["amount"])
    *lines, total = outturn(returns, year)
    assert {row["line_code"]: Decimal(row["gross"]) for row in lines} == gross
    assert {row["line_code"]: Decimal(row["net"]) for row in lines} == net
    children = [row for row in lines if row["line_code"].startswith("3.1.")]
    for column in ("gross", "income", "net"):
        assert amount([total], column) == amount(children, column)
    for row in (*lines, total):
        assert Decimal(row["gross"]) - Decimal(row["income"]) == Decimal(row["net"])


def actuals(returns: Returns, year: int, *line_types: str) -> Decimal:
    rows = [
        row
        for row in ledger(returns, year)
        if row["figure_type"] == "actual" and row["line_type"] in line_types
    ]
    return amount(rows, "amount")


def budget(returns: Returns, year: int, figure_type: str, *line_types: str) -> Decimal:
    rows = [
        row
        for row in ledger(returns, year)
        if row["figure_type"] == figure_type and row["line_type"] in line_types
    ]
    return amount(rows, "amount")


def account(code: str) -> Callable[[Returns, int], Decimal]:
    def compute(returns: Returns, year: int) -> Decimal:
        rows = [row for row in ledger(returns, year) if row["account_code"] == code]
        return abs(amount([row for row in rows if row["figure_type"] == "actual"], "amount"))

    return compute


def spent(centre: str) -> Callable[[Returns, int], Decimal]:
    def compute(returns: Returns, year: int) -> Decimal:
        return amount([row for row in payments(returns, year) if row["cost_centre"] == centre])

    return compute


def weekly(centre: str, kind: str) -> Callable[[Returns, int], Decimal]:
    def compute(returns: Returns, year: int) -> Decimal:
        rows = [
            row
            for row in payments(returns, year)
            if (row["cost_centre"], row["payment_type"]) == (centre, kind)
        ]
        return amount(rows) / weeks(rows)

    return compute


def computed(returns: Returns, answer: Answer) -> Decimal:
    year = int(answer["period_label"][:4]) + 1
    indicator, budgeted = answer["indicator_id"], answer["version"] == "target"
    if answer["table"] == "A04":
        lines = [row for row in ledger(returns, year) if row["cost_centre"].startswith("POOL")]
        name = answer["breakdown_value"]
        return amount([row for row in lines if row["account_name"] == name], "amount")
    if indicator in {"PC13", "PC14"} and budgeted:
        types = ("expenditure",) if indicator == "PC13" else ("expenditure", "income")
        return budget(returns, year, "latest_budget", *types)
    if answer["breakdown_value"] == "fee":
        return weekly("CS100", "fee")(returns, year)
    return FIGURES[indicator](returns, year)


FIGURES: dict[str, Callable[[Returns, int], Decimal]] = {
    "PC1": weekly("CS100", "allowance"),
    "PC2": weekly("CS110", "agency"),
    "PC3": weekly("CS120", "residential"),
    "PC4": spent("CS100"),
    "PC5": spent("CS110"),
    "PC6": spent("CS120"),
    "PC13": lambda returns, year: actuals(returns, year, "expenditure"),
    "PC14": lambda returns, year: actuals(returns, year, "expenditure", "income"),
    "PC15": lambda returns, year: budget(returns, year, "saving", "expenditure"),
    "PC16": account("4310"),
    "PC17": account("4300"),
    "PC18": account("9210"),
}


@pytest.mark.parametrize(
    "answer",
    [answer for answer in known_answers() if is_of_money(answer)],
    ids=lambda answer: "-".join(
        answer[part] for part in ("table", "indicator_id", "period_label", "breakdown_value")
    ),
)
def test_printed_figure(returns: Returns, answer: Answer) -> None:
    step = Decimal(1).scaleb(-int(answer["decimals"]))
    figure = computed(returns, answer).quantize(step, ROUND_HALF_UP)
    assert (figure == Decimal(answer["expected"])) == (answer["standing"] != "contradicted"), figure


def test_the_council_s_own_carers_had_as_many_children_as_printed(returns: Returns) -> None:
    here = [row for row in in_figures(returns, 2017) if not row["DEC"]]
    assert sum(category(row) == "in_house_fostering" for row in here) == 187


def test_the_latest_budget_of_2016_17_was_overspent_as_printed(returns: Returns) -> None:
    types = ("expenditure", "income")
    over = actuals(returns, 2017, *types) - budget(returns, 2017, "latest_budget", *types)
    assert over == 650_000


def test_suppliers_and_children_are_invented(returns: Returns) -> None:
    paths = Path(returns.landing / "placement_payments").rglob("*.csv")
    rows = [row for path in paths for row in read(path)]
    assert all(row["supplier_id"].startswith("ZZ") for row in rows)
    assert all(row["supplier_name"].startswith("Demo ") for row in rows)
    assert all(row["child_id"].startswith("DEMO882") for row in rows)
