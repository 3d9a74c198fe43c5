"""Two municipalities' social assistance: supplementary and preventive, by application passed on by Kela or made there.

Their ids are numbers of a counter that each starts anew, so equal ids of the two stand for different households and
decisions. Kuopio still writes as its old client system did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from avainvarasto.synthetic.casework import Event
from avainvarasto.synthetic.chance import YEAR, day_between, draw, stream, weekday_from
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.notices import Notice
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.writer import Row, euros

SUPPLIERS = {"837": "Tampere", "297": "Kuopio"}
HALVES = ((date(YEAR, 1, 1), date(YEAR, 6, 30)), (date(YEAR, 7, 1), date(YEAR, 12, 31)))

DIRECT_SHARE = 0.7
KINDS = {"TAYDENTAVA": 0.78, "EHKAISEVA": 0.22}
GRANTED_SHARE = 0.72
RECOVERED_SHARE = 0.04
NEVER_COMPLETE_SHARE = 0.1
# Numbers stand for codes of THL's code set 1279, whose list could not be used here.
EXPENSES = {"1": 0.35, "2": 0.25, "3": 0.20, "4": 0.12, "5": 0.08}
AMOUNTS = {"TAYDENTAVA": (3000, 40000), "EHKAISEVA": (5000, 120000)}
SECOND_LINE_SHARE = 0.25
NOTE = "Maksusitoumus lähetetty osoitteeseen {address}; tiedusteltu numerosta {phone}."
CONTACT_NOTE = "{name}, {address}, puh. {phone}: käynyt toimistolla."


@dataclass(frozen=True)
class Decision:
    """One decision of a municipality; ids are numbers within it."""

    municipality: str
    number: int
    household: Household
    person: Person
    kind: str
    applied: date
    notice: Notice | None
    urgent: bool
    complete: date | None
    decided: date
    positive: bool
    applied_cents: int
    lines: tuple[tuple[str, int], ...]
    recovered: bool


def make_decisions(world: World, notices: Sequence[Notice], events: Sequence[Event], seed: int) -> list[Decision]:
    """Decisions of the year in the two municipalities, in the order of deciding."""
    rng = stream(seed, "municipal")
    homes = _homes(world)
    registered = {event.notice.notification_id: event.at.date() for event in events if event.kind == "PAATOS"}
    drafts: list[Decision] = []
    for notice in notices:
        if notice.kind == "TAYD_EHK_HAKEMUS" and notice.municipality in SUPPLIERS and notice.person.code in homes:
            known = registered.get(notice.notification_id)
            household = homes[notice.person.code]
            drafts.append(_draft(rng, notice.municipality, household, notice.person, notice, known))
    for place in SUPPLIERS:
        from_kela = sum(1 for draft in drafts if draft.municipality == place)
        residents = [h for h in world.households if h.months and h.months[0].municipality == place]
        for _ in range(round(DIRECT_SHARE * from_kela)):
            household = rng.choice(residents)
            drafts.append(_draft(rng, place, household, rng.choice(household.adults), None, None))
    drafts = [draft for draft in drafts if draft.decided.year == YEAR]
    drafts.sort(key=lambda draft: (draft.decided, draft.person.code))
    numbers = Counter[str]()
    made = []
    for draft in drafts:
        numbers[draft.municipality] += 1
        made.append(replace(draft, number=numbers[draft.municipality]))
    return made


def household_rows(decisions: Sequence[Decision], place: str) -> Iterator[Row]:
    """Households of the decisions of one municipality, each once."""
    for (decided_in, _), (number, household) in _numbers(decisions).items():
        if decided_in == place:
            yield {
                "municipality_code": place,
                "household_id": _household_id(number),
                "applicant_id": household.applicant.code,
                "applicant_name": household.applicant.name,
                "spouse_id": household.spouse.code if household.spouse else None,
                "n_adults": len(household.adults),
                "n_children": len(household.children),
                "as_of_date": date(YEAR, 12, 31),
            }


def decision_rows(decisions: Sequence[Decision], place: str, canaries: Set[str]) -> Iterator[Row]:
    """Decisions of one municipality; the notes about canaries hold all contact details."""
    numbers = _numbers(decisions)
    for made in decisions:
        if made.municipality != place:
            continue
        note = CONTACT_NOTE if made.person.code in canaries else NOTE if made.number % 9 == 0 else None
        yield {
            "municipality_code": place,
            "decision_id": _decision_id(made.number),
            "household_id": _household_id(numbers[place, made.household.household_id][0]),
            "client_id": made.person.code,
            "kind": made.kind,
            "application_date": made.applied,
            "received_from_kela": made.notice is not None,
            "kela_notification_id": made.notice.notification_id if made.notice else None,
            "urgent": made.urgent,
            "complete_date": made.complete,
            "decision_date": made.decided,
            "decision_kind": "1" if made.positive else "2",
            "applied_eur": euros(made.applied_cents),
            "granted_eur": euros(sum(cents for _, cents in made.lines)),
            "recovery_flag": made.recovered,
            "note": note and note.format(name=made.person.name, phone=made.person.phone, address=made.person.address),
        }


def expense_rows(decisions: Sequence[Decision], place: str) -> Iterator[Row]:
    """What the decisions of one municipality were granted for."""
    for made in decisions:
        for line, (code, cents) in enumerate(made.lines, 1):
            if made.municipality == place:
                yield {
                    "municipality_code": place,
                    "decision_id": _decision_id(made.number),
                    "seq": line,
                    "decision_date": made.decided,
                    "expense_code": code,
                    "amount_eur": euros(cents),
                }


def _homes(world: World) -> dict[str, Household]:
    """The first household of each adult."""
    homes: dict[str, Household] = {}
    for household in world.households:
        for person in household.adults if household.months else []:
            homes.setdefault(person.code, household)
    return homes


def _draft(
    rng: Random, place: str, household: Household, person: Person, notice: Notice | None, registered: date | None
) -> Decision:
    """A decision without its number. Where the municipality registered the day of its decision, it is that."""
    applied = notice.criteria_met if notice else weekday_from(day_between(rng, date(YEAR, 1, 2), date(YEAR, 12, 28)))
    urgent = notice.urgent if notice else rng.random() < 0.1
    soon = weekday_from(applied + timedelta(days=rng.randint(0, 1) if urgent else rng.randint(2, 20)))
    decided = registered or soon
    complete = (
        None if rng.random() < NEVER_COMPLETE_SHARE else min(decided, applied + timedelta(days=rng.randint(0, 6)))
    )
    kind = draw(rng, KINDS)
    positive = rng.random() < GRANTED_SHARE
    wanted = rng.randint(*AMOUNTS[kind])
    lines: tuple[tuple[str, int], ...] = ()
    if positive:
        granted = round(wanted * rng.uniform(0.6, 1.0))
        first, second = draw(rng, EXPENSES), draw(rng, EXPENSES)
        lines = ((first, granted),)
        if rng.random() < SECOND_LINE_SHARE:
            lines = ((first, granted - granted // 3), (second, granted // 3))
    return Decision(
        municipality=place,
        number=0,
        household=household,
        person=person,
        kind=kind,
        applied=applied,
        notice=notice,
        urgent=urgent,
        complete=complete,
        decided=decided,
        positive=positive,
        applied_cents=wanted,
        lines=lines,
        recovered=positive and rng.random() < RECOVERED_SHARE,
    )


def _numbers(decisions: Sequence[Decision]) -> dict[tuple[str, str], tuple[int, Household]]:
    """The number of each household within its municipality, in the order of the first decision."""
    counters = Counter[str]()
    numbers: dict[tuple[str, str], tuple[int, Household]] = {}
    for made in decisions:
        at = (made.municipality, made.household.household_id)
        if at not in numbers:
            counters[made.municipality] += 1
            numbers[at] = (counters[made.municipality], made.household)
    return numbers


def _household_id(number: int) -> str:
    return f"T{number:05d}"


def _decision_id(number: int) -> str:
    return f"{YEAR}-{number:05d}"
