"""What a gate leaves behind: the data it saw, the rules it held, and what it found.

Whoever opens the next door reads the receipt and compares the hashes; it never trusts that an earlier step ran.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from avainvarasto.errors import GateFailed
from avainvarasto.files import write_json


@dataclass(frozen=True)
class RuleResult:
    """One rule evaluated on one batch; counts only."""

    rule: str
    severity: str
    n_evaluated: int
    n_unexpected: int
    passed: bool


@dataclass(frozen=True)
class Receipt:
    """The record of one gate."""

    gate: str
    subject: str
    run_id: str
    data_sha256: str
    rules_sha256: str
    rules_declared: int
    results: list[RuleResult]
    versions: dict[str, str] = field(
        default_factory=lambda: {
            name: version(name) for name in ("avainvarasto", "great-expectations", "duckdb", "dbt-core")
        }
    )

    @property
    def problems(self) -> list[str]:
        """Why the gate is closed; empty when it is open."""
        if not self.results:
            return ["no rule was evaluated"]
        if len(self.results) != self.rules_declared:
            return [f"{len(self.results)} of {self.rules_declared} rules were evaluated"]
        return [
            f"'{result.rule}' does not hold for {result.n_unexpected} of {result.n_evaluated} rows"
            for result in self.results
            if not result.passed and result.severity == "critical"
        ]

    @property
    def passed(self) -> bool:
        return not self.problems

    def write(self, path: Path) -> None:
        write_json(path, asdict(self) | {"passed": self.passed})


def verified(path: Path, gate: str, data_sha256: str, rules_sha256: str) -> Receipt:
    """The receipt at `path`, if it opens the gate for exactly this data and these rules.

    Raises:
        GateFailed: there is no receipt, it is of other data or rules, or it records a failing rule.
    """
    receipt = verified_content(path, gate, data_sha256)
    if receipt.rules_sha256 != rules_sha256:
        raise _closed(receipt.subject, f"the rules of the gate '{gate}' changed after the receipt was written")
    return receipt


def verified_content(path: Path, gate: str, data_sha256: str) -> Receipt:
    """The receipt at `path`, if it opens the gate for this data under the rules of its day.

    Raises:
        GateFailed: there is no receipt, it is of other data, or it records a failing rule.
    """
    if not path.is_file():
        raise _closed(str(path), f"there is no receipt of the gate '{gate}'")
    content = json.loads(path.read_text(encoding="utf-8"))
    content.pop("passed")
    receipt = Receipt(**content | {"results": [RuleResult(**result) for result in content["results"]]})
    if (receipt.gate, receipt.data_sha256) != (gate, data_sha256):
        raise _closed(receipt.subject, f"the receipt of the gate '{gate}' is of other data")
    require_passed([receipt])
    return receipt


def require_passed(receipts: Sequence[Receipt]) -> None:
    """Raise for the first receipt whose gate is closed.

    Raises:
        GateFailed: naming the gate, the subject and every failing rule.
    """
    for receipt in receipts:
        if receipt.problems:
            raise _closed(f"{receipt.gate} of {receipt.subject}", "; ".join(receipt.problems))


def _closed(where: str, problem: str) -> GateFailed:
    return GateFailed(
        where,
        problem,
        consequence="The gate stays closed; what was published stays as it was.",
        remedy="look at the rule in expectations/suites and at the delivery, then run the whole night again",
    )
