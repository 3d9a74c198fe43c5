"""Why an event log does not leave."""

from __future__ import annotations

from avainvarasto.errors import AvainvarastoError


class ExportRefused(AvainvarastoError):
    """An event log may not be written there, for this, or of what was asked for."""


def refused(where: str, problem: str, remedy: str) -> ExportRefused:
    """An event log that is not written."""
    return ExportRefused(where, problem, consequence="No event log was written.", remedy=remedy)
