"""Chance for the made-up world: one stream of random numbers for each part, all from one seed.

Separate streams keep the parts independent: a change in the notifications does not shift the households.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import TypeVar

YEAR = 2018

T = TypeVar("T")


def stream(seed: int, part: str) -> Random:
    """The random numbers of one part of the world; the same seed and part give the same numbers."""
    return Random(f"{seed}:{part}")  # noqa: S311 - made-up data; nothing secret hangs on it


def draw(rng: Random, shares: Mapping[T, float]) -> T:
    """One of the keys, by its share; the shares need not add up to one."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def day_between(rng: Random, first: date, last: date) -> date:
    """A day between two days, both included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def weekday_from(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
