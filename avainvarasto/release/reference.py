"""Reference tables of a release: nature of each table, its columns, what never exists, and the release itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from avainvarasto.errors import ContractError
from avainvarasto.release.published import PublishedTable

# What the release adds to every table.
_ADDED = [
    {"name": "suppressed", "type": "boolean", "description": "A number of the row is hidden."},
    {"name": "release_id", "type": "string", "description": "Release that the row belongs to."},
]
_UNITS = {"_share": "share 0-1", "_ratio": "ratio", "_eur": "EUR", "_days": "days"}


def add(
    connection: duckdb.DuckDBPyConnection,
    tables: list[PublishedTable],
    natures: Mapping[str, str],
    record: Mapping[str, Any],
    release_id: str,
) -> None:
    """Create reference.table_nature, reference.column, reference.measure_state and reference.release.

    Raises:
        ContractError: a published column has no label in one of the languages.
    """
    labels = _column_labels(connection, tables)
    names = [(table.schema, table.name, table) for table in tables]
    _create(
        connection,
        "table_nature",
        release_id,
        [
            {"table_schema": schema, "table_name": name, "nature": table.nature(natures)}
            for schema, name, table in names
        ],
        ["table_schema", "table_name", "nature"],
    )
    _create(
        connection,
        "column",
        release_id,
        [
            {
                "table_schema": schema,
                "table_name": name,
                "column_name": column["name"],
                "type": column["type"],
                "unit": unit_of(column["name"]),
                "description": column["description"],
                **{f"label_{lang}": labels[column["name"], lang] for lang in ("fi", "sv", "en")},
            }
            for schema, name, table in names
            for column in [*table.published_columns, *_ADDED]
        ],
        [
            "table_schema",
            "table_name",
            "column_name",
            "type",
            "unit",
            "description",
            "label_fi",
            "label_sv",
            "label_en",
        ],
    )
    _create(
        connection,
        "measure_state",
        release_id,
        [
            {"table_schema": schema, "table_name": name, "measure": measure, "dimension": dimension, "state": "[z]"}
            for schema, name, table in names
            for measure, dimensions in table.disclosure.not_applicable.items()
            for dimension in dimensions
        ],
        ["table_schema", "table_name", "measure", "dimension", "state"],
    )
    _create(
        connection,
        "release",
        release_id,
        [{"build_id": record["build_id"], "lake_state": record["lake_state"], "code_state": record["code_state"]}],
        ["build_id", "lake_state", "code_state"],
    )


def _column_labels(connection: duckdb.DuckDBPyConnection, tables: list[PublishedTable]) -> dict[tuple[str, str], str]:
    """Label by column name and language, from the release's own code set `column`."""
    rows = connection.execute("select code, lang, label from reference.code_label where code_set = 'column'").fetchall()
    labels = {(code, lang): label for code, lang, label in rows}
    names = {column["name"] for table in tables for column in [*table.published_columns, *_ADDED]}
    missing = sorted(name for name in names if not all((name, lang) in labels for lang in ("fi", "sv", "en")))
    if missing:
        raise ContractError(
            "dbt/seeds/code_label.csv",
            f"the code set 'column' has no label in three languages for {', '.join(missing)}",
            consequence="Nothing is released.",
            remedy="add the labels",
        )
    return labels


def unit_of(column: str) -> str:
    """Unit that the name of a column tells; empty for codes and texts."""
    if column.startswith("n_"):
        return "count"
    return next((unit for part, unit in _UNITS.items() if part in f"_{column}"), "")


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    release_id: str,
    rows: list[dict[str, Any]],
    columns: list[str],
) -> None:
    schema = pa.schema([(column, pa.string()) for column in columns])
    connection.register("rows", pa.Table.from_pylist(rows, schema=schema))
    connection.execute("create schema if not exists reference")
    order = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"""create table reference."{name}" as
            select *, '{release_id}' as release_id from rows order by {order}"""
    )
    connection.unregister("rows")
