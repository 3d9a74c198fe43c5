"""A thousand made-up worlds: intervals cover the planted effect, and p is below 0.05 by chance only.

The bands hold 99 % of what chance gives in a thousand worlds when 95 % and 5 % are true. The planted effect on an
outcome is what the generator's own chances make of it: the mean, over all worlds, of the treated with the model less
the same households without it, on whom the same luck falls.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from avainvarasto.statistics import life_table, survival
from avainvarasto.statistics.panel import Panel, alike_before, without_gaps
from avainvarasto.statistics.placements import Design
from avainvarasto.statistics.survival import Spells
from avainvarasto.synthetic.country.truth import MODEL_BEGAN, Truth
from avainvarasto.synthetic.country.worlds import STAYED, TOWNS, SmallWorld, small_world, spells_of

pytestmark = [pytest.mark.unit, pytest.mark.timeout(1800)]

Floats = npt.NDArray[np.float64]

WORLDS, EFFECT = 1000, 0.15
FIRST, LAST = "2017-04", "2019-12"
# A p of so many placements is as good as one of ten thousand, which the published table has.
DRAWS = 999
BANDS = np.repeat(np.arange(len(life_table.BANDS)), list(life_table.BANDS.values()))
# Enough spells in each municipality for a table of their ages, without making all of them large.
EVEN = dict.fromkeys([*STAYED, *list(TOWNS)[len(STAYED) : 25]], 40.0)
STARTED = int(MODEL_BEGAN.astype("datetime64[M]").astype(np.int64))


def panel_of_months(world: SmallWorld) -> dict[str, Panel]:
    """Recipients per resident by quarter."""
    n = len(world.codes)
    quarters, position = np.unique(world.months.astype(np.int64) // 3, return_inverse=True)
    row, household = np.nonzero(world.received)
    cells = np.bincount(position[row] * n + world.home[household], minlength=n * len(quarters))
    share = cells.reshape(len(quarters), n).T / 3 / world.sizes[:, None]
    return {
        "receipt_share": Panel(
            world.codes, quarters - STARTED // 3, share, world.sizes, world.treated, split_start=STARTED % 3 != 0
        )
    }


def panel_of_spells(world: SmallWorld) -> dict[str, Panel]:
    """Period life tables before the start, when spells were nine months old at most, and after it."""
    spells, n = spells_of(world), len(world.codes)
    start = int((MODEL_BEGAN - world.months[0]).astype(int))
    exits, at_risk = (np.zeros((n, 2, len(life_table.BANDS)), np.int64) for _ in range(2))
    for age, band in enumerate(BANDS, start=1):
        there = spells.months >= age
        after = (spells.first[there] + age - 1 >= start).astype(np.int64)
        cell = world.home[spells.household[there]] * 2 + after
        left = (spells.months[there] == age) & spells.is_exit[there]
        at_risk[:, :, band] += np.bincount(cell, minlength=2 * n).reshape(n, 2)
        exits[:, :, band] += np.bincount(cell[left], minlength=2 * n).reshape(n, 2)
    values = {
        "exit_within_12_months": life_table.exit_within_a_year(exits, at_risk),
        "months_in_12": life_table.months_in_a_year(exits, at_risk),
    }
    sides = np.array([-1, 1])
    return {
        name: Panel(world.codes, sides, value, world.sizes, world.treated, split_start=True)
        for name, value in values.items()
    }


def in_the_band(count: int, share: float) -> bool:
    low, high = binom.interval(0.99, WORLDS, share)
    return bool(low <= count <= high)


def held_against_the_truth(rows: dict[str, list[tuple[float, float, float, float]]]) -> dict[str, tuple[int, int]]:
    """How many worlds' intervals cover the effect, and in how many without effect p is 0.05 or less.

    Rows of each outcome: effect on the treated of this world, both ends of the interval, p without effect.
    """
    counted = {}
    for name, listed in rows.items():
        assert len(listed) == WORLDS
        on_the_treated, lo, hi, p = np.array(listed, np.float64).T
        effect = on_the_treated.mean()
        counted[name] = int(((lo <= effect) & (effect <= hi)).sum()), int((p <= 0.05).sum())
    return counted


@pytest.mark.parametrize(
    ("panels", "newcomers", "sizes"),
    [(panel_of_months, 120.0, TOWNS), (panel_of_spells, 180.0, EVEN)],
    ids=["months", "spells"],
)
def test_intervals_of_the_panel_cover_the_planted_effect_and_p_is_fair(
    panels: Callable[[SmallWorld], dict[str, Panel]], newcomers: float, sizes: dict[str, float]
) -> None:
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for seed in range(1, WORLDS + 1):
        without, planted = (
            panels(small_world(seed, Truth.of(effect), newcomers, FIRST, LAST, sizes)) for effect in (0.0, EFFECT)
        )
        for name in without:
            bare, full = (alike_before(without_gaps(one[name])) for one in (without, planted))
            change = (planted[name].gains() - without[name].gains())[: len(STAYED)]
            known = np.isfinite(change)
            for way in ("weighted", "alike"):
                none, there = (Design(x.treated, x.weights if way == "weighted" else None, DRAWS) for x in (bare, full))
                found = there.inference(full.gains())
                weights = without[name].weights[: len(STAYED)] if way == "weighted" else np.ones(len(STAYED))
                effect = float(np.average(change[known], weights=weights[known]))
                p = none.inference(bare.gains()).p
                assert found.lo is not None
                assert found.hi is not None
                assert p is not None
                rows.setdefault(f"{name}, {way}", []).append((effect, found.lo, found.hi, p))
    counted = held_against_the_truth(rows)
    print(counted)
    missed = {n: c for n, c in counted.items() if not (in_the_band(c[0], 0.95) and in_the_band(c[1], 0.05))}
    assert missed == {}


def cohorts(world: SmallWorld) -> tuple[Spells, Spells]:
    """Spells that began with the model at work: in the pilots, and elsewhere."""
    spells = spells_of(world)
    since = spells.first >= int((MODEL_BEGAN - world.months[0]).astype(int))
    pilot = world.treated[world.home[spells.household]]
    # Households are not alike by sort, but sorts are the same everywhere: one stratum.
    return tuple(  # type: ignore[return-value]
        Spells(spells.months[chosen], spells.is_exit[chosen], nothing, nothing)
        for chosen in (since & pilot, since & ~pilot)
        for nothing in [np.zeros(int(chosen.sum()), np.int64)]
    )


def test_intervals_of_spells_cover_the_planted_effect_and_the_log_rank_test_is_fair() -> None:
    rows: list[tuple[float, float, float, float]] = []
    for seed in range(1, WORLDS + 1):
        without, planted = (
            cohorts(small_world(seed, Truth.of(effect), 120.0, FIRST, LAST)) for effect in (0.0, EFFECT)
        )
        found = survival.restricted_mean_difference(*planted)
        means = [survival.restricted_mean(one[0], 12) for one in (planted, without)]
        p = survival.logrank_p(*without)
        assert found.lo is not None
        assert found.hi is not None
        assert means[0] is not None
        assert means[1] is not None
        assert p is not None
        rows.append((means[0][0] - means[1][0], found.lo, found.hi, p))
    counted = held_against_the_truth({"rmst12, log-rank": rows})
    print(counted)
    missed = {n: c for n, c in counted.items() if not (in_the_band(c[0], 0.95) and in_the_band(c[1], 0.05))}
    assert missed == {}
