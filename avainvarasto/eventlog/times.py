"""Helsinki wall time, as the warehouse keeps it, to moments that need no knowledge of Finland."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from avainvarasto.landing.deliveries import HELSINKI


def moment(wall: datetime) -> datetime:
    """The moment of a wall time, with its offset from UTC.

    In the hour that the clock shows twice (October) the first is meant. In the hour that it leaps over (March) no
    moment has this wall time: the moment of the leap is taken, so that the order of events stays.
    """
    hour = wall.replace(minute=0, second=0, microsecond=0)
    start, leapt_over = _hour(hour)
    return start if leapt_over else start + (wall - hour)


def to_text(at: datetime) -> str:
    """As XML Schema writes a date with time, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


def minute(at: datetime) -> datetime:
    """The full minute: events of one minute have an order of their own."""
    return at.replace(second=0, microsecond=0)


@lru_cache(maxsize=50_000)
def _hour(hour: datetime) -> tuple[datetime, bool]:
    """The moment at which an hour of the wall begins, with a fixed offset, and whether the clock leaps over it."""
    begin = hour.replace(tzinfo=HELSINKI, fold=0).astimezone(UTC).astimezone(HELSINKI)
    offset = begin.utcoffset() or timedelta(0)
    return begin.astimezone(_fixed(offset)), begin.replace(tzinfo=None) != hour


@lru_cache
def _fixed(offset: timedelta) -> timezone:
    return timezone(offset)
