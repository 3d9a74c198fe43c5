"""Identity codes: canonical form, validity, keyed hashing."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest

from avainvarasto.errors import KeyFileError
from avainvarasto.pseudonymise import hetu, keys

KEY = bytes(range(32))
RING = keys.Keyring((KEY,))


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("131052-308T", True),
        ("131052-308U", False),  # wrong check character
        ("310252-308Y", False),  # no such day
        ("290200-101P", False),  # 1900 was no leap year
        ("010594Y9021", True),  # temporary number, sign of 2023
        ("100190-999P", True),
        ("", False),
        ("131052-308", False),
    ],
)
def test_a_code_is_valid_only_with_a_real_date_and_check_character(code: str, valid: bool) -> None:
    assert hetu.is_valid(hetu.canonical(code)) is valid


def test_the_century_sign_makes_two_persons() -> None:
    one = RING.pseudonym("person", hetu.canonical("100190-999P"))
    other = RING.pseudonym("person", hetu.canonical("100190Y999P"))
    assert one != other


def test_canonical_form_trims_upper_cases_and_mends_the_minus_sign_only() -> None:
    assert hetu.canonical(" 100190\u2212999p ") == "100190-999P"
    assert hetu.canonical("100190y999p") == "100190Y999P"


def test_birth_year_and_sex_come_from_the_code() -> None:
    assert (hetu.birth_year("010594Y9021"), hetu.sex("010594Y9021")) == (1994, "2")
    assert hetu.birth_year("010105A901X") == 2005


def test_a_pseudonym_is_the_first_63_bits_of_the_keyed_digest() -> None:
    digest = hmac.new(KEY, b"person\x00100190-999P", "sha256").digest()
    expected = int.from_bytes(digest[:8], "big") >> 1
    assert RING.pseudonym("person", "100190-999P") == expected
    assert 0 <= expected < 2**63
    assert RING.pseudonym("household", "100190-999P") != expected


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "person.key"
    keys.make_key(path)
    assert len(keys.load_key(path)) == 32
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="others than the owner"):
        keys.load_key(path)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_key_of_wrong_length_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "person.key"
    path.write_bytes(content)
    path.chmod(0o400)
    with pytest.raises(KeyFileError, match="bytes"):
        keys.load_key(path)


def test_a_demo_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "person.key"
    keys.make_key(path)
    before = path.read_bytes()
    keys.make_key(path)
    assert path.read_bytes() == before
