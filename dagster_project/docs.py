"""`python -m dagster_project.docs`: dbt's documentation of the newest build, as one page under the home's docs.

Belongs here: calling dbt for it. Does not: what the models say of themselves (dbt/).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from avainvarasto.errors import AvainvarastoError, BuildFailed
from avainvarasto.settings import Settings, load_settings
from avainvarasto.warehouse import build
from dagster_project.manifest import DBT


def write_docs(settings: Settings) -> str:
    """Make the page from the models and the newest build's columns.

    Returns:
        its path.

    Raises:
        BuildFailed: there is no build, or dbt could not read it.
    """
    built, _ = build.current(settings)
    project = str(settings.project_root / "dbt")
    target = settings.dbt_target / "docs"
    target.mkdir(parents=True, exist_ok=True)
    # dbt opens its database for writing, and a finished build is never opened so.
    copy = Path(shutil.copyfile(built, target / "copy.duckdb"))
    command = [str(DBT), "--quiet", "docs", "generate", "--static", "--target-path", str(target)]
    paths = ["--project-dir", project, "--profiles-dir", project]
    environment = os.environ | build.dbt_environment(settings) | {"BUILD_FILE": str(copy)}
    done = subprocess.run([*command, *paths], env=environment, capture_output=True, text=True, check=False)
    copy.unlink()
    if done.returncode:
        raise BuildFailed(
            project, "dbt could not write its pages", consequence="Nothing changed.", remedy="see var/logs/dbt"
        )
    settings.docs.mkdir(parents=True, exist_ok=True)
    return str(shutil.copyfile(target / "static_index.html", settings.docs / "models.html"))


def main() -> int:
    """Write the page and say where it is."""
    try:
        print(write_docs(load_settings()))
    except AvainvarastoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
