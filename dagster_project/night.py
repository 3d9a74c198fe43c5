"""The nightly job in this process: progress while it runs, a table when it ends.

Belongs here: showing a run in a terminal. Does not: scheduling, or any step's work.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from avainvarasto import summary
from avainvarasto.exit_codes import ExitCode
from avainvarasto.quality.pages import write_page
from avainvarasto.report import publish
from avainvarasto.settings import Settings
from dagster_project.definitions import build_defs
from dagster_project.failures import failures_of, never_began
from dagster_project.instance import prepare_instance
from dagster_project.jobs import NIGHTLY
from dagster_project.sensors import REPORTS_BY_ITSELF
from dagster_project.telling import say


class _StepProgress(logging.Handler):
    """Moves the bar with Dagster's own step events."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def begin(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        event: Any = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            return
        if event.event_type_value == "STEP_START":
            self._progress.update(self._task, description=event.step_key)
        elif event.event_type_value in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"):
            self._progress.advance(self._task)


def run_nightly(settings: Settings, started: float) -> ExitCode:
    """Run the job, print its table and publish its report, which says how the night ended."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    prepare_instance(settings)
    console = Console(stderr=False)
    bar = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bar, console=console) as progress, dg.DagsterInstance.get() as instance:
        steps = _StepProgress(progress)
        job = build_defs(settings, loggers={"progress": _logger(steps)}).resolve_job_def(NIGHTLY)
        steps.begin(len(job.graph.nodes))
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"progress": {"config": {}}}},
            tags=REPORTS_BY_ITSELF,
        )
    failures = failures_of(result.all_events, success=result.success)
    if never_began(failures):
        _print_problems(console, [f"{failure.step}: {failure.words}" for failure in failures])
        return ExitCode.REFUSED_OR_FAILED
    write_page(settings.docs / "checks.html", result.run_id, summary.checks_of(settings, result.run_id))
    report = publish.after_run(settings, result.run_id, failures, datetime.now(UTC))
    console.print(_table(report.summary, time.monotonic() - started))
    problems = [f"{failure.step}: {failure.words}" for failure in report.failures]
    _print_problems(console, [*problems, *report.summary.refused.values()])
    say(settings, report)
    failed = report.exit_code == ExitCode.REFUSED_OR_FAILED
    for line in report.summary.next_steps(failed=failed):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return report.exit_code


def _print_problems(console: Console, problems: Iterable[str]) -> None:
    for problem in problems:
        console.print(f"[bold red]![/] {escape(problem)}", highlight=False, soft_wrap=True)


def _logger(handler: logging.Handler) -> dg.LoggerDefinition:
    """Dagster's lines stay in its own storage; the terminal gets the bar."""

    @dg.logger
    def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("avainvarasto.progress", logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return progress_logger


def _table(after: summary.Summary, seconds: float) -> Table:
    table = Table(show_header=False, title="The night", title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    for name, value in after.rows():
        table.add_row(name, value)
    table.add_row("took", f"{seconds:.0f} s")
    return table
