"""AVAIN in the made-up country: clients, goals and factors as published, and clients who are persons of Kela."""

from __future__ import annotations

from collections import Counter

import pytest

from avainvarasto.synthetic.avain import COMMONEST, Assessment, make_assessments
from avainvarasto.synthetic.avain_detail import factor_rows
from avainvarasto.synthetic.country.country import Country
from avainvarasto.synthetic.country.people import make_people
from avainvarasto.synthetic.sources.clients import pools
from avainvarasto.synthetic.sources.contacts import Contacts
from tests.synthetic_demo import Tables, a_country

pytestmark = pytest.mark.unit

# THL, Tutkimuksesta tiiviisti 31/2018, figure 4: the factors that support, and that hinder, most.
PUBLISHED = {"1": {"F17", "F08", "F14", "F15", "F09", "F05"}, "2": {"F06", "F07", "F13", "F10"}}
START = "assessment_kind = 'ALKU' and consent_research"
IN_FIGURES = f"{START} and assessment_date between '2018-03' and '2018-10-31'"


def form_of(country: Country) -> list[Assessment]:
    contacts = Contacts(country, make_people(country))
    return make_assessments(pools(country, contacts).by_place, country.seed, country.traps)


# Clients


def test_there_are_162_clients_by_mid_october_of_whom_148_are_in_the_figures(tables: Tables) -> None:
    counted = f"""select count(distinct client_id) filter (assessment_date <= '2018-10-15'),
                         count(distinct client_id) filter ({IN_FIGURES}), count(*) - count(distinct client_id)
                  from avain_assessment where {START}"""
    assert tables.row(counted) == (162, 148, 0)


def test_every_client_is_a_person_of_kela_with_months_in_the_municipality_of_the_form(tables: Tables) -> None:
    counted = tables.rows(
        """select client_id, count(m.month) filter (m.month between date '2018-03-01' and date '2018-10-01'),
                  bool_or(m.municipality_code = a.municipality_code)
           from avain_assessment as a left join kela_person_month as p on p.person_id = a.client_id
           left join kela_household_month as m using (household_id, month)
           where assessment_kind = 'ALKU' and p.role = 'HAKIJA' group by client_id"""
    )
    assert len(counted) == tables.row("select count(distinct client_id) from avain_assessment")[0]
    assert min(n for _, n, _ in counted) >= 1
    assert sum(n for _, n, _ in counted) > 5 * len(counted)
    assert all(lives_there for _, _, lives_there in counted)


def test_the_form_says_sex_and_year_of_birth_as_kela_does_where_it_says_them(tables: Tables) -> None:
    assert (
        tables.rows(
            """from avain_assessment as form join kela_person as p on p.person_id = client_id
           where form.birth_year <> p.birth_year or form.sex <> p.sex"""
        )
        == []
    )
    filled, n = tables.row("select count(birth_year), count(*) from avain_assessment")
    assert 0.8 < filled / n < 1


def test_dates_are_partial_on_a_few_forms(tables: Tables) -> None:
    lengths = f"select length(assessment_date), count(*) from avain_assessment where {START} group by 1 order by 1"
    (_, years), (_, months), (_, days) = tables.rows(lengths)
    assert 0 < years + months < days / 10


def test_tornio_sets_no_goals_after_may_and_reviews_none(tables: Tables) -> None:
    tornio = "select count(*), max(assessment_date) < '2018-06' from avain_assessment where municipality_code = '851'"
    assert tables.row(tornio) == (10, True)
    reviewed = "from avain_goal_review join avain_assessment using (assessment_id) where municipality_code = '851'"
    assert tables.rows(reviewed) == []


# Goals and factors


def test_each_start_has_one_main_goal_and_what_follows_points_to_it(tables: Tables) -> None:
    mains = """select a.assessment_kind, count(*) filter (g.is_main_goal) as n_main
               from avain_assessment as a left join avain_goal as g using (assessment_id)
               group by a.assessment_id, a.assessment_kind"""
    assert set(tables.rows(mains)) == {("ALKU", 1), ("LOPPU", 0), ("VALI", 0)}
    followed = """select after.assessment_kind, start.assessment_kind, bool_and(after.client_id = start.client_id)
                  from avain_assessment as after
                  left join avain_assessment as start on after.previous_assessment_id = start.assessment_id
                  where after.assessment_kind <> 'ALKU' group by all order by 1"""
    assert tables.rows(followed) == [("LOPPU", "ALKU", True), ("VALI", "ALKU", True)]


