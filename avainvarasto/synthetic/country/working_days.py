"""Time limits in working days, by numpy and the holidays that are delivered."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.reference_lists import holiday_rows

Days = npt.NDArray[np.datetime64]


def due(start: Days, working_days: int | npt.NDArray[Any]) -> Days:
    """The last day in time. The day of the start does not count; nor do weekends, holidays and the two eves."""
    known = ~np.isnat(start)
    safe = np.where(known, start, np.datetime64("2017-01-02"))
    ends = np.busday_offset(safe, working_days, roll="preceding", holidays=_holidays())
    found: Days = np.where(known, ends, np.datetime64("NaT", "D"))
    return found


@cache
def _holidays() -> list[np.datetime64]:
    return [np.datetime64(str(row["date"])) for row in holiday_rows()]
