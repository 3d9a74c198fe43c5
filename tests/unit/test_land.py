"""`avainvarasto land`: what has arrived goes into the lake as in a night, and nothing is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from avainvarasto import cli, home, lake
from avainvarasto.settings import Settings
from tests.deliveries import a_home, a_household_month, a_notification, deliver

pytestmark = pytest.mark.unit


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(tmp_path))
    return a_home(tmp_path)


def test_good_rows_go_into_the_lake_and_nothing_is_built(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(settings, "etotu_notification", [a_notification(n) for n in range(3)])
    assert cli.main(["land"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "deliveries taken 1" in said
    assert "rows loaded 3" in said
    assert [row["n_loaded"] for row in lake.accepted(settings)] == [3]
    assert not settings.warehouse.exists()
    assert cli.main(["land"]) == 0
    assert "deliveries taken 0" in capsys.readouterr().out


def test_a_refused_delivery_is_named_with_its_reason_and_the_others_are_taken(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(settings, "etotu_notification", [a_notification()])
    deliver(settings, "kela_household_month", [a_household_month()], files={"sha256": "0" * 64})
    assert cli.main(["land"]) == 1
    assert "! kela/2018-04-08T0200/household_month.csv: the checksum differs" in capsys.readouterr().out
    assert [row["source"] for row in lake.accepted(settings)] == ["etotu"]


def test_a_red_suite_keeps_everything_out_of_the_lake_until_the_next_time(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(settings, "etotu_notification", [a_notification()])
    deliver(settings, "kela_household_month", [a_household_month(rejected=True)])
    assert cli.main(["land"]) == 1
    assert "A landing suite is red: the other deliveries are taken the next time." in capsys.readouterr().out
    assert lake.accepted(settings) == []
    assert cli.main(["land"]) == 0
    assert [row["source"] for row in lake.accepted(settings)] == ["etotu"]


def test_nothing_is_landed_while_a_run_is_in_progress(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(settings, "etotu_notification", [a_notification()])
    with home.run_lock(settings):
        assert cli.main(["land"]) == 1
    assert "another run is in progress" in capsys.readouterr().err
    assert lake.ledger(settings) == []
