"""What failed in a run, read from Dagster's events.

Belongs here: which events tell of a failure, and whose words they carry. Does not: what is shown of them
(dagster_project.night, avainvarasto.report).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dagster as dg

from avainvarasto.errors import GateFailed, RunInProgress
from avainvarasto.report.failures import Failure


def failures_of(events: Iterable[dg.DagsterEvent], *, success: bool) -> list[Failure]:
    """Red checks with the rules that do not hold, and failed steps; a failed run has at least one."""
    events = list(events)
    found = []
    for event in events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            check: Any = event.event_specific_data
            if not check.passed and check.blocking and check.description:
                found.append(Failure(check.check_name, GateFailed.__name__, check.description))
        if event.is_step_failure:
            found.append(_failure(str(event.step_key), event.step_failure_data.error))
    if not success and not found:
        ends = (event for event in events if event.is_run_failure or event.is_resource_init_failure)
        found = [_failure("the run", getattr(event.event_specific_data, "error", None)) for event in ends][:1]
        found = found or [Failure("the run", "Unknown", "failed")]
    return found


def never_began(failures: Iterable[Failure]) -> bool:
    """True if the run did not get the lock: another run is in progress, and reports on itself."""
    return any(failure.kind == RunInProgress.__name__ for failure in failures)


def _failure(step: str, error: Any) -> Failure:
    """The innermost error: Dagster wraps our own."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return Failure(step, "Unknown", "failed")
    return Failure(step, str(error.cls_name), error.message.strip())
