"""JSON as it arrives: numbers keep their digits, and nothing is taken that could mean two things."""

from __future__ import annotations

import json
from collections.abc import Callable


class NotAsAgreed(ValueError):
    """What is wrong with the text, in words without content."""


class Number(str):
    """A number's digits as they stand in the file; other texts are plain `str`."""

    __slots__ = ()


def no_number(_name: str) -> object:
    """What is made of NaN and Infinity.

    Raises:
        NotAsAgreed: always.
    """
    raise NotAsAgreed("holds NaN or Infinity, which are no numbers")


def decoder(
    number: Callable[[str], object] = Number, constant: Callable[[str], object] = no_number
) -> json.JSONDecoder:
    """A decoder that makes `number` of a number's digits and `constant` of NaN and Infinity.

    It raises NotAsAgreed where a key stands twice in one object: of two values nobody knows which was meant.
    """
    return json.JSONDecoder(
        object_pairs_hook=_pairs, parse_float=number, parse_int=number, parse_constant=constant, strict=True
    )


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise NotAsAgreed("has a key twice")
    return record
