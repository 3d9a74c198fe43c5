"""Randomisation inference for few treated units: the real placement against others of the same number.

The statistic is the difference of (weighted) means of one gain a unit, over its standard error with a variance of its
own in each group (studentised as in Chung & Romano 2013, so that groups may vary unequally; with the leverage
correction HC2 of MacKinnon & White 1985, because one town may have most of a group's weight):

    t = (m1 - m0) / sqrt(v1 + v0),    m = sum(h g),    v = sum(h^2 (g - m)^2 / (1 - h)),    h = w / sum(w)

Without weights v is Neyman's s^2 / k, and a placement names other units treated. With weights the gains move and the
weights stay, each gain scaled to what units of that weight usually vary: a placement that put five small towns in the
place of one large and four small ones would have another spread, and refused 7 % instead of 5 % in a thousand worlds
(`docs/decisions/0030-the-effect-of-the-model.md`).

An effect that is the same for all is tested by taking it off the treated; the interval is every effect that is not
refused, so that it covers as often with five treated as with fifty (Rosenbaum 2002, 2.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

PLACEMENTS, LEVEL, POWER = 9_999, 0.05, 0.80
# How far the interval's ends are searched, in standard errors, and how finely between.
FARTHEST, HALVINGS = 1e6, 60
# Steps of the search for how spread goes with weight.
SPREADS = 41
# Ties are counted as ties whatever the order of summing.
TIE = 1e-9
ROUNDING = 1e-12


@dataclass(frozen=True)
class Inference:
    """A difference of gains in their unit; `p` is two-sided, `lo` and `hi` are the 95 % interval.

    `minimum_detectable` is what would be found with 80 % power at 5 %, two-sided; all but the estimate are None where
    there are fewer than two treated or two others, or no variation.
    """

    estimate: float
    lo: float | None
    hi: float | None
    p: float | None
    minimum_detectable: float | None
    n_treated: int
    n_others: int


@lru_cache(maxsize=8)
def orders(n: int, draws: int, seed: int) -> npt.NDArray[np.intp]:
    """The real order of `n` units and `draws` others: which unit's gain stands in each unit's place."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, n])))
    shuffled = rng.permuted(np.tile(np.arange(n), (draws, 1)), axis=1)
    both = np.concatenate([np.arange(n)[None, :], shuffled])
    both.setflags(write=False)
    return both


def usual_spread(gains: Floats, weights: Floats, of: Floats) -> Floats:
    """Standard deviation of a gain by its weight, up to a factor: sqrt(r + (1 - r) / w) with the likeliest r (normal).

    r is 0 where gains vary as counts of the unit's size do, and 1 where they vary alike whatever the size.

    Args:
        gains: of the units that are looked at.
        weights: theirs, 1 on average.
        of: weights of the units whose spread is wanted.
    """
    ratio = np.linspace(0.0, 1.0, SPREADS)[:, None]
    variance = ratio + (1.0 - ratio) / weights
    mean = (gains / variance).sum(axis=1, keepdims=True) / (1.0 / variance).sum(axis=1, keepdims=True)
    common = ((gains - mean) ** 2 / variance).mean(axis=1)
    if not (common > 0).all():
        return np.ones(len(of))
    likeliest = float(ratio[np.argmin(np.log(common) * len(gains) + np.log(variance).sum(axis=1)), 0])
    found: Floats = np.sqrt(likeliest + (1.0 - likeliest) / of)
    return found


class _Moments:
    """Mean and its variance in one group under each order, as polynomials of the effect taken off the treated."""

    def __init__(self, weights: Floats, gains: Floats, treated: Floats) -> None:
        share = weights / weights.sum()
        leverage = share**2 / (1 - share)
        self._mean, self._treated = gains @ share, treated @ share
        of_gains, of_treated = gains - self._mean[:, None], treated - self._treated[:, None]
        self._constant = of_gains**2 @ leverage
        self._linear = (of_gains * of_treated) @ leverage
        self._square = of_treated**2 @ leverage

    def at(self, effect: float) -> tuple[Floats, Floats]:
        """Mean and its variance."""
        variance = self._constant - 2 * effect * self._linear + effect**2 * self._square
        return self._mean - effect * self._treated, np.maximum(variance, 0.0)


