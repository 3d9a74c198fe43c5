"""One build of the whole project on the small lake, shared by the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.warehouse.estimates import write_estimates
from tests.dbt.dbt_build import Build
from tests.dbt.small_lake import write_small_lake


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One target folder for all builds, so that the project is parsed once."""
    return tmp_path_factory.mktemp("target")


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Iterator[Build]:
    """The whole project, built and tested in its two parts."""
    made = Build(tmp_path_factory.mktemp("build") / "build.duckdb", target)
    write_small_lake(made.file)
    first = made.dbt("build", "--exclude", "tag:after_build")
    assert first.returncode == 0, first.stdout[-6000:]
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("insert into lake.build_check values ('run-1', 'dbt', 'not_empty', 'error', 1, true)")
    write_estimates(made.file, made.file.parent / "estimates", draws=99)
    second = made.dbt("build", "--select", "tag:after_build")
    assert second.returncode == 0, second.stdout[-6000:]
    yield made


@pytest.fixture(scope="session")
def manifest(build: Build) -> dict[str, Any]:
    """What dbt knows of the project."""
    loaded: dict[str, Any] = json.loads((build.target / "manifest.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models by name."""
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="session")
def marts(models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Models of the schema marts by name."""
    found = {name: node for name, node in models.items() if node["schema"] == "marts"}
    assert len(found) >= 11
    return found
