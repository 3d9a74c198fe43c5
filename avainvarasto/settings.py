"""One typed object of settings, read from the environment; unknown settings are errors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avainvarasto.errors import SettingsError

PREFIX = "AVAINVARASTO_"
PROJECT_ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseModel):
    """Where things lie and how much is kept. Environment: `AVAINVARASTO_<FIELD>`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = PROJECT_ROOT / "var"
    project_root: Path = PROJECT_ROOT
    expectations: Path = PROJECT_ROOT / "expectations"
    key_file: Path | None = Field(default=None, description="pseudonymisation key; default <home>/keys/person.key")
    keep_builds: int = Field(default=5, ge=1)
    threads: int = Field(default=2, ge=1)
    superset_venv: Path = PROJECT_ROOT / ".venv-superset"
    superset_port: int = 8088
    dagster_port: int = 3000

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse"

    @property
    def release(self) -> Path:
        return self.home / "release"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def restricted(self) -> Path:
        return self.home / "restricted"

    @property
    def aliases_file(self) -> Path:
        return self.landing / "_aliases" / "aliases.csv"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def docs(self) -> Path:
        return self.home / "docs"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def superset_home(self) -> Path:
        return self.home / "superset"

    @property
    def dbt_target(self) -> Path:
        return self.home / "dbt"

    @property
    def person_key_file(self) -> Path:
        return self.key_file or self.keys / "person.key"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environ` (default: the process environment).

    Raises:
        SettingsError: an AVAINVARASTO_ variable is unknown or has an unusable value.
    """
    environ = os.environ if environ is None else environ
    given = {name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        raise SettingsError(
            name, first["msg"], consequence="Nothing was started.", remedy=f"use one of {known}, or unset it"
        ) from None
    return settings.model_copy(update={"home": settings.home.resolve()})
