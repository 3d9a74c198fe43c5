"""What stands in a written log is what the build holds, whatever that is, read back by another reader."""

from __future__ import annotations

import gzip
import io
import tempfile
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from avainvarasto.eventlog import xes
from avainvarasto.eventlog.cases import Case, Choice, Counts, Event
from avainvarasto.eventlog.check import check
from avainvarasto.eventlog.export import Exported, Wish, export
from avainvarasto.eventlog.refusal import ExportRefused
from avainvarasto.eventlog.times import moment, to_text
from avainvarasto.settings import Settings
from tests.flow_builds import PERSON, SENT, AnEvent, Notice, a_build, a_case, by_the_book

pytestmark = pytest.mark.unit

LABELS = {"VASTAANOTETTU": "Vastaanotettu"}
Read = dict[str, str]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mine"
    path.mkdir(mode=0o700)
    return path


def written(home: Settings, file: Path, choice: Choice | None = None, *, keep_keys: bool = True) -> Exported:
    return export(home, Wish(file, "a test", "Tester", "", choice or Choice(), keep_keys))


def read_back(content: bytes) -> list[tuple[Read, list[Read]]]:
    """Attributes of each trace and of its events, by a reader that knows nothing of the writer."""

    def held(element: ET.Element) -> Read:
        return {str(one.get("key")): str(one.get("value")) for one in element if one.tag != "event"}

    traces = ET.fromstring(content).findall("trace")  # noqa: S314
    return [(held(one), [held(event) for event in one.findall("event")]) for one in traces]


def traces_of(file: Path) -> list[tuple[Read, list[Read]]]:
    """By key."""
    content = file.read_bytes()
    content = gzip.decompress(content) if file.suffix == ".gz" else content
    return sorted(read_back(content), key=lambda pair: pair[0]["concept:name"])


def log_text(given_cases: list[Case]) -> bytes:
    stream = io.BytesIO()
    counts = Counts(len(given_cases), sum(len(case.events) for case in given_cases))
    head = xes.Head("b", date(2018, 12, 31), "synthetic", "made up", "kept", Choice(), counts)
    xes.write_log(stream, head, iter(given_cases), LABELS)
    return stream.getvalue()


# --- times


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def to_utc(wall: datetime) -> datetime:
    """European summer time by its rule: from the last Sunday of March to that of October, both at 01:00 UTC."""
    leap, back = last_sunday(wall.year, 3), last_sunday(wall.year, 10)
    if leap.replace(hour=3) <= wall < leap.replace(hour=4):
        return leap.replace(hour=1, tzinfo=UTC)
    summer = leap.replace(hour=4) <= wall < back.replace(hour=4)
    return (wall - timedelta(hours=3 if summer else 2)).replace(tzinfo=UTC)


WALLS = st.one_of(
    st.datetimes(datetime(2016, 1, 1), datetime(2030, 1, 1)),
    st.builds(
        lambda year, month, minutes: last_sunday(year, month) + timedelta(minutes=minutes),
        st.integers(2016, 2029),
        st.sampled_from([3, 10]),
        st.integers(0, 400),
    ),
).map(lambda wall: wall.replace(microsecond=wall.microsecond // 1000 * 1000))


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        (datetime(2018, 1, 15, 8, 30), "2018-01-15T08:30:00.000+02:00"),
        (datetime(2018, 7, 15, 8, 30, 5, 250_000), "2018-07-15T08:30:05.250+03:00"),
        (datetime(2018, 10, 28, 3, 30), "2018-10-28T03:30:00.000+03:00"),
        (datetime(2018, 10, 28, 4, 0), "2018-10-28T04:00:00.000+02:00"),
        (datetime(2018, 3, 25, 2, 59), "2018-03-25T02:59:00.000+02:00"),
        (datetime(2018, 3, 25, 3, 30), "2018-03-25T04:00:00.000+03:00"),
        (datetime(2018, 3, 25, 4, 0), "2018-03-25T04:00:00.000+03:00"),
    ],
)
def test_a_wall_time_is_written_with_the_offset_of_helsinki(wall: datetime, text: str) -> None:
    assert to_text(moment(wall)) == text


@given(WALLS, WALLS)
def test_moments_follow_the_rule_of_summer_time_and_keep_the_order_of_the_wall(one: datetime, other: datetime) -> None:
    assert moment(one) == to_utc(one)
    assert (moment(one) <= moment(other)) or one > other


# --- what is written, read back

CODES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12).filter(
    lambda text: all(sign >= " " or sign in "\t\n\r" for sign in text)
)


