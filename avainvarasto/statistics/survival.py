"""Two groups of spells held against each other: log-rank test and difference of restricted means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from avainvarasto.statistics.life_table import survival

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Fewer spells at risk than this are not a basis for a mean up to a month.
FEWEST_AT_RISK = 10


@dataclass(frozen=True)
class Spells:
    """One entry a spell.

    `months` is its length, `is_exit` whether it ended so (or was only seen so long), `entry` its age when it came into
    view (0: seen from its first month), `stratum` what is held equal in a test.
    """

    months: Ints
    is_exit: Bools
    entry: Ints
    stratum: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.months)

    def of(self, stratum: int) -> Spells:
        """Those of one stratum."""
        here = self.stratum == stratum
        return Spells(self.months[here], self.is_exit[here], self.entry[here], self.stratum[here])

    def at_risk(self, horizon: int) -> tuple[Ints, Ints]:
        """Exits and spells at risk at each age 1..horizon; a spell is at risk after its entry, to its last month."""
        ages = np.arange(1, horizon + 1)
        size = max(horizon, int(self.months.max(initial=0)), int(self.entry.max(initial=0))) + 2
        ended = np.bincount(self.months, minlength=size)
        entered = np.bincount(self.entry, minlength=size)
        # In view at an age: entered before it, and not ended before it.
        in_view = np.cumsum(entered) - np.cumsum(ended)
        exits = np.bincount(self.months[self.is_exit], minlength=size)
        return exits[ages].astype(np.int64), (in_view[ages - 1]).astype(np.int64)


@dataclass(frozen=True)
class Difference:
    """A difference of months, a less b, with its 95 % interval; None where a side was not watched long enough."""

    estimate: float | None
    lo: float | None
    hi: float | None


def restricted_mean(spells: Spells, horizon: int) -> tuple[float, float] | None:
    """Mean months up to a horizon, and its variance by Greenwood; None with too few spells at risk at the horizon.

    Area under Kaplan-Meier's curve: sum of S(0..horizon-1). Variance: sum over ages of (area beyond)^2 d / (y (y - d))
    (Klein & Moeschberger 2003, 4.5.3). Ages are whole months.
    """
    exits, at_risk = spells.at_risk(horizon)
    if at_risk[-1] < FEWEST_AT_RISK or not (at_risk > 0).all():
        return None
    curve = survival(exits, at_risk)
    area = float(1.0 + curve[:-1].sum())
    beyond = np.cumsum(curve[:-1][::-1])[::-1]
    d, y = exits[:-1].astype(np.float64), at_risk[:-1].astype(np.float64)
    terms = np.divide(d, y * (y - d), out=np.zeros_like(d), where=y > d)
    return area, float((beyond**2 * terms).sum())


def restricted_mean_difference(a: Spells, b: Spells, horizon: int = 12) -> Difference:
    """Months on assistance up to a horizon, a less b, with a normal interval."""
    of_a, of_b = restricted_mean(a, horizon), restricted_mean(b, horizon)
    if of_a is None or of_b is None:
        return Difference(None, None, None)
    half = float(norm.ppf(0.975)) * float(np.sqrt(of_a[1] + of_b[1]))
    estimate = of_a[0] - of_b[0]
    return Difference(estimate, estimate - half, estimate + half)


def logrank_p(a: Spells, b: Spells) -> float | None:
    """P of the log-rank test, stratified and with delayed entry; None where no stratum has both groups and an exit.

    Mantel's: in each stratum and at each age the exits of a against those expected of its part of the spells at risk,
    with hypergeometric variance; chi-square of their sums (Klein & Moeschberger 2003, 7.3 and 7.5). statsmodels 0.15
    has strata or delayed entry, and fails on both together; it is the oracle of each.
    """
    shared = np.intersect1d(a.stratum, b.stratum)
    horizon = int(max(a.months.max(initial=0), b.months.max(initial=0)))
    surplus = variance = 0.0
    for stratum in shared:
        (d1, y1), (d0, y0) = (spells.of(stratum).at_risk(horizon) for spells in (a, b))
        both = (y1 > 0) & (y0 > 0)
        d, y, part = (d1 + d0)[both], (y1 + y0)[both].astype(np.float64), y1[both] / (y1 + y0)[both]
        surplus += float((d1[both] - d * part).sum())
        variance += float((d * part * (1 - part) * (y - d) / np.maximum(y - 1, 1)).sum())
    return float(chi2.sf(surplus**2 / variance, 1)) if variance > 0 else None
