"""What municipalities do with the country's notices: reaction, contact, appointment, assessment, as columns.

The differences are made up after what reports say in words: need of social work leads to a meeting most often and a
reduction least, the young miss appointments most, some municipalities hardly react, and Tampere does not as a rule
call in the young, who had a coach of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.chance import drawn
from avainvarasto.synthetic.country.notices import KINDS, Notices
from avainvarasto.synthetic.country.spells import Bools

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
# Of urgent applications on the day on which they are received.
DECIDED_AT_ONCE = 0.95
ASSESSED, ASSESSMENT_NOT_NEEDED, PLANNED = 0.70, 0.15, 0.65
REACTION = {"nothing": 0.04, "received": 0.05, "no measures": 0.05, "works": 0.86}
REACTION_WHERE_IT_HARDLY_REACTS = {"nothing": 0.60, "received": 0.30, "works": 0.10}
REACTION_TO_THE_YOUNG_IN_TAMPERE = {"received": 0.05, "no measures": 0.80, "works": 0.15}
ROLES = {"SOSIAALITYONTEKIJA": 0.45, "SOSIAALIOHJAAJA": 0.50, "MUU": 0.05}
BENEFIT_WORKER, OWN_COACH = "ETUUSKASITTELIJA", "OMAVALMENTAJA"
COACHES_UNTIL = np.datetime64("2018-12-31")
MINUTES_APART = 40
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Events:
    """One entry an event, by notice and in its order: position of the notice, seq from 1, time, kind and role."""

    notice: Indices
    seq: npt.NDArray[np.int64]
    at: npt.NDArray[np.datetime64]
    kind: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.notice)


def work_cases(
    rng: np.random.Generator, notices: Notices, age: npt.NDArray[np.int64], hardly_reacts: Bools, in_tampere: Bools
) -> Events:
    """All events of the cases.

    Args:
        rng: random numbers.
        notices: the notices.
        age: of the person notified about.
        hardly_reacts: whether the municipality is one that hardly reacts.
        in_tampere: whether it is Tampere, where the young had a coach of their own until the end of 2018.
    """
    return _Cases(rng, notices, age, hardly_reacts, in_tampere).run()


class _Cases:
    """All cases side by side; each stage goes on with those that reached it. All work is done on weekdays."""

    def __init__(
        self,
        rng: np.random.Generator,
        notices: Notices,
        age: npt.NDArray[np.int64],
        hardly_reacts: Bools,
        tampere: Bools,
    ) -> None:
        self._rng, self._notices, self._age = rng, notices, age
        self._day = notices.sent.astype("datetime64[D]").copy()
        self._coached = tampere & (age < YOUNG) & (self._day <= COACHES_UNTIL)
        self._hardly = hardly_reacts & ~self._coached
        # Whoever asks for a discussion has a right to it within seven working days.
        self._soon = notices.urgent | (notices.kind == KINDS.index("YHTEYDENOTTO"))
        self._log: list[tuple[Indices, npt.NDArray[np.datetime64], str, npt.NDArray[np.str_]]] = []

    def run(self) -> Events:
        everyone = np.arange(len(self._notices))
        reaction = np.full(len(everyone), "", dtype=object)
        ways = (
            (self._coached, REACTION_TO_THE_YOUNG_IN_TAMPERE),
            (self._hardly, REACTION_WHERE_IT_HARDLY_REACTS),
            (~self._coached & ~self._hardly, REACTION),
        )
        for who, shares in ways:
            here = everyone[who]
            reaction[here] = np.array(list(shares), dtype=object)[drawn(self._rng, shares, len(here))]
        received, urgent = reaction != "nothing", self._notices.urgent
        self._then(everyone[received & urgent], "VASTAANOTETTU", 1, 1, BENEFIT_WORKER)
        self._then(everyone[received & ~urgent], "VASTAANOTETTU", 1, 2, BENEFIT_WORKER)
        self._then(everyone[reaction == "no measures"], "EI_TOIMENPITEITA", 3, 30)
        self._work(everyone[reaction == "works"])
        return self._events()

    def _work(self, cases: Indices) -> None:
        applies = self._notices.kind[cases] == KINDS.index("TAYD_EHK_HAKEMUS")
        decided = applies & self._happens(cases, DECIDED_WITHOUT_MEETING)
        urgent = self._notices.urgent[cases]
        at_once = self._happens(cases, DECIDED_AT_ONCE)
        self._then(cases[decided & urgent & at_once], "PAATOS", 0, 0)
        self._then(cases[decided & urgent & ~at_once], "PAATOS", 1, 4)
        self._then(cases[decided & ~urgent], "PAATOS", 2, 14)
        self._then(cases[decided], "PAATETTY", 0, 3)
        reached, never = self._contact(cases[~decided])
        self._then(never, "EI_TAVOITETTU_KIRJE", 5, 20)
        self._then(never, "PAATETTY", 5, 30)
        self._assess(self._meet(reached))

    def _contact(self, cases: Indices) -> tuple[Indices, Indices]:
        """Up to three attempts, each with the chance of its kind of notice."""
        chance = np.array([REACH[kind] for kind in KINDS])[self._notices.kind]
        attempts = self._rng.integers(1, MOST_ATTEMPTS + 1, len(cases))
        open_cases, reached = cases, []
        for number in range(MOST_ATTEMPTS):
            trying = open_cases[attempts[np.searchsorted(cases, open_cases)] > number]
            way = np.array(list(ATTEMPTS))[drawn(self._rng, ATTEMPTS, len(trying))]
            soon = self._soon[trying]
            for name in ATTEMPTS:
                self._then(trying[soon & (way == name)], name, 0, 1)
                self._then(trying[~soon & (way == name)], name, 1, 9)
            found = trying[self._rng.random(len(trying)) < chance[trying]]
            self._then(found, "TAVOITETTU", 0, 3)
            reached.append(found)
            open_cases = np.setdiff1d(open_cases, found, assume_unique=True)
        return np.sort(np.concatenate(reached)), open_cases

    def _meet(self, cases: Indices) -> Indices:
        """Two appointments at the most; returns those who met somebody."""
        age = self._age
        no_show = np.where(age < YOUNG, NO_SHOW_YOUNG, np.where(age < 35, NO_SHOW_UNDER_35, NO_SHOW_ELSE))
        waiting, met = cases, []
        for _ in range(2):
            soon = self._soon[waiting]
            self._then(waiting[soon], "AIKA_VARATTU", 0, 1)
            self._then(waiting[~soon], "AIKA_VARATTU", 0, 4)
            luck = self._rng.random(len(waiting))
            missed = CANCELLED + (1 - CANCELLED) * no_show[waiting]
            cancels, stays_away, comes = luck < CANCELLED, (luck >= CANCELLED) & (luck < missed), luck >= missed
            self._then(waiting[cancels], "AIKA_PERUTTU", 1, 5)
            self._then(waiting[stays_away & soon], "EI_SAAPUNUT", 0, 5)
            self._then(waiting[stays_away & ~soon], "EI_SAAPUNUT", 3, 14)
            self._then(waiting[comes & soon], "TAPAAMINEN", 0, 5)
            self._then(waiting[comes & ~soon], "TAPAAMINEN", 2, 16)
            met.append(waiting[comes])
            waiting = waiting[~comes]
        self._then(waiting, "PAATETTY", 5, 30)
        return np.sort(np.concatenate(met))

    def _assess(self, cases: Indices) -> None:
        luck = self._rng.random(len(cases))
        not_needed = luck < ASSESSMENT_NOT_NEEDED
        assessed = ~not_needed & self._happens(cases, ASSESSED)
        self._then(cases[not_needed], "PTA_EI_TARPEEN", 0, 5)
        self._then(cases[assessed], "PTA_ALOITETTU", 0, 10)
        self._then(cases[assessed], "PTA_VALMIS", 5, 80)
        planned = assessed & self._happens(cases, PLANNED)
        self._then(cases[planned], "SUUNNITELMA", 0, 30)
        self._then(cases[~planned], "PAATETTY", 2, 20)

    def _happens(self, cases: Indices, share: float) -> Bools:
        return self._rng.random(len(cases)) < share

    def _then(self, cases: Indices, kind: str, soonest: int, latest: int, role: str = "") -> None:
        """Log an event of some cases, some days later, on a weekday."""
        days = self._day[cases] + self._rng.integers(soonest, latest + 1, len(cases)).astype("timedelta64[D]")
        self._day[cases] = np.busday_offset(days, 0, roll="forward")
        drawn_roles = np.array(list(ROLES))[drawn(self._rng, ROLES, len(cases))]
        roles = np.where(self._coached[cases], OWN_COACH, drawn_roles) if not role else np.full(len(cases), role)
        self._log.append((cases, self._day[cases], kind, roles))

    def _events(self) -> Events:
        notice = np.concatenate([cases for cases, *_ in self._log])
        stage = np.repeat(np.arange(len(self._log)), [len(cases) for cases, *_ in self._log])
        day = np.concatenate([days for _, days, *_ in self._log])
        kind = np.repeat([kind for *_, kind, _ in self._log], [len(cases) for cases, *_ in self._log])
        role = np.concatenate([roles for *_, roles in self._log])
        order = np.lexsort((stage, notice))
        notice, day, kind, role = notice[order], day[order], kind[order], role[order]
        starts = np.append(0, np.flatnonzero(notice[1:] != notice[:-1]) + 1)
        place = np.arange(len(notice)) - np.repeat(starts, np.diff(np.append(starts, len(notice))))
        # Later ones of a case stand later in the day, so that no two are at the same time.
        minute = 8 * 60 + place * MINUTES_APART + self._rng.integers(0, MINUTES_APART, len(notice))
        at = day.astype("datetime64[m]") + minute.astype("timedelta64[m]")
        return Events(notice, place + 1, at, kind, role)
