"""One function that runs a suite on a table of a DuckDB file; Great Expectations is imported when it is called.

Results keep counts and quote no value.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from avainvarasto.errors import GateFailed
from avainvarasto.quality.receipts import RuleResult
from avainvarasto.quality.suites import Suite

_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
_NAME = "duckdb"


def run_suite(suite: Suite, database: Path, schema: str, table: str) -> list[RuleResult]:
    """Evaluate every expectation of a suite on one table of a DuckDB file, opened read-only.

    A suite that allows no rows (`meta.rows.min: 0`) holds on an empty table with nothing evaluated.

    Raises:
        GateFailed: the table has fewer rows than the suite demands, an expectation is unknown to Great
            Expectations or raised an error, or results and declared rules differ in number.
    """
    where = f"{suite.name} on {schema}.{table}"
    with duckdb.connect(str(database), read_only=True) as connection:
        counted = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()
    rows = int(counted[0]) if counted else 0
    if rows < suite.meta.rows.min:
        raise _failed(where, f"{rows} rows, and the suite demands at least {suite.meta.rows.min}")
    if rows == 0:
        return [RuleResult(e.rule, e.severity, 0, 0, True) for e in suite.expectations]
    with _quiet():
        by_rule = _validate(suite, database, schema, table, where)
    return [
        _counted(expectation.rule, expectation.severity, by_rule, rows, where) for expectation in suite.expectations
    ]


def _validate(suite: Suite, database: Path, schema: str, table: str, where: str) -> dict[str, Any]:
    import great_expectations as gx
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    from avainvarasto.quality.duckdb_source import DuckDBDatasource

    known = set(list_registered_expectation_implementations())
    for expectation in suite.expectations:
        if expectation.type not in known:
            raise _failed(where, f"the expectation type '{expectation.type}' does not exist")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_or_update_duckdb(
        datasource=DuckDBDatasource(
            name=_NAME,
            connection_string=f"duckdb:///{database}",
            create_temp_table=False,
            kwargs={"connect_args": {"read_only": True}},
        )
    )
    asset = source.add_table_asset("batch", table_name=table, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    loaded = gx.ExpectationSuite(
        name=suite.name,
        expectations=[
            {
                "type": e.type,
                "kwargs": e.kwargs,
                "severity": e.severity,
                "notes": e.notes,
                "meta": {"rule": e.rule},
            }
            for e in suite.expectations
        ],
    )
    if len(loaded.expectations) != len(suite.expectations):
        raise _failed(where, f"{len(loaded.expectations)} of {len(suite.expectations)} rules could be loaded")
    try:
        outcome = batch.validate(loaded, result_format=_RESULT_FORMAT)
    finally:
        _close(batch.data.execution_engine)
        source.get_engine().dispose()
    return {one.expectation_config.meta["rule"]: one for one in outcome.results}


def _close(engine: Any) -> None:
    """The kept connection too: DuckDB refuses other configurations of a file that is still open."""
    if engine._connection:
        engine._connection.close()
    engine.engine.dispose()


def _counted(rule: str, severity: str, by_rule: dict[str, Any], rows: int, where: str) -> RuleResult:
    one = by_rule.get(rule)
    if one is None:
        raise _failed(where, f"'{rule}' was declared and not evaluated")
    if one.exception_info.get("raised_exception") or any(
        isinstance(part, dict) and part.get("raised_exception") for part in one.exception_info.values()
    ):
        raise _failed(where, f"'{rule}' could not be evaluated")
    unexpected = one.result.get("unexpected_count", one.result.get("observed_value", 0))
    if not isinstance(unexpected, int) or one.success:
        unexpected = 0 if one.success else rows
    return RuleResult(rule, severity, rows, unexpected, bool(one.success))


@contextmanager
def _quiet() -> Iterator[None]:
    """No telemetry, and neither progress bars nor library warnings in the run's output."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["TQDM_DISABLE"] = "1"
    previous = logging.getLogger("great_expectations").level
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger("great_expectations").setLevel(previous)


def _failed(where: str, problem: str) -> GateFailed:
    return GateFailed(
        where,
        problem,
        consequence="The gate stays closed; what was published stays as it was.",
        remedy="mend the suite under expectations/suites, or ask for the delivery again",
    )
