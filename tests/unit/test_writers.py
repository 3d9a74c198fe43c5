"""The files of a pass are written by a thread of its own: in order, and whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avainvarasto.landing.judged import BROKEN, Judged, Writers
from avainvarasto.landing.rules import row_rules
from tests.deliveries import CONTRACTS

pytestmark = pytest.mark.unit

CONTRACT = CONTRACTS["kela_person_month"]
BATCH, BATCHES = 1000, 20


def judged_in(folder: Path) -> Judged:
    return Judged(CONTRACT, "kela/one", row_rules(CONTRACT, None), folder / "pending" / "rows.parquet", folder, {})


def batch(first: int, *, bad: int | None = None) -> dict[str, pa.Array]:
    """Rows whose key is their line; the line `bad` breaks rule 3."""
    lines = np.arange(first, first + BATCH, dtype=np.int64)
    broken = [3 if line == bad else None for line in lines.tolist()]
    columns: dict[str, Any] = {name: pa.nulls(BATCH) for name in CONTRACT.lake_columns()}
    return columns | {"person_key": pa.array(lines), "src_row": pa.array(lines), BROKEN: pa.array(broken, pa.int32())}


def test_rows_stay_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    judged = judged_in(tmp_path)
    with Writers(judged, {"delivery_id": "one", "src_file": "rows.csv"}) as writers:
        for n in range(BATCHES):
            writers.write(batch(n * BATCH, bad=7 * BATCH + 5), BATCH)
    lines = [n for n in range(BATCH * BATCHES) if n != 7 * BATCH + 5]
    rows = pq.read_table(judged.pending)
    assert rows.column("src_row").to_pylist() == lines
    assert rows.column("person_key").to_pylist() == lines
    assert judged.n_bad == 1
    (aside,) = judged.aside
    assert pq.read_table(aside).select(["src_row", BROKEN]).to_pylist() == [{"src_row": 7 * BATCH + 5, BROKEN: 3}]


@pytest.mark.parametrize("at", [0, 1, BATCHES - 1], ids=["the first batch", "the second", "the last"])
def test_an_error_of_the_thread_that_writes_is_raised_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    judged, given, written = judged_in(tmp_path), 0, 0
    write_table = pq.ParquetWriter.write_table

    def full(self: pq.ParquetWriter, *args: Any) -> None:
        nonlocal written
        if written == at:
            raise OSError(28, "No space left on device")
        written += 1
        write_table(self, *args)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with (
        pytest.raises(OSError, match="No space left"),
        Writers(judged, {"delivery_id": "one", "src_file": "rows.csv"}) as writers,
    ):
        for n in range(BATCHES):
            writers.write(batch(n * BATCH), BATCH)
            given = n
    assert given <= at + 1, "nothing is given any more after the error"
    assert not judged.pending.exists()


def test_an_error_between_two_batches_leaves_no_file_either(tmp_path: Path) -> None:
    judged = judged_in(tmp_path)
    with (
        pytest.raises(KeyError, match="of the maker"),
        Writers(judged, {"delivery_id": "one", "src_file": "rows.csv"}) as writers,
    ):
        writers.write(batch(0), BATCH)
        raise KeyError("of the maker")
    assert not judged.pending.exists()


def test_a_file_that_cannot_be_ended_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judged_in(tmp_path)

    def full(_: pq.ParquetWriter) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "close", full)
    with (
        pytest.raises(OSError, match="No space left"),
        Writers(judged, {"delivery_id": "one", "src_file": "rows.csv"}) as writers,
    ):
        writers.write(batch(0), BATCH)
    assert not judged.pending.exists()
