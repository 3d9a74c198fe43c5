"""Deliveries of the made-up country: the same bytes for a seed, through the door and the suites, and by the command."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import yaml

from avainvarasto import cli, intake, lake
from avainvarasto.home import holds_demo_key
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import Settings
from avainvarasto.synthetic import demo
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.country.traps import CONTINUED, COUNTIES, EPIDEMIC, FIFTY
from avainvarasto.synthetic.dirty import KINDS, PREFIX
from avainvarasto.synthetic.planted import PLANTED
from avainvarasto.synthetic.sources.deliver import TRUTH
from tests.deliveries import CONTRACTS, a_home
from tests.synthetic_demo import Tables, a_country, a_landing, bytes_of, notes

pytestmark = pytest.mark.unit


# The same seed


def test_the_same_seed_and_arguments_give_the_same_bytes_and_the_same_truth(landing: Path, tmp_path: Path) -> None:
    again = a_landing(tmp_path)
    assert bytes_of(again) == bytes_of(landing)
    assert (again.parent / TRUTH).read_bytes() == (landing.parent / TRUTH).read_bytes()


def test_the_demo_of_a_hundredth_is_the_same_every_time_with_the_rows_of_its_traps(tmp_path: Path) -> None:
    one, other = tmp_path / "one" / "landing", tmp_path / "other" / "landing"
    assert len(demo.deliver(one)) == len(demo.deliver(other)) > 30
    assert bytes_of(one) == bytes_of(other)
    truths = [(home.parent / TRUTH).read_bytes() for home in (one, other)]
    assert truths[0] == truths[1]
    shown = yaml.safe_load(truths[0])["traps"]
    # Of other years: continued reductions, counties, the step of 50 per cent, the epidemic.
    assert {number for number, rows in shown.items() if not rows} == {CONTINUED, COUNTIES, FIFTY, EPIDEMIC}


def test_another_seed_makes_other_people(tables: Tables) -> None:
    codes = {code for (code,) in tables.rows("select person_id from kela_person")}
    others = set(make_people(a_country(seed=8)).code.to_pylist())
    # A number of a day is nobody's for ever: who was born on the same day may have it.
    assert len(codes & others) < len(codes) / 20


def test_the_truth_lies_beside_the_landing_zone_and_in_no_delivery(landing: Path) -> None:
    told = yaml.safe_load((landing.parent / TRUTH).read_text(encoding="utf-8"))
    assert told["model"]["factor"] == pytest.approx(1.15)
    assert told["exits"]["WORK"] > told["exits"]["STUDY"] > 0
    assert told["traps"][23] > 100
    assert not list(landing.rglob(TRUTH))


# Through the door, over the turn into 2020 and the spring without reductions


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that has taken in what Kela and eTotu delivered."""
    settings = a_home(tmp_path_factory.mktemp("home"))
    made = a_landing(tmp_path_factory.mktemp("made"), first="2019-11", last="2020-06")
    for source in ("kela", "etotu"):
        shutil.move(made / source, settings.landing / source)
    assert intake.take_in(settings, CONTRACTS, "test")
    return settings


