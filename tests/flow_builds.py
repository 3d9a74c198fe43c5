"""Builds with nothing but the tables of the Kela flow, in which notices and events are as a test says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import lake
from avainvarasto.eventlog.cases import Case, Event
from avainvarasto.settings import Settings

BUILD = "20190108T020000-00"
SENT = datetime(2018, 3, 5, 10, 0)
# Distinctive, so that a test finds them wherever they should not be.
PERSON = 7_000_000_000_000_000_001

_TABLES = """
    create schema core; create schema intermediate;
    create table intermediate.int_registry__as_of as select date '2018-12-31' as as_of;
    create table intermediate.int_etotu__case (
        notification_id bigint, case_id bigint, notice_no bigint, case_notification_type varchar, case_sent_ts timestamp
    );
    create table core.fct_notification (
        notification_id bigint, person_key bigint, notification_type varchar, urgency varchar, batch_type varchar,
        sent_ts timestamp, municipality_code varchar, county_code varchar
    );
    create table core.fct_flow_event (
        notification_id bigint, seq bigint, case_id bigint, case_notification_type varchar, case_sent_ts timestamp,
        person_key bigint, event_ts timestamp, event_type varchar, worker_role varchar, deviation varchar,
        event_no bigint
    );
    create table core.dim_code (code_set varchar, code varchar, lang varchar, label varchar);
    insert into core.dim_code values
        ('notification_type', 'YHTEYDENOTTO', 'fi', 'Yhteydenotto'),
        ('notification_type', 'ALENNETTU_PERUSOSA', 'fi', 'Alennettu perusosa'),
        ('etotu_event_type', 'ILMOITUS_LAHETETTY', 'fi', 'Kela lähettänyt ilmoituksen'),
        ('etotu_event_type', 'VASTAANOTETTU', 'fi', 'Vastaanotettu'),
        ('etotu_event_type', 'VASTAANOTETTU', 'sv', 'Mottaget'),
        ('etotu_event_type', 'TAPAAMINEN', 'fi', 'Tapaaminen');
"""


@dataclass(frozen=True)
class AnEvent:
    """What a receiver did."""

    at: datetime
    kind: str = "VASTAANOTETTU"
    role: str | None = "SOSIAALIOHJAAJA"
    deviation: str = "none"


@dataclass(frozen=True)
class Notice:
    """A notice; `case` is the number of the notice that its case began with."""

    number: int
    sent: datetime = SENT
    kind: str = "YHTEYDENOTTO"
    urgency: str = "TAVALLINEN"
    municipality: str = "297"
    county: str = "13"
    case: int | None = None
    notice_no: int = 1
    in_core: bool = True
    events: Sequence[AnEvent] = field(default_factory=tuple)


def by_the_book(number: int, **about: Any) -> Notice:
    """A notice that was received and led to a meeting, which skips three stages."""
    steps = (
        AnEvent(datetime(2018, 3, 6, 9, 0)),
        AnEvent(datetime(2018, 3, 12, 13, 30), "TAPAAMINEN", "SOSIAALITYONTEKIJA", "skipped"),
    )
    return Notice(number, events=steps, **about)


def a_case(key: str = "1", **about: Any) -> Case:
    """A case as it goes to the writer: the sending and a meeting."""
    events = (Event("ILMOITUS_LAHETETTY", SENT, "KELA", 1, "none"), Event("TAPAAMINEN", SENT, "MUU", 1, "skipped"))
    given_about = {"urgency": "u", "batch_type": "daily", "county_code": "13", "municipality_code": "297"}
    return Case(**{"key": key, "notification_type": "t", "sent": SENT, "events": events} | given_about | about)


def a_build(settings: Settings, notices: Iterable[Notice], nature: str = "synthetic") -> Path:
    """The newest build of a home, which took one delivery of this nature."""
    notices = list(notices)
    first = {notice.number: notice for notice in notices}
    placed, sent, log = [], [], []
    for notice in notices:
        case = notice.case or notice.number
        begun = first.get(case, notice)
        of_case = (case, begun.kind, begun.sent, PERSON)
        placed.append((notice.number, case, notice.notice_no, begun.kind, begun.sent))
        if not notice.in_core:
            continue
        about = (PERSON, notice.kind, notice.urgency, "daily", notice.sent, notice.municipality, notice.county)
        sent.append((notice.number, *about))
        for seq, event in enumerate(notice.events, start=1):
            order = (event.at.replace(second=0), notice.notice_no, seq)
            row = (notice.number, seq, *of_case, event.at, event.kind, event.role, event.deviation)
            log.append((order, case, row))
    n_of_case: Counter[int] = Counter()
    numbered = []
    for _, case, row in sorted(log):
        n_of_case[case] += 1
        numbered.append((*row, n_of_case[case]))
    file = settings.warehouse / "builds" / f"{BUILD}.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(_TABLES)
        _insert(connection, "intermediate.int_etotu__case", placed)
        _insert(connection, "core.fct_notification", sent)
        _insert(connection, "core.fct_flow_event", numbered)
    file.with_suffix(".json").write_text(json.dumps({"build_id": BUILD}))
    link = settings.warehouse / "current.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(file)
    took(settings, nature)
    return file


def took(settings: Settings, nature: str) -> None:
    """A ledger with one accepted delivery of this nature."""
    entry: dict[str, Any] = dict.fromkeys(lake.LEDGER_SCHEMA.names)
    entry |= {"source": "etotu", "extract": "etotu_event", "delivery_id": "1", "file": "event.csv"}
    path = settings.lake / "_ledger" / "etotu-1.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    lake.write_entries(path, [entry | {"nature": nature, "accepted": True}])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        one = f"({', '.join('?' * len(rows[0]))})"
        connection.execute(
            f"insert into {table} values {', '.join([one] * len(rows))}", [v for row in rows for v in row]
        )
