"""A page of what the gates of a run found, for people: rules and counts, never a value."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from avainvarasto.quality.receipts import RuleResult

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Checks of the night</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
td, th {{ border: 1px solid #ccc; padding: .3em .6em; text-align: left; }}
tr.failed {{ background: #fdd; }}
</style></head><body>
<h1>Checks of the night</h1>
<p>Run {run_id}: {n_rules} rules, {n_failed} not held. Counts only; no value of a row is shown.</p>
<table><thead><tr><th>gate</th><th>rule</th><th>severity</th><th>rows</th><th>breaking</th><th>held</th></tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
"""


def write_page(path: Path, run_id: str, results: Sequence[tuple[str, RuleResult]]) -> None:
    """Write the results of a run, failed ones first, as one HTML page."""
    ordered = sorted(results, key=lambda one: (one[1].passed, one[0], one[1].rule))
    rows = "\n".join(_row(gate, result) for gate, result in ordered)
    failed = sum(not result.passed for _, result in results)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        _PAGE.format(run_id=escape(run_id), n_rules=len(results), n_failed=failed, rows=rows), encoding="utf-8"
    )


def _row(gate: str, result: RuleResult) -> str:
    cells = (
        gate,
        result.rule,
        result.severity,
        result.n_evaluated,
        result.n_unexpected,
        "yes" if result.passed else "NO",
    )
    mark = "" if result.passed else ' class="failed"'
    return f"<tr{mark}>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