class Design:
    """Who is treated, what each unit weighs, and the placements that are tried; serves many gains.

    Args:
        treated: one entry a unit.
        weights: one entry a unit, above 0; None weighs all alike.
        draws: number of placements beside the real one.
        seed: the same seed and number of units give the same placements.
    """

    def __init__(self, treated: Bools, weights: Floats | None = None, draws: int = PLACEMENTS, seed: int = 0) -> None:
        self.n_treated, self.n_others = int(treated.sum()), int((~treated).sum())
        self.treated, self.is_weighted = treated, weights is not None
        self.weights = np.ones(len(treated)) if weights is None else weights / weights.mean()
        self.draws, self.seed = draws, seed
        self.possible = self.n_treated >= 2 and self.n_others >= 2

    def difference(self, gains: Floats) -> float:
        """Weighted mean gain of the treated less that of the others."""
        d, w = self.treated, self.weights
        return float(np.average(gains[d], weights=w[d]) - np.average(gains[~d], weights=w[~d]))

    def inference(self, gains: Floats) -> Inference:
        """Estimate, interval, p and the minimum detectable effect of gains, one a unit."""
        if self.possible and self._vary(gains):
            tested = Randomisation(self, gains)
            # A spread that is nothing but rounding of equal gains is none.
            if tested.error > ROUNDING * max(1.0, float(np.abs(gains).max())):
                return tested.inference()
        return Inference(self.difference(gains), None, None, None, None, self.n_treated, self.n_others)

    def _vary(self, gains: Floats) -> bool:
        """Whether most of the others have gains of their own: where half are alike, as with counts of none, a placement
        among them has no spread to be held against.
        """
        others = gains[~self.treated]
        return bool(np.median(np.abs(others - np.median(others))) > 0)

    def joint_p(self, gains: Floats) -> float | None:
        """Whether several gains of each unit (units x gains) are the same in both groups: sum of squared statistics."""
        if not self.possible or not gains.shape[1] or not all(self._vary(one) for one in gains.T):
            return None
        together = sum((Randomisation(self, one).statistics() ** 2 for one in gains.T), np.zeros(self.draws + 1))
        return float((1 + (together[1:] >= together[0] - TIE).sum()) / len(together)) if together[0] > 0 else None


class Randomisation:
    """All placements of a design on one set of gains; the first entry of every array is the real one."""

    def __init__(self, design: Design, gains: Floats) -> None:
        self._design = design
        self.estimate = design.difference(gains)
        treated, weights = design.treated, design.weights
        spread = np.ones(len(gains))
        if design.is_weighted:
            # Of the others only: an effect on the treated changes nothing in it.
            spread = usual_spread(gains[~treated], weights[~treated], weights)
        # Deviations from the common mean: a number that is far from zero everywhere costs digits when it is squared.
        real = treated.astype(np.float64)
        precision = spread**-2.0
        scaled = [(values - np.average(values, weights=precision)) / spread for values in (gains, real)]
        order = orders(len(gains), design.draws, design.seed)
        moved, moved_treated = (values[order] * spread for values in scaled)
        self._in, self._out = (
            _Moments(weights[group], moved[:, group], moved_treated[:, group]) for group in (treated, ~treated)
        )
        self.error = float(self.estimates()[1][0])

    def estimates(self, effect: float = 0.0) -> tuple[Floats, Floats]:
        """Difference of means and its standard error under each placement, after taking an effect off the treated."""
        (m1, v1), (m0, v0) = self._in.at(effect), self._out.at(effect)
        return m1 - m0, np.sqrt(v1 + v0)

    def statistics(self, effect: float = 0.0) -> Floats:
        """The studentised difference under each placement."""
        difference, error = self.estimates(effect)
        return np.divide(difference, error, out=np.zeros_like(error), where=error > 0)

    def p(self, effect: float = 0.0) -> float:
        """Two-sided p of an effect: (1 + placements at least as far out) / (1 + placements)."""
        far = np.abs(self.statistics(effect))
        return float((1 + (far[1:] >= far[0] - TIE).sum()) / len(far))

    def end(self, direction: int) -> float | None:
        """The effect farthest from the estimate on one side that is not refused at 5 %; None where all are kept."""
        kept, step, error = self.estimate, self.error, self.error
        while self.p(self.estimate + direction * step) > LEVEL:
            kept = self.estimate + direction * step
            step *= 2
            if step > FARTHEST * error:
                return None
        refused = self.estimate + direction * step
        for _ in range(HALVINGS):
            middle = (kept + refused) / 2
            if self.p(middle) > LEVEL:
                kept = middle
            else:
                refused = middle
            if abs(refused - kept) < 1e-7 * error:
                break
        return kept

    def minimum_detectable(self) -> float:
        """The effect that four placements of five would show at 5 %, had it been there: from placements, not from t.

        Where most units stand still, placements vary less than the treated do: then their own standard error counts.
        """
        difference, error = (values[1:] for values in self.estimates())
        limit = float(np.quantile(np.abs(self.statistics()[1:]), 1 - LEVEL))
        of_placements = float(np.quantile(limit * error - difference, POWER))
        return max(of_placements, (limit + float(norm.ppf(POWER))) * self.error)

    def inference(self) -> Inference:
        """All of it; where no effect is refused, however large, none would be detected."""
        lo, hi = self.end(-1), self.end(1)
        return Inference(
            self.estimate,
            lo,
            hi,
            self.p(),
            None if lo is None or hi is None else self.minimum_detectable(),
            self._design.n_treated,
            self._design.n_others,
        )
