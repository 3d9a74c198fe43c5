"""A backup, and the way back from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    backup = commands.add_parser("backup", help="data and keys of this home into two archives in FOLDER")
    backup.add_argument("folder", type=Path, metavar="FOLDER")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="a backup into an empty home")
    restore.add_argument("record", type=Path, metavar="RECORD", help="the .json file of the backup")
    restore.add_argument("--keys", type=Path, metavar="FILE", help="the keys archive, if it is not beside the record")
    restore.set_defaults(command=_restore)


def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.backup.record import read_record
    from avainvarasto.backup.take import back_up

    file = back_up(settings, chosen.folder)
    archives = read_record(file).archives
    print(f"record          {file}")
    print(f"data            {archives.data.file}  {len(archives.data.members)} files, {archives.data.size} bytes")
    print(f"keys            {archives.keys.file}  {len(archives.keys.members)} files: keep it apart from the data")
    return 0


def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.backup.restore import restore

    record = restore(settings, chosen.record, chosen.keys)
    n_files = len(record.archives.data.members) + len(record.archives.keys.members)
    print(f"restored        {n_files} files of {record.taken_at} into {settings.home}")
    print(f"active release  {record.active_release or 'none'}")
    if record.releases and record.active_release != max(record.releases):
        print("                an earlier one was active: make run makes a new one; mend first what was rolled back")
    print("next            make run builds the warehouse")
    return 0
