"""Reading the active release safely: read-only, no other file, no setting that a query could change."""

from __future__ import annotations

from typing import Any

import duckdb

from avainvarasto.errors import ReleaseRefused
from avainvarasto.settings import Settings

# The only way in which the release file may be opened for reading. Read-only alone lets SQL read files, write files
# and attach databases.
LOCK_DOWN: dict[str, Any] = {
    "read_only": True,
    "config": {
        "enable_external_access": False,
        "lock_configuration": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": 2,
        "memory_limit": "2GB",
    },
}


def query(settings: Settings, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of a query on the active release.

    Raises:
        ReleaseRefused: there is no release, or the query is not one that the release can answer.
    """
    file = settings.release / "current.duckdb"
    if not file.exists():
        raise ReleaseRefused(
            str(file), "there is no active release yet", consequence="Nothing was read.", remedy="make run"
        )
    try:
        with duckdb.connect(str(file), **LOCK_DOWN) as connection:
            cursor = connection.execute(sql)
            return [column[0] for column in cursor.description or []], cursor.fetchall()
    except duckdb.Error as error:
        raise ReleaseRefused(
            "the query",
            str(error).splitlines()[0],
            consequence="Nothing was read.",
            remedy="name tables as schema.table, e.g. kela_flow.funnel; reference.column lists all columns",
        ) from None
