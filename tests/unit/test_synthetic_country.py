"""The made-up country: published totals, the same bytes for a seed, and the truth that was put into it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avainvarasto import cli
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.calibration import Line, calibration
from avainvarasto.synthetic.country.composition import APPLICANT, CHILD, KINDS, SPOUSE, WITH_CHILDREN, WITH_SPOUSE
from avainvarasto.synthetic.country.country import Country, make_country
from avainvarasto.synthetic.country.facts import TARGETS
from avainvarasto.synthetic.country.spells import EMPTY_MONTH
from avainvarasto.synthetic.country.traits import TONGUES
from avainvarasto.synthetic.country.truth import Truth
from avainvarasto.synthetic.places import PILOTS, TORNIO

pytestmark = pytest.mark.unit

SEED_FILE = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"


def a_country(
    scale: float = 0.01, seed: int = 7, effect: float = 0.15, last: str = "2019-12", truth: Truth | None = None
) -> Country:
    truth = truth or Truth.of(effect)
    return make_country(SEED_FILE, scale=scale, first="2017-01", last=last, seed=seed, truth=truth)


@pytest.fixture(scope="module")
def country() -> Country:
    return a_country()


@pytest.fixture(scope="module")
def larger() -> Country:
    return a_country(scale=0.3)


# Published totals


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_every_published_total_is_met_at_a_hundredth(seed: int) -> None:
    lines = list(calibration(a_country(seed=seed)))
    assert [line.target for line in lines] == list(TARGETS)
    assert [line.target.measure for line in lines if not line.holds] == []


def test_every_published_total_is_met_within_five_per_cent_where_chance_is_small(larger: Country) -> None:
    for line in calibration(larger):
        assert line.made == pytest.approx(line.target.value, rel=0.05), line.target.measure


def test_four_of_five_decisions_grant_within_two_hundredths(larger: Country) -> None:
    (share,) = [line for line in calibration(larger) if line.target.measure == "decisions that grant, share"]
    assert share.made == pytest.approx(share.target.value, abs=0.02)


def test_what_is_six_per_cent_away_does_not_hold(larger: Country) -> None:
    target = TARGETS[0]
    line = Line(target, target.value * 1.06, 0.05 * target.value)
    assert not line.holds
    assert Line(target, target.value * 1.04, line.allowed).holds


def test_only_targets_whose_months_are_there_are_measured() -> None:
    of_2017 = {line.target.period for line in calibration(a_country(last="2017-12"))}
    assert of_2017 == {"2017", "2017-07", "2017-01..2017-07"}


def test_the_table_of_the_whole_country_is_shown_as_it_is() -> None:
    text = (PROJECT_ROOT / "docs" / "made-up-country.md").read_text(encoding="utf-8")
    table = text[text.index("| measure |") : text.index("Totals by year")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    lines = list(calibration(a_country(scale=1.0)))
    assert [(row[0], row[1]) for row in rows[2:]] == [(line.target.measure, line.target.period) for line in lines]
    for row, line in zip(rows[2:], lines, strict=True):
        assert float(row[2].replace(",", "")) == line.target.value
        rounded = 0.0006 if line.target.is_share else 1
        assert float(row[3].replace(",", "")) == pytest.approx(line.made, rel=0.0005, abs=rounded), row[0]
        assert row[5] == line.target.source


# The same seed


def test_the_same_seed_gives_the_same_country_and_another_seed_another(country: Country) -> None:
    again, other = a_country(), a_country(seed=8)
    for name in ("home", "kinds", "received", "refused", "no_income", "level"):
        assert np.array_equal(getattr(country, name), getattr(again, name)), name
    for name in ("household", "role", "birth", "sex"):
        assert np.array_equal(getattr(country.persons, name), getattr(again.persons, name)), name
    assert np.array_equal(country.granted(5), again.granted(5))
    assert other.received.shape != country.received.shape


# Households


def test_households_have_the_persons_of_their_kind(country: Country) -> None:
    n = len(country.kinds)
    applicants, spouses, children = (
        np.bincount(country.persons.household[country.persons.role == role], minlength=n)
        for role in (APPLICANT, SPOUSE, CHILD)
    )
    assert np.array_equal(applicants, np.ones(n))
    assert np.array_equal(spouses, WITH_SPOUSE[country.kinds])
    assert np.array_equal(children > 0, WITH_CHILDREN[country.kinds])
    assert set(country.kinds) == set(range(len(KINDS)))


def test_parents_are_older_than_their_children(country: Country) -> None:
    persons = country.persons
    born = persons.birth.astype("datetime64[Y]").astype(int)
    parent = dict(zip(persons.household[persons.role == APPLICANT], born[persons.role == APPLICANT], strict=True))
    youngest = [year - parent[household] for household, year in zip(persons.household, born, strict=True)]
    assert min(np.array(youngest)[persons.role == CHILD]) >= 15


def test_a_month_is_granted_or_refused_and_money_goes_to_the_granted_only(country: Country) -> None:
    assert not (country.received & country.refused).any()
    assert not (country.no_income & ~country.received).any()
    for row in (0, 20):
        assert np.array_equal(country.granted(row) > 0, country.received[row])


def test_leaving_is_rarer_the_longer_a_spell_lasts(larger: Country) -> None:
    begins = ~larger.received[0] & larger.received[1]
    still = [larger.received[1 : 2 + n][:, begins].all(axis=0).sum() for n in range(19)]
    leaving = [1 - still[n + 1] / still[n] for n in range(18)]
    assert np.mean(leaving[:3]) > 1.5 * np.mean(leaving[9:18])


# The truth


def exits(country: Country, code: str, first: str, last: str) -> float:
    """Share of a municipality's household-months of assistance in a span that were followed by none."""
    rows, here = country.within(first, last), country.home == country.homes.codes.index(code)
    got = country.received[:, here]
    now, then = got[rows.start : rows.stop - 1], got[rows.start + 1 : rows.stop]
    return float((now & ~then).sum() / now.sum())


