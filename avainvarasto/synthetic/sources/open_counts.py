"""Counts as open data have them: once a unit in each municipality and time, and small counts recoded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SMALLEST = 4
Counts = npt.NDArray[np.int64]
Positions = npt.NDArray[np.intp]


def recoded(counts: Counts, masks: tuple[int, ...]) -> Counts:
    """Counts under four with one part after the other recoded, until they are large enough or nothing is left.

    Args:
        counts: by municipality, finer group and coarser group, an axis each, in the order of recoding.
        masks: for each axis the place that stands for unknown.

    Returns:
        counts of the same shape and the same sum.
    """
    for axis, mask in enumerate(masks):
        small = np.where(counts < SMALLEST, counts, 0)
        counts = counts - small
        unknown = tuple(mask if number == axis else slice(None) for number in range(counts.ndim))
        counts[unknown] += small.sum(axis=axis)
    return counts


@dataclass
class SeenInYear:
    """Which units (persons, households) were seen in which municipality since the year began, each pair once."""

    n_places: int
    pairs: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, units: Positions, places: npt.NDArray[np.int16]) -> None:
        """See some units of a month."""
        self.pairs = np.union1d(self.pairs, units.astype(np.int64) * self.n_places + places)

    def all(self) -> tuple[Positions, Positions]:
        """Units and their municipalities; a unit comes as often as it has municipalities."""
        return self.pairs // self.n_places, self.pairs % self.n_places

    def begin_year(self) -> None:
        """Forget the year before."""
        self.pairs = self.pairs[:0]
