"""Great Expectations' datasource for DuckDB; importing this module imports Great Expectations (seconds)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection open.

    Great Expectations fetches after it has handed the connection back, and DuckDB then drops the result.
    """

    @contextmanager
    def get_connection(self) -> Iterator[Any]:
        if not self._connection:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> type[SqlAlchemyExecutionEngine]:
        return DuckDBExecutionEngine
