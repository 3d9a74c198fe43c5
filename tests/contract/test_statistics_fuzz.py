"""Whatever stands in a file, the readers of statistical tables count its rows or refuse it, and nothing else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers import load, reading
from avainvarasto.landing.readers.arriving import Arriving
from tests.contract.test_statistics_forms import POPULATION, as_json, dataset
from tests.contract.test_table_forms import LONG, RECIPIENTS, WIDE, long_form, package, wide_form

pytestmark = pytest.mark.contract

quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
pieces = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b'"', b";", b",", b"\n", b"\r", b"\x00", b"{", b"]", b"null", b"-1", b"1e999", b"\xef\xbb\xbf", b"\xe4"]
    ),
)
edits = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 8), pieces), min_size=1, max_size=4)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["KU005", "1"])
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def outcome(contract: Contract, content: bytes, described: bytes | None = None) -> str | int:
    """Rows, or the refusal's words; any other exception leaves."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "data.csv"
        path.write_bytes(content)
        if described is not None:
            path.with_name("datapackage.json").write_bytes(described)
        try:
            arriving = Arriving(connection, path, contract, "source/d1/data.csv", Path(folder))
            load(arriving)
            with reading(arriving):
                rows = connection.execute("from delivered").to_arrow_table()
        except DeliveryRefused as refused:
            assert refused.problem
            assert refused.remedy
            return refused.problem
        if "src_row" in rows.column_names:
            assert len(rows.column("src_row").unique()) == len(rows)
        return len(rows)


def edited(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, piece in changes:
        at = place % (len(content) + 1)
        content = content[:at] + piece + content[at + length :]
    return content


def test_the_untouched_files_are_read() -> None:
    assert outcome(POPULATION, as_json(dataset())) == 8
    assert outcome(LONG, long_form("11", "12")) == 2
    assert outcome(WIDE, wide_form()) == 4
    assert outcome(RECIPIENTS, *package()) == 2


@quick
@given(edits)
def test_a_cube_with_slips_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    outcome(POPULATION, edited(as_json(dataset()), changes))


@quick
@given(st.sampled_from(["id", "size", "dimension", "value", "Alue", "category", "index"]), anything)
def test_a_cube_with_anything_in_the_place_of_a_part_is_read_or_refused(part: str, other: Any) -> None:
    content = dataset()
    if part in ("Alue", "category", "index"):
        place = {"Alue": content["dimension"], "category": content["dimension"]["Alue"]}.get(
            part, content["dimension"]["Alue"]["category"]
        )
        place[part] = other
    else:
        content[part] = other
    outcome(POPULATION, json.dumps(content).encode())


@quick
@given(st.sampled_from([LONG, WIDE]), edits)
def test_pxwebs_tables_with_slips_are_read_or_refused(
    contract: Contract, changes: list[tuple[int, int, bytes]]
) -> None:
    outcome(contract, edited(wide_form() if contract is WIDE else long_form("11", ".."), changes))


@quick
@given(edits, edits)
def test_a_package_with_slips_in_table_or_description_is_read_or_refused(
    changes: list[tuple[int, int, bytes]], others: list[tuple[int, int, bytes]]
) -> None:
    content, described = package()
    outcome(RECIPIENTS, edited(content, changes), described)
    outcome(RECIPIENTS, content, edited(described, others))


@quick
@given(st.sampled_from(["path", "bytes", "hash", "dialect", "encoding", "schema", "fields"]), anything)
def test_a_package_described_by_anything_is_read_or_refused(part: str, other: Any) -> None:
    def change(_: dict[str, Any], resource: dict[str, Any]) -> None:
        (resource["schema"] if part == "fields" else resource)[part] = other

    outcome(RECIPIENTS, *package(change))
