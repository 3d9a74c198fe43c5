"""The lake: accepted rows as Parquet by source, extract and delivery, and the ledger that says what counts.

A delivery is in the lake when its ledger file is: rows without a ledger entry are not read by anybody.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto.contracts import Contract
from avainvarasto.files import sha256_of
from avainvarasto.landing.deliveries import HELSINKI, MANIFEST, Arrival, Delivery
from avainvarasto.landing.door import FileCounts
from avainvarasto.landing.replacing import competing
from avainvarasto.settings import Settings

LEDGER_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("extract", pa.string()),
        ("delivery_id", pa.string()),
        ("file", pa.string()),
        ("nature", pa.string()),
        ("supplier", pa.string()),
        ("replaces", pa.string()),
        ("created_at", pa.timestamp("us")),
        ("period_from", pa.date32()),
        ("period_to", pa.date32()),
        ("whole_table", pa.bool_()),
        ("n_delivered", pa.int64()),
        ("n_loaded", pa.int64()),
        ("n_quarantined", pa.int64()),
        ("accepted", pa.bool_()),
        ("reason", pa.string()),
        ("received_at", pa.timestamp("us")),
        ("sha256", pa.string()),
        ("manifest_sha256", pa.string()),
        ("rules_sha256", pa.string()),
        ("contract_version", pa.int64()),
        ("key_id", pa.string()),
        ("folder_state", pa.string()),
        ("lake_sha256", pa.string()),
        ("n_forgotten", pa.int64()),
        ("part_of", pa.string()),
        ("counted_with", pa.string()),
    ]
)
CHECK_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("suite", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("n_evaluated", pa.int64()),
        ("n_unexpected", pa.int64()),
        ("passed", pa.bool_()),
    ]
)
UNKNOWN_EXTRACT = "unknown"


def pending_file(settings: Settings, delivery: Delivery, extract: str, file: str) -> Path:
    """Where the rows of one file wait for their suite."""
    return settings.lake / "_pending" / delivery.arrival.name / extract / (Path(file).stem + ".parquet")


def pending_texts(settings: Settings, delivery: Delivery, extract: str, file: str) -> Path:
    """Where the kept texts of one file wait, inside the restricted zone."""
    return settings.restricted / "_pending" / delivery.arrival.name / extract / (Path(file).stem + ".parquet")


def texts_file(settings: Settings, source: str, extract: str, delivery_id: str, file: str) -> Path:
    """Where the kept texts of an accepted file lie; there is none where the contract keeps no text."""
    return settings.restricted / source / extract / delivery_id / (Path(file).stem + ".parquet")


def clear_half_done(settings: Settings) -> None:
    """Throw away what an earlier run left: pending files, and files that no ledger entry makes count."""
    counting = set()
    for row in accepted(settings):
        where = (settings, row["source"], row["extract"], row["delivery_id"], row["file"])
        counting |= {lake_file(*where), texts_file(*where)}
    for zone in (settings.lake, settings.restricted):
        shutil.rmtree(zone / "_pending", ignore_errors=True)
        for path in zone.glob("[!_]*/*/*/*.parquet"):
            if path not in counting:
                path.unlink()


def lake_file(settings: Settings, source: str, extract: str, delivery_id: str, file: str) -> Path:
    """Where the accepted rows of one file lie."""
    return settings.lake / source / extract / delivery_id / (Path(file).stem + ".parquet")


def ledger(settings: Settings) -> list[dict[str, Any]]:
    """All ledger entries, one a delivered file, refused ones included, in a stable order."""
    rows = [row for path in ledger_files(settings) for row in read_entries(path)]
    return sorted(rows, key=lambda row: (row["source"], row["delivery_id"], row["extract"], row["file"]))


def delivered(settings: Settings) -> list[dict[str, Any]]:
    """Ledger entries of files as suppliers sent them; a document's parts are counted in it."""
    return [row for row in ledger(settings) if not row["part_of"]]


def ledger_files(settings: Settings) -> list[Path]:
    """The ledger's files, one a delivery (and one a refused attempt)."""
    return sorted(_ledger_folder(settings).glob("*.parquet"))


def read_entries(path: Path) -> list[dict[str, Any]]:
    """Entries of one file of the ledger."""
    rows: list[dict[str, Any]] = pq.read_table(path, schema=LEDGER_SCHEMA).to_pylist()
    return rows


def write_entries(path: Path, entries: list[dict[str, Any]]) -> None:
    """Write one file of the ledger."""
    _write(path, entries, LEDGER_SCHEMA)


def accepted(settings: Settings) -> list[dict[str, Any]]:
    return [row for row in ledger(settings) if row["accepted"]]


def filled(settings: Settings) -> set[str]:
    """Extracts that have rows in the lake."""
    return {row["extract"] for row in accepted(settings) if row["n_loaded"] > (row["n_forgotten"] or 0)}


