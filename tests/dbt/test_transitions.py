"""Whatever the log of events holds, each event has one transition into it, counted as a walk by hand counts it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.dbt_build import Build

pytestmark = pytest.mark.dbt

START = datetime(2018, 12, 28, 22, 30)
SENT = "ILMOITUS_LAHETETTY"
MODELS = {
    "intermediate.int_etotu__event": "intermediate",
    "intermediate.int_etotu__case": "intermediate",
    "core.fct_flow_event": "core",
    "marts.mart_kela_flow__transitions": "marts/kela_flow",
}
GIVEN = """
    create schema staging; create schema intermediate; create schema core; create schema marts;
    create table staging.stg_etotu_notification (
        notification_id bigint, person_key bigint, notification_type varchar, sent_ts timestamp, area_type varchar,
        area_code varchar, transferred_from bigint
    );
    create table staging.stg_etotu_event (
        notification_id bigint, seq bigint, event_ts timestamp, event_type varchar, worker_role varchar
    );
    create table core.dim_person as select range as person_key, false as protected from range(10);
    create table core.dim_municipality (municipality_code varchar, today_code varchar, county_code varchar);
"""


@dataclass(frozen=True)
class Notice:
    """A notice, the notice that it says it continues, and its events as (seq, minutes after the start, type)."""

    number: int
    person: int
    kind: str
    minutes: int
    continues: int | None
    events: list[tuple[int, int, str]]


# Few minutes and types, so that equal times, loops and steps back are frequent; the year turns after three days.
moments = st.one_of(st.integers(-3, 3), st.integers(-3000, 9000))
steps = st.lists(
    st.tuples(st.integers(1, 6), moments, st.sampled_from(["VASTAANOTETTU", "YHT_PUHELIN", "SIIRRETTY", "PAATETTY"])),
    max_size=6,
    unique_by=lambda step: step[0],
)


@st.composite
def logs(draw: st.DrawFn) -> list[Notice]:
    """Up to six notices; some continue another, one that is missing, or each other."""
    numbers = range(1, draw(st.integers(1, 6)) + 1)
    return [
        Notice(
            number=number,
            person=draw(st.integers(0, 2)),
            kind=draw(st.sampled_from(["YHTEYDENOTTO", "ALENNETTU_PERUSOSA"])),
            minutes=draw(moments),
            continues=draw(st.none() | st.integers(1, 7)),
            events=draw(steps),
        )
        for number in numbers
    ]


@pytest.fixture(scope="module")
def warehouse(build: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models of the mart, as dbt compiled them, over empty tables."""
    folder = build.target / "compiled" / "avainvarasto" / "models"
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(GIVEN)
        for name, place in MODELS.items():
            compiled = (folder / place / f"{name.split('.')[1]}.sql").read_text(encoding="utf-8")
            query = re.sub(r'"\w+"\.("(?:staging|intermediate|core)"\.)', r"\1", compiled)
            connection.execute(f"create view {name} as {query}")
        yield connection


def published(connection: duckdb.DuckDBPyConnection, log: list[Notice]) -> list[dict[str, Any]]:
    """Rows of the mart over a log."""
    connection.execute("delete from staging.stg_etotu_notification; delete from staging.stg_etotu_event")
    for notice in log:
        row = [notice.number, notice.person, notice.kind, _at(notice.minutes), "KUNTA", "837", notice.continues]
        connection.execute("insert into staging.stg_etotu_notification values (?, ?, ?, ?, ?, ?, ?)", row)
        for seq, minutes, step in notice.events:
            event = [notice.number, seq, _at(minutes), step, "MUU"]
            connection.execute("insert into staging.stg_etotu_event values (?, ?, ?, ?, ?)", event)
    cursor = connection.execute("from marts.mart_kela_flow__transitions")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
        cases[chain[-1]] += [(at, len(chain), seq, step, notice.person) for seq, at, step in notice.events]
    found = defaultdict(list)
    for first, events in cases.items():
        last, since = SENT, _at(notices[first].minutes)
        for minutes, _, _, step, person in sorted(events):
            now = _at(minutes)
            found[notices[first].kind, last, step, str(since.year)].append(((now.date() - since.date()).days, person))
            last, since = step, now
    return found


def _at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@quick
@given(log=logs())
def test_each_event_has_exactly_one_transition_into_it(warehouse: duckdb.DuckDBPyConnection, log: list[Notice]) -> None:
    into = Counter(step for notice in log for _, _, step in notice.events)
    rows = published(warehouse, log)
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
    rows = published(warehouse, log)
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
