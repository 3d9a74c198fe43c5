"""The key ring and the table of aliases. Keys and codes are never printed, and codes never stand on a command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from avainvarasto.settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    subject = commands.add_parser("keys", help="the key ring of this home, its rotation, and changed identity codes")
    keys = subject.add_subparsers(required=True, metavar="WHAT")
    keys.add_parser("show", help="name of the key ring and number of its keys").set_defaults(command=_show)
    rotate = keys.add_parser("rotate", help="add a key and rewrite every pseudonym under it")
    rotate.set_defaults(command=_rotate)
    alias = keys.add_parser("alias", help="take changed identity codes from a CSV file (old_code,new_code)")
    alias.add_argument("file", type=Path)
    alias.set_defaults(command=_alias)


def _show(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto.home import keyring

    ring = keyring(settings)
    print(f"key ring  {ring.key_id}")
    print(f"keys      {len(ring.keys)}")
    return 0


def _rotate(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import run_lock
    from avainvarasto.rewrite.rotation import rotate

    with run_lock(settings):
        done = rotate(settings, load_contracts(settings.expectations))
    print(f"key ring  {done.key_id}")
    print(f"keys      {done.n_keys}")
    print(f"{done.n_pseudonyms} pseudonyms in {done.n_files} files were rewritten; the builds were dropped.")
    print("Next: back up the new key file apart from the data, then make run.")
    return 0


def _alias(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto.contracts import load_contracts
    from avainvarasto.home import run_lock
    from avainvarasto.rewrite.merging import merge

    with run_lock(settings):
        done = merge(settings, load_contracts(settings.expectations), chosen.file)
    print(f"{done.n_new} new pairs; {done.n_pairs} stand in the table now.")
    print(f"{done.n_files} files were rewritten; {done.n_dropped} rows that said the same of one person twice went.")
    print(f"Next: remove the file you gave{', then make run' if done.n_files else ''}.")
    return 0
