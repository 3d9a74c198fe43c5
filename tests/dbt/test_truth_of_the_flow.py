"""On made-up data the funnel, its delays and the decisions equal what the generator counted in its own arrays.

The deliveries pass the door, traps and wrong rows included; the marts are looked at before anything is protected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import lake
from avainvarasto.settings import Settings
from avainvarasto.synthetic.sources.deliver import Sources
from avainvarasto.synthetic.writer import write_delivery
from tests.dbt.dbt_build import Build
from tests.deliveries import CONTRACTS, a_home
from tests.landed import take_in
from tests.synthetic_demo import a_country

pytestmark = pytest.mark.dbt

MARTS = (
    "mart_kela_flow__funnel",
    "mart_kela_flow__decisions",
    "mart_kela_flow__timeliness",
    "mart_kela_flow__transitions",
)
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class World:
    """A country's truth and the warehouse that was built from its deliveries."""

    name: str
    truth: dict[str, Any]
    home: Settings
    build: Build

    def cells(self, mart: str, cut: str) -> dict[tuple[str, ...], dict[str, Any]]:
        """Rows of a mart by the values of the cut's dimensions."""
        rows = self.build.rows(f"select * from marts.{mart} where cut = '{cut}'")
        return {tuple(row[name] for name in cut.split(",")): row for row in rows}


# The first batches of 2017 and the corrected month of 2018; and months in which notices are transferred.
SPANS = {"trial": ("2017-10", "2018-08", 0.004), "transfers": ("2020-10", "2021-04", 0.025)}


@pytest.fixture(scope="module", params=SPANS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, target: Path) -> World:
    first, last, scale = SPANS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    home, sources = a_home(folder / "home"), Sources(a_country(scale=scale, first=first, last=last), CONTRACTS, every=6)
    for delivery in sources.deliveries():
        if delivery.source in ("kela", "etotu", "reference"):
            write_delivery(home.landing, delivery)
    assert take_in(home)
    build = Build(folder / "build.duckdb", target)
    with duckdb.connect(str(build.file)) as connection:
        lake.create_views(connection, home, CONTRACTS)
    done = build.dbt("build", *WITHOUT_TESTS, "--select", *(f"+{mart}" for mart in MARTS))
    assert done.returncode == 0, done.stdout[-4000:]
    return World(request.param, sources.truth(), home, build)


def as_far_as_told(row: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in told}


@pytest.mark.parametrize("cut", ["month", "notification_type,month"])
def test_each_cell_of_the_funnel_is_what_was_done(world: World, cut: str) -> None:
    told = world.truth["flow"][cut]
    if cut != "month":
        told = {(kind, month): cell for kind, months in told.items() for month, cell in months.items()}
    else:
        told = {(month,): cell for month, cell in told.items()}
    found = world.cells("mart_kela_flow__funnel", cut)
    assert found.keys() == told.keys()
    for key, cell in told.items():
        assert as_far_as_told(found[key], cell) == cell, key
    for measure in ("n_met", "n_no_show", "n_repeat_90d", "n_not_acted_on", "n_open", "n_plan"):
        assert sum(cell[measure] for cell in told.values()) > 5, measure


def test_each_month_of_decisions_is_what_was_decided(world: World) -> None:
    told = world.truth["decisions"]["month"]
    found = world.cells("mart_kela_flow__decisions", "month")
    assert found.keys() == {(month,) for month in told}
    for month, cell in told.items():
        row = found[month,]
        counts = {name: n for name, n in cell.items() if name in row}
        assert len(counts) == 10
        assert as_far_as_told(row, counts) == counts, month
        assert row["n_timed"] == cell["n_in_time"] + cell["n_late"], month


def test_each_clock_of_the_law_finds_who_was_late(world: World) -> None:
    found = world.build.rows(
        """select strftime(decision_date, '%Y-%m') as month, rule_id, is_in_time, count(*) as n
           from core.fct_decision where rule_id is not null group by all
           union all
           select strftime(decision_date, '%Y-%m'), 'TOTUL_LISASELVITYSPYYNTO', not is_request_late, count(*)
           from core.fct_decision
           where is_request_late is not null and corrected_decision_id is null and result in ('MYONTO', 'HYLKAYS')
           group by all"""
    )
    counted = {
        (row["month"], f"{row['rule_id']} {'in time' if row['is_in_time'] else 'late'}"): row["n"] for row in found
    }
    told = {
        (month, name): n
        for month, cell in world.truth["decisions"]["month"].items()
        for name, n in cell.items()
        if name.startswith("TOTUL") and n
    }
    assert counted == told
    assert {name.removesuffix(" late") for _, name in told if name.endswith(" late")} == {
        "TOTUL_PAATOS",
        "TOTUL_PAATOS_KIIREELLINEN",
        "TOTUL_PAATOS_MAARAAJAN_JALKEEN",
        "TOTUL_LISASELVITYSPYYNTO",
    }


def test_each_time_limit_of_the_municipalities_is_kept_as_it_was(world: World) -> None:
    told = {
        (rule, month): cell
        for rule, months in world.truth["flow"]["time limits"].items()
        for month, cell in months.items()
    }
    found = {
        (row["rule_id"], row["month"]): {name: row[name] for name in ("n_due", "n_in_time", "n_late", "n_open")}
        for row in world.build.rows(
            "select * from marts.mart_kela_flow__timeliness where cut = 'rule_id,legal_basis,month'"
        )
    }
    assert found == told
    for measure in ("n_in_time", "n_late", "n_open"):
        assert sum(cell[measure] for cell in told.values()) > 0, measure


def test_every_notice_is_in_one_last_state(world: World) -> None:
    states = world.build.rows("select last_state, count(*) as n from core.fct_notification group by last_state")
    assert sum(row["n"] for row in states) == sum(
        cell["n_notifications"] for cell in world.truth["flow"]["month"].values()
    )
    assert {"plan", "met", "no_show", "contact_tried", "closed", "decided", "not_acted_on", "waiting"} <= {
        row["last_state"] for row in states
    }


def test_transitions_sum_to_the_events_that_were_taken_in(world: World) -> None:
    (events,) = world.build.rows("select count(*) as n from lake.etotu_event")
    for cut in ("year", "from_event,to_event"):
        cells = world.cells("mart_kela_flow__transitions", cut).values()
        assert sum(cell["n_transitions"] for cell in cells) == events["n"] > 100


def test_notices_are_transferred_where_the_country_has_the_time_for_it(world: World) -> None:
    transferred = sum(cell["n_transferred"] for cell in world.truth["flow"]["month"].values())
    assert (transferred > 5) == (world.name == "transfers")


def test_wrong_rows_stop_at_the_door_and_are_in_no_cell(world: World) -> None:
    (notices,) = world.build.rows("select count(*) as n from lake.etotu_notification")
    quarantined = {
        entry["extract"]: entry["n_quarantined"] for entry in lake.ledger(world.home) if entry["n_quarantined"]
    }
    assert sum(cell["n_notifications"] for cell in world.truth["flow"]["month"].values()) == notices["n"]
    assert {"kela_household_month", "kela_person", "kela_person_month"} <= quarantined.keys()
