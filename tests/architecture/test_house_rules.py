"""The rules of the house that no tool checks, each with an empty list of exceptions."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from avainvarasto.contracts import load_contracts
from avainvarasto.disclosure.policy import load_thresholds
from avainvarasto.errors import ContractError, SettingsError
from avainvarasto.quality.suites import load_suite
from avainvarasto.settings import PROJECT_ROOT, Settings, load_settings
from avainvarasto.wiring import gaps

EXPECTATIONS = PROJECT_ROOT / "expectations"
CONTRACTS = load_contracts(EXPECTATIONS)
LONGEST_FILE = 400


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    return [PROJECT_ROOT / name for name in listed.stdout.split("\n") if name.endswith(endings)]


def test_code_is_read_in_one_sitting() -> None:
    long = {p.name: n for p in tracked(".py", ".sql") if (n := len(p.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_nothing_is_missing_around_the_contracts() -> None:
    """Suites, labels of codes, dbt's source file, staging models and their tests."""
    assert gaps(Settings(), CONTRACTS) == []


def test_every_mart_has_a_candidate_suite_and_every_suite_a_mart() -> None:
    marts = {path.stem for path in (PROJECT_ROOT / "dbt" / "models" / "marts").rglob("mart_*.sql")}
    assert marts == {path.stem for path in (EXPECTATIONS / "suites" / "candidate").glob("*.yml")}


@pytest.mark.parametrize("path", sorted((EXPECTATIONS / "suites").rglob("*.yml")), ids=lambda path: path.stem)
def test_every_suite_says_why_each_rule_stands(path: Path) -> None:
    assert all(len(expectation.notes) > 10 for expectation in load_suite(path).expectations)


def test_every_threshold_has_an_owner_a_reason_and_a_day_of_review() -> None:
    policies = load_thresholds(EXPECTATIONS).policies
    assert set(policies) == {"k", "k_due", "none", "public"}
    assert all(policy.owner and policy.reason and policy.review_on for policy in policies.values())


@pytest.mark.bite
def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(SettingsError, match="AVAINVARASTO_HOEM"):
        load_settings({"AVAINVARASTO_HOEM": "/nowhere"})
    with pytest.raises(SettingsError, match="AVAINVARASTO_KEEP_BUILDS"):
        load_settings({"AVAINVARASTO_KEEP_BUILDS": "0"})


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    settings = load_settings({"AVAINVARASTO_HOME": str(tmp_path), "AVAINVARASTO_THREADS": "4", "PATH": "x"})
    assert (settings.home, settings.threads) == (tmp_path, 4)
    assert settings.lake == tmp_path / "lake"


@pytest.mark.bite
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "blue"}, "colour"),
        ({"key": ["nothing"]}, "does not have: nothing"),
        ({"whole_table": False}, "period_column or whole_table"),
        ({"extract": "other"}, "holds the contract of"),
        ({"columns": {"a": {"type": "text", "class": "plain", "description": "x"}}, "key": ["a"]}, "columns.a.type"),
        (
            {"columns": {"a": {"type": "string", "class": "identifier", "description": "x"}}, "key": ["a"]},
            "names no pseudonym domain",
        ),
        (
            {"columns": {"a": {"type": "string", "class": "plain", "description": "x"}}, "key": ["a"]},
            "anything could stand in it",
        ),
    ],
)
def test_a_contract_with_a_slip_is_an_error(tmp_path: Path, change: dict[str, object], words: str) -> None:
    content = yaml.safe_load((EXPECTATIONS / "contracts" / "ref_population.yml").read_text()) | change
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "ref_population.yml").write_text(yaml.safe_dump(content))
    with pytest.raises(ContractError, match=words):
        load_contracts(tmp_path)


def test_importing_any_module_opens_no_file_of_the_project() -> None:
    modules = sorted(
        path.relative_to(PROJECT_ROOT).with_suffix("").as_posix().replace("/", ".")
        for package in ("avainvarasto", "dagster_project")
        for path in (PROJECT_ROOT / package).rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    )
    program = f"""
import importlib, json, sys
opened = []
root = {str(PROJECT_ROOT)!r}
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root):
        name = arguments[0]
        if "/.venv" not in name and not name.endswith((".py", ".pyc")) and "__pycache__" not in name:
            opened.append(name)
sys.addaudithook(hook)
for module in {modules!r}:
    importlib.import_module(module)
print(json.dumps(opened))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_telemetry_is_off_in_committed_configuration(tmp_path: Path) -> None:
    project = yaml.safe_load((PROJECT_ROOT / "dbt" / "dbt_project.yml").read_text())
    assert project["flags"]["send_anonymous_usage_stats"] is False
    from dagster_project.instance import prepare_instance

    prepare_instance(Settings(home=tmp_path))
    instance = yaml.safe_load((tmp_path / "dagster" / "dagster.yaml").read_text())
    assert instance["telemetry"] == {"enabled": False}
    assert instance["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert '"GX_ANALYTICS_ENABLED"] = "false"' in (PROJECT_ROOT / "avainvarasto" / "quality" / "gx.py").read_text()


def test_no_python_package_shadows_dbt() -> None:
    assert list((PROJECT_ROOT / "dbt").rglob("__init__.py")) == []


def test_pins_are_plain_and_name_no_address() -> None:
    for path in (PROJECT_ROOT / "requirements").glob("*.txt"):
        for line in path.read_text().splitlines():
            assert line.count("==") == 1, f"{path.name}: {line}"
            assert "://" not in line


def test_defaults_of_the_settings_stay_inside_the_project() -> None:
    assert Settings().home == PROJECT_ROOT / "var"


def test_every_imported_package_is_declared() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[^A-Za-z0-9-]", one)[0].lower() for one in project["dependencies"]}
    names |= {"pydantic-core"}  # pydantic is nothing without it
    given_by = importlib.metadata.packages_distributions()
    files = [path for part in ("avainvarasto", "dagster_project") for path in (PROJECT_ROOT / part).rglob("*.py")]
    trees = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    imported = {alias.name for node in trees if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in trees if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names)
    tops -= {"avainvarasto", "dagster_project"}
    assert len(tops) > 10
    assert {
        top for top in tops if not {one.lower().replace("_", "-") for one in given_by.get(top, [])} & names
    } == set()
