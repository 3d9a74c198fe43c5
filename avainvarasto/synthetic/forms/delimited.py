"""CSV, with the contract's delimiter, encoding and forms of values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from avainvarasto.contract_readers import DelimitedReader
from avainvarasto.contracts import Contract
from avainvarasto.synthetic.forms.base import DataFile, Row, checked, file_name, headers, in_texts


def write(contract: Contract, rows: Iterable[Row]) -> DataFile:
    """One file with a header line."""
    reader = contract.reader_as(DelimitedReader)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=reader.delimiter, lineterminator="\n")
    writer.writerow(headers(contract))
    count, texts = 0, in_texts(contract)
    for row in checked(contract, rows):
        writer.writerow(texts(row))
        count += 1
    return DataFile(contract.extract, file_name(contract, ".csv"), buffer.getvalue().encode(reader.encoding), count)
