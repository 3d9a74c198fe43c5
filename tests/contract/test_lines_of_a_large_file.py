"""A file that several threads read at once: every row keeps its line, good, bad or doubled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from avainvarasto import intake
from avainvarasto.landing import repeated
from avainvarasto.landing.readers.arriving import MAX_LINE_BYTES
from avainvarasto.pseudonymise.keys import Keyring
from tests.deliveries import CONTRACTS, a_home, a_household_month, data_of, deliver, rewrite
from tests.landed import lenient

pytestmark = pytest.mark.contract

ROWS, BAD_EACH, EXTRACT = 300_000, 1009, "kela_household_month"
# A thread of the database reads a buffer of two lines of the longest length at a time.
BUFFER = 2 * MAX_LINE_BYTES


def test_every_row_of_a_large_file_keeps_its_line(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    contracts = CONTRACTS | {EXTRACT: lenient(CONTRACTS[EXTRACT])}
    folder = deliver(home, EXTRACT, [a_household_month(1)])
    header, line = data_of(folder).decode().splitlines()
    _, rest = line.split(";", 1)
    wrong = rest.replace(";837;", ";999;")
    lines = [f"{n:0120d};{wrong if n % BAD_EACH == 0 else rest}" for n in range(2, ROWS + 2)]
    doubled = [50_000, 250_000]
    for n in doubled:
        lines[n - 2] = f"{'7' * 120};{rest}"
    content = "\n".join([header, *lines]).encode() + b"\n"
    assert len(content) > 8 * BUFFER
    rewrite(folder, content, ROWS)
    intake.open_arrivals(home, contracts)
    (counts,) = intake.land_extract(home, contracts, EXTRACT).values()
    bad = {n: "municipality_unknown" for n in range(2, ROWS + 2) if n % BAD_EACH == 0} | dict.fromkeys(
        doubled, "unique_key"
    )
    assert (counts.n_delivered, counts.n_quarantined) == (ROWS, len(bad))
    (path,) = home.quarantine.rglob("*.parquet")
    assert {row["src_row"]: row["rule"] for row in pq.read_table(path).to_pylist()} == bad
    (path,) = (home.lake / "_pending").rglob("*.parquet")
    rows = pq.read_table(path, columns=["household_key", "src_row"])
    assert rows.column("src_row").to_pylist() == [n for n in range(2, ROWS + 2) if n not in bad]
    ring = Keyring.load(home.person_key_file)
    for place in range(0, len(rows), 997):
        row = rows.slice(place, 1).to_pylist()[0]
        assert row["household_key"] == ring.pseudonym("household", f"{row['src_row']:0120d}")


@pytest.mark.parametrize(
    "changes",
    [{"_BLOCK": 2}, {"_MIX": np.uint64(0)}, {"_BLOCK": 2, "_MIX": np.uint64(0)}],
    ids=["more rows than are held in memory", "numbers that are equal by chance", "both"],
)
def test_rows_that_share_their_key_are_found_whatever_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    for name, changed in changes.items():
        monkeypatch.setattr(repeated, name, changed)
    home = a_home(tmp_path)
    contracts = CONTRACTS | {EXTRACT: lenient(CONTRACTS[EXTRACT])}
    deliver(home, EXTRACT, [a_household_month(n) for n in (1, 2, 3, 2, 4)])
    intake.open_arrivals(home, contracts)
    (counts,) = intake.land_extract(home, contracts, EXTRACT).values()
    assert (counts.n_loaded, counts.n_quarantined) == (3, 2)
    (path,) = home.quarantine.rglob("*.parquet")
    assert pq.read_table(path, columns=["src_row"]).column("src_row").to_pylist() == [3, 5]
