"""Codes of one hashed column met so far, with what became of each; a file is read once, and a code hashed once.

Rows find their code by the database's 64-bit hash of the text. Two texts of one file would have to share it to be
taken for one: among a million codes the odds are 1 to 37 million. Memory: about 40 bytes a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int32]
Column = npt.NDArray[Any]
_FREE = -1
_FIRST_SIZE = 1 << 16


class Codes:
    """`resolve` turns new codes into columns in their order, which can be taken by row afterwards.

    The place of a code is the number of codes met before it. `_slots` holds places: that of a code stands where the
    last bits of its hash point to, or in the next slot that was free.
    """

    def __init__(self, resolve: Callable[[pa.Array], Mapping[str, Column]]) -> None:
        self._resolve = resolve
        self._slots = np.full(_FIRST_SIZE, _FREE, np.int32)
        empty = {"hash": np.zeros(0, np.uint64), **resolve(pa.array([], pa.string()))}
        self._columns = {name: np.zeros(_FIRST_SIZE, column.dtype) for name, column in empty.items()}
        self.n_known = 0

    def find(self, texts: pa.Array, hashes: Hashes) -> tuple[Places, npt.NDArray[np.bool_]]:
        """Place of each row's code among the known, and where there is no code; new codes are resolved."""
        absent = texts.is_null().to_numpy(zero_copy_only=False)
        places = self._look_up(hashes)
        new = np.flatnonzero((places == _FREE) & ~absent)
        if len(new):
            first = np.sort(np.unique(hashes[new], return_index=True)[1])  # neighbours in the file stay neighbours
            self._add(hashes[new[first]], self._resolve(texts.take(pa.array(new[first]))))
            places[new] = self._look_up(hashes[new])
        places[absent] = 0
        return places, absent

    def has(self, name: str) -> bool:
        """True if the resolved codes have such a column."""
        return name in self._columns

    def take(self, name: str, places: Places) -> Column:
        """A column of the resolved codes by row; it says nothing of a row without a code."""
        return self._columns[name].take(places)

    def all(self, name: str) -> Column:
        """A column of all codes met so far."""
        return self._columns[name][: self.n_known]

    def _look_up(self, hashes: Hashes) -> Places:
        """Place of each hash, `_FREE` where it is unknown; all rows at once."""
        slots = self._first_slots(hashes)
        places = self._slots.take(slots)
        known = self._columns["hash"]
        other = np.flatnonzero((known.take(places, mode="clip") != hashes) & (places != _FREE))
        while len(other):
            slots[other] = (slots[other] + 1) % len(self._slots)
            places[other] = self._slots[slots[other]]
            other = other[(known.take(places[other], mode="clip") != hashes[other]) & (places[other] != _FREE)]
        return places

    def _add(self, hashes: Hashes, resolved: Mapping[str, Column]) -> None:
        before, n = self.n_known, self.n_known + len(hashes)
        for name, fresh in {"hash": hashes, **resolved}.items():
            column = self._columns[name]
            if n > len(column):
                self._columns[name] = np.zeros(max(n, 2 * len(column)), column.dtype)
                self._columns[name][:before] = column[:before]
            self._columns[name][before:n] = fresh
        self.n_known = n
        if 2 * n > len(self._slots):
            size = len(self._slots)
            while 2 * n > size:
                size *= 2
            self._slots, before = np.full(size, _FREE, np.int32), 0
        self._settle(np.arange(before, n, dtype=np.int32))

    def _settle(self, places: Places) -> None:
        """Give each place a slot: of those that want the same free one, the one that is written last has it."""
        slots = self._first_slots(self._columns["hash"][places])
        while len(places):
            free = self._slots[slots] == _FREE
            self._slots[slots[free]] = places[free]
            left = self._slots[slots] != places
            places, slots = places[left], (slots[left] + 1) % len(self._slots)

    def _first_slots(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        return (hashes & np.uint64(len(self._slots) - 1)).view(np.int64)
