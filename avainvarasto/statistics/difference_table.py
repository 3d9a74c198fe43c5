"""The table of differences between cohorts of spells: restricted means and log-rank tests, by gap rule and unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from avainvarasto.statistics import survival
from avainvarasto.statistics.survival import Spells

GAPS, UNITS = (1, 2, 3), ("person", "household")
COUNTY, SEASON = "county_code", "season"
# Each contrast: the first cohort less the second, and what is held equal in the test.
CONTRASTS = {
    "pilot_vs_comparison_before": ("pilot_before", "comparison_before", COUNTY),
    "pilot_vs_comparison_after": ("pilot_after", "comparison_after", COUNTY),
    "pilot_after_vs_before": ("pilot_after", "pilot_before", SEASON),
    "comparison_after_vs_before": ("comparison_after", "comparison_before", SEASON),
}


@dataclass(frozen=True)
class Alike:
    """So many spells that are the same in all that counts here; `season` is the calendar month of their beginning."""

    gap_months: int
    unit: str
    cohort: str
    county_code: str
    season: int
    entry: int
    months: int
    is_exit: bool
    n_spells: int


def difference_rows(spells: Sequence[Alike]) -> Iterator[dict[str, Any]]:
    """Every gap rule, unit and contrast, in this order, whether there are spells or not."""
    for gap in GAPS:
        for unit in UNITS:
            here = [one for one in spells if one.gap_months == gap and one.unit == unit]
            for contrast, (first, second, stratum) in CONTRASTS.items():
                a, b = (_spells([one for one in here if one.cohort == name], stratum) for name in (first, second))
                difference = survival.restricted_mean_difference(a, b)
                yield {
                    "gap_months": gap,
                    "unit": unit,
                    "contrast": contrast,
                    "rmst12_difference_months": difference.estimate,
                    "rmst12_difference_months_lo": difference.lo,
                    "rmst12_difference_months_hi": difference.hi,
                    "logrank_p": survival.logrank_p(a, b) if len(a) and len(b) else None,
                    "n_spells_a": len(a),
                    "n_spells_b": len(b),
                }


def _spells(alike: Sequence[Alike], stratum: str) -> Spells:
    counts = [one.n_spells for one in alike]
    strata = [one.season if stratum == SEASON else int(one.county_code) for one in alike]
    return Spells(
        months=np.repeat(np.array([one.months for one in alike], np.int64), counts),
        is_exit=np.repeat(np.array([one.is_exit for one in alike], bool), counts),
        entry=np.repeat(np.array([one.entry for one in alike], np.int64), counts),
        stratum=np.repeat(np.array(strata, np.int64), counts),
    )
