"""Where a report goes: its own file, the file of the newest one, and those who are to get it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from avainvarasto import runs
from avainvarasto.errors import AvainvarastoError, ReportNotSent, StorageFailed
from avainvarasto.files import on_disk, write_json
from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.report import send
from avainvarasto.report.content import Report, gather
from avainvarasto.report.failures import Failure, of_error
from avainvarasto.report.text import render
from avainvarasto.settings import Settings


def newest_file(settings: Settings) -> Path:
    """The newest report as text."""
    return settings.logs / "morning-report.txt"


def file_of(settings: Settings, name: str) -> Path:
    """The report of one run, or of one moment without a run."""
    return settings.logs / "reports" / f"{name}.txt"


def after_run(settings: Settings, run_id: str, failures: Sequence[Failure], now: datetime) -> Report:
    """Report on a run that ended, in whatever process it was."""
    before = runs.before(settings, run_id)
    if before is None:  # it ended before it could begin
        before = runs.snapshot(settings)
    lost = runs.lost_before(settings, run_id)
    return publish(settings, gather(settings, run_id, before, now=now, failures=failures, lost_runs=lost))


def of_quiet_night(settings: Settings, lost: runs.Lost, now: datetime) -> Report:
    """Report on a night in which nothing was new and nothing was run, but for what killed runs had taken."""
    before = lost.before or runs.snapshot(settings)
    return publish(settings, gather(settings, None, before, now=now, lost_runs=lost.began))


def of_no_start(settings: Settings, error: BaseException, now: datetime) -> Report:
    """Report on a night that could not start."""
    failures = [of_error("the start of the night", error)]
    try:
        before = runs.snapshot(settings)
    except Exception:  # said once already, by whatever kept the night from starting
        before = None
    return publish(settings, gather(settings, None, before, now=now, failures=failures))


def publish(settings: Settings, report: Report) -> Report:
    """Write the report and send it.

    Returns:
        the report as it stands in its file; one that could not be written or sent says so, in its exit code too.
    """
    report = _written(settings, report)
    if not send.is_configured(settings):
        return report
    try:
        send.send(settings, message(settings, report))
    except ReportNotSent as error:
        report = _written(settings, replace(report, not_sent=str(error)))
    return report


def message(settings: Settings, report: Report) -> dict[str, Any]:
    """What is sent; the home by its name and not by its place."""
    return {
        "verdict": report.verdict,
        "exit_code": int(report.exit_code),
        "text": render(settings, report),
        "run_id": report.run_id,
        "home": settings.home.name,
    }


def send_again(settings: Settings) -> list[str]:
    """Send the newest report once more.

    Returns:
        the ways that it went.

    Raises:
        StorageFailed: there is no report.
        ReportNotSent: nobody is to get it, or one way failed.
    """
    newest_text(settings)
    return send.send(settings, json.loads(_newest_message(settings).read_text(encoding="utf-8")))


@on_disk
def newest_text(settings: Settings) -> str:
    """The newest report.

    Raises:
        StorageFailed: there is none.
    """
    path = newest_file(settings)
    if not path.is_file():
        raise StorageFailed(
            str(path),
            "there is no morning report yet",
            consequence="Nothing is shown.",
            remedy="`make run` writes one, also on a night without anything new",
        )
    return path.read_text(encoding="utf-8")


def _written(settings: Settings, report: Report) -> Report:
    try:
        _write(settings, report)
    except AvainvarastoError as error:
        return replace(report, failures=[*report.failures, of_error("writing the report", error)])
    return report


@on_disk
def _write(settings: Settings, report: Report) -> None:
    content = message(settings, report)
    name = report.run_id or f"{report.made_at.astimezone(HELSINKI):%Y%m%dT%H%M%S}"
    write_json(_newest_message(settings), content)
    for path in (file_of(settings, name), newest_file(settings)):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(content["text"], encoding="utf-8")
        partial.replace(path)


def _newest_message(settings: Settings) -> Path:
    return settings.logs / "morning-report.json"
