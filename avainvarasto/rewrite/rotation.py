"""A new key: every pseudonym of the home is hashed once more, so that whoever knows the old keys only finds nobody.

No identity code is needed. Equal pseudonyms of a domain stay equal, so joins after are joins before; later
deliveries pass the old keys and then the new one, and meet the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from avainvarasto import home
from avainvarasto.contracts import Contract
from avainvarasto.errors import KeyFileError
from avainvarasto.files import on_disk
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.pseudonymise import keys
from avainvarasto.rewrite import journal, leftovers
from avainvarasto.rewrite.writing import MAPPING_SCHEMA, Writer, add_mapping, new_tables
from avainvarasto.rewrite.zones import HeldFile, held_files, workroom
from avainvarasto.settings import Settings

_ATTEMPTS = 5


@dataclass(frozen=True)
class Rotated:
    """What a rotation did, in figures."""

    key_id: str
    n_keys: int
    n_files: int
    n_pseudonyms: int


@on_disk
def rotate(settings: Settings, contracts: Mapping[str, Contract]) -> Rotated:
    """Add a key to the ring and write lake, restricted texts, quarantine and ledger under it; drop the builds.

    Raises:
        KeyFileError: the key ring is not the one of the lake.
        ContractError: a file's extract has no contract any more.
    """
    ring = home.keyring(settings)
    with journal.begin(settings) as rewrite:
        files = held_files(settings, contracts)
        with workroom(settings, rewrite) as connection:
            new_tables(connection)
            domains = frozenset(domain for file in files for domain in file.pseudonyms.values())
            key, n_pseudonyms = _map_all(connection, files, domains)
            rotated = keys.Keyring((*ring.keys, key))
            keys.write_key(rewrite.stage(keys.rotation_file(settings.person_key_file, len(rotated.keys))), key)
            writer = Writer(settings, rewrite, connection, domains, rotated.key_id)
            for file in files:
                writer.write(file)
            writer.write_ledger()
        for path in leftovers.of_unit_level(settings):
            rewrite.remove(path)
        rewrite.commit()
    return Rotated(rotated.key_id, len(rotated.keys), len(files), n_pseudonyms)


def _map_all(connection: duckdb.DuckDBPyConnection, files: list[HeldFile], domains: Iterable[str]) -> tuple[bytes, int]:
    """A key under which no two pseudonyms of a domain meet, and the mapping of each domain to it."""
    for _ in range(_ATTEMPTS):
        key, total = keys.random_key(), 0
        for domain in sorted(domains):
            old = _values(connection, files, domain)
            new = [keys.wrapped(key, domain, value) for value in old]
            if len(set(new)) < len(new):
                break
            nothing = [None] * len(old)
            add_mapping(connection, domain, pa.table([old, new, nothing, nothing], schema=MAPPING_SCHEMA))
            total += len(old)
        else:
            return key, total
    raise KeyFileError(
        "the new key",
        f"two pseudonyms became one under each of {_ATTEMPTS} random keys, which chance does not do",
        consequence="Nothing was rewritten.",
        remedy="report it: this is a fault of the program or of the system's random numbers",
    )


def _values(connection: duckdb.DuckDBPyConnection, files: list[HeldFile], domain: str) -> list[int]:
    """Distinct pseudonyms of a domain, in whatever column of whatever file."""
    parts = [
        f"select {quoted(name)} as value from read_parquet({literal(str(file.path))})"
        for file in files
        for name, of in file.pseudonyms.items()
        if of == domain
    ]
    rows = connection.execute(
        f"select distinct value from ({' union all '.join(parts)}) where value is not null order by value"
    ).fetchall()
    return [row[0] for row in rows]
