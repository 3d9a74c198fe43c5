"""Sensors: the morning report of runs that Dagster's daemon started, from the schedule or from the page.

Belongs here: which runs are reported on. Does not: what a report says or where it goes (avainvarasto.report). A run in
a terminal reports by itself, and carries a tag that says so.
"""

from datetime import UTC, datetime

import dagster as dg

from avainvarasto import summary
from avainvarasto.quality.pages import write_page
from avainvarasto.report import publish
from avainvarasto.settings import Settings
from dagster_project.failures import failures_of, never_began
from dagster_project.jobs import nightly

REPORTS_BY_ITSELF = {"avainvarasto/report": "in the terminal"}


def report_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """One sensor for runs that succeeded and one for those that failed."""
    return [
        _sensor(settings, "report_of_a_good_night", dg.DagsterRunStatus.SUCCESS),
        _sensor(settings, "report_of_a_failed_night", dg.DagsterRunStatus.FAILURE),
    ]


def _sensor(settings: Settings, name: str, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name=name,
        run_status=status,
        monitored_jobs=[nightly],
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def after_run(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        return _report(settings, context)

    return after_run


def _report(settings: Settings, context: dg.RunStatusSensorContext) -> dg.SkipReason:
    """Write and send the report of one run; a sensor that starts nothing gives a reason for it."""
    run = context.dagster_run
    if REPORTS_BY_ITSELF.items() <= run.tags.items():
        return dg.SkipReason("The run was in a terminal and reports by itself.")
    if publish.file_of(settings, run.run_id).exists():
        return dg.SkipReason("This run was reported on.")
    logged = context.instance.all_logs(run.run_id)
    events = [entry.dagster_event for entry in logged if entry.dagster_event is not None]
    failures = failures_of(events, success=run.status == dg.DagsterRunStatus.SUCCESS)
    if never_began(failures):
        return dg.SkipReason("Another run was in progress; that one reports.")
    write_page(settings.docs / "checks.html", run.run_id, summary.checks_of(settings, run.run_id))
    report = publish.after_run(settings, run.run_id, failures, datetime.now(UTC))
    if report.not_sent:
        context.log.error(report.not_sent)
    return dg.SkipReason(report.verdict)
