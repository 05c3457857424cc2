"""Where Pier keeps things and which borough it serves.

The defaults are in ``pier.toml``; the environment (or ``.env``) overrides them as
``PIER_<NAME>``. Nothing else in the project reads ``PIER_`` variables or joins paths
under the home folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

PROJECT_ROOT = Path(__file__).resolve().parents[1]
"""The checkout: dbt_project/, seeds/ and expectations/ are found beside this package."""

AUTOMATION_BY_ENVIRONMENT: Mapping[str, bool] = {
    "development": False,
    "test": False,
    "production": True,
}
"""Whether the nightly schedule and the landing sensor start by themselves."""


class SettingError(ValueError):
    """A setting Pier does not know, or a value it cannot take."""


@dataclass(frozen=True)
class Settings:
    """One machine's settings, and every path under ``PIER_HOME``.

    Attributes:
        home: Folder for everything Pier writes.
        environment: A key of ``AUTOMATION_BY_ENVIRONMENT``.
        home_authority: DfE number (three digits) of the borough served.
        small_number_limit: Counts from 1 to this are withheld from publications.
        keep_publications: How many past publications stay on disk.
        hold_critical_returns: Whether a delivery that fails a critical rule is held back, so that
            the one before stays in force; otherwise its failure stops the publication.
    """

    home: Path
    environment: str
    home_authority: str
    small_number_limit: int
    keep_publications: int
    hold_critical_returns: bool

    @property
    def landing_dir(self) -> Path:
        """Files as sent (restricted)."""
        return self.home / "landing"

    @property
    def warehouse_file(self) -> Path:
        """The restricted warehouse."""
        return self.home / "warehouse" / "pier.duckdb"

    @property
    def reports_dir(self) -> Path:
        """Validation reports, a folder for each data owner (restricted to that owner)."""
        return self.home / "reports"

    @property
    def data_docs_dir(self) -> Path:
        """Great Expectations' own pages of the last audit: counts only, for whoever runs Pier."""
        return self.reports_dir / "data_docs"

    @property
    def published_dir(self) -> Path:
        """What BI users read: always one whole publication."""
        return self.home / "published"

    @property
    def publications_dir(self) -> Path:
        """Publications by id; ``published_dir`` shows the newest."""
        return self.home / "publications"

    @property
    def dagster_dir(self) -> Path:
        """Dagster's own storage."""
        return self.home / "dagster"

    @property
    def dbt_target_dir(self) -> Path:
        """Where dbt writes its manifest and compiled SQL."""
        return self.home / "dbt" / "target"

    @property
    def dbt_log_dir(self) -> Path:
        """Where dbt writes its log."""
        return self.home / "dbt" / "logs"

    @property
    def lock_file(self) -> Path:
        """Held by whichever process is writing to the warehouse."""
        return self.home / "warehouse" / "run.lock"

    @property
    def automation(self) -> bool:
        """Whether schedule and sensor start by themselves here."""
        return AUTOMATION_BY_ENVIRONMENT[self.environment]


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``pier.toml`` and override it from the environment.

    Args:
        environ: Variables to read instead of the process's own and ``.env``.

    Returns:
        The settings in force; a relative ``home`` is taken from the project's folder.

    Raises:
        SettingError: A ``PIER_`` variable or an environment that is not known, or a
            value of the wrong kind; the message lists what is.
    """
    defaults = tomllib.loads((PROJECT_ROOT / "pier.toml").read_text(encoding="utf-8"))
    given = _pier_variables(environ)
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        known = ", ".join(f"PIER_{name.upper()}" for name in sorted(defaults))
        raise SettingError(
            f"PIER_{unknown[0].upper()} is not a setting of Pier. Known settings: {known}."
        )
    values: dict[str, Any] = defaults | given
    environment = str(values["environment"])
    if environment not in AUTOMATION_BY_ENVIRONMENT:
        known = ", ".join(AUTOMATION_BY_ENVIRONMENT)
        raise SettingError(f"PIER_ENVIRONMENT={environment} is not known. Use one of: {known}.")
    authority = str(values["home_authority"])
    if not (authority.isdigit() and len(authority) == 3):
        raise SettingError(
            f"PIER_HOME_AUTHORITY={authority} is not a DfE number: three digits, as 882."
        )
    return Settings(
        home=PROJECT_ROOT / str(values["home"]),
        environment=environment,
        home_authority=authority,
        small_number_limit=_whole_number(values, "small_number_limit", least=0),
        keep_publications=_whole_number(values, "keep_publications", least=1),
        hold_critical_returns=_yes_or_no(values, "hold_critical_returns"),
    )


def _pier_variables(environ: Mapping[str, str] | None) -> dict[str, str]:
    if environ is None:
        from_file = {k: v or "" for k, v in dotenv_values(PROJECT_ROOT / ".env").items()}
        environ = from_file | dict(os.environ)
    return {
        name.removeprefix("PIER_").lower(): value
        for name, value in environ.items()
        if name.startswith("PIER_")
    }


def _whole_number(values: Mapping[str, Any], name: str, least: int) -> int:
    try:
        number = int(values[name])
    except ValueError:
        number = least - 1
    if number < least:
        raise SettingError(
            f"PIER_{name.upper()}={values[name]} must be a whole number, {least} or more."
        )
    return number


def _yes_or_no(values: Mapping[str, Any], name: str) -> bool:
    answers = {"yes": True, "no": False}
    if values[name] not in answers:
        raise SettingError(f"PIER_{name.upper()}={values[name]} must be yes or no.")
    return answers[values[name]]
