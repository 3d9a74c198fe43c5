"""Traps that nobody plants: they follow from the calendar of the reforms and from what was printed."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import reference_lists
from avainvarasto.synthetic.country.country import make_country
from avainvarasto.synthetic.country.truth import MODEL_BEGAN
from avainvarasto.synthetic.sources.deliver import MUNICIPALITY_SEED
from avainvarasto.synthetic.sources.kela_months import coverage

pytestmark = pytest.mark.unit

FIGURES = PROJECT_ROOT / "dbt" / "seeds" / "published_figure.csv"


def figures(**wanted: str) -> list[dict[str, Any]]:
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_the_share_of_the_country_and_those_of_municipalities_are_two_measures_and_none_is_comparable() -> None:
    whole = figures(measure_key="assistance.recipient_share")
    of_places = figures(measure_key="assistance.general_recipient_share")
    assert [(row["value"], json.loads(row["dims"])["area"]) for row in whole] == [("7.4", "country")]
    assert {row["value"] for row in of_places} == {"2.1", "5.9"}
    assert all("municipality_code" in json.loads(row["dims"]) for row in of_places)
    assert {row["comparable"] for row in whole + of_places} == {"false"}


def test_before_the_model_there_are_eleven_comparable_months_and_no_more() -> None:
    country = make_country(MUNICIPALITY_SEED, scale=0.001, first="2017-01", last="2018-06", seed=7)
    noted = [coverage(country, row).column("note").to_pylist() for row in range(len(country.months))]
    comparable = np.array([set(notes) == {None} for notes in noted])
    before = country.months[comparable & (country.months < MODEL_BEGAN)]
    assert (str(before[0]), str(before[-1]), len(before)) == ("2017-04", "2018-02", 11)
    breaks = {(dataset, code): day for dataset, day, code in reference_lists.SERIES_BREAKS}
    assert breaks["KELA_TOIMEENTULOTUKI", "COMPARABLE_FROM"] == str(before[0])
    assert breaks["AVAIN", "RECORDING_STARTS"] == str(MODEL_BEGAN)


def test_what_happened_beside_the_model_is_among_the_breaks_of_series() -> None:
    rows = reference_lists.series_break_rows()
    of_kela = {row["text_code"]: str(row["date"]) for row in rows if row["dataset"] == "KELA_TOIMEENTULOTUKI"}
    beside = ("ACTIVATION_MODEL", "BASIC_INCOME_EXPERIMENT", "EMPLOYMENT_TRIAL", "PROSOS_PROJECT")
    assert [of_kela[code][:7] for code in beside] == ["2018-01", "2017-01", "2017", "2017"]
    assert {"STUDENTS_TO_HOUSING_ALLOWANCE", "TAX_REFUND_MONTHS"} <= set(of_kela)
