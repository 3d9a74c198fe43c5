"""A small release file with the published columns that the dashboards read; its figures are made up."""

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

# Other tables of the dashboards: cuts, dimensions, measures with their types; each cut has two rows.
_OTHERS: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "decisions": (
        ["month", "county_code,year"],
        "county_code month year",
        {
            "bigint": "n_applications n_granted n_refused_no_right n_refused_missing_information",
            "double": "granted_share in_time_share median_working_days",
        },
    ),
    "timeliness": (
        ["rule_id,legal_basis,year", "rule_id,legal_basis,month"],
        "rule_id legal_basis month year",
        {"bigint": "n_due n_late n_open", "double": "in_time_share median_working_days"},
    ),
    "reductions": (["step,month"], "step month year", {"bigint": "n_persons"}),
    "supplementary": (
        ["origin,kind,year"],
        "origin kind year",
        {
            "bigint": "n_households n_decisions",
            "double": "positive_share in_time_share",
            "decimal(18, 2)": "granted_eur",
        },
    ),
    "transitions": (
        ["from_event,to_event"],
        "from_event to_event year",
        {"varchar": "deviation", "bigint": "n_transitions", "double": "median_days p90_days"},
    ),
    "notification_effect": (
        ["notification_type,months_since"],
        "notification_type months_since",
        {
            "bigint": "n_notified n_comparison",
            "double": "receipt_share_notified receipt_share_comparison difference_lo difference_hi",
        },
    ),
    "assistance_series": (
        ["kind,source,year"],
        "kind source year",
        {"bigint": "n_households n_persons", "decimal(18, 2)": "gross_eur real_eur"},
    ),
    "swot": (["phase,swot"], "phase swot", {"bigint": "n_rows n_classified"}),
    "obstacle_list": (["list_no,status"], "list_no status", {"varchar": "title_fi law_ref"}),
}
_EFFECTIVENESS: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "goal_attainment": (
        ["year", "form_version,aim", "goal_code"],
        "year form_version goal_code aim",
        {
            "bigint": "n_goals_set n_goals_reviewed n_attained n_partly n_not_attained n_not_current",
            "double": "review_coverage_share attained_share attained_share_lo attained_share_hi"
            " attained_or_partly_share attained_worst_share attained_best_share",
        },
    ),
    "clients": (
        ["year,form_version", "year"],
        "year form_version",
        {
            "bigint": "n_clients n_in_base n_at_mid_evaluation n_reviewed n_client_present n_supp_prev n_target_group",
            "double": "review_coverage_share coverage_share median_days_to_review",
        },
    ),
    "goals": (
        ["goal_scope,goal_code", "goal_scope,goal_code,aim"],
        "goal_scope goal_code aim",
        {"bigint": "n_clients n_clients_with_goal", "double": "goal_share"},
    ),
    "factors": (
        ["factor_code,direction", "factor_code,direction,assessment_kind"],
        "factor_code direction assessment_kind",
        {
            "bigint": "n_clients n_clients_with_factor n_goals_reviewed n_attained",
            "double": "factor_share attained_share attained_share_lo attained_share_hi",
        },
    ),
    "factor_change": (
        ["factor_code,from_state,to_state", "factor_code"],
        "factor_code from_state to_state",
        {"bigint": "n_clients"},
    ),
    "methods": (
        ["method_group", "method_code"],
        "method_group method_code",
        {
            "bigint": "n_clients n_clients_with_method n_goals_reviewed n_attained",
            "double": "method_share attained_share",
        },
    ),
    "receipt_survival": (
        ["gap_months,unit,cohort,months", "gap_months,unit,cohort,sex,months"],
        "gap_months unit cohort sex months",
        {
            "bigint": "n_at_risk n_exits n_censored",
            "double": "survival_share survival_share_lo survival_share_hi",
        },
    ),
    "receipt_duration": (
        ["gap_months,unit,cohort"],
        "gap_months unit cohort",
        {
            "bigint": "n_spells median_months",
            "double": "rmst12_months rmst12_months_lo rmst12_months_hi rmst24_months rmst24_months_lo rmst24_months_hi",
        },
    ),
    "receipt_difference": (
        ["gap_months,unit,contrast"],
        "gap_months unit contrast",
        {
            "bigint": "n_spells_a n_spells_b",
            "double": "rmst12_difference_months rmst12_difference_months_lo rmst12_difference_months_hi logrank_p",
        },
    ),
    "receipt_effect": (
        ["outcome,population,estimator,exposure,event_quarter"],
        "outcome population estimator exposure event_quarter",
        {
            "bigint": "n_treated n_comparison",
            "double": "estimate estimate_lo estimate_hi p_randomisation minimum_detectable largest_visible_share",
            "boolean": "could_be_found",
        },
    ),
    "receipt_exits": (
        ["gap_months,unit,cohort,exit_reason,months"],
        "gap_months unit cohort exit_reason months",
        {
            "bigint": "n_exits",
            "double": "cumulative_incidence_share cumulative_incidence_share_lo cumulative_incidence_share_hi",
        },
    ),
    "receipt_months": (
        ["year", "year,months_class", "sex,age_group,year,months_class", "county_code,year,months_class"],
        "county_code sex age_group year months_class",
        {"bigint": "n_households n_persons population n_new_households", "double": "persons_share"},
    ),
    "no_income": (
        ["month", "age_group,year", "reason,year", "household_type,month"],
        "household_type age_group reason month year",
        {"bigint": "n_households n_no_income n_no_income_3_months", "double": "no_income_share"},
    ),
}
LABELLED = (
    "age_group",
    "aim",
    "assistance_kind",
    "assistance_publisher",
    "assistance_series_kind",
    "deadline_basis",
    "deadline_rule",
    "deviation",
    "direction",
    "effect_estimator",
    "effect_exposure",
    "effect_outcome",
    "effect_population",
    "etotu_event_type",
    "exit_reason",
    "factor_code",
    "factor_state",
    "form_version",
    "goal_code",
    "goal_scope",
    "household_type",
    "income_reason",
    "method_code",
    "method_group",
    "months_class",
    "obstacle_status",
    "origin",
    "receipt_cohort",
    "receipt_contrast",
    "receipt_unit",
    "reduction_step",
    "sex",
    "swot_kind",
    "swot_phase",
)

