"""Open definitions: listed once, well formed, and traced through models and macros."""

from __future__ import annotations

from orchestration.dbt import DBT_PROJECT_DIR
from orchestration.readings import ASKED_FOR, known_readings, readings_behind


def test_every_reading_is_asked_for_somewhere_and_every_one_asked_for_is_listed() -> None:
    asked = {
        name
        for folder in ("models", "macros")
        for path in (DBT_PROJECT_DIR / folder).rglob("*.sql")
        for name in ASKED_FOR.findall(path.read_text(encoding="utf-8"))
    }
    assert asked == set(known_readings())


def test_every_reading_has_another_to_try_and_a_reason() -> None:
    for reading in known_readings().values():
        assert reading.others and reading.default not in reading.others
        assert reading.why.endswith(".")


def test_readings_are_found_through_models_and_macros_before_the_population() -> None:
    def node(raw_code: str, nodes: list[str], macros: list[str]) -> dict[str, object]:
        return {"raw_code": raw_code, "depends_on": {"nodes": nodes, "macros": macros}}

    manifest = {
        "nodes": {
            "model.pier.pop_x": node("select 1", ["model.pier.int_x"], ["macro.pier.days"]),
            "model.pier.int_x": node("{{ reading('missing_is_placement') }}", [], []),
            "model.pier.int_y": node("{{ reading('ni58_age_rule') }}", [], []),
        },
        "macros": {"macro.pier.days": {"macro_sql": "{{ reading('start_day_is_day_one') }}"}},
    }
    assert {reading.name for reading in readings_behind(manifest, "pop_x")} == {
        "missing_is_placement",
        "start_day_is_day_one",
    }
