"""Random numbers by the array: one generator for each part of the country, all from one seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

# Gives the random numbers of a part by its name.
Random = Callable[[str], np.random.Generator]


def generator(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part; the same seed and part give the same numbers."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode())])))


def drawn(rng: np.random.Generator, shares: Mapping[Any, float], n: int) -> npt.NDArray[np.intp]:
    """Positions among the keys, by their shares, which need not add up to one."""
    edges = np.cumsum(np.fromiter(shares.values(), np.float64))
    return np.searchsorted(edges[:-1] / edges[-1], rng.random(n), side="right")
