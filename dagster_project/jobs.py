"""Jobs: the night, whole.

Belongs here: which assets make a job. Does not: when it runs (schedules).
"""

from __future__ import annotations

import dagster as dg

NIGHTLY = "nightly"
nightly = dg.define_asset_job(NIGHTLY, selection=dg.AssetSelection.all(), description="From deliveries to the release.")
