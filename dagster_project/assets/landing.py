"""Assets of the landing stage: the arrivals, one asset per extract contract, and the lake that they end in.

Belongs here: which contract becomes which asset, and what it waits for. Does not: how a delivery is read, checked or
stored (avainvarasto.intake).
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from avainvarasto import intake, status
from avainvarasto.contracts import Contract
from dagster_project import freshness
from dagster_project.resources import HOUSE

ARRIVALS = dg.AssetKey(["landing", "arrivals"])
# What the lake knows about its deliveries; the warehouse reads it as source `registry`.
REGISTRY = [
    dg.AssetKey(["registry", name])
    for name in ("ledger", "ledger_month", "landing_check", "build_check", "effect_estimate", "difference_estimate")
]


def landed(extract: str) -> dg.AssetKey:
    return dg.AssetKey(["landing", extract])


@dg.asset(key=ARRIVALS, group_name="landing", required_resource_keys={HOUSE}, kinds={"yaml"})
def arrivals(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Deliveries whose manifest and checksums hold."""
    house = context.resources.house
    opened = intake.open_arrivals(house.settings, house.contracts)
    for reason in opened.refused:
        context.log.error(reason)
    return dg.MaterializeResult(
        metadata={
            "opened": len(opened.deliveries),
            "refused": len(opened.refused),
            "unfinished": len(opened.unfinished),
        }
    )


def landing_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """One asset per extract: its files through the door. A part of a document lands with it."""
    return [_landing_asset(contract) for contract in contracts.values()]


def _landing_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        key=landed(contract.extract),
        deps=[landed(contract.part_of) if contract.part_of else ARRIVALS],
        group_name="landing",
        description=contract.description,
        required_resource_keys={HOUSE},
        kinds={contract.reader.format},
        freshness_policy=freshness.policy_of(contract),
    )
    def land(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        house = context.resources.house
        counts = intake.land_extract(house.settings, house.contracts, contract.extract).values()
        return dg.MaterializeResult(
            metadata={
                "files": len(counts),
                "delivered": sum(n.n_delivered for n in counts),
                "loaded": sum(n.n_loaded for n in counts),
                "quarantined": sum(n.n_quarantined for n in counts),
            }
        )

    return land


def lake_assets(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """The lake, in one step: a delivery goes in whole, after all its files were judged."""
    everything_landed = [landed(extract) for extract in contracts]

    @dg.multi_asset(
        name="lake",
        specs=[
            dg.AssetSpec(key, deps=everything_landed, kinds={"parquet"}, skippable=True)
            for key in (*(dg.AssetKey(["lake", extract]) for extract in contracts), *REGISTRY)
        ],
        group_name="lake",
        required_resource_keys={HOUSE},
    )
    def lake(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        house = context.resources.house
        committed = intake.commit_open(house.settings, house.contracts)
        if not status.release_is_behind(house.settings):
            context.log.info("The release is made of this lake and this code already: the rest is skipped.")
            return
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(key, metadata={"deliveries": len(committed)})

    return lake
