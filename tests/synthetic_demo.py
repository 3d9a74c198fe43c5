"""Builders shared by the tests of the demo: a small list of municipalities, printed tables, and reading files back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from avainvarasto.contracts import Contract, load_contracts, parts_of
from avainvarasto.landing import readers
from avainvarasto.landing.readers.arriving import Arriving
from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic import PLANTED, deliver
from avainvarasto.synthetic.places import OTHER_TOWNS, PILOTS

CONTRACTS = load_contracts(PROJECT_ROOT / "expectations")
LIST_HEADER = (
    "municipality_code,name_fi,name_sv,region_code,cooperation_area_name_fi,kela_district_code,"
    "county_code,valid_from,valid_to,successor_code"
)
OF_ALL = "Esimerkki,Exempel,06,Sisä-Suomen yhteistyöalue,3"
# A municipality of the Åland Islands, one that had ended before, one that ended later, one in two rows.
SPECIAL_ROWS = [
    f"478,{OF_ALL},91,,,",
    f"174,{OF_ALL},13,,2016-12-31,297",
    f"911,{OF_ALL},14,,2019-12-31,541",
    f"142,{OF_ALL},09,,2020-12-31,",
    f"142,{OF_ALL},10,2021-01-01,,",
]
PRINTED = {
    "response.csv": "survey_code,wave,subproject,n_sent,n_opened,n_started,n_answers\nPROSOS,LOPPU2019,VERSO,4,2,,1\n",
    "background.csv": (
        "survey_code,wave,attribute,row_no,value,n_mentions,base_n,comparable\nPROSOS,LOPPU2019,sex,1,N,37,43,true\n"
    ),
}


def inputs(folder: Path) -> dict[str, Path]:
    """A list of municipalities and printed tables, written into a folder."""
    codes = sorted(PILOTS | OTHER_TOWNS)
    rows = [f"{code},{OF_ALL},08,,," for code in codes]
    (folder / "municipality.csv").write_text("\n".join([LIST_HEADER, *rows, *SPECIAL_ROWS]) + "\n", encoding="utf-8")
    for name, text in PRINTED.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {"municipality_seed": folder / "municipality.csv", "printed_survey": folder}


def a_landing(folder: Path, seed: int = 7) -> Path:
    """A landing folder with the demo's deliveries."""
    folder.mkdir(exist_ok=True)
    deliver(folder / "landing", seed=seed, **inputs(folder))
    return folder / "landing"


def notes(landing: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each delivery's folder and what its delivery.yml says."""
    for note in sorted(landing.glob("*/*/delivery.yml")):
        yield note.parent, yaml.safe_load(note.read_text(encoding="utf-8"))


@cache
def supplier_of(folder: Path) -> str:
    """Who sent a delivery; nobody where the folder is none."""
    note = folder / "delivery.yml"
    return str(yaml.safe_load(note.read_text(encoding="utf-8"))["supplier"]) if note.exists() else ""


def written(contract: Contract, folder: Path) -> Contract:
    """The contract with the reader of the supplier who sent the folder."""
    return contract.as_written_by(supplier_of(folder))


@cache
def _parsed(path: Path, extract: str, supplier: str) -> list[dict[str, str]]:
    contract = CONTRACTS[extract]
    whole = CONTRACTS[contract.part_of or extract].as_written_by(supplier)
    parts = parts_of(CONTRACTS, whole.extract)
    with tempfile.TemporaryDirectory() as work, duckdb.connect() as connection:
        for table in (whole, *parts):
            connection.execute(f"create schema {table.extract}")
        connection.execute(f"set search_path = '{whole.extract},main'")
        readers.load(Arriving(connection, path, whole, path.name, Path(work), parts))
        rows = (
            connection.execute(f"from {extract}.delivered").to_arrow_table().select(list(contract.columns)).to_pylist()
        )
    return [{name: text or "" for name, text in row.items()} for row in rows]


def read(path: Path, contract: Contract) -> list[dict[str, str]]:
    """The rows of a delivered file as text by the contract's columns; parsed once, so do not change them."""
    return _parsed(path, contract.extract, supplier_of(path.parent))


def rows_of(landing: Path, extract: str, *, delivery_id: str = "*") -> list[dict[str, str]]:
    """All delivered rows of an extract, or those of one delivery."""
    contract = CONTRACTS[extract]
    paths = [
        folder / file["path"]
        for folder, note in notes(landing)
        for file in note["files"]
        if file["extract"] == (contract.part_of or extract) and delivery_id in ("*", folder.name)
    ]
    return [row for path in paths for row in read(path, contract)]


def bytes_of(landing: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {str(path.relative_to(landing)): path.read_bytes() for path in sorted(landing.rglob("*")) if path.is_file()}


def planted_in(extract: str) -> int:
    """How many rows of an extract are wrong on purpose."""
    return sum(planted.count for planted in PLANTED if planted.extract == extract)
