"""What becomes of many codes at once. Keys are used here only: no statement, message or log holds them.

Identity codes are judged in SQL by the rule of `hetu.is_valid`; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.pseudonymise import hetu
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring

Column = npt.NDArray[Any]
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_JUDGED = f"""
with formed as (
    select n, code, regexp_full_match(code, '[0-9]{{6}}[-+A-FU-Y][0-9]{{3}}[{_CHECK}]') as has_form,
           case when substr(code, 7, 1) = '+' then 18 when substr(code, 7, 1) in ('-', 'Y', 'X', 'W', 'V', 'U') then 19
                else 20 end as century
    from given_codes
),
judged as (
    select n, code, century,
           case when has_form then
               try_cast(
                   century || substr(code, 5, 2) || '-' || substr(code, 3, 2) || '-' || substr(code, 1, 2) as date
               ) is not null
               and substr(code, 8, 3) >= '002'
               and substr('{_CHECK}', cast(substr(code, 1, 6) || substr(code, 8, 3) as integer) % 31 + 1, 1)
                   = substr(code, 11, 1)
           else false end as valid
    from formed
)
select valid,
       case when valid then cast(century * 100 + cast(substr(code, 5, 2) as integer) as smallint) end as birth_year,
       case when valid then cast(2 - cast(substr(code, 10, 1) as integer) % 2 as tinyint) end as sex
from judged order by n
"""


def of_ids(raw: pa.Array, keyring: Keyring, domain: str) -> dict[str, Column]:
    """Record ids (or a permit authority's pseudonyms) as delivered, in their order: same_as, pseudonym.

    Equal codes have equal `same_as`, and different ones a different one: it lasts as long as the process.
    """
    canonical = [code.strip() for code in raw.to_pylist()]
    return {"same_as": _same_as(canonical), "pseudonym": keyring.pseudonyms(domain, canonical)}


def of_persons(
    connection: duckdb.DuckDBPyConnection, raw: pa.Array, keyring: Keyring, domain: str, aliases: Aliases
) -> dict[str, Column]:
    """Identity codes as delivered, in their order.

    Returns:
        same_as (after aliases, see `of_ids`), valid, pseudonym, birth_year, sex (1, 2); the last three mean nothing
        where the code is not valid.
    """
    canonical = [hetu.canonical(code) for code in raw.to_pylist()]
    if aliases.newest:
        canonical = list(map(aliases.resolve, canonical))
    codes = pa.array(canonical, pa.string())
    connection.register("given_codes", pa.table({"n": np.arange(len(canonical)), "code": codes}))
    try:
        judged = connection.execute(_JUDGED).to_arrow_table()
    finally:
        connection.unregister("given_codes")
    columns = {name: judged.column(name).fill_null(0).to_numpy() for name in ("birth_year", "sex")}
    columns["valid"] = judged.column("valid").to_numpy().astype(np.bool_)
    return columns | {"same_as": _same_as(canonical), "pseudonym": keyring.pseudonyms(domain, canonical)}


def _same_as(canonical: list[str]) -> npt.NDArray[np.int64]:
    """A number for a text: millions of texts are not kept only to be told apart."""
    return np.fromiter(map(hash, canonical), np.int64, len(canonical))
