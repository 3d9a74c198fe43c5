"""What municipalities do with a notification: the way of a case through contact, appointment and assessment.

The differences are made up after what reports say in words: need of social work leads to a meeting most often and a
reduction least, the young miss appointments most, some municipalities hardly react, and Tampere does not as a rule
call in the young, who had a coach of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from avainvarasto.synthetic.chance import YEAR, draw, stream, weekday_from
from avainvarasto.synthetic.notices import Notice
from avainvarasto.synthetic.places import HARDLY_REACTS, TAMPERE

YOUNG = 25
# Chance that one attempt reaches the client.
REACH = {
    "SOSIAALITYON_TARVE": 0.65,
    "YHTEYDENOTTO": 0.60,
    "TAYD_EHK_HAKEMUS": 0.45,
    "MAAHANMUUTTAJA_2KK": 0.40,
    "KUNTOUTTAVA_KOTOUTUMINEN": 0.40,
    "TYOTON_25PLUS_12KK": 0.32,
    "TYOTON_ALLE25_4KK": 0.25,
    "ALENNETTU_PERUSOSA": 0.12,
}
ATTEMPTS = {"YHT_PUHELIN": 0.60, "YHT_KIRJE": 0.30, "YHT_VIESTI": 0.10}
MOST_ATTEMPTS = 3
NO_SHOW_YOUNG, NO_SHOW_UNDER_35, NO_SHOW_ELSE = 0.45, 0.25, 0.14
CANCELLED = 0.06
DECIDED_WITHOUT_MEETING = 0.45
ASSESSED, ASSESSMENT_NOT_NEEDED, PLANNED = 0.70, 0.15, 0.65
REACTION = {"nothing": 0.04, "received": 0.05, "no measures": 0.05, "works": 0.86}
REACTION_WHERE_IT_HARDLY_REACTS = {"nothing": 0.60, "received": 0.30, "works": 0.10}
REACTION_TO_THE_YOUNG_IN_TAMPERE = {"received": 0.05, "no measures": 0.80, "works": 0.15}


@dataclass(frozen=True)
class Event:
    """One event of a case."""

    notice: Notice
    seq: int
    at: datetime
    kind: str
    worker_role: str


def work_cases(notices: Sequence[Notice], seed: int) -> list[Event]:
    """All events until the end of the year, by time; cases that go on later are open."""
    rng = stream(seed, "casework")
    events = [event for notice in notices for event in _Case(rng, notice).run()]
    known = [event for event in events if event.at.year == YEAR]
    return sorted(known, key=lambda event: (event.at, event.notice.notification_id, event.seq))


class _Case:
    """Follows one notification from day to day; all work is done on weekdays."""

    def __init__(self, rng: Random, notice: Notice) -> None:
        self._rng = rng
        self._notice = notice
        self._young = notice.person.age < YOUNG
        self._day = notice.sent.date()
        self._events: list[Event] = []

    def run(self) -> list[Event]:
        reaction = draw(self._rng, self._reactions())
        if reaction == "nothing":
            return []
        self._then("VASTAANOTETTU", 1, 2, "ETUUSKASITTELIJA")
        if reaction == "no measures":
            self._then("EI_TOIMENPITEITA", 3, 30)
        if reaction == "works":
            self._work()
        return self._events

    def _reactions(self) -> dict[str, float]:
        if self._notice.municipality == HARDLY_REACTS:
            return REACTION_WHERE_IT_HARDLY_REACTS
        if self._notice.municipality == TAMPERE and self._young:
            return REACTION_TO_THE_YOUNG_IN_TAMPERE
        return REACTION

    def _work(self) -> None:
        if self._notice.kind == "TAYD_EHK_HAKEMUS" and self._happens(DECIDED_WITHOUT_MEETING):
            self._then("PAATOS", 0 if self._notice.urgent else 2, 1 if self._notice.urgent else 14)
            self._then("PAATETTY", 0, 3)
        elif not self._reached():
            self._then("EI_TAVOITETTU_KIRJE", 5, 20)
            self._then("PAATETTY", 5, 30)
        elif self._met():
            self._assess()

    def _reached(self) -> bool:
        for _ in range(self._rng.randint(1, MOST_ATTEMPTS)):
            self._then(draw(self._rng, ATTEMPTS), 0 if self._notice.urgent else 1, 1 if self._notice.urgent else 9)
            if self._happens(REACH[self._notice.kind]):
                self._then("TAVOITETTU", 0, 3)
                return True
        return False

    def _met(self) -> bool:
        no_show = NO_SHOW_YOUNG if self._young else NO_SHOW_UNDER_35 if self._notice.person.age < 35 else NO_SHOW_ELSE
        for _ in range(2):
            self._then("AIKA_VARATTU", 0, 4)
            if self._happens(CANCELLED):
                self._then("AIKA_PERUTTU", 1, 5)
            elif self._happens(no_show):
                self._then("EI_SAAPUNUT", 3, 14)
            else:
                self._then("TAPAAMINEN", 2, 16)
                return True
        self._then("PAATETTY", 5, 30)
        return False

    def _assess(self) -> None:
        if self._happens(ASSESSMENT_NOT_NEEDED):
            self._then("PTA_EI_TARPEEN", 0, 5)
        elif self._happens(ASSESSED):
            self._then("PTA_ALOITETTU", 0, 10)
            self._then("PTA_VALMIS", 5, 80)
            if self._happens(PLANNED):
                self._then("SUUNNITELMA", 0, 30)
                return
        self._then("PAATETTY", 2, 20)

    def _happens(self, share: float) -> bool:
        return self._rng.random() < share

    def _then(self, kind: str, soonest: int, latest: int, role: str | None = None) -> None:
        """Adds an event some days later, always after the one before."""
        self._day = weekday_from(self._day + timedelta(days=self._rng.randint(soonest, latest)))
        at = datetime.combine(self._day, time(8, self._rng.randint(0, 59)))
        if self._events and at <= self._events[-1].at:
            at = self._events[-1].at + timedelta(minutes=self._rng.randint(5, 40))
        self._events.append(Event(self._notice, len(self._events) + 1, at, kind, role or self._role()))

    def _role(self) -> str:
        if self._young and self._notice.municipality == TAMPERE:
            return "OMAVALMENTAJA"
        return draw(self._rng, {"SOSIAALITYONTEKIJA": 0.45, "SOSIAALIOHJAAJA": 0.50, "MUU": 0.05})
