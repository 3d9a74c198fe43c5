"""The nightly job in this process: progress while it runs, a table when it ends.

Belongs here: showing a run in a terminal. Does not: scheduling, or any step's work.
"""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from avainvarasto import summary
from avainvarasto.quality.pages import write_page
from avainvarasto.settings import Settings
from dagster_project.definitions import build_defs
from dagster_project.instance import prepare_instance
from dagster_project.jobs import NIGHTLY


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


def run_nightly(settings: Settings, started: float) -> int:
    """Run the job and print its table; 0 when all went well, 1 otherwise."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    prepare_instance(settings)
    console = Console(stderr=False)
    before = summary.snapshot(settings)
    bar = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bar, console=console) as progress, dg.DagsterInstance.get() as instance:
        steps = _StepProgress(progress)
        job = build_defs(settings, loggers={"progress": _logger(steps)}).resolve_job_def(NIGHTLY)
        steps.begin(len(job.graph.nodes))
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, run_config={"loggers": {"progress": {"config": {}}}}
        )
    after = summary.of_run(settings, before, result.run_id)
    write_page(settings.docs / "checks.html", result.run_id, summary.checks_of(settings, result.run_id))
    console.print(_table(after, time.monotonic() - started))
    failures = [*_failures(result), *after.refused]
    for problem in failures:
        console.print(f"[bold red]![/] {escape(problem)}", highlight=False, soft_wrap=True)
    for line in after.next_steps(failed=bool(failures)):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return 0 if result.success and not failures else 1


def _logger(handler: logging.Handler) -> dg.LoggerDefinition:
    """Dagster's lines stay in its own storage; the terminal gets the bar."""

    @dg.logger
    def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("avainvarasto.progress", logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return progress_logger


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What failed, in the words of our own errors; a red check says which rules do not hold."""
    found = []
    for event in result.all_events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            check: Any = event.event_specific_data
            if not check.passed and check.blocking and check.description:
                found.append(f"{check.check_name}: {check.description}")
        if event.is_step_failure:
            found.append(f"{event.step_key}: {_cause(event.step_failure_data.error)}")
    if not result.success and not found:
        ends = (event for event in result.all_events if event.is_run_failure or event.is_resource_init_failure)
        found = [f"the run: {_cause(getattr(event.event_specific_data, 'error', None))}" for event in ends][:1]
    return found


def _cause(error: Any) -> str:
    """The innermost message: Dagster wraps our own errors."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "failed"


def _table(after: summary.Summary, seconds: float) -> Table:
    table = Table(show_header=False, title="The night", title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    for name, value in after.rows():
        table.add_row(name, value)
    table.add_row("took", f"{seconds:.0f} s")
    return table
