"""Lists that documents repeat from code and configuration are complete."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import yaml

from avainvarasto import contracts
from avainvarasto.landing.rules import row_rules
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.dirty import KINDS, Outcome
from tests.architecture.documents import blocks, table_under
from tests.deliveries import CONTRACTS, MARCH

pytestmark = pytest.mark.architecture
OF_EXPECTATIONS = PROJECT_ROOT / "expectations" / "README.md"
OF_BROKEN = PROJECT_ROOT / "docs" / "guides" / "broken-deliveries.md"
OF_DEPENDENCIES = PROJECT_ROOT / "docs" / "decisions" / "0002-dependencies.md"


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def column_of(document: Path, heading: str, head: str) -> list[str]:
    """Names in the first column of the table that begins with `head`."""
    rows = table_under(document, heading)
    start = next((n + 2 for n, row in enumerate(rows) if row[0] == head), 0)
    found: list[str] = []
    for row in rows[start:]:
        if not row[0].startswith("`"):
            break
        found += names_in(row[0])
    return found


def test_every_rule_that_sends_a_row_to_quarantine_is_explained() -> None:
    used = {rule.name for contract in CONTRACTS.values() for rule in row_rules(contract, MARCH)}
    explained = column_of(OF_EXPECTATIONS, "## Names of rules in quarantine", "rule")
    assert len(explained) == len(set(explained))
    assert used <= set(explained)
    source = (PROJECT_ROOT / "avainvarasto" / "landing" / "rules.py").read_text(encoding="utf-8")
    assert [name for name in explained if f'"{name}"' not in source] == []


def test_every_type_and_class_of_a_column_is_explained() -> None:
    assert set(column_of(OF_EXPECTATIONS, "## A contract", "type")) == set(get_args(contracts.ColumnType))
    assert set(column_of(OF_EXPECTATIONS, "## A contract", "class")) == set(get_args(contracts.ColumnClass))


def test_every_key_of_a_contract_is_explained() -> None:
    text = OF_EXPECTATIONS.read_text(encoding="utf-8")
    section = text.split("\n## A contract\n")[1].split("\n## ")[0]
    prose = re.sub(r"^```.*?^```$", "", section, flags=re.MULTILINE | re.DOTALL)
    named = set(names_in(prose)) | set(re.findall(r"^([a-z_]+):", section, re.MULTILINE))
    readers = get_args(get_args(contracts.Reader)[0])
    models = (contracts.Contract, contracts.Column, contracts.Domain, *readers)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert keys - named == set()


def test_the_example_of_a_contract_is_an_extract_of_the_real_one() -> None:
    example, suite = (yaml.safe_load(block.text) for block in blocks(OF_EXPECTATIONS) if block.info == "yaml")
    path = PROJECT_ROOT / "expectations" / "contracts" / f"{example['extract']}.yml"
    real = yaml.safe_load(path.read_text(encoding="utf-8")) | {"may_be_empty": False}
    columns = example.pop("columns")
    assert example == {key: value for key, value in real.items() if key != "columns"}
    assert columns == {name: real["columns"][name] | {"description": "..."} for name in columns}
    real_suite = PROJECT_ROOT / "expectations" / "suites" / "landing" / "kela_household_month.yml"
    (rule,) = suite["expectations"]
    assert rule in yaml.safe_load(real_suite.read_text(encoding="utf-8"))["expectations"]


OUTCOMES = {
    Outcome.NOT_YET: "## Not arrived",
    Outcome.REFUSED: "## Refused as a whole",
    Outcome.STOPS: "## Refused by a check, which ends the night",
    Outcome.QUARANTINED: "## Rows in quarantine",
    Outcome.WARNED: "## Taken with a warning",
    Outcome.LEFT_OUT: "## Left out when the warehouse is built",
}


@pytest.mark.parametrize("outcome", Outcome)
def test_every_kind_of_broken_delivery_stands_in_its_guide_under_what_becomes_of_it(outcome: Outcome) -> None:
    kinds = [kind for kind in KINDS.values() if kind.outcome is outcome]
    rows = [[f"`{kind.name}`", kind.wrong, f"`{kind.says}`" if kind.says else "its name"] for kind in kinds]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    assert table_under(OF_BROKEN, OUTCOMES[outcome]) == rows, "\n".join(lines)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[=<>~]", one)[0] for one in project["dependencies"] + project["optional-dependencies"]["dev"]}
    text = OF_DEPENDENCIES.read_text(encoding="utf-8")
    cells = [
        line.split("|")[1] for line in text.splitlines() if line.startswith("| ") and not line.startswith("| pack")
    ]
    explained = [re.split(r"[ =<>~]", package.strip())[0] for cell in cells for package in cell.split(",")]
    assert sorted(explained) == sorted(asked)
