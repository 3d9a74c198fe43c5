"""The tables of the effect and of differences: rows that always stand, and traps that they must not fall into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from avainvarasto.statistics.difference_table import Alike, difference_rows
from avainvarasto.statistics.effect_table import EVENTS, Cell, Unit, effect_rows

pytestmark = pytest.mark.unit

QUARTERS = [date(year, month, 1) for year in (2017, 2018, 2019) for month in (1, 4, 7, 10)][1:]
TORNIO = "851"
PILOTS = [
    Unit(code, 20_000 + 100 * at, True, code == TORNIO, 30) for at, code in enumerate(("211", "297", "837", TORNIO))
]
OTHERS = [Unit(f"{at:03}", 15_000 + 500 * at, False, False, 0) for at in range(20)]


def cells(units: Sequence[Unit], *, drop: float = 0.0, seed: int = 1) -> list[Cell]:
    """A panel of recipients and spells; pilots lose `drop` of their recipients once the model is there."""
    rng = np.random.default_rng(seed)
    made = []
    for unit in units:
        for quarter in QUARTERS:
            parts = [(False, 2), (True, 1)] if quarter == date(2018, 1, 1) else [(quarter > date(2018, 1, 1), 3)]
            for is_after, months in parts:
                rate = 0.06 * (1 - drop * (unit.is_pilot and is_after))
                recipients = int(rng.poisson(rate * unit.inhabitants * months))
                where = (unit.code, quarter, is_after)
                made.append(Cell("receipt_share", "all", *where, "all", months, recipients, unit.inhabitants * months))
                for band, chance in {"01-03": 0.3, "04-06": 0.2, "07-12": 0.1}.items():
                    at_risk = 60 * months
                    made.append(
                        Cell("spell_month", "all", *where, band, months, int(rng.binomial(at_risk, chance)), at_risk)
                    )
    return made


def found(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


OVERALL = {"population": "all", "estimator": "did_weighted", "event_quarter": "all"}


def test_every_row_stands_in_a_home_without_anything() -> None:
    rows = list(effect_rows([], [], draws=9))
    assert len(rows) == 6 * 3 * 2 * 6 + 4 * 3 * 2 * len(EVENTS) == 456
    assert {(row["estimate"], row["p_randomisation"], row["n_treated"]) for row in rows} == {(None, None, 0)}


def test_a_home_that_ends_before_the_model_has_no_estimate() -> None:
    units = [*PILOTS, *OTHERS]
    before = [cell for cell in cells(units) if not cell.is_after]
    assert {row["estimate"] for row in effect_rows(units, before, draws=9)} == {None}


def test_a_planted_effect_comes_out_in_its_quarters_and_not_before() -> None:
    units = [*PILOTS, *OTHERS]
    rows = list(effect_rows(units, cells(units, drop=0.10), draws=199))
    whole = found(rows, outcome="receipt_share", exposure="itt", **OVERALL)
    assert whole["estimate"] == pytest.approx(-0.006, abs=0.001)
    assert whole["estimate_lo"] < whole["estimate"] < whole["estimate_hi"] < 0
    assert (whole["n_treated"], whole["p_randomisation"]) == (4, 1 / 200)
    quarters = {
        row["event_quarter"]: row["estimate"]
        for row in rows
        if (row["outcome"], row["population"], row["exposure"], row["estimator"])
        == ("receipt_share", "all", "itt", "event_study")
    }
    assert set(quarters) == set(EVENTS)
    assert max(quarters[name] for name in ("1", "2", "3", "4", "5", "6", "7")) < -0.004
    assert min(quarters[name] for name in ("-3", "-2")) > -0.002


def test_tornio_is_kept_as_intended_and_left_out_as_treated_but_never_compared_with() -> None:
    units = [*PILOTS, *OTHERS]
    rows = list(effect_rows(units, cells(units), draws=49))
    kept, left_out = (found(rows, outcome="receipt_share", exposure=name, **OVERALL) for name in ("itt", "as_treated"))
    assert (kept["n_treated"], left_out["n_treated"]) == (4, 3)
    assert kept["n_comparison"] == left_out["n_comparison"] == len(OTHERS)
    assert kept["estimate"] != left_out["estimate"]


def test_a_life_table_has_one_estimate_and_no_quarters() -> None:
    units = [*PILOTS, *OTHERS]
    rows = [row for row in effect_rows(units, cells(units), draws=49) if row["outcome"] == "months_in_12"]
    assert found(rows, exposure="itt", **OVERALL)["n_treated"] == 4
    assert "event_study" not in {row["estimator"] for row in rows}
    assert {row["estimate"] for row in rows if row["population"] == "long_term"} == {None}


def test_what_all_clients_together_could_move_is_far_below_what_would_be_seen() -> None:
    units = [*PILOTS, *OTHERS]
    row = found(list(effect_rows(units, cells(units), draws=199)), outcome="receipt_share", exposure="itt", **OVERALL)
    recipients = 0.06 * sum(unit.inhabitants for unit in PILOTS)
    assert row["largest_visible_share"] == pytest.approx(4 * 30 / recipients, rel=0.02)
    # 120 of 4,800 could be seen; four could not.
    assert row["could_be_found"] is True
    few = [Unit(one.code, one.inhabitants, one.is_pilot, one.left, one.clients // 30) for one in units]
    row = found(list(effect_rows(few, cells(units), draws=199)), outcome="receipt_share", exposure="itt", **OVERALL)
    assert row["largest_visible_share"] * 0.06 < row["minimum_detectable"]
    assert row["could_be_found"] is False


def spells(cohort: str, season: int, chance: float, n: int, rng: np.random.Generator) -> list[Alike]:
    months = rng.geometric(chance, n)
    return [Alike(2, "person", cohort, "08", season, 0, int(min(one, 9)), bool(one <= 9), 1) for one in months.tolist()]


def test_entrants_are_held_against_those_of_the_same_calendar_month() -> None:
    # Summer's spells are short, and more of them began after the start than before; within a month nothing changed.
    rng = np.random.default_rng(3)
    made = [
        *spells("pilot_after", 6, 0.35, 900, rng),
        *spells("pilot_after", 11, 0.10, 300, rng),
        *spells("pilot_before", 6, 0.35, 300, rng),
        *spells("pilot_before", 11, 0.10, 900, rng),
    ]
    (row,) = [
        row
        for row in difference_rows(made)
        if (row["gap_months"], row["unit"], row["contrast"]) == (2, "person", "pilot_after_vs_before")
    ]
    assert row["logrank_p"] > 0.05
    assert (row["n_spells_a"], row["n_spells_b"]) == (1200, 1200)
    without = [Alike(*{**vars(one), "season": 1}.values()) for one in made]
    mixed = [
        row for row in difference_rows(without) if row["contrast"] == "pilot_after_vs_before" and row["n_spells_a"]
    ]
    assert mixed[0]["logrank_p"] < 1e-6
    # Nobody was followed for twelve months.
    assert row["rmst12_difference_months"] is None


def test_every_contrast_stands_without_spells() -> None:
    rows = list(difference_rows([]))
    assert len(rows) == 24
    assert {(row["logrank_p"], row["n_spells_a"], row["n_spells_b"]) for row in rows} == {(None, 0, 0)}
