"""Random logs of events, and the models of a mart as dbt compiled them, over nothing but such a log.

Belongs here: what tests of properties of the flow share. Does not: the properties.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.dbt.dbt_build import Build

START = datetime(2018, 12, 28, 22, 30)
# Few, so that equal times, loops and steps back are frequent; the year turns after three days.
MOMENTS = st.one_of(st.integers(-3, 3), st.integers(-3000, 9000))
# What is filled, or empty, and not derived.
GIVEN = (
    "stg_etotu_notification",
    "stg_etotu_event",
    "dim_person",
    "dim_municipality",
    "int_registry__as_of",
)
FEW = ("VASTAANOTETTU", "YHT_PUHELIN", "SIIRRETTY", "PAATETTY")

quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@dataclass(frozen=True)
class Notice:
    """A notice, the notice that it says it continues, and its events as (seq, minutes after the start, type)."""

    number: int
    person: int
    kind: str
    minutes: int
    continues: int | None
    events: list[tuple[int, int, str]]


def at(minutes: int) -> datetime:
    """A moment of a log."""
    return START + timedelta(minutes=minutes)


@st.composite
def logs(
    draw: st.DrawFn, steps: Sequence[str] = FEW, *, moments: st.SearchStrategy[int] = MOMENTS, most: int = 6
) -> list[Notice]:
    """Up to six notices; some continue another, one that is missing, or each other."""
    events = st.lists(
        st.tuples(st.integers(1, most), moments, st.sampled_from(steps)), max_size=most, unique_by=lambda step: step[0]
    )
    return [
        Notice(
            number=number,
            person=draw(st.integers(0, 2)),
            kind=draw(st.sampled_from(["YHTEYDENOTTO", "ALENNETTU_PERUSOSA"])),
            minutes=draw(moments),
            continues=draw(st.none() | st.integers(1, 7)),
            events=draw(events),
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]


def over_nothing(build: Build, models: dict[str, dict[str, Any]], mart: str) -> duckdb.DuckDBPyConnection:
    """The models of a mart over empty tables of notices and events, ten persons and one day of reckoning."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"attach '{build.file}' as built (read_only)")
    for schema in ("staging", "intermediate", "core", "marts"):
        connection.execute(f"create schema {schema}")
    made: set[str] = set()
    for name in (*GIVEN, mart):
        _make(connection, build, models, name, made)
    connection.execute("detach built")
    connection.execute(
        """insert into core.dim_person (person_key, birth_year, sex, protected)
           select range, 1980, '1', false from range(10)"""
    )
    connection.execute("insert into intermediate.int_registry__as_of values (date '2019-03-31')")
    return connection


def _make(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    models: dict[str, dict[str, Any]],
    name: str,
    made: set[str],
) -> None:
    """A model as a view, after those that it needs; what is given is empty, what does not follow from it as it was."""
    if name in made:
        return
    made.add(name)
    node = models[name]
    full = f"{node['schema']}.{name}"
    if name in GIVEN or not _follows(models, name):
        connection.execute(f"create table {full} as from built.{full} {'limit 0' if name in GIVEN else ''}")
        return
    for needed in _needed(models, name):
        _make(connection, build, models, needed, made)
    path = build.target / "compiled" / "avainvarasto" / node["original_file_path"]
    compiled = path.read_text(encoding="utf-8")
    query = re.sub(r'"\w+"\.("(?:staging|intermediate|core)"\.)', r"\1", compiled)
    connection.execute(f"create view {full} as {query}")


def _needed(models: dict[str, dict[str, Any]], name: str) -> list[str]:
    """The models of which a model is made."""
    return [one for one in (node.rsplit(".", 1)[1] for node in models[name]["depends_on"]["nodes"]) if one in models]


def _follows(models: dict[str, dict[str, Any]], name: str) -> bool:
    """Whether a model is made of anything that is given."""
    return any(one in GIVEN or _follows(models, one) for one in _needed(models, name))


def rows_of(connection: duckdb.DuckDBPyConnection, mart: str, log: Collection[Notice]) -> list[dict[str, Any]]:
    """Rows of a mart over a log."""
    connection.execute("delete from staging.stg_etotu_notification; delete from staging.stg_etotu_event")
    for notice in log:
        connection.execute(
            """insert into staging.stg_etotu_notification (
                   notification_id, person_key, notification_type, urgency, batch_type, sent_ts, area_type, area_code,
                   transferred_from)
               values (?, ?, ?, 'TAVALLINEN', 'daily', ?, 'KUNTA', '837', ?)""",
            [notice.number, notice.person, notice.kind, at(notice.minutes), notice.continues],
        )
        for seq, minutes, step in notice.events:
            connection.execute(
                """insert into staging.stg_etotu_event (notification_id, seq, event_ts, event_type, worker_role)
                   values (?, ?, ?, ?, 'MUU')""",
                [notice.number, seq, at(minutes), step],
            )
    cursor = connection.execute(f"from marts.{mart}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
