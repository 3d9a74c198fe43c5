"""A lake written straight from the made-up country is the lake that landing its deliveries would have made."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake
from avainvarasto.errors import HomeRefused, KeyFileError
from avainvarasto.home import keyring
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.country.traps import ALL_PLANTED, LATE_DATA, OLD_CODES
from avainvarasto.synthetic.sources import lake_files
from avainvarasto.synthetic.sources.deliver import deliver
from avainvarasto.synthetic.sources.lake_files import person_months, scale_for, write_lake
from tests.deliveries import CONTRACTS, a_home

pytestmark = pytest.mark.unit

MUNICIPALITIES = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
EXTRACTS = [
    "kela_household_month",
    "kela_person_month",
    "kela_income_line",
    "kela_expense_line",
    "kela_decision",
    "kela_payment",
    "kela_coverage",
    "kela_person",
    "kela_household",
    "etotu_notification",
    "etotu_event",
]
OF_THE_FOLDER = {"received_at", "sha256", "manifest_sha256", "rules_sha256", "key_id", "folder_state", "lake_sha256"}
# Columns that hold the same pseudonyms, in pairs.
JOINS = [
    ("kela_person_month.person_key", "kela_person.person_key"),
    ("kela_income_line.person_key", "kela_person.person_key"),
    ("kela_household.applicant_key", "kela_person.person_key"),
    ("kela_household.spouse_key", "kela_person.person_key"),
    ("etotu_notification.person_key", "kela_person_month.person_key"),
    ("kela_household_month.household_key", "kela_household.household_key"),
    ("kela_person_month.household_key", "kela_household.household_key"),
    ("kela_expense_line.household_key", "kela_household_month.household_key"),
    ("kela_decision.household_key", "kela_household.household_key"),
    ("kela_payment.household_key", "kela_household.household_key"),
    ("kela_payment.decision_id", "kela_decision.decision_id"),
    ("kela_payment.payment_id", "kela_decision.decision_id"),
    ("kela_decision.corrected_decision_id", "kela_decision.decision_id"),
    ("kela_decision.application_id", "kela_decision.application_id"),
    ("etotu_event.notification_id", "etotu_notification.notification_id"),
]


def a_country(scale: float = 0.003, last: str = "2020-02") -> Country:
    """Without what only deliveries have: rows that are wrong on purpose, months that are sent before they are whole."""
    traps = ALL_PLANTED - {OLD_CODES, LATE_DATA}
    return make_country(MUNICIPALITIES, scale=scale, first="2019-11", last=last, seed=7, traps=traps)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that has taken the country's deliveries in."""
    settings = a_home(tmp_path_factory.mktemp("landed"))
    assert list(deliver(settings.landing, a_country(), CONTRACTS))
    assert intake.take_in(settings, CONTRACTS, "test")
    return settings


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose lake was written, with many chunks a table as a large country has them."""
    settings = Settings(home=tmp_path_factory.mktemp("written"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lake_files, "CHUNK_ROWS", 40)
        assert len(list(write_lake(settings.home, a_country(), CONTRACTS))) == 5
    return settings


@pytest.fixture(scope="module")
def both(landed: Settings, written: Settings) -> duckdb.DuckDBPyConnection:
    """The views for dbt of both: schemas `landed.lake` and `written.lake`."""
    connection = duckdb.connect()
    for name, settings in (("landed", landed), ("written", written)):
        connection.execute(f"attach ':memory:' as {name}")
        connection.execute(f"use {name}")
        lake.create_views(connection, settings, CONTRACTS)
    return connection


def files_of(settings: Settings) -> dict[str, Path]:
    found = {str(path.relative_to(settings.lake)): path for path in settings.lake.glob("[!_]*/**/*.parquet")}
    return {name: path for name, path in found.items() if name.split("/")[1] in EXTRACTS}


def test_the_same_files_lie_there_in_the_same_form(landed: Settings, written: Settings) -> None:
    expected, found = files_of(landed), files_of(written)
    assert sorted(found) == sorted(expected)
    assert len(found) == 4 * 9 + 2
    for name, path in found.items():
        there, here = pq.ParquetFile(expected[name]), pq.ParquetFile(path)
        assert here.schema.equals(there.schema), name
        assert here.metadata.num_rows == there.metadata.num_rows
        for at in range(here.metadata.num_columns):
            ours, theirs = (file.metadata.row_group(0).column(at) for file in (here, there))
            assert (ours.compression, ours.encodings) == (theirs.compression, theirs.encodings), (name, at)


@pytest.mark.parametrize("extract", EXTRACTS)
def test_every_value_but_the_pseudonyms_is_the_landed_one(both: duckdb.DuckDBPyConnection, extract: str) -> None:
    described = [both.execute(f"describe {home}.lake.{extract}").fetchall() for home in ("landed", "written")]
    assert described[0] == described[1]
    pseudonyms = ", ".join(CONTRACTS[extract].hashed_columns())
    excluded = f"exclude ({pseudonyms})" if pseudonyms else ""
    rows = {home: f"select * {excluded} from {home}.lake.{extract}" for home in ("landed", "written")}
    for one, other in (("landed", "written"), ("written", "landed")):
        assert both.execute(f"{rows[one]} except all {rows[other]}").fetchall() == []
    assert both.execute(f"select count(*) from written.lake.{extract}").fetchone() > (10,)


@pytest.mark.parametrize(("some", "others"), JOINS)
def test_pseudonyms_join_as_the_landed_ones_do(both: duckdb.DuckDBPyConnection, some: str, others: str) -> None:
    (table, column), (other_table, other_column) = some.split("."), others.split(".")
    counted = [
        both.execute(
            f"""select count(*), count(distinct a.{column}), count(distinct b.{other_column}), count(a.{column})
                from {home}.lake.{table} as a
                left join {home}.lake.{other_table} as b on a.{column} = b.{other_column}"""
        ).fetchone()
        for home in ("landed", "written")
    ]
    assert counted[0] == counted[1]


def test_no_identity_code_and_no_number_of_kela_is_left(written: Settings) -> None:
    given = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]|[KPHME][0-9]{7,}")
    assert given.search("K0000001")
    assert given.search("010594Y9021")
    for name, path in files_of(written).items():
        table = pq.read_table(path)
        texts = [
            column for column, kind in zip(table.column_names, table.schema.types, strict=True) if kind == "string"
        ]
        found = {
            column for column in texts for text in table.column(column).unique().to_pylist() if given.search(text or "")
        }
        assert found == set(), name


def test_pseudonyms_have_63_bits(both: duckdb.DuckDBPyConnection) -> None:
    for key in ("person_key", "household_key"):
        (least, greatest) = both.execute(
            f"select min({key}), max({key}) from written.lake.kela_person_month"
        ).fetchall()[0]
        assert 0 <= least < 2**58 < 2**62 < greatest < 2**63


def test_the_ledger_says_what_landing_would_have_said(landed: Settings, written: Settings) -> None:
    def entries(settings: Settings) -> list[dict[str, object]]:
        return [
            {k: v for k, v in entry.items() if k not in OF_THE_FOLDER}
            for entry in lake.ledger(settings)
            if entry["extract"] in EXTRACTS
        ]

    assert entries(written) == entries(landed)
    lake.clear_half_done(written)
    assert len(files_of(written)) == 4 * 9 + 2


def test_rows_are_told_by_extract_and_month(tmp_path: Path) -> None:
    country = a_country(scale=0.002, last="2019-12")
    told = list(write_lake(tmp_path, country, CONTRACTS))
    assert sum(rows.get("kela_person_month", 0) for rows in told) == person_months(country)
    assert [set(rows) for rows in told] == [set(EXTRACTS) - {"kela_person", "kela_household"}] * 2 + [
        {"kela_person", "kela_household"}
    ]
    assert told[-1]["kela_household"] == len(country.kinds)


def test_a_scale_is_found_for_a_number_of_person_months() -> None:
    wanted = 400_000
    scale = scale_for(MUNICIPALITIES, wanted, first="2018-01", last="2018-12", seed=7)
    country = make_country(MUNICIPALITIES, scale=scale, first="2018-01", last="2018-12", seed=7)
    assert person_months(country) == pytest.approx(wanted, rel=0.05)


def test_nothing_is_written_over_a_lake(landed: Settings) -> None:
    before = files_of(landed).keys()
    with pytest.raises(HomeRefused, match="have been taken in"):
        next(write_lake(landed.home, a_country(scale=0.001, last="2019-11"), CONTRACTS))
    assert files_of(landed).keys() == before


def test_deliveries_cannot_be_landed_on_top_of_it(written: Settings) -> None:
    keys.make_key(written.person_key_file)
    with pytest.raises(KeyFileError, match="made with other keys"):
        keyring(written)
