"""What came, what became of it, and what counts now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from avainvarasto.commands.output import print_csv, print_fields
from avainvarasto.errors import HomeRefused
from avainvarasto.settings import Settings

if TYPE_CHECKING:
    from avainvarasto.contracts import Contract
    from avainvarasto.history import QuarantinedRow

_LISTED = ("source", "delivery_id", "file", "accepted", "n_delivered", "n_loaded", "n_quarantined", "reason")
_ROW = ("file", "line", "rule", "column", "status", "settled_by", "codes")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The parsers of these commands."""
    deliveries = commands.add_parser("deliveries", help="delivered files and what became of their rows")
    deliveries.set_defaults(command=_list)
    parts = deliveries.add_subparsers(metavar="PART")
    show = parts.add_parser("show", help="one delivery: its files, what counts of it, its checks")
    show.add_argument("delivery", help="<source>/<delivery_id>, or the delivery_id where no two sources share it")
    show.set_defaults(command=_show)
    quarantine = parts.add_parser("quarantine", help="bad rows of a delivery that are still to be delivered right")
    quarantine.add_argument("delivery", nargs="?", help="left out: the open rows of all deliveries")
    quarantine.add_argument("--all", action="store_true", help="settled rows too")
    quarantine.add_argument("--csv", action="store_true", help="for the supplier: file, line, rule, column, codes")
    quarantine.set_defaults(command=_quarantine)
    history = parts.add_parser("history", help="every delivery of an extract for a month, newest first")
    history.add_argument("extract")
    history.add_argument("period", help="a month as YYYY-MM, or 'whole' for a whole-table extract")
    history.set_defaults(command=_history)


def _list(settings: Settings, _chosen: argparse.Namespace) -> int:
    from avainvarasto import lake

    print_csv(_LISTED, ([row[name] for name in _LISTED] for row in lake.delivered(settings)))
    return 0