@st.composite
def some_cases(draw: st.DrawFn) -> Case:
    sent = draw(WALLS)
    later = draw(st.lists(st.tuples(st.one_of(WALLS, st.just(sent)), CODES, CODES, CODES), max_size=5))
    later.sort(key=lambda one: one[0].replace(second=0, microsecond=0))
    events = [Event("ILMOITUS_LAHETETTY", sent, "KELA", 1, "none")]
    events += [Event(code, at, role, 2, deviation) for at, code, role, deviation in later]
    return Case(draw(CODES), *(draw(CODES) for _ in range(5)), sent, tuple(events))


@of_hypothesis(max_examples=150, deadline=None)
@given(st.lists(some_cases(), min_size=1, max_size=4))
def test_what_is_written_is_read_back_as_it_was_and_passes_the_check(given_cases: list[Case]) -> None:
    content = log_text(given_cases)
    expected = []
    for case in given_cases:
        about = {
            "concept:name": case.key,
            "avainvarasto:notification_type": case.notification_type,
            "avainvarasto:urgency": case.urgency,
            "avainvarasto:batch_type": case.batch_type,
            "avainvarasto:county_code": case.county_code,
            "avainvarasto:municipality_code": case.municipality_code,
        }
        events = [
            {
                "concept:name": event.activity,
                "org:role": event.role,
                "avainvarasto:label_fi": LABELS.get(event.activity, event.activity),
                "avainvarasto:notice_no": str(event.notice_no),
                "avainvarasto:deviation": event.deviation,
                "lifecycle:transition": "complete",
                "at": to_utc(event.at),
            }
            for event in case.events
        ]
        expected.append((about, to_utc(case.sent), events))
    found = []
    for about, events in read_back(content):
        sent = datetime.fromisoformat(about.pop("avainvarasto:sent"))
        for event in events:
            event["at"] = datetime.fromisoformat(event.pop("time:timestamp"))  # type: ignore[assignment]
            early = event["at"].replace(second=0, microsecond=0) < sent.replace(second=0, microsecond=0)  # type: ignore[call-arg]
            assert event.pop("avainvarasto:before_sending", "false") == str(early).lower()
        found.append((about, sent, events))
    assert found == expected
    checked(content, given_cases)


def checked(content: bytes, given_cases: list[Case]) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        assert check(Path(file.name), "x.xes") == Counts(len(given_cases), sum(len(c.events) for c in given_cases))


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_a_character_that_xml_cannot_carry_is_refused_by_name_of_its_attribute(character: str) -> None:
    with pytest.raises(ExportRefused, match="avainvarasto:urgency: a value holds a character") as refusal:
        log_text([a_case(urgency=f"secret{character}")])
    assert "secret" not in str(refusal.value)


# --- from a build


def test_a_case_is_a_trace_that_begins_with_the_sending(home: Settings, folder: Path) -> None:
    a_build(home, [by_the_book(11), Notice(12, urgency="KIIREELLINEN", county="21", municipality="unknown")])
    done = written(home, folder / "flow.xes")
    assert done.counts == Counts(2, 4)
    (one, events), (other, sending) = traces_of(folder / "flow.xes")
    assert one == {
        "concept:name": "11",
        "avainvarasto:notification_type": "YHTEYDENOTTO",
        "avainvarasto:urgency": "TAVALLINEN",
        "avainvarasto:batch_type": "daily",
        "avainvarasto:county_code": "13",
        "avainvarasto:municipality_code": "297",
        "avainvarasto:sent": "2018-03-05T10:00:00.000+02:00",
    }
    assert [(event["concept:name"], event["avainvarasto:deviation"], event["org:role"]) for event in events] == [
        ("ILMOITUS_LAHETETTY", "none", "KELA"),
        ("VASTAANOTETTU", "none", "SOSIAALIOHJAAJA"),
        ("TAPAAMINEN", "skipped", "SOSIAALITYONTEKIJA"),
    ]
    assert events[0]["avainvarasto:label_fi"] == "Kela lähettänyt ilmoituksen"
    assert (other["avainvarasto:urgency"], len(sending)) == ("KIIREELLINEN", 1)


def test_a_case_goes_on_over_a_transfer_and_counts_its_notices(home: Settings, folder: Path) -> None:
    moved = datetime(2018, 4, 2, 9, 0)
    again = AnEvent(moved, deviation="reversed")
    second = Notice(22, moved, "YHTEYDENOTTO", county="01", case=21, notice_no=2, events=[again])
    a_build(home, [by_the_book(21), second])
    written(home, folder / "flow.xes")
    ((about, events),) = traces_of(folder / "flow.xes")
    assert (about["concept:name"], about["avainvarasto:county_code"]) == ("21", "13")
    assert [(e["avainvarasto:notice_no"], e["avainvarasto:deviation"]) for e in events[2:]] == [
        ("1", "skipped"),
        ("2", "reversed"),
    ]


