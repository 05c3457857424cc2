from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from orchestration.settings import (
    AUTOMATION_BY_ENVIRONMENT,
    PROJECT_ROOT,
    SettingError,
    load_settings,
)


def test_defaults_are_those_of_pier_toml() -> None:
    settings = load_settings({})
    defaults = tomllib.loads((PROJECT_ROOT / "pier.toml").read_text(encoding="utf-8"))
    assert settings.home == PROJECT_ROOT / "data"
    assert settings.home_authority == defaults["home_authority"] == "882"
    assert settings.small_number_limit == defaults["small_number_limit"] == 5


def test_the_environment_overrides_a_default(tmp_path: Path) -> None:
    settings = load_settings({"PIER_HOME": str(tmp_path), "PIER_HOME_AUTHORITY": "301"})
    assert settings.home == tmp_path
    assert settings.home_authority == "301"


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match=r"PIER_HOEM is not a setting.*PIER_HOME,"):
        load_settings({"PIER_HOEM": "x"})


def test_an_unknown_environment_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match="development, test, production"):
        load_settings({"PIER_ENVIRONMENT": "prod"})


@pytest.mark.parametrize("authority", ["88", "8822", "E06000033", ""])
def test_an_authority_is_a_number_of_three_digits(authority: str) -> None:
    with pytest.raises(SettingError, match="three digits"):
        load_settings({"PIER_HOME_AUTHORITY": authority})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMALL_NUMBER_LIMIT", "-1"),
        ("SMALL_NUMBER_LIMIT", "five"),
        ("KEEP_PUBLICATIONS", "0"),
    ],
)
def test_numbers_must_be_whole_and_large_enough(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"PIER_{name}={value} must be a whole number"):
        load_settings({f"PIER_{name}": value})


def test_only_production_starts_by_itself() -> None:
    running = [name for name, automation in AUTOMATION_BY_ENVIRONMENT.items() if automation]
    assert running == ["production"]


def test_the_example_file_names_only_known_settings() -> None:
    lines = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    load_settings(given)
