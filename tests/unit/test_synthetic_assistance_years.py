"""Yearly totals of the made-up country: they follow from Kela's payments and the municipalities' own decisions."""

from __future__ import annotations

import pytest

from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.sources.assistance_years import thl_rows
from avainvarasto.synthetic.sources.kela_tables import Kela
from avainvarasto.synthetic.sources.open_kela import OpenKela
from tests.synthetic_demo import Tables, a_country

pytestmark = pytest.mark.unit


def test_kelas_total_is_what_its_register_paid_in_the_year(tables: Tables) -> None:
    """2017 is not whole in this country, so nobody has a total of it."""
    totals = "select year, n_households, gross_eur, returned_eur from assistance_year where publisher = 'KELA'"
    paid = """select year(payment_date), count(distinct household_id) filter (not is_return),
                     sum(amount_eur) filter (not is_return), -sum(amount_eur) filter (is_return)
              from kela_payment where year(payment_date) = 2018 group by 1"""
    assert tables.rows(totals) == tables.rows(paid)


def test_thl_counts_those_who_lived_in_two_households_in_one(tables: Tables) -> None:
    kela, thl, same_persons = tables.row(
        """select kela.n_households, thl.n_households, kela.n_persons = thl.n_persons
           from assistance_year as kela join assistance_year as thl using (year, kind)
           where kela.publisher = 'KELA' and thl.publisher = 'THL'"""
    )
    # Households whose first month came too late for Kela's list are in no row of it.
    (more_households,) = tables.row(
        """select count(*) - count(distinct applicant_id) from kela_household
           where household_id in (select household_id from kela_payment
                                  where not is_return and year(payment_date) = 2018)"""
    )
    assert 0.95 * kela < thl < kela
    assert kela - thl == more_households
    assert same_persons


def test_what_municipalities_granted_stands_for_the_country_and_fits_into_the_total(tables: Tables) -> None:
    found = {
        kind: (households, persons, euros)
        for kind, households, persons, euros in tables.rows(
            "select kind, n_households, n_persons, gross_eur from assistance_year where publisher = 'THL'"
        )
    }
    assert set(found) == {"PERUS", "TAYDENTAVA", "EHKAISEVA", "KAIKKI"}
    parts, whole = [found[kind] for kind in ("PERUS", "TAYDENTAVA", "EHKAISEVA")], found["KAIKKI"]
    for measure in (0, 1):
        assert max(part[measure] for part in parts) <= whole[measure] <= sum(part[measure] for part in parts)
    assert sum(part[2] for part in parts) == whole[2]
    ((granted,),) = tables.rows(
        """select count(distinct (municipality_code, household_id)) from muni_supp_decision
           where kind = 'TAYDENTAVA' and decision_kind = '1' and year(decision_date) = 2018"""
    )
    assert found["TAYDENTAVA"][0] > 2 * granted > 0


def test_only_years_from_january_to_december_have_totals() -> None:
    country = a_country(scale=0.001, first="2018-11", last="2020-02")
    people = make_people(country)
    kela, published = Kela(country, people), OpenKela(country, people, {})
    for row in range(len(country.months)):
        tables = dict(kela.tables(make_budgets(country, row)))
        published.add(row, tables["kela_household_month"], tables["kela_decision"], tables["kela_payment"])
    years = published.years()
    assert [paid.year for paid in years] == [2019]
    assert [row["kind"] for row in thl_rows(country, years, [])] == ["PERUS"]
