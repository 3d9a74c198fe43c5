"""CSV as PxWeb writes it: texts in quotes, numbers without; long, or wide with one variable across."""

from __future__ import annotations

import re
from collections.abc import Iterable

from avainvarasto.contract_readers import PxWebReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, checked, file_name, headers, in_texts
from avainvarasto.synthetic.forms.cells import their_code

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One file with a header line; `rows` counts its cells."""
    reader = contract.reader_as(PxWebReader)
    columns = list(contract.columns)
    named = dict(zip(columns, headers(contract), strict=True))
    across = _GROUP.findall(reader.heading.pattern) if reader.heading else []
    stub = [name for name in columns if name != reader.value and name not in across]
    written: list[list[str]] = []
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    headings: dict[str, None] = {}
    cells, as_texts = 0, in_texts(contract)
    if not reader.heading:
        written.append([_text(named[name]) for name in columns])
    for row in checked(contract, rows):
        texts = dict(zip(columns, as_texts(row), strict=True))
        texts |= {name: their_code(reader, name, texts[name]) for name in (*stub, *across)}
        if not reader.heading:
            marked = _cell(reader, texts[reader.value])
            written.append([marked if name == reader.value else _text(texts[name]) for name in columns])
            cells += 1
            continue
        heading = _heading(reader.heading.pattern, texts)
        headings.setdefault(heading)
        lines.setdefault(tuple(texts[name] for name in stub), {})[heading] = texts[reader.value]
    if reader.heading:
        written.append([_text(name) for name in (*(named[name] for name in stub), *headings)])
        for begin, numbers in lines.items():
            row_of = [_cell(reader, numbers.get(heading, "")) for heading in headings]
            written.append([*(_text(code) for code in begin), *row_of])
        cells = len(lines) * len(headings)
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    content = "".join(reader.delimiter.join(line) + "\r\n" for line in written)
    return DataFile(contract.extract, file_name(contract, ".csv"), content.encode(encoding), cells)


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _cell(reader: PxWebReader, text: str) -> str:
    """A number, or the mark of a missing one; what is neither stays text, as a test may want it."""
    if text == "":
        text = reader.missing[0] if reader.missing else ""
    return text if re.fullmatch(rf"-?[0-9]+([{reader.decimal}][0-9]+)?", text) else _text(text)


def _heading(pattern: str, texts: dict[str, str]) -> str:
    """The header that the pattern reads as these texts.

    Raises:
        ValueError: the pattern says more than its groups and letters.
    """
    header = re.sub(r"\\(.)", r"\1", _GROUP.sub(lambda group: texts[group[1]], pattern))
    if not re.fullmatch(pattern, header):
        raise ValueError(f"no header can be written by {pattern}")
    return header
