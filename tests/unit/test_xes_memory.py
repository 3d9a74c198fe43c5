"""A log is read in parts and batches and written as it comes: memory does not grow with it."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.eventlog import cases, xes
from avainvarasto.eventlog.cases import Case, Choice, Counts
from avainvarasto.settings import Settings
from tests.flow_builds import SENT, a_build, a_case, by_the_book

pytestmark = pytest.mark.unit


class _Cursor:
    """Rows of endless cases; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def execute(self, _sql: str, _parameters: dict[str, Any]) -> _Cursor:
        return self

    def fetchmany(self, n: int) -> list[tuple[Any, ...]]:
        self.asked += 1
        first = self.asked * n
        return [(str(first + i), "t", "u", "b", "c", "m", SENT, "E", SENT, "r", 1, 0) for i in range(n)]


@pytest.mark.parametrize("n_parts", [1, 2, 3, 7])
def test_read_in_parts_the_cases_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_parts: int) -> None:
    built = a_build(Settings(home=tmp_path / "home"), [by_the_book(n) for n in range(1, 60)])
    expected = Counts(59, 177)
    with duckdb.connect(str(built), read_only=True) as connection:
        whole = list(cases.read(connection, Choice(), keep_keys=True, expected=expected))
        monkeypatch.setattr(cases, "_OF_A_PART", expected.events // n_parts + 1)
        assert len(cases._parts(expected.events)) == n_parts
        assert list(cases.read(connection, Choice(), keep_keys=True, expected=expected)) == whole
    assert sorted(case.key for case in whole) == sorted(map(str, range(1, 60)))


def test_parts_leave_nothing_between_them() -> None:
    for n_events in (0, 1, 199_999, 200_000, 5_000_000, 10**10):
        parts = cases._parts(n_events)
        assert (parts[0][0], parts[-1][1]) == ("000", "g")
        assert [high for _, high in parts[:-1]] == [low for low, _ in parts[1:]]
        assert all(low < high for low, high in parts)


def test_cases_are_read_in_batches() -> None:
    cursor = _Cursor()
    found: Iterator[Case] = cases.read(cursor, Choice(), keep_keys=True, expected=Counts(9, 9))  # type: ignore[arg-type]
    assert next(found).key
    assert cursor.asked == 1
    assert next(found).key
    assert cursor.asked == 1


class _Sink(io.RawIOBase):
    """Forgets what is written and counts it."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.size += len(content)
        return len(content)


def test_memory_does_not_grow_with_the_log() -> None:
    head = xes.Head("b", date(2018, 12, 31), "synthetic", "made up", "kept", Choice(), Counts(8_000, 16_000))
    sink = _Sink()
    tracemalloc.start()
    xes.write_log(sink, head, (a_case(f"{n:032}") for n in range(8_000)), {})  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sink.size > 7_000_000
    assert peak < 3_000_000
