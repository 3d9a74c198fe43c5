"""Decisions on basic assistance, counted from the generator's arrays by month and by the four clocks of the law.

Counted is what was delivered and passes the door: what was decided before the country's end, on households of which the
register tells. Belongs here: counts of decisions. Does not: notices (`flow_truth`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.budgets import INFORMATION_MISSING, Budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decided import BEFORE, GRANTED, NO_RIGHT, RECOVERED, REFUSED, RESULTS, Decided
from avainvarasto.synthetic.country.lateness import late_at_the_end
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.working_days import due

WORKING_DAYS, WORKING_DAYS_URGENT = 7, 1
URGENT, COMPLETE, NOTHING_CAME, ASKED = (
    "TOTUL_PAATOS_KIIREELLINEN",
    "TOTUL_PAATOS",
    "TOTUL_PAATOS_MAARAAJAN_JALKEEN",
    "TOTUL_LISASELVITYSPYYNTO",
)


class DecisionTruth:
    """Counts the decisions on one benefit month after the other, in the months in which they were made."""

    def __init__(self, country: Country) -> None:
        self._end = np.datetime64(country.months[-1] + 1, "D")
        self._known = _known(country)
        self._counted: dict[np.datetime64, Counter[str]] = defaultdict(Counter)

    def add(self, budgets: Budgets, made: Decided) -> None:
        """The decisions on a benefit month, whenever they are made."""
        there = self._known[budgets.households[made.of]] & (made.day < self._end)
        corrected = (made.digit == BEFORE) & np.isin(made.of, made.of[made.corrects & there])
        refused = made.result == RESULTS.index(REFUSED)
        stands, first = ~corrected, ~made.corrects
        clock = np.where(made.urgent, URGENT, np.where(np.isnat(made.complete), NOTHING_CAME, COMPLETE))
        start = np.where(made.urgent, made.applied, np.where(np.isnat(made.complete), made.deadline, made.complete))
        in_time: Bools = made.day <= due(start, np.where(made.urgent, WORKING_DAYS_URGENT, WORKING_DAYS))
        asked = first & ~np.isnat(made.asked)
        too_late: Bools = made.asked > due(made.applied, WORKING_DAYS)
        asked_late = asked & too_late
        columns: dict[str, Bools] = {
            "n_applications": first,
            "n_info_requested": asked,
            "n_request_late": asked_late,
            "n_decisions": stands,
            "n_granted": stands & (made.result == RESULTS.index(GRANTED)),
            "n_refused_no_right": stands & refused & (made.reason == NO_RIGHT),
            "n_refused_missing_information": stands & refused & (made.reason == INFORMATION_MISSING),
            "n_refused_other": stands & refused & ~np.isin(made.reason, (NO_RIGHT, INFORMATION_MISSING)),
            "n_corrected": corrected,
            "n_in_time": first & in_time,
            "n_late": first & ~in_time,
            f"{ASKED} in time": asked & ~asked_late,
            f"{ASKED} late": asked_late,
        }
        for name in (URGENT, COMPLETE, NOTHING_CAME):
            columns[f"{name} in time"] = first & in_time & (clock == name)
            columns[f"{name} late"] = first & ~in_time & (clock == name)
        there = there & (made.result != RESULTS.index(RECOVERED))
        self._count(made.day.astype("datetime64[M]"), {name: which & there for name, which in columns.items()})

    def _count(self, month: npt.NDArray[np.datetime64], columns: dict[str, Bools]) -> None:
        for one in np.unique(month):
            here = month == one
            self._counted[one].update({name: int((which & here).sum()) for name, which in columns.items()})

    def as_yaml(self) -> dict[str, Any]:
        """What `truth.yml` says: cells by month of the decision."""
        cells = {str(month): dict(counted) for month, counted in sorted(self._counted.items())}
        return {
            "unit": "decisions on applications; clocks are those of the first decision on each",
            "month": {month: cell for month, cell in cells.items() if cell["n_decisions"]},
        }


def _known(country: Country) -> Bools:
    """Households of which a month was delivered."""
    there = country.received | country.refused
    for row, late in late_at_the_end(country).items():
        there[row] &= ~late
    found: Bools = np.any(there, axis=0)
    return found
