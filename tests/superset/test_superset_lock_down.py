"""The connection of the dashboards reads the release's tables and nothing else; Superset's own settings are closed."""

from __future__ import annotations

import ast
import runpy
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.errors import SupersetRefused
from avainvarasto.release.reader import LOCK_DOWN
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.superset import server
from avainvarasto.superset.assets import Assets
from avainvarasto.superset.release_file import read_release

pytestmark = pytest.mark.superset

CONFIG = PROJECT_ROOT / "superset" / "superset_config.py"


def test_the_lock_down_is_exactly_the_one_that_refused_everything(assets: Assets) -> None:
    expected = {
        "read_only": True,
        "config": {
            "enable_external_access": False,
            "lock_configuration": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": 2,
            "memory_limit": "2GB",
        },
    }
    assert expected == LOCK_DOWN
    assert assets.databases["julkaisu"]["extra"]["engine_params"]["connect_args"] == expected


@pytest.fixture
def locked(assets: Assets, stub_release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connect_args = assets.databases["julkaisu"]["extra"]["engine_params"]["connect_args"]
    with duckdb.connect(str(stub_release), **connect_args) as connection:
        yield connection


def test_the_locked_connection_reads_the_published_tables(locked: duckdb.DuckDBPyConnection) -> None:
    counted = locked.execute("select count(*) from kela_flow.funnel where cut = 'month'").fetchone()
    assert counted == (24,)


@pytest.mark.bite
@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from read_blob('{file}')",
        "select * from glob('{folder}/*')",
        "copy (select 1) to '{folder}/leak.csv'",
        "copy kela_flow.funnel to '{folder}/leak.parquet' (format parquet)",
        "attach '{other}' as other",
        "export database '{folder}/export'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "create table kela_flow.mine as select 1",
        "delete from kela_flow.funnel",
    ],
)
def test_the_locked_connection_refuses_files_databases_settings_and_writing(
    locked: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str
) -> None:
    file, other = tmp_path / "secret.csv", tmp_path / "other.duckdb"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    duckdb.connect(str(other)).close()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(duckdb.Error):
        locked.execute(statement.format(file=file, folder=tmp_path, other=other)).fetchall()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.bite
def test_without_the_lock_down_a_read_only_connection_reads_files(stub_release: Path, tmp_path: Path) -> None:
    """Why the lock-down exists: if this ever fails, read-only has become enough."""
    copied, file = tmp_path / "copy.duckdb", tmp_path / "secret.csv"
    copied.write_bytes(stub_release.read_bytes())
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with duckdb.connect(str(copied), read_only=True) as connection:
        assert connection.execute(f"select a from read_csv('{file}')").fetchall() == [(1,)]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    home = tmp_path / "superset"
    home.mkdir()
    (home / "secret.key").write_text("made-for-this-test\n", encoding="ascii")
    monkeypatch.setenv("AVAINVARASTO_HOME", str(tmp_path))
    return runpy.run_path(str(CONFIG))


def test_the_configuration_keeps_everything_under_the_home_directory(config: dict[str, Any], tmp_path: Path) -> None:
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/superset/metadata.db"
    assert config["SECRET_KEY"] == "made-for-this-test"


def test_the_configuration_lets_pages_load_from_this_server_only(config: dict[str, Any]) -> None:
    policy = config["TALISMAN_CONFIG"]["content_security_policy"]
    sources = {source for values in policy.values() for source in ([values] if isinstance(values, str) else values)}
    assert config["TALISMAN_ENABLED"] is True
    assert config["WTF_CSRF_ENABLED"] is True
    assert sources <= {"'self'", "'none'", "'unsafe-inline'", "'strict-dynamic'", "blob:", "data:"}


def test_the_configuration_forbids_file_functions_and_opens_nothing_to_the_public(config: dict[str, Any]) -> None:
    wanted = {"read_csv", "read_parquet", "read_json", "read_text", "read_blob", "glob", "getenv"}
    assert wanted <= config["DISALLOWED_SQL_FUNCTIONS"]["duckdb"]
    assert config["PUBLIC_ROLE_LIKE"] is None
    assert config["AUTH_USER_REGISTRATION"] is False


@pytest.mark.bite
def test_a_missing_secret_key_stops_superset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        runpy.run_path(str(CONFIG))


def test_no_secret_stands_in_the_configuration() -> None:
    tree = ast.parse(CONFIG.read_text(encoding="utf-8"))
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert not isinstance(values["SECRET_KEY"], ast.Constant)


def test_the_secret_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    server._secret_key(key)
    first = key.read_text(encoding="ascii")
    server._secret_key(key)
    assert len(first) >= 48
    assert key.read_text(encoding="ascii") == first
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.bite
def test_a_secret_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    server._secret_key(key)
    key.chmod(0o644)
    with pytest.raises(SupersetRefused, match="can be read by others"):
        server._secret_key(key)


def test_superset_gets_no_setting_of_this_project_but_its_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVAINVARASTO_KEY_FILE", "/keys/person.key")
    given = server.environment(Settings(home=tmp_path))
    assert {name for name in given if name.startswith("AVAINVARASTO_")} == {"AVAINVARASTO_HOME"}


@pytest.mark.bite
def test_without_a_release_there_is_nothing_to_apply(tmp_path: Path) -> None:
    with pytest.raises(SupersetRefused, match="no active release"):
        read_release(tmp_path / "current.duckdb")


def test_the_folder_of_assets_does_not_shadow_the_superset_package() -> None:
    assert not (PROJECT_ROOT / "superset" / "__init__.py").exists()
