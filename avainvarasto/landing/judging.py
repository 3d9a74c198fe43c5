"""Rows of `delivered` judged in one pass: good ones to Parquet in the lake's form, bad ones aside with their rule.

Nothing grows with the number of rows but the files and the tables of distinct codes, which may spill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avainvarasto.contracts import NEVER_IN_LAKE, Contract
from avainvarasto.landing import hashing
from avainvarasto.landing.free_text import kept_columns, text_of, without_identifiers
from avainvarasto.landing.quarantine import key_columns
from avainvarasto.landing.repeated import SeenKeys, repeated_rows
from avainvarasto.landing.rules import IDENTITY_CODE, NAMES_A_PERSON, UNIQUE_KEY, Rule, code_types, given, lines, value
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring

BROKEN = "broken"
BATCH_ROWS = 122_880  # DuckDB's own row group
FIRST_LINE = 2


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


def judge(
    connection: duckdb.DuckDBPyConnection,
    judged: Judged,
    keyring: Keyring,
    aliases: Aliases,
    constants: Mapping[str, str],
) -> None:
    """Read `delivered` once and fill what `judged` names; `constants` are delivery_id and src_file.

    The statement is a plain projection: the database keeps the order of the lines with all its threads, so they can be
    counted here. Rows that share their key are looked for afterwards, among all rows: each of them is bad.

    Raises:
        DeliveryRefused: two codes share a pseudonym, or identity codes stand where a permit's pseudonyms were agreed.
    """
    contract = judged.contract
    for name, members in code_types(contract).items():
        connection.execute(f"create type {name} as enum ({', '.join(map(literal, members))})")
    numbered = "src_row" in connection.execute("select * from delivered limit 0").to_arrow_table().column_names
    codes = hashing.codes_of(connection.cursor(), contract, keyring, aliases, judged.place)
    seen = SeenKeys(contract)
    statement = _statement(contract, judged.rules, seen, numbered=numbered)
    reader = connection.execute(statement).to_arrow_reader(BATCH_ROWS)
    with _Writers(judged, constants) as writers:
        for batch in reader:
            columns = {name: batch.column(n) for n, name in enumerate(batch.schema.names)}
            if not numbered:
                first = FIRST_LINE + judged.n_delivered
                columns["src_row"] = pa.array(np.arange(first, first + len(batch), dtype=np.int64))
            hashing.put_sole_key(columns, contract, keyring)
            for name, known in codes.items():
                wrong = hashing.put_pseudonyms(columns, contract, name, known)
                _put_broken(columns, judged.rules, (IDENTITY_CODE, name), wrong)
            _put_finds(columns, judged)
            seen.add(columns, len(batch))
            writers.write(columns, len(batch))
    hashing.hold(codes, judged.place)
    numbers = [number for number, rule in enumerate(judged.rules) if rule.name == UNIQUE_KEY]
    if numbers and not seen.all_differ():
        good = f"read_parquet({literal(str(judged.pending))})"
        take_out(judged, repeated_rows(connection, contract, good, bad_rows(judged)), numbers[0])


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


def _put_finds(columns: dict[str, pa.Array], judged: Judged) -> None:
    """Find the texts that name a person where none may."""
    for name, column in judged.contract.columns.items():
        if column.domain.no_identifier:
            texts = columns[judged.contract.lake_name(name)]
            named = [text for text in texts.unique().to_pylist() if text and without_identifiers(text)[1].total()]
            hit = pc.is_in(texts, pa.array(named, pa.string()))
            _put_broken(columns, judged.rules, (NAMES_A_PERSON, name), hit)


def _put_broken(columns: dict[str, pa.Array], rules: list[Rule], which: tuple[str, str], hit: pa.Array) -> None:
    """Rows that are hit break that rule, unless one before it is broken; `hit` is NULL where the rule says nothing."""
    numbers = [number for number, rule in enumerate(rules) if (rule.name, rule.column) == which]
    if numbers and pc.any(hit).as_py():
        found = pc.if_else(hit, pa.scalar(numbers[0], pa.int32()), pa.scalar(None, pa.int32()))
        columns[BROKEN] = pc.min_element_wise(columns[BROKEN], found)


def _statement(contract: Contract, rules: list[Rule], seen: SeenKeys, *, numbered: bool) -> str:
    """SQL of the rows as the lake will hold them, kept texts, and the number of the first broken rule.

    A hashed column comes as its text and the database's hash of it, a sole key as its text.
    """
    kinds, parts = contract.lake_columns(), []
    for name, column in contract.columns.items():
        domain = contract.pseudonym_domain(name)
        if column.keep_restricted:
            parts.append(f"{given(name)} as {quoted(text_of(name))}")
        if column.column_class in NEVER_IN_LAKE:
            continue
        lake_name = contract.lake_name(name)
        if domain is not None:
            parts += hashing.selected(contract, name)
        elif _is_coded(contract, name):
            parts.append(f"{value(name)} as {quoted(lake_name)}")
        else:
            parts.append(f"cast({value(name)} as {kinds[lake_name]}) as {quoted(lake_name)}")
        if column.type == "partial_date":
            known = f"length(trim({given(name)}))"
            parts.append(f"case {known} when 4 then 'Y' when 7 then 'M' when 10 then 'D' end as date_precision")
    parts += [*seen.selected(), *(["line.src_row"] if numbered else [])]
    conditions = [f"when {rule.broken} then {n}" for n, rule in enumerate(rules) if rule.broken is not None]
    # No text is greater. A column that goes nowhere is read all the same: its encoding is held against the contract,
    # and the parser of DuckDB 1.5 breaks on a line too long when it may leave columns out.
    unread = [name for name, column in contract.columns.items() if column.column_class in NEVER_IN_LAKE]
    conditions += [f"when {given(name)} > repeat(chr(1114111), 2) then null" for name in unread]
    parts.append(f"cast(case {' '.join(conditions)} end as integer) as {BROKEN}")
    return f"select {', '.join(parts)} from {lines(contract)}"


def _is_coded(contract: Contract, name: str) -> bool:
    """True where the typed value is one of the column's codes: it stays a code until it is written."""
    column = contract.columns[name]
    return column.type == "string" and bool(column.domain.values) and contract.pseudonym_domain(name) is None


