"""Rows of `delivered` judged in one pass: good ones to Parquet in the lake's form, bad ones aside with their rule.

Nothing grows with the number of rows but files; memory grows with the distinct codes.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from avainvarasto.contracts import NEVER_IN_LAKE, Contract
from avainvarasto.landing import hashing
from avainvarasto.landing.free_text import text_of, without_identifiers
from avainvarasto.landing.judged import BATCH_ROWS, BROKEN, Judged, Writers, bad_rows, is_coded, take_out
from avainvarasto.landing.repeated import SeenKeys, repeated_rows
from avainvarasto.landing.rules import IDENTITY_CODE, NAMES_A_PERSON, UNIQUE_KEY, Rule, code_types, given, lines, value
from avainvarasto.landing.sql import literal, quoted
from avainvarasto.pseudonymise.aliases import Aliases
from avainvarasto.pseudonymise.keys import Keyring

FIRST_LINE = 2


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
    seen = SeenKeys(contract, judged.work)
    statement = _statement(contract, judged.rules, seen, numbered=numbered)
    reader = connection.execute(statement).to_arrow_reader(BATCH_ROWS)
    with Writers(judged, constants) as writers:
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
            judged.n_delivered += len(batch)
            writers.write(columns, len(batch))
    hashing.hold(codes, judged.place)
    numbers = [number for number, rule in enumerate(judged.rules) if rule.name == UNIQUE_KEY]
    if numbers and not seen.all_differ():
        good = f"read_parquet({literal(str(judged.pending))})"
        take_out(judged, repeated_rows(connection, contract, good, bad_rows(judged)), numbers[0])


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
        elif is_coded(contract, name):
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
