"""Files as they should never arrive, made from a good one; each holds MARK, which no message may quote.

Belongs here: how a file is spoilt. Does not: what is to become of it (the tests).
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from avainvarasto.synthetic.spoilt import SHEET_PART, Spoil, an_archive, parts_changed
from tests.forms import SHEET

MARK = "Merkki-7713"
LONG_LINE = 16_000_000
COLUMNS = 10_000
BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "'
    + MARK
    + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL_ENTITY = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/{MARK}">]>'


def with_document_type(declaration: str, encoding: str = "utf-8") -> Spoil:
    """A workbook whose sheet declares entities."""

    def change(content: bytes) -> bytes:
        text = content.decode().replace("UTF-8", encoding, 1)
        return text.replace("?>", "?>" + declaration, 1).encode(encoding)

    return parts_changed({SHEET_PART: change})


def with_zeros(workbook: bytes, n_zeros: int = 60_000_000) -> bytes:
    """60 MB of nothing in a few kilobytes."""
    return parts_changed({}, {"xl/media/a.bin": MARK.encode() + bytes(n_zeros)})(workbook)


def with_a_lying_part(workbook: bytes, n_zeros: int = 60_000_000) -> bytes:
    """The same in an archive that states a small size, with a checksum that fits it."""
    content = MARK.encode() + bytes(n_zeros)
    size, checksum = struct.pack("<L", len(content)), struct.pack("<L", zlib.crc32(content))
    bomb = with_zeros(workbook, n_zeros)
    assert bomb.count(checksum + bomb[bomb.index(checksum) + 4 :][:4] + size) == 2
    stated = content[:100]
    return bomb.replace(size, struct.pack("<L", 100)).replace(checksum, struct.pack("<L", zlib.crc32(stated)))


def packed_over_itself(workbook: bytes) -> bytes:
    """Many entries of the directory that all unpack the same bytes."""
    content = MARK.encode() + b"\0" * 2_000_000
    first = parts_changed({}, {"xl/media/a.bin": content})(workbook)
    with zipfile.ZipFile(io.BytesIO(first), "a") as archive:
        shared = archive.getinfo("xl/media/a.bin")
    end = first.rindex(b"PK\x05\x06")
    start, size = struct.unpack("<L", first[end + 16 : end + 20])[0], struct.unpack("<L", first[end + 12 : end + 16])[0]
    directory = first[start : start + size]
    at = directory.rindex(b"PK\x01\x02")
    entry = directory[at:]
    assert shared.filename.encode() in entry
    copies = b"".join(entry.replace(b"a.bin", f"{n:05}".encode()) for n in range(100))
    count = struct.unpack("<H", first[end + 10 : end + 12])[0] + 100
    return (
        first[:start]
        + directory
        + copies
        + b"PK\x05\x06"
        + struct.pack("<4H2LH", 0, 0, count, count, size + len(copies), start, 0)
    )


def encrypted_entries(workbook: bytes) -> bytes:
    """The mark of encryption on every entry."""
    spoilt = bytearray(workbook)
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = spoilt.find(sign)
        while at >= 0:
            spoilt[at + offset] |= 1
            at = spoilt.find(sign, at + 4)
    return bytes(spoilt)


def many_columns(form: str) -> bytes:
    """A file of one row and 10,000 columns."""
    names = [f"{MARK}{n}" for n in range(COLUMNS)]
    match form:
        case "csv":
            return (";".join(names) + "\n" + ";".join("1" for _ in names) + "\n").encode()
        case "xlsx":
            buffer = io.BytesIO()
            book = xlsxwriter.Workbook(buffer, {"in_memory": True})
            book.add_worksheet(SHEET).write_row(2, 0, names)
            book.close()
            return buffer.getvalue()
        case "parquet":
            buffer = io.BytesIO()
            pq.write_table(pa.table({name: pa.array([1]) for name in names}), buffer)
            return buffer.getvalue()
        case "json":
            return json.dumps({"rows": [dict.fromkeys(names, 1)]}).encode()
        case _:
            return json.dumps(dict.fromkeys(names, 1)).encode() + b"\n"


def a_zip(_content: bytes) -> bytes:
    """An archive of something else."""
    return an_archive("luettelo.txt", MARK.encode())


def a_pdf(_content: bytes) -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Title (" + MARK.encode() + b") >>\nendobj\n%%EOF\n"
