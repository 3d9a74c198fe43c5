"""What the morning report says of each kind of night, from small deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from avainvarasto import home, runs
from avainvarasto.cli import main
from avainvarasto.errors import KeyFileError, StorageFailed
from avainvarasto.exit_codes import ExitCode
from avainvarasto.quality.receipts import RuleResult
from avainvarasto.report import publish, text
from avainvarasto.report.content import Report
from avainvarasto.report.failures import Failure, of_error
from avainvarasto.report.lateness import WINDOWS, expected
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.summary import Summary
from tests.deliveries import CODE, CONTRACTS, MARCH, a_home, a_household_month, deliver, edit_manifest, rewrite
from tests.small_nights import MORNING, a_night, text_of

pytestmark = pytest.mark.unit
APRIL = (date(2018, 4, 1), date(2018, 4, 30))
EXTRACT = "kela_household_month"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    yield a_home(tmp_path / "house")


def households(number: int = 3, month: date = MARCH[0], **changes: object) -> list[dict[str, object]]:
    return [a_household_month(n, month=month, **changes) for n in range(number)]


def a_spoiled(settings: Settings, delivery_id: str = "2018-04-08T0200", **changes: object) -> Path:
    folder = deliver(settings, EXTRACT, households(), delivery_id=delivery_id, **changes)
    (data,) = folder.glob("*.csv")
    data.write_bytes(data.read_bytes() + b"x")
    return folder


def later(days: int) -> str:
    return datetime(2018, 4, 8 + days, tzinfo=UTC).isoformat()


def test_what_came_is_told_by_file_with_its_period_and_its_rows(settings: Settings) -> None:
    deliver(settings, EXTRACT, households(250))
    report = a_night(settings)
    assert report.exit_code == ExitCode.IN_ORDER
    assert publish.newest_text(settings).splitlines()[0] == report.verdict
    assert report.verdict == "IN ORDER: 1 delivery was taken, nothing is published."
    said = text_of(settings)
    assert "kela/2018-04-08T0200 of Kela (synthetic)" in said
    assert "kela_household_month, 2018-03-01 to 2018-03-31: 250 rows delivered, 250 loaded, 0 in quarantine" in said
    assert "What was refused Nothing." in said
    assert "held." in said


def test_a_refused_delivery_stands_with_its_reason_and_remedy(settings: Settings) -> None:
    a_spoiled(settings)
    report = a_night(settings)
    assert report.exit_code == ExitCode.REFUSED_OR_FAILED
    assert report.verdict.startswith("NOT IN ORDER: 1 delivery was refused, nothing new was taken")
    said = text_of(settings)
    assert "the checksum differs from delivery.yml" in said
    assert "Remedy: send the delivery again under a new delivery_id" in said
    assert text.REFUSED in said
    assert report.open_refusals == []  # tonight's stands once


def test_a_refusal_of_an_earlier_night_stays_open_until_its_months_come_rightly(settings: Settings) -> None:
    deliver(settings, EXTRACT, households())
    rows = b"not;the;header\n1;2;3\n"
    rewrite(deliver(settings, EXTRACT, households(), delivery_id="2018-04-09T0200", created_at=later(1)), rows, 1)
    assert a_night(settings).exit_code == ExitCode.REFUSED_OR_FAILED

    deliver(
        settings,
        EXTRACT,
        households(month=APRIL[0]),
        delivery_id="2018-04-10T0200",
        period=APRIL,
        created_at=later(2),
    )
    second = a_night(settings, "run-2", MORNING + timedelta(days=1))
    assert [(one.delivery_id, one.extracts) for one in second.open_refusals] == [("2018-04-09T0200", (EXTRACT,))]
    assert second.exit_code == ExitCode.IN_ORDER
    assert "1 earlier refusal is open" in second.verdict
    assert "nothing newer has made it good kela/2018-04-09T0200 (kela_household_month)" in text_of(settings)

    deliver(settings, EXTRACT, households(), delivery_id="2018-04-11T0200", created_at=later(3))
    third = a_night(settings, "run-3", MORNING + timedelta(days=2))
    assert third.open_refusals == []
    assert "Refused on an earlier night" not in text_of(settings)


def test_an_older_delivery_does_not_make_a_refusal_good(settings: Settings) -> None:
    rows = b"not;the;header\n1;2;3\n"
    rewrite(deliver(settings, EXTRACT, households(), delivery_id="2018-04-09T0200", created_at=later(1)), rows, 1)
    a_night(settings)
    deliver(settings, EXTRACT, households())
    assert len(a_night(settings, "run-2").open_refusals) == 1


def test_an_unreadable_delivery_note_is_open_until_it_is_replaced_or_taken_away(settings: Settings) -> None:
    folder = a_spoiled(settings)
    a_night(settings)
    with home.run_lock(settings):
        quiet = publish.of_quiet_night(settings, runs.Lost([], None), MORNING)
    assert [one.extracts for one in quiet.open_refusals] == [("unknown",)]
    assert quiet.exit_code == ExitCode.IN_ORDER
    deliver(settings, EXTRACT, households(), delivery_id="2018-04-09T0200", created_at=later(1))
    edit_manifest(settings.landing / "kela" / "2018-04-09T0200", replaces="2018-04-08T0200")
    assert a_night(settings, "run-2").open_refusals == []
    edit_manifest(settings.landing / "kela" / "2018-04-09T0200", replaces=None)
    folder.rename(settings.home / "taken-away")
    assert publish.of_quiet_night(settings, runs.Lost([], None), MORNING).open_refusals == []


def test_a_refused_delivery_that_is_sent_again_rightly_is_told_as_taken(settings: Settings) -> None:
    folder = a_spoiled(settings)
    a_night(settings)
    (data,) = folder.glob("*.csv")
    data.write_bytes(data.read_bytes()[:-1])
    report = a_night(settings, "run-2")
    assert list(report.summary.taken) == [("kela", "2018-04-08T0200")]
    assert report.exit_code == ExitCode.IN_ORDER
    assert report.open_refusals == []


def test_new_rows_in_quarantine_are_counted_by_rule_and_column(settings: Settings) -> None:
    rows = households(400)
    rows[7]["municipality_code"] = "999"
    deliver(settings, EXTRACT, rows)
    report = a_night(settings)
    assert report.exit_code == ExitCode.IN_ORDER
    (bad,) = report.bad_rows
    assert (bad.n_rows, bad.column) == (1, "municipality_code")
    assert f"1 by rule {bad.rule}, column municipality_code" in text_of(settings)
    again = publish.of_quiet_night(settings, runs.Lost([], None), MORNING)
    assert again.bad_rows == []
    assert "quarantine:" not in text_of(settings)


def test_a_folder_without_its_note_and_a_run_that_was_killed_are_told(settings: Settings) -> None:
    (settings.landing / "kela" / "2018-04-10T0200").mkdir(parents=True)
    with home.run_lock(settings):
        runs.begin(settings, "killed", MORNING)
    report = a_night(settings, "run-2", MORNING + timedelta(days=1))
    assert report.lost_runs == ["2018-04-09T02:00:00+03:00"]
    assert report.exit_code == ExitCode.IN_ORDER
    said = text_of(settings)
    assert "kela/2018-04-10T0200: there is a folder, but no delivery.yml yet." in said
    assert "One began 2018-04-09T02:00:00+03:00 and was ended from outside" in said
    assert text.LOCK in said
    assert a_night(settings, "run-3", MORNING + timedelta(days=2)).lost_runs == []


def test_records_of_old_runs_go_and_the_newest_stay(settings: Settings) -> None:
    for number in range(runs.KEPT + 3):
        runs.begin(settings, f"r{number}", MORNING + timedelta(days=number))
        runs.end(settings, f"r{number}", MORNING + timedelta(days=number))
    kept = {path.stem for path in (settings.logs / "runs").iterdir()}
    assert kept == {f"r{number}" for number in range(3, runs.KEPT + 3)}


def test_lateness_goes_by_the_clock_given_and_by_the_contract(settings: Settings) -> None:
    deliver(settings, EXTRACT, households(), nature="confidential")
    made = datetime(2018, 4, 8, tzinfo=UTC)
    in_time = a_night(settings, now=made + WINDOWS["monthly"])
    assert in_time.in_state("late") == []
    assert in_time.exit_code == ExitCode.IN_ORDER
    never = {one.extract for one in in_time.in_state("never delivered")}
    assert never == {name for name, c in CONTRACTS.items() if c.source == "kela"} - {EXTRACT}
    assert "kela_payment was never delivered, though kela delivers other extracts" in text_of(settings)
    late = publish.of_quiet_night(settings, runs.Lost([], None), made + WINDOWS["monthly"] + timedelta(seconds=1))
    assert [one.extract for one in late.in_state("late")] == [EXTRACT]
    assert late.exit_code == ExitCode.LATE
    assert late.verdict.startswith("LATE: 1 extract is late, nothing new was taken")
    assert "the newest is of 2018-04-08, and the next was expected by 2018-05-18" in text_of(settings)


def test_what_is_synthetic_or_came_once_and_is_public_is_never_late() -> None:
    def entry(extract: str, nature: str) -> dict[str, object]:
        source = CONTRACTS[extract].source
        return {"extract": extract, "source": source, "nature": nature, "created_at": datetime(2018, 4, 8)}

    entries = [
        entry(EXTRACT, "synthetic"),
        entry("prosos_printed_response", "public"),
        entry("ref_population", "public"),
    ]
    found = {one.extract: one.state for one in expected(CONTRACTS, entries, datetime(2026, 1, 1, tzinfo=UTC))}
    others = {name for name, contract in CONTRACTS.items() if contract.source == "reference"} - {"ref_population"}
    assert {name for name, state in found.items() if state == "never delivered"} == others
    assert {name: state for name, state in found.items() if name not in others} == {
        EXTRACT: "no schedule",
        "prosos_printed_response": "no schedule",
        "ref_population": "late",
    }


def test_the_word_the_code_and_the_reason_of_a_verdict_go_together() -> None:
    late = expected(
        CONTRACTS,
        [{"extract": EXTRACT, "source": "kela", "nature": "confidential", "created_at": datetime(2018, 4, 8)}],
        MORNING + timedelta(days=400),
    )
    red = Summary(checks=[("landing", RuleResult("a rule", "critical", 10, 1, False))])
    warned = Summary(checks=[("landing", RuleResult("a rule", "warning", 10, 1, False))])
    nights = [
        (Report(MORNING, None), 0, "IN ORDER"),
        (Report(MORNING, None, summary=warned), 0, "IN ORDER"),
        (Report(MORNING, None, expected=late), 3, "LATE"),
        (Report(MORNING, None, summary=red), 1, "NOT IN ORDER"),
        (Report(MORNING, None, expected=late, failures=[Failure("dbt", "BuildFailed", "x")]), 1, "NOT IN ORDER"),
        (Report(MORNING, None, expected=late, not_sent="x"), 1, "NOT IN ORDER"),
    ]
    for report, code, word in nights:
        assert (int(report.exit_code), report.verdict.split(":")[0]) == (code, word)
    assert "warning landing: a rule (1 of 10)" in text.render(Settings(), nights[1][0])
    assert "FAILED landing: a rule (1 of 10)" in " ".join(text.render(Settings(), nights[3][0]).split())


def test_words_of_foreign_errors_stay_out_and_our_own_are_quoted_without_this_machines_folders(
    settings: Settings,
) -> None:
    ours = KeyFileError(str(settings.person_key_file), "is bad", consequence="Nothing.", remedy="mend it")
    foreign = ValueError(f"could not convert '{CODE}'")
    runs.begin(settings, "run-1", MORNING)
    report = publish.after_run(settings, "run-1", [of_error("land", ours), of_error("lake", foreign)], MORNING)
    said = text_of(settings)
    assert report.exit_code == ExitCode.REFUSED_OR_FAILED
    assert "land: <home>/keys/person.key: is bad" in said
    assert "lake: ValueError; its own words may quote rows" in said
    assert CODE not in said
    assert str(settings.home) not in said
    assert text.KEY in said


def test_a_night_that_could_not_start_is_told_even_where_nothing_else_can_be_found_out(settings: Settings) -> None:
    (settings.lake / "_ledger").mkdir(parents=True)
    (settings.lake / "_ledger" / "broken.parquet").write_bytes(b"no parquet")
    broken = settings.model_copy(update={"expectations": settings.home})
    report = publish.of_no_start(broken, RuntimeError("secret words"), MORNING)
    assert report.exit_code == ExitCode.REFUSED_OR_FAILED
    said = text_of(settings)
    assert "the start of the night: RuntimeError" in said
    assert "secret words" not in said
    assert "the report's part on what is late: <home>/contracts: holds no contract" in said
    assert said.count(text.UNKNOWN) == 4
    assert text.NOTHING_NEW not in said
    assert "what is published could not be found out" in report.verdict


def test_a_report_that_cannot_be_written_is_a_failure(settings: Settings) -> None:
    settings.logs.write_text("a file where the folder should be")
    report = publish.of_quiet_night(settings, runs.Lost([], None), MORNING)
    assert [failure.step for failure in report.failures] == ["writing the report"]
    assert report.exit_code == ExitCode.REFUSED_OR_FAILED


def test_every_report_is_kept_and_the_newest_has_a_name_of_its_own(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StorageFailed, match="no morning report yet"):
        publish.newest_text(settings)
    deliver(settings, EXTRACT, households())
    a_night(settings)
    first = publish.newest_text(settings)
    publish.of_quiet_night(settings, runs.Lost([], None), MORNING + timedelta(days=1))
    kept = sorted(path.name for path in (settings.logs / "reports").iterdir())
    assert kept == ["20180410T020000.txt", "run-1.txt"]
    assert publish.file_of(settings, "run-1").read_text() == first != publish.newest_text(settings)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(settings.home))
    assert main(["report"]) == 0
    assert capsys.readouterr().out == publish.newest_text(settings)


def test_every_document_that_the_report_names_exists() -> None:
    named = (text.REFUSED, text.RED, text.KEY, text.LOCK, text.ROLL_BACK, text.GUIDE)
    assert [name for name in named if not (PROJECT_ROOT / name).is_file()] == []
