"""A CSV file with the frictionless data package that describes it: file, description and contract must agree."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from avainvarasto.contract_readers import PackageReader
from avainvarasto.contracts import Contract
from avainvarasto.landing.deliveries import PACKAGES
from avainvarasto.landing.readers import delimited
from avainvarasto.landing.readers.arriving import Arriving, ask, refuse
from avainvarasto.landing.readers.heads import header_of

MAX_BYTES = 5_000_000
# A text column described as a number has lost its zeros before it was written.
FIELD_TYPES: dict[str, set[str]] = {
    "string": {"string"},
    "integer": {"integer", "year"},
    "eur": {"number", "integer"},
    "pct": {"number", "integer"},
    "decimal": {"number", "integer"},
    "date": {"date", "string"},
    "month": {"yearmonth", "integer", "string"},
    "timestamp": {"datetime", "string"},
    "boolean": {"boolean", "string"},
    "partial_date": {"string"},
}


def load(arriving: Arriving) -> None:
    """Make `delivered` a view on the CSV file that the description is about.

    Raises:
        DeliveryRefused: there is no description, it describes another file or layout, or the CSV is not as agreed.
    """
    reader = arriving.contract.reader_as(PackageReader)
    package = _package(arriving)
    place = f"{arriving.place.rpartition('/')[0]}/{package.name}"
    resource = _resource(_content(package, place, arriving.contract), arriving, place)
    _hold_bytes(resource, arriving, place)
    _hold_form(resource, reader, arriving.contract, place)
    _hold_fields(resource, reader, arriving, place)
    delimited.load(arriving)


def _package(arriving: Arriving) -> Path:
    there = [path for name in PACKAGES if (path := arriving.path.parent / name).is_file()]
    if len(there) != 1 or there[0].is_symlink():
        raise refuse(
            arriving.place,
            f"does not have one description beside it ({' or '.join(PACKAGES)})",
            f"put the description into the folder of the file, or {ask(arriving.contract)}",
        )
    return there[0]


def _content(package: Path, place: str, contract: Contract) -> dict[str, Any]:
    if package.stat().st_size > MAX_BYTES:
        raise refuse(place, f"is larger than {MAX_BYTES} bytes", ask(contract))
    try:
        content = json.loads(package.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise refuse(place, "is not readable as JSON in utf-8", ask(contract)) from None
    if not isinstance(content, dict):
        raise refuse(place, "is no data package", ask(contract))
    return content


def _resource(content: dict[str, Any], arriving: Arriving, place: str) -> dict[str, Any]:
    """The resource that is the delivered file."""
    resources = content.get("resources")
    if isinstance(resources, list):
        for resource in resources:
            paths = _paths(resource)
            if arriving.path.name in paths:
                if len(paths) > 1:
                    raise refuse(
                        place,
                        f"describes a table in {len(paths)} files, and only one file of a delivery can count",
                        "put the rows into one file and name it alone in the description",
                    )
                found: dict[str, Any] = resource
                return found
    raise refuse(place, "has no resource whose path is the delivered file", ask(arriving.contract))


def _paths(resource: Any) -> list[Any]:
    path = resource.get("path") if isinstance(resource, dict) else None
    return path if isinstance(path, list) else [path]


def _hold_bytes(resource: dict[str, Any], arriving: Arriving, place: str) -> None:
    """Size and hash, where the description has them."""
    size, told = resource.get("bytes"), resource.get("hash")
    if size is not None and size != arriving.path.stat().st_size:
        raise refuse(place, "says another number of bytes than the file has", ask(arriving.contract))
    if told is None:
        return
    algorithm, _, digest = told.rpartition(":") if isinstance(told, str) else ("", "", "")
    algorithm = algorithm or "md5"
    if algorithm not in ("md5", "sha1", "sha256", "sha512") or not digest:
        raise refuse(place, "has a hash of an unknown kind", "use md5, sha1, sha256 or sha512")
    with arriving.path.open("rb") as stream:
        found = hashlib.file_digest(stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    if found != digest.lower():
        raise refuse(place, "has the hash of another file", ask(arriving.contract))


def _hold_form(resource: dict[str, Any], reader: PackageReader, contract: Contract, place: str) -> None:
    """Delimiter, quotes, header line, encoding and missing values; what is not said is as frictionless has it."""
    dialect, schema = resource.get("dialect") or {}, resource.get("schema") or {}
    if not isinstance(dialect, dict) or not isinstance(schema, dict):
        raise refuse(place, "has a dialect or schema that is no object", ask(contract))
    told = {
        "delimiter": dialect.get("delimiter", ","),
        "quote sign": dialect.get("quoteChar", '"'),
        "doubled quotes": dialect.get("doubleQuote", True),
        "header line": dialect.get("header", True),
        "encoding": str(resource.get("encoding", "utf-8")).lower(),
        "missing values": schema.get("missingValues", [""]),
    }
    agreed = {
        "delimiter": reader.delimiter,
        "quote sign": '"',
        "doubled quotes": True,
        "header line": True,
        "encoding": reader.encoding,
        "missing values": [""],
    }
    for what, value in agreed.items():
        if told[what] != value:
            raise refuse(place, f"describes a {what} other than the contract's", ask(contract))


def _hold_fields(resource: dict[str, Any], reader: PackageReader, arriving: Arriving, place: str) -> None:
    """The fields are those of the file, in its order, and of the contract's types."""
    contract = arriving.contract
    fields = (resource.get("schema") or {}).get("fields")
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        raise refuse(place, "has no schema with fields", ask(contract))
    if [field.get("name") for field in fields] != header_of(arriving, reader.delimiter, reader.encoding):
        raise refuse(place, "describes other columns than the file has", ask(contract))
    for number, field in enumerate(fields, start=1):
        name = reader.rename.get(field["name"], field["name"])
        column = contract.columns.get(name)
        if column is None:
            continue  # the header is held against the contract with the file
        told = field.get("type", "any")
        if told not in ["any", *FIELD_TYPES[column.type]]:
            raise refuse(
                place, f"describes field {number} ('{name}') as another type than {column.type}", ask(contract)
            )
        numeric = column.type in ("eur", "pct", "decimal", "integer")
        if numeric and (field.get("decimalChar", reader.decimal) != reader.decimal or field.get("groupChar")):
            raise refuse(place, f"describes field {number} ('{name}') with other signs in its numbers", ask(contract))
