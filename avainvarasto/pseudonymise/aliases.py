"""Changed and corrected identity codes: the old one is read as the new one before it is hashed.

The table lies in the landing zone and never leaves it; it is kept when the landing zone is emptied.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.errors import KeyFileError
from avainvarasto.pseudonymise import hetu

_HEADER = ["old_code", "new_code"]


@dataclass(frozen=True)
class Aliases:
    """Canonical old code to canonical newest code."""

    newest: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Aliases:
        """The table of a home; empty where none was ever given.

        Raises:
            KeyFileError: a line is not a pair of two different valid codes, an old code has two new ones, or the
                pairs lead in a circle.
        """
        return cls.of_pairs(read_pairs(path), path) if path.exists() else cls({})

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[str, str]], path: Path) -> Aliases:
        """Pairs of canonical codes followed to their newest code; `path` is named in errors."""
        following: dict[str, str] = {}
        for number, (old, new) in enumerate(pairs, start=2):
            if following.setdefault(old, new) != new:
                raise _refuse(f"{path} line {number}", "an old code has two different new ones")
        newest = {}
        for old in following:
            code, seen = old, {old}
            while code in following:
                code = following[code]
                if code in seen:
                    raise _refuse(str(path), "the pairs lead in a circle")
                seen.add(code)
            newest[old] = code
        return cls(newest)

    def resolve(self, code: str) -> str:
        """The code under which a person is known now."""
        return self.newest.get(code, code)


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Pairs of canonical codes from a CSV file with the header old_code,new_code.

    Raises:
        KeyFileError: the header differs, or a line is not a pair of two different valid codes. No code is quoted.
    """
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _refuse(str(path), f"cannot be read ({type(error).__name__})") from None
    if not lines or lines[0] != _HEADER:
        raise _refuse(f"{path} line 1", f"the header is not {','.join(_HEADER)}")
    pairs = []
    for number, line in enumerate(lines[1:], start=2):
        codes = [hetu.canonical(code) for code in line]
        if len(codes) != 2 or codes[0] == codes[1] or not all(hetu.is_valid(code) for code in codes):
            raise _refuse(f"{path} line {number}", "is not a pair of two different valid identity codes")
        pairs.append((codes[0], codes[1]))
    return pairs


def table_text(pairs: Iterable[tuple[str, str]]) -> str:
    """The CSV text of pairs, each once, in a stable order."""
    lines = [",".join(_HEADER), *(f"{old},{new}" for old, new in sorted(set(pairs)))]
    return "\n".join(lines) + "\n"


def _refuse(where: str, problem: str) -> KeyFileError:
    return KeyFileError(
        where,
        problem,
        consequence="The table of aliases stays as it was, and no delivery was opened.",
        remedy=f"write CSV with the header {','.join(_HEADER)}, one valid pair a line, each old code once",
    )
