"""What the demo publishes beside the register: population, Sotkanet and a price index, of the years of the country."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS
from avainvarasto.synthetic.reference import made_up_sizes, population_rows
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED
from tests.synthetic_demo import Tables

pytestmark = pytest.mark.unit

ALAND = "91"
# Valtimo went into Nurmes with the year 2020.
VALTIMO, NURMES = "911", "541"


def listed(year: int) -> set[str]:
    """Municipalities of the mainland at the end of a year, by the project's own list."""
    with MUNICIPALITY_SEED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["county_code"] != ALAND]
    end = f"{year}-12-31"
    return {row["municipality_code"] for row in rows if row["valid_from"] <= end <= (row["valid_to"] or end)}


def test_population_is_that_of_all_municipalities_of_the_mainland_and_no_other(tables: Tables) -> None:
    for year in (2017, 2018):
        codes = tables.rows(f"select distinct municipality_code from ref_population where year = {year}")
        assert {code for (code,) in codes} == listed(year)
    assert {*PILOTS, *OTHER_TOWNS, VALTIMO} <= listed(2018)


def test_a_table_of_several_years_is_in_the_division_of_its_newest() -> None:
    before, both = (
        {row["municipality_code"] for row in population_rows(MUNICIPALITY_SEED, 7, years)}
        for years in ([2019], [2019, 2020])
    )
    assert before - both == {VALTIMO}


def test_population_leaves_out_a_municipality_from_the_year_of_its_merger_on() -> None:
    codes = {str(row["municipality_code"]) for row in population_rows(MUNICIPALITY_SEED, 7, [2020])}
    assert (VALTIMO in codes, NURMES in codes) == (False, True)
    assert codes == listed(2020)


def test_population_adds_up_to_the_size_of_the_municipality_and_of_the_mainland(tables: Tables) -> None:
    found = dict(
        tables.rows("select municipality_code, sum(n_persons) from ref_population where year = 2017 group by 1")
    )
    for code, thousands in (PILOTS | OTHER_TOWNS).items():
        assert found[code] == round(1000 * thousands)
    assert 5_300_000 < sum(found.values()) < 5_600_000
    assert tables.row("select count(distinct (sex, age)), min(n_persons) >= 0 from ref_population") == (202, True)


def test_made_up_sizes_know_the_largest_and_no_deserted_municipality() -> None:
    sizes = made_up_sizes(sorted(listed(2018)), 7)
    assert max(sizes, key=sizes.__getitem__) == "091"
    assert min(sizes.values()) >= 700


def test_every_value_of_sotkanet_has_its_region_and_some_are_not_published(tables: Tables) -> None:
    assert tables.rows("select region_id from sotkanet_value except select region_id from sotkanet_region") == []
    assert tables.rows("select region_id from sotkanet_region except select region_id from sotkanet_value") == []
    hidden, n = tables.row("select count(*) filter (primary_value is null), count(*) from sotkanet_value")
    assert 0 < hidden < n / 10
    assert tables.rows("select name_fi from sotkanet_region where region_code in ('49', '837') order by 1") == [
        ("Espoo",),
        ("Tampere",),
    ]


def test_the_price_index_has_every_month_of_the_years_of_the_country(tables: Tables) -> None:
    months = [month for (month,) in tables.rows("select month from ref_price_index order by 1")]
    assert months == [date(year, month, 1) for year in (2017, 2018) for month in range(1, 13)]
    assert tables.row("select min(index_points) > 1000 from ref_price_index") == (True,)
