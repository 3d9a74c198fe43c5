"""One delivered file through the door: contract, pseudonyms, quarantine, pending Parquet.

The work happens in one in-memory database that ends with the file; its spill stays in the landing zone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.areas import register_areas
from avainvarasto.landing.deliveries import NOTHING_LOADED, DeliveredFile, Delivery
from avainvarasto.landing.free_text import write_restricted
from avainvarasto.landing.judged import BROKEN, Judged, bad_rows, take_out
from avainvarasto.landing.judging import judge
from avainvarasto.landing.quarantine import write_quarantine
from avainvarasto.landing.readers import load, reading
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.landing.rules import Rule, row_rules
from avainvarasto.landing.sql import quoted
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.settings import Settings

WORK = ".work-"
MEMORY = "256MB"  # of the database; what repeated keys need beyond it spills into the workroom
AHEAD = "64MB"  # rows that may be ready while others are written: reading and writing use a core each


@dataclass(frozen=True)
class FileCounts:
    """What became of the rows of one file; delivered = loaded + quarantined.

    `texts` counts kept texts and, by kind, those in which something was taken out.
    """

    n_delivered: int
    n_loaded: int
    n_quarantined: int
    texts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Targets:
    """Where the accepted rows of a file and its kept texts wait for their suite."""

    rows: Path
    texts: Path


def land_file(
    settings: Settings,
    contract: Contract,
    parts: Sequence[Contract],
    delivery: Delivery,
    file: DeliveredFile,
    keyring: Keyring,
    pending: Mapping[str, Targets],
) -> dict[str, FileCounts]:
    """Take one file through the door and write its accepted rows to `pending`, for the extract and each of its parts.

    Rows that break a rule are written, redacted, to the quarantine zone. A record of a document goes there whole.

    Returns:
        counts by extract and part; those of a part count its own rows.

    Raises:
        DeliveryRefused: layout or row count differ, the file is empty, two codes share a pseudonym, or more rows
            are bad than the contract allows.
    """
    tables = [contract, *parts]
    with _workroom(settings, tables) as (connection, work):
        place = f"{delivery.arrival.name}/{file.path}"
        arriving = Arriving(connection, delivery.file_path(file), contract, place, work, parts)
        _use(connection, contract)
        load(arriving)
        judged, aliases = {}, Aliases.load(settings.aliases_file)
        for table in tables:
            _use(connection, table)
            rules = row_rules(table, delivery.manifest.span)
            metadata = {"contract_version": str(table.version), "key_id": keyring.key_id}
            judged[table.extract] = one = Judged(table, place, rules, pending[table.extract].rows, work, metadata)
            constants = {"delivery_id": delivery.manifest.delivery_id, "src_file": file.path}
            with reading(arriving):
                judge(connection, one, keyring, aliases, constants)
        main, of_parts = judged[contract.extract], [judged[part.extract] for part in parts]
        _refuse_counts(main, file, place)
        rules = [*main.rules, *_spread(connection, main, of_parts)]
        _use(connection, contract)
        quarantined = write_quarantine(connection, settings, contract, delivery, file, rules, bad_rows(main))
        if quarantined > contract.quarantine_limit * main.n_delivered:
            raise _refuse(
                place,
                f"{quarantined} of {main.n_delivered} rows break the contract, more than the "
                f"{contract.quarantine_limit:.1%} allowed; {_worst(connection)}",
                f"`avainvarasto deliveries quarantine {delivery.arrival.name}` shows them; then {_again(contract)}",
            )
        counts = {}
        for name, one in judged.items():
            texts = write_restricted(connection, one.contract, one.texts, bad_rows(one), pending[name].texts)
            counts[name] = FileCounts(one.n_delivered, one.n_good, one.n_bad, texts)
    return counts


def _refuse_counts(judged: Judged, file: DeliveredFile, place: str) -> None:
    contract, delivered = judged.contract, judged.n_delivered
    if delivered != file.rows:
        raise _refuse(place, f"holds {delivered} rows, delivery.yml says {file.rows}", _again(contract))
    if delivered == 0 and not contract.may_be_empty:
        raise _refuse(place, f"is empty and {contract.extract} may not be", _again(contract))


def clear_workrooms(settings: Settings) -> None:
    """Remove what a run that was killed left half read in the landing zone."""
    for left in settings.landing.glob(f"{WORK}*"):
        shutil.rmtree(left)


def clear_folder(settings: Settings, folder: Path) -> None:
    """Remove a delivery's folder; moved aside first, so that one cut short is finished by `clear_workrooms`."""
    aside = settings.landing / f"{WORK}{folder.parent.name}-{folder.name}"
    folder.rename(aside)
    shutil.rmtree(aside)


@contextmanager
def _workroom(settings: Settings, tables: Sequence[Contract]) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database with a schema a table, and a folder, both inside the landing zone, both gone afterwards."""
    settings.landing.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=settings.landing))
    connection = duckdb.connect(
        config={
            "threads": settings.threads,
            "temp_directory": str(work),
            "memory_limit": MEMORY,
            "autoinstall_known_extensions": False,
        }
    )
    try:
        connection.execute(f"set streaming_buffer_size = '{AHEAD}'")
        for table in tables:
            connection.execute(f"create schema {quoted(table.extract)}")
        register_areas(connection, settings.project_root / "dbt" / "seeds")
        yield connection, work
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


def _use(connection: duckdb.DuckDBPyConnection, table: Contract) -> None:
    """Names of tables mean those of this extract or part; registers stand in `main`."""
    connection.execute(f"set search_path = '{table.extract},main'")


def _spread(connection: duckdb.DuckDBPyConnection, record: Judged, parts: Sequence[Judged]) -> list[Rule]:
    """A record with a bad row in a part is bad, and all rows of a bad record are.

    Returns:
        the rules of the parts, numbered after those of the record, with the part in the column's name.
    """
    spread: list[Rule] = []
    for part in parts:
        offset = len(record.rules) + len(spread)
        for number, rule in enumerate(part.rules):
            spread.append(Rule(rule.name, f"{part.contract.extract}: {rule.column}", rule.broken))
            bad = f"select distinct src_row from {bad_rows(part)} where {BROKEN} = {number}"
            rows = connection.execute(f"{bad} except select src_row from {bad_rows(record)}").to_arrow_table()
            take_out(record, rows.column("src_row").combine_chunks(), offset + number)
    for part in parts:
        rows = connection.execute(f"select distinct src_row from {bad_rows(record)}").to_arrow_table()
        take_out(part, rows.column("src_row").combine_chunks(), 0)
    return spread


def _worst(connection: duckdb.DuckDBPyConnection) -> str:
    """The rule broken most often, with its first line."""
    row = connection.execute(
        """select rule, broken_column, count(*), min(src_row) from quarantine
           group by all order by count(*) desc, rule limit 1"""
    ).fetchone()
    return f"most often '{row[0]}' of {row[1]} ({row[2]} rows, first in line {row[3]})" if row else ""


def _again(contract: Contract) -> str:
    return f"ask {contract.supplier} to deliver again under a new delivery_id"


def _refuse(where: str, problem: str, remedy: str) -> DeliveryRefused:
    return DeliveryRefused(where, problem, consequence=NOTHING_LOADED, remedy=remedy)
