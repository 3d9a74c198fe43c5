"""What the demo hides in its deliveries, and how they arrive: planted mistakes, canaries, the rename at the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from avainvarasto.errors import HomeRefused
from avainvarasto.synthetic import PLANTED, canaries, deliver
from avainvarasto.synthetic.canary import NAMES, PER_SOURCE
from avainvarasto.synthetic.demo_world import make_demo
from avainvarasto.synthetic.notices import TYPE_SHARES
from avainvarasto.synthetic.writer import data_file
from tests.synthetic_demo import CONTRACTS, a_landing, bytes_of, inputs, notes, planted_in, rows_of

pytestmark = pytest.mark.unit

ANOTHER_SEED = 8


# Planted mistakes and canaries


def test_planted_rows_are_well_under_a_hundredth_of_their_file(landing: Path) -> None:
    for planted in PLANTED:
        rows = rows_of(landing, planted.extract, delivery_id=planted.delivery_id)
        assert 0 < planted.count < len(rows) / 200


def test_the_planted_values_are_where_they_are_said_to_be(landing: Path) -> None:
    months = rows_of(landing, "kela_household_month", delivery_id="2018-04-08T0200")
    assert sum(1 for row in months if row["municipality_code"] == "174") == planted_in("kela_household_month")
    roles = Counter(row["role"] for row in rows_of(landing, "kela_person_month"))
    assert sum(roles[role] for role in roles.keys() - {"HAKIJA", "PUOLISO", "LAPSI"}) == planted_in("kela_person_month")
    types = Counter(row["type"] for row in rows_of(landing, "etotu_notification"))
    assert sum(types[kind] for kind in types.keys() - TYPE_SHARES.keys()) == planted_in("etotu_notification")


@pytest.mark.parametrize("source", list(NAMES))
def test_three_canaries_of_each_source_are_delivered_with_all_their_details(landing: Path, source: str) -> None:
    found = [canary for canary in canaries() if canary.source == source]
    assert len(found) == 3
    extracts = [extract for extract, contract in CONTRACTS.items() if contract.source == source]
    rows = [row for extract in extracts for row in rows_of(landing, extract)]
    delivered = "\n".join(value for row in rows for value in row.values())
    for canary in found:
        for detail in (canary.identity_code, canary.name, canary.address, canary.phone):
            assert detail in delivered


def test_canaries_are_different_persons() -> None:
    codes, names = ({getattr(canary, what) for canary in canaries()} for what in ("identity_code", "name"))
    assert len(codes) == len(names) == PER_SOURCE * len(NAMES)


def test_a_canary_is_found_in_dropped_and_identifying_columns_only(landing: Path) -> None:
    details = {detail for canary in canaries() for detail in (canary.name, canary.address, canary.phone)}
    for extract, contract in CONTRACTS.items():
        for row in rows_of(landing, extract):
            for column, value in row.items():
                if contract.columns[column].column_class not in ("drop", "free_text"):
                    assert not any(detail in value for detail in details)


# Arrival


def test_nothing_has_arrived_when_writing_stops_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Path, target: Path) -> Path:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(OSError, match="full"):
        a_landing(tmp_path)
    assert list(tmp_path.rglob("*.csv"))
    assert not list(tmp_path.rglob("delivery.yml"))


def test_all_files_of_a_delivery_are_there_when_it_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.replace
    seen: list[set[str]] = []

    def watch(self: Path, target: Path) -> Path:
        described = {"delivery.yml.part", "datapackage.json"}
        seen.append({path.name for path in Path(target).parent.iterdir()} - described)
        return original(self, target)

    monkeypatch.setattr(Path, "replace", watch)
    landing = a_landing(tmp_path)
    expected = [{file["path"] for file in note["files"]} for _, note in notes(landing)]
    assert sorted(map(sorted, seen)) == sorted(map(sorted, expected))
    assert not list(landing.rglob("*.part"))


def test_deliveries_that_have_arrived_are_not_written_over(landing: Path, tmp_path: Path) -> None:
    before = bytes_of(landing)
    with pytest.raises(HomeRefused, match="arrived before"):
        deliver(landing, seed=ANOTHER_SEED, **inputs(tmp_path))
    assert bytes_of(landing) == before


def test_a_column_that_the_contract_does_not_have_is_not_written() -> None:
    with pytest.raises(KeyError, match="kuntanro"):
        data_file(CONTRACTS["kela_person"], [{"kuntanro": "837"}])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_makes_a_whole_world(seed: int) -> None:
    demo = make_demo(seed)
    assert len(demo.world.households) > 2500
    assert len(demo.notices) == 2000
    assert sum(1 for assessment in demo.assessments if assessment.kind == "ALKU") == 177
    assert len(demo.canaries) == PER_SOURCE * len(NAMES)
