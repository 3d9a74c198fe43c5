"""Deliveries of the made-up country: they pass the door and their suites whole, and hang together."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from avainvarasto import cli, intake, lake
from avainvarasto.home import holds_demo_key
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.country.country import make_country
from avainvarasto.synthetic.country.deliver import deliver
from avainvarasto.synthetic.country.truth import Truth
from tests.deliveries import CONTRACTS, a_home

pytestmark = pytest.mark.unit

FIRST, LAST, MONTHS = "2019-11", "2020-04", 6
EXTRACTS = [
    "kela_household_month",
    "kela_person_month",
    "kela_income_line",
    "kela_expense_line",
    "kela_decision",
    "kela_payment",
    "kela_coverage",
    "etotu_notification",
    "etotu_event",
]


def delivered(landing: Path, seed: int = 7) -> list[Path]:
    seeds = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
    country = make_country(seeds, scale=0.004, first=FIRST, last=LAST, seed=seed, truth=Truth.of(0.15))
    return list(deliver(landing, country, CONTRACTS))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that has taken the deliveries in."""
    settings = a_home(tmp_path_factory.mktemp("home"))
    delivered(settings.landing)
    assert intake.take_in(settings, CONTRACTS, "test")
    return settings


@pytest.fixture
def rows(home: Settings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    lake.create_views(connection, home, CONTRACTS)
    return connection


def none(rows: duckdb.DuckDBPyConnection, query: str) -> bool:
    return rows.execute(query).fetchall() == []


def test_every_row_passes_the_door_and_every_suite(home: Settings) -> None:
    entries = lake.ledger(home)
    assert len(entries) == MONTHS * len(EXTRACTS) + 2
    assert [entry["extract"] for entry in entries if not entry["accepted"] or entry["n_quarantined"]] == []
    assert min(entry["n_loaded"] for entry in entries) > 10
    failed = [check for check in lake.landing_checks(home) if not check["passed"]]
    assert failed == []


def test_the_same_seed_gives_the_same_bytes(home: Settings, tmp_path: Path) -> None:
    again = delivered(tmp_path / "landing")
    assert len(again) == 2 * MONTHS + 1
    for folder in again:
        for path in folder.iterdir():
            before = home.landing / folder.parent.name / folder.name / path.name
            assert path.read_bytes() == before.read_bytes(), path.name
    assert (tmp_path / "truth.yml").read_bytes() == (home.home / "truth.yml").read_bytes()


def test_months_persons_and_households_name_each_other(rows: duckdb.DuckDBPyConnection) -> None:
    assert none(
        rows,
        """select household_key, month from lake.kela_household_month
           except select household_key, month from lake.kela_person_month""",
    )
    assert none(rows, "select person_key from lake.kela_person_month except select person_key from lake.kela_person")
    assert none(
        rows, "select household_key from lake.kela_decision except select household_key from lake.kela_household"
    )


def test_lines_add_up_to_the_months(rows: duckdb.DuckDBPyConnection) -> None:
    assert none(
        rows,
        """with line as (select household_key, month, sum(amount_eur) as eur from lake.kela_income_line group by all)
           select 1 from lake.kela_household_month left join line using (household_key, month)
           where income_total_eur is not null and income_total_eur <> coalesce(eur, 0)""",
    )
    assert none(
        rows,
        """with line as (select household_key, month, sum(accepted_eur) as eur from lake.kela_expense_line group by all)
           select 1 from lake.kela_household_month join line using (household_key, month)
           where housing_cost_eur + other_cost_eur <> eur""",
    )


def test_each_payment_carries_out_a_decision_that_came_before(rows: duckdb.DuckDBPyConnection) -> None:
    assert none(
        rows,
        """select 1 from lake.kela_payment as p left join lake.kela_decision as d on p.decision_id = d.decision_id
           where d.decision_id is null or p.payment_date <= d.decision_date
              or p.is_return <> (d.result = 'TAKAISINPERINTA')""",
    )
    paid = "select sum(amount_eur) from lake.kela_payment where not is_return and benefit_month <= date '2020-03-01'"
    granted = "select sum(granted_eur) from lake.kela_household_month where month <= date '2020-03-01'"
    assert rows.execute(paid).fetchone() == rows.execute(granted).fetchone()


def test_all_clocks_corrections_reductions_and_merged_municipalities_are_there(rows: duckdb.DuckDBPyConnection) -> None:
    counted = rows.execute(
        """select count(*) filter (urgent), count(*) filter (complete_date is null),
                  count(*) filter (additional_info_requested_date is not null),
                  count(corrected_decision_id), count(*) filter (result = 'TAKAISINPERINTA'),
                  count(*) filter (reduction_pct <> '0' and decision_date < date '2020-04-01')
           from lake.kela_decision"""
    ).fetchone()
    assert counted is not None
    assert min(counted) > 0
    assert none(
        rows, "select 1 from lake.kela_decision where reduction_pct <> '0' and decision_date >= date '2020-04-01'"
    )
    # Valtimo went into Nurmes with the year 2020.
    places = "select distinct municipality_code from lake.kela_coverage where month {} date '2020-01-01'"
    assert ("911",) in rows.execute(places.format("<")).fetchall()
    assert ("911",) not in rows.execute(places.format(">=")).fetchall()


def test_events_belong_to_notices_and_follow_them_in_order(rows: duckdb.DuckDBPyConnection) -> None:
    assert none(
        rows,
        """select 1 from lake.etotu_event as e left join lake.etotu_notification as n using (notification_id)
           where n.notification_id is null or e.event_ts <= n.sent_ts""",
    )
    assert none(
        rows,
        """select 1 from (select event_ts - lag(event_ts) over (partition by notification_id order by seq) as after
                          from lake.etotu_event) as steps where after <= interval 0 minutes""",
    )
    assert none(
        rows,
        """select notification_id from lake.etotu_event group by notification_id having max(seq) <> count(*)""",
    )
    assert none(rows, "select person_key from lake.etotu_notification except select person_key from lake.kela_person")


def test_need_of_social_work_leads_to_a_meeting_more_often_than_a_reduction(rows: duckdb.DuckDBPyConnection) -> None:
    met = dict(
        rows.execute(
            """select notification_type, avg(case when e.notification_id is null then 0.0 else 1.0 end)
               from lake.etotu_notification as n left join lake.etotu_event as e
                 on n.notification_id = e.notification_id and e.event_type = 'TAPAAMINEN'
               where sent_ts < timestamp '2020-03-01' group by all"""
        ).fetchall()
    )
    assert met["SOSIAALITYON_TARVE"] > met["ALENNETTU_PERUSOSA"] + 0.15


# The command

SMALL = ["--scale", "0.002", "--from", "2018-01", "--to", "2018-02"]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(tmp_path / "home"))
    return Settings(home=tmp_path / "home")


