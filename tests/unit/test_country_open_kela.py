"""Kela's open data of the made-up country say what its register says, and small counts are recoded without loss."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from avainvarasto import intake, lake
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import Country, household_ids, make_country
from avainvarasto.synthetic.country.people import People, make_people
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.reference import municipality_names
from avainvarasto.synthetic.sources.kela_tables import Kela
from avainvarasto.synthetic.sources.open_counts import SMALLEST, recoded
from avainvarasto.synthetic.sources.open_kela import NO_AGE, UNKNOWN, OpenKela
from tests.deliveries import CONTRACTS, a_home, deliver

pytestmark = pytest.mark.unit

MUNICIPALITIES = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
EXTRACTS = ["kela_open_recipients", "kela_open_households", "kela_open_expenditure", "kela_open_decisions"]
# One row a household and month of payment: where it stayed in the benefit month that was paid last, of two paid on one
# day in the later one.
PAID = """
    create table paid as
    select household_id, cast(date_trunc('month', payment_date) as date) as paid_in,
           arg_max(coalesce(municipality_code, '199'), (payment_date, benefit_month)) as place
    from payment left join household_month using (household_id)
    where not is_return and household_month.month = benefit_month
    group by all
"""


def small(first: str, last: str) -> tuple[Country, People]:
    country = make_country(MUNICIPALITIES, scale=0.005, first=first, last=last, seed=7)
    return country, make_people(country)


def register(country: Country, people: People) -> list[dict[str, pa.Table]]:
    """Months, decisions and payments of each month."""
    kela = Kela(country, people)
    made = [dict(kela.tables(make_budgets(country, row))) for row in range(len(country.months))]
    named = {"household_months": "kela_household_month", "decisions": "kela_decision", "payments": "kela_payment"}
    return [{name: of_month[extract] for name, extract in named.items()} for of_month in made]


def published(country: Country, people: People, tables: list[dict[str, pa.Table]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the four tables by extract."""
    open_kela = OpenKela(country, people, municipality_names(MUNICIPALITIES))
    for row, of_month in enumerate(tables):
        open_kela.add(row, **of_month)
    rows = (open_kela.recipients(), open_kela.households(), open_kela.expenditure(), open_kela.decisions())
    return {extract: [dict(row) for row in some] for extract, some in zip(EXTRACTS, rows, strict=True)}


@dataclass
class Made:
    """The register in a database, and what was published of it."""

    register: duckdb.DuckDBPyConnection
    tables: dict[str, list[dict[str, Any]]]

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.register.execute(query).fetchall()

    def summed(self, extract: str, measure: str, time_type: str) -> dict[Any, int]:
        """Sum over all cells by the last month of the time."""
        sums: Counter[Any] = Counter()
        for row in self.tables[extract]:
            if row["time_type"] == time_type:
                sums[row["month"]] += row[measure]
        return dict(sums)


@pytest.fixture(scope="module")
def made() -> Made:
    """Two years with the turn into 2020, when a municipality was merged; the last year is not over."""
    country, people = small("2018-07", "2020-06")
    tables = register(country, people)
    connection = duckdb.connect()
    for name in ("household_months", "decisions", "payments"):
        connection.register("given", pa.concat_tables([of_month[name] for of_month in tables]))
        connection.execute(f"create table {name.removesuffix('s')} as from given")
    members = {
        "person_id": people.code,
        "household_id": household_ids(country.persons.household.astype(np.intp)),
        "birth_year": people.birth_year,
        "sex": pa.array(np.where(people.sex_unknown, 9, country.persons.sex).astype(str)),
        "is_adult": country.persons.role < 2,
    }
    connection.register("given", pa.table(members))
    connection.execute("create table person as from given")
    connection.execute(PAID)
    return Made(connection, published(country, people, tables))


def test_small_counts_are_recoded_part_by_part_and_the_total_is_kept() -> None:
    counts = np.zeros((3, 3, 3), np.int64)  # the last of each is unknown
    counts[0, 0, 0], counts[1, 0, 0] = 3, 2
    counts[1, 1, 1], counts[1, 2, 1], counts[1, 2, 0] = 4, 1, 1
    after = np.zeros_like(counts)
    after[2, 0, 0] = 5
    after[1, 1, 1] = 4
    after[2, 2, 2] = 2
    assert (recoded(counts, (2, 2, 2)) == after).all()


