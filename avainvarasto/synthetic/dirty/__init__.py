"""Deliveries that are broken, each in one way: for trainings of data managers, and for the tests of every gate.

Each is a copy of one file of a good delivery under an id of its own, `broken-<kind>`, in which all else is right. Only
synthetic deliveries are copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import yaml

from avainvarasto.contracts import Contract
from avainvarasto.errors import DeliveryRefused, DemoRefused
from avainvarasto.landing.deliveries import MANIFEST, find_arrivals, open_delivery
from avainvarasto.synthetic.dirty import files, notes, rows
from avainvarasto.synthetic.dirty.kind import PREFIX, Draft, Good, Kind, Outcome

__all__ = ["KINDS", "PREFIX", "Kind", "Outcome", "add_broken", "left_out"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*notes.KINDS, *files.KINDS, *rows.KINDS)}


def add_broken(
    landing: Path, contracts: Mapping[str, Contract], kinds: Collection[str] | None = None
) -> Iterator[Path]:
    """Write one more delivery of each kind; the same good deliveries give the same bytes.

    Without `kinds`, each kind for which there is a good delivery (`left_out` names the others).

    Yields:
        the folder of each broken delivery as soon as it lies there.

    Raises:
        DemoRefused: a kind is unknown, or no good delivery suits it.
        HomeRefused: a broken delivery of that kind is there already.
    """
    wanted = KINDS.keys() if kinds is None else kinds
    if unknown := sorted(set(wanted) - KINDS.keys()):
        raise _refuse(f"'{unknown[0]}' is no kind of broken delivery", f"one of {', '.join(KINDS)}")
    goods = _goods(landing, contracts)
    without = _without(goods)
    if kinds is not None and (missing := [name for name in KINDS if name in wanted and name in without]):
        raise _refuse(
            f"no good delivery in {landing} can be broken as '{missing[0]}'",
            "deliver more months, a larger scale, or more sources",
        )
    for number, kind in enumerate(KINDS.values(), 1):
        if kind.name in wanted and kind.name not in without:
            suiting = [good for good in goods if _can(kind, good, goods)]
            # Spread over the months: of two that are taken for one month only the newer counts.
            draft = Draft.of(suiting[number % len(suiting)], kind.name, number)
            kind.spoil(draft, goods)
            yield draft.write(landing)


def left_out(landing: Path, contracts: Mapping[str, Contract]) -> list[str]:
    """Kinds for which no good delivery is there."""
    return _without(_goods(landing, contracts))


def _without(goods: list[Good]) -> list[str]:
    return [kind.name for kind in KINDS.values() if not any(_can(kind, good, goods) for good in goods)]


def _can(kind: Kind, good: Good, goods: list[Good]) -> bool:
    return kind.suits(good) and kind.needs(good, goods)


def _goods(landing: Path, contracts: Mapping[str, Contract]) -> list[Good]:
    """Every file of the synthetic deliveries that have arrived, in the order of their names."""
    goods = []
    for arrival in find_arrivals(landing)[0]:
        if arrival.delivery_id.startswith(PREFIX):
            continue
        try:
            manifest = open_delivery(arrival, contracts).manifest
        except DeliveryRefused:
            continue
        if manifest.nature == "synthetic":
            note = yaml.safe_load((arrival.folder / MANIFEST).read_text(encoding="utf-8"))
            for entry in note["files"]:
                contract = contracts[entry["extract"]].as_written_by(manifest.supplier)
                goods.append(Good(arrival.folder, note, entry, contract))
    return goods


def _refuse(problem: str, remedy: str) -> DemoRefused:
    return DemoRefused("the broken deliveries", problem, consequence="Nothing was written.", remedy=remedy)
