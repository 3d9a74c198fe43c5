"""Where households at risk of assistance live: by size and urbanity of the municipality."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.reference import ALAND, made_up_sizes

# Recipients per resident against the country's mean; towns have more (THL, Sotkanet indicator 493, round figures).
RISK_BY_URBANITY = {"1": 1.15, "2": 0.80, "3": 0.65}


@dataclass(frozen=True)
class Homes:
    """Mainland municipalities of the first day of the register, in the order of their codes.

    `codes`, `urbanity` and `counties` are texts, `weights` shares that add up to one; all have one entry a
    municipality. `ended` has the last day and the successor of those that were merged.
    """

    codes: tuple[str, ...]
    urbanity: tuple[str, ...]
    counties: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    ended: Mapping[str, tuple[str, str]]

    def codes_in(self, month: np.datetime64) -> npt.NDArray[np.str_]:
        """The code of each municipality in a month: after a merger that of its successor."""
        day = f"{month}-01"
        return np.array([self._code_on(code, day) for code in self.codes])

    def _code_on(self, code: str, day: str) -> str:
        while code in self.ended and self.ended[code][0] < day:
            code = self.ended[code][1]
        return code

    def draw(self, rng: np.random.Generator, n: int) -> npt.NDArray[np.intp]:
        """Positions of `n` municipalities, by their weights."""
        return np.searchsorted(np.cumsum(self.weights)[:-1], rng.random(n), side="right")


def make_homes(municipality_seed: Path, seed: int, first_day: str) -> Homes:
    """The municipalities that were there on the first day, `YYYY-MM-DD`."""
    with municipality_seed.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    rows = {
        row["municipality_code"]: row
        for row in listed
        if row["county_code"] != ALAND
        and row["municipality_code"] != MASKED
        and (row["valid_from"] or "0000") <= first_day <= (row["valid_to"] or "9999")
    }
    ended = {
        row["municipality_code"]: (row["valid_to"], row["successor_code"]) for row in listed if row["successor_code"]
    }
    codes = tuple(sorted(rows))
    sizes = made_up_sizes(codes, seed)
    urbanity = tuple(rows[code]["urbanity_code"] or "3" for code in codes)
    weights = np.array([sizes[code] * RISK_BY_URBANITY[kind] for code, kind in zip(codes, urbanity, strict=True)])
    counties = tuple(rows[code]["county_code"] for code in codes)
    return Homes(codes, urbanity, counties, weights / weights.sum(), ended)
