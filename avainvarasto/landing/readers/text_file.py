"""What no file of text may hold, whatever its form."""

from __future__ import annotations

from pathlib import Path

from avainvarasto.contracts import Contract
from avainvarasto.landing.readers.arriving import ask, refuse

CHUNK = 1 << 20


def refuse_nul_bytes(path: Path, place: str, contract: Contract) -> None:
    """Parsers take a NUL as a character, as the end of a text, or as nothing: so none of them sees one.

    Raises:
        DeliveryRefused: the file holds one.
    """
    line = 1
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            found = chunk.find(b"\0")
            line += chunk.count(b"\n", 0, found if found >= 0 else len(chunk))
            if found >= 0:
                raise refuse(f"{place} line {line}", "holds a NUL character", ask(contract))
