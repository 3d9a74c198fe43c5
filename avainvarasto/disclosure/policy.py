"""The controller's thresholds, read from one reviewed file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from avainvarasto.errors import ContractError


class Policy(BaseModel):
    """Limits of one kind of table.

    `judged` names the only counts that are held against `min_count`, where the controller has decided so: all others
    are hidden with the counts that stand behind them and never by themselves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_count: int = Field(ge=0, description="counts from 1 to below this are hidden")
    min_units: int = Field(ge=0, description="units that a mean or median needs")
    judged: list[str] | None = Field(
        default=None, min_length=1, description="counts held against min_count; all if empty"
    )
    owner: str
    reason: str
    review_on: date


class Retention(BaseModel):
    """How long something is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(ge=1)
    owner: str
    reason: str
    review_on: date


class Thresholds(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    policies: dict[str, Policy]
    retention: dict[Literal["landing"], Retention]


class Disclosure(BaseModel):
    """What a mart says of itself under `meta.disclosure`: its policy, and the counts behind each measure.

    `counts` maps a measure to the counts behind it: [numerator, denominator, further counts] for a share and what is
    derived from one, [n, ...] for a mean, a median, a sum, or a count that hides with others. `public` names counts
    that everybody may know (population). `not_applicable` maps a measure to the dimensions in whose presence it
    does not exist.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: str
    counts: dict[str, list[str]] = {}
    public: list[str] = []
    not_applicable: dict[str, list[str]] = {}


def load_thresholds(expectations: Path) -> Thresholds:
    """The thresholds file.

    Raises:
        ContractError: it is missing or breaks its schema.
    """
    path = expectations / "thresholds.yml"
    try:
        return Thresholds.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ContractError(
            str(path),
            f"cannot be used ({type(error).__name__})",
            consequence="Nothing can be released.",
            remedy="restore the reviewed file",
        ) from None