def lake_state(settings: Settings) -> str:
    """Hash of what the lake counts as accepted; equal states give equal tables."""
    entries = [
        [row[name] for name in ("source", "extract", "delivery_id", "file", "lake_sha256", "contract_version")]
        for row in accepted(settings)
    ]
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()


def new_arrivals(settings: Settings, arrivals: Iterable[Arrival], rules_sha256: str) -> list[Arrival]:
    """Arrivals that the ledger does not know as they lie there now, and refused ones whose rules have changed since."""
    known = {
        (r["source"], r["delivery_id"], r["manifest_sha256"], r["folder_state"])
        for r in ledger(settings)
        if r["accepted"] or r["rules_sha256"] == rules_sha256
    }
    return [a for a in arrivals if (a.source, a.delivery_id, a.manifest_sha256, a.folder_state) not in known]


def taken_under(settings: Settings, arrival: Arrival) -> list[dict[str, Any]]:
    """Entries of the accepted delivery that has the arrival's source and id; empty where there is none."""
    return [r for r in accepted(settings) if (r["source"], r["delivery_id"]) == (arrival.source, arrival.delivery_id)]


def note_folder_state(settings: Settings, arrival: Arrival) -> None:
    """Remember that the folder of an accepted delivery holds what was accepted; a refusal of other content goes."""
    path = _ledger_folder(settings) / f"{_flat(arrival)}.parquet"
    write_entries(path, [row | {"folder_state": arrival.folder_state} for row in read_entries(path)])
    _forget_refusals(settings, arrival)


def commit(
    settings: Settings,
    delivery: Delivery,
    counts: Mapping[tuple[str, str], FileCounts],
    contracts: Mapping[str, Contract],
    *,
    checks: list[dict[str, Any]],
    rules_sha256: str,
    key_id: str,
    received_at: datetime,
) -> None:
    """Move the pending files of a delivery into the lake; the ledger entries, written last, make them count.

    `counts` are by extract (or part) and file.
    """
    manifest = delivery.manifest
    files = {file.path: file for file in manifest.files}
    entries = []
    for (extract, path), n in counts.items():
        where = (settings, manifest.source, extract, manifest.delivery_id, path)
        target, texts = lake_file(*where), pending_texts(settings, delivery, extract, path)
        _move(pending_file(settings, delivery, extract, path), target)
        if texts.is_file():
            _move(texts, texts_file(*where))
        contract = contracts[extract]
        entries.append(
            _entry(delivery.arrival, manifest.source, extract, path, rules_sha256, received_at)
            | _about(delivery, contract)
            | {
                "n_delivered": n.n_delivered,
                "n_loaded": n.n_loaded,
                "n_quarantined": n.n_quarantined,
                "accepted": True,
                "sha256": files[path].sha256,
                "contract_version": contract.version,
                "key_id": key_id,
                "lake_sha256": sha256_of(target),
                "n_forgotten": 0,
            }
        )
    _write_checks(settings, _flat(delivery.arrival), checks)
    write_entries(_ledger_folder(settings) / f"{_flat(delivery.arrival)}.parquet", entries)
    _forget_refusals(settings, delivery.arrival)
    _close_pending(settings, delivery.arrival)


def record_refusal(
    settings: Settings,
    arrival: Arrival,
    delivery: Delivery | None,
    reason: str,
    contracts: Mapping[str, Contract],
    *,
    checks: list[dict[str, Any]],
    rules_sha256: str,
    received_at: datetime,
) -> None:
    """Remember that a delivery was refused and why; its files stay in landing, nothing of it in the lake."""
    _close_pending(settings, arrival)
    refusal = {"accepted": False, "reason": reason}
    if delivery is None:
        entries = [
            _entry(arrival, arrival.source, UNKNOWN_EXTRACT, MANIFEST, rules_sha256, received_at)
            | refusal
            | {"nature": "confidential", "whole_table": False}
        ]
    else:
        entries = [
            _entry(arrival, delivery.manifest.source, file.extract, file.path, rules_sha256, received_at)
            | _about(delivery, contracts[file.extract])
            | refusal
            for file in delivery.manifest.files
        ]
    name = f"{_flat(arrival)}.refused-{arrival.manifest_sha256[:12]}"
    _write_checks(settings, name, checks)
    write_entries(_ledger_folder(settings) / f"{name}.parquet", entries)


def landing_checks(settings: Settings) -> list[dict[str, Any]]:
    """Results of the landing suites of every delivery that the ledger knows."""
    known = {path.name for path in ledger_files(settings)}
    paths = [path for path in sorted(_checks_folder(settings).glob("*.parquet")) if path.name in known]
    return [row for path in paths for row in pq.read_table(path, schema=CHECK_SCHEMA).to_pylist()]


