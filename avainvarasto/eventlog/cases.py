"""Cases and their events as the build has them, read in parts and batches: one case is held at a time.

The order of cases is shuffled: under random keys it must tell nothing either, and a part of the shuffle is as large as
any other, so that the database never sorts more than some hundred thousand events at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb

from avainvarasto.eventlog.refusal import refused

SENDING = "ILMOITUS_LAHETETTY"
# Kela sends; what follows carries the role of the worker.
SENDER = "KELA"
_BATCH = 5_000
_OF_A_PART = 200_000
_MOST_PARTS = 0x1000


@dataclass(frozen=True)
class Choice:
    """Which cases: first notice sent in the months from `sent_from` to `sent_to`, of these types (none: all)."""

    sent_from: date | None = None
    sent_to: date | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One event; times are Helsinki wall time."""

    activity: str
    at: datetime
    role: str
    notice_no: int
    deviation: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case under the key that it has in the log, with what is known of its first notice, the sending first."""

    key: str
    notification_type: str
    urgency: str
    batch_type: str
    county_code: str
    municipality_code: str
    sent: datetime
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Counts:
    """Traces and events."""

    traces: int
    events: int


# A case keeps the type and the sending of its first notice; the other attributes are those of the first notice that
# stands in the core.
_LOG = """
with placed as (
    select
        cases.case_id,
        cases.case_notification_type,
        cases.case_sent_ts,
        cases.notice_no,
        notices.urgency,
        notices.batch_type,
        notices.county_code,
        notices.municipality_code,
        row_number() over (
            partition by cases.case_id order by cases.notice_no, cases.notification_id
        ) as place
    from intermediate.int_etotu__case as cases
    inner join core.fct_notification as notices using (notification_id)
),
shuffled as (
    select *, sha256($secret || cast(case_id as varchar)) as shuffle
    from placed
    where place = 1 and {condition}
),
chosen as (
    select *
    from shuffled
    where shuffle >= $low and shuffle < $high
),
steps as (
    select case_id, 0 as event_no, $sending as activity, case_sent_ts as at, $sender as role, notice_no,
        'none' as deviation
    from chosen
    union all
    select events.case_id, events.event_no, events.event_type, events.event_ts, events.worker_role,
        cases.notice_no, events.deviation
    from core.fct_flow_event as events
    inner join intermediate.int_etotu__case as cases using (notification_id)
)
select
    case when $secret = '' then cast(chosen.case_id as varchar) else substr(chosen.shuffle, 1, 32) end,
    chosen.case_notification_type,
    coalesce(chosen.urgency, 'unknown'),
    coalesce(chosen.batch_type, 'unknown'),
    chosen.county_code,
    chosen.municipality_code,
    chosen.case_sent_ts,
    steps.activity,
    steps.at,
    coalesce(steps.role, 'unknown'),
    steps.notice_no,
    steps.deviation
from steps
inner join chosen using (case_id)
order by chosen.shuffle, steps.event_no
"""
_CONDITION = """
    ($sent_from is null or case_sent_ts >= $sent_from)
    and ($sent_before is null or case_sent_ts < $sent_before)
    and ($types is null or list_contains($types, case_notification_type))
"""
# Counted from the fact table by itself, so that a join that loses or doubles rows shows.
_COUNTS = f"""
select
    (select count(distinct cases.case_id)
     from intermediate.int_etotu__case as cases
     semi join core.fct_notification as notices using (notification_id)
     where {_CONDITION}),
    (select count(*) from core.fct_flow_event where {_CONDITION})
"""


def demand_known(connection: duckdb.DuckDBPyConnection, choice: Choice) -> None:
    """Hold what was asked for against the codes of the build.

    Raises:
        ExportRefused: a type of notice has no label, or the months are in the wrong order.
    """
    known = sorted(_labels(connection, "notification_type"))
    if strange := sorted(set(choice.types) - set(known)):
        raise refused("--type", f"unknown: {', '.join(strange)}", f"give one of {', '.join(known)}")
    if choice.sent_from and choice.sent_to and choice.sent_from > choice.sent_to:
        raise refused("--from, --to", "the first month is after the last", "give the earlier month as --from")


def count(connection: duckdb.DuckDBPyConnection, choice: Choice) -> Counts:
    """What the log must hold: cases, and their rows of fct_flow_event with one sending each."""
    row = connection.execute(_COUNTS, _parameters(choice)).fetchone()
    cases, events = row if row else (0, 0)
    return Counts(cases, events + cases)


def labels(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Finnish label of every kind of event."""
    return _labels(connection, "etotu_event_type")


def as_of(connection: duckdb.DuckDBPyConnection) -> date:
    """The last day of the newest accepted period of the build."""
    row = connection.execute("select as_of from intermediate.int_registry__as_of").fetchone()
    if not row or row[0] is None:
        raise refused("the warehouse", "the build does not say until when its data go", "make run")
    until: date = row[0]
    return until


def read(connection: duckdb.DuckDBPyConnection, choice: Choice, *, keep_keys: bool, expected: Counts) -> Iterator[Case]:
    """The chosen cases.

    Args:
        keep_keys: True for the keys of the warehouse; otherwise keys that nobody can make again: they hang on a secret
            that is drawn for this reading and forgotten.
        expected: about how many there are.

    Raises:
        ExportRefused: an event has no time.
    """
    sql = _LOG.format(condition=_CONDITION)
    secret = "" if keep_keys else secrets.token_hex(32)
    given = _parameters(choice) | {"sending": SENDING, "sender": SENDER, "secret": secret}
    for low, high in _parts(expected.events):
        cursor = connection.execute(sql, given | {"low": low, "high": high})
        for about, rows in groupby(_fetched(cursor), key=itemgetter(slice(0, 7))):
            events = tuple(Event(*row[7:]) for row in rows)
            if any(event.at is None for event in events):
                raise refused("the warehouse", "an event has no time", "tell whoever keeps the contract etotu_event")
            yield Case(*(*about, events))


def _parts(n_events: int) -> list[tuple[str, str]]:
    """Bounds of equal parts of the shuffle, which is in hexadecimal."""
    n = min(n_events // _OF_A_PART + 1, _MOST_PARTS)
    bounds = [f"{_MOST_PARTS * part // n:03x}" for part in range(n)]
    return list(zip(bounds, [*bounds[1:], "g"], strict=True))


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def _parameters(choice: Choice) -> dict[str, Any]:
    return {
        "sent_from": choice.sent_from,
        "sent_before": _month_after(choice.sent_to) if choice.sent_to else None,
        "types": list(choice.types) or None,
    }


def _month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _labels(connection: duckdb.DuckDBPyConnection, code_set: str) -> dict[str, str]:
    rows = connection.execute(
        "select code, label from core.dim_code where code_set = $code_set and lang = 'fi'", {"code_set": code_set}
    ).fetchall()
    return dict(rows)