def test_recipients_of_a_month_are_the_persons_of_households_paid_in_it(made: Made) -> None:
    persons = dict(
        made.all(
            """select paid_in, count(distinct person_id || place)
               from paid join person using (household_id) group by 1"""
        )
    )
    households = dict(made.all("select paid_in, count(distinct household_id) from paid group by 1"))
    assert len(persons) == 24
    assert made.summed("kela_open_recipients", "n_recipients", "Kuukausi") == persons
    assert made.summed("kela_open_households", "n_households", "Kuukausi") == households


def test_a_year_counts_a_household_once_in_each_of_its_municipalities(made: Made) -> None:
    of_year = made.all(
        """select year(paid_in), count(distinct household_id), count(distinct household_id || place),
                  count(distinct person_id || place)
           from paid join person using (household_id) where year(paid_in) < 2020 group by 1 order by 1"""
    )
    households = made.summed("kela_open_households", "n_households", "Vuosi")
    recipients = made.summed("kela_open_recipients", "n_recipients", "Vuosi")
    assert [month.year for month in households] == [2018, 2019]
    assert list(households.values()) == [pairs for _, _, pairs, _ in of_year]
    assert list(recipients.values()) == [pairs for _, _, _, pairs in of_year]
    assert all(once < pairs < once * 1.2 for _, once, pairs, _ in of_year)


def test_every_cell_of_four_or_more_stands_with_age_at_the_end_of_the_year_and_sex(made: Made) -> None:
    cells = made.all(
        """select paid_in, place, year(paid_in) - birth_year as age, sex, count(distinct person_id) as n
           from paid join person using (household_id) where place <> '199' group by all"""
    )
    expected: Counter[tuple[Any, ...]] = Counter()
    for month, place, age, sex, n in cells:
        bounds = {17: "0-17", 24: "18-24", 34: "25-34", 44: "35-44", 54: "45-54", 64: "55-64", 200: "65-"}
        group = next(name for last, name in bounds.items() if age <= last)
        expected[month, place, group, {"1": "Mies", "2": "Nainen", "9": "Tuntematon"}[sex]] += n
    shown = {
        (row["month"], row["municipality_code"], row["age_group"], row["sex"]): row["n_recipients"]
        for row in made.tables["kela_open_recipients"]
        if row["time_type"] == "Kuukausi" and row["municipality_code"] != MASKED
    }
    assert shown == {cell: n for cell, n in expected.items() if n >= SMALLEST}
    assert len(shown) > 500


def test_every_cell_of_four_or_more_stands_with_type_and_young_adults(made: Made) -> None:
    cells = made.all(
        """select paid_in, place, household_type, has_young, count(*) as n
           from paid
           join (select household_id, any_value(household_type) as household_type from household_month group by 1)
               using (household_id)
           join (select household_id, month.month as paid_in,
                        bool_or(is_adult and year(month.month) - birth_year < 25) as has_young
                 from person, (select distinct paid_in as month from paid) as month group by all)
               using (household_id, paid_in)
           where place <> '199' group by all"""
    )
    parents = {"YKSINHUOLTAJA": "Lapsiperhe", "LAPSIPERHE": "Lapsiperhe", "LAPSETON_PARI": "Lapseton pari"}
    alone = {"YKSIN_ASUVA": "Yksin asuva", "MUU_1H": "Muu yhden hengen ruokakunta"}
    expected: Counter[tuple[Any, ...]] = Counter()
    for month, place, kind, has_young, n in cells:
        expected[month, place, (parents | alone)[kind], has_young] += n
    shown = {
        (row["month"], row["municipality_code"], row["household_type"], row["has_adult_under_25"]): row["n_households"]
        for row in made.tables["kela_open_households"]
        if row["time_type"] == "Kuukausi" and row["municipality_code"] != MASKED
    }
    assert shown == {cell: n for cell, n in expected.items() if n >= SMALLEST}
    assert {cell[3] for cell in shown} == {True, False}


def test_no_count_under_four_has_a_municipality(made: Made) -> None:
    recipients, households = made.tables["kela_open_recipients"], made.tables["kela_open_households"]
    few = [row for row in recipients if row["n_recipients"] < SMALLEST]
    few += [row for row in households if row["n_households"] < SMALLEST]
    assert {row["municipality_code"] for row in few} <= {MASKED}
    assert NO_AGE in {row["age_group"] for row in recipients}
    assert {row["municipality_name"] for row in recipients if row["municipality_code"] == MASKED} == {UNKNOWN}
    assert "Tampere" in {row["municipality_name"] for row in recipients}


