"""JSON-stat 2 datasets: a row a cell, with the codes of the dimensions as they are written.

Numbers stay the text that they are in the file, so that no count becomes 99.0 and no 1.10 becomes 1.1.
"""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

import pyarrow as pa

from avainvarasto.contract_readers import JsonStatReader
from avainvarasto.landing.readers.arriving import Arriving, ask, hold_header, refuse, unless_blank
from avainvarasto.landing.readers.cells import add_rows, hold_size, our_code
from avainvarasto.landing.readers.json_text import NotAsAgreed, Number, decoder
from avainvarasto.landing.readers.table import create
from avainvarasto.landing.sql import quoted

MAX_BYTES = 200_000_000
BATCH = 100_000
CLASS, VERSION = "dataset", "2.0"
MOST_DIMENSIONS = 20
MOST_DIGITS = 9  # of a size or position


def load(arriving: Arriving) -> None:
    """Fill the table `delivered`; src_row is the number of the cell, from 1, the last dimension moving fastest.

    Raises:
        DeliveryRefused: the file is no JSON-stat 2 dataset, its sizes, categories and values contradict each other,
            or its dimensions are not the contract's columns.
    """
    reader = arriving.contract.reader_as(JsonStatReader)
    try:
        content = _parsed(arriving)
        dimensions = _dimensions(content)
        _take_fixed(dimensions, reader)
        cells = hold_size([len(codes) for codes in dimensions.values()], arriving)
        values = _by_cell(content.get("value"), cells, "value")
        statuses = _statuses(content.get("status"), cells) if reader.status else None
        own = [reader.value, *([reader.status] if reader.status else [])]
        hold_header([*dimensions, *own], arriving.contract, arriving.place)
        _fill(arriving, reader, dimensions, values, statuses)
    except NotAsAgreed as refused:
        raise refuse(arriving.place, str(refused), ask(arriving.contract)) from None
    except UnicodeEncodeError:
        raise refuse(arriving.place, "holds half a character", ask(arriving.contract)) from None


