"""Deliveries that fail a critical rule: landed, judged, held back, told of, mended."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import duckdb
import pytest
from fixtures.scratch_warehouse import catalogue

from expectations.catalogue import Catalogue
from expectations.checks import FailsWhen
from expectations.findings import create_tables
from expectations.reports import write_reports
from expectations.runner import run_audit
from orchestration import gate
from orchestration.dbt import PointInTime, run_dbt
from orchestration.gate import Held, hold_critical_failures
from orchestration.landing import DeliveryError, confirm, withdraw
from orchestration.landing.engine import land
from orchestration.settings import Settings
from orchestration.summary import held_back

pytestmark = pytest.mark.heavy

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
GOOD = f"{HEADER}INVENTED1,1,01/02/2003,WBRI,UN1,,\nINVENTED2,2,01/03/2004,WBRI,UN1,,\n"
BAD = f"{HEADER}INVENTED1,1,01/02/2003,WBRI,UN1,,\nINVENTED2,7,01/03/2004,WBRI,UN1,,\n"
MENDED = f"{HEADER}INVENTED1,1,01/02/2003,WBRI,UN1,,\nINVENTED2,1,01/03/2004,WBRI,UN1,,\n"
REASON = (
    "1 row fails critical rule ssda903-101: SEX is blank or is not a code of this year"
    " (1 and 2 until 2023/24; M, F and U since); enter the right one."
    " It is held back and delivery 1 stays in force."
)


def critical() -> Catalogue:
    """The rules on the header, with the one on SEX made critical."""
    source = catalogue("ssda903")
    rules = tuple(
        dataclasses.replace(rule, severity="critical")
        for rule in source.rules
        if rule.rule_id == "ssda903-101"
    )
    return dataclasses.replace(source, rules=rules)


class Home:
    """A home in which headers land one after another, a minute apart."""

    def __init__(self, settings: Settings, point: PointInTime) -> None:
        self.settings = settings
        self.point = point
        self.now = dt.datetime(2017, 8, 1, 1, tzinfo=dt.UTC)

    def send(self, name: str, text: str) -> None:
        folder = self.settings.landing_dir / "ssda903" / "882" / "2016-17"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def land(self) -> None:
        self.now += dt.timedelta(minutes=1)
        land(self.settings, None, self.now, run_id=f"{self.now:%H%M}")
        with duckdb.connect(str(self.settings.warehouse_file)) as warehouse:
            create_tables(warehouse)

    def hold(self, *catalogues: Catalogue) -> tuple[Held, ...]:
        chosen = catalogues or (critical(),)
        run_id = f"{self.now:%H%M}"
        return hold_critical_failures(self.settings, self.point, run_id, self.now, chosen)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.settings.warehouse_file), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()

    @property
    def fates(self) -> list[tuple[object, ...]]:
        return self.ask("select delivery_id, fate from raw.deliveries order by delivery_id")

    @property
    def sexes(self) -> list[tuple[object, ...]]:
        """SEX of the second child, in the staging the marts are built from."""
        settings, select = self.settings, "+stg_ssda903__children"
        run_dbt(settings, self.point, ["--quiet", "run", "--select", select])
        return self.ask(
            "select sex_code from staging.stg_ssda903__children where child_id = 'INVENTED2'"
        )


@pytest.fixture
def without_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The staging tables the rule reads, written by hand in a fraction of the time."""

    def build(settings: Settings, *_: object) -> None:
        with duckdb.connect(str(settings.warehouse_file)) as warehouse:
            warehouse.execute(
                """
                create schema if not exists staging;
                create or replace view staging.stg_pier__deliveries as from raw.deliveries;
                create or replace view staging.stg_pier__deliveries_in_force as
                from raw.deliveries where fate = 'accepted';
                create or replace view staging.stg_ssda903__children as
                select la_code, period_label, child as child_id, sex as sex_code, header.*
                from raw.ssda903__header as header
                inner join staging.stg_pier__deliveries_in_force on _delivery_id = delivery_id;
                create table if not exists staging.stg_ssda903__untyped_values (
                    _delivery_id integer, _source_line bigint, column_name varchar,
                    original_text varchar
                );
                """
            )

    monkeypatch.setattr(gate, "_build", build)


@pytest.fixture
def home(
    settings: Settings,
    point: PointInTime,
    project_read: Callable[[Settings, PointInTime], None],
) -> Home:
    project_read(settings, point)
    return Home(settings, point)


def test_a_delivery_that_fails_is_held_back_until_it_is_mended(home: Home) -> None:
    home.send("header.csv", GOOD)
    home.land()
    assert home.hold() == ()
    home.send("header_again.csv", BAD)
    home.land()
    assert home.hold() == (Held(2, "ssda903-101", 1),)
    assert home.fates == [(1, "accepted"), (2, "held")]
    assert home.sexes == [("2",)]
    # Judged once, and not again.
    assert home.hold() == ()

    [line] = held_back(home.settings, f"{home.now:%H%M}")
    assert (line.delivery_id, line.reason, line.is_new) == (2, REASON, True)
    run_audit(home.settings, home.point, "audit", ("returns",), [critical()])
    write_reports(home.settings, "audit")
    page = (home.settings.reports_dir / "social_care" / "validation.html").read_text("utf-8")
    assert "Held back" in page and "delivery 1 stays in force" in page
    assert "<code>CHILD=INVENTED2</code>" in page and "<code>SEX=7</code>" in page
    with (
        duckdb.connect(str(home.settings.warehouse_file)) as warehouse,
        pytest.raises(DeliveryError, match="which nobody can wave through"),
    ):
        confirm(warehouse, 2, home.now)

    home.send("header_mended.csv", MENDED)
    home.land()
    assert home.hold() == ()
    assert home.fates == [(1, "superseded"), (2, "held"), (3, "accepted")]
    assert held_back(home.settings) == ()
    write_reports(home.settings, "audit")
    page = (home.settings.reports_dir / "social_care" / "validation.html").read_text("utf-8")
    assert "Held back" not in page
    with duckdb.connect(str(home.settings.warehouse_file)) as warehouse:
        withdraw(warehouse, 3, home.now)
    # What was held back does not come into force by the back door.
    assert home.fates == [(1, "accepted"), (2, "held"), (3, "withdrawn")]


@pytest.mark.usefixtures("without_dbt")
def test_two_bad_deliveries_in_one_night_leave_the_good_one_in_force(home: Home) -> None:
    home.send("a.csv", GOOD)
    home.land()
    home.send("b.csv", BAD)
    home.land()
    home.send("c.csv", BAD.replace("INVENTED1", "INVENTED3"))
    home.land()
    assert {held.delivery_id for held in home.hold()} == {2, 3}
    assert home.fates == [(1, "accepted"), (2, "held"), (3, "held")]


@pytest.mark.usefixtures("without_dbt")
def test_a_broken_rule_holds_nothing_back_and_is_asked_again(home: Home) -> None:
    source = critical()
    breaks = dataclasses.replace(
        source.rules[0], check=FailsWhen("cast(record.sex_code as integer) > cast('x' as integer)")
    )
    home.send("header.csv", BAD)
    home.land()
    assert home.hold(dataclasses.replace(source, rules=(breaks,))) == ()
    assert home.fates == [(1, "accepted")]
    [held] = home.hold()
    assert held.delivery_id == 1
    [[reason]] = home.ask("select reason from raw.deliveries")
    assert str(reason).endswith("It is held back and nothing of it counts.")
