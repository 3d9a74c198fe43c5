"""Kela's notifications (eTotu): who is notified in a month, of what, and when the notice goes out.

Whom a rule meets, the country knows already (`criteria`), because a notice may change what happens after it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic.country.budgets import BOTH, SPOUSE_ONLY, Budgets
from avainvarasto.synthetic.country.chance import drawn, generator
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.criteria import FIRST_LOOK, RULES
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traps import CONTINUED, COUNTIES, STAGED

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
KINDS = tuple(TYPE_SHARES)
REDUCTION = KINDS.index("ALENNETTU_PERUSOSA")
# Notices of these kinds for each household-month with a grant, so that the kinds have their published shares.
NOTICES_A_MONTH = 0.053
BY_CHANCE = ("TAYD_EHK_HAKEMUS", "SOSIAALITYON_TARVE", "YHTEYDENOTTO", "KUNTOUTTAVA_KOTOUTUMINEN")
FIRST_MONDAY = np.datetime64("2017-10-23")
STAGED_ABOVE, STAGED_A_WEEK = 400, 300
PHONES_FROM = np.datetime64("2017-10-09")
COUNTIES_FROM, IMMIGRANTS_TO_MUNICIPALITIES = np.datetime64("2023-01", "M"), np.datetime64("2025-01", "M")
IMMIGRANTS = KINDS.index("MAAHANMUUTTAJA_2KK")
# Number of a notice that waits, and of what a notice continues that continues none.
NOT_SENT = NONE = -1
CONTINUATIONS_FROM = np.datetime64("2023-11", "M")


@dataclass(frozen=True)
class Notices:
    """One entry a notice, in the order of sending.

    `person` is a position in `Country.persons`, `kind` in `KINDS`, `theme` in `THEME_SHARES` (-1: none), `consent` 1, 0
    or -1 (not known); `sent` is to the minute, `place` a position in `Country.homes`, `continues` the number of the
    notice that was transferred (-1: none).
    """

    number: npt.NDArray[np.int64]
    person: npt.NDArray[np.intp]
    kind: npt.NDArray[np.int8]
    urgent: Bools
    theme: npt.NDArray[np.int8]
    criteria: npt.NDArray[np.datetime64]
    sent: npt.NDArray[np.datetime64]
    place: npt.NDArray[np.intp]
    staged: Bools
    consent: npt.NDArray[np.int8]
    phone: Bools
    continuation: Bools
    continues: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person)

    def of(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Notices:
        """Some of them."""
        return Notices(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def but(self, **columns: Any) -> Notices:
        """The same with other columns."""
        return replace(self, **columns)

    @classmethod
    def joined(cls, parts: list[Notices]) -> Notices:
        """All of them, in the order of sending."""
        columns = [np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)]
        both = cls(*columns)
        return both.of(np.argsort(both.sent, kind="stable"))


def receivers(
    country: Country, month: np.datetime64, kind: npt.NDArray[np.int8], place: npt.NDArray[np.intp]
) -> tuple[Bools, npt.NDArray[np.str_]]:
    """Whether notices of a month go to counties, and the code of each one's municipality or county."""
    to_county = np.full(len(kind), COUNTIES in country.traps and month >= COUNTIES_FROM)
    if month >= IMMIGRANTS_TO_MUNICIPALITIES:
        to_county &= kind != IMMIGRANTS
    counties = np.array(country.homes.counties)[place]
    return to_county, np.where(to_county, counties, country.homes.codes_in(month)[place])


