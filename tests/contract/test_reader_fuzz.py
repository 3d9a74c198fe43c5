"""Whatever bytes arrive, a reader refuses them or reads them: nothing else leaves it, and no content is quoted.

Every form of READERS is tried, and every form in which an extract of the project is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers import LOADERS
from avainvarasto.landing.readers.arriving import BLANK
from avainvarasto.synthetic.forms import DataFile, data_file
from avainvarasto.synthetic.spoilt import SHEET_PART, parts_changed
from tests.bad_files import MARK
from tests.contract_rows import good_rows
from tests.deliveries import CONTRACTS
from tests.documents import a_card, a_plan, a_respondent
from tests.forms import READERS, in_form, loaded, read_back

pytestmark = pytest.mark.contract
OF_READERS = {form: in_form(CONTRACTS["etotu_notification"], form) for form in READERS}
OF_EXTRACTS = {
    contract.reader.format: contract
    for contract in CONTRACTS.values()
    if contract.part_of is None and contract.reader.format not in READERS
}
SUBJECTS = OF_READERS | OF_EXTRACTS
PARTS = [SHEET_PART, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
# Without \0, which text files are refused for, and without what XML has no sign for.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
TEXTS = st.text(LETTERS | st.sampled_from("\"';,\\\n _x41é€ \u00a0"), max_size=12)

# Records of documents, in their suppliers' words.
RECORDS = {
    "client_plan": [a_plan("P1"), a_plan("P2"), a_plan("P3")],
    "webropol": [a_respondent(number) for number in (1, 2, 3)],
    "swot_export": [a_card(number) for number in (1, 2, 3)],
}

bounded = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@cache
def a_good_file(form: str) -> DataFile:
    """A file of the form with some rows, and MARK in each of its texts if the form is free."""
    contract = SUBJECTS[form]
    if form in RECORDS:
        return data_file(contract, RECORDS[form])
    rows = good_rows(contract, 3)
    if form in OF_READERS:
        rows = [row | {"name": MARK, "phone": MARK} for row in rows]
    return data_file(contract, rows)


def refused_or_read(contract: Contract, content: bytes, file: DataFile | None = None) -> list[dict[str, Any]] | None:
    """The rows of a file, or None if it was refused."""
    try:
        return loaded(contract, content, file.beside if file else None, file.name if file else "file")
    except DeliveryRefused as refusal:
        assert MARK not in str(refusal)
        assert refusal.where.startswith("source/delivery/")
        assert refusal.remedy
        return None


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """One to four slips: a byte changed, a piece cut out, put in, or there twice."""
    slips = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["flip", "cut", "insert", "repeat"]),
                st.floats(0, 1, exclude_max=True),
                st.integers(1, 40),
                st.binary(min_size=1, max_size=8) | st.sampled_from([b'"', b"<", b"{", b"]", b"\n", b"\0", b"1e400"]),
            ),
            min_size=1,
            max_size=4,
        )
    )

    def spoil(content: bytes) -> bytes:
        for kind, share, length, more in slips:
            at = int(share * len(content))
            piece = content[at : at + length]
            middle = {"flip": bytes(b ^ more[0] for b in piece[:1]), "cut": b"", "insert": more + piece}
            content = content[:at] + middle.get(kind, piece * 2) + content[at + (1 if kind == "flip" else length) :]
        return content

    return spoil


def test_every_reader_is_tried() -> None:
    assert set(SUBJECTS) == set(LOADERS)


@pytest.mark.parametrize("form", SUBJECTS)
def test_the_file_that_will_be_damaged_reads_whole(form: str) -> None:
    file = a_good_file(form)
    rows = refused_or_read(SUBJECTS[form], file.content, file)
    assert rows is not None
    assert len(rows) == file.rows


@pytest.mark.parametrize("form", SUBJECTS)
@bounded
@given(content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_refused_or_read(form: str, content: bytes) -> None:
    refused_or_read(SUBJECTS[form], content, a_good_file(form))


@pytest.mark.parametrize("form", SUBJECTS)
@bounded
@given(spoil=damages())
def test_a_damaged_file_is_refused_or_read(form: str, spoil: Callable[[bytes], bytes]) -> None:
    file = a_good_file(form)
    refused_or_read(SUBJECTS[form], spoil(file.content), file)


@bounded
@given(spoil=damages(), part=st.sampled_from(PARTS))
def test_a_workbook_packed_well_with_a_damaged_part_is_refused_or_read(
    spoil: Callable[[bytes], bytes], part: str
) -> None:
    contract, file = SUBJECTS["xlsx"], a_good_file("xlsx")
    refused_or_read(contract, parts_changed({part: spoil})(file.content))


@pytest.mark.parametrize("form", OF_READERS)
@bounded
@given(texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_that_is_written_well_is_read_as_it_was_written(form: str, texts: list[tuple[str, str]]) -> None:
    contract = SUBJECTS[form]
    rows = [row | {"name": a, "phone": b} for row, (a, b) in zip(good_rows(contract, len(texts)), texts, strict=True)]
    found = read_back(contract, data_file(contract, rows))
    assert found == [{name: text if text.strip(BLANK) else None for name, text in row.items()} for row in rows]


@pytest.mark.parametrize("form", [form for form in OF_READERS if form != "csv"])
@bounded
@given(value=st.integers(-(10**20), 10**20) | st.decimals(-(10**9), 10**9, places=3))
def test_no_number_lands_where_text_was_agreed(form: str, value: Any) -> None:
    contract = SUBJECTS[form]
    if form == "parquet" and isinstance(value, int) and not -(2**63) <= value < 2**63:
        value = value % 2**63
    (row,) = good_rows(contract, 1)
    content = number_for(contract, row | {"notification_id": value})
    (found,) = loaded(contract, content)
    assert found["notification_id"].startswith("\ue000")


def number_for(contract: Contract, row: dict[str, Any]) -> bytes:
    """A file with one row, in which a number stands in a column of text."""
    as_number = contract.columns["notification_id"].model_copy(
        update={"type": "integer" if isinstance(row["notification_id"], int) else "decimal"}
    )
    written = contract.model_copy(update={"columns": contract.columns | {"notification_id": as_number}})
    return data_file(written, [row]).content
