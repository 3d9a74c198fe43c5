"""Recipients of the pilot municipalities beyond the scale: AVAIN's clients are never scaled, so they need persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.composition import APPLICANT, Persons
from avainvarasto.synthetic.country.homes import Homes
from avainvarasto.synthetic.country.households import Households, World, recipients
from avainvarasto.synthetic.country.spells import Bools

# The months in which clients of the trial were taken on; assistance in one of them makes a likely client.
TAKEN_ON = np.datetime64("2018-03", "M"), np.datetime64("2018-10", "M")
RETIRED = 65
# Households that are made for each one wanted, and what share of the country's makes one a year.
MADE_FOR_ONE, OF_THE_COUNTRY = 8, 1 / 300_000


class Receiving(Protocol):
    """Households and their months."""

    @property
    def persons(self) -> Persons: ...
    @property
    def committing(self) -> Bools: ...
    @property
    def received(self) -> Bools: ...


def likely_clients(
    found: Receiving, home: npt.NDArray[np.intp], months: npt.NDArray[np.datetime64], *, committing_only: bool
) -> dict[int, npt.NDArray[np.intp]]:
    """Households whose applicant may become a client, by position of the municipality; most months of assistance last.

    Those with assistance while clients were taken on, or any assistance where the months are others.
    """
    while_taken_on = (months >= TAKEN_ON[0]) & (months <= TAKEN_ON[1])
    rows = while_taken_on if while_taken_on.any() else np.ones(len(months), bool)
    applicants = np.flatnonzero(found.persons.role == APPLICANT)
    age = found.persons.age_at_end_of(2018)[applicants]
    # Of a person with two households the first stands for both.
    first = found.persons.first_entry[applicants]
    likely: Bools = first & (age >= 18) & (age < RETIRED) & found.received[rows].any(axis=0)
    if committing_only:
        likely &= found.committing
    order = np.argsort(found.received.sum(axis=0), kind="stable")
    order = order[likely[order]]
    return {int(place): order[home[order] == place] for place in np.unique(home[order])}


def guests(world: World, wanted: Mapping[str, int], *, committing_only: bool) -> Households:
    """So many households with a likely client in each municipality.

    Raises:
        ValueError: too few came out, which more than a few wanted households never see.
    """
    codes = world.homes.codes
    weights = np.array([float(wanted.get(code, 0)) for code in codes])
    homes: Homes = replace(world.homes, weights=weights / weights.sum())
    scale = MADE_FOR_ONE * (20 + weights.sum()) * OF_THE_COUNTRY * max(1.0, 24 / len(world.months))
    made = recipients(replace(world, homes=homes), scale, part="guests ")
    likely = likely_clients(made, made.home, world.months, committing_only=committing_only)
    chosen = np.zeros(len(made), bool)
    for code, n in wanted.items():
        here = likely.get(codes.index(code), np.array([], np.intp))
        if len(here) < n:
            raise ValueError(f"only {len(here)} of {n} households came out in municipality {code}")
        chosen[here[len(here) - n :]] = True
    return made.of(chosen)
