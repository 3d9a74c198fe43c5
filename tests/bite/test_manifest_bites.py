"""A delivery that is not what its delivery.yml says is refused whole, with its own message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from avainvarasto import intake, lake
from avainvarasto.settings import Settings
from tests.deliveries import (
    CODE,
    CONTRACTS,
    a_household_month,
    a_notification,
    deliver,
    edit_manifest,
    rewrite,
)


def refusal(home: Settings) -> str:
    """Open what has arrived; the one message of the one refused delivery."""
    opened = intake.open_arrivals(home, CONTRACTS)
    assert opened.deliveries == []
    (message,) = opened.refused
    (entry,) = lake.ledger(home)
    assert entry["accepted"] is False
    assert entry["n_delivered"] is None
    assert CODE not in message + entry["reason"]
    return message


def change_a_byte(folder: Path) -> None:
    data = next(path for path in folder.iterdir() if path.name != "delivery.yml")
    data.write_bytes(data.read_bytes()[:-2] + b"9\n")


def cut_the_file(folder: Path) -> None:
    data = next(path for path in folder.iterdir() if path.name != "delivery.yml")
    data.write_bytes(data.read_bytes()[: data.stat().st_size // 2])


def take_the_file_away(folder: Path) -> None:
    next(path for path in folder.iterdir() if path.name != "delivery.yml").unlink()


def replace_by_a_link(folder: Path) -> None:
    data = next(path for path in folder.iterdir() if path.name != "delivery.yml")
    outside = folder.parent.parent / ".outside.csv"
    data.rename(outside)
    data.symlink_to(outside)


def add_a_file(folder: Path) -> None:
    (folder / "more.csv").write_text("x\n")


def name_the_file_twice(folder: Path) -> None:
    content = yaml.safe_load((folder / "delivery.yml").read_text())
    content["files"].append(dict(content["files"][0]))
    (folder / "delivery.yml").write_text(yaml.safe_dump(content))


CASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("a changed byte", change_a_byte, "checksum differs"),
    ("half a file", cut_the_file, "checksum differs"),
    ("a missing file", take_the_file_away, "not there"),
    ("a link instead of a file", replace_by_a_link, "symbolic link"),
    ("a file that is not named", add_a_file, "not named"),
    ("an unknown extract", lambda f: edit_manifest(f, files={"extract": "kela_something"}), "is unknown"),
    ("an extract of another source", lambda f: edit_manifest(f, files={"extract": "etotu_event"}), "is one of etotu"),
    ("an unknown key", lambda f: edit_manifest(f, colour="blue"), "colour"),
    ("an unknown source", lambda f: edit_manifest(f, source="vero"), "source"),
    ("no nature", lambda f: edit_manifest(f, nature=None), "nature"),
    ("another id than the folder's", lambda f: edit_manifest(f, delivery_id="x"), "differs from the folder"),
    (
        "a period that is no whole month",
        lambda f: edit_manifest(f, period={"from": "2018-03-01", "to": "2018-03-30"}),
        "whole months",
    ),
    ("no period where one is needed", lambda f: edit_manifest(f, period=None), "needs a period"),
    ("a time without offset", lambda f: edit_manifest(f, created_at="2018-04-08T02:00:00"), "offset"),
    ("a path that climbs out", lambda f: edit_manifest(f, files={"path": "../../../etc/hostname"}), "leads out"),
    ("an absolute path", lambda f: edit_manifest(f, files={"path": "/etc/hostname"}), "leads out"),
    (
        "a file named by a person",
        lambda f: edit_manifest(f, files={"path": "Virtanen Matti.csv"}),
        "small letters",
    ),
    (
        "a file named by a code",
        lambda f: edit_manifest(f, files={"path": CODE.lower() + ".csv"}),
        "small letters",
    ),
    ("an extract twice", name_the_file_twice, "stands in it twice"),
    ("no YAML", lambda f: (f / "delivery.yml").write_text("{"), "YAML"),
    (
        "no file named",
        lambda f: (f / "delivery.yml").write_text((f / "delivery.yml").read_text().split("files:")[0] + "files: []\n"),
        "names no file",
    ),
]


@pytest.mark.parametrize(("change", "words"), [(c, w) for _, c, w in CASES], ids=[name for name, _, _ in CASES])
def test_a_delivery_that_is_not_what_it_says_is_refused(
    home: Settings, change: Callable[[Path], None], words: str
) -> None:
    change(deliver(home, "kela_household_month", [a_household_month(n) for n in range(5)]))
    message = refusal(home)
    assert words in message
    assert "kela/2018-04-08T0200" in message
    assert "Remedy:" in message


def test_a_good_delivery_is_opened(home: Settings) -> None:
    deliver(home, "kela_household_month", [a_household_month()])
    assert intake.open_arrivals(home, CONTRACTS).deliveries == ["kela/2018-04-08T0200"]
    assert lake.ledger(home) == []


def test_a_folder_without_delivery_yml_has_not_arrived(home: Settings) -> None:
    folder = deliver(home, "kela_household_month", [a_household_month()])
    (folder / "delivery.yml").unlink()
    opened = intake.open_arrivals(home, CONTRACTS)
    assert (opened.deliveries, opened.refused, opened.unfinished) == ([], [], ["kela/2018-04-08T0200"])
    assert lake.ledger(home) == []


def test_a_refused_delivery_is_not_looked_at_again_until_something_changes(home: Settings) -> None:
    folder = deliver(home, "kela_household_month", [a_household_month()])
    change_a_byte(folder)
    refusal(home)
    assert intake.waiting(home)[0] == []
    rewrite(folder, b"other\n")
    assert [arrival.name for arrival in intake.waiting(home)[0]] == ["kela/2018-04-08T0200"]


def test_confidential_data_are_refused_in_a_home_with_a_demo_key(home: Settings) -> None:
    (home.keys / "DEMO-KEY").touch()
    deliver(home, "etotu_notification", [a_notification()], nature="confidential")
    assert "demo key" in refusal(home)


@pytest.mark.parametrize("name", ["Matti Virtanen", CODE, "2018-04-08T0200 äö", f"x-{CODE}"])
def test_a_folder_that_is_no_delivery_id_is_neither_opened_nor_quoted(home: Settings, name: str) -> None:
    folder = deliver(home, "kela_household_month", [a_household_month()])
    folder.rename(folder.with_name(name))
    opened = intake.open_arrivals(home, CONTRACTS)
    assert (opened.deliveries, opened.refused) == ([], [])
    (said,) = opened.unfinished
    assert name not in said
    assert lake.ledger(home) == []
