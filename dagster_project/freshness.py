"""Freshness: by when each landed extract and the release are late, from the cadence in the contracts.

Belongs here: windows. Does not: what happens when something is late.
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from avainvarasto.contracts import Contract

# A supplier's usual interval and a few days of grace; what comes once may rest for years.
_WINDOWS = {
    "daily": timedelta(days=3),
    "weekly": timedelta(days=10),
    "monthly": timedelta(days=40),
    "quarterly": timedelta(days=110),
    "yearly": timedelta(days=430),
    "once": timedelta(days=3650),
}
RELEASE = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=40))


def policy_of(contract: Contract) -> dg.FreshnessPolicy:
    """The window within which a new delivery of the extract is expected."""
    return dg.FreshnessPolicy.time_window(fail_window=_WINDOWS[contract.cadence])
