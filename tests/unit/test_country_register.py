"""The made-up register of Kela hangs together: persons, households, months and what is late in them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from stdnum.fi import hetu

from avainvarasto.synthetic.hetu import SIGNS
from avainvarasto.synthetic.planted import PLANTED
from tests.synthetic_demo import Tables

pytestmark = pytest.mark.unit

CODES = {
    "kela_person": "person_id",
    "kela_person_month": "person_id",
    "kela_household": "applicant_id",
    "kela_income_line": "person_id",
    "etotu_notification": "person_id",
    "avain_assessment": "client_id",
    "avain_client_plan": "client_id",
    "muni_household": "applicant_id",
    "muni_supp_decision": "client_id",
}
PLANTED_HOUSEHOLDS = "('K9000001', 'K9000002')"
JUNE, NEWEST_BUT_ONE, NEWEST = date(2018, 6, 1), date(2018, 11, 1), date(2018, 12, 1)


# Persons


@pytest.mark.parametrize(("extract", "column"), CODES.items())
def test_all_codes_but_the_planted_one_are_valid_and_of_the_temporary_series(
    tables: Tables, extract: str, column: str
) -> None:
    codes = [code for (code,) in tables.rows(f"select distinct {column} from {extract}")]
    # The checker knows the signs in force since 2023 by their classic one.
    classic = [code[:6] + ("-" if code[6] in SIGNS[19] else "A") + code[7:] for code in codes]
    invalid = [code for code in classic if not hetu.is_valid(code, allow_temporary=True)]
    assert len(invalid) == sum(1 for one in PLANTED if (one.extract, one.column) == (extract, column))
    assert all(900 <= int(code[7:10]) <= 999 for code in codes)
    assert len(codes) > 25


def test_no_code_is_given_to_two_persons_and_some_differ_in_the_sign_only(tables: Tables) -> None:
    codes = [code for (code,) in tables.rows("select person_id from kela_person")]
    assert len(codes) == len(set(codes)) > 2000
    assert {code[6] for code in codes} == {*SIGNS[19], *SIGNS[20]}
    without_sign = Counter(code[:6] + code[7:] for code in codes)
    assert max(without_sign.values()) == 2
    assert sum(n == 2 for n in without_sign.values()) >= 2


def test_the_code_tells_sex_and_year_of_birth_as_the_register_does(tables: Tables) -> None:
    wrong = """from kela_person where substr(person_id, 5, 2) <> right(cast(birth_year as varchar), 2)
               or (sex <> '9' and cast(substr(person_id, 10, 1) as integer) % 2 <> cast(sex as integer) % 2)
               or (birth_year >= 2000) <> (substr(person_id, 7, 1) in ('A', 'B', 'C', 'D', 'E', 'F'))"""
    assert tables.rows(wrong) == []
    unknown, protected, died, left = tables.row(
        """select count(*) filter (sex = '9'), count(*) filter (protected), count(death_month), count(emigration_month)
           from kela_person"""
    )
    assert min(unknown, protected, died, left) > 0


def test_everybody_in_a_month_and_everybody_told_of_is_in_the_list_of_persons(tables: Tables) -> None:
    for extract, column in (*CODES.items(), ("kela_household", "spouse_id")):
        others = f"select distinct {column} from {extract} where {column} not in (select person_id from kela_person)"
        planted = sum(one.extract == extract for one in PLANTED if one.column in ("role", "type"))
        assert len(tables.rows(others)) == planted, extract


# Households


def test_the_members_of_a_month_are_the_pair_of_the_household_and_as_many_as_it_says(tables: Tables) -> None:
    wrong = f"""
        with member as (
            select household_id, month, max(case when role = 'HAKIJA' then person_id end) as applicant_id,
                   max(case when role = 'PUOLISO' then person_id end) as spouse_id,
                   count(*) filter (role <> 'LAPSI') as n_adults, count(*) filter (role = 'LAPSI') as n_children
            from kela_person_month group by all)
        select household_id from kela_household_month as counted
        full join member using (household_id, month)
        left join kela_household as pair using (household_id)
        where household_id not in {PLANTED_HOUSEHOLDS} and (
            (member.n_adults, member.n_children) is distinct from (counted.n_adults, counted.n_children)
            or n_persons <> counted.n_adults + counted.n_children
            or (member.applicant_id, member.spouse_id) is distinct from (pair.applicant_id, pair.spouse_id))"""
    assert tables.rows(wrong) == []
    assert tables.row("select count(*) - count(distinct (applicant_id, spouse_id)) from kela_household") == (0,)


def test_the_type_of_a_household_says_who_lives_in_it(tables: Tables) -> None:
    found = tables.rows("select distinct household_type, n_adults, n_children > 0 from kela_household_month")
    assert set(found) == {
        ("YKSIN_ASUVA", 1, False),
        ("MUU_1H", 1, False),
        ("YKSINHUOLTAJA", 1, True),
        ("LAPSETON_PARI", 2, False),
        ("LAPSIPERHE", 2, True),
    }


def test_an_applicant_with_a_new_spouse_is_in_a_new_household(tables: Tables) -> None:
    parted = tables.rows(
        """select list(spouse_id), list(household_id) from kela_household group by applicant_id having count(*) > 1"""
    )
    assert len(parted) >= 3
    for spouses, households in parted:
        assert None not in spouses
        assert len(set(spouses)) == len(set(households)) == 2


def test_in_the_month_in_which_a_couple_parts_both_households_apply(tables: Tables) -> None:
    # What the couple's household has is over by then, and the new one has had nothing before.
    split = tables.rows(
        """select month, list(first_month order by first_month), list(last_month order by first_month)
           from kela_person_month join kela_household using (household_id) where role = 'HAKIJA'
           group by person_id, month having count(distinct household_id) = 2"""
    )
    assert len(split) >= 3
    for month, first, last in split:
        assert first[0] < month == last[0] == first[1]


def test_a_few_households_move_and_the_codes_of_one_month_are_masked_for_fewer(tables: Tables) -> None:
    n_households, n_moved, n_masked = tables.row(
        """select count(*), count(*) filter (n_places > 1), count(*) filter (masked) from (
               select count(distinct municipality_code) filter (municipality_code <> '199') as n_places,
                      bool_or(municipality_code = '199') as masked
               from kela_household_month group by household_id)"""
    )
    # Three in a hundred move a year, of whom most stay in the register for less than that.
    assert 0.005 < n_moved / n_households < 0.045
    # One household-month in a thousand, and the few protected persons: of six or seven months, hardly one household.
    assert 0 < n_masked / n_households < 0.015


# What comes late


def test_june_is_delivered_again_with_what_it_lacked_and_without_what_was_wrong(tables: Tables) -> None:
    lacked, wrong, gone = tables.row(
        f"""select count(*) filter (f.month is null), count(*) filter (f.granted_eur <> n.granted_eur),
                   count(*) filter (n.month is null)
            from (from kela_household_month where month = date '{JUNE}') as n
            full join first.kela_household_month as f using (household_id)"""
    )
    assert (lacked > 5, wrong > 0, gone) == (True, True, 0)
    assert tables.rows("select distinct month, complete, note from first.kela_coverage") == [(JUNE, False, "VAJAA")]
    assert tables.rows(f"select distinct complete, note from kela_coverage where month = date '{JUNE}'") == [
        (True, None)
    ]


def test_only_the_newest_two_months_are_said_to_lack_something(tables: Tables) -> None:
    lacking = tables.rows("select distinct month, note from kela_coverage where not complete order by 1")
    assert lacking == [(NEWEST_BUT_ONE, "VAJAA"), (NEWEST, "VAJAA")]


def test_households_that_are_late_were_decided_on_five_weeks_later_and_are_in_no_month_yet(tables: Tables) -> None:
    late = """select distinct d.valid_from, d.decision_date >= d.valid_from + interval 35 days
              from kela_decision as d left join kela_household_month as m
                on m.household_id = d.household_id and m.month = d.valid_from
              where m.month is null"""
    assert tables.rows(late) == [(NEWEST_BUT_ONE, True)]
    soon = f"select decision_id from kela_decision where valid_from = date '{NEWEST}' and decision_date > valid_to"
    assert tables.rows(soon) == []
