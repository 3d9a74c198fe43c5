"""What each supplier of the demo sends: a function a source, from the made-up world to its deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from avainvarasto.synthetic import municipal, obstacles, reference_lists, survey, survey_export, workshop_cards
from avainvarasto.synthetic.avain_detail import factor_rows, method_rows, service_rows
from avainvarasto.synthetic.avain_rows import assessment_rows, goal_rows, review_rows
from avainvarasto.synthetic.client_plans import plan_documents
from avainvarasto.synthetic.deadline_rules import deadline_rows
from avainvarasto.synthetic.demo_world import Demo
from avainvarasto.synthetic.etotu import event_rows, notification_rows
from avainvarasto.synthetic.kela import KelaRegister
from avainvarasto.synthetic.open_kela import OpenKela
from avainvarasto.synthetic.open_tables import price_index_rows, region_rows, value_rows
from avainvarasto.synthetic.reference import municipality_names, population_rows
from avainvarasto.synthetic.sending import (
    ALL_ASSESSMENTS,
    ALL_PERSONS,
    ALL_POPULATION,
    ALL_RULES,
    CLIENT_PLANS,
    CODED_ANSWERS,
    CORRECTED_PERIOD,
    CORRECTION,
    CORRECTS,
    FIRST_WAVE,
    FIRST_WAVE_SUPPLIER,
    LAST_WAVE,
    MUNICIPAL_DECISIONS,
    MUNICIPAL_HOUSEHOLDS,
    MUNICIPALITY_LIST,
    OBSTACLE_LOG,
    OPEN_TABLES,
    PRINTED_TABLES,
    QUARTERS,
    SOTKANET,
    STEWARDS_LISTS,
    WORKSHOP_CARDS,
    WORKSHOPS,
    Sender,
    within,
)
from avainvarasto.synthetic.writer import Delivery, Row, copied_file


def kela(demo: Demo, sender: Sender) -> Iterator[Delivery]:
    """The register by quarter, June once more, and the list of persons and households."""
    register = KelaRegister(demo.world, demo.notices, demo.seed)
    payments, decisions = register.payments(), register.decisions()
    for delivery_id, period in QUARTERS.items():
        tables = _monthly(register, *period, corrected=False) | {
            "kela_payment": within(payments, "payment_date", *period),
            "kela_decision": within(decisions, "decision_date", *period),
        }
        yield sender.send(delivery_id, tables, period=period)
    corrected = _monthly(register, *CORRECTED_PERIOD, corrected=True)
    yield sender.send(CORRECTION, corrected, period=CORRECTED_PERIOD, replaces=CORRECTS)
    tables = {"kela_person": register.persons(demo.canary_codes), "kela_household": register.households()}
    yield sender.send(ALL_PERSONS, tables)


def _monthly(register: KelaRegister, first: date, last: date, *, corrected: bool) -> dict[str, Iterable[Row]]:
    """The extracts that follow the benefit month, and so are corrected with it."""
    return {
        "kela_household_month": register.household_months(first, last, corrected=corrected),
        "kela_person_month": register.person_months(first, last, corrected=corrected),
        "kela_income_line": register.income_lines(first, last, corrected=corrected),
        "kela_expense_line": register.expense_lines(first, last, corrected=corrected),
        "kela_coverage": register.coverage(first, last, corrected=corrected),
    }


def etotu(demo: Demo, sender: Sender) -> Iterator[Delivery]:
    """Notifications and events by quarter; the time limits, which are public and true."""
    notifications = list(notification_rows(demo.notices))
    events = list(event_rows(demo.events, demo.canary_codes))
    for delivery_id, period in QUARTERS.items():
        tables = {
            "etotu_notification": within(notifications, "sent_ts", *period),
            "etotu_event": within(events, "event_ts", *period),
        }
        yield sender.send(delivery_id, tables, period=period)
    yield sender.send(ALL_RULES, {"etotu_deadline_rule": deadline_rows()}, nature="public")


def municipalities(demo: Demo, sender: Sender) -> Iterator[Delivery]:
    """Each municipality in its own form, and its own months and households."""
    for place, supplier in municipal.SUPPLIERS.items():
        decisions = list(municipal.decision_rows(demo.municipal, place, demo.canary_codes))
        lines = list(municipal.expense_rows(demo.municipal, place))
        for period, delivery_id in zip(municipal.HALVES, MUNICIPAL_DECISIONS[place], strict=True):
            tables = {
                "muni_supp_decision": within(decisions, "decision_date", *period),
                "muni_supp_expense_line": within(lines, "decision_date", *period),
            }
            yield sender.send(delivery_id, tables, supplier=supplier, period=period)
        households = {"muni_household": municipal.household_rows(demo.municipal, place)}
        yield sender.send(MUNICIPAL_HOUSEHOLDS[place], households, supplier=supplier)


def avain(demo: Demo, sender: Sender) -> Iterator[Delivery]:
    """The form of 2018, and the national client plans that came later."""
    tables = {
        "avain_assessment": assessment_rows(demo.assessments),
        "avain_goal": goal_rows(demo.assessments, demo.canary_codes),
        "avain_goal_review": review_rows(demo.assessments, demo.canary_codes),
        "avain_factor": factor_rows(demo.assessments, demo.seed),
        "avain_service": service_rows(demo.assessments, demo.seed),
        "avain_method": method_rows(demo.assessments, demo.seed),
    }
    yield sender.send(ALL_ASSESSMENTS, tables)
    plans = plan_documents(demo.assessments, demo.canary_codes, demo.seed)
    yield sender.send(CLIENT_PLANS, {"avain_client_plan": plans})


def prosos(printed_survey: Path, seed: int, sender: Sender) -> Iterator[Delivery]:
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


def obstacle_log(sender: Sender) -> Iterator[Delivery]:
    """Gaps and obstacles with their statuses and titles."""
    tables = {
        "obstacle": obstacles.obstacle_rows(),
        "obstacle_status": obstacles.status_rows(),
        "obstacle_title": obstacles.title_rows(),
    }
    yield sender.send(OBSTACLE_LOG, tables)


def workshops(seed: int, sender: Sender) -> Iterator[Delivery]:
    """Workshops, and their cards as the platform exports them."""
    yield sender.send(WORKSHOPS, {"swot_workshop": obstacles.workshop_rows()})
    cards = workshop_cards.card_rows(sender.contracts["swot_export"], seed)
    yield sender.send(WORKSHOP_CARDS, {"swot_export": cards})


def open_statistics(demo: Demo, municipality_seed: Path, sender: Sender) -> Iterator[Delivery]:
    """What others publish: Kela's tables made from the made-up register, and Sotkanet's."""
    names = municipality_names(municipality_seed)
    published = OpenKela(demo.world, KelaRegister(demo.world, demo.notices, demo.seed).payments(), names, demo.seed)
    tables: dict[str, Iterable[Row]] = {
        "kela_open_recipients": published.recipients(),
        "kela_open_households": published.households(),
        "kela_open_expenditure": published.expenditure(),
        "kela_open_decisions": published.decisions(),
    }
    for extract, delivery_id in OPEN_TABLES.items():
        yield sender.send(delivery_id, {extract: tables[extract]})
    yield sender.send(SOTKANET, {"sotkanet_region": region_rows(names), "sotkanet_value": value_rows(demo.seed)})


def reference(municipality_seed: Path, seed: int, sender: Sender) -> Iterator[Delivery]:
    """Population and prices, made up; lists that are facts, public and the same whatever the seed."""
    sizes = {"ref_population": population_rows(municipality_seed, seed), "ref_price_index": price_index_rows(seed)}
    yield sender.send(ALL_POPULATION, sizes)
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
