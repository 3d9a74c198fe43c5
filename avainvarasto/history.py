"""What counts now, what counted before, and which quarantined rows are still open.

Everything is read from the lake's ledger and the quarantine zone; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.landing.quarantine import MONTH, SHOWN, quarantine_file
from avainvarasto.landing.sql import quoted
from avainvarasto.settings import Settings

Entry = Mapping[str, Any]
Place = tuple[str, date | None, str]
OPEN, RIGHT, AGAIN, GONE, REFUSED = "open", "delivered right", "bad again", "not delivered again", "delivery refused"


@dataclass(frozen=True)
class QuarantinedRow:
    """A bad row without its keys; `settled_by` names the delivery that counts for its month instead."""

    file: str
    line: int
    rule: str
    column: str
    codes: str
    status: str
    settled_by: str | None


@dataclass(frozen=True)
class Version:
    """One delivered file that covers a month of an extract, with its rows of that month."""

    entry: Entry
    counts: bool
    n_rows: int
    n_quarantined: int


def months_of(entry: Entry) -> list[date | None]:
    """Months that an accepted file covers; [None] for a whole-table extract."""
    if entry["period_from"] is None:
        return [None]
    months, month = [], entry["period_from"]
    while month <= entry["period_to"]:
        months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


def counting(entries: Iterable[Entry]) -> dict[Place, Entry]:
    """The accepted file that counts, by extract, month and (where suppliers are counted apart) supplier.

    Greatest created_at, then delivery_id, then file: the same order as in the dbt macro `newest`, which decides what
    the warehouse reads; a test holds them together.
    """
    newest: dict[Place, Entry] = {}
    for entry in entries:
        if not entry["accepted"]:
            continue
        for month in months_of(entry):
            key = place(entry, month)
            if key not in newest or _order(newest[key]) < _order(entry):
                newest[key] = entry
    return newest


def place(entry: Entry, month: date | None) -> Place:
    """Where deliveries compete: only one of them counts."""
    return entry["extract"], month, entry["counted_with"] or ""


def quarantined(settings: Settings, contracts: Mapping[str, Contract], entry: Entry) -> list[QuarantinedRow]:
    """The bad rows of one delivered file and what has become of them.

    A row stays open until a newer delivery counts for its month: then that one has it right, has it in its own
    quarantine, or no longer has it. A row whose month cannot be read waits for all months of its delivery.
    """
    path = _quarantine(settings, entry)
    contract = contracts.get(entry["extract"])
    if not path.is_file() or contract is None:
        return []
    newest = counting(lake.ledger(settings))
    keys = [contract.lake_name(name) for name in contract.key]
    columns = ", ".join(map(quoted, [*SHOWN, MONTH, *keys]))
    rows = []
    with duckdb.connect() as connection:
        found = connection.execute(f"select {columns} from read_parquet('{path}') order by src_row").fetchall()
        for row in found:
            about = dict(zip([*SHOWN, MONTH, *keys], row, strict=True))
            status, by = _status(connection, settings, contract, entry, about, newest)
            file, line, rule, column, codes = (about[name] for name in SHOWN)
            rows.append(QuarantinedRow(file, line, rule, column, codes, status, by))
    return rows


def open_rows(settings: Settings, contracts: Mapping[str, Contract]) -> Iterator[tuple[Entry, list[QuarantinedRow]]]:
    """Accepted files that still have bad rows to be delivered right, with those rows."""
    for entry in lake.accepted(settings):
        if entry["n_quarantined"] and (
            rows := [row for row in quarantined(settings, contracts, entry) if row.status == OPEN]
        ):
            yield entry, rows


def versions(settings: Settings, contract: Contract, month: date | None) -> list[Version]:
    """Every accepted delivery of an extract for a month (None: the whole table), newest first."""
    entries = [e for e in lake.accepted(settings) if e["extract"] == contract.extract and month in months_of(e)]
    newest = counting(entries)
    return [
        Version(
            entry,
            entry is newest[place(entry, month)],
            _rows_of_month(_lake_file(settings, entry), contract, month, contract.period_column),
            _rows_of_month(_quarantine(settings, entry), contract, month, MONTH if contract.period_column else None),
        )
        for entry in sorted(entries, key=_order, reverse=True)
    ]


def _status(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    entry: Entry,
    row: dict[str, Any],
    newest: Mapping[Place, Entry],
) -> tuple[str, str | None]:
    if not entry["accepted"]:
        return REFUSED, None
    months = months_of(entry)
    concerned = [row[MONTH]] if row[MONTH] in months else months
    counted = [newest[place(entry, month)] for month in concerned]
    now = {other["delivery_id"]: other for other in counted}
    if entry["delivery_id"] in now:
        return OPEN, None
    latest = max(now.values(), key=_order)
    by = str(latest["delivery_id"])
    keys = {name: row[name] for name in map(contract.lake_name, contract.key)}
    if None in keys.values():
        return GONE, by
    if any(_holds(connection, _lake_file(settings, other), keys) for other in now.values()):
        return RIGHT, by
    again = any(_holds(connection, _quarantine(settings, other), keys) for other in now.values())
    return (AGAIN if again else GONE), by


def _holds(connection: duckdb.DuckDBPyConnection, path: Path, keys: Mapping[str, Any]) -> bool:
    if not path.is_file():
        return False
    condition = " and ".join(f"{quoted(name)} = ?" for name in keys)
    query = f"select 1 from read_parquet('{path}') where {condition} limit 1"
    return connection.execute(query, list(keys.values())).fetchone() is not None


def _rows_of_month(path: Path, contract: Contract, month: date | None, column: str | None) -> int:
    if not path.is_file():
        return 0
    if column is None or month is None:
        condition = "true"
    else:
        name = column if column == MONTH else contract.lake_name(column)
        condition = f"date_trunc('month', {quoted(name)}) = date '{month}'"
    with duckdb.connect() as connection:
        row = connection.execute(f"select count(*) from read_parquet('{path}') where {condition}").fetchone()
    return int(row[0]) if row else 0


def _order(entry: Entry) -> tuple[Any, ...]:
    return (entry["created_at"], entry["delivery_id"], entry["file"])


def _lake_file(settings: Settings, entry: Entry) -> Path:
    return lake.lake_file(settings, entry["source"], entry["extract"], entry["delivery_id"], entry["file"])


def _quarantine(settings: Settings, entry: Entry) -> Path:
    return quarantine_file(settings, entry["source"], entry["delivery_id"], entry["extract"], entry["file"])
