"""Time limits on every day of eleven years against a calendar that is not ours."""

from __future__ import annotations

from datetime import date

import holidays
import numpy as np
import pytest

from tests.dbt.dbt_build import Build

pytestmark = pytest.mark.dbt

YEARS = range(2017, 2028)
SEVEN = "TOTUL_PAATOS"


def due(build: Build, rule: str) -> dict[date, date]:
    rows = build.rows(f"select start_date, due_date from core.dim_due_date where rule_id = '{rule}'")
    return {row["start_date"]: row["due_date"] for row in rows if row["start_date"].year in YEARS}


@pytest.mark.parametrize(("rule", "limit"), [(SEVEN, 7), ("TOTUL_PAATOS_KIIREELLINEN", 1)])
def test_every_day_has_the_end_that_a_calendar_gives_it(build: Build, rule: str, limit: int) -> None:
    found = due(build, rule)
    free = [np.datetime64(day) for day in holidays.country_holidays("FI", years=range(2016, 2030))]
    starts = np.array(sorted(found), "datetime64[D]")
    # A day off counts from the working day before it, so that the next working day is the first that counts.
    expected = np.busday_offset(starts, limit, roll="preceding", holidays=free)
    assert len(starts) == 4017
    assert [found[day] for day in starts.astype(object)] == expected.astype(object).tolist()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2018, 3, 28), date(2018, 4, 10)),  # Good Friday and Easter Monday
        (date(2018, 6, 20), date(2018, 7, 2)),  # Midsummer Eve
        (date(2018, 12, 5), date(2018, 12, 17)),  # Independence Day
        (date(2018, 12, 20), date(2019, 1, 4)),  # Christmas with its eve, New Year's Day
        (date(2018, 12, 22), date(2019, 1, 7)),  # what comes on a Saturday
        (date(2018, 5, 9), date(2018, 5, 21)),  # Ascension Day
    ],
)
def test_seven_working_days_end_where_the_wall_calendar_says(build: Build, start: date, end: date) -> None:
    assert due(build, SEVEN)[start] == end


def test_working_days_are_counted_one_by_one(build: Build) -> None:
    days = build.rows("select date, is_working_day, working_day_no from core.dim_date order by date")
    number = 0
    for day in days:
        number += day["is_working_day"]
        assert day["working_day_no"] == number
    assert sum(day["is_working_day"] for day in days if day["date"].year == 2018) == 251
