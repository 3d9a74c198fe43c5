"""CSV as PxWeb writes it: texts in quotes, numbers without; long, or wide with one variable across."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from avainvarasto.contract_readers import PxWebReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, as_texts, checked, file_name, headers
from avainvarasto.synthetic.forms.cells import their_code

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


class _Bare(float):
    """A number that the writer leaves without quotes, in its own digits."""

    def __new__(cls, text: str) -> _Bare:
        made = super().__new__(cls, 0)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One file with a header line; `rows` counts its cells."""
    reader = contract.reader
    if not isinstance(reader, PxWebReader):
        raise TypeError(f"{contract.extract} is not PxWeb's CSV")
    columns = list(contract.columns)
    named = dict(zip(columns, headers(contract), strict=True))
    across = _GROUP.findall(reader.heading.pattern) if reader.heading else []
    stub = [name for name in columns if name != reader.value and name not in across]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=reader.delimiter, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    headings: dict[str, None] = {}
    cells = 0
    if not reader.heading:
        writer.writerow([named[name] for name in columns])
    for row in checked(contract, rows):
        texts = dict(zip(columns, as_texts(contract, row), strict=True))
        texts |= {name: their_code(reader, name, texts[name]) for name in (*stub, *across)}
        if not reader.heading:
            writer.writerow([_cell(reader, texts[name]) if name == reader.value else texts[name] for name in columns])
            cells += 1
            continue
        heading = _heading(reader.heading.pattern, texts)
        headings.setdefault(heading)
        lines.setdefault(tuple(texts[name] for name in stub), {})[heading] = texts[reader.value]
    if reader.heading:
        writer.writerow([*(named[name] for name in stub), *headings])
        for begin, numbers in lines.items():
            writer.writerow([*begin, *(_cell(reader, numbers.get(heading, "")) for heading in headings)])
        cells = len(lines) * len(headings)
    encoding = "utf-8-sig" if reader.encoding == "utf-8" else reader.encoding
    return DataFile(contract.extract, file_name(contract, ".csv"), buffer.getvalue().encode(encoding), cells)


def _cell(reader: PxWebReader, text: str) -> str | _Bare:
    """A number, or the mark of a missing one; what is neither stays text, as a test may want it."""
    if text == "":
        return reader.missing[0] if reader.missing else ""
    return _Bare(text) if re.fullmatch(rf"-?[0-9]+([{reader.decimal}][0-9]+)?", text) else text


def _heading(pattern: str, texts: dict[str, str]) -> str:
    """The header that the pattern reads as these texts.

    Raises:
        ValueError: the pattern says more than its groups and letters.
    """
    header = re.sub(r"\\(.)", r"\1", _GROUP.sub(lambda group: texts[group[1]], pattern))
    if not re.fullmatch(pattern, header):
        raise ValueError(f"no header can be written by {pattern}")
    return header
