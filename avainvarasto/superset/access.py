"""Roles from superset/access.yml: a policy file of permissions by name, put into Superset by its interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from avainvarasto.errors import ContractError, SupersetRefused
from avainvarasto.superset.assets import Assets, stable_uuid
from avainvarasto.superset.client import Client

_KEYS = {"description", "datasets", "permissions"}


@dataclass(frozen=True)
class Role:
    """One role: what it may do, and the datasets (stable names) that it may read."""

    name: str
    permissions: frozenset[tuple[str, str]]
    datasets: tuple[str, ...]


def load_roles(path: Path, assets: Assets) -> list[Role]:
    """Read and check the policy file.

    Raises:
        ContractError: an unknown key or dataset, or a role without permissions.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"roles"}:
        raise _wrong(path, "must hold the one key 'roles'")
    return [_role(path, name, policy, assets) for name, policy in content["roles"].items()]


def _role(path: Path, name: str, policy: Mapping[str, Any], assets: Assets) -> Role:
    if set(policy) != _KEYS:
        raise _wrong(path, f"role '{name}' must have exactly the keys {', '.join(sorted(_KEYS))}")
    unknown = sorted(set(policy["datasets"]) - set(assets.datasets))
    if unknown:
        raise _wrong(path, f"role '{name}' names unknown datasets: {', '.join(unknown)}")
    if not policy["permissions"]:
        raise _wrong(path, f"role '{name}' has no permissions")
    return Role(name, frozenset((what, view) for what, view in policy["permissions"]), tuple(policy["datasets"]))


def _wrong(path: Path, problem: str) -> ContractError:
    return ContractError(str(path), problem, consequence="No role was changed.", remedy="correct the file")


def apply_roles(client: Client, roles: list[Role]) -> None:
    """Give each role exactly its permissions; a role that does not exist is made.

    Raises:
        SupersetRefused: a permission or dataset does not exist on the server, or the role reads back differently.
    """
    dataset_ids = {row["uuid"]: row["id"] for row in client.rows("dataset/")}
    known = {
        (row["permission"]["name"], row["view_menu"]["name"]): int(row["id"])
        for row in client.rows("security/permissions-resources/")
    }
    for role in roles:
        wanted = {_permission_id(role, key, known) for key in role.permissions}
        wanted |= {_dataset_permission_id(role, name, dataset_ids, known) for name in role.datasets}
        found = client.find("security/roles/", "name", role.name)
        made = found or client.post("security/roles/", json={"name": role.name})
        client.post(f"security/roles/{made['id']}/permissions", json={"permission_view_menu_ids": sorted(wanted)})
        given = {int(row["id"]) for row in client.get(f"security/roles/{made['id']}/permissions/")["result"]}
        if given != wanted:
            raise SupersetRefused(
                f"role {role.name}",
                f"has {len(given)} permissions instead of {len(wanted)}",
                consequence="The role is not as the policy says; do not give accounts to it.",
                remedy="run `make serve` again; if it stays, compare superset/access.yml with the role",
            )


def _permission_id(role: Role, key: tuple[str, str], known: Mapping[tuple[str, str], int]) -> int:
    if key not in known:
        raise SupersetRefused(
            f"superset/access.yml, role {role.name}",
            f"Superset has no permission {key[0]} on {key[1]}",
            consequence="The role was not changed.",
            remedy="correct the name; Superset renames permissions between versions",
        )
    return known[key]


def _dataset_permission_id(
    role: Role, dataset: str, dataset_ids: Mapping[str, int], known: Mapping[tuple[str, str], int]
) -> int:
    # Superset names it after database and table and ends it with the dataset's number.
    identifier = dataset_ids.get(stable_uuid("datasets", dataset))
    for (what, view), number in known.items():
        if what == "datasource_access" and view.endswith(f"(id:{identifier})"):
            return number
    raise SupersetRefused(
        f"superset/access.yml, role {role.name}",
        f"the dataset '{dataset}' is not on the server",
        consequence="The role was not changed.",
        remedy="apply the assets first (`make serve` does both)",
    )
