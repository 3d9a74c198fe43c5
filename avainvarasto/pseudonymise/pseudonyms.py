"""Tables that lead from what was delivered to its pseudonyms; they live in the door's memory only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from avainvarasto.pseudonymise import hetu
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring


def identity_table(keyring: Keyring, domain: str, raw_codes: Iterable[str], aliases: Aliases) -> pa.Table:
    """Distinct identity codes as delivered, with what leaves the door.

    Returns:
        columns raw (as delivered), canonical (after aliases), valid, pseudonym, birth_year, sex; the last three are
        NULL where not valid.
    """
    raw = list(raw_codes)
    canonical = [aliases.resolve(hetu.canonical(code)) for code in raw]
    valid = [hetu.is_valid(code) for code in canonical]
    pairs = list(zip(canonical, valid, strict=True))
    return _table(
        raw,
        canonical,
        valid,
        [keyring.pseudonym(domain, code) if ok else None for code, ok in pairs],
        [hetu.birth_year(code) if ok else None for code, ok in pairs],
        [hetu.sex(code) if ok else None for code, ok in pairs],
    )


def ready_table(keyring: Keyring, domain: str, raw_codes: Iterable[str]) -> pa.Table:
    """A permit authority's pseudonyms, hashed once more in the domain of the permit; columns as `identity_table`."""
    raw = list(raw_codes)
    canonical = [code.strip() for code in raw]
    nothing = [None] * len(raw)
    hashed = [keyring.pseudonym(domain, code) for code in canonical]
    return _table(raw, canonical, [True] * len(raw), hashed, nothing, nothing)


def key_table(keyring: Keyring, domain: str, raw_codes: Iterable[str]) -> pa.Table:
    """Distinct record ids as delivered, with their pseudonym: columns raw, canonical, pseudonym."""
    raw = list(raw_codes)
    canonical = [code.strip() for code in raw]
    return pa.table(
        {
            "raw": pa.array(raw, pa.string()),
            "canonical": pa.array(canonical, pa.string()),
            "pseudonym": pa.array([keyring.pseudonym(domain, code) for code in canonical], pa.int64()),
        }
    )


def _table(
    raw: Sequence[str],
    canonical: Sequence[str],
    valid: Sequence[bool],
    pseudonym: Sequence[int | None],
    birth_year: Sequence[int | None],
    sex: Sequence[str | None],
) -> pa.Table:
    return pa.table(
        {
            "raw": pa.array(raw, pa.string()),
            "canonical": pa.array(canonical, pa.string()),
            "valid": pa.array(valid, pa.bool_()),
            "pseudonym": pa.array(pseudonym, pa.int64()),
            "birth_year": pa.array(birth_year, pa.int64()),
            "sex": pa.array(sex, pa.string()),
        }
    )
