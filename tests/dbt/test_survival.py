"""Durations fed through the models against lifelines, which knows nothing of our SQL, and against published values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.datasets import load_lung, load_rossi, load_waltons
from lifelines.utils import restricted_mean_survival_time

from tests.dbt.dbt_build import Build

pytestmark = pytest.mark.dbt

CURVE = "fct_receipt_curve"
DURATION = "mart_effectiveness__receipt_duration"
EXITS = "mart_effectiveness__receipt_exits"
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Sample = tuple[Ints, Bools, Ints]
Row = dict[str, Any]


class Models:
    """The models of duration as dbt compiled them, over cohorts that a test makes up."""

    def __init__(self, build: Build, models: dict[str, dict[str, Any]]) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(f"attach '{build.file}' as built (read_only)")
        self.connection.execute("create schema core")
        for table in ("fct_receipt_cohort", "dim_receipt_cohort"):
            self.connection.execute(f"create table core.{table} as from built.core.{table}")
        self.connection.execute("detach built")
        self.queries = {}
        for name in (CURVE, DURATION, EXITS):
            path = build.target / "compiled" / "avainvarasto" / models[name]["original_file_path"]
            self.queries[name] = re.sub(r'"\w+"\.("core"\.)', r"\1", path.read_text(encoding="utf-8"))
        self.connection.execute(f"create view core.{CURVE} as {self.queries[CURVE]}")

    def rows(self, name: str, sample: Sample, reasons: list[str] | None = None) -> list[Row]:
        """What a model makes of durations, ends seen or not, and the durations at which they came into sight."""
        months, ended, entered = sample
        self.connection.execute("delete from core.fct_receipt_cohort")
        given = {  # noqa: F841 - DuckDB reads it by its name
            "months": months,
            "is_exit": ended,
            "entry_age_months": entered,
            "exit_reason": np.array(reasons or ["not_observed"] * len(months), dtype=object),
        }
        self.connection.execute(
            """insert into core.fct_receipt_cohort (gap_months, unit, unit_key, cohort, sex, age_group, months, is_exit,
                                                    entry_age_months, exit_reason)
               select 2, 'person', row_number() over (), 'pilot_after', '1', '25-34', months, is_exit,
                      entry_age_months, case when is_exit then exit_reason end
               from given"""
        )
        cursor = self.connection.execute(
            f"""select * from ({self.queries[name]})
                where gap_months::varchar = '2' and unit = 'person' and cohort = 'pilot_after'
                  and {"true" if name == EXITS else "sex = 'all' and age_group = 'all'"}
                order by {"exit_reason, months" if name == EXITS else "months" if name == CURVE else "cut"}"""
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def through(build: Build, models: dict[str, dict[str, Any]]) -> Iterator[Models]:
    made = Models(build, models)
    yield made
    made.connection.close()


def from_the_start(months: Any, ended: Any) -> Sample:
    durations = np.asarray(months).astype(np.int64)
    return durations, np.asarray(ended).astype(bool), np.zeros(len(durations), np.int64)


def waltons(group: str) -> Sample:
    rows = load_waltons()
    rows = rows[rows["group"] == group]
    return from_the_start(rows["T"], rows["E"])


def rossi(fin: int) -> Sample:
    rows = load_rossi()
    rows = rows[rows["fin"] == fin]
    return from_the_start(rows["week"], rows["arrest"])


def lung() -> Sample:
    rows = load_lung()
    return from_the_start(rows["time"], rows["status"])


def truncated(sample: Sample, seed: int = 7) -> Sample:
    """The same sample, each come into sight at some time before its end."""
    months, ended, _ = sample
    entered = np.random.default_rng(seed).integers(0, np.maximum(months, 1))
    return months, ended, entered


SAMPLES: dict[str, Callable[[], Sample]] = {
    "waltons miR-137": lambda: waltons("miR-137"),
    "waltons control": lambda: waltons("control"),
    "rossi without aid": lambda: rossi(0),
    "rossi with aid": lambda: rossi(1),
    "lung": lung,
    "waltons control, left-truncated": lambda: truncated(waltons("control")),
    "rossi without aid, left-truncated": lambda: truncated(rossi(0)),
    "lung, left-truncated": lambda: truncated(lung()),
}


def kaplan_meier(sample: Sample) -> KaplanMeierFitter:
    months, ended, entered = sample
    return KaplanMeierFitter().fit(months, ended, entry=entered if entered.any() else None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLES)
def test_the_curve_is_lifelines(through: Models, name: str) -> None:
    sample = SAMPLES[name]()
    fitted = kaplan_meier(sample)
    rows = [row for row in through.rows(CURVE, sample) if row["months"] > 0]
    assert len(rows) > 10
    lower, upper = fitted.confidence_interval_survival_function_.to_numpy().T
    at = fitted.survival_function_.index.get_indexer([row["months"] for row in rows])
    assert (at >= 0).all()
    ours = np.array([row["survival"] for row in rows])
    assert np.abs(ours - fitted.survival_function_.to_numpy()[at, 0]).max() < 1e-12
    inside = [n for n, row in enumerate(rows) if row["survival_lo"] is not None]
    assert inside
    for n in inside:
        assert rows[n]["survival_lo"] == pytest.approx(lower[at[n]], abs=1e-12)
        assert rows[n]["survival_hi"] == pytest.approx(upper[at[n]], abs=1e-12)
    counts = fitted.event_table.loc[[row["months"] for row in rows]]
    assert [row["n_exits"] for row in rows] == counts["observed"].tolist()
    assert [row["n_censored"] for row in rows] == counts["censored"].tolist()


@pytest.mark.parametrize(("group", "median"), [("control", 58), ("miR-137", 26)])
def test_medians_are_the_published_ones(through: Models, group: str, median: int) -> None:
    assert overall(through.rows(DURATION, waltons(group)))["median_months"] == median


@pytest.mark.parametrize(("fin", "share"), [(0, 0.694444), (1, 0.777778)])
def test_shares_without_arrest_after_a_year_are_the_published_ones(through: Models, fin: int, share: float) -> None:
    assert through.rows(CURVE, rossi(fin))[-1]["survival"] == pytest.approx(share, abs=5e-7)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("horizon", [12, 24])
def test_the_restricted_mean_is_lifelines(through: Models, name: str, horizon: int) -> None:
    sample = SAMPLES[name]()
    ours = overall(through.rows(DURATION, sample))[f"rmst{horizon}_months"]
    assert ours == pytest.approx(restricted_mean_survival_time(kaplan_meier(sample), t=horizon), abs=1e-10)


@pytest.mark.parametrize(("fin", "mean"), [(0, 43.4074), (1, 45.3194)])
def test_restricted_means_of_fifty_weeks_are_the_published_ones(through: Models, fin: int, mean: float) -> None:
    """The mart's own horizons are 12 and 24; the steps of its curve hold any."""
    rows = through.rows(CURVE, rossi(fin))
    ends = [*(row["months"] for row in rows[1:]), 99]
    area = sum(row["survival"] * (min(end, 50) - min(row["months"], 50)) for row, end in zip(rows, ends, strict=True))
    assert area == pytest.approx(mean, abs=5e-5)


