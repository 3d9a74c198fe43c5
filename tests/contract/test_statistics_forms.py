"""JSON-stat 2: what is clear lands with its codes; a cube that contradicts itself is refused, and nothing guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import DataFile, data_file
from avainvarasto.synthetic.writer import Delivery, write_delivery
from tests.deliveries import CONTRACTS
from tests.landed import changed, lenient, take_in
from tests.tables_as_they_stand import arrive, landed, reason

pytestmark = pytest.mark.contract

POPULATION = CONTRACTS["ref_population"]


def dataset(**changes: Any) -> dict[str, Any]:
    """Two municipalities, one of them with leading zeros, men and women, two ages, one year."""
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": "Population",
        "id": ["Vuosi", "Alue", "Sukupuoli", "Ikä", "Tiedot"],
        "size": [1, 2, 2, 2, 1],
        "dimension": {
            "Vuosi": {"category": {"index": ["2018"], "label": {"2018": "2018"}}},
            "Alue": {
                "category": {"index": {"KU837": 1, "KU005": 0}, "label": {"KU005": "Alajärvi", "KU837": "Tampere"}}
            },
            "Sukupuoli": {"category": {"index": ["1", "2"], "label": {"1": "Miehet", "2": "Naiset"}}},
            "Ikä": {"category": {"index": ["000", "100-"]}},
            "Tiedot": {"category": {"label": {"vaesto": "Väestö 31.12."}}},
        },
        "value": [11, 12, 13, 14, 15, 16, 17, 18],
    }
    return content | changes


def dimension(name: str, category: object) -> dict[str, Any]:
    return {"dimension": dataset()["dimension"] | {name: {"category": category}}}


def as_json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def test_cells_of_a_cube_are_rows_with_codes_and_not_labels(home: Settings) -> None:
    assert arrive(home, POPULATION, as_json(dataset()), 8)
    rows = landed(home, "ref_population")
    assert [
        (row["src_row"], row["year"], row["municipality_code"], row["sex"], row["age"], row["n_persons"])
        for row in rows
    ] == [
        (1, 2018, "005", "1", 0, 11),
        (2, 2018, "005", "1", 100, 12),
        (3, 2018, "005", "2", 0, 13),
        (4, 2018, "005", "2", 100, 14),
        (5, 2018, "837", "1", 0, 15),
        (6, 2018, "837", "1", 100, 16),
        (7, 2018, "837", "2", 0, 17),
        (8, 2018, "837", "2", 100, 18),
    ]


def test_what_the_demo_writes_as_a_cube_lands_as_it_was(home: Settings) -> None:
    rows = [
        {"year": 2018, "municipality_code": code, "sex": sex, "age": age, "n_persons": 100 * age + int(sex)}
        for code in ("837", "005", "091")
        for sex in ("2", "1")
        for age in (100, 7)
    ]
    file = data_file(POPULATION, rows)
    assert arrive(home, POPULATION, file.content, file.rows)
    found = [{name: row[name] for name in rows[0]} for row in landed(home, "ref_population")]
    assert found == rows


@pytest.mark.parametrize(
    "value",
    [[11, None, 13, 14, 15, 16, 17, None], {"0": 11, "2": 13, "3": 14, "4": 15, "5": 16, "6": 17}],
    ids=["null", "sparse"],
)
def test_a_cell_without_a_value_is_a_row_without_one(home: Settings, value: object) -> None:
    contract = lenient(POPULATION)
    assert arrive(home, contract, as_json(dataset(value=value, status={"1": "..", "7": "."})), 8)
    assert [row["src_row"] for row in landed(home, "ref_population")] == [1, 3, 4, 5, 6, 7]
    (bad,) = home.quarantine.rglob("*.parquet")
    assert [(row["src_row"], row["rule"]) for row in pq.read_table(bad).to_pylist()] == [
        (2, "required"),
        (8, "required"),
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [({"1": ".."}, [None, "..", None]), ("e", ["e", "e", "e"]), (["", "..", "p"], [None, "..", "p"])],
)
def test_the_status_of_a_cell_is_a_column_where_the_contract_wants_it(
    home: Settings, status: object, expected: list[str | None]
) -> None:
    contract = changed(
        POPULATION,
        reader={"format": "jsonstat", "value": "n_persons", "status": "status"},
        columns={
            "n_persons": {"type": "decimal", "class": "plain", "description": "Persons."},
            "status": {
                "type": "string",
                "class": "plain",
                "description": "Status.",
                "domain": {"values": ["..", "e", "p"]},
            },
        },
    )
    content = {
        "version": "2.0",
        "class": "dataset",
        "id": ["year", "municipality_code", "sex", "age"],
        "size": [1, 1, 1, 3],
        "dimension": {
            "year": {"category": {"index": ["2018"]}},
            "municipality_code": {"category": {"index": ["837"]}},
            "sex": {"category": {"index": ["1"]}},
            "age": {"category": {"index": ["1", "2", "3"]}},
        },
        "value": [1.10, None, 3],
        "status": status,
    }
    assert arrive(home, contract, as_json(content), 3)
    rows = landed(home, "ref_population")
    assert [row["status"] for row in rows] == expected
    assert [row["n_persons"] for row in rows] == [Decimal("1.1"), None, 3]


def test_a_number_keeps_the_digits_in_which_it_is_written(home: Settings) -> None:
    content = as_json(dataset()).replace(b"12,", b"12.0,").replace(b"13,", b"1.3e1,").replace(b"14,", b'"14",')
    contract = lenient(POPULATION)
    assert arrive(home, contract, content, 8)
    assert [row["src_row"] for row in landed(home, "ref_population")] == [1, 4, 5, 6, 7, 8]


def test_a_code_without_the_agreed_prefix_stays_as_it_is_and_is_quarantined(home: Settings) -> None:
    contract = lenient(POPULATION)
    content = dataset(**dimension("Alue", {"index": ["KU005", "SSS"]}))
    assert arrive(home, contract, as_json(content), 8)
    assert {row["municipality_code"] for row in landed(home, "ref_population")} == {"005"}


CUBES: dict[str, tuple[Any, str]] = {
    "another class": (dataset(**{"class": "collection"}), "no JSON-stat of class"),
    "an old version": (dataset(version="1.0"), "version '2.0'"),
    "no object": ([1, 2], "no JSON-stat"),
    "too few values": (dataset(value=[1, 2]), "does not have one entry for each of 8 cells"),
    "too many values": (dataset(value=list(range(9))), "does not have one entry for each of 8 cells"),
    "no values": (dataset(value=None), "does not have one entry for each of 8 cells"),
    "a cell that is not there": (dataset(value={"8": 1}), "names a cell that is not there"),
    "a cell named by a sign": (dataset(value={"-1": 1}), "names a cell that is not there"),
    "a cell named twice": (dataset(value={"1": 1, "01": 2}), "names a cell that is not there, or one twice"),
    "a value that is a list": (dataset(value=[[1], 2, 3, 4, 5, 6, 7, 8]), "neither number nor text"),
    "a value that is a truth": (dataset(value=[True, 2, 3, 4, 5, 6, 7, 8]), "neither number nor text"),
    "a wrong size": (dataset(size=[1, 2, 2, 3, 1]), "'size' of dimension 4"),
    "sizes that multiply to it all the same": (dataset(size=[2, 1, 2, 2, 1]), "'size' of dimension 1"),
    "a size in quotes": (dataset(size=["1", 2, 2, 2, 1]), "'size' of dimension 1"),
    "a size too few": (dataset(size=[1, 2, 2, 2]), "does not name a size for each dimension"),
    "a dimension too few": (dataset(id=["Vuosi", "Alue", "Sukupuoli", "Ikä"], size=[1, 2, 2, 2]), "does not describe"),
    "a dimension twice": (dataset(id=["Vuosi", "Alue", "Sukupuoli", "Ikä", "Ikä"]), "does not describe each dimension"),
    "positions with a gap": (
        dataset(**dimension("Alue", {"index": {"KU005": 0, "KU837": 2}})),
        "positions of dimension 2",
    ),
    "a category twice": (dataset(**dimension("Alue", {"index": ["KU005", "KU005"]})), "stands twice"),
    "codes that are numbers": (dataset(**dimension("Sukupuoli", {"index": [1, 2]})), "no list of codes in quotes"),
    "no categories": (dataset(**dimension("Sukupuoli", None)), "dimension 3 has no categories"),
    "two labels and no order": (dataset(**dimension("Sukupuoli", {"label": {"1": "M", "2": "N"}})), "no list of codes"),
    "other contents": (dataset(**dimension("Tiedot", {"index": ["muutos"]})), "dimension 'Tiedot' does not have"),
}


@pytest.mark.parametrize("name", CUBES)
def test_a_cube_that_contradicts_itself_is_refused_whole(home: Settings, name: str) -> None:
    content, words = CUBES[name]
    assert arrive(home, POPULATION, as_json(content), 8) == []
    assert words in reason(home)
    assert "data.json" in reason(home)
    assert "ask Statistics Finland" in reason(home)


RAW = {
    "no JSON": (b'{"version": "2.0",', "not readable as JSON (line 1)"),
    "another encoding": (as_json(dataset()).decode().encode("iso-8859-15"), "is not utf-8"),
    "a key twice": (b'{"version": "2.0", "class": "dataset", "class": "dataset"}', "has a key twice"),
    "NaN": (as_json(dataset()).replace(b"11,", b"NaN,"), "NaN or Infinity"),
    "an abyss": (b"[" * 200_000, "nested too deeply"),
    "half a character": (as_json(dataset()).replace(b"11,", b'"\\ud800",'), "half a character"),
    "nothing": (b"", "not readable as JSON"),
}


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_cube_at_all_is_refused_and_not_quoted(home: Settings, name: str) -> None:
    content, words = RAW[name]
    assert arrive(home, POPULATION, content, 8) == []
    assert words in reason(home)


def test_a_dimension_that_the_contract_does_not_know_is_refused(home: Settings) -> None:
    content = dataset()
    content["id"].append("kieli")
    content["size"].append(1)
    content["dimension"]["kieli"] = {"category": {"index": ["fi"]}}
    assert arrive(home, POPULATION, as_json(content), 8) == []
    assert "column 'kieli' is not in contract ref_population" in reason(home)


def test_a_missing_dimension_is_refused(home: Settings) -> None:
    content = dataset(id=["Vuosi", "Alue", "Sukupuoli", "Tiedot"], size=[1, 2, 2, 1], value=[1, 2, 3, 4])
    del content["dimension"]["Ikä"]
    assert arrive(home, POPULATION, as_json(content), 4) == []
    assert "column 'age' of contract ref_population (version 2) is missing" in reason(home)


def test_a_cube_of_more_cells_than_a_file_may_have_is_refused_before_it_is_filled(home: Settings) -> None:
    years = [str(n) for n in range(2000)]
    content = dataset(**dimension("Vuosi", {"index": years}))
    content["dimension"]["Ikä"] = {"category": {"index": years}}
    content |= {"size": [2000, 2, 2, 2000, 1], "value": {}}
    assert arrive(home, POPULATION, as_json(content), 8) == []
    assert "more than 2000000 cells" in reason(home)


def test_population_can_still_come_as_the_csv_of_version_1(home: Settings) -> None:
    content = b"year,municipality_code,sex,age,n_persons\n2018,005,1,7,11\n"
    contract = CONTRACTS["ref_population"]
    file = DataFile("ref_population", "population.csv", content, 1)
    delivery = Delivery("reference", "d1", "CSV", datetime(2019, 4, 8, tzinfo=UTC), [file])
    write_delivery(home.landing, delivery)
    assert take_in(home, CONTRACTS) == ["reference/d1"]
    assert contract.version == 2
    (row,) = landed(home, "ref_population")
    assert (row["municipality_code"], row["age"], row["n_persons"]) == ("005", 7, 11)
