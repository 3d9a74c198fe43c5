"""Whole columns written as deliveries are the bytes, or the values, that the same rows give one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms import data_file
from avainvarasto.synthetic.forms.tables import write_tables
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.unit

MONTHS = [date(2018, 1, 1), date(2018, 12, 1), date(2020, 2, 1)]
CENTS = [0, 5, 123456, 1_000_000_00, -1, -12345]


def rows_of(contract: Contract) -> list[dict[str, Any]]:
    """Rows with every type of value, negative and empty ones among them; euros as decimals."""
    values: dict[str, list[Any]] = {
        "eur": [Decimal(cents).scaleb(-2) for cents in CENTS] + [None],
        "month": [*MONTHS, None],
        "date": [date(2018, 2, 28), None, date(1999, 12, 31)],
        "boolean": [True, False, None],
        "integer": [1, 0, 22, None],
        "string": ["K000001", "005", 'A "quoted" one', "half;half", None],
    }
    return [
        {name: values[column.type][n % len(values[column.type])] for name, column in contract.columns.items()}
        for n in range(12)
    ]


def as_columns(contract: Contract, rows: list[dict[str, Any]]) -> pa.Table:
    def array(name: str, kind: str) -> pa.Array:
        found = [row[name] for row in rows]
        if kind == "eur":
            return pa.array([None if v is None else int(v.scaleb(2)) for v in found], pa.int64())
        types = {"month": pa.date32(), "date": pa.date32(), "boolean": pa.bool_(), "integer": pa.int64()}
        return pa.array(found, types.get(kind, pa.string()))

    return pa.table({name: array(name, column.type) for name, column in contract.columns.items()})


def in_two(table: pa.Table) -> Iterator[pa.Table]:
    yield table.slice(0, 5)
    yield table.slice(5)


@pytest.mark.parametrize("extract", ["kela_household_month", "kela_decision", "kela_payment", "kela_person"])
def test_columns_become_the_bytes_that_the_rows_become(extract: str, tmp_path: Path) -> None:
    contract = CONTRACTS[extract]
    rows = rows_of(contract)
    assert write_tables(contract, in_two(as_columns(contract, rows)), tmp_path / "file.csv") == 12
    assert (tmp_path / "file.csv").read_bytes() == data_file(contract, rows).content
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]


@pytest.mark.parametrize("extract", ["kela_income_line", "kela_expense_line"])
def test_columns_become_the_values_that_the_rows_become(extract: str, tmp_path: Path) -> None:
    contract = CONTRACTS[extract]
    rows = rows_of(contract)
    write_tables(contract, in_two(as_columns(contract, rows)), tmp_path / "file.parquet")
    made = pq.read_table(tmp_path / "file.parquet")
    alone = pq.read_table(pa.BufferReader(data_file(contract, rows).content))
    assert made.schema.remove_metadata().equals(alone.schema.remove_metadata())
    assert made.to_pylist() == alone.to_pylist()


def test_other_encodings_and_commas_follow_the_contract(tmp_path: Path) -> None:
    contract = CONTRACTS["kela_person"]
    reader = contract.reader.model_copy(update={"encoding": "iso-8859-1", "delimiter": ","})
    changed = contract.model_copy(update={"reader": reader})
    rows = rows_of(changed)
    rows[0]["name"] = "Räty, Åke"
    write_tables(changed, [as_columns(changed, rows)], tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == data_file(changed, rows).content
    assert "Räty, Åke".encode("iso-8859-1") in (tmp_path / "file.csv").read_bytes()


def test_a_column_that_is_not_given_is_empty_and_one_that_the_contract_lacks_is_refused(tmp_path: Path) -> None:
    contract = CONTRACTS["kela_household"]
    some = as_columns(contract, rows_of(contract)).select(["household_id", "first_month"])
    write_tables(contract, [some], tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_text().splitlines()[1] == "K000001;;;201801;"
    with pytest.raises(KeyError, match="has no column other"):
        write_tables(contract, [some.append_column("other", pa.nulls(12))], tmp_path / "file.csv")
