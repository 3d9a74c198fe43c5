"""A small release file with the published columns that the dashboard reads; its figures are made up."""

from __future__ import annotations

from pathlib import Path

import duckdb

_FUNNEL_COUNTS = (
    "n_notifications, n_persons, n_received, n_contact_tried, n_reached, n_booked, n_met, n_no_show,"
    " n_assessment_started, n_assessment_done, n_plan, n_transferred, n_repeat_90d, n_open, n_not_acted_on"
)
_FUNNEL_DIMENSIONS = (
    "batch_type, municipality_code, county_code, notification_type, urgency, sex, age_group, month, year"
)
_RECIPIENT_DIMENSIONS = "basis, municipality_code, county_code, household_type, activity, sex, age_group, month, year"
_BREAK_COLUMNS = "dataset, date, text_code, text_fi, text_sv, text_en, tables"

MONTHS = [f"{year}-{month:02d}" for year in (2017, 2018) for month in range(1, 13)]
TYPES = ["SOSIAALITYON_TARVE", "ALENNETTU_PERUSOSA", "TYOTON_25PLUS_12KK", "YHTEYDENOTTO"]
COUNTIES = ["02", "06", "17"]


def write_release(path: Path, *, nature: str = "synthetic") -> None:
    """Write the stub to `path`: cuts month, notification_type and county_code,year; one hidden cell in each table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema kela_flow; create schema quality; create schema reference")
        _funnel(connection)
        _recipients(connection)
        _breaks(connection)
        connection.execute(
            "create table reference.table_nature (table_schema varchar, table_name varchar, nature varchar)"
        )
        connection.executemany(
            "insert into reference.table_nature values (?, ?, ?)",
            [
                ["kela_flow", "funnel", nature],
                ["kela_flow", "recipients", nature],
                ["quality", "series_break", "public"],
            ],
        )
        connection.execute(
            "create table reference.code_label (code_set varchar, code varchar, lang varchar, label varchar)"
        )
        connection.executemany(
            "insert into reference.code_label values (?, ?, 'fi', ?)",
            [
                ["notification_type", "ALENNETTU_PERUSOSA", "Alennettu perusosa"],
                ["county_code", "06", "Satakunnan hyvinvointialue"],
                ["county_code", "02", "Keski-Uudenmaan hyvinvointialue"],
                ["series_dataset", "ETOTU", "Kelan ilmoitukset kunnille"],
                ["series_break", "INTERFACE", "Rajapinta avattiin"],
            ],
        )


def _columns(names: str, type_: str) -> str:
    return ", ".join(f"{name.strip()} {type_}" for name in names.split(","))


def _funnel(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"create table kela_flow.funnel (cut varchar, {_columns(_FUNNEL_DIMENSIONS, 'varchar')},"
        f" {_columns(_FUNNEL_COUNTS, 'bigint')}, met_share double, suppressed boolean, release_id varchar)"
    )
    for number, month in enumerate(MONTHS):
        _funnel_row(connection, {"month": month}, 400 + 37 * number, hidden=number == 3)
    for number, notification_type in enumerate(TYPES):
        _funnel_row(connection, {"notification_type": notification_type}, 1200 + 511 * number, hidden=number == 2)
    for county_number, county in enumerate(COUNTIES):
        for year in ("2017", "2018"):
            count = 300 + 91 * county_number + (57 if year == "2018" else 0)
            _funnel_row(connection, {"county_code": county, "year": year}, count, hidden=county == "17")


def _funnel_row(connection: duckdb.DuckDBPyConnection, dimensions: dict[str, str], count: int, *, hidden: bool) -> None:
    values = {name.strip(): dimensions.get(name.strip(), "all") for name in _FUNNEL_DIMENSIONS.split(",")}
    counts: dict[str, object] = {
        name.strip(): count - 13 * place for place, name in enumerate(_FUNNEL_COUNTS.split(","))
    }
    share = (count - 78) / count
    if hidden:
        counts["n_met"] = None
    row = {"cut": ",".join(dimensions), **values, **counts, "met_share": None if hidden else share}
    row |= {"suppressed": hidden, "release_id": "r1"}
    _insert(connection, "kela_flow.funnel", row)


def _recipients(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"create table kela_flow.recipients (cut varchar, {_columns(_RECIPIENT_DIMENSIONS, 'varchar')},"
        " n_households bigint, n_persons bigint, paid_eur decimal(18, 2), suppressed boolean, release_id varchar)"
    )
    for basis, shift in (("payment", 0), ("benefit", 111)):
        for number, month in enumerate(MONTHS):
            values = {name.strip(): "all" for name in _RECIPIENT_DIMENSIONS.split(",")}
            values |= {"basis": basis, "month": month}
            row: dict[str, object] = {"cut": "basis,month", **values}
            row |= {
                "n_households": None if number == 5 else 9000 + 70 * number + shift,
                "n_persons": 14000 + 95 * number,
            }
            row |= {"paid_eur": 1000, "suppressed": number == 5, "release_id": "r1"}
            _insert(connection, "kela_flow.recipients", row)


def _breaks(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"create table quality.series_break (cut varchar, {_columns(_BREAK_COLUMNS, 'varchar')},"
        " suppressed boolean, release_id varchar)"
    )
    row: dict[str, object] = {"cut": "dataset,date,text_code", "dataset": "ETOTU", "date": "2017-11"}
    row |= {"text_code": "INTERFACE", "tables": "kela_flow.funnel", "suppressed": False, "release_id": "r1"}
    _insert(connection, "quality.series_break", row)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))
