"""Which rows go when a person goes: theirs, and what is about nobody else.

Driven by the contracts alone. A row goes if it holds an erased person or an erased id. An id of a row that went is
erased itself when nobody else needs it: no row that stays and has a person carries it, and no row that stays of the
extract that gives the id out. So the household of a lone person goes with its months and payments, and that of a
couple stays while one of them does.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.rewrite.writing import doom
from avainvarasto.rewrite.zones import PERSON, HeldFile, read


class Cascade:
    """The pseudonyms of lake and quarantine, by extract, and what of them is erased."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, files: Iterable[HeldFile]) -> None:
        self._connection = connection
        self._contracts: dict[str, Contract] = {}
        self._columns: dict[str, dict[str, str]] = {}
        by_extract: dict[str, list[HeldFile]] = {}
        for file in files:
            if file.zone != "restricted" and file.contract.hashed_columns():
                by_extract.setdefault(file.contract.extract, []).append(file)
        for extract, held in by_extract.items():
            self._contracts[extract] = held[0].contract
            self._columns[extract] = held[0].contract.hashed_columns()
            zones = [[file for file in held if file.zone == zone] for zone in ("lake", "quarantine")]
            parts = [read(of_zone, list(self._columns[extract])) for of_zone in zones if of_zone]
            connection.execute(f"create table {_rows(extract)} as {' union all '.join(parts)}")
        connection.execute("create table erased (domain varchar, value bigint)")

    def persons_found(self, pseudonyms: list[list[int]]) -> set[int]:
        """Of persons, each given by all pseudonyms that may stand for one, the places of those who have a row."""
        numbers = [(number, value) for number, values in enumerate(pseudonyms) for value in values]
        self._register(numbers, "sought")
        parts = [f"select {quoted(name)} as value from {_rows(e)}" for e, name in self._person_columns()]
        if not parts:
            return set()
        rows = self._connection.execute(
            f"select distinct sought.number from sought where value in ({' union all '.join(parts)})"
        ).fetchall()
        return {row[0] for row in rows}

    def erase(self, pseudonyms: Iterable[int]) -> None:
        """Put every row that goes with these persons on the list of the doomed."""
        self._register([(0, value) for value in pseudonyms], "persons")
        self._connection.execute(f"insert into erased select {literal(PERSON)}, value from persons")
        while self._doom_rows():
            self._erase_ids()

    def _register(self, rows: list[tuple[int, int]], name: str) -> None:
        table = pa.table(
            {"number": pa.array([n for n, _ in rows], pa.int64()), "value": pa.array([v for _, v in rows], pa.int64())}
        )
        self._connection.register("given", table)
        self._connection.execute(f"create or replace table {name} as from given")
        self._connection.unregister("given")

    def _doom_rows(self) -> int:
        """Rows with anything erased; kept in `fresh` until their ids were looked at."""
        self._connection.execute("create or replace table before as from doomed")
        total = 0
        for extract, columns in self._columns.items():
            hits = " or ".join(
                f"{quoted(name)} in (select value from erased where domain = {literal(domain)})"
                for name, domain in columns.items()
            )
            total += doom(self._connection, f"select filename, src_row from {_rows(extract)} where {hits}")
        self._connection.execute("create or replace table fresh as from doomed except from before")
        return total

    def _erase_ids(self) -> None:
        """Ids of the rows just doomed that nobody who stays needs."""
        domains = {domain for columns in self._columns.values() for domain in columns.values()}
        for domain in sorted(domains - self._domains_of_persons()):
            lost = self._union(domain, "semi join fresh using (filename, src_row)", list(self._columns))
            kept = self._union(domain, "anti join doomed using (filename, src_row)", self._keepers(domain), whole=True)
            self._connection.execute(
                f"""insert into erased
                    select {literal(domain)}, value from ({lost})
                    where value is not null and value not in (select value from ({kept}) where value is not null)
                    except from erased"""
            )

    def _union(self, domain: str, which: str, extracts: list[str], *, whole: bool = False) -> str:
        """SQL of the values of a domain in rows of the extracts; `whole` leaves out rows without any known person."""
        parts = ["select cast(null as bigint) as value where false"]
        for extract in extracts:
            persons = [name for e, name in self._person_columns(any_kind=True) if e == extract] if whole else []
            known = " or ".join(f"{quoted(name)} is not null" for name in persons) or "true"
            parts += [
                f"select {quoted(name)} as value from {_rows(extract)} {which} where ({known})"
                for name, of in self._columns[extract].items()
                if of == domain
            ]
        return " union all ".join(parts)

    def _keepers(self, domain: str) -> list[str]:
        """Extracts whose rows keep an id alive: those about persons, and the one that gives it out."""
        about_persons = {extract for extract, _ in self._person_columns(any_kind=True)}
        return [e for e in self._columns if e in about_persons or domain.partition(".")[0] == e]

    def _person_columns(self, *, any_kind: bool = False) -> list[tuple[str, str]]:
        """Extract and column of each identifier; `any_kind` includes a permit authority's pseudonyms."""
        return [
            (extract, contract.lake_name(name))
            for extract, contract in self._contracts.items()
            for name in contract.identifiers()
            if any_kind or contract.pseudonym_domain(name) == PERSON
        ]

    def _domains_of_persons(self) -> set[str]:
        columns = self._person_columns(any_kind=True)
        return {PERSON} | {self._columns[extract][name] for extract, name in columns}


def _rows(extract: str) -> str:
    return quoted(f"rows of {extract}")