def test_the_interval_of_the_restricted_mean_covers_in_repeated_samples(through: Models) -> None:
    """400 samples of 150 with censoring: a 99 % band around 95 % of 400 is 368 to 391."""
    rng = np.random.default_rng(20)
    leave = 0.1
    truth = sum((1 - leave) ** month for month in range(12))
    covered = 0
    for _ in range(400):
        ends, lost = rng.geometric(leave, 150), rng.integers(8, 40, 150)
        row = overall(through.rows(DURATION, from_the_start(np.minimum(ends, lost), ends <= lost)))
        covered += row["rmst12_months_lo"] <= truth <= row["rmst12_months_hi"]
    assert 368 <= covered <= 391


def reasons_of(sample: Sample, seed: int = 3) -> list[str]:
    drawn = np.random.default_rng(seed).choice(["death", "not_observed"], len(sample[0]), p=[0.3, 0.7])
    return [str(one) for one in drawn]


def without_ties() -> Sample:
    """lifelines spreads ties at random, so each duration stands once."""
    rng = np.random.default_rng(11)
    months = rng.permutation(np.arange(1, 181)).astype(np.int64)
    return months, rng.random(180) < 0.7, np.zeros(180, np.int64)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reason", ["death", "not_observed"])
def test_incidence_and_its_interval_are_lifelines(through: Models, reason: str) -> None:
    sample = without_ties()
    reasons = reasons_of(sample)
    codes = {"death": 1, "not_observed": 2}
    status = [codes[one] if ended else 0 for one, ended in zip(reasons, sample[1], strict=True)]
    fitted = AalenJohansenFitter(seed=0).fit(sample[0], status, event_of_interest=codes[reason])
    lower, upper = fitted.confidence_interval_.to_numpy().T
    rows = [r for r in through.rows(EXITS, sample, reasons) if r["exit_reason"] == reason and r["months"] != "000"]
    assert len(rows) > 10
    at = fitted.cumulative_density_.index.get_indexer([int(row["months"]) for row in rows])
    for n, row in zip(at, rows, strict=True):
        share = fitted.cumulative_density_.to_numpy()[n, 0]
        assert row["cumulative_incidence_share"] == pytest.approx(share, abs=1e-12)
        if share > 0:
            assert row["cumulative_incidence_share_lo"] == pytest.approx(lower[n], abs=1e-9)
            assert row["cumulative_incidence_share_hi"] == pytest.approx(upper[n], abs=1e-9)


@pytest.mark.parametrize("name", ["lung", "rossi without aid", "waltons miR-137"])
def test_reasons_add_up_to_what_has_ended(through: Models, name: str) -> None:
    sample = SAMPLES[name]()
    curve = {f"{row['months']:03d}": row for row in through.rows(CURVE, sample) if row["is_step"]}
    rows = through.rows(EXITS, sample, reasons_of(sample))
    assert curve
    for months, point in curve.items():
        shares = [row["cumulative_incidence_share"] for row in rows if row["months"] == months]
        assert len(shares) == 3
        assert sum(shares) == pytest.approx(1 - point["survival"], abs=1e-12)


months_seen = st.lists(st.integers(1, 30), min_size=1, max_size=80)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=months_seen)
def test_without_censoring_the_curve_is_one_less_the_share_that_has_ended(through: Models, months: list[int]) -> None:
    rows = through.rows(CURVE, from_the_start(months, [True] * len(months)))
    for row in rows:
        left = sum(one > row["months"] for one in months) / len(months)
        assert row["survival"] == pytest.approx(left, abs=1e-12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spells=st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=200))
def test_no_step_has_fewer_than_five_ends_or_ten_at_risk(through: Models, spells: list[tuple[int, bool]]) -> None:
    months, ended = zip(*spells, strict=True)
    shown = 0
    for row in through.rows(CURVE, from_the_start(months, ended)):
        if row["is_step"]:
            assert row["n_at_risk"] >= 10
            assert row["n_exits_so_far"] - shown >= 5
            shown = row["n_exits_so_far"]


def overall(rows: list[Row]) -> Row:
    (row,) = rows
    return row