class Office:
    """Kela's office that sends the notices, month by month in their order."""

    def __init__(self, country: Country) -> None:
        self._country = country
        self._waiting: list[Notices] = []
        self._sent = 0

    def month(self, budgets: Budgets) -> Notices:
        """The notices that go out in a month.

        First ones of large municipalities wait for their Monday, continuations for the move.
        """
        country, month = self._country, self._country.months[budgets.row]
        rng = generator(country.seed, f"notices {month}")
        chosen = [*self._by_chance(rng, budgets), *self._by_rule(budgets)]
        spouses = self._reduced(budgets, spouses=True)
        households = np.concatenate([*(positions for _, positions in chosen), spouses])
        of_each = [len(positions) for _, positions in chosen]
        kind = np.repeat([*(KINDS.index(name) for name, _ in chosen), REDUCTION], [*of_each, len(spouses)])
        person = country.first_person[households] + (np.arange(len(households)) >= sum(of_each))
        continued = np.isin(households, budgets.households[budgets.continued])
        notices = self._staged(self._written(rng, month, person, kind.astype(np.int8), continued), month)
        going = np.datetime64(month + 1, "D")
        together = Notices.joined([*self._waiting, notices])
        self._waiting = [together.of(together.sent >= going)]
        out = together.of(together.sent < going)
        numbers = np.arange(self._sent, self._sent + len(out))
        self._sent += len(out)
        return out.but(number=numbers)

    def wait(self, notices: Notices) -> None:
        """Keep notices until the month in which they are sent."""
        self._waiting.append(notices)

    def _by_chance(self, rng: np.random.Generator, budgets: Budgets) -> list[tuple[str, npt.NDArray[np.intp]]]:
        granted = budgets.households[~budgets.refused]
        luck = rng.random(len(granted))
        found, upto = [(KINDS[REDUCTION], self._reduced(budgets, spouses=False))], 0.0
        for name in BY_CHANCE:
            share = NOTICES_A_MONTH * TYPE_SHARES[name]
            found.append((name, granted[(upto <= luck) & (luck < upto + share)]))
            upto += share
        return found

    def _reduced(self, budgets: Budgets, *, spouses: bool) -> npt.NDArray[np.intp]:
        """Households whose applicant, or whose spouse, is to be told of for a reduction."""
        continued_too = CONTINUED in self._country.traps and self._country.months[budgets.row] >= CONTINUATIONS_FROM
        reduced = (budgets.reduction > 0) & (continued_too | ~budgets.continued)
        role = budgets.reduced_role
        return budgets.households[reduced & (np.isin(role, (SPOUSE_ONLY, BOTH)) if spouses else role != SPOUSE_ONLY)]

    def _by_rule(self, budgets: Budgets) -> list[tuple[str, npt.NDArray[np.intp]]]:
        """Of the households that the register knows to receive in this month."""
        granted = budgets.households[~budgets.refused]
        rule = self._country.notified[budgets.row, granted]
        return [(name, granted[rule == position]) for position, name in enumerate(RULES)]

    def _written(
        self,
        rng: np.random.Generator,
        month: np.datetime64,
        person: npt.NDArray[np.intp],
        kind: npt.NDArray[np.int8],
        continued: Bools,
    ) -> Notices:
        n = len(person)
        days = np.arange(month.astype("datetime64[D]"), month.astype("datetime64[D]") + 26)
        days = days[np.is_busday(days)]
        criteria = days[rng.integers(0, len(days), n)]
        urgent = rng.random(n) < np.array([URGENT_SHARE.get(name, 0.01) for name in KINDS])[kind]
        # What is urgent goes out on the same day.
        next_day = np.array([name in SENT_NEXT_DAY for name in KINDS])[kind] & ~urgent
        minutes = rng.integers(7 * 60, 20 * 60, n).astype("timedelta64[m]")
        sent = (criteria + next_day.astype("timedelta64[D]")).astype("datetime64[m]") + minutes
        themed = kind == KINDS.index("SOSIAALITYON_TARVE")
        reduced = kind == REDUCTION
        row = int((month - self._country.months[0]).astype(int))
        return Notices(
            number=np.zeros(n, np.int64),
            person=person,
            kind=kind,
            urgent=urgent,
            theme=np.where(themed, drawn(rng, THEME_SHARES, n), -1).astype(np.int8),
            criteria=criteria,
            sent=sent,
            place=self._country.home_in(row)[self._country.persons.household[person]],
            staged=np.zeros(n, bool),
            consent=np.array([1, 0, -1], np.int8)[drawn(rng, CONSENT_SHARES, n)],
            phone=(sent >= PHONES_FROM) & (rng.random(n) < PHONE_SHARE),
            continuation=reduced & continued,
            continues=np.full(n, NONE),
        )

    def _staged(self, notices: Notices, month: np.datetime64) -> Notices:
        """In the month of the first look large municipalities get theirs on Mondays, so many a week."""
        if month != FIRST_LOOK or STAGED not in self._country.traps:
            return notices
        sent, staged, criteria = notices.sent.copy(), notices.staged.copy(), notices.criteria.copy()
        first_ones = np.isin(notices.kind, [KINDS.index(name) for name in RULES[:2]])
        scale = self._country.scale
        for place in np.unique(notices.place[first_ones]):
            here = np.flatnonzero(first_ones & (notices.place == place))
            if len(here) > STAGED_ABOVE * scale:
                week = np.arange(len(here)) // max(1, round(STAGED_A_WEEK * scale))
                minute = notices.sent[here] - notices.sent[here].astype("datetime64[D]")
                sent[here] = (FIRST_MONDAY + 7 * week).astype("datetime64[m]") + minute
                staged[here] = True
                # Whom the first look finds has met the criteria long ago.
                criteria[here] = np.minimum(criteria[here], sent[here].astype("datetime64[D]"))
        return notices.but(sent=sent, staged=staged, criteria=criteria)
