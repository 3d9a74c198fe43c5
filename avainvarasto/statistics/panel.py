"""A panel of municipalities by quarter: which quarters lie before and after, and which municipalities compare."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

# How many times the usual distance from the usual trend a comparison municipality may be off before the start.
FARTHEST_TREND = 5.0


@dataclass(frozen=True)
class Panel:
    """One outcome: municipalities x quarters without a gap.

    `quarters` count from the quarter in which the model began (0), `weights` are residents, `treated` is whether the
    model came. `split_start` says that it began within quarter 0, which then lies neither before nor after.
    """

    codes: tuple[str, ...]
    quarters: Ints
    values: Floats
    weights: Floats
    treated: Bools
    split_start: bool

    @property
    def before(self) -> Bools:
        """Quarters wholly before the start."""
        found: Bools = self.quarters < 0
        return found

    @property
    def after(self) -> Bools:
        """Quarters wholly after it."""
        found: Bools = self.quarters >= (1 if self.split_start else 0)
        return found

    @property
    def is_enough(self) -> bool:
        """Whether there is a quarter before, one after, a treated municipality and another."""
        return bool(self.before.any() and self.after.any() and self.treated.any() and (~self.treated).any())

    def gains(self) -> Floats:
        """Mean after less mean before, by municipality; quarters weigh alike."""
        gained: Floats = self.values[:, self.after].mean(axis=1) - self.values[:, self.before].mean(axis=1)
        return gained

    def since_reference(self) -> Floats:
        """Each quarter less the last one before the start: municipalities x quarters."""
        at = int(np.flatnonzero(self.before)[-1])
        changed: Floats = self.values - self.values[:, at : at + 1]
        return changed

    def of(self, chosen: Bools) -> Panel:
        """Some of the municipalities."""
        codes = tuple(code for code, there in zip(self.codes, chosen, strict=True) if there)
        return replace(
            self,
            codes=codes,
            values=self.values[chosen],
            weights=self.weights[chosen],
            treated=self.treated[chosen],
        )

    def within(self, chosen: Bools) -> Panel:
        """Some of the quarters."""
        return replace(self, quarters=self.quarters[chosen], values=self.values[:, chosen])


def without_gaps(panel: Panel) -> Panel:
    """Leaves out comparison quarters and municipalities that are not known throughout.

    A quarter that fewer than half of the municipalities know goes first, then a municipality that lacks one.
    """
    known = np.isfinite(panel.values)
    if not len(panel.codes):
        return panel
    kept = panel.within(known.mean(axis=0) >= 0.5)
    throughout: Bools = np.all(np.isfinite(kept.values), axis=1)
    return kept.of(throughout)


def alike_before(panel: Panel) -> Panel:
    """Leaves out comparison municipalities whose trend before the start is far off.

    Far is farther from the median of all than any treated municipality and than five times the median distance. The
    rule looks at quarters before the start only, and at treated and others alike, so that it favours no result.
    """
    columns = np.flatnonzero(panel.before)
    if len(columns) < 2 or not panel.treated.any():
        return panel
    trend = panel.values[:, columns[-1]] - panel.values[:, columns[0]]
    off = np.abs(trend - np.median(trend))
    limit = max(float(off[panel.treated].max()), FARTHEST_TREND * float(np.median(off)))
    near: Bools = np.less_equal(off, limit)
    return panel.of(panel.treated | near)
