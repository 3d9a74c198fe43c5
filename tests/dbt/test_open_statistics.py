"""Published statistics from the delivered file to core, over the real lake: codes, masks and areas are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto import lake
from tests.dbt.dbt_build import Build
from tests.deliveries import CONTRACTS, a_home, deliver
from tests.landed import take_in

pytestmark = pytest.mark.dbt

MARCH = {"month_no": 3, "month": date(2018, 3, 1), "year": 2018}
BENEFIT = "Perustoimeentulotuki"


def recipients(code: str, age_group: str, sex: str, n: int) -> dict[str, Any]:
    group = {"municipality_code": code, "age_group": age_group, "sex": sex, "n_recipients": n}
    return {"time_type": "Kuukausi", **MARCH, **group}


TABLES: dict[str, list[dict[str, Any]]] = {
    "kela_open_recipients": [
        recipients("005", "25-34", "Nainen", 40),
        recipients("911", "25-34", "Mies", 12),  # Valtimo, in Nurmes (541) since 2020
        recipients("199", "Tieto puuttuu", "Tuntematon", 5),
    ],
    "kela_open_households": [
        {"time_type": "Kuukausi", **MARCH, "municipality_code": "837", "household_type": "Yksin asuva"}
        | {"has_adult_under_25": True, "n_households": 31}
    ],
    "kela_open_expenditure": [
        {**MARCH, "payment_date": date(2018, 3, 9), "municipality_code": "837", "benefit": BENEFIT}
        | {"is_return": is_return, "paid_eur": sign * 100, "state_eur": sign * 4, "shared_eur": sign * 96}
        for is_return, sign in ((False, Decimal("1.50")), (True, Decimal("-0.50")))
    ],
    "kela_open_decisions": [
        {"time_type": "Kuukausi", **MARCH, "benefit": BENEFIT, "decision": "Myöntö"}
        | {"n_decisions": 10, "n_timed": 8, "days": 60}
    ],
    "assistance_year": [
        {"publisher": "THL", "kind": kind, "year": 2018, "n_households": n, "gross_eur": Decimal(n)}
        for kind, n in (("PERUS", 90), ("TAYDENTAVA", 20), ("EHKAISEVA", 5), ("KAIKKI", 95))
    ],
    "sotkanet_region": [
        {"region_id": 890, "region_code": "4", "category": "HYVINVOINTIALUE", "name_fi": "Pirkanmaa (-2022)"},
        {"region_id": 14, "region_code": "5", "category": "KUNTA", "name_fi": "Kunta"},
        {"region_id": 15, "region_code": "837", "category": "KUNTA", "name_fi": "Kaupunki"},
    ],
    "sotkanet_value": [
        {"indicator_id": 5, "region_id": region, "gender": gender, "year": 2018, "primary_value": Decimal("3.5")}
        for region, gender in ((890, "total"), (14, "female"))
    ],
    "ref_population": [
        {"year": 2018, "municipality_code": code, "sex": sex, "age": age, "n_persons": 10}
        for code in ("005", "911")
        for sex in ("1", "2")
        for age in (17, 100)
    ],
    "ref_price_index": [
        {"index_code": "ELINKUSTANNUS", "month": date(2018, n, 1), "index_points": Decimal(points)}
        for n, points in ((1, "100.0"), (2, "125.0"))
    ],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Iterator[Build]:
    """One delivery of each table through the door, and core built on it."""
    home = a_home(tmp_path_factory.mktemp("home"))
    kela = [{"publisher": "KELA", "kind": "PERUS", "year": 2018, "n_households": 92, "gross_eur": Decimal(92)}]
    early = [kela[0] | {"publisher": "THL", "n_households": 1}]
    deliver(home, "assistance_year", early, delivery_id="2019-03-01T0900", supplier="THL")
    deliver(home, "assistance_year", kela, delivery_id="2019-04-01T0930", supplier="Kela")
    for number, (extract, rows) in enumerate(TABLES.items()):
        deliver(home, extract, rows, delivery_id=f"2019-04-0{number + 1}T0900")
    assert len(take_in(home, CONTRACTS)) == len(TABLES) + 2
    made = Build(tmp_path_factory.mktemp("core") / "build.duckdb", target)
    with duckdb.connect(str(made.file)) as connection:
        lake.create_views(connection, home, CONTRACTS)
    facts = ["recipients", "households", "expenditure", "decisions"]
    models = [
        *(f"+fct_open_{name}" for name in facts),
        "+fct_sotkanet_value",
        "+fct_assistance_year",
        "+fct_price_index",
        "+fct_population",
    ]
    whole = ["--indirect-selection", "cautious"]  # no test of a model beside what is built here
    done = made.dbt("build", "--select", "resource_type:seed", *models, "--exclude", "int_quality__orphan", *whole)
    assert done.returncode == 0, done.stdout[-4000:]
    yield made


def test_recipients_keep_the_zeros_of_their_codes_and_masks_are_no_areas(built: Build) -> None:
    assert built.rows(
        "select reported_municipality_code, municipality_code, age_group, sex, is_masked, n_recipients, month "
        "from core.fct_open_recipients order by n_recipients"
    ) == [
        {"reported_municipality_code": code, "municipality_code": today, "age_group": age, "sex": sex}
        | {"is_masked": masked, "n_recipients": n, "month": "2018-03"}
        for code, today, age, sex, masked, n in (
            ("199", "199", "unknown", "9", True, 5),
            ("911", "541", "25-34", "1", False, 12),
            ("005", "005", "25-34", "2", False, 40),
        )
    ]


def test_households_euros_and_decisions_reach_core(built: Build) -> None:
    (households,) = built.rows("select municipality_code, county_code, n_households from core.fct_open_households")
    assert households == {"municipality_code": "837", "county_code": "08", "n_households": 31}
    euros = built.rows("select is_return, paid_eur from core.fct_open_expenditure order by is_return")
    assert [(row["is_return"], row["paid_eur"]) for row in euros] == [(False, Decimal(150)), (True, Decimal(-50))]
    assert built.rows("select mean_days from core.fct_open_decisions") == [{"mean_days": 7.5}]


def test_a_value_of_sotkanet_knows_the_area_of_its_region(built: Build) -> None:
    assert built.rows(
        "select region_id, municipality_code, county_code, is_current_region, sex, primary_value "
        "from core.fct_sotkanet_value order by region_id"
    ) == [
        {"region_id": region, "municipality_code": municipality, "county_code": county, "is_current_region": current}
        | {"sex": sex, "primary_value": Decimal("3.5")}
        for region, municipality, county, current, sex in (
            (14, "005", "16", True, "2"),
            (890, None, "08", False, "all"),
        )
    ]


def test_population_from_a_cube_is_that_of_the_rows(built: Build) -> None:
    found = built.rows("select municipality_code, age_group, sum(n_persons) as n from core.fct_population group by all")
    assert {(row["municipality_code"], row["age_group"]): int(row["n"]) for row in found} == {
        (code, age): 20 for code in ("005", "541") for age in ("0-17", "65+")
    }


def test_euros_of_a_month_become_euros_of_the_newest(built: Build) -> None:
    rows = built.rows("select month, to_newest, mean_points_of_year from core.fct_price_index order by month")
    assert [(row["month"], row["to_newest"], row["mean_points_of_year"]) for row in rows] == [
        ("2018-01", 1.25, None),
        ("2018-02", 1.0, None),
    ]


def test_each_publishers_newest_table_of_yearly_totals_counts(built: Build) -> None:
    """THL sent 2018 twice, Kela once in between: Kela's table stays, THL's first does not."""
    rows = built.rows("select source, kind, n_households from core.fct_assistance_year order by all")
    assert [tuple(row.values()) for row in rows] == [
        ("KELA", "basic", 92),
        ("THL", "all", 95),
        ("THL", "basic", 90),
        ("THL", "preventive", 5),
        ("THL", "supplementary", 20),
    ]
