"""Rows of the AVAIN extracts: assessments, goals and reviews of goals; the rest of the form is in `avain_detail`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from avainvarasto.synthetic.avain import FORM, Assessment
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.writer import Row

GOAL_TEXT = "Asiakas haluaa selvittää tilannettaan ja sopia seuraavista askelista."
LEFT_EMPTY_EVERY = 9
REVIEW_TEXT = "Tavoitetta käytiin läpi yhdessä."


def assessment_rows(assessments: Sequence[Assessment]) -> Iterator[Row]:
    """One row an assessment; on some forms sex and year of birth were left empty."""
    for number, assessment in enumerate(assessments):
        filled = number % LEFT_EMPTY_EVERY > 0
        yield {
            "assessment_id": assessment.assessment_id,
            "client_id": assessment.person.code,
            "sex": assessment.person.sex if filled else None,
            "birth_year": assessment.person.birth_year if filled else None,
            "municipality_code": assessment.municipality,
            "unit_id": f"YKS-{assessment.municipality}-1",
            "assessment_kind": assessment.kind,
            "assessment_date": assessment.written_date,
            "form_version": FORM,
            "previous_assessment_id": assessment.previous.assessment_id if assessment.previous else None,
            "client_present": assessment.client_present,
            "worker_role": assessment.worker_role,
            "pilot_group": "KOKEILU",
            "receives_supp_prev": assessment.supplementary,
            "consent_research": assessment.consent,
        }


def goal_rows(assessments: Sequence[Assessment], canaries: Set[str]) -> Iterator[Row]:
    """One row a goal of a start assessment; the first is the main goal."""
    for assessment in assessments:
        for goal in assessment.goals:
            yield {
                "assessment_id": assessment.assessment_id,
                "goal_seq": goal.seq,
                "goal_code": goal.code,
                "is_main_goal": goal.seq == 1,
                "aim": goal.aim,
                "description": _text(GOAL_TEXT, assessment.person, canaries),
            }


def review_rows(assessments: Sequence[Assessment], canaries: Set[str]) -> Iterator[Row]:
    """One row a reviewed goal; the others stay without a review."""
    for assessment in assessments:
        for goal in assessment.goals:
            if goal.attainment:
                yield {
                    "assessment_id": assessment.assessment_id,
                    "goal_seq": goal.seq,
                    "review_date": assessment.reviewed_on,
                    "attainment_code": goal.attainment,
                    "judged_by": goal.judged_by,
                    "review_text": _text(REVIEW_TEXT, assessment.person, canaries),
                }


def _text(text: str, person: Person, canaries: Set[str]) -> str:
    if person.code not in canaries:
        return text
    return f"{text} {person.name} tavataan kotona, {person.address}; puhelin {person.phone}."
