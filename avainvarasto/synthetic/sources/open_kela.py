"""Kela's open data on basic social assistance, as Kela would publish it of the made-up country: no real number.

Fed month by month with the register's tables, so that memory grows with what is published only. Recipients and euros
follow the month of payment, the municipality is that of the benefit month. Small counts are recoded as Kela does it,
so that totals stay: first the municipality, then the finer group, then the coarser one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.composition import CHILD, FEMALE
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.people import People
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.sources.open_counts import SMALLEST, Counts, Positions, SeenInYear, recoded
from avainvarasto.synthetic.writer import Row, Value, euros

BENEFIT = "Perustoimeentulotuki"
NO_AGE, UNKNOWN = "Tieto puuttuu", "Tuntematon"
SEXES = ("Mies", "Nainen", UNKNOWN)
AGE_GROUPS = {17: "0-17", 24: "18-24", 34: "25-34", 44: "35-44", 54: "45-54", 64: "55-64"}
OLDEST = "65-"
AGES = (*AGE_GROUPS.values(), OLDEST, NO_AGE)
TYPES = {
    "YKSIN_ASUVA": "Yksin asuva",
    "MUU_1H": "Muu yhden hengen ruokakunta",
    "YKSINHUOLTAJA": "Lapsiperhe",
    "LAPSIPERHE": "Lapsiperhe",
    "LAPSETON_PARI": "Lapseton pari",
}
PUBLISHED_TYPES = (*dict.fromkeys(TYPES.values()), UNKNOWN)
YOUNG = 25
STATE_PER_CENT = 4
MONTH, YEAR, YEAR_TO_DATE = TIME_TYPES = ("Kuukausi", "Vuosi", "Vuosikertymä")
# A decision that corrects another is a revision, whatever its result; recoveries are no decisions on applications.
DECISIONS = {"MYONTO": "Myöntö", "HYLKAYS": "Hylkäys", "LAKKAUTUS": "Lakkautus"}
REVISION = "Tarkistus"
KINDS_OF_DECISION = ("Myöntö", "Hylkäys", REVISION, "Lakkautus")
# Months whose municipalities are remembered: nothing is paid later than that.
REMEMBERED = 12


@dataclass(frozen=True)
class _Published:
    """Counts of one time: positions of municipality and the two groups, and how many."""

    time_type: int
    month: date
    cells: tuple[list[int], ...]
    counts: list[int]


@dataclass(frozen=True)
class PaidYear:
    """Who was paid in a whole calendar year: positions of households, persons once; cents paid and returned in it."""

    year: int
    households: Positions
    n_persons: int
    cents: int
    returned_cents: int


class OpenKela:
    """The four tables; `names` are those of the municipalities by code."""

    def __init__(self, country: Country, people: People, names: Mapping[str, str]) -> None:
        self._country, self._people = country, people
        self._names = dict(names) | {MASKED: UNKNOWN}
        codes = {str(code) for month in country.months for code in country.homes.codes_in(month)}
        self._codes = sorted(codes | {MASKED})
        self._masked = self._codes.index(MASKED)
        n = len(country.kinds)
        self._places: dict[np.datetime64, npt.NDArray[np.int16]] = {}
        self._types = np.full(n, len(PUBLISHED_TYPES) - 1, np.int8)
        self._persons_seen, self._households_seen = (SeenInYear(len(self._codes)) for _ in range(2))
        self._recipients: list[_Published] = []
        self._households: list[_Published] = []
        self._euros: list[pa.Table] = []
        self._paid_in: dict[int, tuple[Positions, int]] = {}
        self._decided = np.zeros((len(country.months), len(KINDS_OF_DECISION), 3), np.int64)

    def add(self, row: int, household_months: pa.Table, decisions: pa.Table, payments: pa.Table) -> None:
        """Take the register's tables of the next month; the payments are those made in it."""
        month = self._country.months[row]
        self._remember(month, household_months)
        self._decide(decisions)
        households = _positions(payments.column("household_id"))
        places = self._places_of(payments, households, month)
        self._pay(payments, households, places)
        # Every household once in the month, where it was paid last.
        where = np.full(len(self._types), -1, np.int16)
        in_order = np.argsort(payments.column("payment_date").to_numpy(), kind="stable")
        in_order = in_order[~payments.column("is_return").to_numpy()[in_order]]
        where[households[in_order]] = places[in_order]
        self._count(month, where)

    def tables(self) -> dict[str, Iterator[Row]]:
        """The rows of the four tables by extract."""
        return {
            "kela_open_recipients": self.recipients(),
            "kela_open_households": self.households(),
            "kela_open_expenditure": self.expenditure(),
            "kela_open_decisions": self.decisions(),
        }

    def recipients(self) -> Iterator[Row]:
        """Recipients by time, municipality, age and sex."""
        for one in sorted(self._recipients, key=_in_time):
            for place, age, sex, count in zip(*one.cells, one.counts, strict=True):
                group: dict[str, Value] = {"age_group": AGES[age], "sex": SEXES[sex], "n_recipients": count}
                yield _time(one.time_type, one.month) | self._area(place) | group

    def households(self) -> Iterator[Row]:
        """Recipient households by time, municipality, type and whether an adult is young."""
        for one in sorted(self._households, key=_in_time):
            for place, kind, young, count in zip(*one.cells, one.counts, strict=True):
                group: dict[str, Value] = {"household_type": PUBLISHED_TYPES[kind], "has_adult_under_25": young == 1}
                yield _time(one.time_type, one.month) | self._area(place) | group | {"n_households": count}

    def expenditure(self) -> Iterator[Row]:
        """Euros paid and returned by day and municipality; days of few households have no municipality."""
        for table in self._euros:
            columns = (table.column(name).to_pylist() for name in ("day", "place", "is_return", "cents"))
            for day, place, is_return, cents in zip(*columns, strict=True):
                state = (cents * STATE_PER_CENT + 50) // 100
                yield {
                    "month": day.replace(day=1),
                    "year": day.year,
                    "month_no": day.month,
                    "payment_date": day,
                    **self._area(place),
                    "benefit": BENEFIT,
                    "is_return": is_return == 1,
                    "paid_eur": euros(cents),
                    "state_eur": euros(state),
                    "shared_eur": euros(cents - state),
                }

    def decisions(self) -> Iterator[Row]:
        """Decisions of each month and of whole years, with the days of those whose time is counted."""
        days = [_day(month) for month in self._country.months]
        for year in sorted({day.year for day in days}):
            of_year = [row for row, day in enumerate(days) if day.year == year]
            times = [(0, days[row], self._decided[row]) for row in of_year]
            if days[of_year[-1]].month == 12:
                times.append((1, days[of_year[-1]], self._decided[of_year].sum(axis=0)))
            for time_type, day, counted in times:
                for kind, (count, timed, in_days) in zip(KINDS_OF_DECISION, counted.tolist(), strict=True):
                    if count:
                        counts: dict[str, Value] = {"n_decisions": count, "n_timed": timed, "days": in_days}
                        yield _time(time_type, day) | {"benefit": BENEFIT, "decision": kind} | counts

    def years(self) -> list[PaidYear]:
        """The whole calendar years, in their order."""
        found = []
        for year, (households, n_persons) in self._paid_in.items():
            cents = [0, 0]
            for table in self._euros:
                columns = (table.column(name).to_pylist() for name in ("day", "is_return", "cents"))
                for day, is_return, amount in zip(*columns, strict=True):
                    cents[is_return] += amount if day.year == year else 0
            found.append(PaidYear(year, households, n_persons, cents[0], -cents[1]))
        return found

    def _remember(self, month: np.datetime64, household_months: pa.Table) -> None:
        """Municipality, as far as it may be told, and type of those that applied."""
        here = _positions(household_months.column("household_id"))
        places = np.full(len(self._types), self._masked, np.int16)
        places[here] = _found(household_months.column("municipality_code"), self._codes)
        self._places[month] = places
        self._places.pop(month - REMEMBERED, None)
        published = np.array([PUBLISHED_TYPES.index(name) for name in TYPES.values()])
        self._types[here] = published[_found(household_months.column("household_type"), list(TYPES))]

    def _places_of(self, payments: pa.Table, households: Positions, month: np.datetime64) -> npt.NDArray[np.int16]:
        """Municipality of stay in the benefit month; one that was merged since then goes by its successor."""
        places = np.full(len(payments), self._masked, np.int16)
        benefit = payments.column("benefit_month").to_numpy().astype("datetime64[M]")
        for of in np.unique(benefit):
            if of in self._places:
                here = benefit == of
                places[here] = self._places[of][households[here]]
        homes = self._country.homes
        now = dict(zip(homes.codes, homes.codes_in(month).tolist(), strict=True))
        renamed = np.array([self._codes.index(now.get(code, code)) for code in self._codes], np.int16)
        return renamed[places]

    def _count(self, month: np.datetime64, where: npt.NDArray[np.int16]) -> None:
        """Recipients of the month and of the year up to it; `where` is each household's municipality, -1 if unpaid."""
        households = np.flatnonzero(where >= 0)
        persons = np.flatnonzero(where[self._country.persons.household] >= 0)
        place_of_persons = where[self._country.persons.household[persons]]
        # Who is in two households in a month is one person.
        persons = self._country.persons.same_as[persons]
        _, once = np.unique(persons * len(self._codes) + place_of_persons, return_index=True)
        persons, place_of_persons = persons[once], place_of_persons[once]
        if _day(month).month == 1:
            self._persons_seen.begin_year()
            self._households_seen.begin_year()
        self._persons_seen.add(persons, place_of_persons)
        self._households_seen.add(households, where[households])
        self._publish(MONTH, month, (persons, place_of_persons), (households, where[households]))
        to_date = (self._persons_seen.all(), self._households_seen.all())
        self._publish(YEAR_TO_DATE, month, *to_date)
        if _day(month).month == 12:
            self._publish(YEAR, month, *to_date)
            if month - 11 >= self._country.months[0]:
                persons, households = (np.unique(seen) for seen, _ in to_date)
                self._paid_in[_day(month).year] = households, len(persons)

    def _publish(
        self,
        time_type: str,
        month: np.datetime64,
        persons: tuple[Positions, npt.NDArray[np.integer]],
        households: tuple[Positions, npt.NDArray[np.integer]],
    ) -> None:
        country, people = self._country, self._people
        number, day = TIME_TYPES.index(time_type), _day(month)
        who, where = persons
        age = day.year - people.birth_year[who]
        sex = np.where(people.sex_unknown[who], SEXES.index(UNKNOWN), country.persons.sex[who] == FEMALE)
        cells = (where, np.searchsorted(list(AGE_GROUPS), age), sex)
        shape = (len(self._codes), len(AGES), len(SEXES))
        masks = (self._masked, AGES.index(NO_AGE), SEXES.index(UNKNOWN))
        self._recipients.append(_Published(number, day, *_sparse(recoded(_counted(cells, shape), masks))))
        of, there = households
        young = (country.persons.role != CHILD) & (day.year - people.birth_year < YOUNG)
        has_young = np.bincount(country.persons.household[young], minlength=len(self._types)) > 0
        shape = (len(self._codes), len(PUBLISHED_TYPES), 2)
        masks = (self._masked, PUBLISHED_TYPES.index(UNKNOWN), 0)
        counts = recoded(_counted((there, self._types[of], has_young[of]), shape), masks)
        self._households.append(_Published(number, day, *_sparse(counts)))

    def _pay(self, payments: pa.Table, households: Positions, places: npt.NDArray[np.int16]) -> None:
        """Euros by day, municipality and whether they came back."""
        lines = pa.table(
            {
                "day": payments.column("payment_date"),
                "place": places,
                "is_return": payments.column("is_return").cast(pa.int8()),
                "cents": payments.column("amount_eur"),
                "household": households,
            }
        )
        cell = ["day", "place", "is_return"]
        groups = lines.group_by(cell).aggregate([("household", "count_distinct"), ("cents", "sum")])
        few = pc.less(groups.column("household_count_distinct"), SMALLEST)
        masked = pc.if_else(few, pa.scalar(self._masked, pa.int16()), groups.column("place"))
        groups = groups.set_column(groups.column_names.index("place"), "place", masked)
        sums = groups.group_by(cell).aggregate([("cents_sum", "sum")]).rename_columns([*cell, "cents"])
        self._euros.append(sums.sort_by([(name, "ascending") for name in cell]))

    def _decide(self, decisions: pa.Table) -> None:
        """Count decisions in the month in which they were made; time is counted where the application was complete."""
        revises = decisions.column("corrected_decision_id").is_valid().to_numpy()
        kinds = np.array([KINDS_OF_DECISION.index(name) for name in DECISIONS.values()] + [-1])
        kind = np.where(
            revises, KINDS_OF_DECISION.index(REVISION), kinds[_found(decisions.column("result"), list(DECISIONS))]
        )
        decided, applied, complete = (
            decisions.column(name).to_numpy().astype("datetime64[D]")
            for name in ("decision_date", "application_date", "complete_date")
        )
        row = (decided.astype("datetime64[M]") - self._country.months[0]).astype(np.int64)
        counts = (kind >= 0) & (row >= 0) & (row < len(self._decided))
        timed = counts & ~np.isnat(complete)
        np.add.at(self._decided, (row[counts], kind[counts], 0), 1)
        np.add.at(self._decided, (row[timed], kind[timed], 1), 1)
        np.add.at(self._decided, (row[timed], kind[timed], 2), (decided - applied)[timed].astype(np.int64))

    def _area(self, place: int) -> dict[str, Value]:
        code = self._codes[place]
        return {"municipality_code": code, "municipality_name": self._names.get(code, code)}


