"""Money in the made-up register adds up: lines to budgets, budgets to grants, grants to decisions and payments."""

from __future__ import annotations

from datetime import date

import pytest

from tests.synthetic_demo import Tables

pytestmark = pytest.mark.unit

NEWEST_BUT_ONE, NEWEST = date(2018, 11, 1), date(2018, 12, 1)


# Budgets


def test_a_grant_is_needs_less_income_and_a_refused_month_has_none(tables: Tables) -> None:
    wrong = """from kela_household_month where household_id <> 'K9000001' and (
               rejected <> (granted_eur = 0) or (not rejected and granted_eur
               <> basic_part_paid_eur + housing_cost_eur + other_cost_eur - income_total_eur))"""
    assert tables.rows(wrong) == []
    granted, refused, unknown = tables.row(
        """select count(*) filter (not rejected), count(*) filter (rejected), count(*) filter (income_total_eur is null)
           from kela_household_month"""
    )
    # Months that get nothing, of the refused and of those who apply on; a refused month is one in seven to one in five.
    assert 4 < granted / refused < 7
    assert refused > 3 * unknown > 0


def test_lines_of_income_and_expense_add_up_to_the_month_of_each_household(tables: Tables) -> None:
    apart = """
        with income as (select household_id, month, sum(amount_eur) as eur from kela_income_line group by all),
        cost as (select household_id, month, sum(accepted_eur) as eur from kela_expense_line group by all)
        select household_id, month from kela_household_month
        full join income using (household_id, month) full join cost using (household_id, month)
        where household_id <> 'K9000001' and (
            coalesce(income.eur, 0) <> coalesce(income_total_eur, 0)
            or coalesce(cost.eur, 0) <> coalesce(housing_cost_eur + other_cost_eur, 0)
            or n_persons is null)"""
    assert tables.rows(apart) == []
    assert tables.row("select count(*) filter (applied_eur > accepted_eur) > 1000 from kela_expense_line") == (True,)


def test_without_income_means_allowances_and_child_benefit_only(tables: Tables) -> None:
    kinds = tables.rows(
        """select distinct income_code from kela_income_line join kela_household_month using (household_id, month)
           where has_no_income order by 1"""
    )
    assert kinds == [("KELA_ASUMISTUKI",), ("KELA_LAPSILISA",)]


# Decisions


def test_every_month_was_decided_on_once_but_for_corrections_and_recoveries(tables: Tables) -> None:
    counted = """
        select m.household_id, m.month, count(d.decision_id) as n
        from kela_household_month as m left join kela_decision as d
          on d.household_id = m.household_id and m.month between d.valid_from and d.valid_to
             and d.result <> 'TAKAISINPERINTA'
             and d.decision_id not in (select corrected_decision_id from kela_decision
                                       where corrected_decision_id is not null)
        where m.household_id <> 'K9000001' group by all having n <> 1"""
    assert tables.rows(counted) == []


def test_a_decision_grants_what_its_months_were_granted(tables: Tables) -> None:
    wrong = f"""
        select d.decision_id from kela_decision as d join kela_household_month as m
          on m.household_id = d.household_id and m.month between d.valid_from and d.valid_to
        where d.result = 'MYONTO' and d.valid_from < date '{NEWEST_BUT_ONE}'
        group by d.decision_id, d.granted_eur having sum(m.granted_eur) <> d.granted_eur"""
    assert tables.rows(wrong) == []


def test_a_decision_over_two_months_is_paid_in_each_of_them(tables: Tables) -> None:
    counted = """
        with paid as (select decision_id, count(distinct benefit_month) as n, sum(amount_eur) as eur
                      from kela_payment where not is_return group by 1)
        select datediff('month', valid_from, valid_to) + 1 as n_months, n, count(*), bool_and(eur = granted_eur)
        from kela_decision left join paid using (decision_id)
        where result = 'MYONTO' and decision_date < date '2018-11-01' group by all order by 1"""
    (one, one_paid, n_short, short_add_up), (two, two_paid, n_long, long_add_up) = tables.rows(counted)
    assert (one, one_paid, two, two_paid) == (1, 1, 2, 2)
    assert short_add_up
    assert long_add_up
    assert 0.15 < n_long / n_short < 0.3


