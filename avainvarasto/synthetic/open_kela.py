"""Kela's open data on basic social assistance, as Kela would publish it of the made-up register: no real number.

Small counts are recoded as Kela does it, so that totals stay: first the municipality, then the finer group, then the
coarser one. A person counts once in each municipality and time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from avainvarasto.synthetic.chance import YEAR, stream
from avainvarasto.synthetic.country.open_counts import SMALLEST
from avainvarasto.synthetic.country.open_kela import AGE_GROUPS, BENEFIT, NO_AGE, OLDEST, TYPES, UNKNOWN, YOUNG
from avainvarasto.synthetic.hetu import FEMALE
from avainvarasto.synthetic.households import Household, World
from avainvarasto.synthetic.people import Person
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.writer import Row, Value

SEXES = {"1": "Mies", FEMALE: "Nainen"}
STATE_SHARE = Decimal("0.04")
# Days of processing a decision, about, and the share of decisions whose time is counted.
DAYS = {"Myöntö": 5, "Hylkäys": 8, "Tarkistus": 3}
TIMED_SHARE = 0.96
REVIEWED_SHARE = 0.05

Cell = tuple[str, str, str]


class OpenKela:
    """The four tables, from the households of the world and the payments of the register."""

    def __init__(self, world: World, payments: Iterable[Row], names: Mapping[str, str], seed: int) -> None:
        self._names = dict(names) | {MASKED: UNKNOWN}
        self._seed = seed
        self._households = world.households
        by_id = {household.household_id: household for household in world.households}
        self._lines = [(by_id[str(row["household_id"])], row) for row in payments]
        self._paid: dict[int, dict[str, tuple[Household, str]]] = defaultdict(dict)
        for household, row in self._lines:
            paid_on = row["payment_date"]
            if isinstance(paid_on, date) and not row["is_return"]:
                self._paid[paid_on.month][household.household_id] = (household, _place(household, row["benefit_month"]))

    def recipients(self) -> Iterator[Row]:
        """Recipients by time, municipality, age and sex."""

        def counted(months: Iterable[int]) -> Counter[Cell]:
            seen: dict[tuple[str, str], Person] = {}
            for month in months:
                for household, place in self._paid[month].values():
                    for person in [*household.adults, *household.children]:
                        seen[place, person.code] = person
            return Counter((place, _age_group(p), SEXES.get(p.sex, UNKNOWN)) for (place, _), p in seen.items())

        for time, cells in self._times(counted, masks=(MASKED, NO_AGE, UNKNOWN)):
            for (place, age, sex), count in sorted(cells.items()):
                yield time | self._area(place) | {"age_group": age, "sex": sex, "n_recipients": count}

    def households(self) -> Iterator[Row]:
        """Recipient households by time, municipality, type and whether an adult is young."""

        def counted(months: Iterable[int]) -> Counter[Cell]:
            seen = {(place, id_): one for month in months for id_, (one, place) in self._paid[month].items()}
            return Counter((place, TYPES[one.kind], str(_has_young(one))) for (place, _), one in seen.items())

        for time, cells in self._times(counted, masks=(MASKED, UNKNOWN, str(False))):
            for (place, kind, young), count in sorted(cells.items()):
                group: dict[str, Value] = {"household_type": kind, "has_adult_under_25": young == str(True)}
                yield time | self._area(place) | group | {"n_households": count}

    def expenditure(self) -> Iterator[Row]:
        """Euros paid and returned by day and municipality; days of few households have no municipality."""
        sums: dict[tuple[date, str, bool], Decimal] = defaultdict(Decimal)
        groups: dict[tuple[date, str, bool], set[str]] = defaultdict(set)
        cells = []
        for household, row in self._lines:
            paid_on, amount = row["payment_date"], row["amount_eur"]
            if isinstance(paid_on, date) and isinstance(amount, Decimal):
                cell = (paid_on, _place(household, row["benefit_month"]), bool(row["is_return"]))
                cells.append((cell, amount))
                groups[cell].add(household.household_id)
        for cell, amount in cells:
            paid_on, place, is_return = cell
            sums[paid_on, place if len(groups[cell]) >= SMALLEST else MASKED, is_return] += amount
        for (paid_on, place, is_return), euros in sorted(sums.items()):
            state = (euros * STATE_SHARE).quantize(Decimal("0.01"))
            yield {
                "month": paid_on.replace(day=1),
                "year": paid_on.year,
                "month_no": paid_on.month,
                "payment_date": paid_on,
                **self._area(place),
                "benefit": BENEFIT,
                "is_return": is_return,
                "paid_eur": euros,
                "state_eur": state,
                "shared_eur": euros - state,
            }

    def decisions(self) -> Iterator[Row]:
        """Decisions of each month and of the year, with the days of those whose time is counted."""
        rng = stream(self._seed, "open decisions")
        year: Counter[tuple[str, str]] = Counter()
        for number in range(1, 13):
            of_month = [m for one in self._households for m in one.months if m.month.month == number]
            granted = sum(1 for month in of_month if month.granted_cents)
            kinds = {
                "Myöntö": granted,
                "Hylkäys": sum(1 for month in of_month if month.refused),
                "Tarkistus": round(granted * REVIEWED_SHARE),
            }
            for kind, count in kinds.items():
                timed = round(count * TIMED_SHARE)
                days = round(timed * DAYS[kind] * rng.uniform(0.8, 1.2))
                for what, number_of in (("n_decisions", count), ("n_timed", timed), ("days", days)):
                    year[kind, what] += number_of
                counts: dict[str, Value] = {"n_decisions": count, "n_timed": timed, "days": days}
                yield _time("Kuukausi", number) | {"benefit": BENEFIT, "decision": kind} | counts
        for kind in DAYS:
            sums: dict[str, Value] = {what: year[kind, what] for what in ("n_decisions", "n_timed", "days")}
            yield _time("Vuosi", 12) | {"benefit": BENEFIT, "decision": kind} | sums

    def _times(
        self, counted: Callable[[Iterable[int]], Counter[Cell]], masks: Cell
    ) -> Iterator[tuple[dict[str, Value], Counter[Cell]]]:
        for number in range(1, 13):
            yield _time("Kuukausi", number), recoded(counted([number]), masks)
        yield _time("Vuosi", 12), recoded(counted(range(1, 13)), masks)
        for number in range(1, 13):
            yield _time("Vuosikertymä", number), recoded(counted(range(1, number + 1)), masks)

    def _area(self, place: str) -> dict[str, Value]:
        return {"municipality_code": place, "municipality_name": self._names.get(place, place)}


def recoded(cells: Counter[Cell], masks: Cell) -> Counter[Cell]:
    """Counts under four with one part after the other recoded, until they are large enough or nothing is left."""
    for number, mask in enumerate(masks):
        after: Counter[Cell] = Counter()
        for cell, count in cells.items():
            parts = list(cell)
            if 0 < count < SMALLEST:
                parts[number] = mask
            after[parts[0], parts[1], parts[2]] += count
        cells = after
    return cells


def _time(kind: str, month: int) -> dict[str, Value]:
    return {"time_type": kind, "month_no": month, "month": date(YEAR, month, 1), "year": YEAR}


def _place(household: Household, benefit_month: Value) -> str:
    """Municipality of stay in the benefit month, as far as it may be told."""
    month = next(month for month in household.months if month.month == benefit_month)
    hidden = month.masked or any(person.protected for person in household.adults)
    return MASKED if hidden else month.municipality


def _age_group(person: Person) -> str:
    return next((name for last, name in AGE_GROUPS.items() if person.age <= last), OLDEST)


def _has_young(household: Household) -> bool:
    return any(adult.age < YOUNG for adult in household.adults)
