"""Parquet, batch by batch; values become text in SQL, by the column's type in the file and that of the contract.

Errors of the library quote the file's content, so none of them is passed on.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from avainvarasto.contract_readers import ParquetReader
from avainvarasto.contracts import NEVER_IN_LAKE, Column, Contract
from avainvarasto.landing.readers.arriving import NUMBER_FOR_TEXT, Arriving, ask, hold_header, refuse, unless_blank
from avainvarasto.landing.readers.table import create, insert, refuse_nul
from avainvarasto.landing.readers.typed_text import form_of
from avainvarasto.landing.sql import literal, quoted

BATCH_ROWS = 20_000
MAX_ROWS = 100_000_000
MAX_COLUMNS = 10_000
HELSINKI = "Europe/Helsinki"


def load(arriving: Arriving) -> None:
    """Fill the table `delivered`; src_row is the record's number, from 1.

    Raises:
        DeliveryRefused: not a whole Parquet file, other columns than agreed, or a type that no text stands for.
    """
    contract, place = arriving.contract, arriving.place
    contract.reader_as(ParquetReader)
    try:
        with pq.ParquetFile(arriving.path, page_checksum_verification=True) as file:
            _read(arriving, file)
            return
    except OSError as error:
        if error.errno is not None:
            raise  # the disk's fault, not the supplier's
    # ValueError: names of columns that are no UTF-8.
    except (pa.ArrowException, ValueError):
        pass
    raise refuse(place, "is not a whole Parquet file, or holds a value that its columns cannot hold", ask(contract))


def _read(arriving: Arriving, file: pq.ParquetFile) -> None:
    contract, place = arriving.contract, arriving.place
    schema = file.schema_arrow
    if len(schema.names) > MAX_COLUMNS or file.metadata.num_rows > MAX_ROWS:
        raise refuse(place, f"has more than {MAX_COLUMNS} columns or {MAX_ROWS} rows", ask(contract))
    names = hold_header(schema.names, contract, f"{place} schema")
    found = zip(names, schema.types, strict=True)
    kinds = {name: _kind(kind, f"{place} column '{name}'", contract) for name, kind in found}
    select = ", ".join(f"{_as_text(contract, name, kinds[name])} as {quoted(name)}" for name in names)
    create(arriving.connection, contract.columns)
    count = 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS):
        insert(arriving.connection, _checked(batch, kinds, contract, place, count), select=f"{select}, src_row")
        count += batch.num_rows


def _kind(kind: pa.DataType, place: str, contract: Contract) -> pa.DataType:
    """The type in which a column goes to the database.

    Raises:
        DeliveryRefused: it is none of single values.
    """
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type, place, contract)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_decimal(kind) and kind.precision <= 38 and kind.scale >= 0:
        return pa.decimal128(kind.precision, kind.scale)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return kind
    problem = "is nested" if pa.types.is_nested(kind) else "has a type that is no text, number, date or truth"
    raise refuse(place, problem, ask(contract))


def _checked(
    batch: pa.RecordBatch, kinds: Mapping[str, pa.DataType], contract: Contract, place: str, before: int
) -> pa.Table:
    """A batch in the types of the database, with src_row, and without what neither of them can hold."""
    batch.validate(full=True)
    src_rows = range(before + 1, before + batch.num_rows + 1)
    arrays = {}
    for (name, kind), array in zip(kinds.items(), batch.columns, strict=True):
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()  # noqa: PLW2901
        arrays[name] = array if array.type == kind else array.cast(kind)
        if pa.types.is_large_string(kind):
            refuse_nul(arrays[name], src_rows, f"{place} record", contract)
        if pa.types.is_floating(kind):
            odd = pc.index(pc.fill_null(pc.is_finite(arrays[name]), True), False).as_py()
            if odd >= 0:
                at = f"{place} record {src_rows[odd]} column '{name}'"
                raise refuse(at, "is no number (NaN or infinite)", ask(contract))
    return pa.table(arrays | {"src_row": pa.array(src_rows, pa.int64())})


def _as_text(contract: Contract, name: str, kind: pa.DataType) -> str:
    """SQL of the agreed text of a column."""
    column, given = contract.columns[name], quoted(name)
    if pa.types.is_large_string(kind):
        return unless_blank(given)
    if pa.types.is_null(kind):
        return "cast(null as varchar)"
    if pa.types.is_boolean(kind):
        true, false = (literal(word) for word in contract.reader.boolean)
        word = f"case {given} when true then {true} when false then {false} end"
        return word if column.type == "boolean" or column.column_class in NEVER_IN_LAKE else _untold(word)
    if pa.types.is_temporal(kind):
        return _moment(contract, column, given, kind)
    digits = f"cast({given} as varchar)"
    if not pa.types.is_integer(kind):
        trimmed = f"rtrim(rtrim({digits}, '0'), '.')"
        digits = f"case when contains({digits}, '.') and not contains({digits}, 'e') then {trimmed} else {digits} end"
    return _number(contract, column, digits)


def _number(contract: Contract, column: Column, digits: str) -> str:
    """A number in a column of text is one of the codes, or its zeros are lost."""
    reader, form = contract.reader, form_of(column, contract.reader)
    if column.column_class in NEVER_IN_LAKE:
        return digits
    if column.type == "string":
        codes = ", ".join(literal(code) for code in column.domain.values or ())
        return _if(f"{digits} in ({codes})", digits) if codes else _untold(digits)
    if column.type == "partial_date":
        return _if(f"regexp_full_match({digits}, '[0-9]{{4}}')", digits)
    if form is not None:
        return _if(_reads_back(digits, form), digits)
    if column.type in ("eur", "pct", "decimal"):
        return f"replace({digits}, '.', {literal(reader.decimal)})"
    return digits


def _moment(contract: Contract, column: Column, given: str, kind: pa.DataType) -> str:
    """A moment with a zone is Finnish time, unless the form asks for its offset."""
    form = form_of(column, contract.reader)
    if column.column_class in NEVER_IN_LAKE:
        return f"cast({given} as varchar)"
    is_day = pa.types.is_date(kind)
    has_zone = not is_day and kind.tz is not None
    if form is None or (is_day and column.type == "timestamp") or ("%z" in form and not has_zone):
        return _untold(f"cast({given} as varchar)")
    moment = f"cast({given} as timestamp)"
    if has_zone:
        zone, form = ("UTC", form.replace("%z", "+0000")) if "%z" in form else (HELSINKI, form)
        moment = f"timezone('{zone}', {given})"
    text = f"strftime({moment}, {literal(form)})"
    return _if(f"try_strptime({text}, {literal(form)}) = {moment}", text, f"cast({moment} as varchar)")


def _reads_back(digits: str, form: str) -> str:
    """True for a number that stands for a date, has lost no zero and is no serial number of a day."""
    if "%d" in form:
        return f"strftime(try_strptime({digits}, {literal(form)}), {literal(form)}) = {digits}"
    dated, text = literal(form + "-%d"), f"{digits} || '-01'"
    return f"strftime(try_strptime({text}, {dated}), {dated}) = {text}"


def _if(told: str, text: str, otherwise: str | None = None) -> str:
    """The text where it says what the file says, else one that breaks a rule."""
    return f"case when {told} then {text} else {_untold(otherwise or text)} end"


def _untold(text: str) -> str:
    return f"({literal(NUMBER_FOR_TEXT)} || {text})"
