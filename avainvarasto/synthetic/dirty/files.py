"""Files of another layout than agreed: each refuses its delivery, since nobody can tell what its rows would mean."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from avainvarasto.contract_readers import ClientPlanReader, DelimitedReader, XlsxReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.dirty.kind import Draft, Good, Kind, Outcome, of_extract
from avainvarasto.synthetic.spoilt import (
    BOOK_PART,
    ERROR_PAGE,
    OLD_WORKBOOK,
    SHEET_PART,
    an_archive,
    cut_off,
    replaced,
    with_last_row,
)

Spoil = Callable[[bytes, Contract], bytes]

_csv = of_extract("kela_household_month", rows=3)
_recoded = of_extract("etotu_notification")
_parquet = of_extract("kela_expense_line")
_plans = of_extract("avain_client_plan")


def _workbook(good: Good) -> bool:
    return isinstance(good.contract.reader, XlsxReader)


def _delimiter(contract: Contract) -> bytes:
    return contract.reader_as(DelimitedReader).delimiter.encode()


def _line_changed(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return spoil


def _column_out(content: bytes, contract: Contract) -> bytes:
    """Without the last column; no field of the extract holds a delimiter or a line break."""
    mark = _delimiter(contract)
    return b"".join(line.rpartition(mark)[0] + b"\n" for line in content.splitlines())


def _column_more(content: bytes, contract: Contract) -> bytes:
    mark = _delimiter(contract)
    header, *lines = content.splitlines()
    return b"".join(line + b"\n" for line in [header + mark + b"kuntanro", *(line + mark + b"1" for line in lines)])


def _column_twice(content: bytes, contract: Contract) -> bytes:
    mark = _delimiter(contract)
    return b"".join(line + mark + line.partition(mark)[0] + b"\n" for line in content.splitlines())


def _without_header(content: bytes, _contract: Contract) -> bytes:
    """The first row stands twice, so that the number of rows is right."""
    _header, first, rest = content.split(b"\n", 2)
    return b"\n".join([first, first, rest])


def _other_delimiter(content: bytes, contract: Contract) -> bytes:
    return content.replace(_delimiter(contract), b"\t")


def _other_encoding(content: bytes, contract: Contract) -> bytes:
    """One letter of the windows code page in a file of UTF-8."""
    mark = _delimiter(contract)
    return _line_changed(3, lambda line: line.replace(mark, b"\xe4" + mark, 1))(content)


def _without_code_page(content: bytes, _contract: Contract) -> bytes:
    """A byte that the code page has no letter for, as other programs write one."""
    return _line_changed(2, lambda line: b"\x81" + line)(content)


def _one_field_more(content: bytes, contract: Contract) -> bytes:
    return _line_changed(3, lambda line: line.replace(_delimiter(contract), _delimiter(contract) * 2, 1))(content)


def _open_quote(content: bytes, _contract: Contract) -> bytes:
    return _line_changed(3, lambda line: b'"' + line)(content)


def _nul(content: bytes, contract: Contract) -> bytes:
    return _line_changed(3, lambda line: line.replace(_delimiter(contract), b"\0" + _delimiter(contract), 1))(content)


def _cut_in_a_line(content: bytes, contract: Contract) -> bytes:
    """Cut off behind the first field of a line in the middle."""
    half = content[: content.index(b"\n", len(content) // 2) + 1]
    return half + content[len(half) :].partition(_delimiter(contract))[0]


def _numbers_for_codes(content: bytes, _contract: Contract) -> bytes:
    """The ids of households as whole numbers."""
    table = pq.read_table(io.BytesIO(content))
    numbers = pa.array(range(1, len(table) + 1), pa.int64())
    at = table.column_names.index("household_id")
    buffer = io.BytesIO()
    pq.write_table(table.set_column(at, "household_id", numbers), buffer, compression="zstd")
    return buffer.getvalue()


def _column_renamed(content: bytes, _contract: Contract) -> bytes:
    table = pq.read_table(io.BytesIO(content))
    names = ["kulu" if name == "expense_code" else name for name in table.column_names]
    buffer = io.BytesIO()
    pq.write_table(table.rename_columns(names), buffer, compression="zstd")
    return buffer.getvalue()


def _sheet_renamed(content: bytes, contract: Contract) -> bytes:
    return replaced(BOOK_PART, f'name="{contract.reader_as(XlsxReader).sheet}"', 'name="Taul1"')(content)


def _formula(content: bytes, _contract: Contract) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as workbook:
        rows = re.findall(rb'<row r="([0-9]+)"', workbook.read(SHEET_PART))
    below = int(rows[-1]) + 1
    return with_last_row(f'<c r="A{below}"><f>1+1</f><v>2</v></c>', below)(content)


def _key_twice(content: bytes, _contract: Contract) -> bytes:
    return content.replace(b"{", b'{"suunnitelma_id": "1", ', 1)


def _plan_changed(content: bytes, contract: Contract, **changes: object) -> bytes:
    """The first plan with other keys."""
    text = content.decode()
    if contract.reader_as(ClientPlanReader).layout == "lines":
        first, rest = text.split("\n", 1)
        return (json.dumps(json.loads(first) | changes, ensure_ascii=False) + "\n" + rest).encode()
    first, *others = json.loads(text)
    return (json.dumps([first | changes, *others], ensure_ascii=False) + "\n").encode()


def _kind(
    name: str, wrong: str, says: str, spoil: Spoil, suits: Callable[[Good], bool], rows: int | None = None
) -> Kind:
    """`rows` is what delivery.yml says of the spoilt file, where it is not what it said of the good one."""

    def put(draft: Draft, _goods: Sequence[Good]) -> None:
        draft.put(spoil(draft.good.content, draft.good.contract), rows)

    return Kind(name, wrong, Outcome.REFUSED, says, suits, put)


def _wrong_count(draft: Draft, _goods: Sequence[Good]) -> None:
    draft.entry["rows"] += 1


KINDS = [
    Kind(
        "wrong-row-count",
        "delivery.yml says one row more than the file holds.",
        Outcome.REFUSED,
        "rows, delivery.yml says",
        _csv,
        _wrong_count,
    ),
    _kind(
        "no-rows",
        "The file has a header and no row.",
        "is empty and",
        lambda c, _: c.split(b"\n", 1)[0] + b"\n",
        _csv,
        0,
    ),
    _kind("no-bytes", "The file has no bytes at all.", "holds nothing, not even a header", lambda _c, _: b"", _csv, 0),
    _kind("missing-column", "The last column is missing.", "is missing", _column_out, _csv),
    _kind(
        "unknown-column",
        "The file has a column that was not agreed.",
        "column 'kuntanro' is not in contract",
        _column_more,
        _csv,
    ),
    _kind("column-twice", "The first column stands at the end again.", "a column stands twice", _column_twice, _csv),
    _kind("no-header", "The header line is missing.", "is not a header of", _without_header, _csv),
    _kind(
        "wrong-delimiter",
        "Columns are parted by tabs, not by semicolons.",
        "is not a header of",
        _other_delimiter,
        _csv,
    ),
    _kind(
        "wrong-encoding",
        "A letter is written in the windows code page; UTF-8 was agreed.",
        "is not utf-8",
        _other_encoding,
        _csv,
    ),
    _kind(
        "wrong-code-page",
        "A byte stands there that the agreed code page of eTotu has no letter for.",
        "is not windows-1252",
        _without_code_page,
        _recoded,
    ),
    _kind("field-too-many", "A line has a field more than the header.", "columns with ';'", _one_field_more, _csv),
    _kind("open-quote", "A quotation mark is opened and never closed.", "columns with ';'", _open_quote, _csv),
    _kind("nul-character", "A NUL character stands in a line.", "holds a NUL character", _nul, _csv),
    _kind(
        "cut-off",
        "The file ends in the middle of a line, and its checksum was taken after that.",
        "columns with ';'",
        _cut_in_a_line,
        _csv,
    ),
    _kind(
        "error-page",
        "The page of a web server's error was saved in place of the data.",
        "is a page of HTML or XML, not delimited text",
        lambda _c, _: ERROR_PAGE,
        _csv,
    ),
    _kind(
        "archive",
        "The file is packed: a ZIP archive under the name of a CSV file.",
        "is a ZIP archive or a workbook, not delimited text",
        lambda c, _: an_archive("household_month.csv", c),
        _csv,
    ),
    _kind(
        "cut-off-parquet",
        "A Parquet file was sent by half.",
        "is not a whole Parquet file",
        lambda c, _: cut_off(c),
        _parquet,
    ),
    _kind(
        "renamed-column",
        "A column of a Parquet file has another name.",
        "of contract kela_expense_line",
        _column_renamed,
        _parquet,
    ),
    _kind(
        "numbers-for-codes",
        "A program has turned the ids of households into numbers: zeros in front are lost, in every row.",
        "'number_for_text' of household_id",
        _numbers_for_codes,
        _parquet,
    ),
    _kind(
        "cut-off-workbook",
        "A workbook was sent by half.",
        "is a damaged or incomplete workbook",
        lambda c, _: cut_off(c),
        _workbook,
    ),
    _kind(
        "old-workbook",
        "The workbook has a password, or is of the kind before 2007.",
        "is encrypted, or a workbook of the old kind",
        lambda c, _: OLD_WORKBOOK + c,
        _workbook,
    ),
    _kind("renamed-sheet", "The sheet has another name than agreed.", "has no sheet", _sheet_renamed, _workbook),
    _kind("formula", "A cell holds a formula in place of a value.", "is a formula", _formula, _workbook),
    _kind(
        "cut-off-json",
        "A file of client plans was sent by half.",
        "is not JSON with documents",
        lambda c, _: cut_off(c),
        _plans,
    ),
    _kind("json-key-twice", "A key stands twice in a client plan.", "has a key twice", _key_twice, _plans),
    _kind(
        "json-other-shape",
        "A client plan has a text where a list of goals was agreed.",
        "asetettavat_tavoitteet is no list",
        lambda c, contract: _plan_changed(c, contract, asetettavat_tavoitteet="ei tavoitteita"),
        _plans,
    ),
    _kind(
        "json-unknown-key",
        "A client plan has a key that was not agreed.",
        "key 'liite' was not agreed",
        lambda c, contract: _plan_changed(c, contract, liite="1"),
        _plans,
    ),
]