class _Writers:
    """The files of one pass: good rows, kept texts, and bad rows if there are any."""

    def __init__(self, judged: Judged, constants: Mapping[str, str]) -> None:
        self._judged, self._constants = judged, constants
        contract = judged.contract
        self._lake = {name: _ARROW[kind] for name, kind in contract.lake_columns().items()}
        keys = {name: self._lake[name] for name in [*key_columns(contract), "src_row"]}
        self._texts = keys | {text_of(name): pa.string() for name in kept_columns(contract)}
        self._open: dict[Path, pq.ParquetWriter] = {}

    def __enter__(self) -> _Writers:
        judged = self._judged
        judged.pending.parent.mkdir(parents=True, exist_ok=True)
        self._writer(judged.pending, self._lake)
        if kept_columns(judged.contract):
            judged.texts = judged.work / f"{judged.contract.extract}-texts.parquet"
            self._writer(judged.texts, self._texts)
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._open.values():
            writer.close()

    def write(self, columns: dict[str, pa.Array], n: int) -> None:
        judged = self._judged
        judged.n_delivered += n
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
            if _is_coded(contract, name) and contract.columns[name].default is None
        }
        fields = []
        for name, kind in types.items():
            if name in coded:
                fields.append((name, pa.dictionary(pa.uint8() if coded[name] <= 256 else pa.uint16(), pa.string())))
            elif name in self._constants:
                fields.append((name, pa.dictionary(pa.int8(), pa.string())))
            else:
                fields.append((name, kind))
        return pa.schema(fields)


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
