"""What is sent once, whatever months the country has: survey, obstacles, workshops, and lists that are facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from avainvarasto.synthetic import obstacles, reference_lists, survey, survey_export, workshop_cards
from avainvarasto.synthetic.deadline_rules import deadline_rows
from avainvarasto.synthetic.sending import (
    ALL_RULES,
    CODED_ANSWERS,
    FIRST_WAVE,
    FIRST_WAVE_SUPPLIER,
    LAST_WAVE,
    MUNICIPALITY_LIST,
    OBSTACLE_LOG,
    PRINTED_TABLES,
    STEWARDS_LISTS,
    WORKSHOP_CARDS,
    WORKSHOPS,
    Sender,
)
from avainvarasto.synthetic.writer import Delivery, Row, copied_file


def sent_once(sender: Sender, municipality_seed: Path, printed_survey: Path, seed: int) -> Iterator[Delivery]:
    """All of it.

    Args:
        sender: makes the deliveries.
        municipality_seed: the list of municipalities with their validity.
        printed_survey: folder with the printed tables of the PRO SOS survey.
        seed: which made-up world; what is fact is the same for every seed.
    """
    yield from _prosos(sender, printed_survey, seed)
    yield from _talk(sender, seed)
    yield from _facts(sender, municipality_seed)


def _prosos(sender: Sender, printed_survey: Path, seed: int) -> Iterator[Delivery]:
    """The survey's printed tables are real and public: copied, not made. Waves and invitations follow from them."""
    response, background = (sender.contracts[f"prosos_printed_{table}"] for table in ("response", "background"))
    copies = [
        copied_file(response, printed_survey / "response.csv"),
        copied_file(background, printed_survey / "background.csv"),
    ]
    tables = {
        "prosos_wave": survey.wave_rows(),
        "prosos_subproject": survey.subproject_rows(),
        "prosos_invitation": survey.invitation_rows(printed_survey),
    }
    yield sender.send(PRINTED_TABLES, tables, supplier=response.supplier, nature="public", copies=copies)
    coded = {"prosos_question": survey.question_rows(), "prosos_answer_code": survey.answer_code_rows(seed)}
    yield sender.send(CODED_ANSWERS, coded)
    yield sender.send(LAST_WAVE, {"prosos_webropol": survey_export.last_wave(seed)})
    first_wave = {"prosos_webropol": survey_export.first_wave(seed)}
    yield sender.send(FIRST_WAVE, first_wave, supplier=FIRST_WAVE_SUPPLIER)


def _talk(sender: Sender, seed: int) -> Iterator[Delivery]:
    """Gaps and obstacles with their statuses and titles; workshops, and their cards as the platform exports them."""
    log = {
        "obstacle": obstacles.obstacle_rows(),
        "obstacle_status": obstacles.status_rows(),
        "obstacle_title": obstacles.title_rows(),
    }
    yield sender.send(OBSTACLE_LOG, log)
    yield sender.send(WORKSHOPS, {"swot_workshop": obstacles.workshop_rows()})
    cards = workshop_cards.card_rows(sender.contracts["swot_export"], seed)
    yield sender.send(WORKSHOP_CARDS, {"swot_export": cards})


def _facts(sender: Sender, municipality_seed: Path) -> Iterator[Delivery]:
    """The law's time limits, municipalities and the stewards' lists: public, and true."""
    yield sender.send(ALL_RULES, {"etotu_deadline_rule": deadline_rows()}, nature="public")
    divisions = reference_lists.read_municipalities(municipality_seed)
    municipalities = {"ref_municipality": reference_lists.municipality_rows(divisions)}
    yield sender.send(MUNICIPALITY_LIST, municipalities, nature="public")
    lists: dict[str, Iterable[Row]] = {
        "ref_area_link": reference_lists.area_link_rows(divisions),
        "ref_codeset": reference_lists.codeset_rows(),
        "ref_code": reference_lists.code_rows(),
        "ref_holiday": reference_lists.holiday_rows(),
        "ref_reduction_rule": reference_lists.reduction_rule_rows(),
        "ref_disclosure_rule": reference_lists.disclosure_rule_rows(),
        "ref_series_break": reference_lists.series_break_rows(),
    }
    yield sender.send(STEWARDS_LISTS, lists, nature="public")
