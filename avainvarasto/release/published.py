"""Which tables are published, with what they say of themselves: read from dbt's manifest of the build."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from avainvarasto.disclosure.policy import Disclosure
from avainvarasto.errors import ContractError

PREFIX = "mart_"
STRICTEST_FIRST = ("confidential", "synthetic", "public")
# The lake's own records help every table to find its rows; a table of nothing else speaks of every delivery.
REGISTRY = "registry"
NOT_MEASURES = ("cut", "provisional")


@dataclass(frozen=True)
class PublishedTable:
    """One mart as it will stand in the release."""

    model: str
    schema: str
    name: str
    columns: list[dict[str, Any]]
    dimensions: list[str]
    support: list[str]
    disclosure: Disclosure
    label: dict[str, str]
    description: str
    extracts: list[str]
    needs: list[str]

    @property
    def measures(self) -> list[str]:
        """Columns that are neither a dimension nor about the row itself."""
        return [c["name"] for c in self.columns if c["name"] not in (*self.dimensions, *NOT_MEASURES)]

    @property
    def published_columns(self) -> list[dict[str, Any]]:
        """Columns that leave; support columns serve protection and comparison only."""
        return [column for column in self.columns if column["name"] not in self.support]

    def may_be_empty(self, filled: Collection[str]) -> bool:
        """True if an extract without which the table has no rows is not among those with rows in the lake."""
        return not set(self.needs) <= set(filled)

    def nature(self, natures: Mapping[str, str]) -> str:
        """The strictest nature among the extracts behind the table; public where there is none."""
        extracts = natures if self.extracts == [REGISTRY] else self.extracts
        found = {natures[extract] for extract in extracts if extract in natures}
        return next((nature for nature in STRICTEST_FIRST if nature in found), "public")


def published_tables(manifest_file: Path) -> list[PublishedTable]:
    """Every mart of the manifest, by name.

    Raises:
        ContractError: a mart does not say how it is protected.
    """
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["name"].startswith(PREFIX)]
    return [_table(manifest, node) for node in sorted(models, key=lambda node: str(node["name"]))]


def natures_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Strictest nature of the accepted deliveries of each extract."""
    natures: dict[str, str] = {}
    for entry in entries:
        known = {entry["nature"], natures.get(entry["extract"], entry["nature"])}
        natures[entry["extract"]] = next(nature for nature in STRICTEST_FIRST if nature in known)
    return natures


def _table(manifest: dict[str, Any], node: dict[str, Any]) -> PublishedTable:
    schema, _, name = node["name"].removeprefix(PREFIX).partition("__")
    meta = node["config"]["meta"]
    try:
        disclosure = Disclosure.model_validate(meta["disclosure"])
    except (KeyError, ValidationError):
        raise ContractError(
            node["original_file_path"],
            "meta.disclosure is missing or not understood",
            consequence="Nothing is released.",
            remedy="name the policy and the counts behind each measure",
        ) from None
    columns = [
        {
            "name": column["name"],
            "type": column["data_type"],
            "description": column["description"],
        }
        for column in node["columns"].values()
    ]
    extracts = sorted(_extracts(manifest, node["unique_id"], set()))
    needs = list(meta.get("needs", []))
    if strange := sorted(set(needs) - set(extracts)):
        raise ContractError(
            node["original_file_path"],
            f"{node['name']}: meta.needs names {', '.join(strange)}, of which the table is not made",
            consequence="Nothing is released.",
            remedy="name extracts that the mart reads",
        )
    return PublishedTable(
        model=node["name"],
        schema=schema,
        name=name,
        columns=columns,
        dimensions=list(meta.get("dimensions", [])),
        support=list(meta.get("support", [])),
        disclosure=disclosure,
        label=meta["label"],
        description=node["description"],
        extracts=extracts,
        needs=needs,
    )


def _extracts(manifest: dict[str, Any], unique_id: str, seen: set[str]) -> set[str]:
    """Names of the lake's extracts from which a node is made, near or far."""
    if unique_id in seen:
        return set()
    seen.add(unique_id)
    if unique_id in manifest["sources"]:
        source = manifest["sources"][unique_id]
        return {REGISTRY if source["source_name"] == REGISTRY else source["name"]}
    parents = manifest["parent_map"].get(unique_id, [])
    return set().union(*(_extracts(manifest, parent, seen) for parent in parents))
