"""`python -m dagster_project` on nights that start no run: its code, and the report that goes with it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from avainvarasto import home, runs, status
from avainvarasto.exit_codes import ExitCode
from avainvarasto.report import publish
from avainvarasto.settings import Settings
from avainvarasto.status import News
from dagster_project.__main__ import main
from tests.deliveries import a_home, a_household_month, deliver
from tests.small_nights import MORNING, a_night

pytestmark = pytest.mark.dagster


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with one delivery taken, in which nothing is new."""
    made = a_home(tmp_path / "house")
    deliver(made, "kela_household_month", [a_household_month(n) for n in range(3)])
    a_night(made)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(made.home))
    monkeypatch.setattr(status, "news", lambda _settings: News([], [], release_is_behind=False))
    return made


def sent(settings: Settings) -> dict[str, object]:
    content: dict[str, object] = json.loads((settings.logs / "morning-report.json").read_text())
    return content


def test_a_night_without_news_ends_with_the_code_of_its_report(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    runs.begin(settings, "killed", MORNING)
    assert main() == ExitCode.IN_ORDER == sent(settings)["exit_code"]
    said = publish.newest_text(settings)
    assert said.splitlines()[0] in capsys.readouterr().out
    assert "without a run" in said
    assert "One began 2018-04-09" in said
    assert main() == ExitCode.IN_ORDER
    assert "One began" not in publish.newest_text(settings)


def test_a_night_on_which_something_is_late_ends_with_code_3(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [a_household_month(n) for n in range(3)]
    deliver(settings, "kela_household_month", rows, delivery_id="2018-04-09T0200", nature="confidential")
    a_night(settings, "run-2", datetime.now().astimezone())
    assert main() == 3 == sent(settings)["exit_code"]
    assert "Report: LATE: 1 extract is late" in capsys.readouterr().out


def test_a_night_that_finds_another_in_progress_writes_no_report(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in (settings.logs / "reports").iterdir())
    with home.run_lock(settings):
        assert main() == ExitCode.REFUSED_OR_FAILED
    assert "another run is in progress since" in capsys.readouterr().err
    assert sorted(path.name for path in (settings.logs / "reports").iterdir()) == before


def test_a_night_that_cannot_start_says_why_in_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = a_home(tmp_path / "house")  # empty, with a key that is not the demo's
    monkeypatch.setenv("AVAINVARASTO_HOME", str(settings.home))
    assert main() == ExitCode.REFUSED_OR_FAILED == sent(settings)["exit_code"]
    assert "HomeRefused" in capsys.readouterr().err
    assert "a key that is not the demo's" in publish.newest_text(settings)


def test_a_crash_is_reported_by_its_kind_and_still_shown_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_settings: Settings) -> News:
        raise RuntimeError("these words stay here")

    monkeypatch.setattr(status, "news", crash)
    with pytest.raises(RuntimeError, match="these words stay here"):
        main()
    said = publish.newest_text(settings)
    assert "the start of the night: RuntimeError" in said
    assert "these words" not in said
