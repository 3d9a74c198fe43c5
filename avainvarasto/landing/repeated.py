"""Rows of a file that share their key: whether there are any, and which.

Whether is asked of every file, so it must be cheap: each row's key becomes a 64-bit number while the rows pass, and
numbers are sorted block by block. Only if two are equal are the keys themselves compared.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.landing.rules import value
from avainvarasto.landing.sql import quoted

_NUMBER = "number of the key"
_BLOCK = 1 << 21  # numbers in memory: 16 MB
_FIRST_BITS = 8  # equal numbers begin alike: as many parts of each block are compared one by one
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads neighbours
Numbers = npt.NDArray[np.uint64]


class SeenKeys:
    """Numbers of the keys that have passed; full blocks wait, sorted, in a file of the workroom."""

    def __init__(self, contract: Contract, work: Path) -> None:
        self._hashed = [contract.lake_name(n) for n in contract.key if contract.pseudonym_domain(n) is not None]
        self._open = [name for name in contract.key if contract.pseudonym_domain(name) is None]
        self._block = np.empty(_BLOCK, np.uint64)
        self._n = 0
        self._file = work / f"{contract.extract}.keys"
        self._starts: list[list[int]] = []

    def selected(self) -> list[str]:
        """SQL of what is needed of a row beside its pseudonyms."""
        return [f"hash({', '.join(value(name) for name in self._open)}) as {quoted(_NUMBER)}"] if self._open else []

    def add(self, columns: dict[str, pa.Array], n: int) -> None:
        """Take note of a batch whose pseudonyms are in place."""
        rest = columns.pop(_NUMBER, None)
        numbers = np.zeros(n, np.uint64) if rest is None else rest.to_numpy().copy()
        for name in self._hashed:
            numbers ^= columns[name].fill_null(0).to_numpy().view(np.uint64)
            numbers *= _MIX
            numbers ^= numbers >> np.uint64(32)
        while len(numbers):
            fitting = numbers[: len(self._block) - self._n]
            self._block[self._n : self._n + len(fitting)] = fitting
            self._n += len(fitting)
            numbers = numbers[len(fitting) :]
            if self._n == len(self._block):
                self._put_aside()

    def all_differ(self) -> bool:
        """True if no two rows can share their key; False is to be looked into."""
        if not self._starts:
            return _differ(self._block[: self._n])
        self._put_aside()
        return all(_differ(self._read(part)) for part in range(1 << _FIRST_BITS))

    def _put_aside(self) -> None:
        block = self._block[: self._n]
        block.sort()
        bounds = np.arange(1 << _FIRST_BITS, dtype=np.uint64) << np.uint64(64 - _FIRST_BITS)
        before = self._starts[-1][-1] if self._starts else 0
        self._starts.append([*(np.searchsorted(block, bounds) + before).tolist(), before + self._n])
        with self._file.open("ab") as stream:
            stream.write(block.data)
        self._n = 0

    def _read(self, part: int) -> Numbers:
        """The numbers of all blocks with these first bits."""
        return np.concatenate(
            [
                np.fromfile(self._file, np.uint64, starts[part + 1] - starts[part], offset=starts[part] * 8)
                for starts in self._starts
            ]
        )


def _differ(numbers: Numbers) -> bool:
    numbers.sort()
    return not bool(np.any(numbers[1:] == numbers[:-1]))


def repeated_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, good: str, bad: str) -> pa.Array:
    """src_row of the good rows whose key another row has, good or bad; both are given as SQL."""
    names = [quoted(contract.lake_name(name)) for name in contract.key]
    keys = ", ".join(names)
    connection.execute(
        f"""create or replace temp table repeated as
            select {keys} from (select {keys} from {good} union all select {keys} from {bad})
            group by all having count(*) > 1"""
    )
    same = " and ".join(f"repeated.{name} is not distinct from good.{name}" for name in names)
    found = connection.execute(
        f"select src_row from {good} as good where exists (select 1 from repeated where {same})"
    ).to_arrow_table()
    return found.column("src_row").combine_chunks()
