"""Order-independent fingerprints of tables: equal for two builds of the same lake."""

from __future__ import annotations

import duckdb

# Columns that tell a run, a load or a release apart, and the doubles' last bits, are not content.
NOT_CONTENT = ("run_id", "release_id", "received_at", "loaded_at", "build_id", "built_at")
DOUBLE_DIGITS = 9


def fingerprints(connection: duckdb.DuckDBPyConnection, schemas: list[str]) -> dict[str, str]:
    """Fingerprint of every table of the given schemas: `schema.table` to rows and hash sum."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where list_contains($schemas, schema_name) order by all",
        {"schemas": schemas},
    ).fetchall()
    return {f"{schema}.{table}": _fingerprint(connection, schema, table) for schema, table in tables}


def _fingerprint(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    columns = connection.execute(
        """select column_name, data_type from duckdb_columns()
           where schema_name = $schema and table_name = $table order by column_index""",
        {"schema": schema, "table": table},
    ).fetchall()
    parts = [
        f'round("{name}", {DOUBLE_DIGITS})' if kind in ("DOUBLE", "FLOAT") else f'"{name}"'
        for name, kind in columns
        if name not in NOT_CONTENT
    ]
    hashes = f"cast(hash(row({', '.join(parts)})) as hugeint)"
    row = connection.execute(f'select count(*), coalesce(sum({hashes}), 0) from "{schema}"."{table}"').fetchone()
    return f"{row[0]}:{row[1]:x}" if row else ""
