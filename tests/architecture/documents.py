"""The project's Markdown, taken apart: fenced blocks, links, tables; and a place in which commands run as typed."""

from __future__ import annotations

import ast
import os
import re
import shutil
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

# Guides that change files of the project: every block of theirs is a step.
RUN_IN_A_COPY = (PROJECT_ROOT / "docs" / "guides" / "add-a-source.md",)
_INTRODUCED = re.compile(
    r"(?:File `(?P<whole>[^`]+)`|At the end of `(?P<end>[^`]+)`"
    r"|In `(?P<inside>[^`]+)`, (?P<side>after|before) the line `(?P<anchor>[^`]+)`):"
)


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


@dataclass(frozen=True)
class Edit:
    """A block that is written into a file of the project, and how."""

    text: str
    whole: str | None = None
    end: str | None = None
    inside: str | None = None
    side: str | None = None
    anchor: str | None = None

    def apply(self, project: Path) -> None:
        """Do it; what stands there otherwise than the guide takes it to be is an error.

        Raises:
            ValueError: a new file exists already, or the line to write beside is not there exactly once.
        """
        path = project / str(self.whole or self.end or self.inside)
        if path.exists() != (self.whole is None):
            raise ValueError(f"{path.name}: {'exists already' if self.whole else 'does not exist'}")
        if self.whole:
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = len(lines)
        if self.anchor:
            if lines.count(f"{self.anchor}\n") != 1:
                raise ValueError(f"{path.name}: the line is not there exactly once: {self.anchor}")
            at = lines.index(f"{self.anchor}\n") + (self.side == "after")
        path.write_text("".join([*lines[:at], self.text, *lines[at:]]), encoding="utf-8")


Step = Edit | tuple[Block, Block | None]


def steps(section: str) -> list[Step]:
    """Every fenced block of a guide's section as a step: a command with its output, or an edit of a named file.

    Raises:
        ValueError: a block is neither.
    """
    found: list[Step] = []
    before = 0
    for match in _FENCE.finditer(section):
        block = Block(match.group(1).strip(), match.group(2))
        lead = section[before : match.start()].strip()
        before = match.end()
        introduced = _INTRODUCED.fullmatch(lead.splitlines()[-1]) if lead else None
        last = found[-1] if found else None
        if block.is_run:
            found.append((block, None))
        elif block.info == "text" and not lead and isinstance(last, tuple) and last[1] is None:
            found[-1] = (last[0], block)
        elif introduced and not block.is_shell and block.info != "text":
            found.append(Edit(block.text, **introduced.groupdict()))
        else:
            raise ValueError(f"a block that is no step: ```{block.info}\n{block.text}")
    return found


def sections(document: Path) -> dict[str, str]:
    """Text of each section of a document by its heading."""
    parts = document.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}


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


def missing_lines(shown: str, output: str) -> list[str]:
    """Lines of a documented output that no line of the real one says in the same order of words."""
    lines = output.splitlines()
    wanted = {line: ".*".join(re.escape(word) for word in line.split()) for line in shown.splitlines()}
    return [line for line, pattern in wanted.items() if not any(re.search(pattern, said) for said in lines)]


def workplace(folder: Path, settings: Settings) -> Path:
    """A folder that looks like the project with its environment, where `var` is the home: commands run as typed."""
    folder.mkdir()
    for path in PROJECT_ROOT.iterdir():
        if path.name not in ("var", ".venv", ".venv-superset", ".git"):
            (folder / path.name).symlink_to(path)
    return _equipped(folder, settings, PROJECT_ROOT)


def copied_project(folder: Path, settings: Settings) -> Path:
    """The same with a copy of the committed files, in a repository of its own: what is typed may change them."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT_ROOT / name, folder / name)
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return _equipped(folder, settings, folder)


def _equipped(folder: Path, settings: Settings, project: Path) -> Path:
    (folder / "var").symlink_to(settings.home)
    python = f'export PYTHONPATH="{project}"\nexec "{sys.executable}"'
    _script(folder / ".venv" / "bin" / "python", f'{python} "$@"')
    _script(folder / ".venv" / "bin" / "avainvarasto", f'{python} -m avainvarasto.cli "$@"')
    _script(folder / ".path" / "make", f'[ "$*" = run ] || exit 64\n{python} -m dagster_project')
    return folder


def typed(block: Block, place: Path, settings: Settings) -> subprocess.CompletedProcess[str]:
    """Run a shell block in a workplace as a user types it; output and errors together."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("AVAINVARASTO_")}
    environment = given | {
        "AVAINVARASTO_HOME": str(settings.home),
        "COLUMNS": "160",
        "PATH": f"{place / '.path'}:{given['PATH']}",
    }
    return subprocess.run(
        ["bash", "-eu", "-c", block.text],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _script(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
