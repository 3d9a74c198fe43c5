"""What the rest of the project must have for each contract, and where it is still missing.

A new extract is complete when nothing is missing: `avainvarasto contracts check` says so, and so does a test.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from avainvarasto.contracts import Contract
from avainvarasto.dbt_sources import STAGING, outdated
from avainvarasto.quality.suites import load_suite
from avainvarasto.settings import Settings

LANGUAGES = ("fi", "sv", "en")
# The printed total row is a row of the document and no sub-project: it needs no label.
WITHOUT_LABEL = {("survey_subproject", "YHTEENSA")}


@dataclass(frozen=True)
class Gap:
    """A place that does not know an extract yet, and what to do there."""

    place: str
    missing: str


def gaps(settings: Settings, contracts: Mapping[str, Contract]) -> list[Gap]:
    """Everything that is missing around the contracts.

    Raises:
        ContractError: a suite is there and is itself wrong.
    """
    return [*_suites(settings, contracts), *_labels(settings, contracts), *_staging(settings, contracts)]


def _suites(settings: Settings, contracts: Mapping[str, Contract]) -> Iterator[Gap]:
    folder = settings.expectations / "suites" / "landing"
    found = {path.stem for path in folder.glob("*.yml")}
    for extract in sorted(contracts.keys() - found):
        yield Gap(f"expectations/suites/landing/{extract}.yml", "write the landing suite")
    for extract in sorted(found - contracts.keys()):
        yield Gap(f"expectations/suites/landing/{extract}.yml", "take it away: there is no such extract")
    for extract in sorted(found & contracts.keys()):
        load_suite(folder / f"{extract}.yml")


def _labels(settings: Settings, contracts: Mapping[str, Contract]) -> Iterator[Gap]:
    seed = settings.project_root / "dbt" / "seeds" / "code_label.csv"
    with seed.open(encoding="utf-8", newline="") as stream:
        labels = {(row["code_set"], row["code"], row["lang"]) for row in csv.DictReader(stream)}
    used = {
        (column.domain.code_set, code)
        for contract in contracts.values()
        for column in contract.columns.values()
        if column.domain.code_set
        for code in column.domain.values or []
    }
    for code_set, code in sorted(used - WITHOUT_LABEL):
        if missing := [lang for lang in LANGUAGES if (code_set, code, lang) not in labels]:
            yield Gap("dbt/seeds/code_label.csv", f"label {code} of {code_set} in {', '.join(missing)}")


def _staging(settings: Settings, contracts: Mapping[str, Contract]) -> Iterator[Gap]:
    folder = settings.project_root / STAGING
    for path in outdated(settings.project_root, contracts):
        yield Gap(_name(settings, path), "bring it up to the contracts: avainvarasto contracts dbt-sources")
    declared = _declared(folder)
    for extract, contract in contracts.items():
        model = folder / f"stg_{extract}.sql"
        column = f", '{contract.period_column}'" if contract.period_column else ""
        rows = f"newest('{extract}'{column})"
        if not model.is_file():
            yield Gap(_name(settings, model), f"write the staging model on {rows}")
        elif rows not in model.read_text(encoding="utf-8"):
            yield Gap(_name(settings, model), f"read {rows}: the contract says which rows count")
        if model.stem not in declared:
            yield Gap(_name(settings, folder / "_staging__models.yml"), f"describe {model.stem} and test its key")


def _declared(folder: Path) -> set[str]:
    """Models that a schema file of the folder describes and tests."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*.yml")]
    models = [model for file in files for model in file.get("models", [])]
    return {model["name"] for model in models if model.get("description") and model.get("data_tests")}


def _name(settings: Settings, path: Path) -> str:
    return path.relative_to(settings.project_root).as_posix()
