"""The hashed columns of a file: their codes in a batch of rows, replaced by what the lake holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.landing.codes import Codes
from avainvarasto.landing.free_text import CODE
from avainvarasto.landing.readers.arriving import refuse
from avainvarasto.landing.rules import given
from avainvarasto.landing.sql import quoted
from avainvarasto.pseudonymise import pseudonyms
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring

# Standing alone: six digits, a letter and three digits are in most hexadecimal pseudonyms somewhere.
_A_CODE = re.compile(rf"(?<![0-9A-Za-z]){CODE}")


def sole_key(contract: Contract) -> str | None:
    """The record id that is the whole key: all its values differ, and none is remembered."""
    if len(contract.key) == 1 and contract.columns[contract.key[0]].column_class == "key":
        return contract.key[0]
    return None


def selected(contract: Contract, name: str) -> list[str]:
    """SQL of what a hashed column leaves the database as: its text, and for finding it again the text's hash."""
    code = _code(contract, name)
    text = f"{code} as {quoted(_raw(name))}"
    return [text] if name == sole_key(contract) else [text, f"hash({code}) as {quoted(_hash(name))}"]


def codes_of(
    connection: duckdb.DuckDBPyConnection, contract: Contract, keyring: Keyring, aliases: Aliases, place: str
) -> dict[str, Codes]:
    """The codes of each hashed column but a sole key."""

    def resolver(name: str, domain: str) -> Callable[[pa.Array], dict[str, pseudonyms.Column]]:
        if name in contract.identifiers() and not contract.columns[name].holds_ready_pseudonym:
            return lambda raw: pseudonyms.of_persons(connection, raw, keyring, domain, aliases)
        if contract.columns[name].holds_ready_pseudonym:
            return lambda raw: pseudonyms.of_ids(_no_codes(raw, name, contract, place), keyring, domain)
        return lambda raw: pseudonyms.of_ids(raw, keyring, domain)

    return {
        name: Codes(resolver(name, domain))
        for name in contract.columns
        if (domain := contract.pseudonym_domain(name)) is not None and name != sole_key(contract)
    }


def put_sole_key(columns: dict[str, pa.Array], contract: Contract, keyring: Keyring) -> None:
    """Replace the ids of a batch by their pseudonyms."""
    if name := sole_key(contract):
        raw = columns.pop(_raw(name))
        missing = raw.is_null().to_numpy(zero_copy_only=False)
        hashed = pseudonyms.of_ids(raw.fill_null(""), keyring, str(contract.pseudonym_domain(name)))
        columns[contract.lake_name(name)] = pa.array(hashed["pseudonym"], mask=missing)


def put_pseudonyms(columns: dict[str, pa.Array], contract: Contract, name: str, known: Codes) -> pa.Array:
    """Replace the codes of a column in a batch.

    Returns:
        for each row whether its code is no identity code; NULL where there is none, or where none was agreed.
    """
    places, absent = known.find(columns.pop(_raw(name)), columns.pop(_hash(name)).to_numpy())
    of_persons = known.has("valid")
    wrong = ~known.take("valid", places) if of_persons else np.zeros(len(places), np.bool_)
    nothing = absent | wrong
    columns[contract.lake_name(name)] = pa.array(known.take("pseudonym", places), mask=nothing)
    if contract.lake_name(name) == "person_key":
        columns["code_birth_year"] = columns["code_sex"] = pa.nulls(len(places))
        if of_persons:
            columns["code_birth_year"] = pa.array(known.take("birth_year", places), mask=nothing)
            # 1 and 2 as places in ["1", "2"]; 0, of no valid code, is masked.
            sex = pa.array(known.take("sex", places) - 1, mask=nothing)
            columns["code_sex"] = pa.DictionaryArray.from_arrays(sex, pa.array(["1", "2"]), safe=False)
    return pa.array(wrong, mask=absent) if of_persons else pa.nulls(len(places), pa.bool_())


def hold(codes: Mapping[str, Codes], place: str) -> None:
    """Two different codes with one pseudonym would merge two persons.

    Raises:
        DeliveryRefused: there are two.
    """
    for name, known in codes.items():
        hashed = known.all("valid") if known.has("valid") else slice(None)
        n_pseudonyms, n_codes = (_n_different(known.all(n)[hashed]) for n in ("pseudonym", "same_as"))
        if n_pseudonyms != n_codes:
            raise refuse(place, f"two codes of column '{name}' share a pseudonym", "rotate the key and land again")


def _n_different(numbers: npt.NDArray[np.int64]) -> int:
    in_order = np.sort(numbers)
    return int(np.count_nonzero(in_order[1:] != in_order[:-1])) + min(1, len(in_order))


def _no_codes(raw: pa.Array, name: str, contract: Contract, place: str) -> pa.Array:
    """A permit authority's pseudonyms; identity codes among them mean that its process did not make the file."""
    if any(_A_CODE.search(code) for code in raw.to_pylist()):
        raise refuse(
            place,
            f"column '{name}' holds identity codes, and the contract says pseudonyms of permit {contract.permit}",
            "take the file out of the landing zone, tell the data protection officer, and ask "
            f"{contract.supplier} to deliver again under a new delivery_id",
        )
    return raw


def _code(contract: Contract, name: str) -> str:
    """SQL of the text to be hashed: an id that is unique within something is hashed together with it."""
    outer = contract.columns[name].within
    return f"(trim({given(outer)}) || '/' || trim({given(name)}))" if outer else given(name)


def _raw(name: str) -> str:
    return f"text of the code {name}"


def _hash(name: str) -> str:
    return f"hash of the code {name}"
