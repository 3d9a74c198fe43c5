"""The gate before a workbook is opened: every part is unpacked once, measured and looked through, and nothing is kept.

Sizes that the archive states are not believed: bytes are counted as they come out.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse
from avainvarasto.landing.readers.sheet import Book, Part, Relations, Sheet, Types, Unfit

MAX_ENTRIES = 2_000
MAX_UNPACKED = 500_000_000
# Sheets shrink to a tenth or twentieth; a few megabytes of anything do no harm.
MAX_RATIO = 100
RATIO_FROM = 10_000_000
CHUNK = 1 << 16

TYPES, BOOK, RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PLAIN = "save it as a plain workbook (.xlsx) with values only, or "


def hold_workbook(arriving: Arriving, sheet: str, header_row: int) -> None:
    """Let a workbook through, or not; what stands above `header_row` of its sheet is layout.

    Raises:
        DeliveryRefused: it is not a whole .xlsx file, unpacks to too much, declares entities, has macros or links, or
            the agreed sheet is missing, too large, or holds formulas, errors or merged cells.
    """
    path, contract, place = arriving.path, arriving.contract, arriving.place
    try:
        with path.open("rb") as stream:
            _hold_kind(stream)
            archive = zipfile.ZipFile(stream)
            _Gate(archive, stream, path.stat().st_size, sheet, header_row).hold()
    except Unfit as error:
        where = f"{place} sheet '{sheet}' cell {error.at}" if error.at else place
        raise _refuse(where, error.problem, contract) from None
    except OSError as error:
        # An archive that points before its own beginning; any other fault is the disk's.
        if error.errno != errno.EINVAL:
            raise
        raise _refuse(place, "is a damaged or incomplete workbook", contract) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error, OverflowError):
        raise _refuse(place, "is a damaged or incomplete workbook", contract) from None


def _hold_kind(stream: BinaryIO) -> None:
    first = stream.read(len(_OLD_OR_ENCRYPTED))
    if first == _OLD_OR_ENCRYPTED:
        raise Unfit("is encrypted, or a workbook of the old kind (.xls)")
    if not first.startswith(_ZIP):
        raise Unfit("is not a workbook (.xlsx)")


class _Gate:
    """One archive on its way through."""

    def __init__(self, archive: zipfile.ZipFile, stream: BinaryIO, packed: int, sheet: str, header_row: int) -> None:
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        self._n_entries = len(archive.infolist())
        self._stream = stream
        self._packed = packed
        self._sheet_name = sheet
        self._header_row = header_row
        self._unpacked = 0

    def hold(self) -> None:
        if self._n_entries > MAX_ENTRIES:
            raise Unfit(f"has more than {MAX_ENTRIES} parts")
        if self._n_entries != len({name.lower() for name in self._entries}):
            raise Unfit("has a part twice")
        if not {TYPES, BOOK, RELATIONS} <= self._entries.keys():
            raise Unfit("is not a workbook (.xlsx)")
        if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in self._entries):
            raise Unfit("holds macros")
        book, relations = Book(), Relations()
        first: dict[str, Part] = {TYPES: Types(), BOOK: book, RELATIONS: relations}
        for name, part in first.items():
            self._look_through(name, part)
        sheet = self._sheet(book, relations)
        for name in self._entries:
            if name == sheet:
                self._look_through(name, Sheet(self._header_row))
            elif name not in first:
                self._look_through(name, self._kind(name))

    def _kind(self, name: str) -> Part | None:
        """How a part is looked at; pictures and printer settings are only measured."""
        ending = name.lower().rpartition(".")[2]
        return Relations() if ending == "rels" else Part() if ending in ("xml", "vml") else None

    def _sheet(self, book: Book, relations: Relations) -> str:
        """The part that holds the agreed sheet."""
        found = [relation for name, relation in book.sheets if name == self._sheet_name]
        if not found:
            raise Unfit(f"has no sheet '{self._sheet_name}'")
        target = relations.targets.get(found[0], "").removeprefix("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if len(found) > 1 or part not in self._entries or not part.endswith(".xml"):
            raise Unfit("is a damaged or incomplete workbook")
        return part

    def _look_through(self, name: str, part: Part | None) -> None:
        for chunk in self._unpack(self._entries[name]):
            if part is not None:
                part.feed(chunk, last=False)
        if part is not None:
            part.feed(b"", last=True)

    def _unpack(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Bytes of a part, counted; unlike `ZipFile.read`, beyond the size that the archive states."""
        if entry.flag_bits & 1:
            raise Unfit("is encrypted")
        size, checksum = 0, 0
        for chunk in self._inflated(entry):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            self._unpacked += len(chunk)
            if self._unpacked > MAX_UNPACKED:
                raise Unfit(f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB")
            if self._unpacked > max(RATIO_FROM, MAX_RATIO * self._packed):
                raise Unfit(f"unpacks to more than {MAX_RATIO} times its size")
            yield chunk
        if (size, checksum) != (entry.file_size, entry.CRC):
            raise Unfit("is a damaged or incomplete workbook")

    def _inflated(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed_bytes(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from packed
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
            for piece in packed:
                rest = piece
                while rest:
                    yield unpacker.decompress(rest, CHUNK)
                    rest = unpacker.unconsumed_tail
            while out := unpacker.decompress(unpacker.unconsumed_tail, CHUNK):
                yield out
            if not unpacker.eof or unpacker.unused_data:
                raise Unfit("is a damaged or incomplete workbook")
        else:
            raise Unfit("is packed in a way that workbooks are not")

    def _packed_bytes(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        self._stream.seek(entry.header_offset)
        header = _LOCAL_HEADER.unpack(self._stream.read(_LOCAL_HEADER.size))
        if header[0] != _ZIP:
            raise Unfit("is a damaged or incomplete workbook")
        self._stream.seek(header[-2] + header[-1], 1)
        left = entry.compress_size
        while left:
            piece = self._stream.read(min(CHUNK, left))
            if not piece:
                raise Unfit("is a damaged or incomplete workbook")
            left -= len(piece)
            yield piece


def _refuse(where: str, problem: str, contract: Contract) -> DeliveryRefused:
    return refuse(where, problem, _PLAIN + ask(contract))
