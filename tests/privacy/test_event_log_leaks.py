"""An event log of the demo names nobody, and no key in it leads back to the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import iterparse

import duckdb
import pytest

from avainvarasto.eventlog.cases import Choice
from avainvarasto.eventlog.export import Wish, export
from avainvarasto.settings import Settings
from tests.privacy.leak_needles import Needles
from tests.privacy.leak_scan import scan_tree

pytestmark = pytest.mark.privacy

KEYS = """
    select person_key from core.fct_flow_event union select notification_id from core.fct_flow_event
    union select case_id from core.fct_flow_event union select household_key from core.dim_household
    union select notification_id from core.fct_notification union select person_key from core.dim_person
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mine"
    path.mkdir(mode=0o700)
    return path


def taken(settings: Settings, file: Path, *, keep_keys: bool) -> None:
    export(settings, Wish(file, "a test", "Tester", "", Choice(), keep_keys))


def values_of(file: Path) -> set[str]:
    return {value for _, element in iterparse(file) for value in element.attrib.values()}  # noqa: S314


def keys_of(settings: Settings) -> set[str]:
    with duckdb.connect(str(settings.warehouse / "current.duckdb"), read_only=True) as connection:
        return {str(key) for (key,) in connection.execute(KEYS).fetchall()}


def test_an_event_log_holds_no_identifier(copied_home: Callable[[], Settings], needles: Needles, folder: Path) -> None:
    settings = copied_home()
    for name, keep_keys in (("flow.xes", False), ("flow.xes.gz", False), ("kept.xes", True)):
        taken(settings, folder / name, keep_keys=keep_keys)
    scan = scan_tree(folder, needles)
    assert (scan.leaks, scan.unreadable) == ([], [])
    assert {file for file, _ in scan.looked} == {"flow.xes", "flow.xes.gz", "kept.xes"}
    record = scan_tree(settings.logs, needles)
    assert record.leaks == []


def test_no_key_of_the_warehouse_is_in_it_unless_it_is_asked_for(
    copied_home: Callable[[], Settings], folder: Path
) -> None:
    settings = copied_home()
    known = keys_of(settings)
    assert len(known) > 1000
    taken(settings, folder / "flow.xes", keep_keys=False)
    assert values_of(folder / "flow.xes") & known == set()
    taken(settings, folder / "kept.xes", keep_keys=True)
    with duckdb.connect(str(settings.warehouse / "current.duckdb"), read_only=True) as connection:
        cases = {
            str(key) for (key,) in connection.execute("select case_id from intermediate.int_etotu__case").fetchall()
        }
    assert values_of(folder / "kept.xes") & known <= cases
