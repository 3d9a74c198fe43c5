"""Every extract, from the file that its supplier sends to the core of the warehouse, in the first night."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from avainvarasto.release.reader import query
from avainvarasto.warehouse.build import manifest_of
from tests.conftest import Night
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.dagster

# Tables to which every source of persons, or every suite, adds something: they show no extract's own rows. Persons of
# Kela's register are the exception: there they are what is delivered.
OF_ALL = {"dim_person", "fct_check"}
ONLY_PERSONS = {"kela_person": {"dim_person"}}


@pytest.fixture(scope="module")
def manifest(night: Night) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(manifest_of(night.settings).read_text(encoding="utf-8"))
    return loaded


def core_of(manifest: dict[str, Any], extract: str) -> set[str]:
    """The core models that are the first to hold rows of an extract."""
    reached, look_at = set(), [f"source.avainvarasto.lake.{extract}"]
    while look_at:
        for child in manifest["child_map"][look_at.pop()]:
            node = manifest["nodes"].get(child, {})
            if node.get("resource_type") == "model":
                if node["schema"] == "core":
                    reached.add(node["name"])
                else:
                    look_at.append(child)
    return reached - OF_ALL or reached & ONLY_PERSONS.get(extract, set())


@pytest.mark.parametrize("extract", CONTRACTS)
def test_rows_of_an_extract_reach_the_core(night: Night, manifest: dict[str, Any], extract: str) -> None:
    tables = core_of(manifest, extract)
    assert tables
    with duckdb.connect(str(night.settings.warehouse / "current.duckdb"), read_only=True) as connection:
        counted = {name: connection.execute(f"select count(*) from core.{name}").fetchone() for name in tables}
    assert all(row and row[0] for row in counted.values()), counted


def test_every_extract_is_published_with_its_counts(night: Night) -> None:
    _, rows = query(night.settings, "select extract, sum(n_loaded) from quality.deliveries where accepted group by all")
    loaded = dict(rows)
    assert loaded.keys() == {name for name, contract in CONTRACTS.items() if not contract.part_of}
    assert all(n > 0 for n in loaded.values())


def test_every_form_that_is_agreed_is_in_use() -> None:
    written = {contract.reader.format for contract in CONTRACTS.values()}
    assert written >= {"csv", "xlsx", "parquet", "datapackage", "jsonstat", "pxweb"}
    assert written >= {"client_plan", "webropol", "swot_export", "part"}
