"""What refuses a delivery whole, for every contract: nothing of it counts, and what was accepted stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from avainvarasto import intake, lake
from avainvarasto.contracts import Contract
from avainvarasto.settings import Settings
from tests.contract_rows import DAY, good_rows, month_of, write_registers
from tests.deliveries import CONTRACTS, a_home, data_of, deliver, edit_manifest, rewrite
from tests.landed import take_in, through_the_door

pytestmark = pytest.mark.contract

NOT_OF = {"utf-8": b"\xe4", "windows-1252": b"\x81"}
GOOD = "2018-01-01-good"
# What spoils a file of another form is tested with that form.
AS_CSV = [name for name, contract in CONTRACTS.items() if contract.reader.format == "csv"]


@dataclass(frozen=True)
class Fault:
    """How a delivered folder is spoiled, and what its refusal must say; `{...}` is filled from the contract."""

    spoil: Callable[[Path, Contract], None]
    says: str
    where: str = "{file}"


def _lines(change: Callable[[str, Contract], str], *, header: bool = True) -> Callable[[Path, Contract], None]:
    def spoil(folder: Path, contract: Contract) -> None:
        encoding = contract.reader.encoding
        first, *rest = data_of(folder).decode(encoding).splitlines()
        text = [change(first, contract) if header else first, *(change(line, contract) for line in rest)]
        rewrite(folder, ("\n".join(text) + "\n").encode(encoding))

    return spoil


def _without_last(line: str, contract: Contract) -> str:
    return line.rpartition(contract.reader.delimiter)[0]


def _other_delimiter(line: str, contract: Contract) -> str:
    ours = contract.reader.delimiter
    return line.replace(ours, "," if ours == ";" else ";")


def _other_encoding(folder: Path, contract: Contract) -> None:
    content = data_of(folder)
    rewrite(folder, content[:-1] + NOT_OF[contract.reader.encoding] + b"\n")


def _only_a_header(folder: Path, _: Contract) -> None:
    rewrite(folder, data_of(folder).splitlines(keepends=True)[0], rows=0)


FAULTS = {
    "missing": Fault(_lines(_without_last), "column '{last}' of contract {extract} (version {version}) is missing"),
    "extra": Fault(
        _lines(lambda line, c: line + c.reader.delimiter + "colour"), "column 'colour' is not in contract {extract}"
    ),
    "longer": Fault(
        _lines(lambda line, c: line + c.reader.delimiter + "1", header=False), "does not have {n_columns} columns"
    ),
    "shorter": Fault(_lines(_without_last, header=False), "does not have {n_columns} columns"),
    "delimiter": Fault(_lines(_other_delimiter), "is not a header of contract {extract}", "{file} line 1"),
    "utf-16": Fault(
        lambda f, c: rewrite(f, data_of(f).decode(c.reader.encoding).encode("utf-16")), "is not", "{file} line 1"
    ),
    "encoding": Fault(_other_encoding, "is not {encoding}"),
    "no-bytes": Fault(lambda f, _: rewrite(f, b"", rows=0), "holds nothing, not even a header", "{file}:"),
    "empty": Fault(_only_a_header, "is empty and {extract} may not be"),
    "fewer-rows": Fault(lambda f, _: edit_manifest(f, files={"rows": 4}), "holds 3 rows, delivery.yml says 4"),
    "more-rows": Fault(lambda f, _: edit_manifest(f, files={"rows": 2}), "holds 3 rows, delivery.yml says 2"),
    "checksum": Fault(lambda f, _: edit_manifest(f, files={"sha256": "0" * 64}), "the checksum differs"),
    "limit": Fault(
        _lines(lambda line, c: line[line.index(c.reader.delimiter) :], header=False),
        "3 of 3 rows break the contract, more than the {limit} allowed; most often 'required' of {first} "
        "(3 rows, first in line 2)",
    ),
}


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    write_registers(tmp_path / "project")
    return a_home(tmp_path / "home", project_root=tmp_path / "project")


def accepted_state(home: Settings) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of every file of the lake, refusals left out."""
    files = [path for path in home.lake.rglob("*") if path.is_file() and ".refused-" not in path.name]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("extract", AS_CSV)
def test_each_fault_of_a_file_refuses_its_delivery_whole(home: Settings, extract: str) -> None:
    contract = CONTRACTS[extract]
    period = month_of(DAY)
    deliver(home, extract, good_rows(contract, 3), delivery_id=GOOD, period=period)
    assert take_in(home) == [f"{contract.source}/{GOOD}"]
    before = accepted_state(home)
    for name, fault in FAULTS.items():
        fault.spoil(deliver(home, extract, good_rows(contract, 3), delivery_id=name, period=period), contract)
    through_the_door(home)

    file = extract.split("_", 1)[-1] + ".csv"
    columns = list(contract.columns)
    filled = {"extract": extract, "version": contract.version, "last": columns[-1], "first": columns[0]} | {
        "n_columns": len(columns),
        "encoding": contract.reader.encoding,
        "limit": f"{contract.quarantine_limit:.1%}",
    }
    refused = {entry["delivery_id"]: entry for entry in lake.ledger(home) if not entry["accepted"]}
    allowed = {"empty"} if contract.may_be_empty else set()
    assert set(refused) == set(FAULTS) - allowed
    for name, entry in refused.items():
        reason = entry["reason"]
        where = FAULTS[name].where.format(file=f"{contract.source}/{name}/{file}")
        assert reason.startswith(where), (name, reason)
        assert FAULTS[name].says.format(**filled) in reason, (name, reason)
        assert "Remedy: " in reason, name
        assert (entry["n_delivered"], entry["n_loaded"], entry["n_quarantined"]) == (None, None, None), name
    assert {path.parent.name for path in (home.lake / "_pending").rglob("open.json")} == allowed
    assert {arrival.delivery_id for arrival in intake.waiting(home)[0]} == allowed
    take_in(home)
    after = accepted_state(home)
    assert before.items() <= after.items()
    assert {row["delivery_id"] for row in lake.accepted(home)} == {GOOD} | allowed
    if not allowed:
        assert after == before


def test_the_contracts_leave_both_kinds_of_emptiness_to_test() -> None:
    assert {contract.may_be_empty for contract in CONTRACTS.values()} == {True, False}


@pytest.mark.parametrize("bom", [False, True], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("quotes", [False, True], ids=["bare", "quoted"])
def test_ways_of_writing_that_are_no_fault(home: Settings, bom: bool, newline: str, quotes: bool) -> None:
    contract = CONTRACTS["kela_household_month"]
    folder = deliver(home, contract.extract, good_rows(contract, 3))
    lines = data_of(folder).decode().splitlines()
    if quotes:
        lines = ['"' + line.replace(";", '";"') + '"' for line in lines]
    text = newline.join(lines) + newline
    rewrite(folder, text.encode("utf-8-sig" if bom else "utf-8"))
    assert take_in(home) == ["kela/2018-04-08T0200"]
    (entry,) = lake.ledger(home)
    assert (entry["n_loaded"], entry["n_quarantined"]) == (3, 0)


@pytest.mark.parametrize(("bad", "accepted"), [(1, True), (2, False)])
def test_the_limit_is_what_the_contract_says_and_not_one_row_less(home: Settings, bad: int, accepted: bool) -> None:
    contract = CONTRACTS["kela_payment"]
    rows = good_rows(contract, 100)
    for row in rows[:bad]:
        row["payee"] = "NOBODY"
    deliver(home, contract.extract, rows)
    assert bool(take_in(home)) is accepted
    (entry,) = lake.ledger(home)
    assert entry["n_quarantined"] == (bad if accepted else None)