def checks_of(settings: Settings, source: str, delivery_id: str) -> list[dict[str, Any]]:
    """Results of the landing suites of one delivery, accepted or refused."""
    paths = sorted(_checks_folder(settings).glob(f"{source}-{delivery_id}.*"))
    return [row for path in paths for row in pq.read_table(path, schema=CHECK_SCHEMA).to_pylist()]


def create_views(connection: duckdb.DuckDBPyConnection, settings: Settings, contracts: Mapping[str, Contract]) -> None:
    """Schema `lake` for dbt: one view an extract over its accepted files, and the ledger's tables."""
    connection.execute("create schema lake")
    entries = accepted(settings)
    for contract in contracts.values():
        files = [
            lake_file(settings, row["source"], row["extract"], row["delivery_id"], row["file"])
            for row in entries
            if row["extract"] == contract.extract
        ]
        connection.execute(f"create view lake.{contract.extract} as {_select(connection, contract, files)}")
    all_entries = pa.Table.from_pylist(ledger(settings), schema=LEDGER_SCHEMA)
    connection.register("entries", all_entries)
    connection.execute("create table lake.ledger as from entries")
    connection.unregister("entries")
    connection.execute(
        """
        create table lake.ledger_month as
        select extract, delivery_id, file, created_at, counted_with,
               cast(unnest(generate_series(period_from, period_to, interval 1 month)) as date) as month
        from lake.ledger where accepted and period_from is not null
        """
    )
    write_checks(connection, "landing_check", landing_checks(settings))
    write_checks(connection, "build_check", [])


def write_checks(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Table `lake.<table>` of check results, replacing what stood there."""
    connection.register("checks", pa.Table.from_pylist(rows, schema=CHECK_SCHEMA))
    connection.execute(f"create or replace table lake.{table} as from checks")
    connection.unregister("checks")


def _select(connection: duckdb.DuckDBPyConnection, contract: Contract, files: list[Path]) -> str:
    """SQL of an extract in today's columns; older files lack newer columns and get their defaults."""
    columns = contract.lake_columns()
    if not files:
        empty = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns.items())
        return f"select {empty} where false"
    source = f"read_parquet([{', '.join(repr(str(path)) for path in files)}], union_by_name = true)"
    present = {row[0] for row in connection.execute(f"describe select * from {source}").fetchall()}
    defaults = {contract.lake_name(name): column.default for name, column in contract.columns.items()}
    parts = []
    for name, kind in columns.items():
        value = f'"{name}"' if name in present else "null"
        if defaults.get(name) is not None:
            value = f"coalesce({value}, {str(defaults[name]).lower()!r})"
        parts.append(f'cast({value} as {kind}) as "{name}"')
    return f"select {', '.join(parts)} from {source}"


def _entry(
    arrival: Arrival, source: str, extract: str, file: str, rules_sha256: str, received_at: datetime
) -> dict[str, Any]:
    empty = dict.fromkeys(LEDGER_SCHEMA.names)
    return empty | {
        "source": source,
        "extract": extract,
        "delivery_id": arrival.delivery_id,
        "file": file,
        "received_at": received_at.astimezone(HELSINKI).replace(tzinfo=None),
        "manifest_sha256": arrival.manifest_sha256,
        "folder_state": arrival.folder_state,
        "rules_sha256": rules_sha256,
    }


def _about(delivery: Delivery, contract: Contract) -> dict[str, Any]:
    period = delivery.manifest.period if contract.period_column else None
    return {
        "nature": delivery.manifest.nature,
        "supplier": delivery.manifest.supplier,
        "replaces": delivery.manifest.replaces,
        "created_at": delivery.manifest.created_local,
        "period_from": period.start if period else None,
        "period_to": period.end if period else None,
        "whole_table": contract.whole_table,
        "part_of": contract.part_of,
        "counted_with": competing(delivery, contract),
    }


def _flat(arrival: Arrival) -> str:
    return f"{arrival.source}-{arrival.delivery_id}"


def _ledger_folder(settings: Settings) -> Path:
    return settings.lake / "_ledger"


def _checks_folder(settings: Settings) -> Path:
    return settings.lake / "_checks"


def _write_checks(settings: Settings, name: str, checks: list[dict[str, Any]]) -> None:
    path = _checks_folder(settings) / f"{name}.parquet"
    if checks:
        _write(path, checks, CHECK_SCHEMA)
    else:
        path.unlink(missing_ok=True)


def _forget_refusals(settings: Settings, arrival: Arrival) -> None:
    for folder in (_ledger_folder(settings), _checks_folder(settings)):
        for stale in folder.glob(f"{_flat(arrival)}.refused-*.parquet"):
            stale.unlink()


def _close_pending(settings: Settings, arrival: Arrival) -> None:
    for zone in (settings.lake, settings.restricted):
        shutil.rmtree(zone / "_pending" / arrival.name, ignore_errors=True)


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), partial)
    partial.replace(path)
