"""The judgement and the pseudonyms of many codes at once are those of single codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from avainvarasto.pseudonymise import hetu, pseudonyms
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring
from avainvarasto.synthetic.hetu import CHECK_CHARACTERS, SIGNS, identity_code

pytestmark = pytest.mark.unit

ONE = Keyring((bytes(range(32)),))
ROTATED = Keyring((bytes(range(32)), b"k" * 32, b"\xff" * 32))


def of_persons(codes: list[str], ring: Keyring, aliases: dict[str, str] | None = None) -> list[dict[str, Any]]:
    raw = pa.array(codes, pa.string())
    with duckdb.connect() as connection:
        made = pseudonyms.of_persons(connection, raw, ring, "person", Aliases(aliases or {}))
    return [{"raw": code} | row for code, row in zip(codes, rows_of(made), strict=True)]


def rows_of(columns: dict[str, pseudonyms.Column]) -> list[dict[str, Any]]:
    lists = {name: column.tolist() for name, column in columns.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def a_century_of_codes() -> list[str]:
    """Right codes of all signs and leap years, codes with each other check character, and days that do not exist."""
    days = [date(1904, 2, 29), date(1999, 12, 31), date(2000, 2, 29), date(1900, 1, 1)]
    days += [date(1931, 1, 1) + n * timedelta(days=397) for n in range(60)]
    right = [
        identity_code(day, sign, number)
        for day in days
        for sign in SIGNS[day.year // 100]
        for number in (900, 901, 999)
    ]
    wrong = [right[0][:-1] + character for character in CHECK_CHARACTERS]
    impossible = [
        "290201-9002",
        "310601-900U",
        "000101-9001",
        "321399-999P",
        "290200+9003",
        "010190-0013",
        "010190-001X",
    ]
    slips = [
        "",
        "x",
        "100190 999P",
        "100190-999",
        "100190-999PP",
        "100190–999P",
        "１00190-999P",
        "100190Z999P",
        "matti",
    ]
    return right + wrong + impossible + slips + [f" {right[1]} ", right[2].lower(), right[3].replace("-", "\u2212")]


@pytest.mark.parametrize("ring", [ONE, ROTATED], ids=["one key", "after two rotations"])
def test_identity_codes_are_judged_and_hashed_as_the_library_does(ring: Keyring) -> None:
    codes = a_century_of_codes()
    rows = of_persons(codes, ring)
    for row in rows:
        canonical = hetu.canonical(row["raw"])
        valid = hetu.is_valid(canonical)
        assert row["valid"] == valid, "a code is judged differently"
        if valid:
            assert row["pseudonym"] == ring.pseudonym("person", canonical)
            assert (row["birth_year"], row["sex"]) == (hetu.birth_year(canonical), int(hetu.sex(canonical)))
    assert {row["valid"] for row in rows} == {True, False}


def test_every_check_character_but_one_is_wrong() -> None:
    code = identity_code(date(1990, 1, 10), "-", 999)
    rows = of_persons([code[:-1] + c for c in CHECK_CHARACTERS], ONE)
    assert [row["raw"] for row in rows if row["valid"]] == [code]


def test_an_old_code_has_the_pseudonym_of_the_new_one() -> None:
    old, new = identity_code(date(1990, 1, 10), "-", 999), identity_code(date(1990, 1, 10), "Y", 998)
    rows = of_persons([old, f" {old.lower()}", new], ONE, {old: new})
    assert {row["pseudonym"] for row in rows} == {ONE.pseudonym("person", new)}
    assert {row["sex"] for row in rows} == {int(hetu.sex(new))}


@pytest.mark.parametrize("ring", [ONE, ROTATED], ids=["one key", "after two rotations"])
def test_ids_are_hashed_as_the_library_does(ring: Keyring) -> None:
    ids = ["1", "01", " 1", "1\u00a0", "Ä-päätös", "x" * 500, "0" * 64, "\u2603"]
    rows = rows_of(pseudonyms.of_ids(pa.array(ids, pa.string()), ring, "kela_decision.decision_id"))
    assert [row["pseudonym"] for row in rows] == [
        ring.pseudonym("kela_decision.decision_id", text.strip()) for text in ids
    ]
    assert len({row["pseudonym"] for row in rows}) == len(ids) - 2
    assert all(0 <= row["pseudonym"] < 2**63 for row in rows)
