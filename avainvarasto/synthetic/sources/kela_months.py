"""Kela's extracts that follow the benefit month, as columns: households, persons, income, expenses, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.synthetic.country.budgets import NO_REDUCTIONS, Budgets
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.composition import KINDS
from avainvarasto.synthetic.country.country import Country, household_ids
from avainvarasto.synthetic.country.people import NO_ACTIVITY, People
from avainvarasto.synthetic.country.spells import Bools
from avainvarasto.synthetic.country.traits import ACTIVITIES, UNEMPLOYED
from avainvarasto.synthetic.country.traps import EPIDEMIC, MASKS
from avainvarasto.synthetic.places import MASKED
from avainvarasto.synthetic.sources.contacts import Contacts

ROLES = ("HAKIJA", "PUOLISO", "LAPSI")
MASKED_SHARE = 0.001
UNEMPLOYMENT_BENEFIT = 0.75
# Child benefit of 2018 for a first child, in cents. Kinds of income that Kela does not pay have codes of THL's code set
# 1254, whose list could not be used here: the numbers are made up.
CHILD_BENEFIT = 9575
WAGES = "1"
MAIN_INCOME = {
    "TYOTON": "KELA_TYOTTOMYYS",
    "OPISKELIJA": "KELA_OPINTOTUKI",
    "ELAKELAINEN": "KELA_ELAKE",
    "MUU": "KELA_SAIRAUS",
}
HEALTH_KINDS = ("TERVEYDENHUOLTO", "LAAKKEET")
ALLOWANCE_AT_MOST = 0.6
NOT_COMPARABLE = (np.datetime64("2017-01", "M"), np.datetime64("2017-03", "M"))
Days = npt.NDArray[np.datetime64]
# Households by row of a month that is not decided yet.
Late = Mapping[int, Bools]
NOTHING_LATE: Late = MappingProxyType({})


def coded(words: Sequence[str], positions: npt.NDArray[Any]) -> pa.Array:
    """Words by their position; nothing where it is negative."""
    return pa.array(np.array(words, dtype=object)[positions], pa.string(), mask=positions < 0)


def month_of(country: Country, row: int, n: int) -> pa.Array:
    """The month, n times."""
    return pa.array(np.full(n, country.months[row].astype("datetime64[D]")))


def household_months(country: Country, people: People, budgets: Budgets) -> pa.Table:
    """kela_household_month: one row a household that applied."""
    at, n = budgets.households, len(budgets)
    codes = country.homes.codes_in(country.months[budgets.row])[country.home_in(budgets.row)[at]]
    rng = generator(country.seed, f"masks {country.months[budgets.row]}")
    if MASKS in country.traps:
        codes[people.protected[country.first_person[at]] | (rng.random(n) < MASKED_SHARE)] = MASKED
    unknown = ~budgets.known
    adults, children = country.n_adults[at], country.n_children[at]
    return pa.table(
        {
            "household_id": budgets.household_ids,
            "month": month_of(country, budgets.row, n),
            "municipality_code": pa.array(codes),
            "household_type": coded(tuple(KINDS), country.kinds[at]),
            "n_adults": adults,
            "n_children": children,
            "n_persons": adults + children,
            "basic_part_full_eur": budgets.basic_full,
            "basic_part_paid_eur": budgets.basic_paid,
            "housing_cost_eur": pa.array(budgets.rent + budgets.power, mask=unknown),
            "other_cost_eur": pa.array(budgets.health, mask=unknown),
            "income_total_eur": pa.array(budgets.income, mask=unknown),
            "granted_eur": budgets.granted,
            "has_no_income": budgets.no_income,
            "main_income_flag": budgets.main_income,
            "rejected": budgets.refused,
        }
    )


def person_months(country: Country, people: People, budgets: Budgets) -> pa.Table:
    """kela_person_month: one row a member of a household that applied."""
    applied = np.zeros(len(country.kinds), bool)
    applied[budgets.households] = True
    members = np.flatnonzero(applied[country.persons.household])
    rng = generator(country.seed, f"activities {country.months[budgets.row]}")
    activity = people.activity[members]
    return pa.table(
        {
            "person_id": people.code.take(pa.array(members)),
            "household_id": household_ids(country.persons.household[members].astype(np.intp)),
            "month": month_of(country, budgets.row, len(members)),
            "role": coded(ROLES, country.persons.role[members]),
            "activity_code": coded(ACTIVITIES, activity),
            "on_unemployment_benefit": (activity == UNEMPLOYED) & (rng.random(len(members)) < UNEMPLOYMENT_BENEFIT),
        }
    )


def income_lines(country: Country, people: People, budgets: Budgets) -> pa.Table:
    """kela_income_line: child benefit, housing allowance and the main income; without income the first two only."""
    rng = generator(country.seed, f"income {country.months[budgets.row]}")
    at = budgets.households
    total = np.where(budgets.known, budgets.income, 0)
    child_benefit = np.minimum(total, CHILD_BENEFIT * country.n_children[at])
    rest = total - child_benefit
    share = np.where(budgets.no_income, 1.0, rng.random(len(at)) * ALLOWANCE_AT_MOST)
    allowance = np.rint(rest * share).astype(np.int64)
    applicants = country.first_person[at]
    activity = people.activity[applicants]
    by_activity = np.array([MAIN_INCOME.get(name, WAGES) for name in ACTIVITIES], dtype=object)
    main_code = np.where(activity == NO_ACTIVITY, WAGES, by_activity[activity])
    kinds = [
        (np.full(len(at), "KELA_LAPSILISA", dtype=object), child_benefit),
        (np.full(len(at), "KELA_ASUMISTUKI", dtype=object), allowance),
        (main_code, rest - allowance),
    ]
    codes, cents = (np.concatenate(parts) for parts in zip(*kinds, strict=True))
    there = np.flatnonzero(cents > 0)
    line = np.tile(np.arange(len(at)), len(kinds))[there]
    codes = codes[there]
    from_kela = np.char.startswith(codes.astype(str), "KELA_")
    return pa.table(
        {
            "household_id": household_ids(at[line]),
            "month": month_of(country, budgets.row, len(there)),
            "person_id": people.code.take(pa.array(applicants[line])),
            "income_code": pa.array(codes, pa.string()),
            "seq": np.ones(len(there), np.int64),
            "income_source": coded(("MUU", "KELA"), from_kela.astype(np.int8)),
            "amount_eur": cents[there],
        }
    )


def expense_lines(country: Country, budgets: Budgets) -> pa.Table:
    """kela_expense_line: rent, power, and now and then health."""
    rng = generator(country.seed, f"expenses {country.months[budgets.row]}")
    known = np.flatnonzero(budgets.known)
    n = len(known)
    health_kind = np.array(HEALTH_KINDS, dtype=object)[rng.integers(0, len(HEALTH_KINDS), n)]
    codes = np.concatenate([np.full(n, "VUOKRA", dtype=object), np.full(n, "SAHKO", dtype=object), health_kind])
    power, health = budgets.power[known], budgets.health[known]
    applied = np.concatenate([budgets.rent_applied[known], power, health])
    accepted = np.concatenate([budgets.rent[known], power, health])
    there = np.flatnonzero(applied > 0)
    return pa.table(
        {
            "household_id": household_ids(budgets.households[np.tile(known, 3)[there]]),
            "month": month_of(country, budgets.row, len(there)),
            "expense_code": pa.array(codes[there], pa.string()),
            "seq": np.ones(len(there), np.int64),
            "applied_eur": applied[there],
            "accepted_eur": accepted[there],
        }
    )


def coverage(country: Country, row: int) -> pa.Table:
    """kela_coverage: what limits a month, in every municipality.

    The first months are not comparable whether a made-up country lacks anything in them or not.
    """
    month = country.months[row]
    codes = np.unique(country.homes.codes_in(month))
    incomparable = NOT_COMPARABLE[0] <= month <= NOT_COMPARABLE[1]
    note = "EI_VERTAILUKELPOINEN" if incomparable else None
    suspended = EPIDEMIC in country.traps and NO_REDUCTIONS[0] <= month <= NO_REDUCTIONS[1]
    note = "EI_ALENNUKSIA" if suspended else note
    return pa.table(
        {
            "month": month_of(country, row, len(codes)),
            "municipality_code": pa.array(codes),
            "complete": np.full(len(codes), not incomparable),
            "note": pa.array([note] * len(codes), pa.string()),
        }
    )


def households(country: Country, people: People, late: Late = NOTHING_LATE) -> pa.Table:
    """kela_household: every household that ever applied, as far as `late` months (row, households) let it be known."""
    there = _without(country.received | country.refused, late)
    at = np.flatnonzero(there.any(axis=0))
    first, last = np.argmax(there, axis=0)[at], (len(there) - 1 - np.argmax(there[::-1], axis=0))[at]
    applicants = country.first_person[at]
    spouses = people.code.take(pa.array(np.minimum(applicants + 1, len(country.persons) - 1)))
    return pa.table(
        {
            "household_id": household_ids(at),
            "applicant_id": people.code.take(pa.array(applicants)),
            "spouse_id": pc.if_else(pa.array(country.n_adults[at] == 2), spouses, pa.scalar(None, pa.string())),
            "first_month": country.months[first].astype("datetime64[D]"),
            "last_month": country.months[last].astype("datetime64[D]"),
        }
    )


def persons(country: Country, people: People, contacts: Contacts | None = None, late: Late = NOTHING_LATE) -> pa.Table:
    """kela_person: everybody in those households, each person once; without contacts nobody has a name."""
    rows = np.flatnonzero(country.persons.first_entry)
    household = country.persons.household[rows]
    received = _without(country.received, late)
    ever: Bools = np.any(received, axis=0)
    first = country.months[np.argmax(received, axis=0)[household]].astype("datetime64[D]")
    known_sex = np.where(people.sex_unknown, 9, country.persons.sex)[rows]
    names = {"name": pa.array(contacts.in_register(rows), pa.string())} if contacts else {}
    return pa.table(
        {
            "person_id": people.code.take(pa.array(rows)),
            **names,
            "birth_year": people.birth_year[rows],
            "sex": pa.array(known_sex).cast(pa.string()),
            "mother_tongue": pa.array(people.mother_tongue[rows], pa.string()),
            "citizenship_group": pa.array(people.citizenship[rows], pa.string()),
            "first_benefit_month": pa.array(first, mask=~ever[household]),
            "death_month": pa.array(people.death[rows].astype("datetime64[D]")),
            "emigration_month": pa.array(people.emigration[rows].astype("datetime64[D]")),
            "protected": people.protected[rows],
        }
    )


def _without(months: Bools, late: Late) -> Bools:
    if not late:
        return months
    known = months.copy()
    for row, hidden in late.items():
        known[row] &= ~hidden
    return known
