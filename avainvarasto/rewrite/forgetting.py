"""Forgetting: rows of persons, or of a whole permit, leave the home; a record of what was done stays, none of whom.

Lake, kept texts and quarantine lose the rows in one journalled rewrite, which also removes builds, candidates and
the deliveries that were taken. Aggregated releases made before are withdrawn when the next one is active.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from avainvarasto import home, lake
from avainvarasto.contracts import Contract
from avainvarasto.errors import ForgetRefused
from avainvarasto.files import on_disk, write_json
from avainvarasto.landing.deliveries import find_arrivals
from avainvarasto.landing.door import clear_workrooms
from avainvarasto.landing.sql import literal
from avainvarasto.pseudonymise import hetu
from avainvarasto.pseudonymise.aliases import Aliases, read_pairs
from avainvarasto.release import withdrawal
from avainvarasto.rewrite import journal, leftovers
from avainvarasto.rewrite.cascade import Cascade
from avainvarasto.rewrite.journal import Rewrite
from avainvarasto.rewrite.merging import write_table
from avainvarasto.rewrite.writing import Writer, doom, new_tables
from avainvarasto.rewrite.zones import PERSON, HeldFile, held_files, workroom
from avainvarasto.settings import Settings

_NOTHING = "Nothing was forgotten."
Choose = Callable[[duckdb.DuckDBPyConnection, list[HeldFile]], None]


@dataclass(frozen=True)
class Forgotten:
    """What went: rows by extract and zone, builds, releases that will go, deliveries emptied.

    `waiting` are deliveries in the landing zone that were not taken, and may hold what was to be forgotten.
    """

    rows: dict[str, dict[str, int]]
    builds: list[str]
    releases: list[str]
    emptied: int
    waiting: list[str]


@on_disk
def forget_persons(settings: Settings, contracts: Mapping[str, Contract], given: Path) -> Forgotten:
    """Forget the persons whose identity codes stand in a file, one a line, under whatever code they are known.

    Raises:
        ForgetRefused: the file is no list of valid codes, or not every one is known here.
        KeyFileError: the key ring is not the one of the lake.
        ContractError: a file's extract has no contract any more.
    """
    codes = _read_codes(given)
    ring = home.keyring(settings)
    pairs = read_pairs(settings.aliases_file) if settings.aliases_file.exists() else []
    aliases = Aliases.of_pairs(pairs, settings.aliases_file)
    persons = [_all_codes(code, aliases) for code in codes]
    leaving = {code for person in persons for code in person}
    staying = [pair for pair in pairs if not leaving & set(pair)]
    pseudonyms = [[ring.pseudonym(PERSON, code) for code in sorted(person)] for person in persons]

    def choose(connection: duckdb.DuckDBPyConnection, files: list[HeldFile]) -> None:
        cascade = Cascade(connection, files)
        found = cascade.persons_found(pseudonyms)
        in_table = {number for number, person in enumerate(persons) if len(person) > 1}
        if unknown := len(persons) - len(found | in_table):
            raise ForgetRefused(
                str(given),
                f"{unknown} of {len(persons)} codes stand in no row of this home",
                consequence=_NOTHING,
                remedy="compare the codes with the request; with one code a file you see which are known. A person "
                "may have been forgotten already, or be in deliveries that wait in the landing zone only",
            )
        cascade.erase(value for values in pseudonyms for value in values)

    def also(rewrite: Rewrite) -> None:
        if staying != pairs:
            write_table(rewrite.stage(settings.aliases_file), staying)

    about = {"kind": "person"}
    extracts = {name for name, contract in contracts.items() if contract.hashed_columns()}
    return _forget(settings, contracts, about, extracts, choose, also)


@on_disk
def forget_permit(settings: Settings, contracts: Mapping[str, Contract], permit: str) -> Forgotten:
    """Forget every row of the extracts that are held under a data permit.

    Raises:
        ForgetRefused: no contract names the permit, or nothing of it is here.
        ContractError: a file's extract has no contract any more.
    """
    extracts = {name for name, contract in contracts.items() if contract.permit == permit}
    if not extracts:
        known = ", ".join(sorted({contract.permit for contract in contracts.values() if contract.permit})) or "none"
        raise ForgetRefused(
            permit,
            f"no contract is held under this permit; known: {known}",
            consequence=_NOTHING,
            remedy="give the permit as `permit` in expectations/contracts writes it",
        )

    def choose(connection: duckdb.DuckDBPyConnection, files: list[HeldFile]) -> None:
        found = 0
        for file in files:
            if file.contract.extract in extracts and file.zone != "restricted":
                path = literal(str(file.path))
                found += doom(connection, f"select {path} as filename, src_row from read_parquet({path})")
        if not found:
            raise ForgetRefused(
                permit,
                "no row of this permit's extracts is in this home",
                consequence=_NOTHING,
                remedy="nothing is to be done, unless a delivery of it waits in the landing zone",
            )

    return _forget(settings, contracts, {"kind": "permit", "permit": permit}, extracts, choose, lambda _rewrite: None)


def _forget(
    settings: Settings,
    contracts: Mapping[str, Contract],
    about: dict[str, str],
    extracts: set[str],
    choose: Choose,
    also: Callable[[Rewrite], None],
) -> Forgotten:
    started = datetime.now().astimezone()
    clear_workrooms(settings)
    with journal.begin(settings) as rewrite:
        files = held_files(settings, contracts)
        with workroom(settings, rewrite) as connection:
            new_tables(connection)
            choose(connection, files)
            writer = Writer(settings, rewrite, connection, frozenset())
            for file in files:
                writer.write(file)
            writer.write_ledger()
        also(rewrite)
        rows: dict[str, dict[str, int]] = {}
        for (extract, zone), n in sorted(writer.gone.items()):
            rows.setdefault(extract, {})[zone] = n
        from_the_lake = any("lake" in zones for zones in rows.values())
        releases = withdrawal.standing(settings) if from_the_lake else []
        if releases:
            named = sorted({*withdrawal.pending(settings), *releases})
            write_json(rewrite.stage(withdrawal.pending_file(settings)), {"releases": named})
        builds = leftovers.builds(settings)
        for path in leftovers.of_unit_level(settings):
            rewrite.remove(path)
        taken, waiting = _in_landing(settings, extracts)
        for folder in taken:
            rewrite.remove(folder)
        rewrite.record(
            settings.lake / "_forgotten" / f"{started:%Y%m%dT%H%M%S%f}.json",
            {
                **about,
                "started": started.isoformat(timespec="seconds"),
                "rows": rows,
                "builds": builds,
                "releases": releases,
            },
        )
        rewrite.commit()
    return Forgotten(rows, builds, releases, len(taken), waiting)


def _read_codes(given: Path) -> list[str]:
    try:
        lines = given.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(given), f"cannot be read ({type(error).__name__})") from None
    codes = {number: hetu.canonical(line) for number, line in enumerate(lines, start=1) if line.strip()}
    for number, code in codes.items():
        if not hetu.is_valid(code):
            raise _unreadable(f"{given} line {number}", "is not a valid identity code")
    if not codes:
        raise _unreadable(str(given), "holds no code")
    return list(dict.fromkeys(codes.values()))


def _unreadable(where: str, problem: str) -> ForgetRefused:
    return ForgetRefused(where, problem, consequence=_NOTHING, remedy="write one identity code a line, nothing else")


def _all_codes(code: str, aliases: Aliases) -> set[str]:
    """Every code under which the person of one of them is or was known."""
    newest = aliases.resolve(code)
    return {newest} | {old for old, new in aliases.newest.items() if new == newest}


def _in_landing(settings: Settings, extracts: set[str]) -> tuple[list[Path], list[str]]:
    """Folders of deliveries that were taken with any of these extracts, and the names of those not taken."""
    taken: dict[tuple[str, str, str], set[str]] = {}
    for row in lake.accepted(settings):
        taken.setdefault((row["source"], row["delivery_id"], row["manifest_sha256"]), set()).add(row["extract"])
    arrivals, waiting = find_arrivals(settings.landing)
    folders = []
    for arrival in arrivals:
        of = taken.get((arrival.source, arrival.delivery_id, arrival.manifest_sha256))
        if of is None:
            waiting.append(arrival.name)
        elif of & extracts:
            folders.append(arrival.folder)
    return folders, sorted(waiting)
