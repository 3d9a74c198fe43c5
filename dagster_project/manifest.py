"""dbt's manifest, parsed in set-up and never at import.

Belongs here: when the manifest is stale and how it is made. Does not: what is in it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from avainvarasto.errors import BuildFailed
from avainvarasto.files import sha256_of_tree
from avainvarasto.settings import Settings
from avainvarasto.warehouse.build import dbt_environment, manifest_of

# dbt of this very environment, whatever PATH says; it ends with the run that started it.
DBT = Path(sys.executable).with_name("avainvarasto-dbt")
_PARTS = ("models", "macros", "seeds", "tests", "snapshots")


def ensure_manifest(settings: Settings) -> Path:
    """The manifest of the dbt project as it stands, parsed again if a file of it changed.

    Raises:
        BuildFailed: dbt could not parse the project.
    """
    manifest = manifest_of(settings)
    stamp = manifest.with_name("parsed.sha256")
    project = settings.project_root / "dbt"
    files = [path for part in _PARTS for path in (project / part).rglob("*") if path.is_file()]
    state = sha256_of_tree([*files, project / "dbt_project.yml", project / "profiles.yml"], project)
    if stamp.is_file() and stamp.read_text() == state and _is_whole(manifest):
        return manifest
    shutil.rmtree(manifest.parent, ignore_errors=True)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    command = [str(DBT), "--quiet", "parse"]
    paths = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(manifest.parent)]
    done = subprocess.run(
        [*command, *paths], env=os.environ | dbt_environment(settings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(
            str(project),
            "dbt could not parse the project:\n" + done.stdout[-2000:],
            consequence="Nothing was started.",
            remedy="mend the model that dbt names",
        )
    stamp.write_text(state)
    return manifest


def _is_whole(manifest: Path) -> bool:
    """False where a run was killed while dbt wrote it."""
    try:
        json.loads(manifest.read_bytes())
    except (OSError, ValueError):
        return False
    return True
