"""Errors that a data manager reads: where, what is wrong, what it means, what to do.

No message carries a value of a person; callers name files, lines, columns and rules only.
"""

from __future__ import annotations


class AvainvarastoError(Exception):
    """A refusal in plain words.

    Args:
        where: file, line or setting that the reader can open.
        problem: what is wrong there, without values of persons.
        consequence: what was and was not done.
        remedy: the next step.
    """

    def __init__(self, where: str, problem: str, *, consequence: str, remedy: str) -> None:
        self.where = where
        self.problem = problem
        self.consequence = consequence
        self.remedy = remedy
        super().__init__(f"{where}: {problem}\n  {consequence}\n  Remedy: {remedy}")


class SettingsError(AvainvarastoError):
    """A setting is unknown or has a value that cannot be used."""


class ContractError(AvainvarastoError):
    """A contract, suite or policy file of this project is itself wrong."""


class DeliveryRefused(AvainvarastoError):
    """A delivery breaks its contract; nothing of it was loaded."""


class KeyFileError(AvainvarastoError):
    """The pseudonymisation key is missing, readable by others or malformed."""


class HomeRefused(AvainvarastoError):
    """The home directory is not one in which this may be done."""


class RunInProgress(AvainvarastoError):
    """Another run holds the run lock."""


class StorageFailed(AvainvarastoError):
    """A disk is full, or a file cannot be read or written."""


class BackupRefused(AvainvarastoError):
    """A backup cannot be made, is damaged, or may not be restored here."""


class ForgetRefused(AvainvarastoError):
    """What is to be forgotten is not named as it must be, or is not here."""


class ReportNotSent(AvainvarastoError):
    """The morning report stands in its file, but did not reach those who are to get it."""


class GateFailed(AvainvarastoError):
    """A gate found a failing rule, evaluated nothing, or could not evaluate."""


class BuildFailed(AvainvarastoError):
    """dbt did not finish the warehouse build."""


class ReleaseRefused(AvainvarastoError):
    """A candidate may not become the active release."""


class DemoRefused(AvainvarastoError):
    """No made-up country can be made of what was asked for."""


class SupersetRefused(AvainvarastoError):
    """Superset's assets are invalid or the server did not take them."""
