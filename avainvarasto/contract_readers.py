"""How suppliers write: one class a format, chosen by `format` in a contract's `reader`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


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
    """A CSV file beside the frictionless `datapackage.json` that describes it."""

    format: Literal["datapackage"]
    delimiter: Literal[",", ";"] = ","
    encoding: Literal["utf-8"] = "utf-8"


class JsonStatReader(Written):
    """A JSON-stat 2 dataset: a row a cell, with the codes of its dimensions; `rename` leads from dimension to column.

    `value` is the column of the cell's number.
    """

    format: Literal["jsonstat"]
    value: str


class PxWebReader(Written):
    """CSV as PxWeb writes it: the variables of the stub, then a column of numbers; `missing` are its marks for none."""

    format: Literal["pxweb"]
    delimiter: Literal[",", ";"] = ","
    encoding: Literal["utf-8", "iso-8859-15", "windows-1252"] = "utf-8"
    value: str
    missing: list[str] = ["..", ".", "...", "-"]


class PartReader(Written):
    """A table that is not delivered itself: the records of document extract `of` fan out into it."""

    format: Literal["part"]
    of: str


Reader = Annotated[
    CsvReader | XlsxReader | ParquetReader | JsonReader | PackageReader | JsonStatReader | PxWebReader | PartReader,
    Field(discriminator="format"),
]
