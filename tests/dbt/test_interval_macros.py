"""The closed-form intervals against statsmodels, which knows nothing of our SQL."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import jinja2
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.dbt.dbt_build import DBT_PROJECT

pytestmark = pytest.mark.dbt

CASES = [(k, n) for n in (1, 2, 5, 20, 29, 148, 263, 5000) for k in sorted({0, 1, n // 3, n - 1, n})]
CLIENTS = {
    "unequal clients": [(2, 2), (0, 2), (1, 1), (3, 4), (1, 1), (0, 3)],
    "clients all alike": [(1, 2)] * 6,
    "all or nothing": [(3, 3), (0, 3), (4, 4), (0, 2)],
}


def sql(expression: str) -> str:
    macros = "\n".join(
        Path(DBT_PROJECT / "macros" / name).read_text(encoding="utf-8") for name in ("share.sql", "wilson.sql")
    )
    rendered: str = jinja2.Environment(autoescape=False).from_string(f"{macros}{{{{ {expression} }}}}").render()  # noqa: S701
    return rendered


def value(expression: str, **columns: int | float) -> float | None:
    given = ", ".join(f"{number!r} as {name}" for name, number in columns.items())
    row = duckdb.sql(f"select {sql(expression)} from (select {given})").fetchone()
    assert row is not None
    found: float | None = row[0]
    return found


@pytest.mark.parametrize(("k", "n"), CASES)
def test_wilson_agrees_with_statsmodels(k: int, n: int) -> None:
    lower, upper = proportion_confint(k, n, method="wilson")
    assert value("wilson_lower('k', 'n')", k=k, n=n) == pytest.approx(lower, abs=1e-9)
    assert value("wilson_upper('k', 'n')", k=k, n=n) == pytest.approx(upper, abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ],
)
def test_newcombes_interval_is_the_published_one(
    counts: tuple[int, int, int, int], published: tuple[float, float]
) -> None:
    given = dict(zip(("a", "m", "b", "n"), counts, strict=True))
    assert value("newcombe_lower('a', 'm', 'b', 'n')", **given) == pytest.approx(published[0], abs=5e-5)
    assert value("newcombe_upper('a', 'm', 'b', 'n')", **given) == pytest.approx(published[1], abs=5e-5)


@pytest.mark.parametrize("counts", [(1, 2, 3, 7), (0, 5, 5, 5), (148, 263, 81, 263), (3, 4000, 9, 5000)])
def test_newcombes_interval_agrees_with_statsmodels(counts: tuple[int, int, int, int]) -> None:
    lower, upper = confint_proportions_2indep(*counts, method="newcomb")
    given = dict(zip(("a", "m", "b", "n"), counts, strict=True))
    assert value("newcombe_lower('a', 'm', 'b', 'n')", **given) == pytest.approx(lower, abs=1e-9)
    assert value("newcombe_upper('a', 'm', 'b', 'n')", **given) == pytest.approx(upper, abs=1e-9)


def test_without_observations_there_is_no_interval() -> None:
    assert value("wilson_lower('k', 'n')", k=0, n=0) is None
    assert value("wilson_upper('k', 'n')", k=0, n=0) is None
    assert value("share('k', 'n')", k=0, n=0) is None


def test_the_ends_are_exact_where_nobody_or_everybody_did() -> None:
    assert value("wilson_lower('k', 'n')", k=0, n=20) == 0
    assert value("wilson_upper('k', 'n')", k=20, n=20) == 1


@pytest.mark.parametrize("clients", CLIENTS.values(), ids=CLIENTS.keys())
def test_the_design_effect_is_that_of_the_linearised_ratio(clients: list[tuple[int, int]]) -> None:
    k, n = sum(a for a, _ in clients), sum(m for _, m in clients)
    share = k / n
    count = len(clients)
    variance = count / (count - 1) * sum((a - share * m) ** 2 for a, m in clients) / n**2
    expected = max(1.0, variance / (share * (1 - share) / n))
    assert math.isclose(design_effect(clients), expected, rel_tol=1e-9)


def test_with_a_share_of_0_or_1_clients_are_taken_to_answer_alike() -> None:
    assert design_effect([(3, 3), (1, 1)]) == pytest.approx((9 + 1) / 4)
    assert design_effect([(0, 3), (0, 1)]) == pytest.approx((9 + 1) / 4)


def test_one_client_counts_as_one_observation_however_many_goals() -> None:
    assert design_effect([(2, 4)]) == 4


def test_a_clustered_interval_is_never_shorter_than_that_of_independent_goals() -> None:
    for clients in CLIENTS.values():
        k, n = sum(a for a, _ in clients), sum(m for _, m in clients)
        lower, upper = proportion_confint(k, n, method="wilson")
        effect = design_effect(clients)
        clustered_lower = value("clustered_lower('k', 'n', 'effect')", k=k, n=n, effect=effect)
        clustered_upper = value("clustered_upper('k', 'n', 'effect')", k=k, n=n, effect=effect)
        assert clustered_lower is not None
        assert clustered_upper is not None
        assert clustered_lower <= lower + 1e-9
        assert clustered_upper >= upper - 1e-9


def design_effect(clients: list[tuple[int, int]]) -> float:
    found = value(
        "design_effect('k', 'n', 'kk', 'kn', 'nn', 'clients')",
        k=sum(a for a, _ in clients),
        n=sum(m for _, m in clients),
        kk=sum(a * a for a, _ in clients),
        kn=sum(a * m for a, m in clients),
        nn=sum(m * m for _, m in clients),
        clients=len(clients),
    )
    assert found is not None
    return found