def test_a_correction_grants_what_was_refused_on_the_same_application(tables: Tables) -> None:
    assert tables.rows(
        """select before.result, after.result, before.application_id = after.application_id,
                  before.decision_date < after.decision_date, count(*) > 30
           from kela_decision as after left join kela_decision as before
             on after.corrected_decision_id = before.decision_id
           where after.corrected_decision_id is not null group by all"""
    ) == [("HYLKAYS", "MYONTO", True, True, True)]


def test_all_four_clocks_of_the_law_run_and_no_date_is_out_of_order(tables: Tables) -> None:
    wrong = """
        select decision_id from kela_decision
        where not (application_date <= coalesce(additional_info_requested_date, application_date)
                   and coalesce(additional_info_requested_date, application_date)
                       <= coalesce(complete_date, decision_date)
                   and coalesce(complete_date, decision_date) <= decision_date)
           or (complete_date is null and coalesce(additional_info_deadline >= decision_date, true))"""
    assert tables.rows(wrong) == []
    clocks = tables.row(
        """select count(*) filter (urgent), count(*) filter (complete_date is null),
                  count(*) filter (additional_info_requested_date is not null), count(*) filter (not urgent)
           from kela_decision where result <> 'TAKAISINPERINTA'"""
    )
    assert min(clocks) > 100


def test_reductions_fall_on_roles_that_the_household_has_and_lower_the_basic_amount(tables: Tables) -> None:
    lowered = """
        select reduced_role, reduction_pct, h.spouse_id is not null as couple, count(*),
               bool_and(100 * (basic_part_full_eur - basic_part_paid_eur) = if(reduced_role = 'MOLEMMAT', 2, 1)
                        * (if(h.spouse_id is null, 49121, 41753) * cast(reduction_pct as integer) // 100))
        from kela_decision as d join kela_household as h using (household_id) join kela_household_month as m
          on m.household_id = d.household_id and m.month = d.valid_from
        where reduction_pct <> '0' group by all"""
    found = tables.rows(lowered)
    assert all(as_much for *_, as_much in found)
    assert {pct for _, pct, *_ in found} == {"20", "40"}
    assert {role for role, _, couple, *_ in found if not couple} == {"HAKIJA"}
    assert {role for role, _, couple, *_ in found if couple} <= {"HAKIJA", "PUOLISO", "MOLEMMAT"}
    assert sum(n for role, _, _, n, _ in found if role != "HAKIJA") > 0
    n_lowered = "select count(*) from kela_household_month where basic_part_paid_eur < basic_part_full_eur"
    assert tables.row(n_lowered) == (sum(n for *_, n, _ in found),)


# Payments


def test_each_payment_carries_out_an_earlier_decision_on_its_household_and_month(tables: Tables) -> None:
    wrong = """
        select payment_id from kela_payment as p left join kela_decision as d using (decision_id)
        where d.household_id is distinct from p.household_id or d.decision_date >= p.payment_date
           or p.benefit_month not between d.valid_from and d.valid_to
           or d.result <> case when p.is_return then 'TAKAISINPERINTA' else 'MYONTO' end
           or p.is_return <> (p.amount_eur < 0)"""
    assert tables.rows(wrong) == []
    returned, to_landlord = tables.row(
        "select count(*) filter (is_return), count(*) filter (payee = 'LANDLORD') from kela_payment"
    )
    assert min(returned, to_landlord) > 100


PAID = """
    with paid as (select household_id, benefit_month as month, sum(amount_eur) as eur
                  from kela_payment where not is_return group by all)
    select distinct m.month is null as is_late, paid.month is null as is_not_paid
    from (from kela_household_month where granted_eur > 0 and household_id <> 'K9000001') as m
    full join paid using (household_id, month)
    where coalesce(m.granted_eur, 0) <> coalesce(paid.eur, 0) and month {} order by 1
"""


def test_payments_of_a_benefit_month_add_up_to_what_was_granted(tables: Tables) -> None:
    assert tables.rows(PAID.format(f"< date '{NEWEST_BUT_ONE}'")) == []


def test_of_the_newest_months_some_is_paid_before_it_is_known_and_some_after_all_others(tables: Tables) -> None:
    # Late households of November have their payment, and no month yet; the last days of December are paid in January.
    assert tables.rows(PAID.format(f"= date '{NEWEST_BUT_ONE}'")) == [(True, False)]
    assert tables.rows(PAID.format(f"= date '{NEWEST}'")) == [(False, True)]
    assert tables.rows(f"from kela_payment where payment_date > last_day(date '{NEWEST}')") == []
