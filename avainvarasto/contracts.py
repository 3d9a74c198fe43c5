"""Contracts of the extracts: what a delivered file must be, and which columns the lake then has.

One YAML file an extract under `expectations/contracts/`; the class of a column decides what leaves the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from avainvarasto.contract_readers import PartReader, Reader, Strict, Written
from avainvarasto.errors import ContractError

ColumnType = Literal[
    "string", "integer", "eur", "pct", "decimal", "date", "month", "timestamp", "boolean", "partial_date"
]
ColumnClass = Literal["identifier", "key", "drop", "free_text", "quasi", "sensitive", "plain"]
Source = Literal["kela", "municipal", "etotu", "avain", "prosos", "swot", "obstacles", "open_statistics", "reference"]

FormOfReader = TypeVar("FormOfReader", bound=Written)

LAKE_TYPES: dict[str, str] = {
    "string": "string",
    "integer": "bigint",
    "eur": "decimal(12,2)",
    "pct": "decimal(5,2)",
    "decimal": "decimal(18,6)",
    "date": "date",
    "month": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
    "partial_date": "date",
}
# The same safe loader in C, where the library was built with it: fifty contracts take a second otherwise.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NEVER_IN_LAKE = ("drop", "free_text")
OPEN_CLASSES = ("quasi", "sensitive", "plain")
PERMIT = "permit:"
SOURCE_COLUMNS = {"delivery_id": "string", "src_file": "string", "src_row": "bigint"}


class Domain(Strict):
    """Which values a column may take; all given parts must hold.

    `municipality_on` names the date (or year) column on which the municipality must exist; `where` limits that
    to rows with the given values, and `elsewhere_county` asks for a county code in the others. `since` and `until`
    give codes their first and last day, on the column that `dated_by` names. `no_identifier` is for short texts that
    are meant to be published: one in which a scan finds a person's code, number or address goes to quarantine.
    """

    values: list[str] | None = None
    pattern: str | None = None
    code_set: str | None = None
    min: int | None = None
    max: int | None = None
    municipality_on: str | None = None
    also: list[str] = Field(default_factory=list)
    where: dict[str, str] = Field(default_factory=dict)
    elsewhere_county: bool = False
    true_from: date | None = None
    since: dict[str, date] = Field(default_factory=dict)
    until: dict[str, date] = Field(default_factory=dict)
    dated_by: str | None = None
    no_identifier: bool = False

    @model_validator(mode="after")
    def _dated(self) -> Domain:
        if (self.true_from or self.since or self.until) and not self.dated_by:
            raise ValueError("true_from, since and until need dated_by, the column whose day they are held against")
        if self.elsewhere_county and not self.where:
            raise ValueError("elsewhere_county needs where, which says in which rows the code is a municipality's")
        if unknown := sorted({*self.since, *self.until} - set(self.values or [])):
            raise ValueError(f"since and until name codes that values lacks: {', '.join(unknown)}")
        return self

    @property
    def is_closed(self) -> bool:
        """True if the domain says which texts there can be."""
        return self.values is not None or self.pattern is not None or self.municipality_on is not None


class Column(Strict):
    """One column of the delivered file."""

    type: ColumnType
    column_class: ColumnClass = Field(alias="class")
    description: str
    required: bool = False
    default: bool | int | str | None = None
    lake_name: str | None = Field(default=None, alias="as")
    pseudonym: str | None = None
    within: str | None = None
    keep_restricted: bool = False
    domain: Domain = Domain()

    @model_validator(mode="after")
    def _texts(self) -> Column:
        if self.within and self.column_class != "key":
            raise ValueError("within is for columns of class key: it says inside what an id is unique")
        if self.keep_restricted and self.column_class != "free_text":
            raise ValueError("keep_restricted is for columns of class free_text")
        if self.domain.no_identifier and (self.type != "string" or self.column_class not in OPEN_CLASSES):
            raise ValueError("no_identifier is for text that reaches the lake as it is")
        return self

    @property
    def holds_ready_pseudonym(self) -> bool:
        """True if a permit authority has replaced the identity codes before delivery."""
        return (self.pseudonym or "").startswith(PERMIT)


class Contract(Strict):
    """The agreement about one extract.

    `reader` is how the extract is written, `readers` how it is by suppliers that write it otherwise; `permit` is the
    data permit under which it is held, and without which it must go (`avainvarasto forget permit`). `by_supplier`
    counts the newest delivery of each supplier, not of all. A document extract has parts: contracts of their own,
    with a reader of format `part`, for the tables into which its records fan out.
    """

    extract: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    source: Source
    supplier: str
    permit: str | None = Field(default=None, pattern=r"^[0-9A-Za-z][0-9A-Za-z_.-]*$")
    description: str
    cadence: Literal["daily", "weekly", "monthly", "quarterly", "yearly", "once"]
    period_column: str | None = None
    whole_table: bool = False
    by_supplier: bool = False
    key: list[str]
    may_be_empty: bool = False
    quarantine_limit: float = Field(ge=0, le=1)
    reader: Reader
    readers: dict[str, Reader] = Field(default_factory=dict)
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _consistent(self) -> Contract:
        if self.whole_table == (self.period_column is not None):
            raise ValueError("name either a period_column or whole_table: true")
        named = [*self.key, *([self.period_column] if self.period_column else [])]
        for column in self.columns.values():
            others = (column.within, column.domain.municipality_on, column.domain.dated_by, *column.domain.where)
            named += [name for name in others if name]
        for reader in (self.reader, *self.readers.values()):
            named += reader.named_columns()
        if missing := sorted(set(named) - set(self.columns)):
            raise ValueError(f"columns are named that the contract does not have: {', '.join(missing)}")
        for name, column in self.columns.items():
            if column.column_class == "identifier" and not column.pseudonym:
                raise ValueError(f"identifier column {name} names no pseudonym domain")
            if column.holds_ready_pseudonym and column.pseudonym != f"{PERMIT}{self.permit}":
                raise ValueError(f"column {name} holds pseudonyms of another permit than the contract's")
            if column.column_class in OPEN_CLASSES and column.type == "string" and not column.domain.is_closed:
                raise ValueError(f"text column {name} reaches the lake and has no domain: anything could stand in it")
        lake = self.lake_columns()
        if len(lake) != len(set(lake)):
            raise ValueError("two columns have the same name in the lake")
        return self

    @property
    def part_of(self) -> str | None:
        """The document extract whose records fan out into this table; None for what is delivered itself."""
        return self.reader.of if isinstance(self.reader, PartReader) else None

    def reader_as(self, form: type[FormOfReader]) -> FormOfReader:
        """The reader, with the keys of one form; for the modules that read or write that form.

        Raises:
            TypeError: the extract is written in another form.
        """
        if not isinstance(self.reader, form):
            raise TypeError(f"{self.extract} is not written in the form of {form.__name__}")
        return self.reader

    def lake_name(self, column: str) -> str:
        """Name of a delivered column in the lake."""
        return self.columns[column].lake_name or column

    def pseudonym_domain(self, column: str) -> str | None:
        """Domain in which a column is hashed; None where it is kept as it is."""
        spec = self.columns[column]
        if spec.column_class not in ("identifier", "key"):
            return None
        return spec.pseudonym or f"{self.extract}.{column}"

    def identifiers(self) -> list[str]:
        """Delivered columns that hold an identity code, or a permit authority's pseudonym in its place."""
        return [name for name, column in self.columns.items() if column.column_class == "identifier"]

    def hashed_columns(self) -> dict[str, str]:
        """Pseudonym domain of each of the lake's columns that holds pseudonyms."""
        domains = {self.lake_name(name): self.pseudonym_domain(name) for name in self.columns}
        return {name: domain for name, domain in domains.items() if domain is not None}

    def as_written_by(self, supplier: str) -> Contract:
        """This contract with the reader of that supplier, who is then the one to ask."""
        own = self.readers.get(supplier)
        return self.model_copy(update={"reader": own, "supplier": supplier}) if own else self

    def lake_columns(self) -> dict[str, str]:
        """Column name and SQL type of the lake's table, in order; month columns are the first day of the month."""
        columns: dict[str, str] = {}
        for name, column in self.columns.items():
            if column.column_class in NEVER_IN_LAKE:
                continue
            hashed = self.pseudonym_domain(name) is not None
            columns[self.lake_name(name)] = "bigint" if hashed else LAKE_TYPES[column.type]
            if column.type == "partial_date":
                columns["date_precision"] = "string"
            if self.lake_name(name) == "person_key":
                columns |= {"code_birth_year": "bigint", "code_sex": "string"}
        return columns | SOURCE_COLUMNS


