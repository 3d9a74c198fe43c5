"""Whatever the log of events holds, the funnel narrows and counts nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.dbt_build import Build
from tests.dbt.event_logs import Notice, at, logs, over_nothing, quick, rows_of

pytestmark = pytest.mark.dbt

MART = "mart_kela_flow__funnel"
STAGES = (
    "n_notifications",
    "n_received",
    "n_contact_tried",
    "n_reached",
    "n_booked",
    "n_met",
    "n_assessment_started",
    "n_assessment_done",
    "n_plan",
)
# The first event of each stage but the sending, in their order, and events that are no stage of their own.
PATH = (
    "VASTAANOTETTU",
    "YHT_KIRJE",
    "TAVOITETTU",
    "AIKA_VARATTU",
    "TAPAAMINEN",
    "PTA_ALOITETTU",
    "PTA_VALMIS",
    "SUUNNITELMA",
)
STEPS = (*PATH, "AIKA_PERUTTU", "EI_SAAPUNUT", "EI_TAVOITETTU_KIRJE", "PTA_EI_TARPEEN", "PAATOS", "SIIRRETTY")
# Events that give evidence of a stage of the path as well, by its place.
ALSO = {"EI_TAVOITETTU_KIRJE": 1, "AIKA_PERUTTU": 3, "EI_SAAPUNUT": 3}
# Weeks, so that some notices are open, some were not acted on in time, and some are repeats.
WEEKS = st.integers(-100 * 1440, 100 * 1440)


@pytest.fixture(scope="module")
def warehouse(build: Build, models: dict[str, dict[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models of the mart, as dbt compiled them, over empty tables."""
    with over_nothing(build, models, MART) as connection:
        yield connection


random_logs = given(log=logs(STEPS, moments=WEEKS, most=8))
quicker = settings(quick, max_examples=60)


@quicker
@random_logs
def test_no_stage_has_more_notices_than_the_one_before(warehouse: duckdb.DuckDBPyConnection, log: list[Notice]) -> None:
    rows = rows_of(warehouse, MART, log)
    assert len(rows) > 5
    for row in rows:
        counts = [row[stage] for stage in STAGES]
        assert counts == sorted(counts, reverse=True)
        assert row["n_open"] + row["n_not_acted_on"] <= row["n_notifications"]
        assert row["n_no_show"] <= row["n_booked"]


@quicker
@random_logs
def test_each_notice_is_in_one_month_and_has_the_stages_that_its_events_give_evidence_of(
    warehouse: duckdb.DuckDBPyConnection, log: list[Notice]
) -> None:
    rows = rows_of(warehouse, MART, log)
    found = {row["month"]: row for row in rows if row["cut"] == "month"}
    for month, row in found.items():
        here = [notice for notice in log if f"{at(notice.minutes):%Y-%m}" == month]
        assert row["n_notifications"] == len(here)
        assert row["n_persons"] == len({notice.person for notice in here})
        for stage, measure in enumerate(STAGES[2:], start=1):
            evidence = set(PATH[stage:]) | {step for step, of in ALSO.items() if of >= stage}
            assert row[measure] == sum(any(step in evidence for *_, step in notice.events) for notice in here)
    assert sum(row["n_notifications"] for row in found.values()) == len(log)
