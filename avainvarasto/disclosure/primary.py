"""The primary rule: a measure is hidden where a count behind it is small, or where it tells of everybody.

Hidden measures are NULL and the row's `suppressed` is true; there is one marker and no reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from avainvarasto.disclosure.policy import Disclosure, Policy

_OF_UNITS = ("median_", "mean_", "p90_")


def protected_columns(columns: Sequence[str], measures: Sequence[str], disclosure: Disclosure, policy: Policy) -> str:
    """SQL select list of a mart under the primary rule, with the column `suppressed` at its end.

    A count is hidden from 1 to below `min_count`. A measure over [n] is hidden with n, or below `min_units` for
    means and medians. A share over [numerator, denominator] is hidden where numerator, denominator or the rest
    between them is small, or where all are in the numerator; then its numerator is hidden too, because share and
    denominator would give it back.
    """
    hidden = {measure: _conditions(measure, disclosure, policy) for measure in measures}
    for numerator, condition in _numerators(disclosure, policy):
        if numerator in hidden:
            hidden[numerator].append(condition)
    for measure in measures:  # what derives from a hidden count goes with it
        for count in disclosure.counts.get(measure, []):
            if count != measure:
                hidden[measure] += hidden.get(count, [])
    hides = {measure: " or ".join(dict.fromkeys(conditions)) for measure, conditions in hidden.items() if conditions}
    selected = [
        f'case when not coalesce({hides[name]}, false) then "{name}" end as "{name}"' if name in hides else f'"{name}"'
        for name in columns
    ]
    any_hidden = " or ".join(f"coalesce({condition}, false)" for condition in dict.fromkeys(hides.values()))
    return ",\n    ".join([*selected, f"({any_hidden or 'false'}) as suppressed"])


def _conditions(measure: str, disclosure: Disclosure, policy: Policy) -> list[str]:
    if measure in disclosure.public_denominators or policy.min_count == 0:
        return []
    counts = disclosure.counts.get(measure)
    if counts is None:
        return [_small(measure, policy)]
    if len(counts) == 1:
        (units,) = counts
        return [f'"{units}" < {policy.min_units}'] if measure.startswith(_OF_UNITS) else [_small(units, policy)]
    numerator, denominator = counts
    conditions = [_small(numerator, policy), *_telling(numerator, denominator, disclosure, policy)]
    return conditions if denominator in disclosure.public_denominators else [*conditions, _small(denominator, policy)]


def _numerators(disclosure: Disclosure, policy: Policy) -> list[tuple[str, str]]:
    return [
        (numerator, condition)
        for numerator, denominator in (pair for pair in disclosure.counts.values() if len(pair) == 2)
        for condition in (_telling(numerator, denominator, disclosure, policy) if policy.min_count else [])
    ]


def _telling(numerator: str, denominator: str, disclosure: Disclosure, policy: Policy) -> list[str]:
    """A small rest, or none at all: then the share speaks of nearly everybody in the group."""
    if denominator in disclosure.public_denominators:
        return []
    rest = f'"{denominator}" - "{numerator}"'
    return [f'("{denominator}" > 0 and {rest} between 0 and {policy.min_count - 1})']


def _small(count: str, policy: Policy) -> str:
    return f'("{count}" between 1 and {policy.min_count - 1})'
