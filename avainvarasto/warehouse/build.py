"""One build of the warehouse: a new file, filled by dbt, receipted, and only then `current`.

A crash leaves a file named `.building...`, which nobody reads and the next build throws away.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.errors import BuildFailed
from avainvarasto.files import on_disk, point_link, sha256_of, sha256_of_tree, write_json
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.quality import receipts
from avainvarasto.quality.receipts import Receipt, RuleResult
from avainvarasto.settings import Settings
from avainvarasto.warehouse.fingerprint import fingerprints

GATE = "build"
SCHEMAS = ["staging", "intermediate", "core", "marts"]
AFTER_BUILD = "tag:after_build"
_CODE = ("avainvarasto", "dagster_project", "dbt", "expectations")
_CODE_SUFFIXES = (".py", ".sql", ".yml", ".csv")


@dataclass(frozen=True)
class Build:
    """A build in progress or done; `file` is where it is while dbt writes it."""

    build_id: str
    file: str
    lake_state: str
    code_state: str


def code_state(settings: Settings) -> str:
    """Hash of the code, models, seeds and rules that make tables out of the lake."""
    root = settings.project_root
    paths = (path for folder in _CODE for path in (root / folder).rglob("*") if path.suffix in _CODE_SUFFIXES)
    return sha256_of_tree((p for p in paths if "__pycache__" not in p.parts), root)


def dbt_environment(settings: Settings) -> dict[str, str]:
    """What dbt needs to know of this home; the same when it parses and when it builds."""
    return {
        "BUILD_FILE": str(building_file(settings)),
        "DBT_LOG_PATH": str(settings.logs / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def building_file(settings: Settings) -> Path:
    """The file that dbt writes; always of one name, so that what dbt parsed stays valid from night to night."""
    return settings.warehouse / "builds" / ".building.duckdb"


@on_disk
def begin(settings: Settings, contracts: Mapping[str, Contract]) -> Build:
    """A new file with the lake's accepted files as views in schema `lake`, for dbt to build on."""
    folder = settings.warehouse / "builds"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".building*"):
        # The database keeps what does not fit into memory in a folder beside its file.
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    build_id = _new_id(folder)
    file = building_file(settings)
    with duckdb.connect(str(file)) as connection:
        lake.create_views(connection, settings, contracts)
    build = Build(build_id, str(file), lake.lake_state(settings), code_state(settings))
    write_json(_state(settings), asdict(build))
    return build


def in_progress(settings: Settings) -> Build:
    """The build that `begin` started.

    Raises:
        BuildFailed: there is none.
    """
    path = _state(settings)
    if not path.is_file():
        raise _failed(str(path), "no build is in progress")
    return Build(**json.loads(path.read_text(encoding="utf-8")))


@on_disk
def record_checks(settings: Settings, build: Build, dbt_target: Path, run_id: str, *, final: bool) -> list[RuleResult]:
    """Read dbt's results of its tests, and either give them to the build (`final` False) or receipt the build.

    Raises:
        BuildFailed: dbt left no results, or a test of the manifest was not run.
    """
    results = _test_results(dbt_target, build)
    if not final:
        rows = [
            {
                "run_id": run_id,
                "suite": "dbt",
                "rule": result.rule,
                "severity": result.severity,
                "n_evaluated": result.n_evaluated,
                "n_unexpected": result.n_unexpected,
                "passed": result.passed,
            }
            for result in results
        ]
        with duckdb.connect(build.file) as connection:
            lake.write_checks(connection, "build_check", rows)
        write_json(_checks_file(settings), [asdict(result) for result in results])
        return results
    earlier = [RuleResult(**one) for one in json.loads(_checks_file(settings).read_text(encoding="utf-8"))]
    together = sorted(earlier + results, key=lambda one: one.rule)
    declared = _declared_tests(dbt_target)
    _close_file(build)
    receipt = Receipt(GATE, build.build_id, run_id, sha256_of(Path(build.file)), build.code_state, declared, together)
    receipt.write(Path(build.file).with_suffix(".receipt.json"))
    return results


