"""Free text that a contract keeps: into the restricted zone, with what plainly names a person taken out.

Codes, telephone numbers, e-mail and street addresses have a form that can be found; names have none, which is why
the text stays restricted. In short texts that are to be published the same finds send the row to quarantine.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa

from avainvarasto.contracts import Contract
from avainvarasto.landing.quarantine import key_columns
from avainvarasto.landing.sql import quoted

_DASH = "[-\u2010-\u2015\u2212]"  # word processors write others than the keyboard's
_GAP = rf"(?:\s?{_DASH}\s?|\s)?"
CODE = rf"[0-9]{{6}}\s{{0,2}}(?:{_DASH}|[+A-FU-Ya-fu-y])\s{{0,2}}[0-9]{{3}}[0-9A-Ya-y](?![0-9A-Za-z])"
_AT = r"(?:@|[(\[]\s?(?:at|ät|miukumauku|snabel-?a)\s?[)\]])"
_DOT = r"(?:\.|\s?[(\[](?:dot|piste|punkt)[)\]]\s?)"
# Stems, since a text says where somebody lives in the inessive: Hämeenkatu, Hämeenkadulla. The first list is plain
# enough for small letters; of the others words like monitori and rehtori end the same way.
_PLAIN_STREET = "katu|kadu|kuja|bulevardi|esplanadi|gatan|vägen|gränden|stigen|bulevarden|esplanaden"
_STREET = (
    "tie|polku|polu|väylä|kaari|kaare|raitti|raiti|rinne|rintee|ranta|ranna|aukio|tori|puisto|portti|porti|mäki|mäe"
    "|penger|penkeree|gata|väg|gränd|stig|stranden|torget|parken|backen"
)
_CASE = "(?:lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|n)?"
_NUMBER = rf"\s+[0-9]+(?:\s?{_DASH}\s?[0-9]+)?(?:\s?[A-Za-z](?:\s?[0-9]+\b(?!\.[0-9])|\b))?(?:\s?as\.?\s?[0-9]+)?"
# In this order: a code holds digits that could pass for a telephone number.
SCANS: dict[str, re.Pattern[str]] = {
    "henkilötunnus": re.compile(rf"(?<![0-9]){CODE}"),
    "sähköpostiosoite": re.compile(rf"[\w.+-]+\s?{_AT}\s?[\w-]+(?:{_DOT}[\w-]+)+", re.IGNORECASE),
    "katuosoite": re.compile(
        rf"(?:\b[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*)?(?:{_STREET}|{_PLAIN_STREET})"
        rf"|(?:\b[A-ZÅÄÖ][\w-]* )?\b[\w-]*(?i:{_PLAIN_STREET})){_CASE}{_NUMBER}"
    ),
    "puhelinnumero": re.compile(
        rf"(?<![0-9])(?<![0-9][-.,:/])"
        rf"(?:(?:\+[0-9]{{1,3}}|00[1-9][0-9]{{0,2}}|358){_GAP}(?:\(0\){_GAP})?[0-9]|\(0[0-9]{{1,2}}\){_GAP}[0-9]"
        rf"|0(?:4[0-9]|50)[0-9]?/[0-9]|0{_GAP}[1-9])(?:{_GAP}[0-9]){{5,10}}(?![0-9])"
    ),
}


def text_of(column: str) -> str:
    """Name of a kept text in the table `judged`."""
    return f"text of {column}"


def kept_columns(contract: Contract) -> list[str]:
    """Delivered columns of free text that the contract keeps."""
    return [name for name, column in contract.columns.items() if column.keep_restricted]


def without_identifiers(text: str) -> tuple[str, Counter[str]]:
    """The text with every find replaced by its kind in brackets, and how many there were of each kind."""
    found: Counter[str] = Counter()
    text = unicodedata.normalize("NFC", text)
    for kind, pattern in SCANS.items():
        text, n = pattern.subn(f"[{kind}]", text)
        found[kind] += n
    return text, found


def write_restricted(
    connection: duckdb.DuckDBPyConnection, contract: Contract, texts: Path | None, bad_rows: str, target: Path
) -> dict[str, int]:
    """Write the kept texts in the file `texts`, but those of bad rows: the lake's key columns, src_row, the texts.

    Returns:
        number of texts, and of texts with at least one find by kind; empty where the contract keeps none.
    """
    if texts is None:
        return {}
    names = kept_columns(contract)
    keys = ", ".join(quoted(name) for name in key_columns(contract))
    columns = ", ".join(f"{quoted(text_of(name))} as {quoted(name)}" for name in names)
    rows = connection.execute(
        f"""select {keys}, src_row, {columns} from read_parquet('{texts}', file_row_number = true)
            where src_row not in (select src_row from {bad_rows} as bad) order by file_row_number"""
    ).to_arrow_table()
    counts: Counter[str] = Counter({"texts": 0} | dict.fromkeys(SCANS, 0))
    for name in names:
        scanned = []
        for value in rows.column(name).to_pylist():
            clean, found = without_identifiers(value) if value else (value, Counter())
            counts["texts"] += bool(value)
            counts.update({kind: 1 for kind, n in found.items() if n})
            scanned.append(clean)
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(scanned, pa.string()))
    target.parent.mkdir(parents=True, exist_ok=True)
    connection.register("restricted", rows)
    connection.execute(f"copy restricted to '{target}' (format parquet)")
    connection.unregister("restricted")
    return dict(counts)
