"""Life tables of spells: what became of them if the exits of one time went on for ever."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def survival(exits: Counts, at_risk: Counts) -> Floats:
    """Share still on after each month of age: product of (1 - exits / at risk) along the last axis.

    With exits and months at risk by age within one calendar time it is a period life table: a spell counts in each time
    with the ages it then had, so that none is followed from one time into another. Not a number from the first age on
    at which nobody was at risk.
    """
    known = at_risk > 0
    chance = np.divide(exits, at_risk, out=np.full(np.shape(exits), np.nan), where=known)
    on: Floats = np.cumprod(1.0 - chance, axis=-1)
    return on


def exit_within(exits: Counts, at_risk: Counts) -> Floats:
    """Share that leaves within the ages given, last axis."""
    gone: Floats = 1.0 - survival(exits, at_risk)[..., -1]
    return gone


def months_in(exits: Counts, at_risk: Counts) -> Floats:
    """Mean months on assistance within the ages given, last axis: 1 + S(1) + ... + S(last - 1)."""
    mean: Floats = 1.0 + survival(exits, at_risk)[..., :-1].sum(axis=-1)
    return mean
