"""One typed object of settings, read from the environment; unknown settings are errors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from avainvarasto.errors import SettingsError

PREFIX = "AVAINVARASTO_"
PROJECT_ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")


def _split(given: object) -> object:
    """Several addresses stand in one variable with commas between."""
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


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
    report_email_to: Annotated[tuple[str, ...], BeforeValidator(_split)] = ()
    report_email_from: str | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_starttls: bool = True
    smtp_user: str | None = None
    smtp_password_file: Path | None = Field(default=None, description="readable by its owner only")
    report_webhook_url: str | None = Field(default=None, repr=False, description="often a secret by itself")

    @model_validator(mode="after")
    def _ways_of_the_report(self) -> Settings:
        mail = {
            "report_email_to": bool(self.report_email_to),
            "report_email_from": bool(self.report_email_from),
            "smtp_host": bool(self.smtp_host),
        }
        if any(mail.values()) and not all(mail.values()):
            missing = next(name for name, given in mail.items() if not given)
            raise _unusable(missing, "is missing: e-mail needs report_email_to, report_email_from and smtp_host")
        for name, given in (("report_email_to", self.report_email_to), ("report_email_from", [self.report_email_from])):
            if any(address and not _ADDRESS.fullmatch(address) for address in given):
                raise _unusable(name, "holds what is no e-mail address")
        if bool(self.smtp_user) != bool(self.smtp_password_file):
            missing = "smtp_password_file" if self.smtp_user else "smtp_user"
            raise _unusable(missing, "is missing: smtp_user and smtp_password_file go together")
        if self.smtp_user and not self.smtp_host:
            raise _unusable("smtp_host", "is missing: smtp_user is given")
        if self.smtp_user and not self.smtp_starttls and self.smtp_host != LOOPBACK:
            raise _unusable("smtp_starttls", "is off: the password would cross the network in the clear")
        if self.report_webhook_url is not None and not _is_safe(self.report_webhook_url):
            raise _unusable("report_webhook_url", f"must begin with https://, or with http://{LOOPBACK}")
        return self

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


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    encrypted_or_here = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == LOOPBACK)
    return encrypted_or_here and bool(parts.hostname) and not re.search(r"\s", address)


def _unusable(setting: str, problem: str) -> PydanticCustomError:
    """A fault of several settings together, told at one of them."""
    return PydanticCustomError("settings_together", "{problem}", {"setting": setting, "problem": problem})


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
        name = PREFIX + str(first["loc"][0] if first["loc"] else first["ctx"]["setting"]).upper()
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        raise SettingsError(
            name, first["msg"], consequence="Nothing was started.", remedy=f"use one of {known}, or unset it"
        ) from None
    return settings.model_copy(update={"home": settings.home.resolve()})