def _parsed(arriving: Arriving) -> dict[str, Any]:
    if arriving.path.stat().st_size > MAX_BYTES:
        raise NotAsAgreed(f"is larger than {MAX_BYTES} bytes")
    try:
        content = decoder().decode(arriving.path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotAsAgreed("is not utf-8") from None
    except JSONDecodeError as error:
        raise NotAsAgreed(f"is not readable as JSON (line {error.lineno})") from None
    except RecursionError:
        raise NotAsAgreed("is nested too deeply to be a dataset") from None
    if not isinstance(content, dict) or content.get("class") != CLASS or content.get("version") != VERSION:
        raise NotAsAgreed(f"is no JSON-stat of class '{CLASS}' and version '{VERSION}'")
    return content


def _dimensions(content: dict[str, Any]) -> dict[str, list[str]]:
    """Codes of each dimension in the order of its cells."""
    names, sizes, described = content.get("id"), content.get("size"), content.get("dimension")
    if not isinstance(names, list) or not all(type(name) is str for name in names):
        raise NotAsAgreed("has no list of dimensions ('id')")
    if not isinstance(sizes, list) or len(sizes) != len(names) or not 0 < len(names) <= MOST_DIMENSIONS:
        raise NotAsAgreed("does not name a size for each dimension ('id' and 'size')")
    if not isinstance(described, dict) or set(described) != set(names) or len(set(names)) != len(names):
        raise NotAsAgreed("does not describe each dimension once ('id' and 'dimension')")
    dimensions = {}
    for number, (name, size) in enumerate(zip(names, sizes, strict=True), start=1):
        codes = _codes(described[name], number)
        if _whole(size) != len(codes):
            raise NotAsAgreed(f"'size' of dimension {number} is not the number of its categories")
        dimensions[name] = codes
    return dimensions


def _codes(described: Any, number: int) -> list[str]:
    """The codes of one dimension: a list, an object of positions, or the only label."""
    category = described.get("category") if isinstance(described, dict) else None
    if not isinstance(category, dict):
        raise NotAsAgreed(f"dimension {number} has no categories")
    index, label = category.get("index"), category.get("label")
    if index is None and isinstance(label, dict) and len(label) == 1:
        index = list(label)
    if isinstance(index, dict):
        positions = {_whole(position): code for code, position in index.items()}
        if set(positions) != set(range(len(index))):
            raise NotAsAgreed(f"positions of dimension {number} are not 0, 1, 2 ...")
        index = [positions[n] for n in range(len(index))]
    if not isinstance(index, list) or not index or not all(type(code) is str for code in index):
        raise NotAsAgreed(f"categories of dimension {number} are no list of codes in quotes")
    if len(set(index)) != len(index):
        raise NotAsAgreed(f"a category of dimension {number} stands twice")
    return index


def _take_fixed(dimensions: dict[str, list[str]], reader: JsonStatReader) -> None:
    """Dimensions with one agreed code say nothing about a cell; with another code they would say something else."""
    for name, code in reader.fixed.items():
        if dimensions.pop(name, None) != [code]:
            raise NotAsAgreed(f"dimension '{name}' does not have the one category '{code}'")


def _by_cell(given: Any, cells: int, what: str) -> list[str | None]:
    """Texts by cell from a list or a sparse object."""
    if isinstance(given, dict):
        filled: list[Any] = [None] * cells
        taken = set()
        for key, one in given.items():
            position = _whole(Number(key))
            if position is None or position >= cells or position in taken:
                raise NotAsAgreed(f"'{what}' names a cell that is not there, or one twice")
            taken.add(position)
            filled[position] = one
        given = filled
    if not isinstance(given, list) or len(given) != cells:
        raise NotAsAgreed(f"'{what}' does not have one entry for each of {cells} cells (the product of 'size')")
    if not all(one is None or isinstance(one, str) for one in given):
        raise NotAsAgreed(f"an entry of '{what}' is neither number nor text")
    return given


def _statuses(given: Any, cells: int) -> list[str | None]:
    """A status for all cells, one for each, or one for some."""
    if given is None or type(given) is str:
        return [given] * cells
    return _by_cell(given, cells, "status")


def _whole(number: Any) -> int | None:
    """A whole number of the file that is not negative; None for everything else."""
    digits = isinstance(number, Number) and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    return int(number) if digits else None


def _fill(
    arriving: Arriving,
    reader: JsonStatReader,
    dimensions: dict[str, list[str]],
    values: list[str | None],
    statuses: list[str | None] | None,
) -> None:
    connection = arriving.connection
    joins, columns, stride = [], {}, len(values)
    for number, (name, codes) in enumerate(dimensions.items()):
        stride //= len(codes)
        table = quoted(f"dimension {number}")
        known = pa.table([pa.array(range(len(codes)), pa.int64()), pa.array(codes, pa.string())], ["place", "code"])
        connection.register("known", known)
        connection.execute(f"create or replace table {table} as select * from known")
        connection.unregister("known")
        joins.append(f"join {table} on {table}.place = cells.cell // {stride} % {len(codes)}")
        column = reader.rename.get(name, name)
        columns[column] = unless_blank(our_code(reader, column, f"{table}.code"))
    columns |= {reader.rename.get(reader.value, reader.value): unless_blank("cells.value"), "src_row": "cells.cell + 1"}
    if reader.status:
        columns[reader.rename.get(reader.status, reader.status)] = unless_blank("cells.status")
    create(connection, arriving.contract.columns)
    for start in range(0, len(values), BATCH):
        some = values[start : start + BATCH]
        status = statuses[start : start + BATCH] if statuses else [None] * len(some)
        batch = {
            "cell": pa.array(range(start, start + len(some)), pa.int64()),
            "value": pa.array(some, pa.string()),
            "status": pa.array(status, pa.string()),
        }
        connection.register("cells", pa.table(batch))
        add_rows(arriving, columns, f"cells {' '.join(joins)}")
        connection.unregister("cells")