def test_without_effect_the_pilot_changes_nothing_and_with_it_only_where_and_when_the_model_works() -> None:
    none, strong = (a_country(0.5, truth=replace(Truth(), model=factor)) for factor in (1.0, 2.0))
    before = [exits(world, "837", "2017-01", "2018-02") for world in (strong, none)]
    assert before[0] == pytest.approx(before[1], rel=0.01)  # other couples part where others have left
    for code in ("837", "297", "211", "680"):
        ratio = exits(strong, code, "2018-04", "2019-12") / exits(none, code, "2018-04", "2019-12")
        assert 1.4 < ratio < 2.2, code
    elsewhere = exits(strong, "564", "2018-04", "2019-12") / exits(none, "564", "2018-04", "2019-12")
    assert 0.9 < elsewhere < 1.1


def left_next(country: Country, chosen: np.ndarray, first: str = "2017-01", last: str = "2019-11") -> float:
    """Share of the chosen household-months of assistance (months x households) that were followed by none."""
    rows = country.within(first, last)
    now = country.received[rows.start : rows.stop] & chosen[rows.start : rows.stop]
    then = country.received[rows.start + 1 : rows.stop + 1]
    return float((now[: len(then)] & ~then).sum() / now[: len(then)].sum())


def test_a_notice_by_rule_raises_leaving_for_six_months_by_the_factor_that_is_true() -> None:
    def lately_notified(country: Country) -> np.ndarray:
        found = country.notified >= 0
        lately = np.zeros_like(found)
        for back in range(6):
            lately[back:] |= found[: len(found) - back]
        return lately

    worlds = [a_country(0.3, truth=replace(Truth.of(0.0), notification=factor)) for factor in (1.0, 1.5)]
    notified = [lately_notified(world) for world in worlds]
    none, strong = (
        (left_next(world, lately), left_next(world, ~lately)) for world, lately in zip(worlds, notified, strict=True)
    )
    # An empty month within a spell looks like leaving and knows no notice.
    assert (strong[0] - EMPTY_MONTH) / (none[0] - EMPTY_MONTH) == pytest.approx(1.5, abs=0.12)
    assert strong[1] / none[1] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("factor", "group"), [(0.5, "muu"), (1.0, "sv")])
def test_those_with_another_language_leave_by_the_factor_that_is_true(factor: float, group: str) -> None:
    truth = replace(Truth.of(0.0), by_language={"fi": 1.0, "sv": 1.0, "se": 1.0, "muu": factor})
    country = a_country(0.3, truth=truth)
    tongue = np.broadcast_to(country.traits.tongue, country.received.shape)
    finnish, others = (left_next(country, tongue == TONGUES.index(name)) for name in ("fi", group))
    # Who stays is a mixture that leaves more slowly anyway, so a ratio of months is not the factor itself.
    assert (others / finnish < 0.75) if factor < 1 else (0.93 < others / finnish < 1.07)


def test_urbanity_changes_nothing_as_the_truth_says(larger: Country) -> None:
    urban = np.array([kind == "1" for kind in larger.homes.urbanity])[larger.home]
    by_urbanity = [left_next(larger, np.broadcast_to(where, larger.received.shape)) for where in (urban, ~urban)]
    assert by_urbanity[0] / by_urbanity[1] == pytest.approx(1.0, abs=0.03)


def test_a_world_without_effect_has_no_effect_of_a_notice_either() -> None:
    told = Truth.of(0.0).as_yaml()
    assert told["model"]["factor"] == told["notification"]["factor"] == 1.0
    assert Truth.of(0.15).as_yaml()["notification"] == {"factor": 1.1, "months": 6}


def test_tornio_leaves_the_trial_in_june_2018() -> None:
    truth = Truth()
    months = [np.datetime64(month, "M") for month in ("2018-02", "2018-03", "2018-05", "2018-06")]
    works = {str(month): dict(zip(PILOTS, truth.model_works(tuple(PILOTS), month), strict=True)) for month in months}
    assert not any(works["2018-02"].values())
    assert all(works["2018-03"].values())
    assert works["2018-05"][TORNIO]
    assert {code for code, at_work in works["2018-06"].items() if not at_work} == {TORNIO}


def test_the_truth_says_its_factors_and_months() -> None:
    told = replace(Truth.of(0.2), by_sex={"1": 1.0, "2": 1.3}).as_yaml()
    assert told["model"]["factor"] == pytest.approx(1.2)
    assert told["model"]["municipalities"][TORNIO] == {"from": "2018-03", "before": "2018-06"}
    assert told["sex"] == {"1": 1.0, "2": 1.3}


# The command


def test_the_calibration_is_printed_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "calibration", "--scale", "0.01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TARGETS) + 1
    assert lines[0].startswith("measure,period,published,made_up")
    assert "recipient households,2018,281488," in "\n".join(lines)


@pytest.mark.parametrize("wrong", [["--scale", "0"], ["--from", "2019-01", "--to", "2018-01"]])
def test_a_country_without_people_or_months_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "calibration", *wrong]) == 1
    assert "scale above 0" in capsys.readouterr().err
