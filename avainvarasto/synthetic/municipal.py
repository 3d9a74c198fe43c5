"""Two municipalities' social assistance: supplementary and preventive, by application passed on by Kela or made there.

Their ids are numbers of a counter that each starts anew, so equal ids of the two stand for different households and
decisions. Kuopio still writes as its old client system did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from avainvarasto.synthetic.chance import day_between, draw, stream, weekday_from
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.writer import Row, euros

SUPPLIERS = {"837": "Tampere", "297": "Kuopio"}

DIRECT_SHARE, URGENT_SHARE = 0.7, 0.1
KINDS = {"TAYDENTAVA": 0.78, "EHKAISEVA": 0.22}
GRANTED_SHARE = 0.72
RECOVERED_SHARE = 0.04
NEVER_COMPLETE_SHARE = 0.03
# Of the requests for further information, 3.2 per cent came too late in April 2024 (THL).
REQUESTED_WITHIN, REQUEST_LATE_SHARE, TIME_TO_ANSWER = 4, 0.032, 10
# Of applications of counties in April 2024 3.1 per cent were decided on too late, of municipal ones in October 2017 2.8
# (THL, Toimeentulotuen käsittelyajat). Weekdays from completion: holidays apart, seven are in time.
LATE_SHARE = 0.03
IN_TIME, TOO_LATE = (0, 6), (10, 16)
# Numbers stand for codes of THL's code set 1279, whose list could not be used here.
EXPENSES = {"1": 0.35, "2": 0.25, "3": 0.20, "4": 0.12, "5": 0.08}
AMOUNTS = {"TAYDENTAVA": (3000, 40000), "EHKAISEVA": (5000, 120000)}
SECOND_LINE_SHARE = 0.25
NOTE = "Maksusitoumus lähetetty osoitteeseen {address}; tiedusteltu numerosta {phone}."
CONTACT_NOTE = "{name}, {address}, puh. {phone}: käynyt toimistolla."


@dataclass(frozen=True)
class Family:
    """A household as a municipality knows it; `number` is its position in the country, which no file has."""

    number: int
    applicant: Person
    spouse: Person | None
    n_children: int


@dataclass(frozen=True)
class Application:
    """An application that Kela passed on; `registered` is the day of the decision where the municipality noted one."""

    notification_id: str
    municipality: str
    family: Family
    applied: date
    urgent: bool
    registered: date | None


@dataclass(frozen=True)
class Decision:
    """One decision of a municipality; ids are numbers within it."""

    municipality: str
    number: int
    family: Family
    notification_id: str | None
    kind: str
    applied: date
    urgent: bool
    asked: date | None
    answer_by: date | None
    complete: date | None
    decided: date
    positive: bool
    applied_cents: int
    lines: tuple[tuple[str, int], ...]
    recovered: bool

    @property
    def person(self) -> Person:
        """Who applied."""
        return self.family.applicant


def make_decisions(
    passed_on: Sequence[Application],
    residents: Mapping[str, Sequence[Family]],
    first: date,
    last: date,
    seed: int,
) -> list[Decision]:
    """Decisions of the municipalities within a time, in the order of deciding.

    Args:
        passed_on: the applications that Kela passed on.
        residents: families by municipality, of whom some apply at the office.
        first: first day of the time.
        last: last day of the time.
        seed: which made-up world.
    """
    rng = stream(seed, "municipal")
    drafts = [
        _draft(rng, one.municipality, one.family, one.applied, one.urgent, one)
        for one in passed_on
        if one.municipality in SUPPLIERS
    ]
    for place in SUPPLIERS:
        from_kela = sum(1 for draft in drafts if draft.municipality == place)
        for _ in range(round(DIRECT_SHARE * from_kela) if residents.get(place) else 0):
            applied = weekday_from(day_between(rng, first, last))
            drafts.append(_draft(rng, place, rng.choice(residents[place]), applied, rng.random() < URGENT_SHARE))
    asking = stream(seed, "municipal requests")
    drafts = [_asked(asking, draft) for draft in drafts if first <= draft.decided <= last]
    drafts.sort(key=lambda draft: (draft.decided, draft.person.code))
    numbers = Counter[str]()
    made = []
    for draft in drafts:
        numbers[draft.municipality] += 1
        made.append(replace(draft, number=numbers[draft.municipality]))
    return made


def of_family(made: Decision, family: Family) -> Decision:
    """The decision with the family as it is known now."""
    return replace(made, family=family)


def household_rows(decisions: Sequence[Decision], place: str, as_of: date) -> Iterator[Row]:
    """Households of the decisions of one municipality, each once."""
    for (decided_in, _), (number, family) in _numbers(decisions).items():
        if decided_in == place:
            yield {
                "municipality_code": place,
                "household_id": _household_id(number),
                "applicant_id": family.applicant.code,
                "applicant_name": family.applicant.name,
                "spouse_id": family.spouse.code if family.spouse else None,
                "n_adults": 2 if family.spouse else 1,
                "n_children": family.n_children,
                "as_of_date": as_of,
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
            "decision_id": _decision_id(made),
            "household_id": _household_id(numbers[place, made.family.number][0]),
            "client_id": made.person.code,
            "kind": made.kind,
            "application_date": made.applied,
            "received_from_kela": made.notification_id is not None,
            "kela_notification_id": made.notification_id,
            "urgent": made.urgent,
            "additional_info_requested_date": made.asked,
            "additional_info_deadline": made.answer_by,
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
                    "decision_id": _decision_id(made),
                    "seq": line,
                    "decision_date": made.decided,
                    "expense_code": code,
                    "amount_eur": euros(cents),
                }


def _draft(
    rng: Random, place: str, family: Family, applied: date, urgent: bool, passed_on: Application | None = None
) -> Decision:
    """A decision without its number. Where the municipality registered the day of its decision, it is that."""
    late = rng.random() < LATE_SHARE
    waited = rng.randint(3, 6) if late else rng.randint(0, 1)
    soon = weekday_from(applied + timedelta(days=waited if urgent else rng.randint(2, 20) + (14 if late else 0)))
    decided = (passed_on and passed_on.registered) or soon
    handled = _weekdays_before(decided, rng.randint(*(TOO_LATE if late else IN_TIME)))
    # What is asked for may never come; a supplement that came is what made the application complete.
    complete = None if rng.random() < NEVER_COMPLETE_SHARE else applied if urgent else max(applied, handled)
    kind = draw(rng, KINDS)
    positive = complete is not None and rng.random() < GRANTED_SHARE
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
        family=family,
        notification_id=passed_on.notification_id if passed_on else None,
        kind=kind,
        applied=applied,
        urgent=urgent,
        asked=None,
        answer_by=None,
        complete=complete,
        decided=decided,
        positive=positive,
        applied_cents=wanted,
        lines=lines,
        recovered=positive and rng.random() < RECOVERED_SHARE,
    )


def _asked(rng: Random, draft: Decision) -> Decision:
    """With a request for further information where the application was not complete when it came."""
    wait = rng.randint(10, 14) if rng.random() < REQUEST_LATE_SHARE else rng.randint(0, REQUESTED_WITHIN)
    asked = weekday_from(draft.applied + timedelta(days=wait))
    if draft.complete == draft.applied or asked > (draft.complete or draft.decided):
        return draft
    return replace(draft, asked=asked, answer_by=min(asked + timedelta(days=TIME_TO_ANSWER), draft.decided))


def _weekdays_before(day: date, n: int) -> date:
    """So many weekdays before a weekday."""
    weeks, days = divmod(n, 5)
    return day - timedelta(days=7 * weeks + days + (2 if days > day.weekday() else 0))


def _numbers(decisions: Sequence[Decision]) -> dict[tuple[str, int], tuple[int, Family]]:
    """The number of each household within its municipality, in the order of the first decision."""
    counters = Counter[str]()
    numbers: dict[tuple[str, int], tuple[int, Family]] = {}
    for made in decisions:
        at = (made.municipality, made.family.number)
        if at not in numbers:
            counters[made.municipality] += 1
            numbers[at] = (counters[made.municipality], made.family)
    return numbers


def _household_id(number: int) -> str:
    return f"T{number:05d}"


def _decision_id(made: Decision) -> str:
    return f"{made.decided.year}-{made.number:05d}"
