"""The report as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from avainvarasto.landing.deliveries import HELSINKI
from avainvarasto.quality.receipts import RuleResult
from avainvarasto.report.content import Report, counted
from avainvarasto.settings import Settings

RUNBOOKS = "docs/runbooks/"
REFUSED = f"{RUNBOOKS}a-delivery-was-refused.md"
RED = f"{RUNBOOKS}a-check-is-red.md"
KEY = f"{RUNBOOKS}the-key-file.md"
LOCK = f"{RUNBOOKS}a-run-is-in-progress.md"
ROLL_BACK = f"{RUNBOOKS}roll-back-a-release.md"
GUIDE = "docs/guides/the-morning-report.md"
NOTHING_NEW, NOTHING_MISSING = "Nothing new.", "Nothing is missing."
UNKNOWN = "It could not be found out; see what failed."


def render(settings: Settings, report: Report) -> str:
    """The whole page; folders of this machine are written as `<home>` and `<project>`."""
    made = report.made_at.astimezone(HELSINKI)
    lines = [
        report.verdict,
        f"Home {settings.home.name}, {made:%Y-%m-%d %H:%M} in Helsinki, "
        + (f"run {report.run_id}." if report.run_id else "without a run.")
        + f" Exit code {report.exit_code:d}.",
    ]
    for heading, body in _sections(report):
        lines += ["", heading, *(f"  {line}" for part in body for line in part.splitlines())]
    page = "\n".join(lines) + "\n"
    return page.replace(str(settings.home), "<home>").replace(str(settings.project_root), "<project>")


def _sections(report: Report) -> Iterable[tuple[str, list[str]]]:
    found = report.summary
    yield "What came", _came(report) or [NOTHING_NEW if report.is_known else UNKNOWN]
    yield "What did not come", _did_not_come(report) or [NOTHING_MISSING if report.is_known else UNKNOWN]
    refused = [_refusal(f"{s}/{d}", reason) for (s, d), reason in found.refused.items()]
    yield "What was refused", refused or ["Nothing." if report.is_known else UNKNOWN]
    if report.open_refusals:
        yield (
            "Refused on an earlier night, and nothing newer has made it good",
            [
                _refusal(f"{one.source}/{one.delivery_id} ({', '.join(one.extracts)})", one.reason)
                for one in report.open_refusals
            ],
        )
    if report.bad_rows:
        yield (
            "New rows in quarantine",
            [
                f"{one.delivery}/{one.file}: {one.n_rows} by rule {one.rule}, column {one.column}"
                for one in report.bad_rows
            ],
        )
    yield "Checks that did not hold", _checks(report) or [_all_held(len(found.checks))]
    if report.failures:
        yield "What failed", [failure.plain for failure in report.failures]
    if report.lost_runs:
        yield (
            "Earlier runs that did not end",
            [
                f"One began {began} and was ended from outside; what it left half done counts nowhere."
                for began in report.lost_runs
            ],
        )
    yield "What is published now", [_published(report)]
    if report.not_sent:
        yield "This report was not sent", [report.not_sent]
    yield "What to do next", _next(report) or ["Nothing."]


def _came(report: Report) -> list[str]:
    lines = []
    for (source, delivery_id), files in report.summary.taken.items():
        lines.append(f"{source}/{delivery_id} of {files[0]['supplier']} ({files[0]['nature']})")
        lines += [f"  {_file(entry)}" for entry in files]
    return lines


def _file(entry: dict[str, Any]) -> str:
    period = f"{entry['period_from']} to {entry['period_to']}" if entry["period_from"] else "the whole table"
    return (
        f"{entry['extract']}, {period}: {entry['n_delivered']} rows delivered, {entry['n_loaded']} loaded, "
        f"{entry['n_quarantined']} in quarantine"
    )


def _did_not_come(report: Report) -> list[str]:
    lines = [f"{name}: there is a folder, but no delivery.yml yet." for name in report.summary.unfinished]
    for one in report.in_state("late"):
        lines.append(
            f"{one.extract} is late: {one.supplier} delivers it {_how_often(one.cadence)}, the newest is of "
            f"{one.newest:%Y-%m-%d}, and the next was expected by {one.due:%Y-%m-%d}."
        )
    lines += [
        f"{one.extract} was never delivered, though {one.source} delivers other extracts."
        for one in report.in_state("never delivered")
    ]
    if without := report.in_state("no schedule"):
        lines.append(
            f"{counted(len(without), 'extract has', 'extracts have')} no schedule here: only synthetic deliveries "
            "came, or public ones that come once."
        )
    return lines


def _how_often(cadence: str) -> str:
    return cadence if cadence == "once" else f"at a {cadence} interval"


def _refusal(name: str, reason: str) -> str:
    problem, _, remedy = reason.partition(" Remedy: ")
    return f"{name}\n  {problem}" + (f"\n  Remedy: {remedy}" if remedy else "")


def _checks(report: Report) -> list[str]:
    failed, warnings = report.summary.not_held("critical"), report.summary.not_held("warning")
    return [f"FAILED  {_rule(*one)}" for one in failed] + [f"warning {_rule(*one)}" for one in warnings]


def _rule(gate: str, result: RuleResult) -> str:
    return f"{gate}: {result.rule} ({result.n_unexpected} of {result.n_evaluated})"


def _all_held(number: int) -> str:
    return f"All {number} held." if number else "No check was run."


def _published(report: Report) -> str:
    found = report.summary
    if not report.is_known:
        return UNKNOWN
    if found.release_id is None:
        return "Nothing."
    how = "new tonight" if found.renewed else "unchanged"
    return f"Release {found.release_id}, {how}: {len(found.published)} tables."


def _next(report: Report) -> list[str]:
    found = report.summary
    steps = []
    if found.refused or report.open_refusals:
        steps.append(f"Refused deliveries: {REFUSED}")
    if report.bad_rows:
        steps.append(f"Rows in quarantine: see which lines of the file, and tell the supplier: {REFUSED}")
    if found.not_held("critical"):
        steps.append(f"Failed checks: {RED}")
    kinds = {failure.kind for failure in report.failures}
    if "KeyFileError" in kinds:
        steps.append(f"The key: {KEY}")
    if kinds - {"KeyFileError"}:
        steps.append(f"What failed: the remedy stands with it; {RED} says which step stops what")
    if report.in_state("late"):
        late = sorted({one.supplier for one in report.in_state("late")})
        steps.append(f"Late extracts: ask {', '.join(late)}")
    if found.unfinished:
        steps.append("Folders without delivery.yml: wait a day, then ask the supplier; delivery.yml is sent last")
    if report.lost_runs:
        steps.append(f"A run that did not end: find out who ended it or whether the machine stopped: {LOCK}")
    if report.not_sent:
        steps.append(f"Sending: mend the setting, then `avainvarasto report --send`: {GUIDE}")
    if found.renewed:
        steps.append(f"If the new release shows something that it should not: {ROLL_BACK}")
    return steps
