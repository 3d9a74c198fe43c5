"""A contract has versions: what was taken under an older one is read in today's columns."""

from __future__ import annotations

from pathlib import Path

import duckdb

from avainvarasto import lake
from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS, a_home, a_notification, deliver
from tests.landed import take_in

EXTRACT = "etotu_notification"
NEWER = ("is_continuation_reduction", "consent")  # one with a default, one without


def older_contract() -> Contract:
    """The contract as it was before two columns were agreed."""
    today = CONTRACTS[EXTRACT]
    columns = {name: column for name, column in today.columns.items() if name not in NEWER}
    return today.model_copy(update={"version": 1, "columns": columns})


def notifications(home: Settings) -> list[tuple[str, bool | None, bool | None]]:
    with duckdb.connect() as connection:
        lake.create_views(connection, home, TODAY)
        columns = f"delivery_id, {', '.join(NEWER)}"
        return connection.execute(f"select {columns} from lake.{EXTRACT} order by delivery_id").fetchall()


TODAY = CONTRACTS | {EXTRACT: CONTRACTS[EXTRACT].model_copy(update={"version": 2})}


def test_rows_of_an_older_version_get_the_defaults_of_the_newest(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    row = a_notification(1)
    old = {name: value for name, value in row.items() if name not in NEWER}
    deliver(home, EXTRACT, [old], delivery_id="a", contract=older_contract())
    assert take_in(home, CONTRACTS | {EXTRACT: older_contract()}) == ["etotu/a"]
    assert notifications(home) == [("a", False, None)]
    deliver(home, EXTRACT, [row | {"consent": True}], delivery_id="b")
    assert take_in(home, TODAY) == ["etotu/b"]
    assert notifications(home) == [("a", False, None), ("b", False, True)]
    assert [row["contract_version"] for row in lake.ledger(home)] == [1, 2]


def test_a_home_in_which_an_extract_never_came_has_its_empty_table(tmp_path: Path) -> None:
    assert notifications(a_home(tmp_path)) == []
