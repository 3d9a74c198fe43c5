"""Which layer may read which, and how models are named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avainvarasto.contracts import load_contracts
from avainvarasto.settings import PROJECT_ROOT
from tests.dbt.dbt_build import DBT_PROJECT

pytestmark = pytest.mark.dbt

Node = dict[str, Any]
# A layer reads the layers below it and, where it says so, its own.
MAY_READ = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate"},
    "core": {"staging", "intermediate", "core", "seed"},
    "marts": {"core"},
}
NAMES = {
    "staging": r"stg_[a-z_]+",
    "intermediate": r"int_[a-z]+__[a-z_]+",
    "core": r"(dim|fct)_[a-z_]+",
    "marts": r"mart_[a-z_]+?__[a-z_]+",
}


def layer(manifest: dict[str, Any], unique_id: str) -> str:
    if unique_id.startswith(("source.", "seed.")):
        return unique_id.split(".", maxsplit=1)[0]
    schema: str = manifest["nodes"][unique_id]["schema"]
    return schema


def test_each_layer_reads_only_what_it_may(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    for name, node in models.items():
        read = {layer(manifest, unique_id) for unique_id in node["depends_on"]["nodes"]}
        assert read <= MAY_READ[node["schema"]], name


def test_only_staging_speaks_of_sources() -> None:
    speaking = [
        path.relative_to(DBT_PROJECT)
        for path in (DBT_PROJECT / "models").rglob("*.sql")
        if re.search(r"source\s*\(|newest\s*\(", path.read_text(encoding="utf-8"))
    ]
    assert speaking
    assert {path.parts[1] for path in speaking} == {"staging"}


def test_names_tell_the_layer_and_the_folder_agrees(models: dict[str, Node]) -> None:
    assert {node["schema"] for node in models.values()} == set(NAMES)
    for name, node in models.items():
        assert re.fullmatch(NAMES[node["schema"]], name), name
        assert node["fqn"][1] == node["schema"], name


def test_a_mart_lies_in_the_folder_of_its_domain(models: dict[str, Node]) -> None:
    for name, node in models.items():
        if node["schema"] == "marts":
            assert node["fqn"][2] == name.removeprefix("mart_").split("__")[0], name


def test_every_extract_of_the_contracts_has_its_staging_model(models: dict[str, Node]) -> None:
    extracts = load_contracts(PROJECT_ROOT / "expectations")
    assert {f"stg_{extract}" for extract in extracts} <= set(models)


def test_no_model_asks_for_the_time() -> None:
    clock = re.compile(r"\b(now|current_date|current_timestamp|today|get_current_timestamp)\b\s*\(?", re.IGNORECASE)
    for path in [*(DBT_PROJECT / "models").rglob("*.sql"), *(DBT_PROJECT / "macros").rglob("*.sql")]:
        code = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        calls = [match.group(0) for match in clock.finditer(code) if "(" in match.group(0) or "_" in match.group(0)]
        assert not calls, path


def test_the_dbt_folder_holds_no_python() -> None:
    """A package in it would shadow the package dbt."""
    assert not list(DBT_PROJECT.rglob("*.py"))


def test_every_model_is_described(models: dict[str, Node]) -> None:
    undescribed = [name for name, node in models.items() if not node["description"].strip()]
    assert undescribed == []


def test_every_exposure_has_an_owner_and_reads_marts(manifest: dict[str, Any]) -> None:
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        assert exposure["owner"]["name"]
        assert {layer(manifest, unique_id) for unique_id in exposure["depends_on"]["nodes"]} == {"marts"}
