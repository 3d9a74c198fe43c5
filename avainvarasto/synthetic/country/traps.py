"""Traps of the field's data that are planted in the made-up country, and the delivered rows in which each shows.

Belongs here: numbers, names and counts. Does not: how a trap is planted, which stands where
it is planted, and counting (`tally`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from avainvarasto.errors import DemoRefused

FIRST_MONTHS, STAGED, CONTINUED, COUNTIES, MOVES, NEW_SPOUSES, RETURNS, NO_ZEROS = 1, 2, 3, 4, 5, 6, 7, 8
OLD_CODES, MASKS, BASE_OF_FIGURES, TWO_LISTS, PARTIAL_DATES, UNREVIEWED, EMPTY_USE = 9, 10, 12, 16, 17, 18, 20
SIGN_TWINS, SPLIT_MONTHS, LONG_DECISIONS, CORRECTIONS, FIFTY, EPIDEMIC = 21, 22, 23, 24, 25, 26
SEASONS, TRUE_REASONS, LATE_DATA = 32, 36, 39

# SQL conditions on the rows of an extract; extracts of the same delivery may be named in them.
_TWO_HOUSEHOLDS = "applicant_id in (select applicant_id from kela_household group by 1 having count(*) > 1)"
_TWO_IN_A_MONTH = """role = 'HAKIJA' and (person_id, month) in (
    select (person_id, month) from kela_person_month where role = 'HAKIJA'
    group by person_id, month having count(*) > 1)"""
_ANOTHER_SIGN = """left(person_id, 6) || substr(person_id, 8) in (
    select left(person_id, 6) || substr(person_id, 8) from kela_person group by 1 having count(*) > 1)"""
_NOT_ASSESSED = """used is null and assessment_id in (
    select assessment_id from avain_assessment where assessment_kind = 'LOPPU')"""
_NOT_IN_FIGURES = "assessment_kind = 'ALKU' and (length(assessment_date) = 4 or assessment_date < '2018-03')"
_NOT_REVIEWED = "(assessment_id, goal_seq) not in (select (assessment_id, goal_seq) from avain_goal_review)"
_MERGED = "municipality_code = '174'"
_SHORT = "category = 'KUNTA' and length(region_code) < 3"


@dataclass(frozen=True)
class Trap:
    """A planted trap and the rows in which it shows, by extract; without any, what is counted is the country.

    `needs` is the trap without which this one has nothing to show in.
    """

    number: int
    what: str
    shows: Mapping[str, str] = field(default_factory=dict)
    needs: int | None = None


PLANTED = (
    Trap(FIRST_MONTHS, "households of January-March 2017 that municipalities still paid"),
    Trap(STAGED, "first notices on Mondays of 2017", {"etotu_notification": "batch_type = 'INITIAL_STAGED'"}),
    Trap(CONTINUED, "notices of continued reductions", {"etotu_notification": "is_continuation_reduction"}),
    Trap(COUNTIES, "notices to counties from 2023 on", {"etotu_notification": "area_type = 'HVA'"}),
    Trap(MOVES, "a year's sum over municipalities exceeds the country"),
    Trap(NEW_SPOUSES, "a new spouse is a new household", {"kela_household": _TWO_HOUSEHOLDS}),
    Trap(RETURNS, "negative payments", {"kela_payment": "amount_eur < 0"}),
    Trap(NO_ZEROS, "codes without leading zeros", {"sotkanet_region": _SHORT}),
    Trap(OLD_CODES, "codes of merged municipalities", {"kela_household_month": _MERGED}),
    Trap(MASKS, "masks", {"kela_household_month": "municipality_code = '199'", "kela_person": "sex = '9'"}),
    Trap(BASE_OF_FIGURES, "162 clients, 148 in the figures", {"avain_assessment": _NOT_IN_FIGURES}),
    Trap(TWO_LISTS, "two lists of services with shifted codes", {"avain_service": "list_id = 'SAA_NYT'"}),
    Trap(PARTIAL_DATES, "dates without day or month", {"avain_assessment": "length(assessment_date) < 10"}),
    Trap(UNREVIEWED, "goals without a review", {"avain_goal": _NOT_REVIEWED}),
    Trap(EMPTY_USE, "use not assessed", {"avain_service": _NOT_ASSESSED, "avain_method": _NOT_ASSESSED}),
    Trap(SIGN_TWINS, "codes that differ in the sign only", {"kela_person": _ANOTHER_SIGN}),
    Trap(SPLIT_MONTHS, "a household that changes within a month", {"kela_person_month": _TWO_IN_A_MONTH}, NEW_SPOUSES),
    Trap(LONG_DECISIONS, "decisions on more than one month", {"kela_decision": "valid_to > last_day(valid_from)"}),
    Trap(CORRECTIONS, "corrected decisions", {"kela_decision": "corrected_decision_id is not null"}),
    Trap(FIFTY, "reductions by 50 per cent from February 2026", {"kela_decision": "reduction_pct = '50'"}),
    Trap(EPIDEMIC, "no reductions from April 2020 to February 2021", {"kela_coverage": "note = 'EI_ALENNUKSIA'"}),
    Trap(SEASONS, "students in summer, tax refunds"),
    Trap(TRUE_REASONS, "leaving assistance is not employment"),
    Trap(LATE_DATA, "the newest months come late"),
)
ALL_PLANTED = frozenset(trap.number for trap in PLANTED)
COUNTED_IN = frozenset({"avain_goal_review", *(extract for trap in PLANTED for extract in trap.shows)})


def chosen_traps(text: str) -> frozenset[int]:
    """`all`, `none`, or numbers with commas between.

    Raises:
        DemoRefused: a number is not that of a planted trap, or one that it needs is left out.
    """
    if text in ("all", "none"):
        return ALL_PLANTED if text == "all" else frozenset()
    numbers = [part.strip() for part in text.split(",")]
    if unknown := [one for one in numbers if not one.isdigit() or int(one) not in ALL_PLANTED]:
        raise DemoRefused(
            "--traps",
            f"{unknown[0]!r} is no planted trap",
            consequence="Nothing was made.",
            remedy=f"give all, none, or some of {', '.join(map(str, sorted(ALL_PLANTED)))}",
        )
    chosen = frozenset(map(int, numbers))
    for trap in PLANTED:
        if trap.number in chosen and trap.needs is not None and trap.needs not in chosen:
            raise DemoRefused(
                "--traps",
                f"trap {trap.number} ({trap.what}) shows only together with trap {trap.needs}",
                consequence="Nothing was made.",
                remedy=f"give {trap.needs} too, or leave {trap.number} out",
            )
    return chosen
