"""A CSV file and the frictionless data package that describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from avainvarasto.contract_readers import PackageReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms import delimited
from avainvarasto.synthetic.forms.base import DataFile, Row, headers

DESCRIPTION = "datapackage.json"
FIELD_TYPES = {"integer": "integer", "eur": "number", "pct": "number", "decimal": "number", "date": "date"}


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """The CSV, with `datapackage.json` beside it."""
    reader = contract.reader_as(PackageReader)
    table = delimited.write(contract, rows)
    fields = [
        {
            "name": name,
            "type": FIELD_TYPES.get(column.type, "string"),
            "format": "default",
            "description": column.description,
        }
        for name, column in zip(headers(contract), contract.columns.values(), strict=True)
    ]
    resource = {
        "name": contract.extract.replace("_", "-"),
        "path": table.name,
        "format": "csv",
        "bytes": len(table.content),
        "hash": f"sha256:{hashlib.sha256(table.content).hexdigest()}",
        "dialect": {"delimiter": reader.delimiter},
        "encoding": reader.encoding.upper(),
        "schema": {"fields": fields},
    }
    package = {"name": contract.extract.replace("_", "-"), "title": contract.description, "resources": [resource]}
    described = json.dumps(package, ensure_ascii=False, indent=2).encode()
    return replace(table, beside={DESCRIPTION: described})
