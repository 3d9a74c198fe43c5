"""What a terminal says of the morning report.

Belongs here: the lines. Does not: the report itself (avainvarasto.report).
"""

from __future__ import annotations

import sys

from avainvarasto.report import publish
from avainvarasto.report.content import Report
from avainvarasto.settings import Settings


def say(settings: Settings, report: Report) -> None:
    """The verdict, where the report lies, and whether it was sent."""
    print(f"Report: {report.verdict}")
    print(f"        {publish.newest_file(settings)}")
    if report.not_sent:
        print(f"ReportNotSent: {report.not_sent}", file=sys.stderr)
