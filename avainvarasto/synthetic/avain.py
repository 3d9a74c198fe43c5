"""AVAIN assessments of the pilot in 2018: start assessments with goals, reviews later in the year.

As in the mid-evaluation there are 162 clients by the middle of October, of whom 148 have a first assessment dated
March-October; who is behind the two numbers is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from avainvarasto.synthetic.chance import YEAR, day_between, draw, stream, weekday_from
from avainvarasto.synthetic.households import World
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.places import TAMPERE, TORNIO, TORNIO_LEFT_MONTH

FORM = "AVAIN2018"
# Clients by municipality; together 162 by the middle of October.
CLIENTS = {"837": 55, "297": 40, "211": 22, "680": 20, "320": 15, "851": 10}
BEFORE_MARCH = 9
YEAR_ONLY = 5
MONTH_ONLY = 6
AFTER_OCTOBER = {"837": 4, "297": 3, "211": 1, "680": 1, "320": 1}
WITHOUT_CONSENT = {"837": 3, "297": 2}

# Money management, work ability, mental health and employment are the commonest goals.
GOAL_SHARES = {
    "G01": 0.12, "G02": 0.06, "G03": 0.05, "G04": 0.06, "G05": 0.05, "G06": 0.06, "G07": 0.05,
    "G08": 0.07, "G09": 0.06, "G10": 0.12, "G11": 0.15, "G12": 0.07, "G13": 0.13,
}  # fmt: skip
AIMS = {"1": 0.75, "2": 0.25}
CLIENT_PRESENT = {True: 0.85, False: 0.08, None: 0.07}
SUPPLEMENTARY_SHARE = 0.58
INTERIM_SHARE = 0.15
ENDED_SHARE = 0.76
MOST_GOALS = 4
ANOTHER_GOAL_SHARE = 0.55
GOAL_REVIEWED_SHARE = 0.93
ATTAINMENT = {"SAAVUTETTU": 0.30, "OSITTAIN": 0.38, "EI": 0.22, "EI_AJANKOHTAINEN": 0.10}
FIRST_REVIEW, LAST_REVIEW = date(YEAR, 8, 27), date(YEAR, 12, 20)
SOONEST_REVIEW = timedelta(days=50)


@dataclass(frozen=True)
class Goal:
    """One goal of a start assessment and, if it was reviewed, how it went."""

    seq: int
    code: str
    aim: str
    attainment: str | None
    judged_by: str | None


@dataclass(eq=False)
class Assessment:
    """One assessment; `written_date` is what the form says, sometimes only the month or the year."""

    assessment_id: str
    person: Person
    municipality: str
    kind: str
    day: date
    written_date: str
    previous: Assessment | None
    client_present: bool | None
    worker_role: str
    supplementary: bool
    consent: bool
    goals: list[Goal] = field(default_factory=list)
    reviewed_on: date | None = None


def make_assessments(world: World, seed: int) -> list[Assessment]:
    """All assessments: start assessments first, then those that follow them."""
    rng = stream(seed, "avain")
    starts = [_start(rng, person, place, when, consent) for person, place, when, consent in _clients(rng, world)]
    followers = [follower for start in starts for follower in _followers(rng, start)]
    for number, assessment in enumerate(starts + followers, 1):
        assessment.assessment_id = f"A{number:05d}"
    return starts + followers


def _clients(rng: Random, world: World) -> Iterator[tuple[Person, str, str, bool]]:
    """Person, municipality, time of the first assessment, consent. Long recipients become clients first."""
    pools = _long_recipients(rng, world)
    in_time = [(pools[place].pop(), place) for place, count in CLIENTS.items() for _ in range(count)]
    rng.shuffle(in_time)
    specials = ["early"] * BEFORE_MARCH + ["year"] * YEAR_ONLY + ["month"] * MONTH_ONLY
    for person, place in in_time:
        yield person, place, "day" if place == TORNIO or not specials else specials.pop(), True
    for place, count in AFTER_OCTOBER.items():
        for _ in range(count):
            yield pools[place].pop(), place, "late", True
    for place, count in WITHOUT_CONSENT.items():
        for _ in range(count):
            yield pools[place].pop(), place, "day", False


def _long_recipients(rng: Random, world: World) -> dict[str, list[Person]]:
    """Adults under 65 by pilot municipality, those with most months of support last."""
    pools: dict[str, list[tuple[int, float, Person]]] = {place: [] for place in CLIENTS}
    taken: set[str] = set()
    for household in world.households:
        if not household.months or household.months[0].municipality not in pools:
            continue
        for person in household.adults:
            if person.age < 65 and person.code not in taken:
                taken.add(person.code)
                pools[household.months[0].municipality].append((len(household.months), rng.random(), person))
    return {
        place: [person for _, _, person in sorted(pool, key=lambda entry: entry[:2])] for place, pool in pools.items()
    }


def _start(rng: Random, person: Person, place: str, when: str, consent: bool) -> Assessment:
    first, last = {
        "early": (date(YEAR, 2, 5), date(YEAR, 2, 26)),
        "late": (date(YEAR, 11, 5), date(YEAR, 12, 14)),
        "month": (date(YEAR, 3, 1), date(YEAR, 9, 28)),
    }.get(when, (date(YEAR, 3, 1), date(YEAR, 10, 15)))
    if place == TORNIO:
        last = date(YEAR, TORNIO_LEFT_MONTH, 25)
    day = weekday_from(day_between(rng, first, last))
    assessment = _assessment(rng, person, place, kind="ALKU", day=day, consent=consent)
    assessment.written_date = {"year": f"{day:%Y}", "month": f"{day:%Y-%m}"}.get(when, day.isoformat())
    ends = place != TORNIO and when != "late" and rng.random() < ENDED_SHARE
    if ends:
        assessment.reviewed_on = weekday_from(day_between(rng, max(FIRST_REVIEW, day + SOONEST_REVIEW), LAST_REVIEW))
    codes: list[str] = []
    while not codes or (len(codes) < MOST_GOALS and rng.random() < ANOTHER_GOAL_SHARE):
        code = draw(rng, {goal: share for goal, share in GOAL_SHARES.items() if goal not in codes})
        codes.append(code)
    assessment.goals = [_goal(rng, seq, code, ends) for seq, code in enumerate(codes, 1)]
    return assessment


def _goal(rng: Random, seq: int, code: str, ends: bool) -> Goal:
    reviewed = ends and rng.random() < GOAL_REVIEWED_SHARE
    return Goal(
        seq=seq,
        code=code,
        aim=draw(rng, AIMS),
        attainment=draw(rng, ATTAINMENT) if reviewed else None,
        judged_by=draw(rng, {"YHTEINEN": 0.75, "TYONTEKIJA": 0.15, "ASIAKAS": 0.10}) if reviewed else None,
    )


def _followers(rng: Random, start: Assessment) -> Iterator[Assessment]:
    """The end assessment that reviews the goals and, for a few, an interim one; both point to the start."""
    if start.reviewed_on is None:
        return
    between = (start.day + timedelta(days=21), start.reviewed_on - timedelta(days=21))
    dated = [("LOPPU", start.reviewed_on)]
    if rng.random() < INTERIM_SHARE:
        dated.insert(0, ("VALI", weekday_from(day_between(rng, *between))))
    for kind, day in dated:
        follower = _assessment(rng, start.person, start.municipality, kind=kind, day=day, consent=start.consent)
        follower.previous = start
        yield follower


def _assessment(rng: Random, person: Person, place: str, *, kind: str, day: date, consent: bool) -> Assessment:
    coached = place == TAMPERE and person.age < 25
    return Assessment(
        assessment_id="",
        person=person,
        municipality=place,
        kind=kind,
        day=day,
        written_date=day.isoformat(),
        previous=None,
        client_present=draw(rng, CLIENT_PRESENT),
        worker_role="OMAVALMENTAJA" if coached else draw(rng, {"SOSIAALITYONTEKIJA": 0.6, "SOSIAALIOHJAAJA": 0.4}),
        supplementary=rng.random() < SUPPLEMENTARY_SHARE,
        consent=consent,
    )
