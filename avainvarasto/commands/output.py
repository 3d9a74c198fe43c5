"""How commands print tables."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from typing import Any


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table as CSV on standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def print_fields(fields: Iterable[tuple[str, Any]]) -> None:
    """Names and values, one a line."""
    for name, value in fields:
        print(f"{name:<15} {value}")
