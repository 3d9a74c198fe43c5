"""One delivered file through the door: contract, quarantine, pseudonyms, pending Parquet.

The work happens in one in-memory database that ends with the file; its spill stays in the landing zone.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from avainvarasto.contracts import NEVER_IN_LAKE, Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.deliveries import NOTHING_LOADED, DeliveredFile, Delivery
from avainvarasto.landing.free_text import CODE, note_finds, text_of, write_restricted
from avainvarasto.landing.quarantine import write_quarantine
from avainvarasto.landing.readers import load
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.landing.rules import Rule, codes_of, given, lines, municipality_of, quoted, row_rules, value
from avainvarasto.pseudonymise import pseudonyms
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.settings import Settings

WORK = ".work-"
# Standing alone: six digits, a letter and three digits are in most hexadecimal pseudonyms somewhere.
_A_CODE = re.compile(rf"(?<![0-9A-Za-z]){CODE}")


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
    place = f"{delivery.arrival.name}/{file.path}"
    tables = [contract, *parts]
    with _workroom(settings, tables) as (connection, work):
        _use(connection, contract)
        delivered = load(Arriving(connection, delivery.file_path(file), contract, place, work, parts))
        if delivered != file.rows:
            raise _refuse(place, f"holds {delivered} rows, delivery.yml says {file.rows}", _again(contract))
        if delivered == 0 and not contract.may_be_empty:
            raise _refuse(place, f"is empty and {contract.extract} may not be", _again(contract))
        period = delivery.manifest.period
        rules = {c.extract: row_rules(c, (period.start, period.end) if period else None) for c in tables}
        for table in tables:
            _use(connection, table)
            _prepare(connection, settings, table, keyring, place)
            _judge(connection, table, rules[table.extract])
        _use(connection, contract)
        all_rules = rules[contract.extract] + _spread(connection, contract, parts, rules)
        quarantined = write_quarantine(connection, settings, contract, delivery, file, all_rules)
        if quarantined > contract.quarantine_limit * delivered:
            raise _refuse(
                place,
                f"{quarantined} of {delivered} rows break the contract, more than the "
                f"{contract.quarantine_limit:.1%} allowed; {_worst(connection)}",
                f"`avainvarasto deliveries quarantine {delivery.arrival.name}` shows them; then {_again(contract)}",
            )
        counts = {}
        for table in tables:
            _use(connection, table)
            loaded = _write_pending(connection, table, delivery, file, keyring, pending[table.extract].rows)
            texts = write_restricted(connection, table, pending[table.extract].texts)
            bad = quarantined if table is contract else _count(connection, "judged where broken is not null")
            counts[table.extract] = FileCounts(loaded + bad, loaded, bad, texts)
    return counts


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
        config={"threads": settings.threads, "temp_directory": str(work), "autoinstall_known_extensions": False}
    )
    try:
        for table in tables:
            connection.execute(f"create schema {quoted(table.extract)}")
        _registers(connection, settings)
        yield connection, work
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


def _use(connection: duckdb.DuckDBPyConnection, table: Contract) -> None:
    """Names of tables mean those of this extract or part; registers stand in `main`."""
    connection.execute(f"set search_path = '{table.extract},main'")


def _prepare(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, keyring: Keyring, place: str
) -> None:
    """Tables that the rules and the output join: pseudonyms of each hashed column, finds in texts."""
    note_finds(connection, contract)
    aliases = Aliases.load(settings.aliases_file)
    for name, column in contract.columns.items():
        domain = contract.pseudonym_domain(name)
        if domain is None:
            continue
        rows = connection.execute(f"select distinct {quoted(name)} from delivered").fetchall()
        codes = [row[0] for row in rows if row[0] is not None]
        if column.column_class == "key":
            hashed = pseudonyms.key_table(keyring, domain, codes)
        elif column.holds_ready_pseudonym:
            _refuse_codes(codes, name, contract, place)
            hashed = pseudonyms.ready_table(keyring, domain, codes)
        else:
            hashed = pseudonyms.identity_table(keyring, domain, codes, aliases)
        connection.register("hashed", hashed)
        connection.execute(f"create or replace table {codes_of(name)} as select * from hashed")
        connection.unregister("hashed")
        _refuse_collisions(connection, name, place)


def _registers(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Municipalities and counties that are known."""
    seeds = settings.project_root / "dbt" / "seeds"
    # A municipality that changed its region has a row for each; it existed from the first to the last.
    connection.execute(
        """
        create table municipalities as
        select municipality_code,
               case when count(valid_from) = count(*) then min(cast(valid_from as date)) end as valid_from,
               case when count(valid_to) = count(*) then max(cast(valid_to as date)) end as valid_to
        from read_csv($seed, all_varchar = true, header = true, nullstr = '')
        group by municipality_code
        """,
        {"seed": str(seeds / "municipality.csv")},
    )
    connection.execute(
        "create table counties as from read_csv($seed, all_varchar = true, header = true, nullstr = '')",
        {"seed": str(seeds / "county.csv")},
    )


def _refuse_codes(values: list[str], name: str, contract: Contract, place: str) -> None:
    """Identity codes where pseudonyms were agreed: the file was not made by the permit authority's process."""
    if any(_A_CODE.search(value) for value in values):
        raise _refuse(
            place,
            f"column '{name}' holds identity codes, and the contract says pseudonyms of permit {contract.permit}",
            f"take the file out of the landing zone, tell the data protection officer, and {_again(contract)}",
        )


