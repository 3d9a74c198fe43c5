"""Pseudonyms in SQL, for many codes at once.

The same values as `keys.Keyring.pseudonym` and the same rule as `hetu.is_valid`; a test holds them together. Keys
reach the database as parameters: no statement, message or log holds them.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring

# What Python's strip() takes off, as far as a supplier's file can hold it.
_SPACES = " \t\n\r\u00a0\u2007\u202f\ufeff"
_BLOCK = 64
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def hashed(keyring: Keyring, domain: str, code: str, name: str) -> tuple[str, dict[str, bytes]]:
    """SQL of the pseudonym of the text `code`, and its parameters, named after `name`.

    HMAC-SHA-256 (RFC 2104) written out, since the database has the hash alone: H(K ^ opad, H(K ^ ipad, text)).
    """
    parameters = {}
    text = code
    for number, key in enumerate(keyring.keys):
        inner, outer = f"{name}_inner_{number}", f"{name}_outer_{number}"
        parameters[inner] = _padded(key, 0x36) + domain.encode() + b"\x00"
        parameters[outer] = _padded(key, 0x5C)
        digest = f"sha256(${outer} || unhex(sha256(${inner} || encode({text}))))"
        pseudonym = f"cast(cast('0x' || left({digest}, 16) as ubigint) >> 1 as bigint)"
        text = f"cast({pseudonym} as varchar)"
    return pseudonym, parameters


def trimmed(code: str) -> str:
    """SQL of a record id without the blanks around it."""
    return f"trim({code}, '{_SPACES}')"


def of_ids(connection: duckdb.DuckDBPyConnection, raw: pa.Array, keyring: Keyring, domain: str) -> pa.Table:
    """Record ids as delivered, in their order: columns canonical, pseudonym."""
    pseudonym, parameters = hashed(keyring, domain, "canonical", "record")
    return _in_order(
        connection,
        raw,
        f"""select n, canonical, {pseudonym} as pseudonym
            from (select n, {trimmed("raw")} as canonical from given_codes)""",
        parameters,
    )


def of_persons(
    connection: duckdb.DuckDBPyConnection, raw: pa.Array, keyring: Keyring, domain: str, aliases: Aliases
) -> pa.Table:
    """Identity codes as delivered, in their order.

    Columns canonical (after aliases), valid, pseudonym, birth_year, sex; the last three are NULL where the code is not
    valid.
    """
    pseudonym, parameters = hashed(keyring, domain, "canonical", "person")
    newest = pa.table(
        {
            "old": pa.array(list(aliases.newest), pa.string()),
            "new": pa.array(list(aliases.newest.values()), pa.string()),
        }
    )
    connection.register("given_aliases", newest)
    try:
        return _in_order(connection, raw, _PERSONS.format(pseudonym=pseudonym), parameters)
    finally:
        connection.unregister("given_aliases")


_PERSONS = f"""
with written as (
    select n, replace(upper({trimmed("raw")}), chr(8722), '-') as code from given_codes
),
known as (
    select n, coalesce(given_aliases.new, code) as canonical
    from written left join given_aliases on given_aliases.old = written.code
),
formed as (
    select n, canonical,
           regexp_full_match(canonical, '[0-9]{{{{6}}}}[-+A-FU-Y][0-9]{{{{3}}}}[{_CHECK}]') as has_form,
           case when canonical[7] = '+' then 18 when canonical[7] in ('-', 'Y', 'X', 'W', 'V', 'U') then 19
                else 20 end as century
    from known
),
judged as (
    select n, canonical, century,
           case when has_form then
               try_cast(century || canonical[5:6] || '-' || canonical[3:4] || '-' || canonical[1:2] as date)
                   is not null
               and canonical[8:10] >= '002'
               and '{_CHECK}'[cast(canonical[1:6] || canonical[8:10] as integer) % 31 + 1] = canonical[11]
           else false end as valid
    from formed
)
select n, canonical, valid,
       case when valid then {{pseudonym}} end as pseudonym,
       case when valid then century * 100 + cast(canonical[5:6] as bigint) end as birth_year,
       case when valid then case when cast(canonical[10] as integer) % 2 = 1 then '1' else '2' end end as sex
from judged
"""


def _in_order(
    connection: duckdb.DuckDBPyConnection, raw: pa.Array, statement: str, parameters: dict[str, bytes]
) -> pa.Table:
    connection.register("given_codes", pa.table({"n": pa.array(range(len(raw)), pa.int64()), "raw": raw}))
    try:
        return connection.execute(f"{statement} order by n", parameters).to_arrow_table().drop_columns(["n"])
    finally:
        connection.unregister("given_codes")


def _padded(key: bytes, with_byte: int) -> bytes:
    return bytes(byte ^ with_byte for byte in key.ljust(_BLOCK, b"\x00"))
