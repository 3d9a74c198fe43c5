"""A night without the orchestrator for tests: the steps of landing in their order, and the report after them."""

from __future__ import annotations

from datetime import datetime, timedelta

from avainvarasto import home, intake, runs
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.report import publish
from avainvarasto.report.content import Report
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS

MORNING = datetime(2018, 4, 9, 2, 0, tzinfo=HELSINKI)  # the day after the small deliveries were made


def a_night(settings: Settings, run_id: str = "run-1", now: datetime = MORNING) -> Report:
    """Take what lies in landing, and report on it as a run does."""
    with home.run_lock(settings):
        runs.begin(settings, run_id, now)
        intake.open_arrivals(settings, CONTRACTS)
        for extract in CONTRACTS:
            intake.land_extract(settings, CONTRACTS, extract)
        for extract in CONTRACTS:
            intake.judge_extract(settings, CONTRACTS, extract, run_id)
        intake.commit_open(settings, CONTRACTS)
        runs.end(settings, run_id, now + timedelta(minutes=2))
    return publish.after_run(settings, run_id, [], now)


def text_of(settings: Settings) -> str:
    """The newest report as it stands in its file, with single spaces."""
    return " ".join(publish.newest_text(settings).split())
