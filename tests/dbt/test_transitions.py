"""Whatever the log of events holds, each event has one transition into it, counted as a walk by hand counts it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given

from tests.dbt.dbt_build import Build
from tests.dbt.event_logs import Notice, at, logs, over_nothing, quick, rows_of

pytestmark = pytest.mark.dbt

SENT = "ILMOITUS_LAHETETTY"
MART = "mart_kela_flow__transitions"


@pytest.fixture(scope="module")
def warehouse(build: Build, models: dict[str, dict[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models of the mart, as dbt compiled them, over empty tables."""
    with over_nothing(build, models, MART) as connection:
        yield connection


def by_hand(log: list[Notice]) -> dict[tuple[str, str, str, str], list[tuple[int, int]]]:
    """Days and persons of the transitions by type of the case, from, to and year, found by walking along each case."""
    notices = {notice.number: notice for notice in log}
    cases: dict[int, list[tuple[int, int, int, str, int]]] = defaultdict(list)
    for notice in log:
        chain = [notice.number]
        while (before := notices[chain[-1]].continues) in notices and before not in chain:
            chain.append(before)
        if before in chain:
            chain = [notice.number]
        cases[chain[-1]] += [(when, len(chain), seq, step, notice.person) for seq, when, step in notice.events]
    found = defaultdict(list)
    for first, events in cases.items():
        last, since = SENT, at(notices[first].minutes)
        for minutes, _, _, step, person in sorted(events):
            now = at(minutes)
            found[notices[first].kind, last, step, str(since.year)].append(((now.date() - since.date()).days, person))
            last, since = step, now
    return found


@quick
@given(log=logs())
def test_each_event_has_exactly_one_transition_into_it(warehouse: duckdb.DuckDBPyConnection, log: list[Notice]) -> None:
    into = Counter(step for notice in log for _, _, step in notice.events)
    rows = rows_of(warehouse, MART, log)
    for cut in {row["cut"] for row in rows}:
        assert sum(row["n_transitions"] for row in rows if row["cut"] == cut) == into.total()
    counted: Counter[str] = Counter()
    for row in rows:
        if row["cut"] == "from_event,to_event":
            counted[row["to_event"]] += row["n_transitions"]
    assert counted == into


@quick
@given(log=logs())
def test_the_mart_counts_what_a_walk_along_each_case_finds(
    warehouse: duckdb.DuckDBPyConnection, log: list[Notice]
) -> None:
    walked = by_hand(log)
    dimensions = ("notification_type", "from_event", "to_event", "year")
    rows = rows_of(warehouse, MART, log)
    seen = 0
    for row in rows:
        cell = [
            one
            for key, found in walked.items()
            if all(row[name] in ("all", value) for name, value in zip(dimensions, key, strict=True))
            for one in found
        ]
        days = [each for each, _ in cell]
        assert row["n_transitions"] == len(days)
        assert row["n_persons"] == len({person for _, person in cell})
        assert row["median_days"] == median(days)
        assert row["p90_days"] == pytest.approx(np.percentile(days, 90))
        seen += row["cut"] == "from_event,to_event,year"
    assert seen == len({key[1:] for key in walked})
