"""Codes of one hashed column met so far, with what became of each; a file is read once, and a code hashed once.

Rows find their code by the database's 64-bit hash of the text. Two texts of one file would have to share it to be
taken for one: among a million codes the odds are 1 to 37 million. Memory: about 70 bytes a code.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
_EMPTY = np.uint64(0)
_FIRST_SIZE = 1 << 16


class Codes:
    """`resolve` turns new codes into a table in their order; its columns can be taken by row afterwards."""

    def __init__(self, resolve: Callable[[pa.Array], pa.Table]) -> None:
        self._resolve = resolve
        self._keys = np.zeros(_FIRST_SIZE, np.uint64)
        self._places = np.zeros(_FIRST_SIZE, np.int64)
        self.known: pa.Table = resolve(pa.array([], pa.string()))
        self.n_known = 0

    def find(self, texts: pa.Array, hashes: Hashes) -> pa.Array:
        """Place of the code of each row among the known, NULL where there is no text; new codes are resolved."""
        keys = np.where(hashes == _EMPTY, np.uint64(1), hashes)
        absent = texts.is_null().to_numpy(zero_copy_only=False)
        places = self._look_up(keys)
        new = np.flatnonzero((places < 0) & ~absent)
        if len(new):
            fresh, first = np.unique(keys[new], return_index=True)
            resolved = self._resolve(texts.take(pa.array(new[first])))
            self.known = pa.concat_tables([self.known, resolved]).combine_chunks()
            self._insert(fresh, np.arange(self.n_known, self.n_known + len(fresh)))
            self.n_known += len(fresh)
            places[new] = self._look_up(keys[new])
        return pa.array(places, pa.int64(), mask=absent)

    def take(self, column: str, places: pa.Array) -> pa.Array:
        """A column of the resolved codes by row; NULL where there is no code."""
        return pc.take(self.known.column(column).combine_chunks(), places)

    def _look_up(self, keys: Hashes) -> Places:
        """Place of each key, -1 where unknown; linear probing, all rows at once."""
        mask = np.uint64(len(self._keys) - 1)
        slots = (keys & mask).astype(np.int64)
        found = self._keys[slots]
        places = np.where(found == keys, self._places[slots], -1)
        open_rows = np.flatnonzero((found != keys) & (found != _EMPTY))
        while len(open_rows):
            slots[open_rows] = (slots[open_rows] + 1) & int(mask)
            found = self._keys[slots[open_rows]]
            hit = found == keys[open_rows]
            places[open_rows[hit]] = self._places[slots[open_rows[hit]]]
            open_rows = open_rows[~hit & (found != _EMPTY)]
        return places

    def _insert(self, keys: Hashes, places: Places) -> None:
        """Keys that are not there yet; the table grows so that it stays at most half full."""
        if 2 * (self.n_known + len(keys)) > len(self._keys):
            before = self._keys != _EMPTY
            keys, places = np.append(self._keys[before], keys), np.append(self._places[before], places)
            size = len(self._keys)
            while size < 4 * len(keys):
                size *= 2
            self._keys, self._places = np.zeros(size, np.uint64), np.zeros(size, np.int64)
        mask = len(self._keys) - 1
        slots = (keys & np.uint64(mask)).astype(np.int64)
        while len(keys):
            free = np.flatnonzero(self._keys[slots] == _EMPTY)
            _, first = np.unique(slots[free], return_index=True)
            chosen = free[first]
            self._keys[slots[chosen]], self._places[slots[chosen]] = keys[chosen], places[chosen]
            left = np.ones(len(keys), bool)
            left[chosen] = False
            keys, places, slots = keys[left], places[left], (slots[left] + 1) & mask
