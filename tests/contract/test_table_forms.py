"""PxWeb's and Sotkanet's CSV, and data packages: what is clear lands, what is not is refused or quarantined."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import DataFile, data_file
from avainvarasto.synthetic.writer import Delivery, write_delivery
from tests.deliveries import CONTRACTS, edit_manifest
from tests.landed import changed, lenient, take_in
from tests.tables_as_they_stand import arrive, landed, reason

pytestmark = pytest.mark.contract

POPULATION, PRICES = CONTRACTS["ref_population"], CONTRACTS["ref_price_index"]
RECIPIENTS, SOTKANET = CONTRACTS["kela_open_recipients"], CONTRACTS["sotkanet_value"]
LONG = changed(
    POPULATION,
    reader={
        "format": "pxweb",
        "delimiter": ";",
        "encoding": "iso-8859-15",
        "value": "n_persons",
        "rename": {
            "Vuosi": "year",
            "Alue": "municipality_code",
            "Sukupuoli": "sex",
            "Ikä": "age",
            "Väestö": "n_persons",
        },
        "codes": {"sex": {"Miehet": "1", "Naiset": "2"}},
        "prefix": {"municipality_code": "KU"},
    },
)
WIDE = changed(
    LONG,
    reader=LONG.reader.model_dump()
    | {"delimiter": ",", "encoding": "utf-8", "heading": {"pattern": "(?P<year>[0-9]{4}) Väestö 31\\.12\\."}},
)


# PxWeb


def long_form(*numbers: str) -> bytes:
    header = '"Vuosi";"Alue";"Sukupuoli";"Ikä";"Väestö"'
    lines = [f'"2018";"KU005";"{sex}";"{n}";{number}' for n, number in enumerate(numbers) for sex in ["Miehet"]]
    return "\r\n".join([header, *lines, ""]).encode("iso-8859-15")


def test_the_long_form_has_one_row_a_line(home: Settings) -> None:
    assert arrive(home, LONG, long_form("11", "12"), 2)
    rows = landed(home, "ref_population")
    assert [(r["src_row"], r["municipality_code"], r["sex"], r["age"], r["n_persons"]) for r in rows] == [
        (2, "005", "1", 0, 11),
        (3, "005", "1", 1, 12),
    ]


@pytest.mark.parametrize("mark", ["..", ".", "...", "-", '".."', " .. "])
def test_a_mark_for_a_missing_number_is_no_number(home: Settings, mark: str) -> None:
    assert arrive(home, lenient(LONG), long_form("11", mark), 2)
    assert [row["src_row"] for row in landed(home, "ref_population")] == [2]
    (bad,) = home.quarantine.rglob("*.parquet")
    assert [row["rule"] for row in pq.read_table(bad).to_pylist()] == ["required"]


@pytest.mark.parametrize("mark", ["....", "n/a", "11,0", "1 100"])
def test_another_mark_is_not_guessed_at(home: Settings, mark: str) -> None:
    assert arrive(home, lenient(LONG), long_form("11", mark), 2)
    (bad,) = home.quarantine.rglob("*.parquet")
    assert [row["rule"] for row in pq.read_table(bad).to_pylist()] == ["type"]


def wide_form(header: str = '"2017 Väestö 31.12.","2018 Väestö 31.12."', numbers: str = "11,12") -> bytes:
    lines = [f'"Alue","Sukupuoli","Ikä",{header}', f'"KU005","1","7",{numbers}', '"KU837","2","8",13,".."']
    return b"\xef\xbb\xbf" + ("\n".join(lines) + "\n").encode()


def test_the_wide_form_has_one_row_a_cell_and_may_begin_with_a_byte_order_mark(home: Settings) -> None:
    assert arrive(home, lenient(WIDE), wide_form(), 4)
    rows = landed(home, "ref_population")
    assert [(r["src_row"], r["year"], r["municipality_code"], r["age"], r["n_persons"]) for r in rows] == [
        (1, 2017, "005", 7, 11),
        (2, 2018, "005", 7, 12),
        (3, 2017, "837", 8, 13),
    ]
    (bad,) = home.quarantine.rglob("*.parquet")
    assert [(row["src_row"], row["rule"]) for row in pq.read_table(bad).to_pylist()] == [(4, "required")]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ('"2018 Väestö 31.12.","2018 Väestö 31.12."', "a column stands twice"),
        ('"2018 Väestö 31.12.","2018 Kuolleet"', "is not in contract"),
        ('"Väestö 2017","Väestö 2018"', "has no header of the form"),
        ('"2018 Väestö 31.12.', "not readable as a header"),
    ],
)
def test_a_heading_that_the_pattern_cannot_read_is_refused(home: Settings, header: str, words: str) -> None:
    assert arrive(home, WIDE, wide_form(header), 4) == []
    assert words in reason(home)


def test_two_headings_that_say_the_same_are_refused(home: Settings) -> None:
    loose = WIDE.reader.model_dump() | {"heading": {"pattern": "(?P<year>[0-9]{4}) Väestö.*"}}
    contract = changed(WIDE, reader=loose)
    assert arrive(home, contract, wide_form('"2018 Väestö 31.12.","2018 Väestö 1.1."'), 4) == []
    assert "two columns of numbers say the same" in reason(home)


def test_a_line_with_a_cell_too_many_is_refused(home: Settings) -> None:
    assert arrive(home, WIDE, wide_form(numbers="11,12,13"), 4) == []
    assert "line 2" in reason(home)


@pytest.mark.parametrize(("contract", "content"), [(LONG, wide_form()), (WIDE, long_form("1"))])
def test_the_other_form_is_not_guessed(home: Settings, contract: Contract, content: bytes) -> None:
    assert arrive(home, contract, content, 4) == []
    assert "line 1" in reason(home)


@pytest.mark.parametrize("pattern", ["[0-9]{4}", "(?P<year>[0-9]{4}"])
def test_a_heading_without_columns_is_an_error_of_the_contract(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"names no column|no regular expression"):
        changed(WIDE, reader=WIDE.reader.model_dump() | {"heading": {"pattern": pattern}})


def test_the_price_index_is_written_wide_and_lands_by_month(home: Settings) -> None:
    rows: list[dict[str, Any]] = [
        {"index_code": "ELINKUSTANNUS", "month": date(2018, n, 1), "index_points": Decimal(f"150{n}.5")} for n in (1, 2)
    ]
    file = data_file(PRICES, rows)
    assert file.content.decode("iso-8859-15").splitlines()[0] == '"Indeksi","2018M01 Pisteluku","2018M02 Pisteluku"'
    assert arrive(home, PRICES, file.content, file.rows)
    assert [{name: row[name] for name in rows[0]} for row in landed(home, "ref_price_index")] == rows


def test_a_decimal_comma_under_a_contract_with_a_point_is_quarantined(home: Settings) -> None:
    file = data_file(PRICES, [{"index_code": "ELINKUSTANNUS", "month": date(2018, 1, 1), "index_points": "1501,5"}])
    assert arrive(home, lenient(PRICES), file.content, 1)
    assert landed(home, "ref_price_index") == []


# Sotkanet


def sotkanet(*lines: str) -> bytes:
    return "\n".join(["indicator;region;gender;year;primary.value;absolute.value", *lines, ""]).encode()


def test_sotkanets_values_have_a_point_and_may_be_empty(home: Settings) -> None:
    assert arrive(home, SOTKANET, sotkanet("5;14;total;2018;3.5;120", "5;14;male;2018;;"), 2)
    assert [(row["region_id"], row["gender"], row["primary_value"]) for row in landed(home, "sotkanet_value")] == [
        (14, "total", Decimal("3.5")),
        (14, "male", None),
    ]


@pytest.mark.parametrize(("supplier", "good", "bad"), [("THL", "1.5", "1,5"), ("THL with decimal comma", "1,5", "1.5")])
def test_the_decimal_sign_is_the_suppliers_and_never_guessed(
    home: Settings, supplier: str, good: str, bad: str
) -> None:
    contract = lenient(SOTKANET)
    content = sotkanet(f"5;14;total;2018;{good};1", f"5;14;male;2018;{bad};1", "5;14;female;2018;1 000;1")
    file = DataFile("sotkanet_value", "value.csv", content, 3)
    delivery = Delivery("open_statistics", "d1", supplier, datetime(2019, 4, 8, tzinfo=UTC), [file])
    write_delivery(home.landing, delivery)
    assert take_in(home, CONTRACTS | {"sotkanet_value": contract})
    assert [(row["gender"], row["primary_value"]) for row in landed(home, "sotkanet_value")] == [
        ("total", Decimal("1.5"))
    ]


# Data packages


def a_table() -> list[dict[str, Any]]:
    return [
        {
            "time_type": "Kuukausi",
            "month_no": 3,
            "month": date(2018, 3, 1),
            "year": 2018,
            "municipality_code": code,
            "municipality_name": "Alajärvi, Tuntematon",
            "age_group": "25-34",
            "sex": "Nainen",
            "n_recipients": 7,
        }
        for code in ("005", "199")
    ]


def package(change: Any = None, table: bytes | None = None) -> tuple[bytes, bytes]:
    """The CSV and its description; `change` gets the description to spoil it."""
    file = data_file(RECIPIENTS, a_table())
    content = file.content if table is None else table
    described = json.loads(file.beside["datapackage.json"])
    resource = described["resources"][0]
    resource |= {"path": "data.csv", "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    if change:
        change(described, resource)
    return content, json.dumps(described, ensure_ascii=False).encode()


def test_a_package_lands_with_its_zeros_and_without_the_name(home: Settings) -> None:
    content, described = package()
    assert arrive(home, RECIPIENTS, content, 2, datapackage__json=described)
    rows = landed(home, "kela_open_recipients")
    assert [(row["src_row"], row["municipality_code"], row["month"]) for row in rows] == [
        (2, "005", date(2018, 3, 1)),
        (3, "199", date(2018, 3, 1)),
    ]
    assert "municipality_name" not in rows[0]


def test_kelas_own_description_is_named_otherwise_and_lists_values(home: Settings) -> None:
    def as_kela(_: dict[str, Any], resource: dict[str, Any]) -> None:
        resource |= {"path": ["data.csv"], "encoding": "UTF-8", "pathType": "local"}
        del resource["bytes"], resource["hash"]
        for field in resource["schema"]["fields"]:
            field["values"] = []
        resource["schema"]["fields"][2]["type"] = "integer"  # vuosikuukausi, YYYYMM

    content, described = package(as_kela)
    assert arrive(home, RECIPIENTS, content, 2, package__json=described)
    assert len(landed(home, "kela_open_recipients")) == 2


def spoil(**changes: Any) -> Any:
    return lambda _, resource: resource.update(changes)


def field(number: int, **changes: Any) -> Any:
    return lambda _, resource: resource["schema"]["fields"][number].update(changes)


PACKAGES = {
    "another path": (spoil(path="other.csv"), "has no resource whose path is the delivered file"),
    "several files": (spoil(path=["data.csv", "data_2017.csv"]), "describes a table in 2 files"),
    "another size": (spoil(bytes=1), "another number of bytes"),
    "another hash": (spoil(hash="0" * 32), "has the hash of another file"),
    "an unknown hash": (spoil(hash="crc32:00"), "a hash of an unknown kind"),
    "another delimiter": (spoil(dialect={"delimiter": ";"}), "describes a delimiter other than"),
    "no header": (spoil(dialect={"header": False}), "describes a header line other than"),
    "another encoding": (spoil(encoding="iso-8859-1"), "describes a encoding other than"),
    "no fields": (spoil(schema={}), "has no schema with fields"),
    "another missing value": (lambda _, r: r["schema"].update(missingValues=["", "NA"]), "missing values other than"),
    "another field": (field(0, name="aika"), "describes other columns than the file has"),
    "a code that is a number": (field(4, type="integer"), "field 5 ('municipality_code') as another type than string"),
    "a count that is text": (field(8, type="string"), "field 9 ('n_recipients') as another type than integer"),
    "a type that is none": (field(8, type=["integer"]), "field 9 ('n_recipients') as another type"),
    "thousands in groups": (field(8, groupChar=" "), "with other signs in its numbers"),
    "no resources": (lambda whole, _: whole.pop("resources"), "has no resource"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_description_that_disagrees_is_refused(home: Settings, name: str) -> None:
    change, words = PACKAGES[name]
    content, described = package(change)
    assert arrive(home, RECIPIENTS, content, 2, datapackage__json=described) == []
    assert words in reason(home)
    assert "datapackage.json" in reason(home)


@pytest.mark.parametrize("described", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_description_that_cannot_be_read_is_refused(home: Settings, described: bytes) -> None:
    assert arrive(home, RECIPIENTS, package()[0], 2, datapackage__json=described) == []
    assert "datapackage.json" in reason(home)


def test_a_table_without_its_description_is_refused(home: Settings) -> None:
    assert arrive(home, RECIPIENTS, package()[0], 2) == []
    assert "does not have one description beside it" in reason(home)


def test_two_descriptions_are_one_too_many(home: Settings) -> None:
    content, described = package()
    assert arrive(home, RECIPIENTS, content, 2, datapackage__json=described, package__json=described) == []
    assert "does not have one description beside it" in reason(home)


def test_file_and_description_may_agree_and_still_not_be_as_agreed(home: Settings) -> None:
    text = package()[0].decode().replace("saaja_lkm", "saajat")

    def renamed(_: dict[str, Any], resource: dict[str, Any]) -> None:
        resource["schema"]["fields"][8]["name"] = "saajat"

    content, described = package(renamed, text.encode())
    assert arrive(home, RECIPIENTS, content, 2, datapackage__json=described) == []
    assert "column 'n_recipients' of contract kela_open_recipients (version 1) is missing" in reason(home)


def test_a_description_beside_another_kind_of_file_is_not_admitted(home: Settings) -> None:
    content = sotkanet("5;14;total;2018;3.5;120")
    assert arrive(home, SOTKANET, content, 1, datapackage__json=b"{}") == []
    assert "1 file(s) of the folder are not named" in reason(home)


def test_a_description_in_another_folder_than_the_table_is_not_admitted(home: Settings) -> None:
    content, described = package()
    write_delivery(
        home.landing,
        Delivery(
            RECIPIENTS.source,
            "d1",
            RECIPIENTS.supplier,
            datetime(2019, 4, 8, tzinfo=UTC),
            [DataFile(RECIPIENTS.extract, "data.csv", content, 2, {"datapackage.json": described})],
        ),
    )
    folder = home.landing / RECIPIENTS.source / "d1"
    (folder / "inner").mkdir()
    (folder / "data.csv").rename(folder / "inner" / "data.csv")
    edit_manifest(folder, files={"path": "inner/data.csv"})
    assert take_in(home, CONTRACTS) == []
    assert "1 file(s) of the folder are not named" in reason(home)


def test_the_demos_packages_are_read_back_by_their_own_description() -> None:
    file = data_file(RECIPIENTS, a_table())
    resource = json.loads(file.beside["datapackage.json"])["resources"][0]
    assert resource["path"] == file.name
    header = next(csv.reader(io.StringIO(file.content.decode()), delimiter=resource["dialect"]["delimiter"]))
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert resource["hash"] == "sha256:" + hashlib.sha256(file.content).hexdigest()
