"""The first line of delimited text, for readers that must know it before they say how the rest is read."""

from __future__ import annotations

import csv

from avainvarasto.landing.readers.arriving import MAX_LINE_BYTES, Arriving, ask, refuse


def header_of(arriving: Arriving, delimiter: str, encoding: str) -> list[str]:
    """Names of the first line, as the supplier writes them.

    Raises:
        DeliveryRefused: the line is not in that encoding, or no line of delimited text.
    """
    with arriving.path.open("rb") as stream:
        first = stream.readline(MAX_LINE_BYTES)
    try:
        text = first.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError:
        raise refuse(f"{arriving.place} line 1", f"is not {encoding}", ask(arriving.contract)) from None
    except csv.Error:
        raise refuse(f"{arriving.place} line 1", "is not readable as a header", ask(arriving.contract)) from None
