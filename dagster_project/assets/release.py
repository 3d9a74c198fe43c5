"""Assets of the release stage: the candidate, and the release that becomes active.

Belongs here: what comes after what. Does not: protection, gates or links (avainvarasto.disclosure, .release).
"""

import dagster as dg

from avainvarasto.release import activate
from avainvarasto.release import candidate as candidates
from dagster_project import freshness
from dagster_project.assets.warehouse import BUILD
from dagster_project.resources import HOUSE

CANDIDATE = dg.AssetKey(["release", "candidate"])
RELEASE = dg.AssetKey(["release", "current"])


@dg.asset(key=CANDIDATE, deps=[BUILD], group_name="release", required_resource_keys={HOUSE}, kinds={"duckdb"})
def candidate(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Every mart, protected, in a new file."""
    made = candidates.make_candidate(context.resources.house.settings)
    return dg.MaterializeResult(metadata={"release_id": made.release_id})


@dg.asset(
    key=RELEASE,
    deps=[CANDIDATE],
    group_name="release",
    required_resource_keys={HOUSE},
    kinds={"duckdb"},
    freshness_policy=freshness.RELEASE,
)
def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The candidate, verified again and made current."""
    folder = activate.activate(context.resources.house.settings)
    return dg.MaterializeResult(metadata={"release_id": folder.name})
