"""Notices of the made-up country: kinds at published shares, first batches on Mondays, breaks of the series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.budgets import make_budgets
from avainvarasto.synthetic.country.country import make_country
from avainvarasto.synthetic.country.notices import KINDS, STAGED_A_WEEK, Notices, Office
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.sources.contacts import Contacts
from avainvarasto.synthetic.sources.etotu_tables import Etotu

pytestmark = pytest.mark.unit

SEED_FILE = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
SCALE = 0.05
# Jokela, Kivipelto & Ylikännö: THL, Työpaperi 26/2019; notifications of 2017-2018.
PUBLISHED = {
    "TAYD_EHK_HAKEMUS": 0.51,
    "ALENNETTU_PERUSOSA": 0.20,
    "TYOTON_25PLUS_12KK": 0.10,
    "SOSIAALITYON_TARVE": 0.09,
}
# Kela: reduced persons in January-August 2018 (Verkkouutiset, October 2018).
REDUCED_PERSONS = 11_149


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Notices], int]:
    """Notices by month of 2017 and 2018, and how many persons were reduced in January-August 2018."""
    country = make_country(SEED_FILE, scale=SCALE, first="2017-01", last="2018-12", seed=7)
    office, notices, reduced = Office(country), {}, set()
    for row, month in enumerate(country.months):
        budgets = make_budgets(country, row)
        notices[str(month)] = office.month(budgets)
        if "2018-01" <= str(month) <= "2018-08":
            reduced |= set(budgets.households[budgets.reduction > 0].tolist())
    return notices, len(reduced)


def of_year(notices: dict[str, Notices], year: str) -> Notices:
    return Notices.joined([some for month, some in notices.items() if month.startswith(year)])


def test_kinds_have_their_published_shares(made: tuple[dict[str, Notices], int]) -> None:
    kinds = of_year(made[0], "2018").kind
    for name, share in PUBLISHED.items():
        assert float((kinds == KINDS.index(name)).mean()) == pytest.approx(share, abs=0.025), name
    assert set(kinds) == set(range(len(KINDS)))


def test_so_many_persons_are_reduced_as_kela_said(made: tuple[dict[str, Notices], int]) -> None:
    error = 3 * (REDUCED_PERSONS / SCALE) ** 0.5
    assert made[1] / SCALE == pytest.approx(REDUCED_PERSONS, abs=max(0.05 * REDUCED_PERSONS, error))


def test_the_first_notices_of_large_municipalities_go_out_on_mondays(made: tuple[dict[str, Notices], int]) -> None:
    of_2017 = of_year(made[0], "2017")
    staged = of_2017.of(of_2017.staged)
    assert len(staged) > 100
    days = staged.sent.astype("datetime64[D]")
    assert set(days.astype(int) % 7) == {np.datetime64("2017-10-23").astype(int) % 7}
    assert (staged.criteria < np.datetime64("2017-11-01")).all()
    assert days.max() > np.datetime64("2017-11-06")
    for place in np.unique(staged.place):
        _, sent_that_day = np.unique(days[staged.place == place], return_counts=True)
        assert sent_that_day.max() <= STAGED_A_WEEK * SCALE
    assert not of_year(made[0], "2018").staged.any()


def test_unemployed_and_immigrants_are_not_looked_for_before_their_time(made: tuple[dict[str, Notices], int]) -> None:
    def first_month(name: str) -> str:
        return min(month for month, some in made[0].items() if (some.kind == KINDS.index(name)).any())

    assert first_month("TYOTON_ALLE25_4KK") == first_month("TYOTON_25PLUS_12KK") == "2017-10"
    assert first_month("MAAHANMUUTTAJA_2KK") == "2017-06"


def test_telephone_numbers_come_from_october_2017_on(made: tuple[dict[str, Notices], int]) -> None:
    both = Notices.joined(list(made[0].values()))
    early = both.sent < np.datetime64("2017-10-09")
    assert not both.phone[early].any()
    assert 0.7 < both.phone[~early].mean() < 0.9


def tables(first: str, last: str) -> Iterator[dict[str, list[dict[str, object]]]]:
    country = make_country(SEED_FILE, scale=0.01, first=first, last=last, seed=7)
    people = make_people(country)
    etotu = Etotu(country, people, Contacts(country, people))
    for row in range(len(country.months)):
        month = etotu.month(make_budgets(country, row))
        yield {name: table.to_pylist() for name, table in month.items()}


def test_counties_receive_from_2023_on_and_reductions_continue_from_november() -> None:
    for month, made in zip(range(1, 13), tables("2023-01", "2023-12"), strict=True):
        rows = made["etotu_notification"]
        assert {row["area_type"] for row in rows} == {"HVA"}
        continued = [row for row in rows if row["is_continuation_reduction"]]
        assert bool(continued) == (month >= 11)
        assert {row["type"] for row in continued} <= {"ALENNETTU_PERUSOSA"}


def test_immigrants_are_told_of_to_municipalities_again_from_2025_on() -> None:
    rows = [row for month in tables("2024-11", "2025-02") for row in month["etotu_notification"]]
    immigrants = {str(row["sent_ts"])[:4]: row["area_type"] for row in rows if row["type"] == "MAAHANMUUTTAJA_2KK"}
    assert immigrants == {"2024": "HVA", "2025": "KUNTA"}
    assert {row["area_type"] for row in rows if row["type"] != "MAAHANMUUTTAJA_2KK"} == {"HVA"}
