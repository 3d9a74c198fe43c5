"""A build file with a small invented lake, typed as the contracts say: what dbt needs before it can build.

Belongs here: tables and rows. Does not: running dbt (conftest) and what must come out (the tests).
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.settings import PROJECT_ROOT
from tests.dbt.small_flat_tables import flat_tables

Row = dict[str, Any]
DELIVERY = "2019-01-08T0200"
CREATED = datetime(2019, 1, 8, 2)
MONTHS = [date(2018, month, 1) for month in range(1, 13)]
PRINTED = PROJECT_ROOT / "avainvarasto" / "synthetic" / "printed_survey"

REGISTRY = {
    "ledger": (
        "source varchar, extract varchar, delivery_id varchar, file varchar, nature varchar, created_at timestamp, "
        "period_from date, period_to date, whole_table boolean, n_delivered bigint, n_loaded bigint, "
        "n_quarantined bigint, n_forgotten bigint, accepted boolean, reason varchar, received_at timestamp, "
        "part_of varchar, counted_with varchar"
    ),
    "ledger_month": (
        "extract varchar, delivery_id varchar, file varchar, created_at timestamp, month date, counted_with varchar"
    ),
    "landing_check": (
        "run_id varchar, suite varchar, rule varchar, severity varchar, n_evaluated bigint, passed boolean"
    ),
    "build_check": (
        "run_id varchar, suite varchar, rule varchar, severity varchar, n_evaluated bigint, passed boolean"
    ),
}


def write_small_lake(build_file: Path, changes: dict[str, list[Row]] | None = None) -> None:
    """Make the build file with all extracts of the contracts and the registry; `changes` replaces whole extracts.

    An extract without rows here is an empty table, as one of which nothing was delivered yet.
    """
    contracts = load_contracts(PROJECT_ROOT / "expectations")
    rows = small_country() | flat_tables() | (changes or {})
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("create schema lake")
        for table, columns in REGISTRY.items():
            connection.execute(f"create table lake.{table} ({columns})")
        for extract, contract in contracts.items():
            _write_extract(connection, contract, rows.get(extract, []))
        connection.execute(
            "insert into lake.landing_check values ('run-1', 'kela_person', 'unique', 'critical', 40, true)"
        )


def _write_extract(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: list[Row]) -> None:
    columns = contract.lake_columns()
    file = f"{contract.extract}.csv"
    types = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"create table lake.{contract.extract} ({types})")
    for number, row in enumerate(rows, start=2):
        if unknown := set(row) - set(columns):
            raise ValueError(f"{contract.extract} has no column {', '.join(sorted(unknown))}")
        full = {"delivery_id": DELIVERY, "src_file": file, "src_row": number} | row
        values = [full.get(name) for name in columns]
        marks = ", ".join("?" for _ in values)
        connection.execute(f"insert into lake.{contract.extract} values ({marks})", values)
    period = (None, None) if contract.whole_table else (MONTHS[0], date(2018, 12, 31))
    connection.execute(
        f"insert into lake.ledger values ({', '.join('?' * 18)})",
        [
            *(contract.source, contract.extract, DELIVERY, file, "synthetic", CREATED, *period),
            *(contract.whole_table, len(rows), len(rows), 0, 0, True, None, CREATED, contract.part_of, ""),
        ],
    )
    for month in [] if contract.whole_table else MONTHS:
        connection.execute(
            "insert into lake.ledger_month values (?, ?, ?, ?, ?, ?)",
            [contract.extract, DELIVERY, file, CREATED, month, ""],
        )


def small_country() -> dict[str, list[Row]]:
    """Forty persons in four municipalities over 2018, and the printed survey tables."""
    people = range(1, 41)
    return {
        "kela_person": [
            {"person_key": p, "birth_year": 1950 + p, "sex": str(1 + p % 2), "protected": p == 40} for p in people
        ],
        "kela_household_month": [_household_month(p, month) for p in people for month in MONTHS],
        "kela_person_month": [
            {"person_key": p, "household_key": 100 + p, "month": month, "role": "HAKIJA", "activity_code": "TYOTON"}
            | {"on_unemployment_benefit": p % 3 == 0}
            for p in people
            for month in MONTHS
        ],
        "kela_payment": [_payment(p, month) for p in people for month in MONTHS]
        + [_payment(p, date(2018, 6, 1)) | {"line": 2, "amount_eur": -50, "is_return": True} for p in people],
        "kela_household": [
            {"household_key": 100 + p, "applicant_key": p, "spouse_key": None, "first_month": MONTHS[0]}
            | {"last_month": MONTHS[-1]}
            for p in people
        ],
        "kela_decision": [_decision(p) for p in people]
        + [_decision(p) | {"decision_id": 1000 + p, "corrected_decision_id": p} for p in (1, 2)],
        "kela_income_line": [
            {"household_key": 100 + p, "month": month, "person_key": p, "income_code": "KELA_TYOTTOMYYS", "seq": 1}
            | {"income_source": "KELA", "amount_eur": 300}
            for p in people
            for month in MONTHS
        ],
        "kela_expense_line": [
            {"household_key": 100 + p, "month": month, "expense_code": "VUOKRA", "seq": 1, "applied_eur": 500}
            | {"accepted_eur": 450}
            for p in people
            for month in MONTHS
        ],
        "kela_coverage": [
            {"month": month, "municipality_code": code, "complete": True}
            for month in MONTHS
            for code in ("837", "297", "174")
        ],
        "muni_household": [
            {"municipality_code": code, "household_id": p, "applicant_key": p, "n_adults": 1, "n_children": 0}
            for code in ("837", "297")
            for p in range(1, 6)
        ],
        "muni_supp_decision": [_municipal_decision(code, p) for code in ("837", "297") for p in range(1, 6)],
        "muni_supp_expense_line": [
            {"municipality_code": code, "decision_id": p, "seq": 1, "decision_date": date(2018, 3, 12)}
            | {"expense_code": "1", "amount_eur": 100}
            for code in ("837", "297")
            for p in range(1, 6)
        ],
        "etotu_deadline_rule": [
            {"rule_id": rule, "valid_from": date(2008, 1, 1), "subject_group": "ADULT", "limit_n": limit}
            | {"limit_unit": "WORKING_DAY", "basis": "TOTUL", "status": "confirmed"}
            for rule, limit in (("TOTUL_PAATOS", 7), ("TOTUL_PAATOS_KIIREELLINEN", 1))
        ],
        "etotu_notification": [_notification(n) for n in range(1, 61)],
        "etotu_event": [event for n in range(1, 61) for event in _events(n)],
        "avain_assessment": [_assessment(p) for p in people]
        + [
            _assessment(p)
            | {"assessment_id": 100 + p, "assessment_kind": "LOPPU", "assessment_date": date(2018, 10, 1)}
            | {"previous_assessment_id": p}
            for p in people
            if p % 5
        ],
        "avain_goal": [
            {"assessment_id": p, "goal_seq": s, "goal_code": f"G{1 + (p + s) % 13:02d}", "is_main_goal": s == 1}
            | {"aim": str(1 + p % 2)}
            for p in people
            for s in (1, 2)
        ],
        "avain_goal_review": [
            {"assessment_id": p, "goal_seq": s, "review_date": date(2018, 10, 1), "judged_by": "YHTEINEN"}
            | {"attainment_code": ["SAAVUTETTU", "OSITTAIN", "EI", "EI_AJANKOHTAINEN"][(p + s) % 4]}
            for p in people
            for s in (1, 2)
            if p % 5
        ],
        "avain_client_plan": [
            {"plan_id": 1000 + p, "previous_plan_id": 999 + p if p % 2 == 0 else None, "person_key": p}
            | {"plan_date": date(2024, 5, p), "date_precision": "D"}
            for p in range(1, 5)
        ],
        "avain_client_plan_goal": [
            {"plan_id": 1000 + p, "goal_seq": 1, "goal_code": "9001", "aim": "1"} for p in range(1, 5)
        ],
        "avain_client_plan_goal_review": [
            {"plan_id": 1002, "goal_seq": 1, "goal_code": "9001", "aim": "1", "attainment_code": "9201"},
            {"plan_id": 1004, "goal_seq": 1, "goal_code": "9001", "aim": "1", "attainment_code": None},
        ],
        "avain_client_plan_factor": [
            {"plan_id": 1001, "goal_list": "set", "goal_seq": 1, "factor_code": "38", "direction": "2"},
            {"plan_id": 1002, "goal_list": "reviewed", "goal_seq": 1, "factor_code": "38", "direction": "1"},
        ],
        "avain_client_plan_method": [
            {"plan_id": 1001, "section": "planned", "seq": 1, "method_code": "9101"},
            {"plan_id": 1002, "section": "reviewed", "seq": 1, "method_code": "9101", "used": "K"},
        ],
        "avain_client_plan_service": [
            {"plan_id": 1001, "section": "received", "seq": 1, "received_service_code": "3"},
            {"plan_id": 1001, "section": "planned", "seq": 1, "planned_service_code": "3"},
        ],
        "prosos_webropol": [
            {"survey_code": "KOE", "wave": "A", "respondent_id": r, "sex": "N", "submitted": True} for r in range(1, 4)
        ],
        "prosos_webropol_work_share": [
            {"survey_code": "KOE", "wave": "A", "respondent_id": r, "individual_pct": 90, "other_pct": 5 * r}
            for r in range(1, 4)
        ],
        "prosos_printed_response": _printed("response.csv"),
        "prosos_printed_background": _printed("background.csv"),
        "ref_population": [
            {"year": 2018, "municipality_code": code, "sex": sex, "age": age, "n_persons": 100}
            for code in ("837", "297", "174", "478")
            for sex in ("1", "2")
            for age in (10, 30, 50, 70)
        ],
    }


def _household_month(person: int, month: date) -> Row:
    areas = ["837", "297", "174", "199"]
    return {
        "household_key": 100 + person,
        "month": month,
        "municipality_code": areas[person % 4],
        "household_type": "YKSIN_ASUVA",
        "n_adults": 1,
        "n_children": 0,
        "granted_eur": 400,
        "has_no_income": False,
        "main_income_flag": True,
        "rejected": False,
    }


def _payment(person: int, month: date) -> Row:
    return {
        "payment_id": person * 100 + month.month,
        "line": 1,
        "decision_id": person,
        "household_key": 100 + person,
        "benefit_month": month,
        "payment_date": month + timedelta(days=8),
        "amount_eur": 400,
        "is_return": False,
        "payee": "CLIENT",
    }


REDUCED = {"reduction_pct": "20", "reduction_reason": "TYO", "reduction_months": 1, "reduced_role": "HAKIJA"}


def _decision(person: int) -> Row:
    return {
        "decision_id": person,
        "application_id": person,
        "household_key": 100 + person,
        "application_date": date(2017, 12, 28),
        "decision_date": date(2018, 1, 3),
        "result": "MYONTO",
        "valid_from": date(2018, 1, 1),
        "valid_to": date(2018, 12, 31),
        "complete_date": date(2017, 12, 29),
        "urgent": False,
        "channel": "OWEBB",
        "granted_eur": 4800,
    } | (REDUCED if person % 4 == 0 else {"reduction_pct": "0"})


def _municipal_decision(municipality: str, person: int) -> Row:
    return {
        "municipality_code": municipality,
        "decision_id": person,
        "household_id": person,
        "person_key": person,
        "kind": "TAYDENTAVA",
        "application_date": date(2018, 3, 5),
        "received_from_kela": person % 2 == 0,
        "urgent": False,
        "complete_date": date(2018, 3, 8),
        "decision_date": date(2018, 3, 12),
        "decision_kind": "1",
        "applied_eur": 120,
        "granted_eur": 100,
        "recovery_flag": False,
    }


def _notification(number: int) -> Row:
    types = ["SOSIAALITYON_TARVE", "TAYD_EHK_HAKEMUS", "ALENNETTU_PERUSOSA"]
    return {
        "notification_id": number,
        "person_key": 1 + number % 40,
        "notification_type": types[number % 3],
        "urgency": "TAVALLINEN",
        "criteria_met_date": date(2018, 1 + number % 12, 1),
        "sent_ts": datetime(2018, 1 + number % 12, 3, 10),
        "area_type": "KUNTA",
        "area_code": ["837", "297"][number % 2],
        "batch_type": "DAILY",
        "phone_included": True,
        "is_continuation_reduction": False,
    }


def _events(number: int) -> list[Row]:
    path = ["VASTAANOTETTU", "YHT_PUHELIN", "TAVOITETTU", "AIKA_VARATTU", "TAPAAMINEN", "PTA_ALOITETTU"]
    sent = datetime(2018, 1 + number % 12, 3, 10)
    return [
        {"notification_id": number, "seq": seq, "event_ts": sent + timedelta(days=3 * seq), "event_type": event}
        | {"worker_role": "SOSIAALIOHJAAJA"}
        for seq, event in enumerate(path[: number % 7], start=1)
    ]


def _assessment(person: int) -> Row:
    return {
        "assessment_id": person,
        "person_key": person,
        "municipality_code": "837",
        "unit_id": 1,
        "assessment_kind": "ALKU",
        "assessment_date": date(2018, 3, 5),
        "date_precision": "D",
        "form_version": "AVAIN2018",
        "pilot_group": "KOKEILU",
        "consent_research": person != 39,
    }


def _printed(name: str) -> list[Row]:
    """The printed tables as they are delivered; empty cells are NULL."""
    with (PRINTED / name).open(encoding="utf-8", newline="") as stream:
        return [{column: value or None for column, value in row.items()} for row in csv.DictReader(stream)]
