"""The same rows land equal in every form; where a form has lost what was agreed, the row says so."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers import LOADERS
from avainvarasto.landing.readers.arriving import NUMBER_FOR_TEXT
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import WRITERS, data_file
from tests.contract_rows import good_rows
from tests.deliveries import CONTRACTS, a_home, a_household_month, an_assessment, deliver, rewrite
from tests.forms import READERS, SHEET, TYPED, in_form, loaded, read_back
from tests.landed import lifted, take_in

pytestmark = pytest.mark.contract

COLUMNS = {
    "code": {"type": "string", "domain": {"pattern": "[0-9]{2,3}"}},
    "answer": {"type": "string", "domain": {"values": ["1", "2", "02"]}},
    "person_id": {"type": "string", "class": "identifier", "pseudonym": "person"},
    "note": {"type": "string", "class": "free_text"},
    "n": {"type": "integer"},
    "sum_eur": {"type": "eur"},
    "index": {"type": "decimal"},
    "day": {"type": "date"},
    "month": {"type": "month"},
    "moment": {"type": "timestamp"},
    "truth": {"type": "boolean"},
    "about": {"type": "partial_date"},
}
ALL_TYPES = Contract.model_validate(
    CONTRACTS["kela_payment"].model_dump(by_alias=True)
    | {
        "extract": "kela_made",
        "key": ["code"],
        "period_column": None,
        "whole_table": True,
        "reader": READERS["csv"],
        "columns": {name: {"class": "plain", "description": "Made."} | spec for name, spec in COLUMNS.items()},
    }
)
FINNISH = {"decimal": ",", "date": "%d.%m.%Y", "month": "%Y%m", "timestamp": "%d.%m.%Y %H:%M", "boolean": ["1", "0"]}
ROW: dict[str, Any] = {
    "code": "099",
    "answer": "02",
    "n": 7,
    "sum_eur": Decimal("480.50"),
    "index": Decimal("0.25"),
    "day": date(2018, 3, 5),
    "month": date(2018, 3, 1),
    "moment": datetime(2018, 3, 5, 10, 30),
    "truth": True,
    "about": "2018-04",
}
NOT_UTF_8 = pa.Array.from_buffers(pa.string(), 1, [None, *pa.array([b"\xe4"]).buffers()[1:]])
EMPTY = dict.fromkeys(COLUMNS)


def one(form: str, value: Any, column: str, **reader: Any) -> str | None:
    """The text that is left of one value, given with its own type."""
    contract = in_form(ALL_TYPES, form, **{"decimal": "."} | reader)
    (row,) = loaded(contract, BYTES[form](column, value))
    found: str | None = row[column]
    return found


def in_a_sheet(column: str, value: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(2, 0, list(COLUMNS))
    sheet.write_string(3, 0, "001")
    sheet.write(3, list(COLUMNS).index(column), value)
    book.close()
    return buffer.getvalue()


def in_parquet(column: str, value: Any) -> bytes:
    buffer = io.BytesIO()
    array = value if isinstance(value, pa.Array) else pa.array([value])
    pq.write_table(pa.table({name: array if name == column else pa.array(["001"]) for name in COLUMNS}), buffer)
    return buffer.getvalue()


def as_json(column: str, value: Any) -> bytes:
    return json.dumps({"rows": [{column: value}]}).encode()


def as_json_line(column: str, value: Any) -> bytes:
    return json.dumps({column: value}).encode()


BYTES = {"xlsx": in_a_sheet, "parquet": in_parquet, "json": as_json, "jsonl": as_json_line}


def test_every_form_that_is_read_can_be_written_and_is_tried_here() -> None:
    assert set(READERS) <= set(LOADERS)
    assert set(READERS) <= set(WRITERS)


@pytest.mark.parametrize("form", TYPED)
@pytest.mark.parametrize("name", CONTRACTS)
def test_rows_of_every_extract_read_the_same_in_every_form(name: str, form: str) -> None:
    csv, other = in_form(CONTRACTS[name], "csv"), in_form(CONTRACTS[name], form)
    rows = good_rows(csv, 5)
    assert read_back(other, data_file(other, rows)) == read_back(csv, data_file(csv, rows))


@pytest.mark.parametrize("written", [{}, FINNISH], ids=["as by default", "as in Finland"])
@pytest.mark.parametrize("form", TYPED)
def test_values_of_every_type_read_as_the_text_that_was_agreed(form: str, written: dict[str, Any]) -> None:
    csv, other = in_form(ALL_TYPES, "csv", **written), in_form(ALL_TYPES, form, **written)
    rows = [ROW, EMPTY | {"code": "01", "truth": False, "sum_eur": Decimal("-3.00")}, EMPTY | {"code": "1 ", "n": 0}]
    told = {"sum_eur": {"480.50": "480.5", "-3.00": "-3", "480,50": "480,5", "-3,00": "-3"}}
    expected = read_back(csv, data_file(csv, rows))
    if form in ("xlsx", "parquet"):  # numbers there have no zeros at the end
        expected = [row | {"sum_eur": told["sum_eur"].get(row["sum_eur"], row["sum_eur"])} for row in expected]
    assert read_back(other, data_file(other, rows)) == expected


@pytest.mark.parametrize("form", WRITERS)
def test_equal_rows_make_equal_bytes(form: str) -> None:
    if form in READERS:
        contract = in_form(ALL_TYPES, form)
        assert data_file(contract, [ROW, EMPTY]) == data_file(contract, [ROW, EMPTY])


@pytest.mark.parametrize("form", READERS)
def test_typed_rows_of_a_form_go_through_the_door_with_their_zeros(tmp_path: Path, form: str) -> None:
    home = a_home(tmp_path)
    contract = in_form(CONTRACTS["kela_household_month"], form)
    rows = [a_household_month(n, municipality_code=code) for n, code in enumerate(["091", "837", "049"])]
    deliver(home, contract.extract, rows, contract=contract)
    assert take_in(home, CONTRACTS | {contract.extract: contract}) == ["kela/2018-04-08T0200"]
    found = in_lake(home, contract)
    assert [row["municipality_code"] for row in found] == ["091", "837", "049"]
    assert {row["granted_eur"] for row in found} == {Decimal("480.50")}
    assert {row["month"] for row in found} == {date(2018, 3, 1)}
    assert {row["has_no_income"] for row in found} == {False}
    first = READERS[form].get("header_row", 0 if form in ("parquet", "json", "jsonl") else 1) + 1
    assert [row["src_row"] for row in found] == [first, first + 1, first + 2]


@pytest.mark.parametrize("form", TYPED)
def test_a_number_where_text_was_agreed_is_quarantined_and_not_guessed(tmp_path: Path, form: str) -> None:
    home = a_home(tmp_path)
    contracts = lifted(CONTRACTS | {"kela_household_month": in_form(CONTRACTS["kela_household_month"], form)})
    contract = contracts["kela_household_month"]
    rows = [a_household_month(n) for n in range(2)]
    folder = deliver(home, contract.extract, rows, contract=contract)
    if form == "parquet":  # a column there has one type
        (data,) = folder.glob("*.parquet")
        table = pq.read_table(data)
        at = table.schema.get_field_index("municipality_code")
        buffer = io.BytesIO()
        pq.write_table(table.set_column(at, "municipality_code", pa.array([91, 837])), buffer)
        rewrite(folder, buffer.getvalue())
    else:
        rewrite(folder, data_file(contract, [rows[0], a_household_month(1, municipality_code=91)]).content)
    take_in(home, contracts)
    found = [row["rule"] for path in home.quarantine.rglob("*.parquet") for row in pq.read_table(path).to_pylist()]
    assert found == ["number_for_text"] * (2 if form == "parquet" else 1)


@pytest.mark.parametrize("form", TYPED)
@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("code", 99, NUMBER_FOR_TEXT + "99"),
        ("person_id", 10594, NUMBER_FOR_TEXT + "10594"),
        ("answer", 2, "2"),
        ("answer", 3, NUMBER_FOR_TEXT + "3"),
        ("code", True, NUMBER_FOR_TEXT + "true"),
        ("note", 5, "5"),
        ("n", 5, "5"),
        ("n", 5.5, "5.5"),
        ("n", True, NUMBER_FOR_TEXT + "true"),
        ("sum_eur", 0.5, "0.5"),
        ("about", 2018, "2018"),
        ("about", 201804, NUMBER_FOR_TEXT + "201804"),
        ("day", 43164, NUMBER_FOR_TEXT + "43164"),
        ("month", 201803, NUMBER_FOR_TEXT + "201803"),
        ("truth", False, "false"),
        ("truth", 1, "1"),
        ("answer", "   ", None),
        ("answer", "\u00a0", None),
    ],
)
def test_a_value_of_another_type_is_told_or_marked(form: str, column: str, value: Any, text: str | None) -> None:
    assert one(form, value, column) == text


@pytest.mark.parametrize("form", TYPED)
def test_a_number_is_a_date_only_where_it_has_lost_nothing(form: str) -> None:
    assert one(form, 201803, "month", month="%Y%m") == "201803"
    assert one(form, 20180305, "day", date="%Y%m%d") == "20180305"
    assert one(form, 43164, "month", month="%Y%m") == NUMBER_FOR_TEXT + "43164"
    assert one(form, 5032018, "day", date="%d%m%Y") == NUMBER_FOR_TEXT + "5032018"


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_date_of_its_own_type_takes_the_agreed_form_or_is_marked(form: str) -> None:
    morning = datetime(2018, 3, 5, 10, 30)
    assert one(form, date(2018, 3, 5), "day", date="%d.%m.%Y") == "05.03.2018"
    assert one(form, date(2018, 3, 1), "month") == "2018-03"
    assert one(form, date(2018, 3, 5), "about") == "2018-03-05"
    assert one(form, morning, "moment") == "2018-03-05T10:30:00"
    untold = [one(form, date(2018, 3, 5), "month"), one(form, morning, "day"), one(form, date(2018, 3, 5), "code")]
    untold += [one(form, morning.replace(second=1), "moment", timestamp="%Y-%m-%d %H:%M"), one(form, morning, "n")]
    untold.append(one(form, morning, "moment", timestamp="%Y-%m-%dT%H:%M:%S%z"))
    assert [text[0] for text in untold if text] == [NUMBER_FOR_TEXT] * 6


def test_a_cell_that_is_a_time_of_day_is_no_date() -> None:
    assert one("xlsx", datetime(2018, 3, 5, 10).time(), "moment") == NUMBER_FOR_TEXT + "10:00:00"


def test_a_spreadsheets_noise_beyond_its_digits_is_no_value() -> None:
    assert one("xlsx", 0.1 + 0.2, "index") == "0.3"
    assert one("xlsx", 0.00001, "index") == "0.00001"
    assert one("xlsx", 123456789012345, "n") == "123456789012345"
    assert one("xlsx", 1234567890123456789, "n") == "1.23456789012346e+18"


def test_json_numbers_keep_their_digits() -> None:
    contract = in_form(ALL_TYPES, "jsonl", decimal=",")
    (row,) = loaded(contract, b'{"sum_eur": 480.50, "index": 0.1000000000000000055511151231257827, "n": 5.0}')
    assert (row["sum_eur"], row["index"]) == ("480,50", "0,1000000000000000055511151231257827")
    assert row["n"] == "5.0"  # not a whole number as it is written


def test_parquet_moments_with_a_zone_are_finnish_time_or_have_their_offset() -> None:
    moment = pa.array([datetime(2018, 3, 25, 1, 0, tzinfo=UTC)], pa.timestamp("us", "America/New_York"))
    assert one("parquet", moment, "moment") == "2018-03-25T04:00:00"
    assert one("parquet", moment, "moment", timestamp="%Y-%m-%dT%H:%M:%S%z") == "2018-03-25T01:00:00+0000"


@pytest.mark.parametrize(
    ("column", "array", "text"),
    [
        ("code", pa.array(["099"]).dictionary_encode(), "099"),
        ("code", pa.array(["099"], pa.large_string()), "099"),
        ("code", pa.array([None], pa.null()), None),
        ("n", pa.array([5.0], pa.float32()), "5"),
        ("n", pa.array([2**63], pa.uint64()), "9223372036854775808"),
        ("sum_eur", pa.array([Decimal("480.500000")], pa.decimal128(18, 6)), "480.5"),
        ("sum_eur", pa.array([1e16]), "1e+16"),
        ("day", pa.array([date(2018, 3, 5)], pa.date64()), "2018-03-05"),
        ("day", pa.array([datetime(2018, 3, 5)], pa.timestamp("ns")), "2018-03-05"),
        ("moment", pa.array([date(2018, 3, 5)], pa.date32()), NUMBER_FOR_TEXT + "2018-03-05"),
        ("moment", pa.array([datetime(2018, 3, 5, 1, 1, 1, 5)]), NUMBER_FOR_TEXT + "2018-03-05 01:01:01.000005"),
    ],
)
def test_every_kind_of_parquet_column_is_told_or_marked(column: str, array: pa.Array, text: str | None) -> None:
    assert one("parquet", array, column) == text


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (pa.array([["a"]]), "is nested"),
        (pa.array([{"a": 1}]), "is nested"),
        (pa.array([b"099"]), "no text, number, date or truth"),
        (pa.array([5], pa.duration("s")), "no text, number, date or truth"),
        (pa.array([float("nan")]), "is no number"),
        (pa.array([float("inf")], pa.float32()), "is no number"),
        (pa.array(["a\0b"]), "holds a NUL"),
        (pa.array([1], pa.timestamp("ns")), "cannot hold"),
        (NOT_UTF_8, "cannot hold"),
    ],
)
def test_a_parquet_column_that_no_text_stands_for_is_refused(array: pa.Array, says: str) -> None:
    with pytest.raises(DeliveryRefused, match=says):
        one("parquet", array, "day" if pa.types.is_timestamp(array.type) else "n")


def test_empty_rows_at_the_end_of_a_sheet_are_none_and_empty_ones_before_are_rows() -> None:
    contract = in_form(CONTRACTS["avain_assessment"], "xlsx", header_row=1)
    nothing: dict[str, Any] = dict.fromkeys(contract.columns)
    blank = nothing | {"municipality_code": " "}
    rows = [an_assessment(1), nothing, an_assessment(2), nothing, blank]
    found = loaded(contract, data_file(contract, rows).content)
    assert [row["src_row"] for row in found] == [2, 3, 4]
    assert set(found[1].values()) == {None, 3}


def test_a_key_left_out_of_a_json_record_is_an_empty_value() -> None:
    (row,) = loaded(in_form(ALL_TYPES, "json"), b'{"made_at": {"by": [1]}, "rows": [{"code": "099"}], "n": 1}')
    assert {name: value for name, value in row.items() if value is not None} == {"code": "099", "src_row": 1}


def test_lines_and_records_are_counted_over_blank_lines_and_large_files() -> None:
    contract = in_form(ALL_TYPES, "jsonl")
    text = "".join(f'{{"code": "{n:03}", "note": "{"x" * 4000}"}}\n' for n in range(900))
    found = loaded(contract, b"\xef\xbb\xbf\n" + text.replace("\n", "\r\n").encode())
    assert [row["src_row"] for row in found] == list(range(2, 902))
    listed = '{"rows" : [\n' + text.strip().replace("\n", "\n ,") + "] }\n\n"
    other = loaded(in_form(ALL_TYPES, "json"), listed.encode())
    assert [row | {"src_row": row["src_row"] + 1} for row in other] == found


def in_lake(home: Settings, contract: Contract) -> list[dict[str, Any]]:
    (path,) = home.lake.glob(f"*/{contract.extract}/*/*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return sorted(rows, key=lambda row: row["src_row"])
