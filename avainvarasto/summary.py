"""What a run added: the deliveries that it judged, its checks, and what is published now.

The short table of the terminal is made of it, and so is the morning report.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avainvarasto import intake, lake, runs
from avainvarasto.quality.receipts import RuleResult
from avainvarasto.release.activate import active_record
from avainvarasto.release.candidate import RECEIPT
from avainvarasto.settings import Settings

Name = tuple[str, str]


@dataclass(frozen=True)
class Summary:
    """A run in entries of the ledger, results of rules, and the release that is active after it."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    checks: list[tuple[str, RuleResult]] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)
    release_id: str | None = None
    release_file: Path | None = None
    renewed: bool = False

    @property
    def taken(self) -> dict[Name, list[dict[str, Any]]]:
        """Files of each delivery that was accepted."""
        found: dict[Name, list[dict[str, Any]]] = {}
        for entry in self.entries:
            if entry["accepted"]:
                found.setdefault((entry["source"], entry["delivery_id"]), []).append(entry)
        return found

    @property
    def refused(self) -> dict[Name, str]:
        """Reason of each delivery that was refused."""
        return {(e["source"], e["delivery_id"]): e["reason"] for e in self.entries if not e["accepted"]}

    @property
    def n_loaded(self) -> int:
        return sum(entry["n_loaded"] or 0 for entry in self.entries)

    @property
    def n_quarantined(self) -> int:
        return sum(entry["n_quarantined"] or 0 for entry in self.entries)

    def not_held(self, severity: str) -> list[tuple[str, RuleResult]]:
        """Gate and result of each rule of that severity that does not hold."""
        return [(gate, check) for gate, check in self.checks if not check.passed and check.severity == severity]

    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each line."""
        synthetic = sum(nature == "synthetic" for nature in self.published.values())
        tables = f"{len(self.published)} tables, {synthetic} of them of synthetic data" if self.published else "none"
        failed, warnings = len(self.not_held("critical")), len(self.not_held("warning"))
        return [
            ("deliveries taken", f"{len(self.taken)}" + (f", {len(self.refused)} refused" if self.refused else "")),
            ("not yet arrived", str(len(self.unfinished))),
            ("rows loaded", f"{self.n_loaded:,}".replace(",", " ")),
            ("rows quarantined", str(self.n_quarantined)),
            ("checks run", f"{len(self.checks)}, {failed} failed, {warnings} with a warning"),
            ("published", tables if self.renewed or not self.published else f"{tables} (unchanged by this run)"),
            ("release file", str(self.release_file or "none")),
        ]

    def next_steps(self, *, failed: bool) -> list[str]:
        """What a person types next."""
        if failed:
            return ["Next: docs/runbooks says what to do about what is named above; then `make run` again."]
        return [
            "Next: `make serve` shows the dashboard and the orchestrator;",
            "      `.venv/bin/avainvarasto query \"from kela_flow.funnel where cut = 'year'\"` reads the release.",
        ]


def of_run(settings: Settings, before: runs.Before, run_id: str | None) -> Summary:
    """What the run `run_id` added to `before`; None for a night without a run."""
    record = active_record(settings)
    link = settings.release / "current.duckdb"
    return Summary(
        entries=[entry for entry in lake.delivered(settings) if runs.mark_of(entry) not in before.ledger],
        unfinished=intake.waiting(settings)[1],
        checks=checks_of(settings, run_id) if run_id else [],
        published=record["natures"] if record else {},
        release_id=record["release_id"] if record else None,
        release_file=link if link.exists() else None,
        renewed=bool(record and record["release_id"] != before.release_id),
    )


def checks_of(settings: Settings, run_id: str) -> list[tuple[str, RuleResult]]:
    """Gate and result of every rule of a run: landing suites, dbt's tests, candidate suites."""
    landing = [
        (row["suite"], RuleResult(row["rule"], row["severity"], row["n_evaluated"], row["n_unexpected"], row["passed"]))
        for row in lake.landing_checks(settings)
        if row["run_id"] == run_id
    ]
    receipts = [
        *(settings.warehouse / "builds").glob("*.receipt.json"),
        *settings.release.glob(f"r*/{RECEIPT}"),
        *settings.release.glob(f"_candidate/*/{RECEIPT}"),
    ]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in receipts]
    return landing + [
        (receipt["gate"], RuleResult(**result))
        for receipt in found
        if receipt["run_id"] == run_id
        for result in receipt["results"]
    ]
