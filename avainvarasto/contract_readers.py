"""How suppliers write: one class a format, chosen by `format` in a contract's `reader`."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


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


class CsvReader(Written):
    """Delimited text with one header line."""

    format: Literal["csv"]
    delimiter: Literal[",", ";"]
    encoding: Literal["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"]
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


class PackageReader(Written):
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
    """A table that is not delivered itself: the records of document extract `of` fan out into it."""

    format: Literal["part"]
    of: str


Reader = Annotated[
    CsvReader | XlsxReader | ParquetReader | JsonReader | PackageReader | JsonStatReader | PxWebReader | PartReader,
    Field(discriminator="format"),
]
