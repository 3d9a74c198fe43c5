"""Small file habits shared by the stages: hashes, and files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_tree(paths: Iterable[Path], root: Path) -> str:
    """Hex digest of several files with their names relative to `root`, independent of their order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root).as_posix()}\x00{sha256_of(path)}\n".encode())
    return digest.hexdigest()


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    partial.replace(path)


def point_link(link: Path, target: Path) -> None:
    """Make `link` a relative symbolic link to `target`, replacing an old one in one step."""
    partial = link.with_name(f".{link.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(Path(*([".."] * _depth(link, target))) / target.relative_to(_common(link, target)))
    partial.replace(link)


def _common(link: Path, target: Path) -> Path:
    parent = link.parent
    while not target.is_relative_to(parent):
        parent = parent.parent
    return parent


def _depth(link: Path, target: Path) -> int:
    return len(link.parent.relative_to(_common(link, target)).parts)
