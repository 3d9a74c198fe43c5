"""What the model did to one outcome of the panel, and what could have been found at all.

Points of difference-in-differences and event study are diff-diff's; intervals and p come from placements, because
standard errors by cluster reject far too often with five treated (`docs/decisions/0030-the-effect-of-the-model.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from diff_diff import SurveyDesign, TwoWayFixedEffects

from avainvarasto.statistics.panel import Panel, alike_before, without_gaps
from avainvarasto.statistics.placements import PLACEMENTS, Design, Inference

Floats = npt.NDArray[np.float64]

WEIGHTED, UNWEIGHTED, EVENT_STUDY = "did_weighted", "did_unweighted", "event_study"
PRE_TREND, IN_TIME = "pre_trend_test", "placebo_in_time"
LOWEST, HIGHEST = "leave_one_out_lowest", "leave_one_out_highest"
OVERALL = (WEIGHTED, UNWEIGHTED, PRE_TREND, IN_TIME, LOWEST, HIGHEST)
ALL_QUARTERS = "all"


@dataclass(frozen=True)
class Found:
    """One line: the estimator, the quarter since the start (or `all`), and what was found, in the outcome's unit."""

    estimator: str
    event_quarter: str
    found: Inference


def effects(panel: Panel, draws: int = PLACEMENTS, seed: int = 0) -> Iterator[Found]:
    """Every estimator on one outcome.

    Args:
        panel: may have gaps (not a number); what is left after them is compared.
        draws: placements beside the real one.
        seed: of the placements.

    Yields:
        nothing where there is no quarter before or after, or nobody treated or to compare with.
    """
    kept = alike_before(without_gaps(panel))
    if not kept.is_enough:
        return
    design = Design(kept.treated, kept.weights, draws, seed)
    gains = kept.gains()
    yield Found(WEIGHTED, ALL_QUARTERS, replace(design.inference(gains), estimate=estimated(kept, weighted=True)))
    alike = Design(kept.treated, None, draws, seed).inference(gains)
    yield Found(UNWEIGHTED, ALL_QUARTERS, replace(alike, estimate=estimated(kept, weighted=False)))
    changes = kept.since_reference()
    reference = int(kept.quarters[kept.before][-1])
    # One value before and one after are the difference-in-differences once more.
    points = event_study(kept) if len(kept.quarters) > 2 else {}
    for position, quarter in enumerate(int(one) for one in kept.quarters):
        if points and quarter != reference:
            inferred = design.inference(changes[:, position])
            yield Found(EVENT_STUDY, str(quarter), replace(inferred, estimate=points[quarter]))
    yield Found(PRE_TREND, ALL_QUARTERS, _pre_trend(kept, design, changes, reference))
    yield from _in_time(kept, design)
    yield from _leave_one_out(kept, draws, seed)


def estimated(panel: Panel, *, weighted: bool) -> float:
    """The difference-in-differences with effects of municipality and time, by diff-diff.

    A quarter that is neither before nor after is left out; weights are residents.
    """
    used = panel.within(panel.before | panel.after)
    fitted = TwoWayFixedEffects().fit(
        _frame(used), outcome="value", treatment="treated", post="after", unit="unit", survey_design=_weights(weighted)
    )
    return float(fitted.att)


def event_study(panel: Panel) -> dict[int, float]:
    """Difference to the last quarter before the start, by quarter since the start, by diff-diff; weights are residents.

    The reference itself is 0.
    """
    fitted = TwoWayFixedEffects().fit(
        _frame(panel),
        outcome="value",
        treatment="treated",
        unit="unit",
        time="quarter",
        event_study=True,
        post_periods=[int(quarter) for quarter in panel.quarters[panel.quarters >= 0]],
        reference_period=int(panel.quarters[panel.before][-1]),
        survey_design=_weights(True),
    )
    return {int(at): float(one) for at, one in zip(fitted.event_time, fitted.att, strict=True)}


def _weights(weighted: bool) -> SurveyDesign | None:
    return SurveyDesign(weights="weight") if weighted else None


def _frame(panel: Panel) -> pd.DataFrame:
    n, quarters = panel.values.shape
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n), quarters),
            "quarter": np.tile(panel.quarters, n),
            "value": panel.values.ravel(),
            "treated": np.repeat(panel.treated.astype(np.int64), quarters),
            "after": np.tile(panel.after.astype(np.int64), n),
            "weight": np.repeat(panel.weights / panel.weights.mean(), quarters),
        }
    )


def _pre_trend(panel: Panel, design: Design, changes: Floats, reference: int) -> Inference:
    """The joint test of all quarters before the reference; its estimate is the farthest of them."""
    earlier = panel.before & (panel.quarters != reference)
    nothing = Inference(0.0, None, None, None, None, design.n_treated, design.n_others)
    if not earlier.any():
        return replace(nothing, estimate=np.nan)
    each = [design.difference(one) for one in changes[:, earlier].T]
    return replace(nothing, estimate=max(each, key=abs), p=design.joint_p(changes[:, earlier]))


def _in_time(panel: Panel, design: Design) -> Iterator[Found]:
    """A start that never was: in the last quarter before the real one, seen before it only."""
    before = panel.values[:, panel.before]
    if before.shape[1] >= 2:
        gains = before[:, -1] - before[:, :-1].mean(axis=1)
        yield Found(IN_TIME, ALL_QUARTERS, design.inference(gains))


def _leave_one_out(panel: Panel, draws: int, seed: int) -> Iterator[Found]:
    """The lowest and the highest estimate when one treated municipality is left out."""
    treated = np.flatnonzero(panel.treated)
    if len(treated) < 2:
        return
    kept = [panel.of(np.arange(len(panel.codes)) != one) for one in treated]
    ordered = sorted(kept, key=lambda one: Design(one.treated, one.weights, 0, seed).difference(one.gains()))
    for name, one in ((LOWEST, ordered[0]), (HIGHEST, ordered[-1])):
        yield Found(name, ALL_QUARTERS, Design(one.treated, one.weights, draws, seed).inference(one.gains()))


@dataclass(frozen=True)
class Visible:
    """How far an outcome could have moved at most.

    `share` is AVAIN's clients among those on whom it is measured; `change` how far it would have moved in its own unit,
    had each of them changed and nobody else.
    """

    share: float
    change: float


def largest_visible(outcome_mean: float, clients: float, base: float, *, may_rise: bool) -> Visible | None:
    """What all clients of AVAIN together could have moved; None where nobody is measured.

    Args:
        outcome_mean: mean of the outcome in the treated municipalities.
        clients: clients there.
        base: those on whom the outcome is measured there, in the same unit as clients.
        may_rise: whether a share of the base is the outcome, so that clients could as well all have it as none.
    """
    if not base > 0 or not np.isfinite(outcome_mean):
        return None
    share = min(clients / base, 1.0)
    return Visible(share, share * (max(outcome_mean, 1.0 - outcome_mean) if may_rise else outcome_mean))
