"""Deliveries taken into the lake without waiting for Great Expectations, for tests of what comes before and after."""

from __future__ import annotations

from collections.abc import Mapping

from avainvarasto import intake
from avainvarasto.contracts import Contract
from avainvarasto.files import sha256_of
from avainvarasto.quality.receipts import Receipt, RuleResult
from avainvarasto.settings import Settings
from tests.deliveries import CONTRACTS


def changed(contract: Contract, **changes: object) -> Contract:
    """A contract with other keys, validated as if it stood in a file; columns are given as in YAML and added."""
    content = contract.model_dump(by_alias=True)
    content["columns"] |= changes.pop("columns", {})  # type: ignore[operator]
    return Contract.model_validate(content | changes)


def lenient(contract: Contract) -> Contract:
    """The contract without a quarantine limit, so that single rows can be looked at."""
    return contract.model_copy(update={"quarantine_limit": 1.0})


def lifted(contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """The contracts without their quarantine limits."""
    return {name: lenient(contract) for name, contract in contracts.items()}


def through_the_door(home: Settings, contracts: Mapping[str, Contract] = CONTRACTS) -> intake.Opened:
    """Open what has arrived and take every open file through the door."""
    opened = intake.open_arrivals(home, contracts)
    for extract in contracts:
        intake.land_extract(home, contracts, extract)
    return opened


def take_in(home: Settings, contracts: Mapping[str, Contract] = CONTRACTS) -> list[str]:
    """Everything that has arrived, into the lake; the suites are taken to be green.

    Returns:
        the names of the deliveries accepted.
    """
    through_the_door(home, contracts)
    for pending in sorted((home.lake / "_pending").glob("*/*/*/*.parquet")):
        suite = intake.landing_suite(home, pending.parent.name)
        results = [RuleResult(rule.rule, rule.severity, 1, 0, True) for rule in suite.expectations]
        receipt = Receipt(
            intake.GATE, pending.name, "run-1", sha256_of(pending), suite.sha256, len(suite.expectations), results
        )
        receipt.write(pending.with_suffix(".receipt.json"))
    return intake.commit_open(home, contracts)
