"""Rows of the flat tables for the small lake: the rest of the AVAIN form, survey, obstacles; the real lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import client_plans, reference_lists, survey
from avainvarasto.synthetic.sources.deliver import PRINTED_SURVEY

Row = dict[str, Any]
SEED = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"


def flat_tables() -> dict[str, list[Row]]:
    """Rows by extract, as the lake holds them."""
    divisions = reference_lists.read_municipalities(SEED)
    people = range(1, 41)
    return {
        "avain_factor": [
            {"assessment_id": p, "goal_seq": 1, "factor_code": f"F{1 + p % 18:02d}", "direction": direction}
            for p in people
            for direction in ("1", "2")[: 1 + p % 2]
        ],
        "avain_service": [
            {"assessment_id": p, "seq": seq, "list_id": list_id, "service_code": "3", "used": [None, "K", "E"][p % 3]}
            for p in people
            for seq, list_id in ((1, "SAA_NYT"), (2, "SUUNNITELTU"))
        ],
        "avain_method": [
            {"assessment_id": p, "seq": 1, "method_code": "M03", "method_group": "YKSILOTYO", "used": None}
            for p in people
        ],
        "avain_code_map": [dict(row) for row in client_plans.code_map_rows()],
        "prosos_wave": [
            {"survey_code": "PROSOS", "wave": "ALKU2017", "sent_from": date(2017, 1, 1), "date_precision": "Y"},
            {"survey_code": "PROSOS", "wave": "LOPPU2019", "sent_from": date(2019, 3, 1), "date_precision": "M"},
        ],
        "prosos_subproject": [dict(row) for row in survey.subproject_rows()],
        "prosos_invitation": [dict(row) for row in survey.invitation_rows(PRINTED_SURVEY)],
        "prosos_question": [
            {name: value for name, value in row.items() if name != "text"} for row in survey.question_rows()
        ],
        "prosos_answer_code": [
            {"survey_code": "PROSOS", "wave": "LOPPU2019", "respondent_id": n, "question_code": "K06", "seq": 1}
            | {"stance": "hinders", "publishable": True}
            for n in range(1, 44)
        ],
        "swot_workshop": [
            {"workshop_id": 1, "area_type": "PKS", "area_code": "PKS", "date": date(2022, 9, 1), "n_invited": 13}
        ],
        "swot_export": [
            {"workshop_id": 1, "card_no": 1, "source_stage": "ENNAKKO", "organisation": "KELA", "n_lines": 2},
            {"workshop_id": 1, "card_no": 2, "source_stage": "PAJA", "organisation": "KELA", "n_lines": 1},
        ],
        "swot_row": [
            _line(101),
            _line(102, duplicate_of=101),
            _line(201, source_stage="PAJA", swot="UHKA", theme_code=None, analysis_status="LUOKITTELEMATTA"),
        ],
        "obstacle": [_obstacle(1, "174", date(2016, 5, 2)), _obstacle(2, "837", date(2018, 5, 2))],
        "obstacle_status": [
            {"obstacle_id": 1, "seq": 1, "status": "KIRJATTU", "date": date(2016, 5, 2)},
            {"obstacle_id": 2, "seq": 1, "status": "RATKAISTU", "date": date(2018, 6, 1), "resolver": "KELA"},
        ],
        "obstacle_title": [
            {"obstacle_id": 2, "lang": lang, "title": f"Title in {lang}", "reviewed_date": date(2018, 12, 3)}
            | {"reviewer_role": "KOORDINAATTORI"}
            for lang in ("fi", "sv", "en")
        ],
        "assistance_year": [
            {"publisher": publisher, "kind": kind, "year": 2018, "n_households": n, "n_persons": n + 10}
            | {"gross_eur": 1000 * n, "returned_eur": 5 * n if kind == "PERUS" else None}
            for publisher, kind, n in (
                *(("KELA", "PERUS", 41), ("THL", "PERUS", 40)),
                *(("THL", "TAYDENTAVA", 12), ("THL", "EHKAISEVA", 5), ("THL", "KAIKKI", 57)),
            )
        ],
        "ref_municipality": [dict(row) for row in reference_lists.municipality_rows(divisions)],
        "ref_area_link": [dict(row) for row in reference_lists.area_link_rows(divisions)],
        "ref_codeset": [dict(row) for row in reference_lists.codeset_rows()],
        "ref_code": [dict(row) for row in reference_lists.code_rows()],
        "ref_holiday": [dict(row) for row in reference_lists.holiday_rows()],
        "ref_reduction_rule": [dict(row) for row in reference_lists.reduction_rule_rows()],
        "ref_disclosure_rule": [dict(row) for row in reference_lists.disclosure_rule_rows()],
        "ref_series_break": [
            dict(row) | {"date": date.fromisoformat(f"{row['date']}-01-01"[:10]), "date_precision": "D"}
            for row in reference_lists.series_break_rows()
        ],
    }


def _obstacle(number: int, municipality: str, day: date) -> Row:
    return {
        "obstacle_id": number,
        "reported_date": day,
        "municipality_code": municipality,
        "reporter_role": "KOORDINAATTORI",
        "kind": "AUKKOKOHTA",
        "cause": "DIGI",
        "authority": "KELA",
    }


def _line(number: int, **changes: Any) -> Row:
    return {
        "workshop_id": 1,
        "row_no": number,
        "phase": "KASITTELY",
        "swot": "VAHVUUS",
        "source_stage": "ENNAKKO",
        "organisation": "KELA",
        "theme_code": "DIGI",
        "analysis_status": "LUOKITELTU",
    } | changes
