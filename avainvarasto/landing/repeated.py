"""Rows of a file that share their key: whether there are any, and which.

Whether is asked of every file, so it must be cheap: each row's key becomes a 64-bit number while the rows pass, and
the numbers are sorted. Only if two are equal are the keys themselves compared.
"""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.landing.rules import value
from avainvarasto.landing.sql import quoted

_NUMBER = "number of the key"
_MOST_NUMBERS = 8_000_000  # 64 MB; of larger files the database counts, and spills
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads neighbours


class SeenKeys:
    """Numbers of the keys that have passed."""

    def __init__(self, contract: Contract) -> None:
        self._hashed = [contract.lake_name(n) for n in contract.key if contract.pseudonym_domain(n) is not None]
        self._open = [name for name in contract.key if contract.pseudonym_domain(name) is None]
        self._numbers: list[npt.NDArray[np.uint64]] = []
        self._n = 0

    def selected(self) -> list[str]:
        """SQL of what is needed of a row beside its pseudonyms."""
        return [f"hash({', '.join(value(name) for name in self._open)}) as {quoted(_NUMBER)}"] if self._open else []

    def add(self, columns: dict[str, pa.Array], n: int) -> None:
        """Take note of a batch whose pseudonyms are in place."""
        rest = columns.pop(_NUMBER, None)
        self._n += n
        if self._n > _MOST_NUMBERS:
            self._numbers.clear()
            return
        numbers = np.zeros(n, np.uint64) if rest is None else rest.to_numpy().copy()
        for name in self._hashed:
            numbers ^= columns[name].fill_null(0).to_numpy().view(np.uint64)
            numbers *= _MIX
            numbers ^= numbers >> np.uint64(32)
        self._numbers.append(numbers)

    def all_differ(self) -> bool:
        """True if no two rows can share their key; False is to be looked into."""
        if self._n > _MOST_NUMBERS or not self._n:
            return not self._n
        numbers = np.concatenate(self._numbers)
        self._numbers.clear()
        numbers.sort()
        return not bool(np.any(numbers[1:] == numbers[:-1]))


def repeated_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, good: str, bad: str) -> pa.Array:
    """src_row of the good rows whose key another row has, good or bad; both are given as SQL."""
    names = [quoted(contract.lake_name(name)) for name in contract.key]
    keys = ", ".join(names)
    rows = f"select {keys} from {good} union all select {keys} from {bad}"
    counted = connection.execute(f"select count(*), count(distinct hash({keys})) from ({rows})").fetchone()
    if counted and counted[0] == counted[1]:
        return pa.array([], pa.int64())
    connection.execute(
        f"create or replace temp table repeated as select {keys} from ({rows}) group by all having count(*) > 1"
    )
    same = " and ".join(f"repeated.{name} is not distinct from good.{name}" for name in names)
    found = connection.execute(
        f"select src_row from {good} as good where exists (select 1 from repeated where {same})"
    ).to_arrow_table()
    return found.column("src_row").combine_chunks()