@on_disk
def finish(settings: Settings) -> Path:
    """Verify the receipt of the build in progress, give the file its name, flip `current`, drop old builds.

    Raises:
        GateFailed: the build has no receipt, or one of other content or with a failing test.
        BuildFailed: no build is in progress.
    """
    build = in_progress(settings)
    file = Path(build.file)
    receipt_file = file.with_suffix(".receipt.json")
    data = sha256_of(file) if file.is_file() else ""
    receipts.verified(receipt_file, GATE, data, build.code_state)
    done = settings.warehouse / "builds" / f"{build.build_id}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        prints = fingerprints(connection, SCHEMAS)
    file.replace(done)
    receipt_file.replace(done.with_suffix(".receipt.json"))
    write_json(done.with_suffix(".json"), asdict(build) | {"file": done.name, "fingerprints": prints})
    shutil.copyfile(manifest_of(settings), done.with_suffix(".manifest.json"))
    point_link(settings.warehouse / "current.duckdb", done)
    _state(settings).unlink()
    _drop_old(settings)
    return done


def current(settings: Settings) -> tuple[Path, dict[str, Any]]:
    """File and record of the newest build.

    Raises:
        BuildFailed: there is none yet.
    """
    link = settings.warehouse / "current.duckdb"
    if not link.exists():
        raise _failed(str(link), "there is no build yet")
    file = link.resolve()
    return file, json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))


def manifest_of(settings: Settings) -> Path:
    """dbt's manifest of the last parse or build."""
    return settings.dbt_target / "target" / "manifest.json"


def _close_file(build: Build) -> None:
    """The views of the lake go, and the models that only look through them: the build needs no other file."""
    with duckdb.connect(build.file) as connection:
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where list_contains($schemas, schema_name)",
            {"schemas": SCHEMAS},
        ).fetchall()
        for schema, view in views:
            connection.execute(f'drop view "{schema}"."{view}"')
        connection.execute("drop schema lake cascade")
        connection.execute("create schema audit")
        connection.execute(
            "create table audit.build as select $build_id as build_id, $lake as lake_state, $code as code_state",
            {"build_id": build.build_id, "lake": build.lake_state, "code": build.code_state},
        )
        connection.execute("checkpoint")


def _test_results(dbt_target: Path, build: Build) -> list[RuleResult]:
    run_results, manifest = (_read(dbt_target / name) for name in ("run_results.json", "manifest.json"))
    found = []
    with duckdb.connect(build.file, read_only=True) as connection:
        for result in run_results["results"]:
            kind, node_id = result["unique_id"].split(".")[0], result["unique_id"]
            if kind == "test":
                node = manifest["nodes"][node_id]
                severity = "critical" if node["config"]["severity"].upper() == "ERROR" else "warning"
                evaluated = _rows_behind(connection, manifest, node)
            elif kind == "unit_test":
                node, severity = manifest["unit_tests"][node_id], "critical"
                evaluated = len(node["expect"]["rows"] or [])
            else:
                continue
            passed = result["status"] in ("pass", "success")
            unexpected = 0 if passed else max(int(result.get("failures") or 0), 1)
            found.append(RuleResult(node["name"], severity, evaluated, unexpected, passed))
    if not found:
        raise _failed(str(dbt_target), "dbt ran no test")
    return found


def _rows_behind(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], node: dict[str, Any]) -> int:
    """Rows of the relation that a data test reads first."""
    attached = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), None)
    relation = manifest["nodes"].get(attached) or manifest["sources"].get(attached)
    if not relation:
        return 0
    name = relation.get("alias") or relation["identifier"]
    row = connection.execute(f'select count(*) from "{relation["schema"]}"."{name}"').fetchone()
    return int(row[0]) if row else 0


def _declared_tests(dbt_target: Path) -> int:
    manifest = _read(dbt_target / "manifest.json")
    data_tests = [n for n in manifest["nodes"].values() if n["resource_type"] == "test" and n["config"]["enabled"]]
    return len(data_tests) + len(manifest["unit_tests"])


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise _failed(str(path), "dbt left no such file")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _drop_old(settings: Settings) -> None:
    builds = sorted((settings.warehouse / "builds").glob("[!.]*.duckdb"))
    for old in builds[: -settings.keep_builds]:
        for path in old.parent.glob(f"{old.stem}.*"):
            path.unlink()


def _new_id(folder: Path) -> str:
    stem = datetime.now(HELSINKI).strftime("%Y%m%dT%H%M%S")
    number = 0
    while (folder / f"{stem}-{number:02}.duckdb").exists():
        number += 1
    return f"{stem}-{number:02}"


def _state(settings: Settings) -> Path:
    return settings.warehouse / "building.json"


def _checks_file(settings: Settings) -> Path:
    return settings.warehouse / "building-checks.json"


def _failed(where: str, problem: str) -> BuildFailed:
    return BuildFailed(
        where,
        problem,
        consequence="The warehouse and the release stay as they were.",
        remedy="run the whole night again (make run)",
    )
