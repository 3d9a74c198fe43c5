"""The report as an object: what it holds, its verdict, and the exit code that goes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import pyarrow.parquet as pq

from avainvarasto import lake, summary
from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.exit_codes import ExitCode
from avainvarasto.landing.quarantine import quarantine_file
from avainvarasto.report.failures import Failure, of_error
from avainvarasto.report.lateness import Expected, expected
from avainvarasto.report.refusals import OpenRefusal, open_refusals
from avainvarasto.runs import Before
from avainvarasto.settings import Settings
from avainvarasto.summary import Summary

T = TypeVar("T")


@dataclass(frozen=True)
class BadRows:
    """Rows of one file that broke one rule."""

    delivery: str
    file: str
    rule: str
    column: str
    n_rows: int


@dataclass(frozen=True)
class Report:
    """One night for a data manager. Names of files, extracts and rules, and counts; nothing of a person.

    `is_known` is False where not even the ledger or the release could be read, so that `summary` says nothing.
    """

    made_at: datetime
    run_id: str | None
    summary: Summary = field(default_factory=Summary)
    is_known: bool = True
    expected: Sequence[Expected] = ()
    open_refusals: Sequence[OpenRefusal] = ()
    bad_rows: Sequence[BadRows] = ()
    failures: Sequence[Failure] = ()
    lost_runs: Sequence[str] = ()
    not_sent: str = ""

    def in_state(self, state: str) -> list[Expected]:
        """Extracts that stand so."""
        return [one for one in self.expected if one.state == state]

    @property
    def exit_code(self) -> ExitCode:
        """The code of the program that made this report."""
        failed_rules = self.summary.not_held("critical")
        if self.summary.refused or self.failures or failed_rules or self.not_sent:
            return ExitCode.REFUSED_OR_FAILED
        return ExitCode.LATE if self.in_state("late") else ExitCode.IN_ORDER

    @property
    def verdict(self) -> str:
        """The first line."""
        word = {
            ExitCode.IN_ORDER: "IN ORDER",
            ExitCode.REFUSED_OR_FAILED: "NOT IN ORDER",
            ExitCode.LATE: "LATE",
        }[self.exit_code]
        parts = [
            counted(len(self.summary.refused), "delivery was refused", "deliveries were refused"),
            counted(len(self.failures), "thing failed", "things failed"),
            counted(len(self.summary.not_held("critical")), "check failed", "checks failed"),
            "this report could not be sent" if self.not_sent else "",
            counted(len(self.in_state("late")), "extract is late", "extracts are late"),
            counted(len(self.summary.taken), "delivery was taken", "deliveries were taken") or "nothing new was taken",
            counted(len(self.open_refusals), "earlier refusal is open", "earlier refusals are open"),
            "an earlier run did not end" if self.lost_runs else "",
            self._published(),
        ]
        return f"{word}: {', '.join(part for part in parts if part)}."

    def _published(self) -> str:
        if not self.is_known:
            return "what is published could not be found out"
        if self.summary.release_id is None:
            return "nothing is published"
        return "a new release is published" if self.summary.renewed else "what is published is unchanged"


def counted(number: int, one: str, many: str) -> str:
    """A number with its words; empty for nought."""
    return "" if not number else f"{number} {one if number == 1 else many}"


def gather(
    settings: Settings,
    run_id: str | None,
    before: Before | None,
    *,
    now: datetime,
    failures: Sequence[Failure] = (),
    lost_runs: Sequence[str] = (),
) -> Report:
    """The report on what came after `before`.

    A part that cannot be found out (a broken contract, a ledger that cannot be read) is itself a failure of the
    report, so that a night that went wrong is told all the same. Without `before` nothing is known to be new.
    """
    failed = list(failures)

    def known(what: str, part: Callable[[], T], otherwise: T) -> T:
        try:
            return part()
        except Exception as error:
            own = of_error(f"the report's part on {what}", error)
            if all(own.words != failure.words for failure in failed):
                failed.append(own)
            return otherwise

    entries: list[dict[str, Any]] = known("the ledger", lambda: lake.delivered(settings), [])
    seen: Summary | None = None
    if before is not None:
        seen = known("the run", lambda: summary.of_run(settings, before, run_id), None)
    found = seen or Summary()
    tonight = set(found.refused)
    earlier: list[OpenRefusal] = known("earlier refusals", lambda: open_refusals(settings, entries), [])
    contracts: dict[str, Contract] = known("what is late", lambda: load_contracts(settings.expectations), {})
    accepted = [entry for entry in entries if entry["accepted"]]
    return Report(
        made_at=now,
        run_id=run_id,
        summary=found,
        is_known=seen is not None,
        expected=known("what is late", lambda: expected(contracts, accepted, now), []),
        open_refusals=[one for one in earlier if (one.source, one.delivery_id) not in tonight],
        bad_rows=known("quarantine", lambda: _bad_rows(settings, found), []),
        failures=failed,
        lost_runs=lost_runs,
    )


def _bad_rows(settings: Settings, found: Summary) -> list[BadRows]:
    counts: dict[tuple[str, str, str, str], int] = {}
    for (source, delivery_id), files in found.taken.items():
        for entry in files:
            if not entry["n_quarantined"]:
                continue
            path = quarantine_file(settings, source, delivery_id, entry["extract"], entry["file"])
            for row in pq.read_table(path, columns=["rule", "broken_column"]).to_pylist():
                kind = (f"{source}/{delivery_id}", entry["file"], row["rule"], row["broken_column"])
                counts[kind] = counts.get(kind, 0) + 1
    return [BadRows(*kind, n_rows) for kind, n_rows in sorted(counts.items())]
