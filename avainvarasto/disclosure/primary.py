"""The primary rule: a measure is hidden where a count behind it is small, or where it tells of everybody.

Hidden measures are NULL and the row's `suppressed` is true; there is one marker and no reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from avainvarasto.disclosure.policy import Disclosure, Policy

_OF_UNITS = ("median_", "mean_", "p90_")


def protected_columns(columns: Sequence[str], measures: Sequence[str], disclosure: Disclosure, policy: Policy) -> str:
    """SQL select list of a mart under the primary rule, with the column `suppressed` at its end.

    A count is hidden from 1 to below `min_count`, and with every count that stands behind it. A mean or median needs
    `min_units` units. A share over [numerator, denominator, ...] is hidden where any of them or the rest between the
    first two is small, or where all are in the numerator; then its numerator is hidden too, because share and
    denominator would give it back. What derives from a hidden measure is hidden with it. A policy that names the counts
    to be judged leaves out the others, and the rules of rest and numerator with them: a decided risk.
    """
    if policy.min_count == 0:
        return ",\n    ".join([*(f'"{name}"' for name in columns), "false as suppressed"])
    hidden = {measure: _conditions(measure, disclosure, policy) for measure in measures}
    for counts in disclosure.counts.values():
        if len(counts) > 1 and counts[0] in hidden and policy.judged is None:
            hidden[counts[0]] += _telling(counts[0], counts[1], disclosure, policy)
    for measure in measures:
        for count in disclosure.counts.get(measure, []):
            if count != measure and not measure.startswith("n_"):
                hidden[measure] += hidden.get(count, [])
    hides = {measure: " or ".join(dict.fromkeys(conditions)) for measure, conditions in hidden.items() if conditions}
    selected = [
        f'case when not coalesce({hides[name]}, false) then "{name}" end as "{name}"' if name in hides else f'"{name}"'
        for name in columns
    ]
    any_hidden = " or ".join(f"coalesce({condition}, false)" for condition in dict.fromkeys(hides.values()))
    return ",\n    ".join([*selected, f"({any_hidden or 'false'}) as suppressed"])


def _conditions(measure: str, disclosure: Disclosure, policy: Policy) -> list[str]:
    """When a measure is unsafe by the counts that stand behind it."""
    if measure in disclosure.public:
        return []
    counts = disclosure.counts.get(measure, [])
    if measure.startswith(_OF_UNITS):
        return [f'("{units}" < {policy.min_units})' for units in counts]
    behind = [measure, *counts] if measure.startswith("n_") else counts
    judged = behind if policy.judged is None else policy.judged
    conditions = [_small(count, policy) for count in behind if count in judged and count not in disclosure.public]
    if len(counts) > 1 and policy.judged is None:
        conditions += _telling(counts[0], counts[1], disclosure, policy)
    return conditions


def _telling(numerator: str, denominator: str, disclosure: Disclosure, policy: Policy) -> list[str]:
    """A small rest, or none at all: then the share speaks of nearly everybody in the group."""
    if denominator in disclosure.public:
        return []
    rest = f'"{denominator}" - "{numerator}"'
    return [f'("{denominator}" > 0 and {rest} between 0 and {policy.min_count - 1})']


def _small(count: str, policy: Policy) -> str:
    return f'("{count}" between 1 and {policy.min_count - 1})'
