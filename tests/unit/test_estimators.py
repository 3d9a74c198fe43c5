"""Estimators against the kept libraries, and against what must hold of any data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time
from statsmodels.duration.survfunc import survdiff

from avainvarasto.statistics import effect, life_table, survival
from avainvarasto.statistics.panel import Panel, alike_before, without_gaps
from avainvarasto.statistics.placements import Design, Inference, Randomisation
from avainvarasto.statistics.survival import Spells

pytestmark = pytest.mark.unit

QUARTERS = np.arange(-3, 8)


def a_panel(seed: int = 1, n: int = 40, treated: int = 5, effect_of: float = 0.0) -> Panel:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 1)) + rng.normal(size=(1, len(QUARTERS))) + rng.normal(size=(n, len(QUARTERS)))
    there = np.arange(n) < treated
    values[np.ix_(there, QUARTERS > 0)] += effect_of
    codes = tuple(f"{at:03}" for at in range(n))
    return Panel(codes, QUARTERS, values, rng.lognormal(0, 1, n), there, split_start=True)


def some_spells(seed: int, n: int, chance: float, *, delayed: bool = False) -> Spells:
    rng = np.random.default_rng(seed)
    length, seen = rng.geometric(chance, n), rng.integers(1, 25, n)
    entry = rng.integers(0, 4, n) if delayed else np.zeros(n, np.int64)
    kept = np.minimum(length, seen) > entry
    return Spells(np.minimum(length, seen)[kept], (length <= seen)[kept], entry[kept], rng.integers(0, 4, n)[kept])


@pytest.mark.parametrize("weighted", [True, False])
def test_the_librarys_points_are_differences_of_gains(weighted: bool) -> None:
    panel = a_panel()
    design = Design(panel.treated, panel.weights if weighted else None, 0)
    assert effect.estimated(panel, weighted=weighted) == pytest.approx(design.difference(panel.gains()), rel=1e-9)


def test_the_librarys_event_study_is_differences_to_the_last_quarter_before() -> None:
    panel = a_panel()
    design = Design(panel.treated, panel.weights, 0)
    found, changes = effect.event_study(panel), panel.since_reference()
    assert list(found) == list(QUARTERS)
    assert list(found.values()) == pytest.approx([design.difference(one) for one in changes.T], rel=1e-9, abs=1e-12)


def test_without_weights_the_statistic_is_welchs_t() -> None:
    from scipy.stats import ttest_ind

    panel = a_panel()
    gains = panel.gains()
    tested = Randomisation(Design(panel.treated, None, 50), gains)
    oracle = ttest_ind(gains[panel.treated], gains[~panel.treated], equal_var=False).statistic
    assert tested.statistics()[0] == pytest.approx(oracle, rel=1e-9)


def test_an_effect_taken_off_the_treated_is_the_test_of_gains_without_it() -> None:
    panel = a_panel()
    design, gains = Design(panel.treated, panel.weights, 400), panel.gains()
    shifted = Randomisation(design, gains - 0.7 * panel.treated)
    assert Randomisation(design, gains).statistics(0.7) == pytest.approx(shifted.statistics(), rel=1e-7, abs=1e-9)


def test_p_counts_the_placements_that_are_at_least_as_far_out() -> None:
    gains, treated = np.array([9.0, 8.5, 1.0, 0.2, 0.4, 1.3, 0.7]), np.array([True, True, *[False] * 5])
    tested = Randomisation(Design(treated, None, 4000), gains)
    every = []
    for pair in itertools.combinations(range(7), 2):
        inside = np.isin(np.arange(7), pair)
        a, b = gains[inside], gains[~inside]
        every.append(abs(a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / 2 + b.var(ddof=1) / 5))
    exact = np.mean(np.array(every) >= every[0] - 1e-9)
    assert tested.p() == pytest.approx(exact, abs=0.02)
    assert tested.p() >= 1 / 4001


def test_the_interval_holds_what_is_not_refused() -> None:
    panel = a_panel(effect_of=1.0)
    tested = Randomisation(Design(panel.treated, panel.weights, 999), panel.gains())
    found = tested.inference()
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo < found.estimate < found.hi
    width = found.hi - found.lo
    assert tested.p(found.lo + 1e-3 * width) > 0.05 >= tested.p(found.lo - 1e-3 * width)
    assert tested.p(found.hi - 1e-3 * width) > 0.05 >= tested.p(found.hi + 1e-3 * width)


def test_the_minimum_detectable_effect_is_found_four_times_of_five() -> None:
    shown = []
    detectable = []
    for seed in range(300):
        panel = a_panel(seed)
        detectable.append(Design(panel.treated, None, 499).inference(panel.gains()).minimum_detectable)
    usual = float(np.median(np.array(detectable, float)))
    for seed in range(300):
        panel = a_panel(seed, effect_of=usual)
        p = Design(panel.treated, None, 499).inference(panel.gains()).p
        shown.append(p is not None and p <= 0.05)
    assert 0.70 <= np.mean(shown) <= 0.90


def where_few_move(moving: int, seed: int) -> Inference:
    """Six treated of 66, of which so many have a gain at all, the treated first."""
    gains = np.where(np.arange(66) < moving, np.random.default_rng(seed).normal(0, 0.01, 66), 0.0)
    return Design(np.arange(66) < 6, None, 999).inference(gains)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_smaller_than_half_the_interval_is_called_detectable(seed: int) -> None:
    found = where_few_move(40, seed)
    assert found.lo is not None
    assert found.hi is not None
    assert found.minimum_detectable is not None
    assert found.minimum_detectable >= (found.hi - found.lo) / 2


def test_where_hardly_anybody_moves_nothing_is_detectable() -> None:
    found = where_few_move(14, 5)
    assert (found.lo, found.hi, found.minimum_detectable) == (None, None, None)


def test_the_same_seed_gives_the_same_numbers_and_another_hardly_others() -> None:
    panel = a_panel(effect_of=0.8)
    first, again, other = (list(effect.effects(panel, 999, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [(one.estimator, one.event_quarter) for one in first] == [(o.estimator, o.event_quarter) for o in other]


def test_every_estimator_has_its_lines() -> None:
    found = {(one.estimator, one.event_quarter): one.found for one in effect.effects(a_panel(effect_of=2.0), 999)}
    events = {(effect.EVENT_STUDY, str(quarter)) for quarter in QUARTERS if quarter != -1}
    assert set(found) == {(name, effect.ALL_QUARTERS) for name in effect.OVERALL} | events
    low, high = (found[name, effect.ALL_QUARTERS].estimate for name in (effect.LOWEST, effect.HIGHEST))
    assert low < found[effect.WEIGHTED, effect.ALL_QUARTERS].estimate < high
    assert found[effect.LOWEST, effect.ALL_QUARTERS].n_treated == 4
    assert found[effect.UNWEIGHTED, effect.ALL_QUARTERS].p == pytest.approx(1 / 1000, abs=0.01)
    assert found[effect.PRE_TREND, effect.ALL_QUARTERS].p is not None


def test_one_treated_municipality_has_an_estimate_and_no_interval() -> None:
    found = [one.found for one in effect.effects(a_panel(treated=1), 99) if one.estimator == effect.WEIGHTED]
    assert [(one.lo, one.hi, one.p, one.minimum_detectable) for one in found] == [(None, None, None, None)]


def test_nothing_comes_of_a_panel_without_quarters_after_the_start() -> None:
    panel = a_panel()
    assert list(effect.effects(panel.within(panel.quarters <= 0), 99)) == []
    assert list(effect.effects(panel.of(panel.treated), 99)) == []


def test_equal_gains_have_no_interval() -> None:
    panel = a_panel()
    flat = Panel(
        panel.codes, panel.quarters, np.full_like(panel.values, 0.1), panel.weights, panel.treated, split_start=True
    )
    assert {one.found.p for one in effect.effects(flat, 99)} == {None}


def test_where_most_counts_are_none_there_is_no_test() -> None:
    panel = a_panel()
    gains = np.where(np.arange(len(panel.codes)) % 3 == 0, panel.gains(), 0.0)
    found = Design(panel.treated, panel.weights, 99).inference(gains)
    assert found.estimate != 0
    assert (found.lo, found.hi, found.p, found.minimum_detectable) == (None, None, None, None)
    assert Design(panel.treated, panel.weights, 99).joint_p(gains[:, None]) is None


def test_a_quarter_that_few_know_goes_before_the_municipalities_that_lack_it() -> None:
    panel = a_panel()
    panel.values[3:, 0] = np.nan
    panel.values[7, 5] = np.nan
    kept = without_gaps(panel)
    assert list(kept.quarters) == list(QUARTERS[1:])
    assert set(panel.codes) - set(kept.codes) == {"007"}


def test_a_wild_trend_before_the_start_is_left_out_only_of_the_comparison() -> None:
    panel = a_panel()
    panel.values[39, 2] += 50
    assert set(panel.codes) - set(alike_before(panel).codes) == {"039"}
    panel.values[0, 2] += 60
    assert set(alike_before(panel).codes) == set(panel.codes)


def test_the_restricted_mean_agrees_with_lifelines() -> None:
    spells = some_spells(1, 900, 0.1)
    fitted = KaplanMeierFitter().fit(spells.months, spells.is_exit)
    mean = restricted_mean_survival_time(fitted, t=12)
    area, greenwood = survival.restricted_mean(spells, 12) or (np.nan, np.nan)
    assert area == pytest.approx(mean, rel=1e-9)
    # lifelines gives the variance of the time, not that of the mean's estimate; without censoring they are n apart.
    complete = Spells(spells.months, np.ones(len(spells), bool), spells.entry, spells.stratum)
    fitted = KaplanMeierFitter().fit(complete.months)
    _, of_time = restricted_mean_survival_time(fitted, t=12, return_variance=True)
    _, of_mean = survival.restricted_mean(complete, 12) or (np.nan, np.nan)
    assert of_mean == pytest.approx(of_time / len(complete), rel=1e-6)
    assert greenwood > of_mean


def test_delayed_entry_agrees_with_lifelines() -> None:
    spells = some_spells(2, 900, 0.1, delayed=True)
    fitted = KaplanMeierFitter().fit(spells.months, spells.is_exit, entry=spells.entry)
    exits, at_risk = spells.at_risk(12)
    ours = life_table.survival(exits, at_risk)
    assert list(ours) == pytest.approx(list(fitted.survival_function_at_times(range(1, 13))), abs=1e-12)


def test_the_log_rank_test_agrees_with_lifelines_and_statsmodels() -> None:
    a, b = some_spells(3, 700, 0.10), some_spells(4, 500, 0.13)
    one = [Spells(x.months, x.is_exit, x.entry, np.zeros(len(x), np.int64)) for x in (a, b)]
    oracle = logrank_test(a.months, b.months, a.is_exit, b.is_exit).p_value
    assert survival.logrank_p(*one) == pytest.approx(oracle, rel=1e-9)
    both = [np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("months", "is_exit", "stratum")]
    groups = np.repeat([0, 1], [len(a), len(b)])
    stratified = survdiff(both[0], both[1].astype(int), groups, strata=both[2])[1]
    assert survival.logrank_p(a, b) == pytest.approx(stratified, rel=1e-9)
    assert stratified != pytest.approx(oracle, rel=1e-3)


def test_the_log_rank_test_with_delayed_entry_agrees_with_statsmodels() -> None:
    spells = [some_spells(seed, 600, chance, delayed=True) for seed, chance in ((5, 0.10), (6, 0.12))]
    a, b = (Spells(x.months, x.is_exit, x.entry, np.zeros(len(x), np.int64)) for x in spells)
    both = [np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("months", "is_exit", "entry")]
    groups = np.repeat([0, 1], [len(a), len(b)])
    oracle = survdiff(both[0], both[1].astype(int), groups, entry=both[2])[1]
    assert survival.logrank_p(a, b) == pytest.approx(oracle, rel=1e-9)


def test_a_side_that_was_not_watched_for_twelve_months_has_no_restricted_mean() -> None:
    long, short = some_spells(7, 900, 0.1), some_spells(8, 900, 0.1)
    seen = short.months <= 11
    cut = Spells(np.minimum(short.months, 11), short.is_exit & seen, short.entry, short.stratum)
    assert survival.restricted_mean_difference(long, cut).estimate is None
    assert survival.restricted_mean_difference(long, short).estimate is not None
    assert survival.logrank_p(long, cut) is not None


def test_a_period_life_table_has_one_chance_in_a_band_and_none_where_nobody_was_at_risk() -> None:
    at_risk, exits = np.array([[400, 200, 100], [100, 0, 50]]), np.array([[100, 20, 10], [20, 0, 10]])
    on = [0.75, 0.75**2, 0.75**3, *(0.75**3 * 0.9**month for month in range(1, 10))]
    assert list(life_table.of_a_year(exits, at_risk)[0]) == pytest.approx(on)
    assert life_table.exit_within_a_year(exits, at_risk)[0] == pytest.approx(1 - on[-1])
    assert life_table.months_in_a_year(exits, at_risk)[0] == pytest.approx(1 + sum(on[:-1]))
    assert np.isnan(life_table.exit_within_a_year(exits, at_risk)[1])


@pytest.mark.parametrize(("may_rise", "change"), [(False, 0.03 * 0.2), (True, 0.03 * 0.8)])
def test_what_could_have_been_visible_is_what_all_clients_together_could_move(may_rise: bool, change: float) -> None:
    visible = effect.largest_visible(0.2, 150, 5000, may_rise=may_rise)
    assert visible is not None
    assert (visible.share, visible.change) == pytest.approx((0.03, change))
    assert effect.largest_visible(0.2, 150, 0, may_rise=may_rise) is None
