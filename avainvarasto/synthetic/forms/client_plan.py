"""Client plans as JSON documents, in one array or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from avainvarasto.contract_readers import ClientPlanReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, file_name


def write(contract: Contract, rows: Iterable[Mapping[str, Any]]) -> DataFile:
    """One file; each row is a document with the keys of the national structure."""
    reader = contract.reader_as(ClientPlanReader)
    documents = [json.dumps(row, ensure_ascii=False) for row in rows]
    if reader.layout == "lines":
        text, suffix = "".join(f"{document}\n" for document in documents), ".jsonl"
    else:
        text, suffix = "[" + ",\n".join(documents) + "]\n", ".json"
    return DataFile(contract.extract, file_name(contract, suffix), text.encode(), len(documents))
