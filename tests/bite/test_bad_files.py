"""Files as they should never arrive: each is refused with file, place and remedy, and nothing else changes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from avainvarasto import intake, lake
from avainvarasto.landing.readers import archive, sheet
from avainvarasto.settings import Settings
from avainvarasto.synthetic.forms import data_file
from avainvarasto.synthetic.spoilt import SHEET_PART, Spoil, cut_off, parts_changed, replaced, with_last_row
from tests.bad_files import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    LONG_LINE,
    MARK,
    a_pdf,
    a_zip,
    encrypted_entries,
    many_columns,
    packed_over_itself,
    with_a_lying_part,
    with_document_type,
    with_zeros,
)
from tests.deliveries import CONTRACTS, a_home, a_household_month, deliver, rewrite
from tests.forms import READERS, in_form, loaded
from tests.landed import lifted, take_in

pytestmark = pytest.mark.bite
EXTRACT = "kela_household_month"
ROWS = [a_household_month(1), a_household_month(2), a_household_month(3, household_id=MARK)]
LATER = {"created_at": datetime(2018, 4, 9, tzinfo=UTC)}
TYPES, BOOK, RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass(frozen=True)
class Landing:
    """A home with one good delivery in its lake."""

    home: Settings

    def refusal(self, form: str, spoil: Spoil, **reader: Any) -> str:
        """The reason for which a spoilt file was refused, all else being as it was."""
        contract = in_form(CONTRACTS[EXTRACT], form, **reader)
        before = files_of(self.home.lake)
        assert before
        folder = deliver(self.home, EXTRACT, ROWS, delivery_id="bad", contract=contract, **LATER)
        good = data_file(contract, ROWS).content
        bad = spoil(good)
        assert bad != good
        rewrite(folder, bad)
        contracts = {EXTRACT: contract}
        assert intake.open_arrivals(self.home, contracts).refused == []
        assert intake.land_extract(self.home, contracts, EXTRACT) == {}
        (entry,) = (entry for entry in lake.ledger(self.home) if entry["delivery_id"] == "bad")
        after = files_of(self.home.lake)
        assert [file for file, content in before.items() if after.get(file) != content] == []
        assert [one["delivery_id"] for one in lake.accepted(self.home)] == ["good"]
        assert (entry["accepted"], entry["n_delivered"]) == (False, None)
        reason = str(entry["reason"])
        assert MARK.lower() not in reason.lower()
        assert f"kela/bad/household_month.{form}" in reason
        assert "Remedy: " in reason
        assert list(self.home.landing.glob(".work-*")) == [], "left half read in the landing zone"
        return reason


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def landed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = a_home(tmp_path_factory.mktemp("landed"))
    deliver(home, EXTRACT, [a_household_month()], delivery_id="good")
    assert take_in(home, {EXTRACT: CONTRACTS[EXTRACT]}) == ["kela/good"]
    return home.home


@pytest.fixture
def landing(landed_home: Path, tmp_path: Path) -> Landing:
    shutil.copytree(landed_home, tmp_path / "home")
    return Landing(Settings(home=tmp_path / "home"))


def nothing(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("other", [a_zip, a_pdf, nothing], ids=["ZIP", "PDF", "empty"])
def test_something_else_under_the_name_of_a_data_file_is_refused(landing: Landing, form: str, other: Spoil) -> None:
    landing.refusal(form, other)


@pytest.mark.parametrize("form", READERS)
def test_a_file_of_10000_columns_is_refused(landing: Landing, form: str) -> None:
    landing.refusal(form, lambda _content: many_columns(form))


@pytest.mark.parametrize("form", READERS)
def test_a_file_cut_off_in_the_middle_is_refused(landing: Landing, form: str) -> None:
    landing.refusal(form, cut_off)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_line_or_record_of_16_mb_is_refused(landing: Landing, form: str) -> None:
    long = MARK.encode() + b"x" * LONG_LINE
    reason = landing.refusal(form, lambda content: content.replace(b"H2", long, 1))
    assert {"csv": "line ", "json": "record 2", "jsonl": "line 2"}[form] in reason


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("nul", [b"\0", b"\\u0000"], ids=["raw", "escaped"])
def test_a_nul_in_json_is_refused(landing: Landing, form: str, nul: bytes) -> None:
    reason = landing.refusal(form, lambda content: content.replace(b"H2", MARK.encode() + nul, 1))
    assert f"{'record' if form == 'json' else 'line'} 2" in reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1", "utf-32"])
@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_text_in_another_encoding_is_refused(landing: Landing, form: str, encoding: str) -> None:
    landing.refusal(form, lambda content: content.decode().replace("H2", "Höh2").encode(encoding))


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_byte_order_mark_before_utf_8_is_taken_and_changes_nothing(form: str) -> None:
    contract = in_form(CONTRACTS[EXTRACT], form)
    content = data_file(contract, ROWS).content
    assert loaded(contract, b"\xef\xbb\xbf" + content) == loaded(contract, content)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: content.replace(b"H2;", b"H2;;", 1), "line 3"),
        (lambda content: content.replace(b"H2;", b"", 1), "line 3"),
        (lambda content: content.replace(b"H2;", b'"H2;', 1), "line "),
        (lambda content: content.replace(b"H2;", b'"H2"x;', 1), "line 3"),
    ],
    ids=["one more", "one less", "open quote", "closed too early"],
)
def test_a_ragged_line_or_a_quote_that_never_ends_is_refused_with_its_line(
    landing: Landing, spoil: Spoil, says: str
) -> None:
    assert says in landing.refusal("csv", spoil)


JSON_RECORDS = {
    "a list within": (b'"H2"', b'["H2"]', "holds a list or an object as 'household_id'"),
    "an object within": (b'"H2"', b'{"a": 1}', "holds a list or an object as 'household_id'"),
    "a key twice": (b'"household_id": "H2"', b'"household_id": "H2", "household_id": "H9"', "has a key twice"),
    "an unknown key": (b'"household_id": "H2"', b'"Merkki-7713": "H2"', "a column is not in contract"),
    "a new column": (b'"household_id": "H2"', b'"talous": "H2"', "column 'talous' is not in contract"),
    "no number": (b'"H2"', b"NaN", "NaN or Infinity"),
    "infinite": (b'"H2"', b"-Infinity", "NaN or Infinity"),
    "half a character": (b'"H2"', b'"Merkki-7713\\ud800"', "half a character"),
    "a deep nest": (b'"H2"', b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "single quotes": (b'"H2"', b"'H2'", "is not JSON"),
    "a comma too much": (b'"H2",', b'"H2",,', "is not JSON"),
    "a value instead": (b'{"household_id": "H2"', b'"Merkki-7713", {"household_id": "H2"', ""),
}


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("name", JSON_RECORDS)
def test_a_json_record_that_is_none_is_refused_with_its_number(landing: Landing, form: str, name: str) -> None:
    old, new, says = JSON_RECORDS[name]
    reason = landing.refusal(form, lambda content: content.replace(old, new, 1))
    assert f"{'record' if form == 'json' else 'line'} 2" in reason
    assert says in reason


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: content.replace(b'"rows"', b'"rivit"'), "no list under the key 'rows'"),
        (lambda content: content.replace(b'{"rows"', b'{"rows": [], "rows"'), "the key 'rows' twice"),
        (lambda content: content.rstrip()[:-1], "is cut off"),
        (lambda content: content + b"{}", "something follows its end"),
        (lambda content: content[content.index(b"[") : -2], "is not a list of objects"),
        (lambda content: b'{"a": "' + b"x" * 3_000_000 + b'",' + content[1:], "longer than 2 MB"),
    ],
    ids=["other key", "key twice", "no end", "two documents", "bare list", "long member"],
)
def test_a_json_file_built_otherwise_is_refused(landing: Landing, spoil: Spoil, says: str) -> None:
    assert says in landing.refusal("json", spoil)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (with_zeros, "unpacks to more than 100 times its size"),
        (with_a_lying_part, "unpacks to more than 100 times its size"),
        (lambda content: with_a_lying_part(content, 1_000_000), "damaged or incomplete"),
        (packed_over_itself, "unpacks to more than 100 times its size"),
        (encrypted_entries, "is encrypted"),
        (lambda _content: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + MARK.encode() * 99, "is encrypted, or a workbook of"),
        (parts_changed({}, {"xl/vbaProject.bin": MARK.encode()}), "holds macros"),
        (replaced(TYPES, "sheet.main+xml", "sheet.macroEnabled.main+xml"), "holds macros"),
        (parts_changed({}, {SHEET_PART.upper(): b"<a/>"}), "has a part twice"),
        (parts_changed({}, {f"xl/media/{n}": b"" for n in range(archive.MAX_ENTRIES)}), "more than 2000 parts"),
        (replaced(BOOK, 'name="Rivit"', 'name="Merkki-7713"'), "has no sheet 'Rivit'"),
        (replaced(RELATIONS, "worksheets/sheet1.xml", "worksheets/Merkki-7713.xml"), "damaged or incomplete"),
        (replaced(RELATIONS, "sharedStrings.xml", "Merkki-7713.bin"), "cells or texts that is not XML"),
        (
            replaced(RELATIONS, "</Relationships>", '<Relationship Id="x" Type="a/externalLink"/></Relationships>'),
            "is linked to other files",
        ),
        (
            replaced(BOOK, "</workbook>", "<externalReferences><externalReference/></externalReferences></workbook>"),
            "is linked to other files",
        ),
        (with_document_type(BILLION_LAUGHS), "a document type"),
        (with_document_type(EXTERNAL_ENTITY), "a document type"),
        (with_document_type(BILLION_LAUGHS, "utf-16"), "is not UTF-8"),
        (with_document_type("", "utf-16-le"), "is not UTF-8"),
        (with_document_type("", "iso-8859-1"), "is not UTF-8"),
        (parts_changed({}, {"docProps/custom.xml": EXTERNAL_ENTITY.encode() + b"<x>&a;</x>"}), "a document type"),
        (replaced(SHEET_PART, "</sheetData>", ""), "is damaged"),
        (lambda content: content[:60] + bytes([content[60] ^ 255]) + content[61:], "damaged"),
        (lambda content: content[:-30], "damaged or incomplete"),
    ],
)
def test_a_workbook_that_is_more_or_less_than_values_is_refused(landing: Landing, spoil: Spoil, says: str) -> None:
    reason = landing.refusal("xlsx", spoil)
    assert says in reason
    assert "save it as a plain workbook (.xlsx) with values only" in reason


CELLS = {
    '<c r="B90"><f>1+1</f><v>2</v></c>': "cell B90: is a formula",
    '<c r="B90" t="str"><f t="shared" si="0"/><v>Merkki-7713</v></c>': "cell B90: is a formula",
    '<x:c xmlns:x="a" r="B90"><x:f>1</x:f></x:c>': "cell B90: is a formula",
    '<c r="C90" t="e"><v>#N/A</v></c>': "cell C90: is an error value",
    '<c r="C90"><v>inf</v></c>': "cell C90: is no number",
    '<c r="C90"><v>NaN</v></c>': "cell C90: is no number",
    '<c r="C90" t="n"><v>Merkki-7713</v></c>': "cannot be read as cells",
    '<c r="C90" t="b"><v>7</v></c>': "cannot be read as cells",
    '<c r="C90" t="s"><v>99999</v></c>': "cannot be read as cells",
    '<c r="Z90" t="str"><v>Merkki-7713</v></c>': "cell Z90: stands in a column without a header",
    '<c r="A91"><v>1</v></c>': "cells out of order",
    '<c r="B90"/><c r="B90"><v>1</v></c>': "cells out of order",
    '<c r="Merkki-7713"><v>1</v></c>': "cells out of order",
    '<c r="NTQ90"><v>1</v></c>': "right of column 10000",
    '</row><row r="1000001"><c r="A1000001"><v>1</v></c>': "below row 1000000",
    '</row><row r="999999"><c r="ZZ999999"><v>1</v></c>': "larger than 20000000 cells",
    '</row><row r="5"><c r="A5"><v>1</v></c>': "rows out of order",
    '</row><row r="Merkki-7713">': "rows out of order",
}


@pytest.mark.parametrize("xml", CELLS)
def test_a_cell_whose_value_cannot_be_told_refuses_its_workbook(landing: Landing, xml: str) -> None:
    assert CELLS[xml] in landing.refusal("xlsx", with_last_row(xml))


def test_merged_cells_under_the_header_are_refused_and_in_the_title_taken(landing: Landing) -> None:
    merged = '</sheetData><mergeCells><mergeCell ref="A%s:C%s"/></mergeCells>'
    reason = landing.refusal("xlsx", replaced(SHEET_PART, "</sheetData>", merged % (4, 5)))
    assert "sheet 'Rivit' cell A4:C5: are merged" in reason
    contract = in_form(CONTRACTS[EXTRACT], "xlsx")
    good = data_file(contract, ROWS).content
    assert loaded(contract, replaced(SHEET_PART, "</sheetData>", merged % (1, 2))(good)) == loaded(contract, good)


def test_what_stands_beside_the_agreed_cells_of_a_workbook_is_no_reason_to_refuse_it() -> None:
    contract = in_form(CONTRACTS[EXTRACT], "xlsx")
    good = data_file(contract, ROWS).content
    beside = '<extLst><ext><x:f xmlns:x="a">A1</x:f></ext></extLst></worksheet>'
    title = '<row r="1"><c r="A1" t="str"><f>TODAY()</f><v>x</v></c></row><row r="3"'
    for spoil in (
        replaced(SHEET_PART, "</worksheet>", beside),
        replaced(SHEET_PART, '<row r="3"', title.replace('<row r="1">', '<row r="2">').replace('"A1"', '"A2"')),
        parts_changed({}, {"xl/worksheets/_rels/sheet1.xml.rels": LINK, "xl/media/image1.png": b"\x89PNG"}),
    ):
        assert loaded(contract, spoil(good)) == loaded(contract, good)


LINK = (
    b'<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'hyperlink" Target="mailto:a@example.org" TargetMode="External"/></Relationships>'
)


def test_the_limits_of_a_workbook_stand_where_a_real_one_does_not_come() -> None:
    assert (sheet.MAX_ROWS, sheet.MAX_COLUMNS) == (1_000_000, 10_000)
    assert archive.MAX_UNPACKED < 10**9


def test_a_workbook_that_unpacks_to_too_much_in_all_is_refused(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1_000_000)
    more = parts_changed({}, {f"xl/media/{n}": bytes(300_000) for n in range(4)})
    assert "unpacks to more than 1 MB" in landing.refusal("xlsx", more)


@pytest.mark.parametrize("flip", [4, 40, -9, -20, -200])
def test_a_parquet_file_with_a_changed_byte_is_refused(landing: Landing, flip: int) -> None:
    def spoil(content: bytes) -> bytes:
        spoilt = bytearray(content)
        spoilt[flip] ^= 255
        return bytes(spoilt)

    assert "is not a whole Parquet file" in landing.refusal("parquet", spoil)


MIXED = {
    "another decimal mark": {"granted_eur": "1.50"},
    "thousands apart": {"granted_eur": "1 000,50"},
    "another date form": {"month": "3/2018"},
    "a day for a month": {"month": "2018-03-05"},
    "other words": {"rejected": "TRUE"},
}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", MIXED)
def test_a_row_written_otherwise_than_the_rest_is_quarantined_alone(tmp_path: Path, form: str, name: str) -> None:
    home = a_home(tmp_path)
    contract = in_form(CONTRACTS[EXTRACT], form, decimal=",")
    contracts = lifted(CONTRACTS | {EXTRACT: contract})
    deliver(home, EXTRACT, [a_household_month(1), a_household_month(2, **MIXED[name])], contract=contract)
    assert intake.open_arrivals(home, contracts).refused == []
    (counts,) = intake.land_extract(home, contracts, EXTRACT).values()
    assert (counts.n_loaded, counts.n_quarantined) == (1, 1)
    (path,) = home.quarantine.rglob("*.parquet")
    (row,) = pq.read_table(path).to_pylist()
    assert (row["rule"], row["broken_column"]) == ("type", next(iter(MIXED[name])))


@pytest.mark.parametrize(
    "spoil", [lambda c: c.replace(b"H2;", MARK.encode() + b"\0;", 1), lambda c: c + b"\0" * 70_000]
)
def test_a_nul_in_delimited_text_is_refused_with_its_line(landing: Landing, spoil: Spoil) -> None:
    assert "holds a NUL" in landing.refusal("csv", spoil)
