"""Rows that break a rule, written where a data manager can look at them without seeing anybody.

A file holds place, rule and codes; and, for settling a row with a later delivery, for rotation and for erasure, the
row's keys as the lake would hold them. The keys are pseudonyms and are never shown.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from avainvarasto.contracts import Contract
from avainvarasto.landing.deliveries import DeliveredFile, Delivery
from avainvarasto.landing.rules import Rule
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.settings import Settings

SHOWN = ("src_file", "src_row", "rule", "broken_column", "content")
MONTH = "about_month"


def quarantine_file(settings: Settings, source: str, delivery_id: str, extract: str, file: str) -> Path:
    """Where the bad rows of one delivered file lie; there is none where all rows were good."""
    return settings.quarantine / source / delivery_id / f"{extract}-{Path(file).stem}.parquet"


def key_columns(contract: Contract) -> list[str]:
    """Columns of the lake that a quarantine file has too: pseudonyms and the rest of the key."""
    keys = [contract.lake_name(name) for name in contract.key]
    return list(dict.fromkeys([*contract.hashed_columns(), *keys]))


def write_quarantine(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    delivery: Delivery,
    file: DeliveredFile,
    rules: list[Rule],
    bad_rows: str,
) -> int:
    """Write the bad rows (`bad_rows` is their SQL) with the rule that each broke; table `quarantine` holds them too.

    Returns:
        their number.
    """
    connection.execute("create table rules (number integer, rule varchar, broken_column varchar)")
    connection.executemany(
        "insert into rules values (?, ?, ?)", [(n, rule.name, rule.column) for n, rule in enumerate(rules)]
    )
    columns = ", ".join([_content(contract) + " as content", _month(contract), *_keys(contract)])
    connection.execute(
        f"""
        create table quarantine as
        select bad.src_row, rules.rule, rules.broken_column, {columns}
        from {bad_rows} as bad join rules on rules.number = bad.broken
        order by bad.src_row
        """
    )
    row = connection.execute("select count(*) from quarantine").fetchone()
    count = int(row[0]) if row else 0
    manifest = delivery.manifest
    target = quarantine_file(settings, manifest.source, manifest.delivery_id, contract.extract, file.path)
    if count:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        connection.execute(
            f"copy (select $file as src_file, * from quarantine) to '{partial}' (format parquet)",
            {"file": file.path},
        )
        partial.replace(target)
    else:
        target.unlink(missing_ok=True)
    return count


def _content(contract: Contract) -> str:
    """Only a value that is a code of its column is shown: a shifted line may hold a person's value anywhere."""
    shown = []
    for name, column in contract.columns.items():
        if column.column_class == "plain" and column.domain.values:
            value = f"cast(bad.{quoted(contract.lake_name(name))} as varchar)"
            members = ", ".join(literal(code) for code in column.domain.values)
            shown.append(f"{quoted(name)} := case when {value} in ({members}) then {value} end")
    return f"to_json(struct_pack({', '.join(shown)}))" if shown else "'{}'"


def _month(contract: Contract) -> str:
    """The month that the row is about, NULL where it cannot be read."""
    if not contract.period_column:
        return f"cast(null as date) as {MONTH}"
    day = f"bad.{quoted(contract.lake_name(contract.period_column))}"
    return f"cast(date_trunc('month', {day}) as date) as {MONTH}"


def _keys(contract: Contract) -> list[str]:
    """Pseudonyms, and of the other key columns what cannot be a name: numbers, days, and codes of their column."""
    hashed = contract.hashed_columns()
    by_lake_name = {contract.lake_name(name): name for name in contract.columns}
    parts = []
    for lake_name in key_columns(contract):
        column = contract.columns[by_lake_name[lake_name]]
        key = f"bad.{quoted(lake_name)}"
        if lake_name not in hashed and column.type == "string":
            members = ", ".join(literal(code) for code in column.domain.values or ["-"])
            key = f"case when {key} in ({members}) then {key} end"
        parts.append(f"{key} as {quoted(lake_name)}")
    return parts
