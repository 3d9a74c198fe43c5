"""The demo's canaries: fifty persons a source, delivered with all that the leak test looks for, where it must end."""

from __future__ import annotations

from collections import defaultdict

import pytest

from avainvarasto.synthetic import Canary, canaries, demo
from avainvarasto.synthetic.canary import PER_SOURCE, SOURCES
from tests.synthetic_demo import CONTRACTS, Tables

pytestmark = pytest.mark.unit

# What was found, by the column in which it stood.
Found = dict[tuple[str, str], set[str]]


def details(canary: Canary) -> set[str]:
    return {canary.identity_code, canary.name, canary.address, canary.phone}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    """All details of canaries in the deliveries of each source, in its columns of text."""
    landing = tmp_path_factory.mktemp("demo") / "landing"
    demo.deliver(landing)
    sought = {detail for canary in canaries() for detail in details(canary)}
    everything: dict[str, Found] = {}
    for source in SOURCES:
        tables, of_source = Tables(landing, source), defaultdict(set)
        for extract, contract in CONTRACTS.items():
            if contract.source == source:
                for column in (name for name, column in contract.columns.items() if column.type == "string"):
                    values = tables.rows(f'select distinct "{column}" from {extract} where "{column}" is not null')
                    text = "\n".join(value for (value,) in values)
                    of_source[extract, column] |= {detail for detail in sought if detail in text}
        everything[source] = of_source
    return everything


def test_canaries_are_different_persons() -> None:
    for what in ("identity_code", "name", "address", "phone"):
        assert len({getattr(canary, what) for canary in canaries()}) == PER_SOURCE * len(SOURCES) == 200


@pytest.mark.parametrize("source", SOURCES)
def test_all_canaries_of_a_source_are_in_its_deliveries_with_code_name_address_and_telephone(
    found: dict[str, Found], source: str
) -> None:
    of_source = [canary for canary in canaries() if canary.source == source]
    assert len(of_source) == PER_SOURCE
    delivered = {detail for hits in found[source].values() for detail in hits}
    assert set().union(*map(details, of_source)) - delivered == set()


def test_canaries_stand_in_columns_only_that_end_at_the_door(found: dict[str, Found]) -> None:
    codes = {canary.identity_code for canary in canaries()}
    classes: dict[str, set[str]] = defaultdict(set)
    for of_source in found.values():
        for (extract, column), hits in of_source.items():
            column_class = CONTRACTS[extract].columns[column].column_class
            classes["code"] |= {column_class} if hits & codes else set()
            classes["detail"] |= {column_class} if hits - codes else set()
    assert classes == {"code": {"identifier"}, "detail": {"drop", "free_text"}}
