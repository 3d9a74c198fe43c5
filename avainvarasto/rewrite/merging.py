"""Changed identity codes of persons who are in the lake already: the old code's rows become the new one's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from avainvarasto import home
from avainvarasto.contracts import Contract
from avainvarasto.errors import KeyFileError
from avainvarasto.files import on_disk
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.pseudonymise import hetu
from avainvarasto.pseudonymise.aliases import Aliases, read_pairs, table_text
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.rewrite import journal
from avainvarasto.rewrite.writing import MAPPING_SCHEMA, Writer, add_mapping, doom, new_tables
from avainvarasto.rewrite.zones import PERSON, HeldFile, held_files, workroom
from avainvarasto.settings import Settings


@dataclass(frozen=True)
class Merged:
    """What new aliases did, in figures."""

    n_new: int
    n_pairs: int
    n_files: int
    n_dropped: int


@on_disk
def merge(settings: Settings, contracts: Mapping[str, Contract], given: Path) -> Merged:
    """Add the pairs of a file to the home's table of aliases, and read the lake as the door will from now on.

    Where old and new code both have a row of the same key in one file, the row of the new code stays.

    Raises:
        KeyFileError: the file or what it makes of the table is wrong, or the key ring is not the one of the lake.
        ContractError: a file's extract has no contract any more.
    """
    known = read_pairs(settings.aliases_file) if settings.aliases_file.exists() else []
    pairs = read_pairs(given)
    Aliases.of_pairs(pairs, given)
    _hold_against(dict(known), pairs, given)
    together = sorted({*known, *pairs})
    aliases = Aliases.of_pairs(together, given)
    ring = home.keyring(settings)
    with journal.begin(settings) as rewrite:
        files = held_files(settings, contracts)
        with workroom(settings, rewrite) as connection:
            new_tables(connection)
            add_mapping(connection, PERSON, _mapping(aliases, ring))
            for file in files:
                _doom_doubles(connection, file)
            writer = Writer(settings, rewrite, connection, frozenset({PERSON}))
            written = sum(writer.write(file) for file in files)
            writer.write_ledger()
        write_table(rewrite.stage(settings.aliases_file), together)
        rewrite.commit()
    dropped = sum(n for (_extract, zone), n in writer.gone.items() if zone == "lake")
    return Merged(len(together) - len(set(known)), len(together), written, dropped)


def write_table(path: Path, pairs: list[tuple[str, str]]) -> None:
    """The table in a file that only its owner may read, from its first moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(table_text(pairs))


def _hold_against(known: Mapping[str, str], pairs: list[tuple[str, str]], given: Path) -> None:
    for number, (old, new) in enumerate(pairs, start=2):
        if known.get(old, new) != new:
            raise KeyFileError(
                f"{given} line {number}",
                "the table of this home has another new code for this old one",
                consequence="The table of aliases stays as it was, and nothing was rewritten.",
                remedy="ask the supplier which is right; rows that were joined wrongly are mended by landing the "
                "deliveries again in a new home",
            )


def _mapping(aliases: Aliases, ring: Keyring) -> pa.Table:
    rows = [
        (ring.pseudonym(PERSON, old), ring.pseudonym(PERSON, new), hetu.birth_year(new), hetu.sex(new))
        for old, new in sorted(aliases.newest.items())
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    return pa.table(columns, schema=MAPPING_SCHEMA)


def _doom_doubles(connection: duckdb.DuckDBPyConnection, file: HeldFile) -> None:
    """Rows of a lake file that the mapping gives the key of another row: that of the newest code stays, or the last."""
    contract = file.contract
    key = [contract.lake_name(name) for name in contract.key]
    persons = [name for name in key if file.pseudonyms.get(name) == PERSON]
    if file.zone != "lake" or not persons:
        return
    path = literal(str(file.path))
    joins, renamed = [], []
    for name in persons:
        other = quoted(f"new {name}")
        joins.append(f'left join "mapping of {PERSON}" as {other} on {other}.old = f.{quoted(name)}')
        renamed.append(f"{other}.old is not null")
    by = [f"coalesce({quoted(f'new {n}')}.new, f.{quoted(n)})" if n in persons else f"f.{quoted(n)}" for n in key]
    first = f"({' or '.join(renamed)}), f.src_row desc"
    doom(
        connection,
        f"""select {path} as filename, f.src_row
            from read_parquet({path}) as f {" ".join(joins)}
            qualify row_number() over (partition by {", ".join(by)} order by {first}) > 1""",
    )
