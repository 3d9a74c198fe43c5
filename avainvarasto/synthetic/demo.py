"""The demo deliveries of the made-up world: what each supplier sends, and when.

`deliver` is the public function; a larger country may replace everything behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import municipal, obstacles, reference_lists, survey, survey_export, workshop_cards
from avainvarasto.synthetic.avain import Assessment, make_assessments
from avainvarasto.synthetic.avain_detail import factor_rows, method_rows, service_rows
from avainvarasto.synthetic.avain_rows import assessment_rows, goal_rows, review_rows
from avainvarasto.synthetic.canary import Canary, appoint
from avainvarasto.synthetic.casework import Event, work_cases
from avainvarasto.synthetic.chance import YEAR
from avainvarasto.synthetic.client_plans import plan_documents
from avainvarasto.synthetic.deadline_rules import deadline_rows
from avainvarasto.synthetic.etotu import event_rows, notification_rows
from avainvarasto.synthetic.households import World, make_world
from avainvarasto.synthetic.kela import CORRECTED_MONTH, KelaRegister
from avainvarasto.synthetic.notices import Notice, make_notices
from avainvarasto.synthetic.open_kela import OpenKela
from avainvarasto.synthetic.open_tables import price_index_rows, region_rows, value_rows
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.planted import bad_rows
from avainvarasto.synthetic.reference import municipality_names, population_rows
from avainvarasto.synthetic.writer import DataFile, Delivery, Row, copied_file, data_file, write_delivery

Contracts = Mapping[str, Contract]

SEED = 7
EXPECTATIONS = PROJECT_ROOT / "expectations"
MUNICIPALITY_SEED = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
PRINTED_SURVEY = Path(__file__).parent / "printed_survey"
HELSINKI = ZoneInfo("Europe/Helsinki")

# Delivery id and period of each quarter; suppliers send at night on the 8th of the next month.
QUARTERS = {
    "2018-04-08T0200": (date(YEAR, 1, 1), date(YEAR, 3, 31)),
    "2018-07-08T0200": (date(YEAR, 4, 1), date(YEAR, 6, 30)),
    "2018-10-08T0200": (date(YEAR, 7, 1), date(YEAR, 9, 30)),
    "2019-01-08T0200": (date(YEAR, 10, 1), date(YEAR, 12, 31)),
}
CORRECTION, CORRECTS = "2018-07-20T0200", "2018-07-08T0200"
CORRECTED_PERIOD = (CORRECTED_MONTH, date(YEAR, 6, 30))
ALL_PERSONS = "2019-01-08T0300"
ALL_ASSESSMENTS = "2019-01-15T0900"
ALL_POPULATION = "2019-03-29T0900"
PRINTED_TABLES = "2019-06-03T0900"
ALL_RULES = "2018-01-02T0900"
# When each municipality sends a half of the year, and when their households come.
MUNICIPAL_DECISIONS = {"837": ("2018-07-11T0900", "2019-01-11T0900"), "297": ("2018-07-12T1000", "2019-01-14T1000")}
MUNICIPAL_HOUSEHOLDS = {"837": "2019-01-16T0900", "297": "2019-01-17T1000"}
CODED_ANSWERS = "2019-06-04T0900"
OBSTACLE_LOG = "2019-01-14T0900"
WORKSHOPS = "2022-10-03T0900"
WORKSHOP_CARDS = "2022-10-04T0900"
CLIENT_PLANS = "2025-09-10T0900"
# The made-up survey, each wave from the supplier whose form the contract names.
FIRST_WAVE, LAST_WAVE = "2019-04-02T0900", "2019-04-02T0930"
FIRST_WAVE_SUPPLIER = "PRO SOS, alkukartoitus"
MUNICIPALITY_LIST = "2026-03-02T0900"
STEWARDS_LISTS = "2026-03-02T0930"
# Kela publishes each of its tables by itself, a CSV with its description; each is a delivery.
OPEN_TABLES = {
    "kela_open_recipients": "2019-01-15T1000",
    "kela_open_households": "2019-01-15T1001",
    "kela_open_expenditure": "2019-01-15T1002",
    "kela_open_decisions": "2019-01-15T1003",
}
SOTKANET = "2019-03-29T1000"
# Extracts that have a contract and no made-up rows, each with the reason.
NOT_MADE_UP: dict[str, str] = {
    # "extract": "why",
}


@dataclass(frozen=True)
class Demo:
    """Everything that the deliveries are written from."""

    seed: int
    world: World
    notices: list[Notice]
    events: list[Event]
    assessments: list[Assessment]
    municipal: list[municipal.Decision]
    canaries: list[Canary]


def make_demo(seed: int = SEED) -> Demo:
    """The made-up world of a seed, with its canaries."""
    world = make_world(seed)
    notices = make_notices(world, seed)
    events = work_cases(notices, seed)
    assessments = make_assessments(world, seed)
    decisions = municipal.make_decisions(world, notices, events, seed)
    canaries = _appoint_canaries(world, notices, events, assessments, decisions)
    return Demo(seed, world, notices, events, assessments, decisions, canaries)


def canaries(seed: int = SEED) -> list[Canary]:
    """The persons that the leak test looks for, at least three for each source that carries persons."""
    return make_demo(seed).canaries


def deliver(
    landing: Path,
    *,
    seed: int = SEED,
    municipality_seed: Path = MUNICIPALITY_SEED,
    printed_survey: Path = PRINTED_SURVEY,
    expectations: Path = EXPECTATIONS,
) -> list[Path]:
    """Writes the demo deliveries into a landing folder; the same seed gives the same bytes.

    Args:
        landing: the landing folder.
        seed: which made-up world.
        municipality_seed: the list of municipalities with their validity.
        printed_survey: folder with the printed tables of the PRO SOS survey.
        expectations: folder with the contracts, which say in what form each file is written.

    Returns:
        The folders of the deliveries, in the order of their sending.

    Raises:
        HomeRefused: one of the deliveries is there already.
    """
    contracts = load_contracts(expectations)
    demo = make_demo(seed)
    deliveries = [
        *_kela(demo, contracts),
        *_etotu(demo, contracts),
        _avain(demo, contracts),
        _reference(municipality_seed, seed, contracts),
        _prosos(printed_survey, contracts),
        _rules(contracts),
        *_municipal(demo, contracts),
        _coded_answers(seed, contracts),
        _obstacle_log(contracts),
        _workshops(contracts),
        *_documents(demo, contracts),
        *_reference_lists(municipality_seed, contracts),
        *_open_statistics(demo, municipality_seed, contracts),
    ]
    deliveries.sort(key=lambda delivery: (delivery.created_at, delivery.source))
    return [write_delivery(landing, delivery) for delivery in deliveries]


def _kela(demo: Demo, contracts: Contracts) -> Iterator[Delivery]:
    register = KelaRegister(demo.world, demo.notices, demo.seed)
    payments, decisions = register.payments(), register.decisions()
    supplier = contracts["kela_person"].supplier
    for delivery_id, period in QUARTERS.items():
        tables = _monthly(register, *period, corrected=False) | {
            "kela_payment": within(payments, "payment_date", *period),
            "kela_decision": within(decisions, "decision_date", *period),
        }
        files = _files(tables, delivery_id, contracts)
        yield Delivery("kela", delivery_id, supplier, _sent_at(delivery_id), files, period)
    files = _files(_monthly(register, *CORRECTED_PERIOD, corrected=True), CORRECTION, contracts)
    yield Delivery("kela", CORRECTION, supplier, _sent_at(CORRECTION), files, CORRECTED_PERIOD, CORRECTS)
    tables = {"kela_person": register.persons(_codes(demo)), "kela_household": register.households()}
    yield Delivery("kela", ALL_PERSONS, supplier, _sent_at(ALL_PERSONS), _files(tables, ALL_PERSONS, contracts))


def _monthly(register: KelaRegister, first: date, last: date, *, corrected: bool) -> dict[str, Iterable[Row]]:
    """The extracts that follow the benefit month, and so are corrected with it."""
    return {
        "kela_household_month": register.household_months(first, last, corrected=corrected),
        "kela_person_month": register.person_months(first, last, corrected=corrected),
        "kela_income_line": register.income_lines(first, last, corrected=corrected),
        "kela_expense_line": register.expense_lines(first, last, corrected=corrected),
        "kela_coverage": register.coverage(first, last, corrected=corrected),
    }


def _etotu(demo: Demo, contracts: Contracts) -> Iterator[Delivery]:
    notifications = list(notification_rows(demo.notices))
    events = list(event_rows(demo.events, _codes(demo)))
    supplier = contracts["etotu_notification"].supplier
    for delivery_id, period in QUARTERS.items():
        tables = {
            "etotu_notification": within(notifications, "sent_ts", *period),
            "etotu_event": within(events, "event_ts", *period),
        }
        files = _files(tables, delivery_id, contracts)
        yield Delivery("etotu", delivery_id, supplier, _sent_at(delivery_id), files, period)


def _avain(demo: Demo, contracts: Contracts) -> Delivery:
    tables = {
        "avain_assessment": assessment_rows(demo.assessments),
        "avain_goal": goal_rows(demo.assessments, _codes(demo)),
        "avain_goal_review": review_rows(demo.assessments, _codes(demo)),
        "avain_factor": factor_rows(demo.assessments, demo.seed),
        "avain_service": service_rows(demo.assessments, demo.seed),
        "avain_method": method_rows(demo.assessments, demo.seed),
    }
    files = _files(tables, ALL_ASSESSMENTS, contracts)
    supplier = contracts["avain_assessment"].supplier
    return Delivery("avain", ALL_ASSESSMENTS, supplier, _sent_at(ALL_ASSESSMENTS), files)


def _reference(municipality_seed: Path, seed: int, contracts: Contracts) -> Delivery:
    tables = {"ref_population": population_rows(municipality_seed, seed), "ref_price_index": price_index_rows(seed)}
    files = _files(tables, ALL_POPULATION, contracts)
    supplier = contracts["ref_population"].supplier
    return Delivery("reference", ALL_POPULATION, supplier, _sent_at(ALL_POPULATION), files)


def _open_statistics(demo: Demo, municipality_seed: Path, contracts: Contracts) -> Iterator[Delivery]:
    """What others publish: Kela's tables made from the made-up register, and Sotkanet's."""
    names = municipality_names(municipality_seed)
    kela = OpenKela(demo.world, KelaRegister(demo.world, demo.notices, demo.seed).payments(), names, demo.seed)
    tables = {
        "kela_open_recipients": kela.recipients(),
        "kela_open_households": kela.households(),
        "kela_open_expenditure": kela.expenditure(),
        "kela_open_decisions": kela.decisions(),
    }
    for extract, delivery_id in OPEN_TABLES.items():
        files = _files({extract: tables[extract]}, delivery_id, contracts)
        supplier = contracts[extract].supplier
        yield Delivery("open_statistics", delivery_id, supplier, _sent_at(delivery_id), files)
    files = _files(
        {"sotkanet_region": region_rows(names), "sotkanet_value": value_rows(demo.seed)}, SOTKANET, contracts
    )
    supplier = contracts["sotkanet_value"].supplier
    yield Delivery("open_statistics", SOTKANET, supplier, _sent_at(SOTKANET), files)


def _prosos(printed_survey: Path, contracts: Contracts) -> Delivery:
    """The printed tables are real and public; they are copied, not made. Waves and invitations follow from them."""
    files = [
        copied_file(contracts[f"prosos_printed_{table}"], printed_survey / f"{table}.csv")
        for table in ("response", "background")
    ]
    tables = {
        "prosos_wave": survey.wave_rows(),
        "prosos_subproject": survey.subproject_rows(),
        "prosos_invitation": survey.invitation_rows(printed_survey),
    }
    files += _files(tables, PRINTED_TABLES, contracts)
    supplier = contracts["prosos_printed_response"].supplier
    return Delivery("prosos", PRINTED_TABLES, supplier, _sent_at(PRINTED_TABLES), files, nature="public")


def _rules(contracts: Contracts) -> Delivery:
    """What the laws say is public and true, and not made up."""
    contract = contracts["etotu_deadline_rule"]
    files = [data_file(contract, deadline_rows())]
    return Delivery("etotu", ALL_RULES, contract.supplier, _sent_at(ALL_RULES), files, nature="public")


def _municipal(demo: Demo, contracts: Contracts) -> Iterator[Delivery]:
    """Each municipality in its own form, and its own months and households."""
    for place, supplier in municipal.SUPPLIERS.items():
        decisions = list(municipal.decision_rows(demo.municipal, place, _codes(demo)))
        lines = list(municipal.expense_rows(demo.municipal, place))
        for period, delivery_id in zip(municipal.HALVES, MUNICIPAL_DECISIONS[place], strict=True):
            tables = {
                "muni_supp_decision": within(decisions, "decision_date", *period),
                "muni_supp_expense_line": within(lines, "decision_date", *period),
            }
            files = _files(tables, delivery_id, contracts, supplier)
            yield Delivery("municipal", delivery_id, supplier, _sent_at(delivery_id), files, period)
        delivery_id = MUNICIPAL_HOUSEHOLDS[place]
        households = {"muni_household": municipal.household_rows(demo.municipal, {place})}
        files = _files(households, delivery_id, contracts, supplier)
        yield Delivery("municipal", delivery_id, supplier, _sent_at(delivery_id), files)


def _coded_answers(seed: int, contracts: Contracts) -> Delivery:
    tables = {"prosos_question": survey.question_rows(), "prosos_answer_code": survey.answer_code_rows(seed)}
    return _whole("prosos_question", CODED_ANSWERS, tables, contracts)


def _obstacle_log(contracts: Contracts) -> Delivery:
    tables = {
        "obstacle": obstacles.obstacle_rows(),
        "obstacle_status": obstacles.status_rows(),
        "obstacle_title": obstacles.title_rows(),
    }
    return _whole("obstacle", OBSTACLE_LOG, tables, contracts)


def _workshops(contracts: Contracts) -> Delivery:
    return _whole("swot_workshop", WORKSHOPS, {"swot_workshop": obstacles.workshop_rows()}, contracts)


def _documents(demo: Demo, contracts: Contracts) -> Iterator[Delivery]:
    """Extracts whose records fan out into several tables."""
    plans = plan_documents(demo.assessments, _codes(demo), demo.seed)
    yield _document(contracts["avain_client_plan"], CLIENT_PLANS, plans)
    export = contracts["prosos_webropol"]
    yield _document(export, LAST_WAVE, survey_export.last_wave(demo.seed))
    start = export.as_written_by(FIRST_WAVE_SUPPLIER)
    yield _document(start, FIRST_WAVE, survey_export.first_wave(demo.seed))
    cards = contracts["swot_export"]
    yield _document(cards, WORKSHOP_CARDS, workshop_cards.card_rows(cards, demo.seed))


def _document(contract: Contract, delivery_id: str, records: Iterable[Mapping[str, Any]]) -> Delivery:
    """A delivery of one document extract; its parts are in it."""
    files = [data_file(contract, records)]
    return Delivery(contract.source, delivery_id, contract.supplier, _sent_at(delivery_id), files)


def _reference_lists(municipality_seed: Path, contracts: Contracts) -> Iterator[Delivery]:
    """Facts: public, and the same whatever the seed."""
    divisions = reference_lists.read_municipalities(municipality_seed)
    municipalities = {"ref_municipality": reference_lists.municipality_rows(divisions)}
    yield _whole("ref_municipality", MUNICIPALITY_LIST, municipalities, contracts, nature="public")
    lists = {
        "ref_area_link": reference_lists.area_link_rows(divisions),
        "ref_codeset": reference_lists.codeset_rows(),
        "ref_code": reference_lists.code_rows(),
        "ref_holiday": reference_lists.holiday_rows(),
        "ref_reduction_rule": reference_lists.reduction_rule_rows(),
        "ref_disclosure_rule": reference_lists.disclosure_rule_rows(),
        "ref_series_break": reference_lists.series_break_rows(),
    }
    yield _whole("ref_area_link", STEWARDS_LISTS, lists, contracts, nature="public")


def _whole(
    extract: str, delivery_id: str, tables: Mapping[str, Iterable[Row]], contracts: Contracts, nature: str = "synthetic"
) -> Delivery:
    """A delivery of whole tables by the supplier of the extract."""
    files = _files(tables, delivery_id, contracts)
    contract = contracts[extract]
    return Delivery(contract.source, delivery_id, contract.supplier, _sent_at(delivery_id), files=files, nature=nature)


def within(rows: Iterable[Row], column: str, first: date, last: date) -> Iterator[Row]:
    """The rows whose date or timestamp lies in a period."""
    for row in rows:
        value = row[column]
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and first <= day <= last:
            yield row


def _files(
    tables: Mapping[str, Iterable[Row]], delivery_id: str, contracts: Contracts, supplier: str = ""
) -> list[DataFile]:
    """The tables in the form of the supplier, with the rows that are wrong on purpose."""
    return [
        data_file(contracts[extract].as_written_by(supplier), chain(rows, bad_rows(delivery_id, extract)))
        for extract, rows in tables.items()
    ]


def _sent_at(delivery_id: str) -> datetime:
    """Delivery ids are the time of sending in Finland."""
    return datetime.strptime(delivery_id, "%Y-%m-%dT%H%M").replace(tzinfo=HELSINKI)


def _codes(demo: Demo) -> set[str]:
    return {canary.identity_code for canary in demo.canaries}


def _appoint_canaries(
    world: World,
    notices: list[Notice],
    events: list[Event],
    assessments: list[Assessment],
    decisions: list[municipal.Decision],
) -> list[Canary]:
    """Canaries are people whose texts are delivered: with a noted event, a reviewed goal, a noted decision."""
    taken: set[str] = set()
    reviewed = [start.person for start in assessments if any(goal.attainment for goal in start.goals)]
    noted = [event.notice.person for event in events if event.seq == 1]
    chosen = [
        *appoint("avain", reviewed, taken),
        *appoint("etotu", noted, taken),
        *appoint("kela", (household.applicant for household in world.households), taken),
        *appoint("municipal", _decided_by_the_first_sender(decisions), taken),
    ]
    for notice in notices:
        notice.phone_included = notice.phone_included or notice.person.code in taken
    return chosen


def _decided_by_the_first_sender(decisions: list[municipal.Decision]) -> Iterator[Person]:
    """Clients of the first municipality in the half of the year that it sends in any case."""
    place = next(iter(municipal.SUPPLIERS))
    return (made.person for made in decisions if made.municipality == place and made.decided <= municipal.HALVES[0][1])
