"""Delivered cubes read back as rows, by other code than the readers': cells counted by hand, codes put right."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from itertools import product
from pathlib import Path

from avainvarasto.contract_readers import JsonStatReader, PxWebReader

Row = dict[str, str]


def of_jsonstat(path: Path, reader: JsonStatReader) -> list[Row]:
    """One row a cell, as text; do not change the rows."""
    return _cells(path, reader.model_dump_json())


@cache
def _cells(path: Path, written: str) -> list[Row]:
    reader = JsonStatReader.model_validate_json(written)
    content = json.loads(path.read_text(encoding="utf-8"))
    codes = [list(content["dimension"][name]["category"]["index"]) for name in content["id"]]
    rows = []
    for cell, value in zip(product(*codes), content["value"], strict=True):
        row = {reader.value: "" if value is None else str(value)}
        for name, code in zip(content["id"], cell, strict=True):
            if name not in reader.fixed:
                column = reader.rename.get(name, name)
                row[column] = ours(reader, column, code)
        rows.append(row)
    return rows


def of_pxweb(path: Path, reader: PxWebReader) -> list[Row]:
    """One row a cell, as text."""
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    lines = list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=reader.delimiter))
    rows = []
    for line in lines:
        across = [name for name in line if reader.heading and re.fullmatch(reader.heading.pattern, name)]
        stub = {reader.rename.get(name, name): text for name, text in line.items() if name not in across}
        if not reader.heading:
            rows.append(stub)
        for name in across:
            found = re.fullmatch(reader.heading.pattern, name) if reader.heading else None
            assert found
            rows.append(stub | found.groupdict() | {reader.value: line[name]})
    return [
        {
            column: ("" if text in reader.missing else text) if column == reader.value else ours(reader, column, text)
            for column, text in row.items()
        }
        for row in rows
    ]


def ours(reader: JsonStatReader | PxWebReader, column: str, code: str) -> str:
    """A supplier's code in the contract's words."""
    bare = code.removeprefix(reader.prefix.get(column, ""))
    return reader.codes.get(column, {}).get(bare, bare)