def test_the_commonest_goals_have_their_published_order(tables: Tables) -> None:
    ranked = f"""select goal_code from avain_goal join avain_assessment using (assessment_id)
                 where {START} group by 1 order by count(distinct client_id) desc limit 4"""
    assert tuple(code for (code,) in tables.rows(ranked)) == COMMONEST == ("G11", "G13", "G10", "G01")


@pytest.mark.parametrize("direction", PUBLISHED)
def test_the_factors_that_support_and_hinder_most_are_the_published_ones(tables: Tables, direction: str) -> None:
    most = PUBLISHED[direction]
    ranked = f"""select factor_code, count(distinct client_id) as n
                 from avain_factor join avain_assessment using (assessment_id)
                 where direction = '{direction}' and {IN_FIGURES} group by 1 order by n desc"""
    found = tables.rows(ranked)
    assert {code for code, _ in found[: len(most)]} == most
    assert found[len(most) - 1][1] > 1.1 * found[len(most)][1]


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_has_other_answers_and_the_same_commonest_goals_and_factors(seed: int) -> None:
    starts = [one for one in form_of(a_country(seed=seed)) if one.kind == "ALKU" and one.consent]
    goals = Counter(goal.code for one in starts for goal in one.goals)
    assert tuple(code for code, _ in goals.most_common(4)) == COMMONEST
    marked = {(row["direction"], row["factor_code"], row["assessment_id"]) for row in factor_rows(starts, seed)}
    for direction, most in PUBLISHED.items():
        counted = Counter(factor for found, factor, _ in marked if found == direction)
        assert {factor for factor, _ in counted.most_common(len(most))} == most


def test_about_sixty_per_cent_of_the_goals_are_reviewed(tables: Tables) -> None:
    goals, reviewed = tables.row(
        """select count(*), count(r.goal_seq)
           from avain_goal left join avain_goal_review as r using (assessment_id, goal_seq)"""
    )
    assert 0.5 < reviewed / goals < 0.7
    assert tables.row("select count(*) from avain_goal_review") == (reviewed,)


def test_every_factor_is_of_a_goal_of_its_start_assessment(tables: Tables) -> None:
    factors = """select a.assessment_kind, g.goal_seq is null, count(*) > 100
                 from avain_factor as f join avain_assessment as a using (assessment_id)
                 left join avain_goal as g
                   on g.assessment_id = coalesce(a.previous_assessment_id, a.assessment_id)
                      and g.goal_seq = f.goal_seq
                 group by all order by 1"""
    assert tables.rows(factors) == [("ALKU", False, True), ("LOPPU", False, True)]


def test_some_factors_support_and_hinder_at_once_and_most_do_one(tables: Tables) -> None:
    both, n = tables.row(
        """select count(*) filter (n = 2), count(*) from (
               select count(distinct direction) as n from avain_factor
               group by assessment_id, goal_seq, factor_code)"""
    )
    assert 0 < both < n / 5


@pytest.mark.parametrize("extract", ["avain_service", "avain_method"])
def test_use_is_judged_at_the_end_only_and_not_of_everything(tables: Tables, extract: str) -> None:
    used = f"select distinct assessment_kind, used from {extract} join avain_assessment using (assessment_id)"
    assert set(tables.rows(used)) == {("ALKU", None), ("LOPPU", "K"), ("LOPPU", "E"), ("LOPPU", None)}


# Clients who do not commit


def attained(assessments: list[Assessment]) -> float:
    """Share of the reviewed goals that were attained."""
    reviewed = Counter(goal.attainment for one in assessments for goal in one.goals if goal.attainment)
    return reviewed["SAAVUTETTU"] / reviewed.total()


def test_with_clients_that_do_not_commit_less_is_attained_and_less_reviewed() -> None:
    countries = {only: [a_country(seed=seed, committing_only=only) for seed in (7, 8, 9)] for only in (True, False)}
    share, reviewed = {}, {}
    for only, made in countries.items():
        forms = [form_of(country) for country in made]
        share[only] = attained([one for form in forms for one in form])
        reviewed[only] = sum(one.reviewed_on is not None for form in forms for one in form if one.kind == "ALKU")
        committing = []
        for country, form in zip(made, forms, strict=True):
            household = dict(zip(make_people(country).code.to_pylist(), country.persons.household, strict=True))
            committing += [bool(country.committing[household[one.person.code]]) for one in form]
        assert all(committing) == only
    assert share[True] > share[False] + 0.03
    assert reviewed[True] > 1.05 * reviewed[False]
