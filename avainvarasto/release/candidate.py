"""A release in the making: protected tables in a new file, and the gate that looks at them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import lake
from avainvarasto.disclosure.policy import load_thresholds
from avainvarasto.disclosure.primary import protected_columns
from avainvarasto.errors import ReleaseRefused
from avainvarasto.files import on_disk, sha256_of, sha256_of_tree, write_json
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.quality import gx
from avainvarasto.quality.receipts import Receipt, RuleResult
from avainvarasto.quality.suites import load_suite
from avainvarasto.release import figures, reference
from avainvarasto.release.published import PublishedTable, natures_of, published_tables
from avainvarasto.settings import Settings
from avainvarasto.warehouse import build

GATE = "candidate"
FILE = "release.duckdb"
RECORD = "release.json"
RECEIPT = "receipt.json"
# A table may lose at most half its rows from one release to the next without a person looking.
LEAST_SHARE_OF_ROWS = 0.5


@dataclass(frozen=True)
class Candidate:
    """A candidate folder and its id."""

    release_id: str
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / FILE


@on_disk
def make_candidate(settings: Settings) -> Candidate:
    """Protect every mart of the newest build and write them, with the reference tables, into a new file.

    Raises:
        BuildFailed: there is no build.
        ContractError: a mart or the thresholds do not say how to protect.
    """
    built, record = build.current(settings)
    tables = published_tables(built.with_suffix(".manifest.json"))
    thresholds = load_thresholds(settings.expectations)
    shutil.rmtree(_folder(settings), ignore_errors=True)
    release_id = f"r{datetime.now(HELSINKI):%Y%m%dT%H%M%S}"
    candidate = Candidate(release_id, _folder(settings) / release_id)
    candidate.folder.mkdir(parents=True)
    natures = natures_of(lake.accepted(settings))
    with duckdb.connect(str(candidate.file), config={"threads": settings.threads}) as connection:
        connection.execute(f"attach '{built}' as warehouse (read_only)")
        for table in tables:
            _publish(connection, table, thresholds.policies[table.disclosure.policy], release_id)
        figures.read_from_candidate(connection)
        reference.add(connection, tables, natures, record, release_id)
        connection.execute("detach warehouse")
        connection.execute("checkpoint")
    write_json(
        candidate.folder / RECORD,
        {
            "release_id": release_id,
            "build": record,
            "natures": {f"{table.schema}.{table.name}": table.nature(natures) for table in tables},
            "made_at": datetime.now(HELSINKI).isoformat(timespec="seconds"),
        },
    )
    return candidate


@on_disk
def judge_candidate(settings: Settings, run_id: str) -> Receipt:
    """Run the suite of every published table on the candidate and write the receipt.

    Raises:
        GateFailed: a table has no suite, or a suite could not be evaluated.
        ReleaseRefused: there is no candidate.
    """
    candidate = newest_candidate(settings)
    tables = published_tables(build.current(settings)[0].with_suffix(".manifest.json"))
    results: list[RuleResult] = []
    declared = 0
    filled = lake.filled(settings)
    for table in tables:
        suite = load_suite(_suites(settings) / f"{table.model}.yml")
        if table.may_be_empty(filled):
            suite = suite.allowing_no_rows()
        found = gx.run_suite(suite, candidate.file, table.schema, table.name)
        results += [
            RuleResult(f"{table.schema}.{table.name}: {r.rule}", r.severity, r.n_evaluated, r.n_unexpected, r.passed)
            for r in found
        ]
        declared += len(suite.expectations)
    since_last = _against_last_release(settings, candidate, tables)
    receipt = Receipt(
        GATE,
        candidate.release_id,
        run_id,
        sha256_of(candidate.file),
        suites_sha256(settings),
        declared + len(since_last),
        results + since_last,
    )
    receipt.write(candidate.folder / RECEIPT)
    return receipt


def newest_candidate(settings: Settings) -> Candidate:
    """The candidate that waits for activation.

    Raises:
        ReleaseRefused: there is none.
    """
    folders = sorted(path for path in _folder(settings).glob("*") if (path / RECORD).is_file())
    if not folders:
        raise ReleaseRefused(
            str(_folder(settings)),
            "there is no candidate",
            consequence="The active release stays.",
            remedy="run the whole night (make run)",
        )
    return Candidate(folders[-1].name, folders[-1])


def suites_sha256(settings: Settings) -> str:
    """Hash of the rules that a candidate is held against."""
    return sha256_of_tree(
        [*_suites(settings).glob("*.yml"), settings.expectations / "thresholds.yml"], settings.expectations
    )


def record_of(folder: Path) -> dict[str, Any]:
    """The record of a candidate or release."""
    content: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    return content


def _publish(connection: duckdb.DuckDBPyConnection, table: PublishedTable, policy: Any, release_id: str) -> None:
    columns = [column["name"] for column in table.columns]
    protected = protected_columns(columns, table.measures, table.disclosure, policy)
    leaving = ", ".join(f'"{column["name"]}"' for column in table.published_columns)
    order = ", ".join(f'"{name}"' for name in columns)
    connection.execute(f'create schema if not exists "{table.schema}"')
    connection.execute(
        f"""
        create table "{table.schema}"."{table.name}" as
        select {leaving}, suppressed, '{release_id}' as release_id
        from (select {protected} from warehouse.marts."{table.model}" order by {order})
        """
    )
    text = f"{table.label['fi']} | {table.description}".replace("'", "''")
    connection.execute(f"""comment on table "{table.schema}"."{table.name}" is '{text}'""")


def _against_last_release(settings: Settings, candidate: Candidate, tables: list[PublishedTable]) -> list[RuleResult]:
    """One rule a table that the active release has too: no more than half of its rows may be gone."""
    active = settings.release / "current.duckdb"
    if not active.exists():
        return []
    results = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{active.resolve()}' as active (read_only)")
        connection.execute(f"attach '{candidate.file}' as candidate (read_only)")
        known = set(
            connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'active'"
            ).fetchall()
        )
        for table in tables:
            if (table.schema, table.name) not in known:
                continue
            counts = connection.execute(
                f"""select (select count(*) from active."{table.schema}"."{table.name}"),
                           (select count(*) from candidate."{table.schema}"."{table.name}")"""
            ).fetchone()
            before, now = counts if counts else (0, 0)
            enough = now >= LEAST_SHARE_OF_ROWS * before
            rule = f"{table.schema}.{table.name}: rows since the last release"
            # A source that is gone takes its tables along; that is said, and stops nobody.
            severity = "warning" if now == 0 and table.may_be_empty(lake.filled(settings)) else "critical"
            results.append(RuleResult(rule, severity, before, 0 if enough else before - now, enough))
    return results


def _folder(settings: Settings) -> Path:
    return settings.release / "_candidate"


def _suites(settings: Settings) -> Path:
    return settings.expectations / "suites" / "candidate"
