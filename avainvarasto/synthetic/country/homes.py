"""Where households at risk of assistance live: by size and urbanity of the municipality."""

from __future__ import annotations

import csv
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

    `codes` and `urbanity` are texts, `weights` shares that add up to one; all have one entry a municipality.
    """

    codes: tuple[str, ...]
    urbanity: tuple[str, ...]
    weights: npt.NDArray[np.float64]

    def positions(self, codes: tuple[str, ...]) -> npt.NDArray[np.intp]:
        """Where municipalities stand in the list.

        Raises:
            KeyError: one of them is not there.
        """
        at = {code: position for position, code in enumerate(self.codes)}
        return np.array([at[code] for code in codes], dtype=np.intp)


def make_homes(municipality_seed: Path, seed: int, first_day: str) -> Homes:
    """The municipalities that were there on the first day, `YYYY-MM-DD`."""
    with municipality_seed.open(encoding="utf-8", newline="") as file:
        rows = {
            row["municipality_code"]: row
            for row in csv.DictReader(file)
            if row["county_code"] != ALAND
            and row["municipality_code"] != MASKED
            and (row["valid_from"] or "0000") <= first_day <= (row["valid_to"] or "9999")
        }
    codes = tuple(sorted(rows))
    sizes = made_up_sizes(codes, seed)
    urbanity = tuple(rows[code]["urbanity_code"] or "3" for code in codes)
    weights = np.array([sizes[code] * RISK_BY_URBANITY[kind] for code, kind in zip(codes, urbanity, strict=True)])
    return Homes(codes, urbanity, weights / weights.sum())
