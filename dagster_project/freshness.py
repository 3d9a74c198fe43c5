"""Freshness: by when each landed extract and the release are late, from the cadence in the contracts.

Belongs here: which asset has which window. Does not: the windows (avainvarasto.report), or what happens when
something is late.
"""

from __future__ import annotations

import dagster as dg

from avainvarasto.contracts import Contract
from avainvarasto.report.lateness import WINDOWS

RELEASE = dg.FreshnessPolicy.time_window(fail_window=WINDOWS["monthly"])


def policy_of(contract: Contract) -> dg.FreshnessPolicy:
    """The window within which a new delivery of the extract is expected."""
    return dg.FreshnessPolicy.time_window(fail_window=WINDOWS[contract.cadence])
