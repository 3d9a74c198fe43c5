"""What became of the rows of one table, and its files: good rows in the lake's form, bad rows and kept texts aside."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avainvarasto.contracts import Contract
from avainvarasto.landing.free_text import kept_columns, text_of
from avainvarasto.landing.quarantine import key_columns
from avainvarasto.landing.rules import Rule
from avainvarasto.landing.sql import literal, quoted

BROKEN = "broken"
BATCH_ROWS = 122_880  # DuckDB's own row group
_ARROW = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "decimal(12,2)": pa.decimal128(12, 2),
    "decimal(5,2)": pa.decimal128(5, 2),
    "decimal(18,6)": pa.decimal128(18, 6),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
}


@dataclass
class Judged:
    """What became of the rows of one table.

    `pending` holds the good ones as the lake will; `aside` are files of the bad ones with, in `broken`, the number of
    the first broken rule; `texts` holds the kept texts of the rows that were good by themselves, with their keys.
    """

    contract: Contract
    place: str
    rules: list[Rule]
    pending: Path
    work: Path
    metadata: Mapping[str, str]
    n_delivered: int = 0
    n_bad: int = 0
    aside: list[Path] = field(default_factory=list)
    texts: Path | None = None

    @property
    def n_good(self) -> int:
        return self.n_delivered - self.n_bad


class Writers:
    """The files of one pass: good rows, kept texts, and bad rows if there are any.

    A thread of its own writes one batch while the next is made, and the batches in their order. Its error is raised
    where the next batch is given, or at the end; after any error the file of good rows is gone.
    """

    def __init__(self, judged: Judged, constants: Mapping[str, str]) -> None:
        self._judged, self._constants = judged, constants
        contract = judged.contract
        self._lake = {name: _ARROW[kind] for name, kind in contract.lake_columns().items()}
        keys = {name: self._lake[name] for name in [*key_columns(contract), "src_row"]}
        self._texts = keys | {text_of(name): pa.string() for name in kept_columns(contract)}
        self._open: dict[Path, pq.ParquetWriter] = {}
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> Writers:
        judged = self._judged
        judged.pending.parent.mkdir(parents=True, exist_ok=True)
        self._writer(judged.pending, self._lake)
        if kept_columns(judged.contract):
            judged.texts = judged.work / f"{judged.contract.extract}-texts.parquet"
            self._writer(judged.texts, self._texts)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        whole = False
        try:
            self._thread.shutdown()
            if kind is None:
                self._wait()
                self._close()
                whole = True
        finally:
            if not whole:
                with suppress(Exception):  # the error that came first is the one to be told
                    self._close()
                self._judged.pending.unlink(missing_ok=True)

    def write(self, columns: dict[str, pa.Array], n: int) -> None:
        """Give the next batch of `n` rows, as soon as the one before is written."""
        self._wait()
        self._writing = self._thread.submit(self._write_batch, columns, n)

    def _wait(self) -> None:
        if self._writing:
            self._writing.result()

    def _close(self) -> None:
        with ExitStack() as closing:
            for writer in self._open.values():
                closing.callback(writer.close)
            self._open.clear()

    def _write_batch(self, columns: dict[str, pa.Array], n: int) -> None:
        judged = self._judged
        for name, constant in self._constants.items():
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), pa.array([constant]))
        broken = columns[BROKEN]
        if broken.null_count < n:
            bad = pc.is_valid(broken)
            aside = judged.work / f"{judged.contract.extract}-0.parquet"
            if aside not in judged.aside:
                judged.aside.append(aside)
            self._write(aside, self._lake | {BROKEN: pa.int32()}, {k: v.filter(bad) for k, v in columns.items()})
            judged.n_bad += pc.sum(bad).as_py()
            columns = {name: values.filter(pc.invert(bad)) for name, values in columns.items()}
        self._write(judged.pending, self._lake, columns)
        if judged.texts:
            self._write(judged.texts, self._texts, columns)

    def _write(self, path: Path, types: Mapping[str, pa.DataType], columns: Mapping[str, pa.Array]) -> None:
        writer = self._writer(path, types)
        writer.write_table(pa.table([columns[name] for name in types], schema=writer.schema))

    def _writer(self, path: Path, types: Mapping[str, pa.DataType]) -> pq.ParquetWriter:
        if path not in self._open:
            schema = self._schema(types)
            self._open[path] = pq.ParquetWriter(path, schema, **_form(self._judged.contract, schema))
            self._open[path].add_key_value_metadata(dict(self._judged.metadata))
        return self._open[path]

    def _schema(self, types: Mapping[str, pa.DataType]) -> pa.Schema:
        """Columns of codes, and of one constant, go to the file as dictionaries: nothing is spelt out for each row."""
        contract = self._judged.contract
        coded = {
            contract.lake_name(name): len(contract.columns[name].domain.values or [])
            for name in contract.columns
            if is_coded(contract, name) and contract.columns[name].default is None
        }
        fields = []
        for name, kind in types.items():
            if name in coded:
                fields.append((name, pa.dictionary(pa.uint8() if coded[name] <= 256 else pa.uint16(), pa.string())))
            elif name in self._constants or name == "code_sex":
                fields.append((name, pa.dictionary(pa.int8(), pa.string())))
            else:
                fields.append((name, kind))
        return pa.schema(fields)


def take_out(judged: Judged, src_rows: pa.Array, rule: int) -> None:
    """Move rows from the good to the bad, under the rule of that number."""
    if not len(src_rows):
        return
    kept = judged.pending.with_suffix(".kept")
    aside = judged.work / f"{judged.contract.extract}-{len(judged.aside)}.parquet"
    source = pq.ParquetFile(judged.pending)
    schema = source.schema_arrow
    with (
        pq.ParquetWriter(kept, schema, **_form(judged.contract, schema)) as good,
        pq.ParquetWriter(aside, schema.append(pa.field(BROKEN, pa.int32())), compression="zstd") as bad,
    ):
        good.add_key_value_metadata(dict(judged.metadata))
        for batch in source.iter_batches(BATCH_ROWS):
            rows = pa.Table.from_batches([batch], schema)
            hit = pc.is_in(rows.column("src_row"), src_rows)
            good.write_table(rows.filter(pc.invert(hit)))
            taken = rows.filter(hit)
            bad.write_table(taken.append_column(BROKEN, pa.array(np.full(len(taken), rule, dtype=np.int32))))
            judged.n_bad += len(taken)
    kept.replace(judged.pending)
    judged.aside.append(aside)


def bad_rows(judged: Judged) -> str:
    """SQL of the bad rows: the lake's columns, and broken."""
    if judged.aside:
        return f"read_parquet([{', '.join(literal(str(path)) for path in judged.aside)}], union_by_name = true)"
    columns = ", ".join(f"cast(null as {kind}) as {quoted(n)}" for n, kind in judged.contract.lake_columns().items())
    return f"(select {columns}, cast(null as integer) as {BROKEN} where false)"


def is_coded(contract: Contract, name: str) -> bool:
    """True where the typed value is one of the column's codes: it stays a code until it is written."""
    column = contract.columns[name]
    return column.type == "string" and bool(column.domain.values) and contract.pseudonym_domain(name) is None


def _form(contract: Contract, schema: pa.Schema) -> dict[str, Any]:
    """How columns are written: dictionaries where a value comes often, steps between lines, and keys as they are.

    Pseudonyms look random: nothing compresses them, and trying is dear.
    """
    keys = [name for name in contract.hashed_columns() if name in schema.names]
    often = [field.name for field in schema if not pa.types.is_int64(field.type)]
    return {
        "compression": {name: "none" if name in keys else "zstd" for name in schema.names},
        "use_dictionary": often,
        "column_encoding": {"src_row": "DELTA_BINARY_PACKED"},
        # Without Arrow's own note of the types codes are read as the texts that they are.
        "store_schema": False,
    }
