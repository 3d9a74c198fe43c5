"""Gates as asset checks: the landing suites, the candidate suites.

Belongs here: which suite guards which asset, and that a critical rule blocks. Does not: how a rule is evaluated
(avainvarasto.quality).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import dagster as dg

from avainvarasto import intake
from avainvarasto.contracts import Contract
from avainvarasto.quality.receipts import Receipt
from avainvarasto.quality.suites import Expectation
from avainvarasto.release import candidate
from avainvarasto.settings import Settings
from dagster_project.assets.landing import landed
from dagster_project.assets.release import CANDIDATE
from dagster_project.resources import HOUSE


def landing_checks(settings: Settings, contracts: Mapping[str, Contract]) -> list[dg.AssetChecksDefinition]:
    """One set of checks per extract: every expectation of its landing suite."""
    return [_landing_check(settings, extract) for extract in contracts]


def _landing_check(settings: Settings, extract: str) -> dg.AssetChecksDefinition:
    suite = intake.landing_suite(settings, extract)

    @dg.multi_asset_check(
        name=f"suite_{extract}", specs=_specs(landed(extract), suite.expectations), required_resource_keys={HOUSE}
    )
    def judge(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        house = context.resources.house
        receipts = intake.judge_extract(house.settings, house.contracts, extract, context.run.run_id)
        yield from _results(landed(extract), suite.expectations, receipts)

    return judge


@dg.asset_check(asset=CANDIDATE, name="candidate_suites", blocking=True, required_resource_keys={HOUSE})
def candidate_check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """The suites of all published tables, on the candidate."""
    receipt = candidate.judge_candidate(context.resources.house.settings, context.run.run_id)
    for problem in receipt.problems:
        context.log.error(problem)
    return dg.AssetCheckResult(
        passed=receipt.passed,
        metadata={"rules": len(receipt.results), "failed": len(receipt.problems)},
        description="; ".join(receipt.problems) or None,
    )


def _specs(asset: dg.AssetKey, expectations: Sequence[Expectation]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            _check_name(number, expectation),
            asset=asset,
            blocking=expectation.severity == "critical",
            description=expectation.notes,
        )
        for number, expectation in enumerate(expectations, start=1)
    ]


def _results(
    asset: dg.AssetKey, expectations: Sequence[Expectation], receipts: Iterable[Receipt]
) -> Iterator[dg.AssetCheckResult]:
    """One result a rule over all files judged; with no file there was nothing to judge, and it says so."""
    receipts = list(receipts)
    for number, expectation in enumerate(expectations, start=1):
        found = [r for receipt in receipts for r in receipt.results if r.rule == expectation.rule]
        critical = expectation.severity == "critical"
        yield dg.AssetCheckResult(
            passed=all(result.passed for result in found),
            check_name=_check_name(number, expectation),
            asset_key=asset,
            severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
            metadata={
                "files": len(receipts),
                "evaluated": sum(result.n_evaluated for result in found),
                "unexpected": sum(result.n_unexpected for result in found),
            },
            description=None if receipts else "nothing was delivered",
        )


def _check_name(number: int, expectation: Expectation) -> str:
    column = expectation.kwargs.get("column", "")
    words = f"{number:02}_{expectation.type.removeprefix('expect_')}_{column}"
    return re.sub(r"\W+", "_", words).strip("_")