def load_contract(path: Path) -> Contract:
    """One contract from its file.

    Raises:
        ContractError: the file is no YAML mapping, breaks the schema, or is not named as its extract.
    """
    try:
        contract = Contract.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 - safe
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise _wrong(path, f"{place}: {first['msg']}") from None
    except yaml.YAMLError as error:
        raise _wrong(path, f"not readable as YAML ({type(error).__name__})") from None
    if contract.extract != path.stem:
        raise _wrong(path, f"holds the contract of '{contract.extract}'")
    return contract


def load_contracts(expectations: Path) -> dict[str, Contract]:
    """All contracts by extract, in alphabetical order.

    Raises:
        ContractError: one is wrong, or there is none.
    """
    paths = sorted((expectations / "contracts").glob("*.yml"))
    if not paths:
        raise _wrong(expectations / "contracts", "holds no contract")
    contracts = {path.stem: load_contract(path) for path in paths}
    for path in paths:
        _hold_part(path, contracts[path.stem], contracts)
    return contracts


def parts_of(contracts: Mapping[str, Contract], extract: str) -> list[Contract]:
    """Contracts of the tables into which the records of a document extract fan out; empty for a flat extract."""
    return [contract for contract in contracts.values() if contract.part_of == extract]


def _hold_part(path: Path, part: Contract, contracts: Mapping[str, Contract]) -> None:
    """A part comes with its document: it is counted, and forgotten, as the document is."""
    if part.part_of is None:
        return
    whole = contracts.get(part.part_of)
    if whole is None or whole.part_of is not None:
        raise _wrong(path, f"is a part of '{part.part_of}', which is no document extract")
    for key in ("source", "whole_table", "by_supplier", "permit", "cadence"):
        if getattr(part, key) != getattr(whole, key):
            raise _wrong(path, f"{key} differs from that of '{part.part_of}', of which it is a part")


def _wrong(path: Path, problem: str) -> ContractError:
    return ContractError(
        str(path),
        problem,
        consequence="No delivery was read.",
        remedy="mend the contract file; see expectations/README.md",
    )
