"""dbt's source files, which follow from the contracts, so that models and lake cannot drift apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from avainvarasto.contracts import Contract

STAGING = Path("dbt") / "models" / "staging"
_MADE_BY = "# Made by `avainvarasto contracts dbt-sources`; a test compares it with the contracts.\n"


def source_files(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Content by file name, a file for the extracts of each supplier's system; all are tables of the source `lake`."""
    tables: dict[str, list[dict[str, object]]] = {}
    for contract in contracts.values():
        table: dict[str, object] = {
            "name": contract.extract,
            "description": contract.description,
            "columns": [{"name": name, "data_type": kind} for name, kind in contract.lake_columns().items()],
        }
        tables.setdefault(f"_{contract.source}__sources.yml", []).append(table)
    return {name: _content(listed) for name, listed in tables.items()}


def outdated(project_root: Path, contracts: Mapping[str, Contract]) -> list[Path]:
    """Source files that are missing, other than the contracts say, or left over from contracts that are gone."""
    folder = project_root / STAGING
    wanted = source_files(contracts)
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("_*__sources.yml")}
    left_over = {name for name, text in there.items() if text.startswith(_MADE_BY) and name not in wanted}
    changed = {name for name, text in wanted.items() if there.get(name) != text}
    return [folder / name for name in sorted(changed | left_over)]


def write_source_files(project_root: Path, contracts: Mapping[str, Contract]) -> list[Path]:
    """Bring the source files up to the contracts.

    Returns:
        those that were written or taken away.
    """
    wanted = source_files(contracts)
    paths = outdated(project_root, contracts)
    for path in paths:
        if path.name in wanted:
            path.write_text(wanted[path.name], encoding="utf-8")
        else:
            path.unlink()
    return paths


def _content(tables: list[dict[str, object]]) -> str:
    source = {
        "name": "lake",
        "schema": "lake",
        "description": "Accepted rows of the deliveries, pseudonymous; made from expectations/contracts.",
        "tables": tables,
    }
    body = yaml.safe_dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=120)
    return _MADE_BY + body