def _refuse_collisions(connection: duckdb.DuckDBPyConnection, name: str, place: str) -> None:
    """Two different codes with one pseudonym would merge two persons."""
    row = connection.execute(
        f"""select count(*) from (
            select pseudonym from {codes_of(name)} where pseudonym is not null
            group by pseudonym having count(distinct canonical) > 1)"""
    ).fetchone()
    if row and row[0]:
        raise _refuse(place, f"two codes of column '{name}' share a pseudonym", "rotate the key and land again")


def _judge(connection: duckdb.DuckDBPyConnection, contract: Contract, rules: list[Rule]) -> None:
    """Table `judged`: the lake's columns, kept texts, and the number of the first broken rule (NULL for a good row)."""
    joins = []
    for name, column in contract.columns.items():
        if contract.pseudonym_domain(name) is not None:
            joins.append(f"left join {codes_of(name)} on {codes_of(name)}.raw = {given(name)}")
        if column.domain.municipality_on:
            known = municipality_of(name)
            joins.append(f"left join municipalities as {known} on {known}.municipality_code = {value(name)}")
    condition = " ".join(f"when {rule.broken} then {number}" for number, rule in enumerate(rules))
    connection.execute(
        f"""
        create table judged as
        select line.src_row, {_output(contract)}, case {condition} end as broken
        from {lines(contract)}
        {" ".join(joins)}
        """
    )


def _spread(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    parts: Sequence[Contract],
    rules: Mapping[str, list[Rule]],
) -> list[Rule]:
    """A record with a bad row in a part is bad, and all rows of a bad record are.

    Returns:
        the rules of the parts, numbered after those of the record, with the part in the column's name.
    """
    spread: list[Rule] = []
    for part in parts:
        offset = len(rules[contract.extract]) + len(spread)
        connection.execute(
            f"""
            update judged set broken = {offset} + bad.broken
            from (select src_row, min(broken) as broken from {quoted(part.extract)}.judged
                  where broken is not null group by src_row) as bad
            where bad.src_row = judged.src_row and judged.broken is null
            """
        )
        spread += [Rule(r.name, f"{part.extract}: {r.column}", r.broken) for r in rules[part.extract]]
    for part in parts:
        connection.execute(
            f"""
            update {quoted(part.extract)}.judged set broken = 0
            where broken is null and src_row in (select src_row from judged where broken is not null)
            """
        )
    return spread


def _output(contract: Contract) -> str:
    """SQL of the lake's columns and of the kept texts, in the contract's order."""
    parts = []
    for name, column in contract.columns.items():
        if column.keep_restricted:
            parts.append(f"{given(name)} as {quoted(text_of(name))}")
        if column.column_class in NEVER_IN_LAKE:
            continue
        lake_name = quoted(contract.lake_name(name))
        if contract.pseudonym_domain(name) is None:
            parts.append(f"{value(name)} as {lake_name}")
        else:
            parts.append(f"{codes_of(name)}.pseudonym as {lake_name}")
        if column.type == "partial_date":
            known = f"length(trim({given(name)}))"
            parts.append(f"case {known} when 4 then 'Y' when 7 then 'M' when 10 then 'D' end as date_precision")
        if contract.lake_name(name) == "person_key":
            parts.append(f"{codes_of(name)}.birth_year as code_birth_year, {codes_of(name)}.sex as code_sex")
    return ", ".join(parts)


def _worst(connection: duckdb.DuckDBPyConnection) -> str:
    """The rule broken most often, with its first line."""
    row = connection.execute(
        """select rule, broken_column, count(*), min(src_row) from quarantine
           group by all order by count(*) desc, rule limit 1"""
    ).fetchone()
    return f"most often '{row[0]}' of {row[1]} ({row[2]} rows, first in line {row[3]})" if row else ""


def _write_pending(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    delivery: Delivery,
    file: DeliveredFile,
    keyring: Keyring,
    pending: Path,
) -> int:
    columns = contract.lake_columns()
    own = {"delivery_id": "$delivery", "src_file": "$file"}
    select = ", ".join(
        f"cast({own.get(name, quoted(name))} as {kind}) as {quoted(name)}" for name, kind in columns.items()
    )
    order = ", ".join(map(quoted, contract.row_order))
    metadata = {"contract_version": str(contract.version), "key_id": keyring.key_id}
    pending.parent.mkdir(parents=True, exist_ok=True)
    row = connection.execute(
        f"""copy (select {select} from judged where broken is null order by {order})
            to '{pending}' (format parquet, compression zstd, kv_metadata {json.dumps(metadata).replace('"', "'")})""",
        {"delivery": delivery.manifest.delivery_id, "file": file.path},
    ).fetchone()
    return int(row[0]) if row else 0


def _count(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    row = connection.execute(f"select count(*) from {what}").fetchone()
    return int(row[0]) if row else 0


def _again(contract: Contract) -> str:
    return f"ask {contract.supplier} to deliver again under a new delivery_id"


def _refuse(where: str, problem: str, remedy: str) -> DeliveryRefused:
    return DeliveryRefused(where, problem, consequence=NOTHING_LOADED, remedy=remedy)
