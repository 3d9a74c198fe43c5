"""AVAIN assessments of the pilot in 2018: start assessments with goals, reviews later in the year.

As in the mid-evaluation there are 162 clients by the middle of October, of whom 148 have a first assessment dated
March-October; who is behind the two numbers is made up. Who does not commit to the work attains less and is reviewed
less often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from avainvarasto.synthetic.chance import YEAR, day_between, draw, stream, weekday_from
from avainvarasto.synthetic.country.traps import BASE_OF_FIGURES, PARTIAL_DATES, UNREVIEWED
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
CLIENTS_IN_ALL = {code: n + AFTER_OCTOBER.get(code, 0) + WITHOUT_CONSENT.get(code, 0) for code, n in CLIENTS.items()}

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
ENDED_SHARE_ELSE = 0.45
ATTAINMENT_ELSE = {"SAAVUTETTU": 0.15, "OSITTAIN": 0.30, "EI": 0.43, "EI_AJANKOHTAINEN": 0.12}
# The commonest goals in their order (THL, Tutkimuksesta tiiviisti 31/2018, figure 3).
COMMONEST = ("G11", "G13", "G10", "G01")
FIRST_REVIEW, LAST_REVIEW = date(YEAR, 8, 27), date(YEAR, 12, 20)
SOONEST_REVIEW, LAST_BEFORE_SENDING = timedelta(days=50), date(YEAR + 1, 1, 11)


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


@dataclass(frozen=True)
class Client:
    """A person who may become a client, and whether it commits to the work."""

    person: Person
    commits: bool


def make_assessments(pools: Mapping[str, Sequence[Client]], seed: int, traps: frozenset[int]) -> list[Assessment]:
    """All assessments: start assessments first, then those that follow them.

    Drawn again and again until the commonest goals have the order that was published of the real ones.

    Args:
        pools: who may become a client by municipality; the last first.
        seed: which made-up world.
        traps: the planted traps; some are in the form.
    """
    for attempt in count():
        assessments = _drawn(stream(seed, f"avain {attempt}"), pools, traps)
        if _in_published_order(assessments) and _in_published_order([one for one in assessments if one.consent]):
            return assessments
    raise AssertionError("unreachable")


def _drawn(rng: Random, pools: Mapping[str, Sequence[Client]], traps: frozenset[int]) -> list[Assessment]:
    starts = [
        _start(rng, client, place, when, consent, reviewed=UNREVIEWED not in traps)
        for client, place, when, consent in _clients(rng, pools, traps)
    ]
    followers = [follower for start in starts for follower in _followers(rng, start)]
    for number, assessment in enumerate(starts + followers, 1):
        assessment.assessment_id = f"A{number:05d}"
    return starts + followers


def _in_published_order(assessments: Sequence[Assessment]) -> bool:
    """Money first, then work ability, mental health and employment, and everything else after them."""
    clients = Counter(goal.code for assessment in assessments for goal in assessment.goals)
    ranked = [clients[code] for code in COMMONEST]
    others = max(n for code, n in clients.items() if code not in COMMONEST)
    return ranked == sorted(ranked, reverse=True) and len({*ranked, others}) == len(ranked) + 1 and ranked[-1] > others


def _clients(
    rng: Random, pools: Mapping[str, Sequence[Client]], traps: frozenset[int]
) -> Iterator[tuple[Client, str, str, bool]]:
    """Client, municipality, time of the first assessment, consent."""
    left = {place: list(pool) for place, pool in pools.items()}
    in_time = [(left[place].pop(), place) for place, n in CLIENTS.items() for _ in range(n)]
    rng.shuffle(in_time)
    specials = _unusual_dates(traps)
    for client, place in in_time:
        yield client, place, "day" if place == TORNIO or not specials else specials.pop(), True
    for place, n in AFTER_OCTOBER.items():
        for _ in range(n):
            yield left[place].pop(), place, "late", True
    for place, n in WITHOUT_CONSENT.items():
        for _ in range(n):
            yield left[place].pop(), place, "day", False


def _unusual_dates(traps: frozenset[int]) -> list[str]:
    """Times of the first assessments that are out of the ordinary; a date without its month is of both traps."""
    outside = BEFORE_MARCH + YEAR_ONLY if BASE_OF_FIGURES in traps else 0
    year_only = YEAR_ONLY if outside and PARTIAL_DATES in traps else 0
    month_only = MONTH_ONLY if PARTIAL_DATES in traps else 0
    return ["early"] * (outside - year_only) + ["year"] * year_only + ["month"] * month_only


def _start(rng: Random, client: Client, place: str, when: str, consent: bool, *, reviewed: bool) -> Assessment:
    """A start assessment; `reviewed` says that every goal of everybody is."""
    first, last = {
        "early": (date(YEAR, 2, 5), date(YEAR, 2, 26)),
        "late": (date(YEAR, 11, 5), date(YEAR, 12, 14)),
        "month": (date(YEAR, 3, 1), date(YEAR, 9, 28)),
    }.get(when, (date(YEAR, 3, 1), date(YEAR, 10, 15)))
    if place == TORNIO:
        last = date(YEAR, TORNIO_LEFT_MONTH, 25)
    day = weekday_from(day_between(rng, first, last))
    assessment = _assessment(rng, client.person, place, kind="ALKU", day=day, consent=consent)
    assessment.written_date = {"year": f"{day:%Y}", "month": f"{day:%Y-%m}"}.get(when, day.isoformat())
    share = ENDED_SHARE if client.commits else ENDED_SHARE_ELSE
    ends = reviewed or (place != TORNIO and when != "late" and rng.random() < share)
    if ends:
        assessment.reviewed_on = _review_day(rng, day)
    codes: list[str] = []
    while not codes or (len(codes) < MOST_GOALS and rng.random() < ANOTHER_GOAL_SHARE):
        code = draw(rng, {goal: share for goal, share in GOAL_SHARES.items() if goal not in codes})
        codes.append(code)
    attainment = ATTAINMENT if client.commits else ATTAINMENT_ELSE
    assessment.goals = [
        _goal(rng, seq, code, ends and (reviewed or rng.random() < GOAL_REVIEWED_SHARE), attainment)
        for seq, code in enumerate(codes, 1)
    ]
    return assessment


def _review_day(rng: Random, start: date) -> date:
    """Not sooner than some weeks after the start, and before all assessments are sent."""
    latest = min(max(LAST_REVIEW, start + 2 * SOONEST_REVIEW), LAST_BEFORE_SENDING)
    return weekday_from(day_between(rng, min(max(FIRST_REVIEW, start + SOONEST_REVIEW), latest), latest))


def _goal(rng: Random, seq: int, code: str, reviewed: bool, attainment: Mapping[str, float]) -> Goal:
    return Goal(
        seq=seq,
        code=code,
        aim=draw(rng, AIMS),
        attainment=draw(rng, attainment) if reviewed else None,
        judged_by=draw(rng, {"YHTEINEN": 0.75, "TYONTEKIJA": 0.15, "ASIAKAS": 0.10}) if reviewed else None,
    )


def _followers(rng: Random, start: Assessment) -> Iterator[Assessment]:
    """The end assessment that reviews the goals and, for a few, an interim one; both point to the start."""
    if start.reviewed_on is None:
        return
    between = (start.day + timedelta(days=21), start.reviewed_on - timedelta(days=21))
    dated = [("LOPPU", start.reviewed_on)]
    if rng.random() < INTERIM_SHARE and between[0] <= between[1]:
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
