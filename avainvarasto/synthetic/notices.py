"""Kela's notifications to municipalities (eTotu): who is notified, when and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from avainvarasto.synthetic.chance import YEAR, day_between, draw, stream
from avainvarasto.synthetic.households import World
from avainvarasto.synthetic.people import Person

NOTICES = 2000

# The first four as published of 2017-2018 (Jokela, Kivipelto & Ylikännö, THL 26/2019); the rest is made up.
TYPE_SHARES = {
    "TAYD_EHK_HAKEMUS": 0.51,
    "ALENNETTU_PERUSOSA": 0.20,
    "TYOTON_25PLUS_12KK": 0.10,
    "SOSIAALITYON_TARVE": 0.09,
    "TYOTON_ALLE25_4KK": 0.04,
    "YHTEYDENOTTO": 0.03,
    "MAAHANMUUTTAJA_2KK": 0.02,
    "KUNTOUTTAVA_KOTOUTUMINEN": 0.01,
}
# Themes of the need of social work, same source; the last one is the rest.
THEME_SHARES = {"ELAMANHALLINTA": 0.35, "TOIMEENTULO": 0.24, "ASUMINEN": 0.19, "TERVEYDENTILA": 0.08, "MUU": 0.14}
URGENT_SHARE = {"SOSIAALITYON_TARVE": 0.15, "TAYD_EHK_HAKEMUS": 0.12, "YHTEYDENOTTO": 0.10}
SENT_NEXT_DAY = ("TAYD_EHK_HAKEMUS", "ALENNETTU_PERUSOSA")
PHONE_SHARE = 0.8
CONSENT_SHARES = {True: 0.70, False: 0.10, None: 0.20}

ELIGIBLE: dict[str, Callable[[Person], bool]] = {
    "TYOTON_25PLUS_12KK": lambda person: person.age >= 25,
    "TYOTON_ALLE25_4KK": lambda person: person.age < 25,
    "MAAHANMUUTTAJA_2KK": lambda person: person.citizenship in ("EU", "OTHER"),
}


@dataclass(eq=False)
class Notice:
    """One notification. Mutable: a canary's carries the telephone number."""

    notification_id: str
    person: Person
    kind: str
    urgent: bool
    theme: str | None
    criteria_met: date
    sent: datetime
    municipality: str
    consent: bool | None
    phone_included: bool


def make_notices(world: World, seed: int) -> list[Notice]:
    """The notifications of the year, in the order of sending; about people with support in that month."""
    rng = stream(seed, "notices")
    by_month = _adults_by_month(world)
    pools: dict[tuple[int, str], list[tuple[Person, str]]] = {}
    drawn = []
    for _ in range(NOTICES):
        kind = draw(rng, TYPE_SHARES)
        sent_on = day_between(rng, date(YEAR, 1, 1), date(YEAR, 12, 31))
        key = (sent_on.month, kind)
        if key not in pools:
            suits = ELIGIBLE.get(kind, _anybody)
            pools[key] = [pair for pair in by_month[sent_on.month] if suits(pair[0])]
        person, municipality = rng.choice(pools[key])
        drawn.append(_notice(rng, kind, sent_on, person, municipality))
    drawn.sort(key=lambda notice: notice.sent)
    for number, notice in enumerate(drawn, 1):
        notice.notification_id = f"E{YEAR}-{number:06d}"
    return drawn


def _anybody(person: Person) -> bool:
    return True


def _adults_by_month(world: World) -> dict[int, list[tuple[Person, str]]]:
    by_month: dict[int, list[tuple[Person, str]]] = {number: [] for number in range(1, 13)}
    for household in world.households:
        for month in household.months:
            by_month[month.month.month] += [
                (person, month.municipality) for person in household.adults if person.age < 65
            ]
    return by_month


def _notice(rng: Random, kind: str, sent_on: date, person: Person, municipality: str) -> Notice:
    return Notice(
        notification_id="",
        person=person,
        kind=kind,
        urgent=rng.random() < URGENT_SHARE.get(kind, 0.01),
        theme=draw(rng, THEME_SHARES) if kind == "SOSIAALITYON_TARVE" else None,
        criteria_met=sent_on - timedelta(days=1 if kind in SENT_NEXT_DAY else 0),
        sent=datetime.combine(sent_on, time(rng.randint(7, 20), rng.randint(0, 59))),
        municipality=municipality,
        consent=draw(rng, CONSENT_SHARES),
        phone_included=rng.random() < PHONE_SHARE,
    )
