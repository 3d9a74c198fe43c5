"""A supplier that writes otherwise is read by the reader that the contract has under its name, and by no other."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake
from avainvarasto.contract_readers import CsvReader as Reader
from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS, a_household_month, deliver, rewrite

pytestmark = pytest.mark.bite
EXTRACT = "kela_household_month"
OTHER = Reader(
    format="csv", delimiter=",", encoding="utf-8", decimal=".", month="%Y-%m", rename={"talous": "household_id"}
)
BOTH = {**CONTRACTS, EXTRACT: CONTRACTS[EXTRACT].model_copy(update={"readers": {"The other system": OTHER}})}


def in_the_other_form(home: Settings, **note: Any) -> None:
    """The same rows as the other system writes them."""
    other: Contract = CONTRACTS[EXTRACT].model_copy(update={"reader": OTHER})
    folder = deliver(home, EXTRACT, [a_household_month()], contract=other, **note)
    (data,) = folder.glob("*.csv")
    rewrite(folder, data.read_bytes().replace(b"household_id", b"talous"))


def land(home: Settings) -> bool:
    assert intake.open_arrivals(home, BOTH).refused == []
    return bool(intake.land_extract(home, BOTH, EXTRACT))


def test_each_supplier_is_read_in_its_own_form_and_the_rows_are_the_same(home: Settings) -> None:
    deliver(home, EXTRACT, [a_household_month()])
    in_the_other_form(home, supplier="The other system", delivery_id="2018-04-09T0200", replaces="2018-04-08T0200")
    assert land(home)
    first, second = (pq.read_table(path).to_pylist() for path in sorted((home.lake / "_pending").rglob("*.parquet")))
    assert (len(first), first[0].pop("delivery_id")) == (1, "2018-04-08T0200")
    assert (len(second), second[0].pop("delivery_id")) == (1, "2018-04-09T0200")
    assert first == second


def test_a_form_under_another_suppliers_name_is_refused_and_the_names_are_said(home: Settings) -> None:
    in_the_other_form(home, supplier="The otter system")
    assert not land(home)
    (entry,) = lake.ledger(home)
    assert "is not a header of contract kela_household_month" in entry["reason"]
    assert "files of 'The other system' are read in a form of their own" in entry["reason"]


def test_the_usual_form_under_the_name_of_the_other_system_is_refused(home: Settings) -> None:
    deliver(home, EXTRACT, [a_household_month()], supplier="The other system")
    assert not land(home)
    assert lake.accepted(home) == []