def _positions(ids: pa.ChunkedArray) -> Positions:
    """Positions of households by Kela's numbers of them, which are a letter and the number counted from one."""
    numbers: Positions = pc.utf8_slice_codeunits(ids, 1).cast(pa.int64()).to_numpy().astype(np.intp) - 1
    return numbers


def _found(words: pa.ChunkedArray, among: list[str]) -> Positions:
    """Positions of words in a list; -1 where it lacks them."""
    found: Positions = pc.index_in(words, value_set=pa.array(among)).fill_null(-1).to_numpy().astype(np.intp)
    return found


def _counted(cells: tuple[npt.NDArray[np.generic], ...], shape: tuple[int, ...]) -> Counts:
    flat = np.ravel_multi_index(tuple(part.astype(np.intp) for part in cells), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def _sparse(counts: Counts) -> tuple[tuple[list[int], ...], list[int]]:
    there = np.nonzero(counts)
    return tuple(part.tolist() for part in there), counts[there].tolist()


def _in_time(one: _Published) -> tuple[int, int, date]:
    return one.month.year, one.time_type, one.month


def _time(time_type: int, month: date) -> dict[str, Value]:
    return {"time_type": TIME_TYPES[time_type], "month_no": month.month, "month": month, "year": month.year}


def _day(month: np.datetime64) -> date:
    return date.fromisoformat(f"{month}-01")
