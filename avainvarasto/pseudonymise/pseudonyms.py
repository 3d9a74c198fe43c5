"""Keyed pseudonyms: HMAC-SHA-256 over domain and code, the first 63 bits as a positive BIGINT."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

import pyarrow as pa

from avainvarasto.pseudonymise import hetu


def pseudonym(key: bytes, domain: str, code: str) -> int:
    """Pseudonym of a canonical code in a domain; a domain keeps equal codes of different things apart."""
    digest = hmac.digest(key, domain.encode() + b"\x00" + code.encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def identity_table(key: bytes, domain: str, raw_codes: Iterable[str]) -> pa.Table:
    """Distinct identity codes as delivered, with what leaves the door.

    Returns:
        columns raw (as delivered), valid, pseudonym, birth_year, sex; the last three are NULL where not valid.
    """
    raw = list(raw_codes)
    canonical = [hetu.canonical(code) for code in raw]
    valid = [hetu.is_valid(code) for code in canonical]
    pairs = list(zip(canonical, valid, strict=True))
    return pa.table(
        {
            "raw": pa.array(raw, pa.string()),
            "valid": pa.array(valid, pa.bool_()),
            "pseudonym": pa.array([pseudonym(key, domain, code) if ok else None for code, ok in pairs], pa.int64()),
            "birth_year": pa.array([hetu.birth_year(code) if ok else None for code, ok in pairs], pa.int64()),
            "sex": pa.array([hetu.sex(code) if ok else None for code, ok in pairs], pa.string()),
        }
    )


def key_table(key: bytes, domain: str, raw_codes: Iterable[str]) -> pa.Table:
    """Distinct record ids as delivered, with their pseudonym: columns raw, pseudonym."""
    raw = list(raw_codes)
    return pa.table(
        {
            "raw": pa.array(raw, pa.string()),
            "pseudonym": pa.array([pseudonym(key, domain, code.strip()) for code in raw], pa.int64()),
        }
    )
