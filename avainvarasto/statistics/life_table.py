"""Life tables of spells: what became of them if the exits of one time went on for ever."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


# Months of age that share one chance of leaving: before a start that is nine months younger than the first spell nobody
# was seen in the tenth month, so that it takes the chance of those before it.
BANDS = {"01-03": 3, "04-06": 3, "07-12": 6}
YEAR = 12


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


def of_a_year(exits: Counts, at_risk: Counts) -> Floats:
    """Share still on after each of twelve months; exits and months at risk by band of `BANDS` along the last axis.

    An abridged table (Chiang 1984): within a band the chance of leaving is one.
    """
    widths = list(BANDS.values())
    return survival(np.repeat(exits, widths, axis=-1), np.repeat(at_risk, widths, axis=-1))


def exit_within_a_year(exits: Counts, at_risk: Counts) -> Floats:
    """Share that leaves within twelve months."""
    gone: Floats = 1.0 - of_a_year(exits, at_risk)[..., -1]
    return gone


def months_in_a_year(exits: Counts, at_risk: Counts) -> Floats:
    """Mean months on assistance of the first twelve: 1 + S(1) + ... + S(11)."""
    mean: Floats = 1.0 + of_a_year(exits, at_risk)[..., :-1].sum(axis=-1)
    return mean
