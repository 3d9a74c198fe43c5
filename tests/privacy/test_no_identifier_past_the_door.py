"""Nothing that names a person leaves the landing zone: not in tables, files, logs, metadata or output."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from avainvarasto.synthetic import canaries
from avainvarasto.synthetic.canary import PER_SOURCE, SOURCES
from tests.conftest import Night
from tests.privacy.leak_needles import ANY_CODE, SOME_CANARY, Hit, Needles
from tests.privacy.leak_scan import BYTES, Scan, scan_tree

pytestmark = pytest.mark.privacy


def test_no_identifier_is_found_outside_the_landing_zone(night_scan: Scan) -> None:
    assert night_scan.leaks == []


def test_nothing_in_the_home_is_closed_to_the_scan(night_scan: Scan) -> None:
    assert night_scan.unreadable == []


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("warehouse/builds/*.duckdb", "core.dim_person.person_key"),
        ("warehouse/builds/*.duckdb", "staging.stg_kela_person.person_key"),
        ("warehouse/builds/*.duckdb", "definitions of views"),
        ("release/*/release.duckdb", "kela_flow.funnel.n_persons"),
        ("release/*/parquet/kela_flow.funnel.parquet", "metadata"),
        ("release/*/xlsx/kela_flow.funnel.xlsx", "xl/worksheets/sheet1.xml"),
        ("release/*/csv/kela_flow.funnel.csv", BYTES),
        ("release/*/receipt.json", BYTES),
        ("lake/kela/kela_person/*.parquet", "person_key"),
        ("lake/etotu/etotu_event/*.parquet", "metadata"),
        ("quarantine/kela/*/kela_person-person.parquet", "rule"),
        ("quarantine/etotu/*/etotu_notification-notification.parquet", "content"),
        ("dagster/history/runs.db", "runs.run_body"),
        ("dagster/history/runs/*.db", "event_logs.event"),
        ("dagster/storage/*/compute_logs/*.err", BYTES),
        ("dbt/*/manifest.json", BYTES),
        ("dbt/*/run/*.sql", BYTES),
        ("logs/*.log", BYTES),
    ],
)
def test_the_scan_looked_into(night_scan: Scan, file: str, place: str) -> None:
    assert [seen for seen, inside in night_scan.looked if fnmatch(seen, file) and inside == place]


def test_every_file_outside_the_exempt_zones_was_looked_at(night: Night, night_scan: Scan) -> None:
    home = night.settings.home
    files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and not path.is_symlink()}
    expected = {file for file in files if not file.startswith(("landing/", "keys/"))}
    assert expected <= {file for file, place in night_scan.looked if place == BYTES}
    assert len(expected) < len(files)


def test_the_output_of_the_night_names_nobody(night: Night, needles: Needles) -> None:
    assert night.output.strip()
    assert needles.search(night.output.encode()) == {}
    # A value that a table breaks over two lines is still there to read.
    assert needles.search(re.sub(r"[\s│]+", " ", night.output).encode()) == {}


@pytest.mark.parametrize("source", SOURCES)
def test_the_delivered_files_hold_the_canaries_and_the_scan_finds_them(
    night: Night, needles: Needles, source: str
) -> None:
    delivered = scan_tree(night.settings.landing / source, needles, exempt=())
    found = {finding.hit for finding in delivered.leaks}
    named = [f"canary {number} ({source})" for number, canary in enumerate(canaries(), 1) if canary.source == source]
    assert len(named) == PER_SOURCE
    for who in named:
        for kind in ("identity code", "name", "address", "phone"):
            assert Hit(who, kind, "plain") in found
    assert Hit(SOME_CANARY, "part of the name", "plain") in found
    assert ANY_CODE in found


def test_the_people_of_rows_in_quarantine_are_found_where_they_were_delivered(night: Night, needles: Needles) -> None:
    delivered = scan_tree(night.settings.landing, needles, exempt=())
    found = {(finding.hit.who, finding.hit.kind) for finding in delivered.leaks if finding.hit}
    for extract in ("kela_person", "kela_person_month", "etotu_notification"):
        assert (f"quarantined row of {extract}", "identity code") in found
