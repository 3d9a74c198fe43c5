"""Five made-up worlds, with the model's effect and without, through the whole pipeline to the published effect.

Each country is delivered, passes the door, is built and estimated as in a night. What the model did is the difference
of the pilots' gains between the two countries of a seed, on which the same luck falls; the interval of the country with
the effect covers it or not, and p of the country without is small by chance only. Of five, the bands that hold 99 % of
chance are wide: a thousand small worlds (`tests/unit/test_thousand_worlds.py`) judge the method, these the way to it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.stats import binom

from avainvarasto import lake
from avainvarasto.statistics.effect import WEIGHTED
from avainvarasto.statistics.effect_table import INTENDED, panel_of
from avainvarasto.statistics.panel import without_gaps
from avainvarasto.synthetic.country.truth import Truth
from avainvarasto.synthetic.sources.deliver import Sources
from avainvarasto.synthetic.writer import write_delivery
from avainvarasto.warehouse.build import AFTER_BUILD
from avainvarasto.warehouse.estimates import core_of, write_estimates
from tests.dbt.dbt_build import Build
from tests.deliveries import CONTRACTS, a_home
from tests.landed import take_in
from tests.synthetic_demo import a_country

pytestmark = [pytest.mark.dbt, pytest.mark.slow, pytest.mark.timeout(7200)]

SEEDS, EFFECT = (1, 2, 3, 4, 5), 0.15
# The window of the effect, and the months after it that are not final yet.
SCALE, FIRST, LAST = 0.05, "2017-01", "2020-05"
OUTCOMES = ("receipt_share", "exit_within_12_months", "months_in_12")
MARTS = ("+mart_effectiveness__receipt_effect", "+mart_effectiveness__receipt_difference")
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class Found:
    """A country's published rows by outcome, and the gains of its treated municipalities with their weights."""

    rows: dict[str, dict[str, Any]]
    gains: dict[str, dict[str, tuple[float, float]]]


def run(build: Build, *chosen: str) -> None:
    done = build.dbt("build", *WITHOUT_TESTS, *chosen)
    assert done.returncode == 0, done.stdout[-4000:]


def through_the_pipeline(folder: Path, target: Path, seed: int, effect: float) -> Found:
    home = a_home(folder / "home")
    truth = Truth(model=1.0 + effect, notification=1.0)
    for delivery in Sources(
        a_country(scale=SCALE, first=FIRST, last=LAST, seed=seed, truth=truth), CONTRACTS, every=6
    ).deliveries():
        write_delivery(home.landing, delivery)
    assert take_in(home)
    build = Build(folder / "build.duckdb", target)
    with duckdb.connect(str(build.file)) as connection:
        lake.create_views(connection, home, CONTRACTS)
    run(build, "--select", *MARTS, "--exclude", AFTER_BUILD)
    write_estimates(build.file, folder / "estimates")
    run(build, "--select", *(f"{mart},{AFTER_BUILD}" for mart in MARTS))
    rows = build.rows(
        f"""select * from marts.mart_effectiveness__receipt_effect where population = 'all'
            and estimator = '{WEIGHTED}' and exposure = '{INTENDED}' and event_quarter = 'all'"""
    )
    with duckdb.connect(str(build.file), read_only=True) as connection:
        units, cells, _spells = core_of(connection)
    gains = {}
    for outcome in OUTCOMES:
        of_outcome = outcome if outcome == "receipt_share" else "spell_month"
        panel = panel_of(outcome, units, [one for one in cells if (one.outcome, one.population) == (of_outcome, "all")])
        assert panel is not None
        panel = without_gaps(panel)
        gains[outcome] = {
            code: (float(gain), float(weight))
            for code, gain, weight, treated in zip(
                panel.codes, panel.gains(), panel.weights, panel.treated, strict=True
            )
            if treated
        }
    # Ten countries would fill a disk.
    shutil.rmtree(folder)
    return Found({row["outcome"]: row for row in rows}, gains)


def planted(full: Found, bare: Found, outcome: str) -> float:
    both = [
        (*full.gains[outcome][code], bare.gains[outcome][code][0])
        for code in full.gains[outcome].keys() & bare.gains[outcome].keys()
    ]
    changes, weights, before = np.array(both, np.float64).T
    return float(np.average(changes - before, weights=weights))


def test_the_published_interval_covers_what_the_model_did(tmp_path: Path, target: Path) -> None:
    effects: dict[str, list[float]] = {outcome: [] for outcome in OUTCOMES}
    worlds = []
    for seed in SEEDS:
        full, bare = (
            through_the_pipeline(tmp_path / f"{seed}-{effect}", target, seed, effect) for effect in (EFFECT, 0.0)
        )
        worlds.append((full, bare))
        for outcome in OUTCOMES:
            effects[outcome].append(planted(full, bare, outcome))
    low_cover, _ = binom.interval(0.99, len(SEEDS), 0.95)
    _, high_refuse = binom.interval(0.99, len(SEEDS), 0.05)
    missed = {}
    for outcome, of_worlds in effects.items():
        effect = float(np.mean(of_worlds))
        rows = [(full.rows[outcome], bare.rows[outcome]) for full, bare in worlds]
        n_covered = sum(full["estimate_lo"] <= effect <= full["estimate_hi"] for full, _ in rows)
        n_refused = sum(bare["p_randomisation"] <= 0.05 for _, bare in rows)
        print(outcome, f"planted {effect:.4f}", [f"{full['estimate']:.4f}" for full, _ in rows], n_covered, n_refused)
        if n_covered < low_cover or n_refused > high_refuse:
            missed[outcome] = (n_covered, n_refused)
    assert missed == {}