def test_the_year_to_date_ends_as_the_year_and_an_unfinished_year_is_not_published(made: Made) -> None:
    rows = made.tables["kela_open_recipients"]

    def of(time_type: str) -> set[tuple[Any, ...]]:
        kept = ("municipality_code", "age_group", "sex", "n_recipients")
        return {
            tuple(r[k] for k in kept) for r in rows if r["time_type"] == time_type and str(r["month"])[:7] == "2019-12"
        }

    assert of("Vuosikertymä") == of("Vuosi") != of("Kuukausi")
    assert {row["year"] for row in rows if row["time_type"] == "Vuosikertymä"} == {2018, 2019, 2020}
    for extract in ("kela_open_recipients", "kela_open_households", "kela_open_decisions"):
        assert {row["year"] for row in made.tables[extract] if row["time_type"] == "Vuosi"} == {2018, 2019}


def test_euros_of_each_day_are_those_of_the_payments_and_their_parts_add_up(made: Made) -> None:
    rows = made.tables["kela_open_expenditure"]
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        sums[row["payment_date"], row["is_return"]] += row["paid_eur"]
        assert row["state_eur"] + row["shared_eur"] == row["paid_eur"]
    paid = made.all("select payment_date, is_return, sum(amount_eur) from payment group by all")
    assert sums == {(day, is_return): Decimal(int(cents)).scaleb(-2) for day, is_return, cents in paid}
    assert {row["is_return"] for row in rows if row["paid_eur"] < 0} == {True}


def test_days_of_fewer_than_four_households_have_no_municipality(made: Made) -> None:
    enough = made.all(
        """select payment_date, municipality_code, is_return
           from payment join household_month using (household_id)
           where benefit_month = month and municipality_code <> '199'
           group by all having count(distinct household_id) >= 4"""
    )
    shown = {
        (row["payment_date"], row["municipality_code"], row["is_return"])
        for row in made.tables["kela_open_expenditure"]
        if row["municipality_code"] != MASKED
    }
    assert shown == set(enough)
    assert shown


def test_decisions_are_those_of_the_register_and_corrections_are_revisions(made: Made) -> None:
    expected = made.all(
        """select cast(date_trunc('month', decision_date) as date) as month,
                  case when corrected_decision_id is not null then 'Tarkistus' when result = 'MYONTO' then 'Myöntö'
                       else 'Hylkäys' end as decision,
                  count(*), count(complete_date),
                  sum(decision_date - application_date) filter (complete_date is not null)
           from decision where result in ('MYONTO', 'HYLKAYS') group by all"""
    )
    rows = made.tables["kela_open_decisions"]
    shown = {
        (r["month"], r["decision"], r["n_decisions"], r["n_timed"], r["days"])
        for r in rows
        if r["time_type"] == "Kuukausi"
    }
    assert shown == set(expected)
    assert sum(r["days"] for r in rows if (r["year"], r["time_type"]) == (2019, "Vuosi")) == sum(
        r["days"] for r in rows if (r["year"], r["time_type"]) == (2019, "Kuukausi")
    )
    assert {r["decision"] for r in rows} == {"Myöntö", "Hylkäys", "Tarkistus"}


def test_what_is_paid_after_a_merger_is_published_of_the_successor() -> None:
    country, people = small("2019-12", "2020-01")
    tables = register(country, people)
    for of_month, code in zip(tables, ("911", "541"), strict=True):  # Valtimo went into Nurmes with the year 2020
        months = of_month["household_months"]
        at = months.column_names.index("municipality_code")
        of_month["household_months"] = months.set_column(at, "municipality_code", pa.array([code] * len(months)))
    rows = published(country, people, tables)
    for extract in EXTRACTS[:3]:
        places = {(row["year"], row["municipality_code"]) for row in rows[extract]} - {(2019, MASKED), (2020, MASKED)}
        assert places == {(2019, "911"), (2020, "541")}


def test_the_door_and_the_suites_take_all_four_tables(made: Made, tmp_path: Path) -> None:
    settings = a_home(tmp_path)
    for number, extract in enumerate(EXTRACTS):
        deliver(settings, extract, made.tables[extract], delivery_id=f"2020-07-08T020{number}", period=None)
    assert intake.take_in(settings, CONTRACTS, "test")
    entries = {entry["extract"]: entry for entry in lake.ledger(settings)}
    assert set(entries) == set(EXTRACTS)
    for extract, entry in entries.items():
        assert (entry["accepted"], entry["n_quarantined"]) == (True, 0)
        assert entry["n_loaded"] == len(made.tables[extract])
    critical = [check for check in lake.landing_checks(settings) if check["severity"] == "critical"]
    assert critical
    assert all(check["passed"] for check in critical)
