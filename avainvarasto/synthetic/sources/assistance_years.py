"""Yearly national totals of social assistance as THL and Kela would publish them of the made-up country.

Belongs here: what follows for the country from Kela's payments and from the decisions of the municipalities that
deliver theirs. Nothing is drawn by chance. Does not: the payments and the decisions themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from avainvarasto.synthetic import municipal
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.sources.open_kela import PaidYear
from avainvarasto.synthetic.writer import Row, euros

BASIC, ALL = "PERUS", "KAIKKI"


def kela_rows(years: Iterable[PaidYear]) -> Iterator[Row]:
    """Basic assistance: households of Kela, persons once."""
    for paid in years:
        yield _row("KELA", BASIC, paid.year, len(paid.households), paid.n_persons, paid.cents, paid.returned_cents)


def thl_rows(country: Country, years: Iterable[PaidYear], decisions: Sequence[municipal.Decision]) -> Iterator[Row]:
    """All kinds: households by reference person, so that one who lives in two of them in a year counts once.

    Only some municipalities deliver their decisions; the country gets as many for each household paid by Kela as they
    have. A year without any has the total of Kela's part only.
    """
    for paid in years:
        applicants = country.first_person[paid.households]
        households = len(np.unique(country.persons.same_as[applicants]))
        yield _row("THL", BASIC, paid.year, households, paid.n_persons, paid.cents, paid.returned_cents)
        granted = [made for made in decisions if made.decided.year == paid.year and made.positive]
        here = int(_lives_where_delivered(country, paid.households).sum())
        if not granted or not here:
            continue
        scale = _Scale(len(paid.households), here)
        gross = paid.cents
        for kind in municipal.KINDS:
            of_kind = [made for made in granted if made.kind == kind]
            cents = scale.up(sum(amount for made in of_kind for _, amount in made.lines))
            gross += cents
            n_households, n_persons = _counted(of_kind)
            yield _row("THL", kind, paid.year, scale.up(n_households), scale.up(n_persons), cents)
        # Who was paid by Kela in the year is in the basic part already.
        by_kela = set(paid.households.tolist())
        only_here, persons = _counted([made for made in granted if made.family.number not in by_kela])
        n_all = households + scale.down(only_here), paid.n_persons + scale.down(persons)
        yield _row("THL", ALL, paid.year, *n_all, gross)


class _Scale:
    """From the households of some municipalities to those of the country, in whole numbers.

    Parts are rounded up and what comes on top of the basic part down, so that no part exceeds the whole.
    """

    def __init__(self, country: int, here: int) -> None:
        self._country, self._here = country, here

    def up(self, count: int) -> int:
        return -(-count * self._country // self._here)

    def down(self, count: int) -> int:
        return count * self._country // self._here


def _lives_where_delivered(country: Country, households: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    places = [country.homes.codes.index(place) for place in municipal.SUPPLIERS if place in country.homes.codes]
    return np.isin(country.home[households], places)


def _counted(decisions: Iterable[municipal.Decision]) -> tuple[int, int]:
    """Families once, and their persons."""
    families = {made.family.number: made.family for made in decisions}
    return len(families), sum(1 + (one.spouse is not None) + one.n_children for one in families.values())


def _row(
    publisher: str, kind: str, year: int, households: int, persons: int, cents: int, returned: int | None = None
) -> Row:
    return {
        "publisher": publisher,
        "kind": kind,
        "year": year,
        "n_households": households,
        "n_persons": persons,
        "gross_eur": euros(cents),
        "returned_eur": None if returned is None else euros(returned),
    }
