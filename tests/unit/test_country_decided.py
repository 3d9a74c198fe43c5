"""When Kela decides in the made-up country: shares that are late, asked and asked late, as THL found them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from avainvarasto.synthetic.country.budgets import REASONS, make_budgets
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.decided import RESULTS, decide
from avainvarasto.synthetic.country.decision_truth import DecisionTruth
from avainvarasto.synthetic.country.working_days import due
from tests.synthetic_demo import a_country

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def country() -> Country:
    return a_country(scale=0.1, first="2024-01", last="2024-06")


@pytest.fixture(scope="module")
def counted(country: Country) -> Counter[str]:
    """Decisions of all months."""
    truth = DecisionTruth(country)
    for row in range(len(country.months)):
        budgets = make_budgets(country, row)
        truth.add(budgets, decide(country, budgets).decisions)
    return sum((Counter(cell) for cell in truth.as_yaml()["month"].values()), Counter())


def test_as_many_are_late_and_asked_as_thl_found_in_april_2024(counted: Counter[str]) -> None:
    # THL, Toimeentulotuen käsittelyajat, April 2024.
    n = counted["n_in_time"] + counted["n_late"]
    assert counted["n_late"] / n == pytest.approx(0.059, abs=0.006)
    assert counted["n_info_requested"] / counted["n_applications"] == pytest.approx(0.239, abs=0.006)
    assert counted["n_request_late"] / counted["n_info_requested"] == pytest.approx(0.032, abs=0.006)


def test_each_clock_has_some_that_are_late_and_more_that_are_in_time(counted: Counter[str]) -> None:
    rules = {name.split()[0] for name in counted if name.startswith("TOTUL")}
    assert len(rules) == 4
    for rule in rules:
        assert counted[f"{rule} in time"] > 5 * counted[f"{rule} late"] > 50, rule


def test_refusals_have_their_published_reasons(country: Country) -> None:
    # Kelantutkimus: Toimeentulotuki tilastojen valossa, 2018.
    reasons: Counter[str] = Counter()
    for row in range(3):
        made = decide(country, make_budgets(country, row)).decisions
        refused = (made.result == RESULTS.index("HYLKAYS")) & (made.digit == 1)
        reasons.update(list(REASONS)[reason] for reason in made.reason[refused].tolist())
    shares = {name: n / reasons.total() for name, n in reasons.items()}
    assert shares["EI_LASKENNALLISTA_OIKEUTTA"] == pytest.approx(0.80, abs=0.02)
    assert shares["TIEDOT_PUUTTUU"] == pytest.approx(0.17, abs=0.02)


def test_days_off_are_skipped_and_nothing_is_due_where_no_clock_runs() -> None:
    starts = np.array(["2018-03-28", "2018-06-22", "NaT"], "datetime64[D]")  # before Easter; Midsummer Eve
    assert due(starts, 7).astype(str).tolist() == ["2018-04-10", "2018-07-03", "NaT"]
