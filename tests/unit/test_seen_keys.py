"""Whether the keys of a file differ: each of any number of rows against each other one, in a block of memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from avainvarasto.landing import repeated
from avainvarasto.landing.repeated import SeenKeys
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.unit

CONTRACT = CONTRACTS["kela_person_month"]
ROWS, BATCH = 10_000, 700


def seen(work: Path, doubled: tuple[int, int] | None = None) -> bool:
    """Whether all of the rows differ, when row `doubled[1]` may have the key of row `doubled[0]`."""
    rng = np.random.default_rng(11)
    persons = rng.permutation(ROWS).astype(np.int64) + (1 << 62)
    if doubled:
        persons[doubled[1]] = persons[doubled[0]]
    keys = SeenKeys(CONTRACT, work)
    for first in range(0, ROWS, BATCH):
        part = persons[first : first + BATCH]
        same = np.full(len(part), 5)
        columns = {
            "person_key": pa.array(part),
            "household_key": pa.array(same),
            repeated._NUMBER: pa.array(same.astype(np.uint64)),
        }
        keys.add(columns, len(part))
        assert repeated._NUMBER not in columns
    return keys.all_differ()


@pytest.mark.parametrize("block", [1 << 21, ROWS, 1000, 64], ids=lambda n: f"blocks of {n}")
@pytest.mark.parametrize("doubled", [(0, 1), (0, ROWS - 1), (4999, 5000), (998, 1002)])
def test_two_equal_keys_are_seen_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, doubled: tuple[int, int]
) -> None:
    monkeypatch.setattr(repeated, "_BLOCK", block)
    assert seen(tmp_path)
    again = tmp_path / "again"
    again.mkdir()
    assert not seen(again, doubled)


def test_a_file_without_rows_repeats_nothing(tmp_path: Path) -> None:
    assert SeenKeys(CONTRACT, tmp_path).all_differ()


def test_what_fits_into_memory_stays_there(tmp_path: Path) -> None:
    assert seen(tmp_path)
    assert not list(tmp_path.iterdir())
