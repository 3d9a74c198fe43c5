"""Codes met while a file is read: each is resolved once, and every row finds its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from avainvarasto.landing.codes import Codes, Column

pytestmark = pytest.mark.unit


class Register:
    """Resolves each code to its length and its number, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: pa.Array) -> dict[str, Column]:
        self.asked += texts.to_pylist()
        return {"what": np.array([what(text) for text in texts.to_pylist()], np.int64)}


def what(text: str) -> int:
    return int.from_bytes(text.encode(), "big")


def find(codes: Codes, texts: list[str | None], hashes: list[int]) -> list[str | None]:
    """The text whose resolution each row was given."""
    places, absent = codes.find(pa.array(texts, pa.string()), np.array(hashes, np.uint64))
    found = codes.take("what", places).tolist()
    return [
        None if none else number.to_bytes(8, "big").lstrip(b"\0").decode()
        for number, none in zip(found, absent.tolist(), strict=True)
    ]


def test_each_row_gets_what_its_own_code_was_resolved_to() -> None:
    codes = Codes(Register())
    assert find(codes, ["b", "a", None, "b"], [20, 10, 5, 20]) == ["b", "a", None, "b"]
    assert find(codes, ["c", "a", None], [30, 10, 5]) == ["c", "a", None]


def test_a_code_is_resolved_once() -> None:
    register = Register()
    codes = Codes(register)
    for _ in range(3):
        find(codes, ["a", "b", "a", "c"], [1, 2, 1, 3])
    assert sorted(register.asked) == ["a", "b", "c"]
    assert codes.n_known == 3


def test_codes_that_share_a_slot_are_told_apart() -> None:
    size = 1 << 16
    texts: list[str | None] = [f"c{n}" for n in range(50)]
    codes = Codes(Register())
    assert find(codes, texts, [7 + n * size for n in range(50)]) == texts
    assert find(codes, ["c49", "c0"], [7 + 49 * size, 7]) == ["c49", "c0"]


def test_the_table_grows_with_the_codes() -> None:
    rng = np.random.default_rng(7)
    hashes = rng.integers(1, 2**64, 300_000, dtype=np.uint64)
    texts: list[str | None] = [f"t{n}" for n in range(len(hashes))]
    codes = Codes(Register())
    for first in range(0, len(texts), 90_000):
        part = slice(first, first + 90_000)
        assert find(codes, texts[part], hashes[part].tolist()) == texts[part]
    again = rng.permutation(len(texts))[:1000]
    assert find(codes, [texts[n] for n in again], hashes[again].tolist()) == [f"t{n}" for n in again]


def test_the_hash_nought_is_a_hash_like_any_other() -> None:
    codes = Codes(Register())
    assert find(codes, ["zero", "x"], [0, 9]) == ["zero", "x"]
    assert find(codes, [None, "zero"], [0, 0]) == [None, "zero"]


def test_rows_without_a_code_need_no_code_at_all() -> None:
    codes = Codes(Register())
    assert find(codes, [None, None], [0, 7]) == [None, None]
    assert codes.n_known == 0


def test_a_full_table_whose_codes_all_want_one_slot_grows_and_finds_them() -> None:
    size = 1 << 22
    texts: list[str | None] = [f"c{n}" for n in range(300)]
    hashes = [5 + n * size for n in range(300)]
    codes = Codes(Register())
    rng = np.random.default_rng(3)
    others: list[str | None] = [f"o{n}" for n in range(100_000)]
    their_hashes = rng.integers(1, 2**64, len(others), dtype=np.uint64).tolist()
    assert find(codes, texts, hashes) == texts
    assert find(codes, others, their_hashes) == others
    assert find(codes, texts[::-1], hashes[::-1]) == texts[::-1]
    assert find(codes, others[::-1], their_hashes[::-1]) == others[::-1]
    assert codes.n_known == len(texts) + len(others)


def test_neighbours_of_the_file_stay_neighbours_among_the_codes() -> None:
    codes = Codes(Register())
    places, _ = codes.find(pa.array(["x", "y", "x", "z"]), np.array([9, 3, 9, 6], np.uint64))
    assert places.tolist() == [0, 1, 0, 2]
    assert codes.all("what").tolist() == [what("x"), what("y"), what("z")]
