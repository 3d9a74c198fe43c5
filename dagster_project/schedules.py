"""Schedules: when jobs start.

Belongs here: times. Does not: what runs (jobs).
"""

from __future__ import annotations

import dagster as dg

from dagster_project.jobs import nightly

every_night = dg.ScheduleDefinition(
    name="every_night",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/Helsinki",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