def test_the_command_delivers_into_an_empty_home_with_a_key_for_made_up_persons(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "deliver", *SMALL, "--effect", "0"]) == 0
    assert "5 deliveries lie in" in capsys.readouterr().out
    assert holds_demo_key(empty)
    folders = ["2018-02-08T0200", "2018-03-08T0200", "2018-03-08T0300"]
    assert sorted(path.name for path in (empty.landing / "kela").iterdir()) == folders
    assert yaml.safe_load((empty.home / "truth.yml").read_text())["model"]["factor"] == 1.0
    assert intake.take_in(empty, CONTRACTS, "test")
    assert all(entry["nature"] == "synthetic" for entry in lake.accepted(empty))


def test_what_was_delivered_is_not_written_over(empty: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "deliver", *SMALL]) == 0
    before = {path: path.read_bytes() for path in empty.landing.rglob("*") if path.is_file()}
    assert cli.main(["demo", "deliver", *SMALL, "--seed", "8"]) == 1
    assert "has arrived before" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in empty.landing.rglob("*") if path.is_file()} == before


def test_a_home_with_the_controllers_key_gets_no_made_up_persons(
    empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.make_key(empty.person_key_file)
    assert cli.main(["demo", "deliver", *SMALL]) == 1
    assert "a key that is not the demo's" in capsys.readouterr().err
    assert not empty.landing.exists()
