"""Where an event log may be written: a folder of the analyst alone, apart from this home and this project."""

from __future__ import annotations

import os
from pathlib import Path

from avainvarasto.eventlog.refusal import refused
from avainvarasto.settings import Settings

ENDINGS = (".xes", ".xes.gz")
_OF_OTHERS = 0o077


def demand_place(settings: Settings, file: Path) -> Path:
    """The file with its folder's real path.

    Raises:
        ExportRefused: the name, the folder or its rights are not as they must be, or the file exists.
    """
    if not file.name.endswith(ENDINGS) or file.name.startswith("."):
        raise refused(file.name, "is no name of an event log", "give a name that ends in .xes or .xes.gz")
    folder = file.parent.resolve()
    if not folder.is_dir():
        raise refused(str(folder), "there is no such folder", f"mkdir -m 700 {folder}")
    for kept, why in (
        (settings.home, "lies in this home, whose folders are read by the dashboards, exports and backups"),
        (settings.project_root, "lies in this project, whose files are kept in its repository"),
    ):
        if folder.is_relative_to(kept.resolve()):
            raise refused(str(folder), why, "give a folder outside that only you can read")
    about = folder.stat()
    if about.st_uid != os.geteuid():
        raise refused(str(folder), "belongs to another account", "give a folder of your own")
    if about.st_mode & _OF_OTHERS:
        raise refused(str(folder), "others than you may read or enter it", f"chmod 700 {folder}")
    place = folder / file.name
    if os.path.lexists(place):
        raise refused(file.name, "exists already, and no event log is overwritten", "give another name")
    return place
