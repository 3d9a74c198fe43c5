"""Codes met while a file is read: each is resolved once, and every row finds its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from avainvarasto.landing.codes import Codes

pytestmark = pytest.mark.unit


class Register:
    """Resolves codes to their text in capitals, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: pa.Array) -> pa.Table:
        self.asked += texts.to_pylist()
        return pa.table({"capitals": pc.utf8_upper(texts.cast(pa.string()))})


def find(codes: Codes, texts: list[str | None], hashes: list[int]) -> list[str | None]:
    places = codes.find(pa.array(texts, pa.string()), np.array(hashes, np.uint64))
    found: list[str | None] = XX
    return found


def test_each_row_gets_what_its_own_code_was_resolved_to() -> None:
    codes = Codes(Register())
    assert find(codes, ["b", "a", None, "b"], [20, 10, 5, 20]) == ["B", "A", None, "B"]
    assert find(codes, ["c", "a", None], [30, 10, 5]) == ["C", "A", None]


def test_a_code_is_resolved_once() -> None:
    register = Register()
    codes = Codes(register)
    for _ in range(3):
        find(codes, ["a", "b", "a", "c"], [1, 2, 1, 3])
    assert sorted(register.asked) == ["a", "b", "c"]
    assert codes.n_known == 3


def test_codes_that_share_a_slot_are_told_apart() -> None:
    size = 1 << 16
    texts = [f"c{n}" for n in range(50)]
    codes = Codes(Register())
    assert find(codes, texts, [7 + n * size for n in range(50)]) == [text.upper() for text in texts]
    assert find(codes, ["c49", "c0"], [7 + 49 * size, 7]) == ["C49", "C0"]


def test_the_table_grows_with_the_codes() -> None:
    rng = np.random.default_rng(7)
    hashes = rng.integers(1, 2**64, 300_000, dtype=np.uint64)
    texts = [f"t{n}" for n in range(len(hashes))]
    codes = Codes(Register())
    for first in range(0, len(texts), 90_000):
        part = slice(first, first + 90_000)
        assert find(codes, texts[part], hashes[part].tolist()) == [text.upper() for text in texts[part]]
    again = rng.permutation(len(texts))[:1000]
    assert find(codes, [texts[n] for n in again], hashes[again].tolist()) == [f"T{n}" for n in again]


def test_the_hash_nought_is_a_hash_like_any_other() -> None:
    codes = Codes(Register())
    assert find(codes, ["zero", "x"], [0, 9]) == ["ZERO", "X"]
    assert find(codes, [None, "zero"], [0, 0]) == [None, "ZERO"]