def test_nothing_of_a_first_notice_that_the_core_leaves_out_is_told_but_type_and_time(
    home: Settings, folder: Path
) -> None:
    moved = datetime(2018, 4, 2, 9, 0)
    left_out = Notice(31, county="99", urgency="KIIREELLINEN", in_core=False)
    a_build(home, [left_out, Notice(32, moved, county="01", case=31, notice_no=2, events=[AnEvent(moved)])])
    written(home, folder / "flow.xes")
    ((about, events),) = traces_of(folder / "flow.xes")
    assert (about["avainvarasto:county_code"], about["avainvarasto:urgency"]) == ("01", "TAVALLINEN")
    assert len(events) == 2


def test_an_event_dated_before_the_sending_follows_it_and_says_so(home: Settings, folder: Path) -> None:
    a_build(home, [Notice(1, events=[AnEvent(SENT - timedelta(days=1)), AnEvent(SENT.replace(second=30))])])
    written(home, folder / "flow.xes")
    ((_, events),) = traces_of(folder / "flow.xes")
    assert [event.get("avainvarasto:before_sending") for event in events] == [None, "true", None]


def test_events_are_the_rows_of_the_fact_and_one_sending_a_case(home: Settings, folder: Path) -> None:
    built = a_build(home, [by_the_book(n, sent=SENT + timedelta(hours=n)) for n in range(1, 40)])
    done = written(home, folder / "flow.xes", keep_keys=False)
    with duckdb.connect(str(built), read_only=True) as connection:
        (rows,) = connection.execute("select count(*) from core.fct_flow_event").fetchone() or (0,)
    assert done.counts == Counts(39, rows + 39)
    assert sum(len(events) for _, events in traces_of(folder / "flow.xes")) == rows + 39


@pytest.mark.parametrize(
    ("choice", "keys"),
    [
        (Choice(), ["1", "2", "3"]),
        (Choice(sent_from=date(2018, 4, 1)), ["2", "3"]),
        (Choice(sent_to=date(2018, 4, 1)), ["1", "2"]),
        (Choice(date(2018, 4, 1), date(2018, 4, 1)), ["2"]),
        (Choice(sent_to=date(2018, 12, 1)), ["1", "2", "3"]),
        (Choice(types=("ALENNETTU_PERUSOSA",)), ["3"]),
        (Choice(types=("ALENNETTU_PERUSOSA", "YHTEYDENOTTO")), ["1", "2", "3"]),
    ],
)
def test_cases_are_chosen_by_month_of_the_sending_and_by_type(
    home: Settings, folder: Path, choice: Choice, keys: list[str]
) -> None:
    last = datetime(2018, 12, 31, 23, 59)
    april = datetime(2018, 4, 30, 23, 59)
    notices = [by_the_book(1), Notice(2, april, events=[AnEvent(last)]), Notice(3, last, "ALENNETTU_PERUSOSA")]
    a_build(home, notices)
    written(home, folder / "flow.xes", choice)
    assert [about["concept:name"] for about, _ in traces_of(folder / "flow.xes")] == keys


def test_nothing_of_a_person_is_in_the_log(home: Settings, folder: Path) -> None:
    a_build(home, [by_the_book(1)])
    written(home, folder / "flow.xes")
    assert str(PERSON).encode() not in (folder / "flow.xes").read_bytes()


# --- keys


def test_two_logs_share_neither_keys_nor_their_order(home: Settings, folder: Path) -> None:
    a_build(home, [by_the_book(n, sent=SENT + timedelta(minutes=n)) for n in range(1, 60)])
    orders = []
    keys: set[str] = set()
    for name in ("one.xes", "two.xes"):
        written(home, folder / name, keep_keys=False)
        found = read_back((folder / name).read_bytes())
        orders.append([about["avainvarasto:sent"] for about, _ in found])
        keys |= {about["concept:name"] for about, _ in found}
    assert len(keys) == 2 * 59
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
    assert not keys & {str(n) for n in range(1, 60)}


@pytest.mark.parametrize("ending", ["xes", "xes.gz"])
def test_with_the_keys_of_the_warehouse_the_same_build_gives_the_same_file(
    home: Settings, folder: Path, ending: str
) -> None:
    a_build(home, [by_the_book(n) for n in range(1, 10)])
    one, other = (written(home, folder / f"{name}.{ending}") for name in ("one", "two"))
    assert one.sha256 == other.sha256
    assert one.file.read_bytes() == other.file.read_bytes()


def test_a_compressed_log_holds_the_same_text(home: Settings, folder: Path) -> None:
    a_build(home, [by_the_book(1)])
    written(home, folder / "flow.xes")
    written(home, folder / "flow.xes.gz")
    assert gzip.decompress((folder / "flow.xes.gz").read_bytes()) == (folder / "flow.xes").read_bytes()
