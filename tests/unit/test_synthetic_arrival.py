"""How the made-up deliveries arrive: whole, once, and with a few rows that are wrong on purpose."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from avainvarasto.errors import HomeRefused
from avainvarasto.synthetic.planted import FEWEST_ROWS, PLANTED, Planted, with_bad_rows
from avainvarasto.synthetic.writer import data_file
from tests.synthetic_demo import CONTRACTS, Tables, a_landing, bytes_of, notes, rows_of

pytestmark = pytest.mark.unit


def two_months(folder: Path, **changes: object) -> Path:
    return a_landing(folder, scale=0.001, first="2018-01", last="2018-02", **changes)


# Planted rows

WHERE = {
    "kela_household_month": "municipality_code = '174'",
    "kela_person_month": "role not in ('HAKIJA', 'PUOLISO', 'LAPSI')",
    "kela_person": "name = 'Virhe Tarkiste'",
    "etotu_notification": "type = 'MUU_ILMOITUS'",
}


@pytest.mark.parametrize("planted", PLANTED, ids=[planted.extract for planted in PLANTED])
def test_a_planted_row_is_one_of_many_in_the_first_delivery_that_has_its_extract(
    landing: Path, tables: Tables, planted: Planted
) -> None:
    ((delivery_id, n),) = tables.rows(
        f"select delivery_id, count(*) from {planted.extract} where {WHERE[planted.extract]} group by 1"
    )
    assert n == planted.count
    assert delivery_id == min(folder.name for folder, note in notes(landing) if sends(note, planted.extract))
    assert len(rows_of(landing, planted.extract, delivery_id=delivery_id)) > FEWEST_ROWS


def sends(note: dict[str, list[dict[str, str]]], extract: str) -> bool:
    return extract in {file["extract"] for file in note["files"]}


def test_nothing_is_planted_in_a_file_in_which_one_row_would_refuse_the_delivery() -> None:
    for planted in PLANTED:
        limit = CONTRACTS[planted.extract].quarantine_limit
        assert planted.count / FEWEST_ROWS <= limit
        for n_rows, n_added in ((FEWEST_ROWS - 1, 0), (FEWEST_ROWS, planted.count)):
            good = pa.table({"sex": ["1"] * n_rows})
            parts = with_bad_rows({planted.extract: [good]}, date(2018, 1, 1))[planted.extract]
            assert sum(map(len, parts)) == n_rows + n_added


# Arrival


def test_nothing_has_arrived_when_writing_stops_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Path, target: Path) -> Path:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(OSError, match="full"):
        two_months(tmp_path)
    assert list(tmp_path.rglob("*.csv"))
    assert not list(tmp_path.rglob("delivery.yml"))
    assert not (tmp_path / "truth.yml").exists()


def test_all_files_of_a_delivery_are_there_when_it_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.replace
    seen: list[set[str]] = []

    def watch(self: Path, target: Path) -> Path:
        described = {"delivery.yml.part", "datapackage.json"}
        seen.append({path.name for path in Path(target).parent.iterdir()} - described)
        return original(self, target)

    monkeypatch.setattr(Path, "replace", watch)
    landing = two_months(tmp_path)
    expected = [{file["path"] for file in note["files"]} for _, note in notes(landing)]
    assert sorted(map(sorted, seen)) == sorted(map(sorted, expected))
    assert not list(landing.rglob("*.part"))


def test_deliveries_that_have_arrived_are_not_written_over(tmp_path: Path) -> None:
    before = bytes_of(two_months(tmp_path))
    with pytest.raises(HomeRefused, match="arrived before"):
        two_months(tmp_path, seed=8)
    assert bytes_of(tmp_path / "landing") == before


def test_a_column_that_the_contract_does_not_have_is_not_written() -> None:
    with pytest.raises(KeyError, match="kuntanro"):
        data_file(CONTRACTS["kela_person"], [{"kuntanro": "837"}])


def test_another_seed_makes_a_whole_country_too(tmp_path: Path) -> None:
    landing = two_months(tmp_path, seed=1)
    sources = {contract.source for contract in CONTRACTS.values()}
    assert {folder.parent.name for folder, _ in notes(landing)} == sources
    starts = [row for row in rows_of(landing, "avain_assessment") if row["assessment_kind"] == "ALKU"]
    assert len(starts) == 177
    assert len(rows_of(landing, "kela_household_month")) > 300