MONTHS = [f"{year}-{month:02d}" for year in (2017, 2018) for month in range(1, 13)]
TYPES = ["SOSIAALITYON_TARVE", "ALENNETTU_PERUSOSA", "TYOTON_25PLUS_12KK", "YHTEYDENOTTO"]
COUNTIES = ["02", "06", "17"]


def write_release(path: Path, *, nature: str = "synthetic") -> None:
    """Write the stub to `path`: cuts month, notification_type and county_code,year; one hidden cell in each table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        for schema in ("kela_flow", "effectiveness", "quality", "reference"):
            connection.execute(f"create schema {schema}")
        _funnel(connection)
        _recipients(connection)
        for schema, tables in (("kela_flow", _OTHERS), ("effectiveness", _EFFECTIVENESS)):
            for table, (cuts, dimensions, measures) in tables.items():
                _other(connection, f"{schema}.{table}", cuts, dimensions.split(), measures)
        _breaks(connection)
        connection.execute(
            "create table reference.table_nature (table_schema varchar, table_name varchar, nature varchar)"
        )
        connection.executemany(
            "insert into reference.table_nature values (?, ?, ?)",
            [
                *(["kela_flow", table, nature] for table in ("funnel", "recipients", *_OTHERS)),
                *(["effectiveness", table, nature] for table in _EFFECTIVENESS),
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
                *([code_set, "KOODI", "Nimi"] for code_set in LABELLED),
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


def _other(
    connection: duckdb.DuckDBPyConnection, table: str, cuts: list[str], dimensions: list[str], measures: dict[str, str]
) -> None:
    columns = dict.fromkeys(dimensions, "varchar")
    columns |= {name: kind for kind, names in measures.items() for name in names.split()}
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create table {table} (cut varchar, {typed}, suppressed boolean, release_id varchar)")
    for cut in cuts:
        for number in (1, 2):
            row: dict[str, object] = {"cut": cut, "suppressed": False, "release_id": "r1"}
            for name, kind in columns.items():
                broken_out = name in cut.split(",")
                row[name] = f"{name}{number}" if broken_out else "all" if kind == "varchar" else number
            _insert(connection, table, row)


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
