"""The release as files: Parquet, CSV and XLSX of every table.

Parquet and CSV keep machine form (point as decimal, empty where there is no value). XLSX tells the states apart:
`[c]` hidden, `[z]` does not exist in this cut, `[x]` not available, 0 is nought. Every form says what nature its data
have: Parquet in its metadata, XLSX in its first line, and README.txt for all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

NOTES = {
    "synthetic": "Synteettinen aineisto / Syntetiskt material / Synthetic data: the persons are made up.",
    "public": "Julkinen aineisto / Offentligt material / Public data.",
    "confidential": "Salassa pidettävä / Sekretessbelagt / Confidential.",
}
_PLAIN = ("cut", "suppressed", "release_id")


def write_exports(release_file: Path, folder: Path) -> int:
    """Write `parquet/`, `csv/` and `xlsx/` beside the release file.

    Returns:
        the number of tables.
    """
    with duckdb.connect(str(release_file), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        natures = _natures(connection)
        for kind in ("parquet", "csv", "xlsx"):
            (folder / kind).mkdir(parents=True, exist_ok=True)
        for schema, name in tables:
            stem = f"{schema}.{name}"
            source = f'"{schema}"."{name}"'
            nature = natures.get(stem, "public")
            connection.execute(
                f"""copy {source} to '{folder / "parquet" / stem}.parquet'
                    (format parquet, kv_metadata {{nature: '{nature}'}})"""
            )
            connection.execute(f"copy {source} to '{folder / 'csv' / stem}.csv' (format csv, header)")
            _write_xlsx(connection, schema, name, folder / "xlsx" / f"{stem}.xlsx", NOTES[nature])
    lines = [f"{stem}: {NOTES[nature]}" for stem, nature in natures.items()]
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(tables)


def _natures(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name, nature from reference.table_nature order by all"
    ).fetchall()
    return dict(rows)


def _write_xlsx(connection: duckdb.DuckDBPyConnection, schema: str, name: str, path: Path, note: str) -> None:
    import xlsxwriter

    never: dict[str, set[str]] = {}
    for measure, dimension in connection.execute(
        "select measure, dimension from reference.measure_state where table_schema = $schema and table_name = $name",
        {"schema": schema, "name": name},
    ).fetchall():
        never.setdefault(measure, set()).add(dimension)
    cursor = connection.execute(f'select * from "{schema}"."{name}"')
    columns = [column[0] for column in cursor.description or []]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "remove_timezone": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(name[:31])
    sheet.write_string(0, 0, note)
    sheet.write_string(
        1, 0, "[c] salattu / dold / hidden; [z] ei sovellu / not applicable; [x] ei saatavilla / not available"
    )
    sheet.write_row(2, 0, columns)
    line = 3
    while rows := cursor.fetchmany(5000):
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            for number, (column, value) in enumerate(values.items()):
                _write_cell(sheet, line, number, _shown(column, value, values, never), day)
            line += 1
    book.close()


def _shown(column: str, value: Any, row: dict[str, Any], never: dict[str, set[str]]) -> Any:
    if value is not None or column in _PLAIN:
        return value
    if set(str(row.get("cut", "")).split(",")) & never.get(column, set()):
        return "[z]"
    return "[c]" if row.get("suppressed") else "[x]"


def _write_cell(sheet: Any, line: int, number: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, str):
        sheet.write_string(line, number, value)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(line, number, value, day)
    else:
        sheet.write_number(line, number, float(value))
