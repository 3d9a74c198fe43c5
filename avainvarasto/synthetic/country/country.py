"""The country put together: `make_country` is the public function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from avainvarasto.errors import DemoRefused
from avainvarasto.synthetic.avain import CLIENTS_IN_ALL
from avainvarasto.synthetic.country import composition, grants
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.composition import APPLICANT, CHILD, Persons
from avainvarasto.synthetic.country.guests import guests, likely_clients
from avainvarasto.synthetic.country.homes import Homes, make_homes
from avainvarasto.synthetic.country.households import World, recipients, refused_only
from avainvarasto.synthetic.country.parting import part
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import Traits
from avainvarasto.synthetic.country.traps import ALL_PLANTED, MOVES, NEW_SPOUSES, SEASONS, SPLIT_MONTHS
from avainvarasto.synthetic.country.truth import Truth

RENTS, RENT_WITH_CHILDREN = (35_000, 72_000), 12_000
MOVES_A_YEAR = 0.03
# Likely clients of AVAIN by municipality: half as many again as become clients.
LIKELY_CLIENTS = {code: round(1.5 * n) for code, n in CLIENTS_IN_ALL.items()}


@dataclass(frozen=True)
class Country:
    """Households (columns) by month (rows), and their persons.

    `home` and `kinds` are positions in `homes` and `composition.KINDS`; `received`, `refused` and `no_income` are
    months x households, as are `notified` by rule (positions in `criteria.RULES`, -1 for none); `level` is what a
    household gets against others of its kind, `rent` cents of a month; `moved_in` is the row of the month from which it
    lives in `new_home`, beyond the last where it never moves. The first `n_to_scale` households are those of the scale;
    beyond them are clients of AVAIN, which is not scaled. `traps` are the numbers of those that are planted.
    """

    seed: int
    scale: float
    months: npt.NDArray[np.datetime64]
    homes: Homes
    truth: Truth
    traps: frozenset[int]
    committing_only: bool
    home: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.intp]
    persons: Persons
    received: Bools
    refused: Bools
    no_income: Bools
    notified: npt.NDArray[np.int8]
    traits: Traits
    committing: Bools
    n_to_scale: int
    level: npt.NDArray[np.float64]
    rent: npt.NDArray[np.int64]
    moved_in: npt.NDArray[np.int32]
    new_home: npt.NDArray[np.intp]

    @cached_property
    def first_person(self) -> npt.NDArray[np.intp]:
        """Position of each household's applicant among the persons; spouse and children follow."""
        return np.flatnonzero(self.persons.role == APPLICANT)

    @cached_property
    def n_adults(self) -> npt.NDArray[np.int64]:
        """Adults by household."""
        grown_up = self.persons.household[self.persons.role != CHILD]
        return np.bincount(grown_up, minlength=len(self.kinds))

    @cached_property
    def n_children(self) -> npt.NDArray[np.int64]:
        """Children by household."""
        return np.bincount(self.persons.household, minlength=len(self.kinds)) - self.n_adults

    def home_in(self, row: int) -> npt.NDArray[np.intp]:
        """Position of each household's municipality in a month."""
        return np.where(row >= self.moved_in, self.new_home, self.home)

    def within(self, first: str, last: str) -> slice:
        """Rows of the months `YYYY-MM` to `YYYY-MM`, both included."""
        start, end = (int((np.datetime64(month, "M") - self.months[0]).astype(int)) for month in (first, last))
        return slice(max(start, 0), end + 1)

    def granted(self, row: int) -> npt.NDArray[np.int64]:
        """Cents by household in a month; 0 where nothing was granted."""
        here = np.flatnonzero(self.received[row])
        cents = np.zeros(self.received.shape[1], np.int64)
        rng = generator(self.seed, f"granted {self.months[row]}")
        cents[here] = grants.granted_cents(rng, self.kinds[here], self.level[here], self.no_income[row, here])
        return cents


def household_ids(positions: npt.NDArray[np.intp]) -> pa.Array:
    """Kela's numbers of households."""
    return pa.array(np.char.add("K", np.char.zfill((positions + 1).astype(str), 7)))


def make_country(
    municipality_seed: Path,
    *,
    scale: float,
    first: str,
    last: str,
    seed: int,
    truth: Truth | None = None,
    traps: Collection[int] = ALL_PLANTED,
    committing_only: bool = True,
) -> Country:
    """A country at a scale (1 is the whole), for the months `YYYY-MM` to `YYYY-MM`.

    Args:
        municipality_seed: the list of municipalities.
        scale: 1 is the whole country; AVAIN's clients are never scaled.
        first: first month.
        last: last month.
        seed: the same seed and arguments give the same country.
        truth: the effects; by default those of `Truth`.
        traps: numbers of the planted traps.
        committing_only: whether only those who commit to the work become clients of AVAIN.

    Raises:
        DemoRefused: the scale is not above 0, a month is none, or there is none from the first to the last.
    """
    truth = truth or Truth()
    months = _months(scale, first, last)
    homes = make_homes(municipality_seed, seed, f"{first}-01")
    world = World(seed, months, homes, truth, seasons=SEASONS in traps)
    found = recipients(world, scale)
    if NEW_SPOUSES in traps:
        found = part(generator(seed, "parting"), found, within_a_month=SPLIT_MONTHS in traps)
    found = found.and_others(refused_only(world, scale))
    n_to_scale = len(found)
    likely = likely_clients(found, found.home, months, committing_only=committing_only)
    lacking = {
        code: max(0, n - len(likely.get(homes.codes.index(code), ())))
        for code, n in LIKELY_CLIENTS.items()
        if code in homes.codes
    }
    if any(lacking.values()):
        found = found.and_others(guests(world, lacking, committing_only=committing_only))
    moves = MOVES_A_YEAR * len(months) / 12 if MOVES in traps else 0.0
    rent, moved_in, new_home = _dwellings(generator(seed, "dwellings"), homes, found.kinds, len(months), moves)
    moved_in[n_to_scale:] = len(months)
    return Country(
        seed=seed,
        scale=scale,
        months=months,
        homes=homes,
        truth=truth,
        traps=frozenset(traps),
        committing_only=committing_only,
        home=found.home,
        kinds=found.kinds,
        persons=found.persons,
        received=found.received,
        refused=found.refused,
        no_income=found.no_income,
        notified=found.notified,
        traits=found.traits,
        committing=found.committing,
        n_to_scale=n_to_scale,
        level=grants.draw_levels(generator(seed, "levels"), len(found)),
        rent=rent,
        moved_in=moved_in,
        new_home=new_home,
    )


def _months(scale: float, first: str, last: str) -> npt.NDArray[np.datetime64]:
    try:
        months = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    except ValueError:
        months = np.array([], "datetime64[M]")
    if not scale > 0 or not len(months):
        raise DemoRefused(
            "the made-up country",
            "needs a scale above 0 and months from the first to the last",
            consequence="Nothing was made.",
            remedy="give --scale 0.01 (1 is the whole country), --from and --to as YYYY-MM",
        )
    return months


def _dwellings(
    rng: np.random.Generator, homes: Homes, kinds: npt.NDArray[np.intp], n_months: int, moving: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Rent, the month of a move and the new municipality by household; `moving` is the share that moves."""
    n = len(kinds)
    rent = rng.integers(RENTS[0], RENTS[1], n) + np.where(composition.WITH_CHILDREN[kinds], RENT_WITH_CHILDREN, 0)
    moves = rng.random(n) < moving
    moved_in = np.where(moves, rng.integers(0, n_months, n), n_months).astype(np.int32)
    return rent, moved_in, homes.draw(rng, n)