def _show(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto import history, lake
    from avainvarasto.contracts import load_contracts

    entries = _entries(settings, chosen.delivery)
    first = entries[0]
    print_fields(
        [
            ("delivery", f"{first['source']}/{first['delivery_id']}"),
            ("outcome", "accepted" if first["accepted"] else f"refused: {first['reason']}"),
            ("nature", first["nature"]),
            ("supplier", first["supplier"] or "unknown"),
            ("created", _moment(first["created_at"])),
            ("received", _moment(first["received_at"])),
            ("replaces", _replaced(settings, first)),
        ]
    )
    contracts = load_contracts(settings.expectations)
    newest = history.counting(lake.ledger(settings))
    for entry in entries:
        print()
        rows = history.quarantined(settings, contracts, entry)
        rules = Counter((row.rule, row.column) for row in rows)
        worst = ", ".join(f"{rule} of {column}: {n}" for (rule, column), n in rules.most_common())
        print_fields(
            [
                ("file", entry["file"]),
                ("extract", f"{entry['extract']}, contract version {entry['contract_version'] or 'unknown'}"),
                (
                    "period",
                    f"{entry['period_from']} to {entry['period_to']}" if entry["period_from"] else "whole table",
                ),
                ("delivered", _number(entry["n_delivered"])),
                ("loaded", _number(entry["n_loaded"])),
                ("quarantined", _number(entry["n_quarantined"]) + (f" ({worst})" if worst else "")),
                ("still open", str(sum(row.status == history.OPEN for row in rows))),
                (
                    "counts for",
                    _counts_for(history.months_of(entry), entry, newest) if entry["accepted"] else "nothing",
                ),
            ]
        )
    for row in lake.checks_of(settings, first["source"], first["delivery_id"]):
        if not row["passed"]:
            print(f"check {row['severity']}: {row['suite']}: {row['rule']} ({row['n_unexpected']} rows)")
    return 0


def _quarantine(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto import history
    from avainvarasto.contracts import load_contracts

    contracts = load_contracts(settings.expectations)
    if chosen.delivery is None:
        return _all_open(settings, contracts, as_csv=chosen.csv)
    entries = _entries(settings, chosen.delivery)
    found = [row for entry in entries for row in history.quarantined(settings, contracts, entry)]
    shown = [row for row in found if chosen.all or row.status in (history.OPEN, history.REFUSED)]
    if chosen.csv:
        print_csv(_ROW, (_values(row) for row in shown))
        return 0
    for row in shown:
        print(_line(row))
    print(f"{len(shown)} of {len(found)} quarantined rows shown.")
    return 0


def _all_open(settings: Settings, contracts: Mapping[str, Contract], *, as_csv: bool) -> int:
    """What is still to be delivered right, by delivery."""
    from avainvarasto import history

    found = [
        (f"{e['source']}/{e['delivery_id']}", row) for e, rows in history.open_rows(settings, contracts) for row in rows
    ]
    if as_csv:
        print_csv(("delivery", *_ROW), ([delivery, *_values(row)] for delivery, row in found))
        return 0
    for delivery, row in found:
        print(f"{delivery}: {_line(row)}")
    print(f"{len(found)} quarantined rows are open.")
    return 0


def _values(row: QuarantinedRow) -> list[Any]:
    return [getattr(row, name) for name in _ROW]


def _line(row: QuarantinedRow) -> str:
    settled = f" by {row.settled_by}" if row.settled_by else ""
    return f"{row.file} line {row.line}: {row.rule} of {row.column} ({row.status}{settled}) {row.codes}"


def _history(settings: Settings, chosen: argparse.Namespace) -> int:
    from avainvarasto import history
    from avainvarasto.contracts import load_contracts

    contracts = load_contracts(settings.expectations)
    if chosen.extract not in contracts:
        raise _unknown(chosen.extract, "there is no contract of this extract", f"one of {', '.join(contracts)}")
    contract = contracts[chosen.extract]
    month = _month(chosen.period, whole=contract.whole_table)
    columns = ("delivery_id", "file", "counts", "created_at", "received_at", "replaces", "n_rows", "n_quarantined")
    print_csv(
        columns,
        (
            [
                *(version.entry["delivery_id"], version.entry["file"], "yes" if version.counts else "no"),
                *(_moment(version.entry[name]) for name in ("created_at", "received_at")),
                version.entry["replaces"],
                *(version.n_rows, version.n_quarantined),
            ]
            for version in history.versions(settings, contract, month)
        ),
    )
    return 0


def _entries(settings: Settings, named: str) -> list[dict[str, Any]]:
    """Ledger entries of one delivery: those accepted, or else those of its newest refusal."""
    from avainvarasto import lake

    source, _, delivery_id = named.rpartition("/")
    found = [r for r in lake.delivered(settings) if r["delivery_id"] == delivery_id and source in ("", r["source"])]
    if not found:
        raise _unknown(named, "no such delivery is known", "`avainvarasto deliveries` lists them")
    if len({row["source"] for row in found}) > 1:
        raise _unknown(named, "two sources have a delivery of this id", "write <source>/<delivery_id>")
    accepted = [row for row in found if row["accepted"]]
    newest = max(row["received_at"] for row in found)
    return accepted or [row for row in found if row["received_at"] == newest]


def _replaced(settings: Settings, entry: Mapping[str, Any]) -> str:
    from avainvarasto import lake

    if not entry["replaces"]:
        return "nothing"
    here = any((r["source"], r["delivery_id"]) == (entry["source"], entry["replaces"]) for r in lake.accepted(settings))
    return f"{entry['replaces']}" + ("" if here else " (which has not been accepted here)")


def _counts_for(months: list[date | None], entry: Mapping[str, Any], newest: Mapping[Any, Any]) -> str:
    from avainvarasto import history

    ours = [month for month in months if newest[history.place(entry, month)]["delivery_id"] == entry["delivery_id"]]
    if not ours:
        return "nothing any more"
    return "the whole table" if ours == [None] else ", ".join(f"{month:%Y-%m}" for month in ours if month)


def _month(text: str, *, whole: bool) -> date | None:
    if whole:
        if text != "whole":
            raise _unknown(text, "is no period of a whole-table extract", "write 'whole'")
        return None
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise _unknown(text, "is not a month", "write YYYY-MM") from None


def _moment(value: datetime | None) -> str:
    """Helsinki wall time to the second."""
    return value.isoformat(sep=" ", timespec="seconds") if value else "unknown"


def _number(count: int | None) -> str:
    return "not counted" if count is None else str(count)


def _unknown(where: str, problem: str, remedy: str) -> HomeRefused:
    return HomeRefused(where, problem, consequence="Nothing was shown.", remedy=remedy)
