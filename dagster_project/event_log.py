"""Dagster's log of events with its connections kept open.

Belongs here: how the log's SQLite files are opened. Does not: what is written into them. Dagster opens and closes the
file for each event, and SQLite then moves the journal into it each time: 7.5 ms an event, a fifth of a night.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS

# The index, the run under way, and those that a page of the web server shows.
_MOST_OPEN = 8


class OpenEventLog(SqliteEventLogStorage):
    """One engine a file, at most eight. With the journal, a killed run loses nothing; a power cut the last events."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> OpenEventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        if shard not in self._initialized_dbs:  # new, or its file was wiped
            self._close(shard)
            with super()._connect(shard):
                pass
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            if len(self._engines) >= _MOST_OPEN:
                self._close(next(iter(self._engines)))
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            sqlalchemy.event.listen(engine, "connect", _sync_at_checkpoints)
            self._engines[shard] = engine
        return self._engines[shard]

    def _close(self, shard: str) -> None:
        if engine := self._engines.pop(shard, None):
            engine.dispose()

    def dispose(self) -> None:
        for shard in list(self._engines):
            self._close(shard)
        super().dispose()


def _sync_at_checkpoints(connection: Any, _record: object) -> None:
    connection.execute("pragma synchronous = normal")
