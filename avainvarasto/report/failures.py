"""What failed, in words that may leave the house: those of our own errors, and of others only their kind."""

from __future__ import annotations

from dataclasses import dataclass

from avainvarasto import errors
from avainvarasto.errors import AvainvarastoError


@dataclass(frozen=True)
class Failure:
    """A step and its error; `words` are the error's own, which may quote a row unless the error is one of ours."""

    step: str
    kind: str
    words: str

    @property
    def is_ours(self) -> bool:
        """True for errors whose words are written without values."""
        known = getattr(errors, self.kind, None)
        return isinstance(known, type) and issubclass(known, AvainvarastoError)

    @property
    def plain(self) -> str:
        """What a report says of it."""
        if self.is_ours:
            return f"{self.step}: {self.words}"
        return f"{self.step}: {self.kind}; its own words may quote rows and stay in the logs and on Dagster's page"


def of_error(step: str, error: BaseException) -> Failure:
    """The failure that an exception is."""
    return Failure(step, type(error).__name__, str(error))
