"""Made-up open data follow the made-up register, and small counts are recoded without losing anybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from avainvarasto.synthetic.open_kela import NO_AGE, SMALLEST, UNKNOWN, recoded
from avainvarasto.synthetic.places import MASKED
from tests.synthetic_demo import rows_of

pytestmark = pytest.mark.unit


def paid_households(landing: Path) -> dict[str, set[str]]:
    """Households with a payment, by payment month (YYYYMM)."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(landing, "kela_payment"):
        if not row["amount_eur"].startswith("-"):
            day, month, year = row["payment_date"].split(".")
            assert day
            found[year + month].add(row["household_id"])
    return found


def test_small_counts_are_recoded_part_by_part_and_the_total_is_kept() -> None:
    cells = Counter({("005", "0-17", "Mies"): 3, ("009", "0-17", "Mies"): 2, ("837", "18-24", "Nainen"): 4})
    cells["837", "65-", "Nainen"] = 1
    cells["837", "65-", "Mies"] = 1
    assert recoded(cells, (MASKED, NO_AGE, UNKNOWN)) == Counter(
        {
            (MASKED, "0-17", "Mies"): 5,
            ("837", "18-24", "Nainen"): 4,
            (MASKED, NO_AGE, UNKNOWN): 2,
        }
    )


def test_households_of_a_month_are_those_that_the_register_paid(landing: Path) -> None:
    published: Counter[str] = Counter()
    for row in rows_of(landing, "kela_open_households"):
        if row["time_type"] == "Kuukausi":
            published[row["month"]] += int(row["n_households"])
    assert published == {month: len(households) for month, households in paid_households(landing).items()}
    assert len(published) == 12


def test_no_count_under_four_stands_where_nothing_is_masked(landing: Path) -> None:
    recipients, households = (rows_of(landing, f"kela_open_{name}") for name in ("recipients", "households"))
    small = [row for row in recipients if int(row["n_recipients"]) < SMALLEST]
    small += [row for row in households if int(row["n_households"]) < SMALLEST]
    assert all(row["municipality_code"] == MASKED for row in small)
    masked = {row["municipality_code"] for row in recipients} & {MASKED}
    assert masked
    assert {row["age_group"] for row in recipients} >= {NO_AGE, "0-17", "65-"}


def test_a_year_counts_a_household_in_each_of_its_municipalities(landing: Path) -> None:
    year = sum(
        int(row["n_households"]) for row in rows_of(landing, "kela_open_households") if row["time_type"] == "Vuosi"
    )
    once = len({household for households in paid_households(landing).values() for household in households})
    assert once < year < once * 1.2


def test_the_year_to_date_ends_as_the_year(landing: Path) -> None:
    rows = rows_of(landing, "kela_open_recipients")

    def of(time_type: str) -> set[tuple[str, ...]]:
        kept = ("municipality_code", "age_group", "sex", "n_recipients")
        return {
            tuple(row[k] for k in kept) for row in rows if (row["time_type"], row["month"]) == (time_type, "201812")
        }

    assert of("Vuosikertymä") == of("Vuosi") != of("Kuukausi")


def test_euros_are_those_of_the_payments_and_their_parts_add_up(landing: Path) -> None:
    published = rows_of(landing, "kela_open_expenditure")
    paid = sum(Decimal(row["amount_eur"].replace(",", ".")) for row in rows_of(landing, "kela_payment"))
    assert sum(Decimal(row["paid_eur"]) for row in published) == paid
    assert all(Decimal(row["state_eur"]) + Decimal(row["shared_eur"]) == Decimal(row["paid_eur"]) for row in published)
    assert {row["is_return"] for row in published if row["paid_eur"].startswith("-")} == {"Kyllä"}


def test_every_value_of_sotkanet_has_its_region_and_some_are_not_published(landing: Path) -> None:
    values = rows_of(landing, "sotkanet_value")
    regions = rows_of(landing, "sotkanet_region")
    assert {row["region_id"] for row in values} == {row["region_id"] for row in regions}
    assert any(row["primary_value"] == "" for row in values)
    assert {"49", "837"} <= {row["region_code"] for row in regions}


def test_the_price_index_has_every_month_of_two_years(landing: Path) -> None:
    rows = rows_of(landing, "ref_price_index")
    assert [row["month"] for row in rows] == [f"{year}M{month:02d}" for year in (2017, 2018) for month in range(1, 13)]
    assert all(float(row["index_points"]) > 1000 for row in rows)
