"""What is true in the made-up country: the effects that marts and statistics must find again.

Effects are factors on the monthly chance that a household leaves assistance (hazard ratios), but for the channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from avainvarasto.synthetic.places import PILOTS, TORNIO

MODEL, NOTIFICATION, NOTIFICATION_MONTHS = 0.15, 0.10, 6
MODEL_BEGAN, TORNIO_LEFT = np.datetime64("2018-03", "M"), np.datetime64("2018-06", "M")


def _model_months() -> dict[str, tuple[np.datetime64, np.datetime64 | None]]:
    return {code: (MODEL_BEGAN, TORNIO_LEFT if code == TORNIO else None) for code in sorted(PILOTS)}


@dataclass(frozen=True)
class Truth:
    """Factors on leaving; 1 is none.

    `model_months` gives for each municipality from which month the model works there, and from which no longer.
    `notification` works in the months after a notice by rule (unemployed, immigrant), `notification_months` long.
    `days_by_channel` are calendar days that an application waits longer by its channel; leaving knows no channel.
    """

    model: float = 1.0 + MODEL
    notification: float = 1.0 + NOTIFICATION
    notification_months: int = NOTIFICATION_MONTHS
    model_months: Mapping[str, tuple[np.datetime64, np.datetime64 | None]] = field(default_factory=_model_months)
    by_sex: Mapping[str, float] = field(default_factory=lambda: {"1": 1.0, "2": 1.06})
    by_age: Mapping[str, float] = field(default_factory=lambda: {"18-24": 1.15, "25-44": 1.0, "45-": 0.85})
    by_language: Mapping[str, float] = field(default_factory=lambda: {"fi": 1.0, "sv": 1.0, "se": 1.0, "muu": 0.9})
    by_urbanity: Mapping[str, float] = field(default_factory=lambda: {"1": 1.0, "2": 1.0, "3": 1.0})
    days_by_channel: Mapping[str, int] = field(default_factory=lambda: {"PAPER": 3, "OFFICE": 1, "KUNTA": 1})

    @classmethod
    def of(cls, effect: float) -> Truth:
        """The truth with the model's effect as a share: 0.15 is 15 % more exits.

        0 is a world without effect: neither the model nor a notification changes anything; groups differ all the same.
        """
        return cls(model=1.0 + effect, notification=1.0 + NOTIFICATION if effect else 1.0)

    def model_works(self, codes: tuple[str, ...], month: np.datetime64) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each municipality whether the model is at work in a month."""
        spans = [self.model_months.get(code) for code in codes]
        return np.array([s is not None and s[0] <= month and (s[1] is None or month < s[1]) for s in spans])

    def as_yaml(self) -> dict[str, Any]:
        """What `truth.yml` says."""
        return {
            "unit": "factor on the monthly chance of leaving assistance; 1 is no effect",
            "model": {
                "factor": self.model,
                "municipalities": {
                    code: {"from": str(first), "before": None if end is None else str(end)}
                    for code, (first, end) in self.model_months.items()
                },
            },
            "notification": {"factor": self.notification, "months": self.notification_months},
            "sex": dict(self.by_sex),
            "age": dict(self.by_age),
            "language": dict(self.by_language),
            "urbanity": dict(self.by_urbanity),
            "channel": {"unit": "calendar days that an application waits longer", **self.days_by_channel},
        }
