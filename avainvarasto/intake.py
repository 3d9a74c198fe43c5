"""The landing step as a whole, in the four parts that a run calls: open, land, judge, commit.

Each part reads what the one before left under `lake/_pending`, and a delivery goes on only while it is open there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import lake
from avainvarasto.contracts import Contract, parts_of
from avainvarasto.disclosure.policy import load_thresholds
from avainvarasto.errors import AvainvarastoError, DeliveryRefused
from avainvarasto.files import on_disk, sha256_of, sha256_of_tree, write_json
from avainvarasto.home import holds_demo_key, keyring
from avainvarasto.landing import replacing
from avainvarasto.landing.deliveries import (
    HELSINKI,
    MANIFEST,
    NOTHING_LOADED,
    Arrival,
    DeliveredFile,
    Delivery,
    find_arrivals,
    open_delivery,
    reopen_delivery,
)
from avainvarasto.landing.door import FileCounts, Targets, clear_folder, clear_workrooms, land_file
from avainvarasto.pseudonymise import keys
from avainvarasto.quality import gx, receipts
from avainvarasto.quality.receipts import Receipt
from avainvarasto.quality.suites import Suite, load_suite
from avainvarasto.settings import Settings

GATE = "landing"
_OPEN = "open.json"


@dataclass
class Opened:
    """What the run found in the landing zone."""

    deliveries: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def rules_sha256(settings: Settings) -> str:
    """Hash of the contracts and landing suites: a refused delivery is looked at again when it changes."""
    folders = (settings.expectations / "contracts", settings.expectations / "suites" / "landing")
    return sha256_of_tree((p for folder in folders for p in folder.glob("*.yml")), settings.expectations)


@on_disk
def waiting(settings: Settings) -> tuple[list[Arrival], list[str]]:
    """Deliveries that the ledger does not know yet, and the names of folders still without delivery.yml."""
    arrivals, unfinished = find_arrivals(settings.landing)
    return lake.new_arrivals(settings, arrivals, rules_sha256(settings)), unfinished


def take_in(settings: Settings, contracts: Mapping[str, Contract], run_id: str) -> bool:
    """All four parts in one go, for what has arrived. A run calls them one by one.

    Returns:
        False if a landing suite was red: its delivery is refused, and the others wait for the next time.
    """
    if not open_arrivals(settings, contracts).deliveries:
        return True
    for extract in contracts:
        land_extract(settings, contracts, extract)
    judged = [receipt for extract in contracts for receipt in judge_extract(settings, contracts, extract, run_id)]
    if not all(receipt.passed for receipt in judged):
        return False
    commit_open(settings, contracts)
    return True


@on_disk
def open_arrivals(settings: Settings, contracts: Mapping[str, Contract]) -> Opened:
    """Check manifest and checksums of every new delivery; what an earlier run left pending is thrown away."""
    lake.clear_half_done(settings)
    clear_workrooms(settings)
    empty_landing(settings, datetime.now(UTC))
    arrivals, unfinished = waiting(settings)
    opened = Opened(unfinished=unfinished)
    known = replacing.of_ledger(lake.accepted(settings))
    for arrival in arrivals:
        taken = lake.taken_under(settings, arrival)
        try:
            if taken and taken[0]["manifest_sha256"] != arrival.manifest_sha256:
                raise _used_id(arrival)
            delivery = open_delivery(arrival, contracts)
            if taken:  # the same delivery, touched or sent again
                lake.note_folder_state(settings, arrival)
                continue
            _refuse_demo_key(settings, delivery)
            _refuse_future(delivery, datetime.now(UTC))
            known.append(replacing.check(delivery, known, contracts))
        except DeliveryRefused as refusal:
            reason = _used_id(arrival) if taken else refusal
            opened.refused.append(_refuse(settings, contracts, arrival, None, reason))
            continue
        extracts = sorted({file.extract for file in delivery.manifest.files})
        write_json(_pending(settings, arrival) / _OPEN, {"folder": str(arrival.folder), "extracts": extracts})
        opened.deliveries.append(arrival.name)
    return opened


@on_disk
def land_extract(settings: Settings, contracts: Mapping[str, Contract], extract: str) -> dict[str, FileCounts]:
    """Take every open file of an extract through the door.

    Returns:
        counts by `<source>/<delivery_id>/<file>`; a refused delivery is recorded, closed and left out.
    """
    counts: dict[str, FileCounts] = {}
    ring: keys.Keyring | None = None
    parts = parts_of(contracts, extract)
    for delivery, files in _open_files(settings, extract):
        contract = contracts[extract].as_written_by(delivery.manifest.supplier)
        try:
            for file in files:
                ring = ring or keyring(settings)
                targets = {
                    name: Targets(
                        lake.pending_file(settings, delivery, name, file.path),
                        lake.pending_texts(settings, delivery, name, file.path),
                    )
                    for name in [extract, *(part.extract for part in parts)]
                }
                counted = land_file(settings, contract, parts, delivery, file, ring, targets)
                for name, n in counted.items():
                    write_json(targets[name].rows.with_suffix(".counts.json"), asdict(n))
                counts[f"{delivery.arrival.name}/{file.path}"] = counted[extract]
        except DeliveryRefused as refusal:
            _refuse(settings, contracts, delivery.arrival, delivery, refusal)
            counts = {name: n for name, n in counts.items() if not name.startswith(delivery.arrival.name + "/")}
    return counts


@on_disk
def judge_extract(settings: Settings, contracts: Mapping[str, Contract], extract: str, run_id: str) -> list[Receipt]:
    """Run the extract's (or part's) suite on each pending file and leave a receipt beside it.

    A red one refuses the delivery.
    """
    suite = landing_suite(settings, extract)
    written = []
    for delivery, files in _open_files(settings, contracts[extract].part_of or extract):
        for file in files:
            pending = lake.pending_file(settings, delivery, extract, file.path)
            receipt = _judge(suite, pending, f"{delivery.arrival.name}/{file.path}", run_id)
            receipt.write(pending.with_suffix(".receipt.json"))
            written.append(receipt)
            try:
                receipts.require_passed([receipt])
            except AvainvarastoError as closed:
                _refuse(settings, contracts, delivery.arrival, delivery, closed, _check_rows(suite, receipt))
                break
    return written


@on_disk
def commit_open(settings: Settings, contracts: Mapping[str, Contract]) -> list[str]:
    """Move every open delivery into the lake, after verifying the receipt of each of its files.

    Raises:
        GateFailed: a file has no receipt, or one of other data, other rules or with a failing rule.
    """
    key = keyring(settings).key_id
    committed = []
    for delivery in _open_deliveries(settings):
        counts, checks = {}, []
        for file in delivery.manifest.files:
            for extract in (file.extract, *(part.extract for part in parts_of(contracts, file.extract))):
                pending = lake.pending_file(settings, delivery, extract, file.path)
                suite = landing_suite(settings, extract)
                data = sha256_of(pending) if pending.is_file() else ""
                receipt = receipts.verified(pending.with_suffix(".receipt.json"), GATE, data, suite.sha256)
                counted = FileCounts(**json.loads(pending.with_suffix(".counts.json").read_text()))
                checks += _check_rows(suite, receipt) + _text_rows(extract, receipt.run_id, counted)
                counts[extract, file.path] = counted
        lake.commit(
            settings,
            delivery,
            counts,
            contracts,
            checks=checks,
            rules_sha256=rules_sha256(settings),
            key_id=key,
            received_at=datetime.now(UTC),
        )
        committed.append(delivery.arrival.name)
    return committed


def empty_landing(settings: Settings, now: datetime) -> list[str]:
    """Remove deliveries that lie longer than the retention time, taken or refused; the aliases stay.

    Returns:
        the names of the deliveries removed.
    """
    days = load_thresholds(settings.expectations).retention["landing"].days
    before = now.astimezone(HELSINKI).replace(tzinfo=None) - timedelta(days=days)
    newest = {(r["source"], r["delivery_id"]): r["received_at"] for r in lake.ledger(settings)}
    for row in lake.ledger(settings):
        name = (row["source"], row["delivery_id"])
        newest[name] = max(newest[name], row["received_at"])
    emptied = []
    for (source, delivery_id), received_at in newest.items():
        folder = settings.landing / source / delivery_id
        if received_at < before and folder.is_dir() and not folder.is_symlink():
            clear_folder(settings, folder)
            emptied.append(f"{source}/{delivery_id}")
    return emptied


def landing_suite(settings: Settings, extract: str) -> Suite:
    """The suite of an extract."""
    return load_suite(settings.expectations / "suites" / "landing" / f"{extract}.yml")


def _judge(suite: Suite, pending: Path, subject: str, run_id: str) -> Receipt:
    database = pending.with_suffix(".duckdb")
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create view batch as from read_parquet('{pending}')")
    try:
        results = gx.run_suite(suite, database, "main", "batch")
    finally:
        database.unlink(missing_ok=True)
    return Receipt(GATE, subject, run_id, sha256_of(pending), suite.sha256, len(suite.expectations), results)


def _refuse_future(delivery: Delivery, now: datetime) -> None:
    """The newest delivery of a month counts: one from the future would count for ever."""
    if delivery.manifest.created_at > now + timedelta(days=1):
        raise DeliveryRefused(
            f"{delivery.arrival.name}/{MANIFEST}",
            "created_at lies in the future, and the newest delivery of a month counts",
            consequence=NOTHING_LOADED,
            remedy="correct created_at, or the clock of the machine that wrote it",
        )


def _refuse_demo_key(settings: Settings, delivery: Delivery) -> None:
    if delivery.manifest.nature == "confidential" and holds_demo_key(settings):
        raise DeliveryRefused(
            f"{delivery.arrival.name}/{MANIFEST}",
            "is confidential, and this home has a demo key and made-up persons",
            consequence=NOTHING_LOADED,
            remedy="set AVAINVARASTO_HOME to a home of its own with the controller's key",
        )


def _used_id(arrival: Arrival) -> DeliveryRefused:
    return DeliveryRefused(
        arrival.name,
        "this delivery_id was used before with other content",
        consequence="What was accepted under it stays; nothing of the new content was loaded.",
        remedy="deliver it under a new delivery_id (replaces: names the old one)",
    )


def _check_rows(suite: Suite, receipt: Receipt) -> list[dict[str, Any]]:
    """Results of a receipt as rows of `quality.checks`."""
    return [{"run_id": receipt.run_id, "suite": suite.name} | asdict(result) for result in receipt.results]


def _text_rows(extract: str, run_id: str, counts: FileCounts) -> list[dict[str, Any]]:
    """What was taken out of kept texts, as warnings: the supplier writes what the text should not hold."""
    texts = counts.texts.get("texts", 0)
    return [
        {
            "run_id": run_id,
            "suite": extract,
            "rule": f"kept texts hold no {kind}",
            "severity": "warning",
            "n_evaluated": texts,
            "n_unexpected": n,
            "passed": n == 0,
        }
        for kind, n in counts.texts.items()
        if kind != "texts"
    ]


def _refuse(
    settings: Settings,
    contracts: Mapping[str, Contract],
    arrival: Arrival,
    delivery: Delivery | None,
    refusal: AvainvarastoError,
    checks: list[dict[str, Any]] | None = None,
) -> str:
    lake.record_refusal(
        settings,
        arrival,
        delivery,
        f"{refusal.where}: {refusal.problem}. Remedy: {refusal.remedy}",
        contracts,
        checks=checks or [],
        rules_sha256=rules_sha256(settings),
        received_at=datetime.now(UTC),
    )
    return str(refusal)


def _pending(settings: Settings, arrival: Arrival) -> Path:
    return settings.lake / "_pending" / arrival.name


def _open_deliveries(settings: Settings, extract: str | None = None) -> Iterator[Delivery]:
    """Those that are still open, or of them those with a file of an extract; only these are read again."""
    for marker in sorted((settings.lake / "_pending").glob(f"*/*/{_OPEN}")):
        noted = json.loads(marker.read_text(encoding="utf-8"))
        if extract is None or extract in noted["extracts"]:
            yield reopen_delivery(Path(noted["folder"]))


def _open_files(settings: Settings, extract: str) -> Iterator[tuple[Delivery, list[DeliveredFile]]]:
    for delivery in _open_deliveries(settings, extract):
        yield delivery, [file for file in delivery.manifest.files if file.extract == extract]
