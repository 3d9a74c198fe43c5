"""The page on traps names each once, says truly which are planted, and names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.traps import PLANTED
from tests.architecture.documents import table_under
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.architecture

PAGE = PROJECT_ROOT / "docs" / "data-traps.md"
KNOWN = [*range(1, 35), 36, 39, 41]
WAYS = {"planted", "property", "real document", "presentation"}


def rows() -> list[list[str]]:
    return table_under(PAGE, "## The 37")


def names_in(path: Path) -> set[str]:
    """Names of test functions of a module, or of unit tests in a file of dbt."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return {one["name"] for one in yaml.safe_load(text).get("unit_tests", [])}


def test_every_known_trap_stands_in_the_table_once_and_in_order() -> None:
    assert [int(row[0]) for row in rows()] == KNOWN
    assert {len(row) for row in rows()} == {5}


def test_what_is_called_planted_is_what_the_switch_plants() -> None:
    assert {row[2] for row in rows()} == WAYS
    assert {int(row[0]) for row in rows() if row[2] == "planted"} == {trap.number for trap in PLANTED}


def test_a_planted_trap_names_the_extracts_in_which_it_is_counted() -> None:
    places = {int(row[0]): row[3] for row in rows()}
    missing = [
        (trap.number, extract) for trap in PLANTED for extract in trap.shows if extract not in places[trap.number]
    ]
    assert missing == []


def test_extracts_and_columns_that_the_table_names_are_there() -> None:
    named = [
        (extract, column)
        for row in rows()
        for extract, column in re.findall(r"`([a-z_]+)(?:\.([a-z_]+))?`", row[3])
        if extract in CONTRACTS or column
    ]
    assert len(named) > 30
    assert [(e, c) for e, c in named if e not in CONTRACTS or (c and c not in CONTRACTS[e].columns)] == []


def test_every_test_that_the_table_names_is_there() -> None:
    named = [re.fullmatch(r"`([^`:]+)::([^`]+)`", row[4]) for row in rows()]
    assert [row[0] for row, found in zip(rows(), named, strict=True) if found is None] == []
    pairs = [(found[1], found[2]) for found in named if found]
    assert [pair for pair in pairs if pair[1] not in names_in(PROJECT_ROOT / pair[0])] == []