@pytest.fixture
def rows(home: Settings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    lake.create_views(connection, home, CONTRACTS)
    return connection


def test_all_rows_but_the_planted_ones_pass_the_door_and_every_suite(home: Settings) -> None:
    entries = lake.ledger(home)
    assert [entry["extract"] for entry in entries if not entry["accepted"]] == []
    in_quarantine: Counter[str] = Counter()
    for entry in entries:
        in_quarantine[entry["extract"]] += entry["n_quarantined"]
        assert entry["n_loaded"] > 10, entry["extract"]
    # Two months have too few notices for a bad one among them.
    planted = {planted.extract: planted.count for planted in PLANTED if planted.extract != "etotu_notification"}
    assert +in_quarantine == planted
    assert [check for check in lake.landing_checks(home) if not check["passed"]] == []


def test_a_municipality_that_was_merged_has_its_last_month_before_the_turn_of_the_year(
    rows: duckdb.DuckDBPyConnection,
) -> None:
    # Valtimo went into Nurmes with the year 2020.
    months = "select max(month) from lake.kela_coverage where municipality_code = '911'"
    assert str(rows.execute(months).fetchone()[0]) == "2019-12-01"
    later = "select 1 from lake.kela_household_month where municipality_code = '911' and month >= date '2020-01-01'"
    assert rows.execute(later).fetchall() == []


def test_nobody_is_reduced_while_reductions_are_suspended(rows: duckdb.DuckDBPyConnection) -> None:
    reduced = "select count(*) from lake.kela_decision where reduction_pct <> '0' and valid_from {} date '2020-04-01'"
    assert rows.execute(reduced.format("<")).fetchone()[0] > 10
    assert rows.execute(reduced.format(">=")).fetchone() == (0,)
    # Of a month that is still to come in part, the register says that before all else.
    noted = "select distinct month >= date '2020-04-01', note from lake.kela_coverage where complete order by 1"
    assert rows.execute(noted).fetchall() == [(False, None), (True, "EI_ALENNUKSIA")]


# The command

SMALL = ["--scale", "0.001", "--from", "2018-01", "--to", "2018-02"]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(tmp_path / "home"))
    return Settings(home=tmp_path / "home")


def test_the_command_delivers_into_an_empty_home_with_a_key_for_made_up_persons(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "deliver", *SMALL, "--effect", "0", "--clients", "all"]) == 0
    sent = list(notes(empty.landing))
    assert f"{len(sent)} deliveries lie in" in capsys.readouterr().out
    assert holds_demo_key(empty)
    folders = {(folder.parent.name, folder.name) for folder, _ in sent}
    assert {name for source, name in folders if source == "kela"} == {
        "2018-02-08T0200",
        "2018-03-08T0200",
        "2018-03-08T0300",
    }
    assert {source for source, _ in folders} == {contract.source for contract in CONTRACTS.values()}
    assert {note["nature"] for _, note in sent} == {"synthetic", "public"}
    told = yaml.safe_load((empty.home / TRUTH).read_text(encoding="utf-8"))
    assert told["model"]["factor"] == told["notification"]["factor"] == 1.0
    assert told["clients"] == "whether they commit or not"


def test_what_was_delivered_is_not_written_over(empty: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "deliver", *SMALL]) == 0
    before = bytes_of(empty.landing)
    assert cli.main(["demo", "deliver", *SMALL, "--seed", "8"]) == 1
    assert "has arrived before" in capsys.readouterr().err
    assert bytes_of(empty.landing) == before


def test_a_home_with_the_controllers_key_gets_no_made_up_persons(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.make_key(empty.person_key_file)
    assert cli.main(["demo", "deliver", *SMALL]) == 1
    assert "a key that is not the demo's" in capsys.readouterr().err
    assert not empty.landing.exists()


def test_broken_deliveries_for_training_lie_beside_the_good_ones(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "deliver", *SMALL, "--every", "12", "--traps", "none", "--dirty"]) == 0
    told = capsys.readouterr().out
    broken = list(empty.landing.glob(f"*/{PREFIX}*"))
    assert f"{len(broken)} broken ones lie beside them" in told
    # What no good delivery of so small a country can be broken into is named.
    named = re.search(r"Not made, .*: (.*)\.", told)
    assert named
    lacking = set(named[1].split(", "))
    assert lacking < set(KINDS)
    assert len(broken) + len(lacking) == len(KINDS)
    assert len(broken) > 60
    truth = yaml.safe_load((empty.home / TRUTH).read_text(encoding="utf-8"))
    assert set(truth["traps"].values()) == {0}


def test_the_command_writes_a_lake_without_deliveries(empty: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "lake", "--person-months", "20000", "--from", "2018-01", "--to", "2018-02"]) == 0
    rows = dict(line.split(",") for line in capsys.readouterr().out.splitlines()[1:])
    assert 15_000 < int(rows["kela_person_month"]) < 30_000
    assert {entry["extract"] for entry in lake.ledger(empty)} == set(rows)
    assert not empty.landing.exists()
