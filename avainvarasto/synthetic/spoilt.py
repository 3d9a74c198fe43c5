"""Bytes of good files, spoilt; for the broken deliveries of trainings and for the tests of readers.

Belongs here: what is done to bytes of a form. Does not: which delivery holds them, and what is to become of it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

Spoil = Callable[[bytes], bytes]

SHEET_PART = "xl/worksheets/sheet1.xml"
BOOK_PART = "xl/workbook.xml"
# The first bytes of a workbook that is encrypted or of the kind before 2007.
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\n"
    b"<body><h1>Service Unavailable</h1><p>Try again later.</p></body></html>\n"
)


def cut_off(content: bytes) -> bytes:
    """The first half, as a transfer leaves it that broke."""
    return content[: len(content) // 2]


def an_archive(name: str, content: bytes) -> bytes:
    """A ZIP archive that holds one file; equal content gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def parts_changed(changes: dict[str, Spoil], more: dict[str, bytes] | None = None) -> Spoil:
    """A workbook with some parts changed and others added."""

    def spoil(workbook: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                change = changes.get(entry.filename, _as_it_is)
                new.writestr(_packed(entry.filename), change(old.read(entry)))
            for name, content in (more or {}).items():
                new.writestr(_packed(name), content)
        return out.getvalue()

    return spoil


def replaced(part: str, old: str, new: str) -> Spoil:
    """A workbook with the first place of a text in a part replaced.

    Raises:
        ValueError: the text is not there.
    """

    def change(content: bytes) -> bytes:
        if old.encode() not in content:
            raise ValueError(f"{part} has no {old}")
        return content.replace(old.encode(), new.encode(), 1)

    return parts_changed({part: change})


def with_last_row(xml: str, number: int = 90) -> Spoil:
    """A workbook with one more row, given as the XML of its cells."""
    return replaced(SHEET_PART, "</sheetData>", f'<row r="{number}">{xml}</row></sheetData>')


def _as_it_is(content: bytes) -> bytes:
    return content


def _packed(name: str) -> zipfile.ZipInfo:
    """An entry with no time of writing, so that equal parts give equal bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
