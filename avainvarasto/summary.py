"""The short table of a run: what came, what was loaded, what is published now, and what to type next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avainvarasto import intake, lake
from avainvarasto.quality.receipts import RuleResult
from avainvarasto.release.activate import active_record
from avainvarasto.release.candidate import RECEIPT
from avainvarasto.settings import Settings


@dataclass(frozen=True)
class Summary:
    """A run in figures."""

    taken: int
    refused: list[str]
    unfinished: list[str]
    n_loaded: int
    n_quarantined: int
    checks: int
    checks_failed: int
    warnings: int
    published: dict[str, str]
    release_file: Path | None
    renewed: bool

    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each line."""
        synthetic = sum(nature == "synthetic" for nature in self.published.values())
        tables = f"{len(self.published)} tables, {synthetic} of them of synthetic data" if self.published else "none"
        return [
            ("deliveries taken", f"{self.taken}" + (f", {len(self.refused)} refused" if self.refused else "")),
            ("not yet arrived", str(len(self.unfinished))),
            ("rows loaded", f"{self.n_loaded:,}".replace(",", " ")),
            ("rows quarantined", str(self.n_quarantined)),
            ("checks run", f"{self.checks}, {self.checks_failed} failed, {self.warnings} with a warning"),
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


def snapshot(settings: Settings) -> dict[str, Any]:
    """What stood before a run."""
    record = active_record(settings)
    return {
        "ledger": {(r["source"], r["delivery_id"], r["received_at"]) for r in lake.ledger(settings)},
        "release_id": record["release_id"] if record else None,
    }


def of_run(settings: Settings, before: dict[str, Any], run_id: str) -> Summary:
    """What the run `run_id` added to `before`."""
    new = [
        row
        for row in lake.ledger(settings)
        if (row["source"], row["delivery_id"], row["received_at"]) not in before["ledger"]
    ]
    taken = {(row["source"], row["delivery_id"]) for row in new if row["accepted"]}
    refused = {(row["source"], row["delivery_id"]): row["reason"] for row in new if not row["accepted"]}
    record = active_record(settings)
    checks = [result for _, result in checks_of(settings, run_id)]
    natures = record["natures"] if record else {}
    link = settings.release / "current.duckdb"
    return Summary(
        taken=len(taken),
        refused=list(refused.values()),
        unfinished=intake.waiting(settings)[1],
        n_loaded=sum(row["n_loaded"] or 0 for row in new),
        n_quarantined=sum(row["n_quarantined"] or 0 for row in new),
        checks=len(checks),
        checks_failed=sum(not check.passed and check.severity == "critical" for check in checks),
        warnings=sum(not check.passed and check.severity == "warning" for check in checks),
        published=natures,
        release_file=link if link.exists() else None,
        renewed=bool(record and record["release_id"] != before["release_id"]),
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
        *settings.release.glob(f"*/{RECEIPT}"),
        *settings.release.glob(f"_candidate/*/{RECEIPT}"),
    ]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in receipts]
    return landing + [
        (receipt["gate"], RuleResult(**result))
        for receipt in found
        if receipt["run_id"] == run_id
        for result in receipt["results"]
    ]
