"""`contracts check` names every place that does not know an extract yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from avainvarasto.contracts import load_contracts
from avainvarasto.dbt_sources import write_source_files
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.wiring import gaps

pytestmark = pytest.mark.bite
STAGING = "dbt/models/staging"


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    """A copy of what belongs to the contracts."""
    for part in ("expectations", STAGING, "dbt/seeds"):
        shutil.copytree(PROJECT_ROOT / part, tmp_path / part)
    return Settings(project_root=tmp_path, expectations=tmp_path / "expectations")


def found(project: Settings) -> list[tuple[str, str]]:
    return [(gap.place, gap.missing) for gap in gaps(project, load_contracts(project.expectations))]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_is_missing_in_an_untouched_copy(project: Settings) -> None:
    assert found(project) == []


def test_a_new_extract_is_missed_in_every_place(project: Settings) -> None:
    folder = project.expectations / "contracts"
    shutil.copy(folder / "kela_payment.yml", folder / "kela_refund.yml")
    change(folder / "kela_refund.yml", "extract: kela_payment", "extract: kela_refund")
    change(folder / "kela_refund.yml", "code_set: payee", "code_set: refund_payee")
    assert found(project) == [
        ("expectations/suites/landing/kela_refund.yml", "write the landing suite"),
        *(
            ("dbt/seeds/code_label.csv", f"label {code} of refund_payee in fi, sv, en")
            for code in ("CLIENT", "LANDLORD", "OTHER")
        ),
        (f"{STAGING}/_kela__sources.yml", "bring it up to the contracts: avainvarasto contracts dbt-sources"),
        (f"{STAGING}/stg_kela_refund.sql", "write the staging model on newest('kela_refund', 'payment_date')"),
        (f"{STAGING}/_staging__models.yml", "describe stg_kela_refund and test its key"),
    ]


def test_source_files_that_were_changed_by_hand_or_left_over_are_brought_up_to_the_contracts(project: Settings) -> None:
    folder = project.project_root / STAGING
    shutil.copy(folder / "_kela__sources.yml", folder / "_gone__sources.yml")
    change(folder / "_swot__sources.yml", "data_type: date", "data_type: string")
    missing = "bring it up to the contracts: avainvarasto contracts dbt-sources"
    assert found(project) == [(f"{STAGING}/{name}__sources.yml", missing) for name in ("_gone", "_swot")]
    written = write_source_files(project.project_root, load_contracts(project.expectations))
    assert [path.name for path in written] == ["_gone__sources.yml", "_swot__sources.yml"]
    assert found(project) == []
    assert (folder / "_registry__sources.yml").exists()


def test_a_model_that_chooses_rows_otherwise_than_the_contract_is_named(project: Settings) -> None:
    change(project.project_root / STAGING / "stg_kela_payment.sql", ", 'payment_date'", "")
    assert found(project) == [
        (
            f"{STAGING}/stg_kela_payment.sql",
            "read newest('kela_payment', 'payment_date'): the contract says which rows count",
        )
    ]


def test_a_suite_without_an_extract_and_a_label_in_one_language_less_are_named(project: Settings) -> None:
    suites = project.expectations / "suites" / "landing"
    shutil.copy(suites / "kela_payment.yml", suites / "kela_refund.yml")
    labels = project.project_root / "dbt" / "seeds" / "code_label.csv"
    lines = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    labels.write_text("".join(line for line in lines if not line.startswith("payee,CLIENT,sv")), encoding="utf-8")
    assert found(project) == [
        ("expectations/suites/landing/kela_refund.yml", "take it away: there is no such extract"),
        ("dbt/seeds/code_label.csv", "label CLIENT of payee in sv"),
    ]
