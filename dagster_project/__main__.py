"""`python -m dagster_project`: one night, in this process, with its progress and a short table at the end.

Belongs here: what a person sees of a run. Does not: what the run does. Whether there is anything to do is decided
before Dagster is imported.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from avainvarasto import home, runs, status
from avainvarasto.errors import AvainvarastoError, RunInProgress
from avainvarasto.exit_codes import ExitCode
from avainvarasto.files import full, is_full
from avainvarasto.report import publish
from avainvarasto.settings import Settings, load_settings
from dagster_project.telling import say


def main() -> int:
    """Run the night and report on it; the code is that of the report, see `ExitCode`."""
    try:
        settings = load_settings()
    except AvainvarastoError as error:
        return _say_error(error)
    try:
        return run(settings)
    except RunInProgress as error:  # the other run reports
        return _say_error(error)
    except AvainvarastoError as error:
        _say_error(error)
        return _report_no_start(settings, error)
    except Exception as error:
        _report_no_start(settings, error)
        raise


def run(settings: Settings) -> ExitCode:
    """Deliver the demo into an empty home, and run the night if there is anything new."""
    started = time.monotonic()
    with home.run_lock(settings):
        if home.is_empty(settings):
            folders = home.prepare_demo(settings)
            print(f"The home {settings.home} is empty: {len(folders)} synthetic demo deliveries were put into landing.")
        news = status.news(settings)
        lost = runs.Lost([], None) if news.anything else runs.take_lost(settings)
    for name in news.unfinished:
        print(f"Not yet arrived (no delivery.yml): {name}")
    if not news.anything:
        print("Nothing new: no delivery has arrived and nothing changed since the active release. Nothing was done.")
        report = publish.of_quiet_night(settings, lost, datetime.now(UTC))
        say(settings, report)
        return report.exit_code
    home.demand_room_for_a_run(settings)
    from dagster_project.night import run_nightly

    try:
        return run_nightly(settings, started)
    except Exception as error:
        # The orchestrator's own storage says it in its own words, and many of them.
        if is_full(settings.home):
            raise full(settings.home) from error
        raise


def _report_no_start(settings: Settings, error: Exception) -> ExitCode:
    report = publish.of_no_start(settings, error, datetime.now(UTC))
    say(settings, report)
    return report.exit_code


def _say_error(error: AvainvarastoError) -> ExitCode:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return ExitCode.REFUSED_OR_FAILED


if __name__ == "__main__":
    sys.exit(main())
