"""The table of the effect: panels put together from sums, and one row for each thing that is looked for.

A row stands whether it was found or not: a home with too few months says so by empty estimates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from avainvarasto.statistics import effect, life_table
from avainvarasto.statistics.panel import Panel, without_gaps
from avainvarasto.statistics.placements import PLACEMENTS, Inference

RATES = ("receipt_share", "paid_eur", "unemployment_benefit_share", "supplementary_share")
TABLES = {"exit_within_12_months": life_table.exit_within_a_year, "months_in_12": life_table.months_in_a_year}
SPELL_MONTH = "spell_month"
# A share of those who receive, so that a client could as well count as not.
OF_RECIPIENTS = ("unemployment_benefit_share", "supplementary_share", "exit_within_12_months")
POPULATIONS = ("all", "notified_25plus", "long_term")
INTENDED, AS_TREATED = "itt", "as_treated"
EXPOSURES = (INTENDED, AS_TREATED)
# Quarters since the start that the window has, but for the one to which the others are held.
EVENTS = tuple(str(quarter) for quarter in range(-3, 8) if quarter != -1)
MONTHS_OF_A_QUARTER = 3
SEED = 2018


@dataclass(frozen=True)
class Unit:
    """A municipality: residents, whether the model came, whether it left again, and clients of AVAIN."""

    code: str
    inhabitants: int
    is_pilot: bool
    left: bool
    clients: int


@dataclass(frozen=True)
class Cell:
    """One row of the panel: sums of an outcome in a municipality and quarter, before or after the start."""

    outcome: str
    population: str
    code: str
    quarter: date
    is_after: bool
    age_band: str
    n_months: int
    numerator: float
    denominator: int


def effect_rows(units: Sequence[Unit], cells: Sequence[Cell], draws: int = PLACEMENTS) -> Iterator[dict[str, Any]]:
    """Every outcome, population, exposure and estimator, in this order."""
    by_outcome: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by_outcome.setdefault((cell.outcome, cell.population), []).append(cell)
    for outcome in (*RATES, *TABLES):
        for population in POPULATIONS:
            found = by_outcome.get((outcome if outcome in RATES else SPELL_MONTH, population), [])
            base = by_outcome.get((_base_of(outcome), population), [])
            for exposure in EXPOSURES:
                kept = [unit for unit in units if exposure == INTENDED or not unit.left]
                yield from _of_one(outcome, population, exposure, kept, found, base, draws)


def _base_of(outcome: str) -> str:
    return outcome if outcome in ("unemployment_benefit_share", "supplementary_share", "paid_eur") else "receipt_share"


def _of_one(
    outcome: str,
    population: str,
    exposure: str,
    units: Sequence[Unit],
    cells: Sequence[Cell],
    base: Sequence[Cell],
    draws: int,
) -> Iterator[dict[str, Any]]:
    panel = panel_of(outcome, units, cells)
    found: dict[tuple[str, str], Inference] = {}
    if panel is not None:
        found = {(one.estimator, one.event_quarter): one.found for one in effect.effects(panel, draws, SEED)}
    visible = _visible(outcome, units, panel, base)
    lines = [(estimator, effect.ALL_QUARTERS) for estimator in effect.OVERALL]
    lines += [(effect.EVENT_STUDY, quarter) for quarter in EVENTS] if outcome in RATES else []
    nothing = Inference(np.nan, None, None, None, None, 0, 0)
    for estimator, quarter in lines:
        one = found.get((estimator, quarter), nothing)
        if estimator in (effect.LOWEST, effect.HIGHEST) and population != POPULATIONS[0]:
            # Of a group of few, one municipality less tells what became of those of that municipality.
            one = nothing
        is_main = estimator in (effect.WEIGHTED, effect.UNWEIGHTED)
        yield {
            "outcome": outcome,
            "population": population,
            "estimator": estimator,
            "exposure": exposure,
            "event_quarter": quarter,
            "estimate": one.estimate if np.isfinite(one.estimate) else None,
            "estimate_lo": one.lo,
            "estimate_hi": one.hi,
            "p_randomisation": one.p,
            "n_treated": one.n_treated,
            "n_comparison": one.n_others,
            "minimum_detectable": one.minimum_detectable if is_main else None,
            "largest_visible_share": visible.share if visible and is_main and np.isfinite(one.estimate) else None,
            "could_be_found": (
                one.minimum_detectable is not None and visible.change >= one.minimum_detectable
                if visible and is_main and one.p is not None
                else None
            ),
        }


def panel_of(outcome: str, units: Sequence[Unit], cells: Sequence[Cell]) -> Panel | None:
    """The panel of one outcome; None without months after the start or without municipalities.

    A rate has a value in each quarter of which all three months are known. A life table has one before the start and
    one after it, since a quarter of a municipality has too few spells of each age.
    """
    started = min((cell.quarter for cell in cells if cell.is_after), default=None)
    if started is None or not units:
        return None
    position = {unit.code: at for at, unit in enumerate(units)}
    there = [cell for cell in cells if cell.code in position]
    split = any(cell.quarter == started and not cell.is_after for cell in there)
    if outcome in RATES:
        quarters, values = _rates(there, position, started)
    else:
        quarters, values, split = np.array([-1, 1]), _tables(outcome, there, position), True
    return Panel(
        codes=tuple(position),
        quarters=quarters,
        values=values,
        weights=np.array([unit.inhabitants for unit in units], np.float64),
        treated=np.array([unit.is_pilot for unit in units]),
        split_start=split,
    )


def _rates(
    cells: Sequence[Cell], position: Mapping[str, int], started: date
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    quarters = sorted({cell.quarter for cell in cells})
    column = {quarter: at for at, quarter in enumerate(quarters)}
    sums, months = np.zeros((2, len(position), len(quarters))), np.zeros((len(position), len(quarters)))
    for cell in cells:
        at = position[cell.code], column[cell.quarter]
        sums[:, at[0], at[1]] += cell.numerator, cell.denominator
        months[at] += cell.n_months
    known = (months == MONTHS_OF_A_QUARTER) & (sums[1] > 0)
    values = np.divide(sums[0], sums[1], out=np.full(months.shape, np.nan), where=known)
    return np.array([_quarters_between(started, quarter) for quarter in quarters]), values


def _tables(outcome: str, cells: Sequence[Cell], position: Mapping[str, int]) -> npt.NDArray[np.float64]:
    bands = {band: at for at, band in enumerate(life_table.BANDS)}
    exits, at_risk = (np.zeros((len(position), 2, len(bands)), np.int64) for _ in range(2))
    for cell in cells:
        at = position[cell.code], int(cell.is_after), bands[cell.age_band]
        exits[at] += int(cell.numerator)
        at_risk[at] += cell.denominator
    return TABLES[outcome](exits, at_risk)


def _visible(outcome: str, units: Sequence[Unit], panel: Panel | None, base: Sequence[Cell]) -> effect.Visible | None:
    """How far the outcome had moved in the treated municipalities after the start, had every client changed."""
    treated = {unit.code for unit in units if unit.is_pilot}
    after = [cell for cell in base if cell.is_after and cell.code in treated]
    months = {(cell.code, cell.quarter): cell.n_months for cell in after}
    if panel is None or not after or not treated:
        return None
    n_months = sum(months.values()) / len({code for code, _ in months})
    numerator, denominator = (sum(getattr(cell, side) for cell in after) for side in ("numerator", "denominator"))
    persons = (numerator if _base_of(outcome) == "receipt_share" else denominator) / n_months
    if outcome in RATES:
        mean = numerator / denominator if denominator else np.nan
    else:
        kept = without_gaps(panel)
        inside = kept.values[kept.treated][:, kept.after]
        mean = float(inside.mean()) if inside.size else np.nan
    clients = sum(unit.clients for unit in units if unit.is_pilot)
    return effect.largest_visible(float(mean), clients, float(persons), may_rise=outcome in OF_RECIPIENTS)


def _quarters_between(first: date, second: date) -> int:
    return (second.year - first.year) * 4 + (second.month - first.month) // 3
