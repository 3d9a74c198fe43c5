"""The project's Markdown, taken apart: fenced blocks, links, tables; and a place in which commands run as typed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.settings import PROJECT_ROOT, Settings

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# What differs from run to run: ids of releases, moments.
_OF_A_RUN = re.compile(r"r?\d{8}T\d{6}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


@dataclass(frozen=True)
class Block:
    """A fenced block: its info string and its text."""

    info: str
    text: str

    @property
    def is_shell(self) -> bool:
        return self.info.split(" ")[0] == "sh"

    @property
    def is_run(self) -> bool:
        return self.is_shell and "no-test" not in self.info

    @property
    def code(self) -> int:
        """Documented exit code."""
        found = re.search(r"exit=(\d+)", self.info)
        return int(found.group(1)) if found else 0


def tracked() -> list[str]:
    """Paths of the repository, as git keeps them."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def documents() -> list[Path]:
    """Every Markdown file of the repository."""
    return [PROJECT_ROOT / name for name in tracked() if name.endswith(".md")]


def blocks(document: Path) -> list[Block]:
    return [Block(info.strip(), text) for info, text in _FENCE.findall(document.read_text(encoding="utf-8"))]


def commands_and_outputs(document: Path) -> Iterator[tuple[Block, Block | None]]:
    """Each shell block that is run, with the text block right after it, if there is one."""
    found = blocks(document)
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.is_run:
            yield block, following if following and following.info == "text" else None


def relative_links(document: Path) -> list[str]:
    """Targets of links that are no address and no place on the same page."""
    prose = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return [link.split("#")[0] for link in _LINK.findall(prose) if "://" not in link and not link.startswith("#")]


def table_under(document: Path, heading: str) -> list[list[str]]:
    """Cells of the table under a heading, without its head."""
    section = document.read_text(encoding="utf-8").split(f"\n{heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def quoted_messages(document: Path) -> list[str]:
    """What a runbook quotes as a message: lines of a block quote."""
    return [line[2:] for line in document.read_text(encoding="utf-8").splitlines() if line.startswith("> ")]


def messages_of_the_code() -> list[str]:
    """Every text constant of the code; in an f-string each filled-in value is a line break."""
    found = []
    for folder in ("avainvarasto", "dagster_project"):
        for path in (PROJECT_ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = (part.value if isinstance(part, ast.Constant) else "\n" for part in node.values)
                    found.append("".join(str(part) for part in parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return found


def missing_words(shown: str, output: str) -> list[str]:
    """Words of a documented output that the real one lacks; ids of a run and moments may differ."""
    return [word for word in shown.split() if not _OF_A_RUN.search(word) and word not in output]


def workplace(folder: Path, settings: Settings) -> Path:
    """A folder that looks like the project with its environment, where `var` is the home: commands run as typed."""
    folder.mkdir()
    for path in PROJECT_ROOT.iterdir():
        if path.name not in ("var", ".venv", ".venv-superset", ".git"):
            (folder / path.name).symlink_to(path)
    (folder / "var").symlink_to(settings.home)
    python = f'export PYTHONPATH="{PROJECT_ROOT}"\nexec "{sys.executable}"'
    _script(folder / ".venv" / "bin" / "python", f'{python} "$@"')
    _script(folder / ".venv" / "bin" / "avainvarasto", f'{python} -m avainvarasto.cli "$@"')
    _script(folder / ".path" / "make", f'[ "$*" = run ] || exit 64\n{python} -m dagster_project')
    return folder


def _script(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
