"""How suppliers write: one class a format, chosen by `format` in a contract's `reader`."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Strict(BaseModel):
    """A part of a contract: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Written(Strict):
    """How values are written, in every format in which a value may be text; `rename` leads from their header to ours.

    `typed` formats tell numbers from text: there a number in a text column has lost its zeros, and is not taken.
    """

    typed: ClassVar[bool] = False
    decimal: Literal[".", ","] = "."
    date: str = "%Y-%m-%d"
    timestamp: str = "%Y-%m-%dT%H:%M:%S"
    month: str = "%Y-%m"
    boolean: tuple[str, str] = ("true", "false")
    rename: dict[str, str] = {}

    def named_columns(self) -> set[str]:
        """Columns of the contract that the reader fills by name; a slip there is an error of the contract."""
        return set()


class DelimitedReader(Written):
    """What all delimited text has in common, with one header line."""

    delimiter: Literal[",", ";"]
    encoding: Literal["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"]


class CsvReader(DelimitedReader):
    """Delimited text by itself; how decimals are written must be said."""

    format: Literal["csv"]
    decimal: Literal[".", ","]


class XlsxReader(Written):
    """One sheet of a workbook with one header line; cells above it are a title. Text cells follow the forms above."""

    typed: ClassVar[bool] = True
    format: Literal["xlsx"]
    sheet: str
    header_row: int = Field(default=1, ge=1)


class ParquetReader(Written):
    """One Parquet file; columns by name."""

    typed: ClassVar[bool] = True
    format: Literal["parquet"]


class JsonReader(Written):
    """A list of objects (`json`; `records` names the key that holds it) or one object a line (`jsonl`)."""

    typed: ClassVar[bool] = True
    format: Literal["json", "jsonl"]
    records: str | None = None


class PackageReader(DelimitedReader):
    """A CSV file beside the frictionless `datapackage.json` (Kela: `package.json`) that describes it."""

    format: Literal["datapackage"]
    delimiter: Literal[",", ";"] = ","
    encoding: Literal["utf-8"] = "utf-8"


class Coded(Written):
    """Statistical tables whose codes are not ours: both maps are by our columns.

    `prefix` is taken off in front of every code of a column (`KU` of `KU091`); `codes` leads from single codes or
    texts to ours. What neither knows stays as it came, and the contract's rules judge it.
    """

    prefix: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}


class JsonStatReader(Coded):
    """A JSON-stat 2 dataset: a row a cell, with the codes of its dimensions; `rename` leads from dimension to column.

    `value` is the column of the cell's number, `status` that of its status, if it is wanted. `fixed` names dimensions
    that are no column, with the only code that each of them may have.
    """

    format: Literal["jsonstat"]
    value: str
    status: str | None = None
    fixed: dict[str, str] = {}


class Heading(Strict):
    """Headers of the wide form: the pattern's named groups are columns, and each header that fits is a cell a line."""

    pattern: str

    @field_validator("pattern")
    @classmethod
    def _names_columns(cls, value: str) -> str:
        try:
            groups = re.compile(value).groupindex
        except re.error as error:
            raise ValueError(f"is no regular expression ({error.msg})") from None
        if not groups:
            raise ValueError("names no column: write (?P<column>...)")
        return value


class PxWebReader(Coded):
    """CSV as PxWeb writes it: the variables of the stub, then a column of numbers; `missing` are its marks for none.

    With `heading` it is the wide form, in which a variable has become the headers of several columns of numbers.
    """

    format: Literal["pxweb"]
    delimiter: Literal[",", ";"] = ","
    encoding: Literal["utf-8", "iso-8859-15", "windows-1252"] = "utf-8"
    value: str
    missing: list[str] = ["..", ".", "...", "-"]
    heading: Heading | None = None


class PartReader(Written):
    """A table that is not delivered itself: the records of document extract `of` fan out into it.

    The document's reader writes values in the forms above, and marks a number that came where text was agreed.
    """

    typed: ClassVar[bool] = True
    format: Literal["part"]
    of: str


class ClientPlanReader(Written):
    """National client plans as JSON, one object a document: all in one array, or one a line."""

    typed: ClassVar[bool] = True
    format: Literal["client_plan"]
    layout: Literal["array", "lines"] = "array"


class Asked(Strict):
    """What one column of a survey's export tells: exactly one of the first five.

    `column` is of the respondent, `attribute` a kind of which one may have several, `share` a column of the shares of
    work, `question` an answer in words. `codes` lead from the words of the form to codes; with `code` the column is
    that of one option, and a mark in it chooses the option. `whole_number`: the cells are numbers, and no code with
    leading zeros was ever meant.
    """

    column: str | None = None
    attribute: str | None = None
    share: str | None = None
    question: str | None = None
    ignored: bool = False
    code: str | None = None
    codes: dict[str, str] = {}
    whole_number: bool = False

    @model_validator(mode="after")
    def _one_meaning(self) -> Asked:
        meanings = [self.column, self.attribute, self.share, self.question, self.ignored or None]
        if sum(meaning is not None for meaning in meanings) != 1:
            raise ValueError("a column is exactly one of column, attribute, share, question and ignored")
        if self.code and not self.attribute:
            raise ValueError("code is for the column of one option of an attribute")
        return self


class WebropolReader(Written):
    """Webropol's wide export: one sheet, a row a respondent, a column a question, its words as header.

    With two header rows the question stands merged above its options, and the header is `<question>: <option>`.
    `separators` stand between several values in one cell; `marks` and `no_marks` are what the column of an option has.
    """

    typed: ClassVar[bool] = True
    format: Literal["webropol"]
    sheet: str
    header_row: int = Field(default=1, ge=1)
    header_rows: Literal[1, 2] = 1
    survey_code: str
    wave: str
    separators: list[str] = [";", "\n"]
    marks: list[str] = ["1", "X", "x"]
    no_marks: list[str] = ["0"]
    questions: dict[str, Asked]

    def named_columns(self) -> set[str]:
        return {asked.column for asked in self.questions.values() if asked.column} | {"survey_code", "wave"}


class SwotReader(Written):
    """A workshop platform's export: titles, then two header rows, the upper one with phases merged over their kinds.

    A row is a card; a cell below phase and kind holds noted lines, one a line of the cell. `rename` leads from the
    other headers to columns, `codes` from the platform's words to codes, by column.
    """

    typed: ClassVar[bool] = True
    format: Literal["swot_export"]
    sheet: str
    header_row: int = Field(default=2, ge=2)
    phases: dict[str, str]
    kinds: dict[str, str]
    codes: dict[str, dict[str, str]] = {}


Reader = Annotated[
    CsvReader
    | XlsxReader
    | ParquetReader
    | JsonReader
    | PackageReader
    | JsonStatReader
    | PxWebReader
    | PartReader
    | ClientPlanReader
    | WebropolReader
    | SwotReader,
    Field(discriminator="format"),
]
