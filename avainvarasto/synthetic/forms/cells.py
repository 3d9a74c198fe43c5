"""Codes as statistical tables write them: the way back from ours."""

from __future__ import annotations

from avainvarasto.contract_readers import JsonStatReader, PxWebReader


def their_code(reader: JsonStatReader | PxWebReader, column: str, ours: str) -> str:
    """What the supplier writes for one of our codes."""
    theirs = {code: written for written, code in reader.codes.get(column, {}).items()}
    return theirs[ours] if ours in theirs else reader.prefix.get(column, "") + ours
