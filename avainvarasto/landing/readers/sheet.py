"""The XML parts of a workbook as they stream past: what a sheet to be read may not hold.

Belongs here: what elements and attributes mean. Does not: unpacking, and in what order parts are looked at (`archive`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

MAX_ROWS = 1_000_000
MAX_COLUMNS = 10_000
MAX_CELLS = 20_000_000
READ = ("worksheet", "sharedStrings", "styles")
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AREA = re.compile(rf"{_CELL.pattern}:{_CELL.pattern}")


class Unfit(Exception):
    """What is wrong with a part, in words without content; `at` is the cell, if it is one."""

    def __init__(self, problem: str, at: str = "") -> None:
        self.problem = problem
        self.at = at
        super().__init__(problem)


class Part:
    """An XML part that is read to its end and may have no document type, hence no entities, and no other encoding."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.XmlDeclHandler = _declared
        self._parser.StartDoctypeDeclHandler = _doctype
        self._parser.StartElementHandler = self._started
        self._begun = False

    def feed(self, chunk: bytes, last: bool) -> None:
        """Take the next bytes.

        Raises:
            Unfit: it is not such a part.
        """
        if not self._begun and chunk:
            self._begun = True
            if chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in chunk[:4]:
                raise Unfit("has an XML part that is not UTF-8")
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError):
            raise Unfit("has an XML part that is damaged") from None

    def _started(self, name: str, attributes: Mapping[str, str]) -> None:
        self.element(name.rpartition(":")[2], attributes)

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; its name has no prefix. What a sheet to be read may not hold raises Unfit."""


class Types(Part):
    """[Content_Types].xml."""

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        if "macroenabled" in attributes.get("ContentType", "").lower():
            raise Unfit("holds macros")


class Relations(Part):
    """A .rels part: where others stand. Addresses in cells are no links between values."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind == "vbaProject":
            raise Unfit("holds macros")
        if kind.startswith("externalLink") or (attributes.get("TargetMode") == "External" and kind != "hyperlink"):
            raise Unfit("is linked to other files")
        target = attributes.get("Target", "")
        if kind in READ and not target.endswith(".xml"):
            raise Unfit("has a part of cells or texts that is not XML")
        self.targets[attributes.get("Id", "")] = target


class Book(Part):
    """workbook.xml: the relation of each sheet, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "externalReference":
            raise Unfit("is linked to other files")
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))


class Sheet(Part):
    """The sheet that is read. Its size is that of its cells, whatever it says of itself."""

    def __init__(self, header_row: int) -> None:
        super().__init__()
        self._header_row = header_row
        self._row = self._column = 0
        self._width = 0
        self._in_cell = False

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "c":
                self._cell(attributes)
            case "f":
                if self._in_cell and self._row >= self._header_row:
                    raise Unfit("is a formula: its value was computed elsewhere", self._place())
            case "v" | "is":
                if self._in_cell:
                    self._filled()
            case "row":
                self._start_row(attributes)
            case "mergeCell":
                self._merged(attributes.get("ref", ""))
            case "extLst" | "conditionalFormatting" | "dataValidations":
                self._in_cell = False

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        given = attributes.get("r", str(self._row + 1))
        if not (given.isascii() and given.isdecimal()) or int(given[:9]) <= self._row:
            raise Unfit("has rows out of order")
        self._row, self._column, self._in_cell = int(given[:9]), 0, False

    def _cell(self, attributes: Mapping[str, str]) -> None:
        column = self._column + 1
        if "r" in attributes:
            found = _CELL.fullmatch(attributes["r"])
            if not found or int(found[2]) != self._row or column_number(found[1]) < column:
                raise Unfit("has cells out of order")
            column = column_number(found[1])
        self._column, self._in_cell = column, True
        if attributes.get("t") == "e" and self._row >= self._header_row:
            raise Unfit("is an error value", self._place())

    def _filled(self) -> None:
        """Only cells that hold something make a sheet large: the reader makes room for all up to the last of them."""
        self._width = max(self._width, self._column)
        if self._row > MAX_ROWS:
            raise Unfit(f"stands below row {MAX_ROWS}, the last that is read", self._place())
        if self._column > MAX_COLUMNS:
            raise Unfit(f"stands right of column {MAX_COLUMNS}, the last that is read", self._place())
        if self._width * self._row > MAX_CELLS:
            raise Unfit(f"makes the sheet larger than {MAX_CELLS} cells", self._place())

    def _merged(self, reference: str) -> None:
        area = _AREA.fullmatch(reference)
        if not area:
            raise Unfit("has merged cells")
        if int(area[4]) >= self._header_row:
            raise Unfit("are merged: the value of all but the first cannot be told", area[0])

    def _place(self) -> str:
        return cell_name(self._row, self._column)


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """A cell's name, from numbers that begin at 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        raise Unfit("has an XML part that is not UTF-8")


def _doctype(*_given: object) -> None:
    raise Unfit("has an XML part with a document type, through which entities could be declared")
