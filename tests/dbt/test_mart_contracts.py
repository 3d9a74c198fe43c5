"""What every mart must carry: contract, owner, labels, counts behind its measures, a tested grain and unit tests."""

from __future__ import annotations

from typing import Any

import pytest

from avainvarasto.contracts import load_contracts
from avainvarasto.release.published import published_tables
from avainvarasto.settings import PROJECT_ROOT
from tests.dbt.dbt_build import Build

pytestmark = pytest.mark.dbt

Node = dict[str, Any]
DERIVED = ("_share", "_share_lo", "_share_hi", "_ratio", "_eur", "_days")
DERIVED_STARTS = ("median_", "mean_")


def meta(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = node["config"]["meta"]
    return found


def needs_counts(column: str) -> bool:
    return column.endswith(DERIVED) or column.startswith(DERIVED_STARTS)


def test_every_mart_enforces_its_contract_and_describes_every_column(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        assert node["config"]["contract"]["enforced"] is True, name
        assert node["description"].strip(), name
        for column in node["columns"].values():
            assert column["data_type"], f"{name}.{column['name']}"
            assert column["description"].strip(), f"{name}.{column['name']}"


def test_every_mart_has_an_owner_and_labels_in_three_languages(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        assert meta(node)["owner"], name
        labels = meta(node)["label"]
        assert set(labels) == {"fi", "sv", "en"}, name
        assert all(labels.values()), name


def test_labels_tell_marts_apart(marts: dict[str, Node]) -> None:
    for language in ("fi", "sv", "en"):
        labels = [meta(node)["label"][language] for node in marts.values()]
        assert len(labels) == len(set(labels))


def test_every_derived_measure_names_the_counts_behind_it(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        disclosure = meta(node)["disclosure"]
        assert disclosure["policy"] in ("k", "k_due", "public", "none"), name
        columns = set(node["columns"])
        derived = {column for column in columns if needs_counts(column)}
        assert derived <= set(disclosure["counts"]), name
        for measure, counts in disclosure["counts"].items():
            assert measure in columns, f"{name}: {measure}"
            assert counts and set(counts) <= columns, f"{name}: {measure}"
        assert set(disclosure.get("public", [])) <= columns, name


def test_support_columns_stand_last_and_say_so(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        support = meta(node).get("support", [])
        columns = list(node["columns"])
        assert columns[len(columns) - len(support) :] == support, name
        for column in support:
            assert node["columns"][column]["description"].startswith("Support:"), f"{name}.{column}"


def test_shares_of_persons_are_tested_to_lie_between_0_and_1(manifest: dict[str, Any], marts: dict[str, Node]) -> None:
    tested = {
        (test["attached_node"], test["column_name"])
        for test in data_tests(manifest)
        if test["test_metadata"]["name"] == "share_between_0_1"
    }
    for name, node in marts.items():
        for column in node["columns"]:
            if column.endswith("_share"):
                assert (node["unique_id"], column) in tested, f"{name}.{column}"


def test_the_grain_of_every_mart_is_tested_over_cut_and_dimensions(
    manifest: dict[str, Any], marts: dict[str, Node]
) -> None:
    for name, node in marts.items():
        expected = {"cut", *meta(node)["dimensions"]} if "dimensions" in meta(node) else set()
        tested = [
            set(test["test_metadata"]["kwargs"]["columns"])
            for test in data_tests(manifest)
            if test["attached_node"] == node["unique_id"] and test["test_metadata"]["name"] == "unique_combination"
        ]
        assert any(expected <= columns for columns in tested), name


def test_every_mart_refuses_to_be_empty(manifest: dict[str, Any], marts: dict[str, Node]) -> None:
    tested = {test["attached_node"] for test in data_tests(manifest) if test["test_metadata"]["name"] == "not_empty"}
    assert {node["unique_id"] for node in marts.values()} <= tested


def test_every_mart_has_a_unit_test(manifest: dict[str, Any], marts: dict[str, Node]) -> None:
    tested = {unit_test["model"] for unit_test in manifest["unit_tests"].values()}
    assert set(marts) <= tested


def test_every_table_has_its_year_and_month_cut(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        always = ("basis", *meta(node).get("fixed", []))
        fixed = [d for d in always if d in meta(node).get("dimensions", [])]
        for period in ("year", "month"):
            if period in meta(node).get("dimensions", []):
                assert [*fixed, period] in meta(node)["cuts"], f"{name}: {period}"


def test_cuts_list_dimensions_in_the_order_of_the_columns(marts: dict[str, Node]) -> None:
    for name, node in marts.items():
        if "dimensions" not in meta(node):
            assert name.startswith("mart_reference__")
            continue
        dimensions = meta(node)["dimensions"]
        assert list(node["columns"])[: len(dimensions) + 1] == ["cut", *dimensions], name
        for cut in meta(node)["cuts"]:
            assert cut == [d for d in dimensions if d in cut], f"{name}: {cut}"


def test_rows_break_out_exactly_what_their_cut_says(build: Build, marts: dict[str, Node]) -> None:
    checked = 0
    for name, node in marts.items():
        if "cuts" not in meta(node):
            continue
        dimensions = meta(node)["dimensions"]
        declared = {",".join(cut) for cut in meta(node)["cuts"]}
        rows = build.rows(f"select distinct cut, {', '.join(dimensions)} from marts.{name}")
        assert {row["cut"] for row in rows} == declared, name
        for row in rows:
            # A fixed column stands in every cut; its 'all' is a value of the source's own, no row of all values.
            fixed = meta(node).get("fixed", [])
            assert row["cut"] == ",".join(d for d in dimensions if row[d] != "all" or d in fixed), name
            checked += 1
    assert checked > 100


def test_a_mart_of_parts_of_a_document_is_made_of_the_document_too(build: Build) -> None:
    """The ledger knows documents: by their parts alone, nature and "was it delivered?" would have no answer."""
    contracts = load_contracts(PROJECT_ROOT / "expectations")
    whole = {extract: contract.part_of for extract, contract in contracts.items() if contract.part_of}
    # Of the tables on quality one counts rows of every extract; it says nothing of what stands in them.
    tables = [table for table in published_tables(build.target / "manifest.json") if table.schema != "quality"]
    assert any(set(whole) & set(table.extracts) for table in tables)
    for table in tables:
        assert {whole[extract] for extract in table.extracts if extract in whole} <= set(table.extracts), table.name
        assert not set(whole) & set(table.needs), table.name


def data_tests(manifest: dict[str, Any]) -> list[Node]:
    return [
        node for node in manifest["nodes"].values() if node["resource_type"] == "test" and node.get("test_metadata")
    ]
