"""A build of the whole project: its file, dbt run on it as a user runs it, and what its tables hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto.settings import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt"


@dataclass(frozen=True)
class Build:
    """A build file and where dbt left its artefacts."""

    file: Path
    target: Path

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "BUILD_FILE": str(self.file),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.target / "logs"),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
        }
        return subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
            cwd=DBT_PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
