"""The first line of delimited text, for readers that must know it before they say how the rest is read."""

from __future__ import annotations

import csv

from avainvarasto.landing.readers.arriving import MAX_LINE_BYTES, Arriving, ask, refuse

# First bytes of what is sometimes saved under the name of delimited text; no column's name begins so.
_OTHER_FORMS = {
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"<": "a page of HTML or XML",
}


def header_of(arriving: Arriving, delimiter: str, encoding: str) -> list[str]:
    """Names of the first line, as the supplier writes them.

    Raises:
        DeliveryRefused: the line is not in that encoding, or no line of delimited text.
    """
    with arriving.path.open("rb") as stream:
        first = stream.readline(MAX_LINE_BYTES)
    if not first:
        raise refuse(arriving.place, "holds nothing, not even a header", ask(arriving.contract))
    for beginning, form in _OTHER_FORMS.items():
        if first.lstrip().startswith(beginning):
            raise refuse(arriving.place, f"is {form}, not delimited text", ask(arriving.contract))
    try:
        text = first.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError:
        raise refuse(f"{arriving.place} line 1", f"is not {encoding}", ask(arriving.contract)) from None
    except csv.Error:
        raise refuse(f"{arriving.place} line 1", "is not readable as a header", ask(arriving.contract)) from None
