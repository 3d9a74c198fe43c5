"""Texts that are to be published may hold no code, number or address of a person: their rows go to quarantine."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from avainvarasto.landing import free_text
from avainvarasto.landing.quarantine import quarantine_file
from avainvarasto.settings import Settings
from tests.contract_rows import NAMING, good_rows
from tests.deliveries import CONTRACTS, deliver
from tests.landed import changed, lifted, take_in

pytestmark = pytest.mark.contract

CONTRACT = CONTRACTS["obstacle_title"]
HARMLESS = [
    "Palkkatuki evättiin, koska työttömyys oli kestänyt vain 7 kuukautta",
    "Laki 1412/1997 7 b § ja 1 200 € kuukaudessa",
    "Lönesubvention nekades – arbetslösheten hade varat ”endast” 7 månader",
]


def deliver_titles(home: Settings, titles: list[str]) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Titles that reached the lake, and what the quarantine says of the others."""
    rows = [row | {"title": title} for row, title in zip(good_rows(CONTRACT, len(titles)), titles, strict=True)]
    folder = deliver(home, "obstacle_title", rows)
    assert take_in(home, lifted(CONTRACTS)) == [f"obstacles/{folder.name}"]
    (lake,) = home.lake.glob("obstacles/obstacle_title/*/*.parquet")
    bad = quarantine_file(home, "obstacles", folder.name, "obstacle_title", "title.csv")
    kept = pq.read_table(bad).to_pylist() if bad.exists() else []
    found = [(row["rule"], row["broken_column"], row["content"]) for row in kept]
    return pq.read_table(lake).column("title").to_pylist(), found


@pytest.mark.bite
@pytest.mark.parametrize("text", [*NAMING, "Puh. +358 40 123 4567", "Ring 100190\u2013999P"])
def test_a_title_that_names_a_person_goes_to_quarantine_and_is_not_shown(home: Settings, text: str) -> None:
    loaded, found = deliver_titles(home, [HARMLESS[0], text])
    assert loaded == [HARMLESS[0]]
    ((rule, column, content),) = found
    assert (rule, column) == ("names_a_person", "title")
    assert text not in content


def test_titles_that_name_nobody_are_taken_as_they_are(home: Settings) -> None:
    assert deliver_titles(home, HARMLESS) == (HARMLESS, [])


def test_a_title_longer_than_a_line_or_with_control_characters_is_no_title(home: Settings) -> None:
    loaded, found = deliver_titles(home, ["a" * 120, "a" * 121, "a\x07b"])
    assert loaded == ["a" * 120]
    assert [(rule, column) for rule, column, _ in found] == [("pattern", "title")] * 2


def test_without_the_scans_the_text_would_pass(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_text, "SCANS", {})
    loaded, found = deliver_titles(home, [HARMLESS[0], NAMING[0]])
    assert (len(loaded), found) == (2, [])


@pytest.mark.parametrize("column_class", ["free_text", "key"])
def test_the_key_stands_only_where_text_reaches_the_lake_as_it_is(column_class: str) -> None:
    column = {"type": "string", "class": column_class, "description": "Text.", "domain": {"no_identifier": True}}
    with pytest.raises(ValueError, match="no_identifier is for text that reaches the lake"):
        changed(CONTRACT, columns={"title": column})
