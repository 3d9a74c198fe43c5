"""Forgetting: the person is gone from every file, those who stay keep what is theirs, and no record says who it was."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from avainvarasto import cli, lake, status
from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.errors import ForgetRefused, ReleaseRefused
from avainvarasto.pseudonymise.aliases import read_pairs
from avainvarasto.release import activate, withdrawal
from avainvarasto.rewrite.forgetting import forget_permit, forget_persons
from avainvarasto.rewrite.merging import merge
from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.deliveries import CONTRACTS, a_home, a_notification, deliver
from tests.privacy.leak_needles import Needles, Sought
from tests.privacy.leak_scan import scan_tree
from tests.pseudonymous_home import (
    ALONE,
    HUSBAND,
    NEW,
    OLDER,
    SMALL,
    WIFE,
    a_person_month,
    fill,
    holders_of,
    keeping_text,
    key_of,
    rows_of,
    take,
)

pytestmark = pytest.mark.privacy


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = a_home(tmp_path / "home")
    fill(settings)
    return settings


def request(folder: Path, *codes: str) -> Path:
    path = folder / "codes.txt"
    path.write_text("\n".join(codes) + "\n")
    return path


def counts(settings: Settings) -> dict[str, int]:
    return {extract: len(rows_of(settings, extract)) for extract in SMALL}


def ids_of_the_lone_one(settings: Settings) -> list[int]:
    ids = [("household", "H1"), ("kela_payment.payment_id", "P1"), ("kela_decision.decision_id", "DH1")]
    ids += [("etotu_notification.notification_id", f"N{number}") for number in (1, 3, 4)]
    ids += [("avain_assessment.assessment_id", "A1")]
    return [key_of(settings, code, domain) for domain, code in ids]


def test_a_lone_person_goes_with_everything_that_is_about_nobody_else(home: Settings, tmp_path: Path) -> None:
    erased = [key_of(home, ALONE), *ids_of_the_lone_one(home)]
    others = [key_of(home, WIFE), key_of(home, HUSBAND), key_of(home, "H2", "household")]
    before = holders_of(home, *others)
    done = forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert holders_of(home, *erased) == set()
    assert holders_of(home, *others) == before
    assert counts(home) == {
        "kela_person": 2,
        "kela_person_month": 2,
        "kela_household_month": 1,
        "kela_payment": 1,
        "etotu_notification": 1,
        "etotu_event": 1,
        "avain_assessment": 1,
        "avain_goal": 1,
        "avain_goal_review": 1,
    }
    assert done.rows["etotu_notification"] == {"lake": 2, "quarantine": 1}
    assert done.rows["etotu_event"] == {"lake": 3}


def test_a_household_stays_while_a_spouse_does_and_a_unit_while_another_client_does(
    home: Settings, tmp_path: Path
) -> None:
    unit = key_of(home, "U", "avain_assessment.unit_id")
    forget_persons(home, CONTRACTS, request(tmp_path, HUSBAND))
    assert holders_of(home, key_of(home, HUSBAND)) == set()
    assert counts(home) == {name: len(rows) for name, rows in SMALL.items()} | {
        "kela_person": 2,
        "kela_person_month": 2,
        "etotu_notification": 3,
    }
    assert holders_of(home, unit)
    forget_persons(home, CONTRACTS, request(tmp_path, WIFE))
    assert holders_of(home, key_of(home, "H2", "household"), key_of(home, "P2", "kela_payment.payment_id")) == set()
    assert len(rows_of(home, "kela_household_month")) == 1
    assert holders_of(home, unit)
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert set(counts(home).values()) == {0}
    assert holders_of(home, unit) == set()


def test_a_spouse_in_another_delivery_or_in_quarantine_keeps_the_household(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    fill(
        home,
        {"kela_person_month": [a_person_month(ALONE, "H1")], "kela_household_month": SMALL["kela_household_month"]},
    )
    spouse = [a_person_month(WIFE, "H1", role="NONE SUCH"), a_person_month(HUSBAND, "H2")]
    fill(home, {"kela_person_month": spouse}, minute=1)
    assert [name for name in holders_of(home, key_of(home, WIFE)) if not name.startswith("quarantine")] == []
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert len(rows_of(home, "kela_household_month")) == 2


def test_a_row_without_a_readable_person_keeps_nothing(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    months = [a_person_month(ALONE, "H1"), a_person_month(ALONE[:-1] + "?", "H1"), a_person_month(WIFE, "H2")]
    fill(home, {"kela_person_month": months, "kela_household_month": SMALL["kela_household_month"]})
    assert any(name.startswith("quarantine") for name in holders_of(home, key_of(home, "H1", "household")))
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert holders_of(home, key_of(home, "H1", "household")) == set()


def test_old_and_new_codes_name_the_same_person_and_their_pairs_go(home: Settings, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"old_code,new_code\n{OLDER},{ALONE}\n{HUSBAND},{NEW}\n")
    merge(home, CONTRACTS, pairs)
    forget_persons(home, CONTRACTS, request(tmp_path, OLDER.lower()))
    assert holders_of(home, key_of(home, ALONE)) == set()
    assert read_pairs(home.aliases_file) == [(HUSBAND, NEW)]
    assert holders_of(home, key_of(home, NEW))


def test_the_ledger_counts_what_went_and_keeps_what_came(home: Settings, tmp_path: Path) -> None:
    state = lake.lake_state(home)
    came = {r["extract"]: (r["n_delivered"], r["n_loaded"], r["n_quarantined"]) for r in lake.ledger(home)}
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE, WIFE))
    assert {r["extract"]: (r["n_delivered"], r["n_loaded"], r["n_quarantined"]) for r in lake.ledger(home)} == came
    for row in lake.ledger(home):
        assert row["n_loaded"] - row["n_forgotten"] == len(rows_of(home, row["extract"]))
    assert lake.lake_state(home) != state
    assert status.release_is_behind(home)


def test_an_emptied_file_keeps_its_columns(home: Settings, tmp_path: Path) -> None:
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE, WIFE))
    with duckdb.connect() as connection:
        lake.create_views(connection, home, CONTRACTS)
        assert connection.execute("select count(*) from lake.avain_goal").fetchone() == (0,)
        assert "assessment_id" in [row[0] for row in connection.execute("describe lake.avain_goal").fetchall()]


def test_kept_texts_go_with_their_rows(tmp_path: Path) -> None:
    contracts = keeping_text("etotu_notification", "phone")
    home = a_home(tmp_path / "home")
    deliver(home, "etotu_notification", SMALL["etotu_notification"], contract=contracts["etotu_notification"])
    take(home, contracts)
    done = forget_persons(home, contracts, request(tmp_path, ALONE))
    assert done.rows["etotu_notification"] == {"lake": 2, "quarantine": 1, "restricted": 2}
    assert holders_of(home, key_of(home, ALONE)) == set()
    assert any(name.startswith("restricted/") for name in holders_of(home, key_of(home, WIFE)))


def test_builds_and_taken_deliveries_go_and_others_are_named(home: Settings, tmp_path: Path) -> None:
    build = home.warehouse / "builds" / "b.duckdb"
    build.parent.mkdir(parents=True)
    with duckdb.connect(str(build)) as connection:
        connection.execute(f"create table t as select {key_of(home, ALONE)} as person_key")
    (home.warehouse / "current.duckdb").symlink_to(build)
    waiting = deliver(home, "etotu_notification", [a_notification(9, person_id=ALONE)], delivery_id="2018-05-08T0000")
    done = forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert (done.builds, done.emptied, done.waiting) == (["b"], len(SMALL), ["etotu/2018-05-08T0000"])
    assert list(home.warehouse.rglob("*")) == []
    assert [path.parent for path in home.landing.rglob("delivery.yml")] == [waiting]
    needles = Needles([Sought("the forgotten", (("pseudonym", str(key_of(home, ALONE))), ("identity code", ALONE)))])
    scan = scan_tree(home.home, needles)
    assert scan.leaks == []
    assert scan.unreadable == []


@pytest.mark.bite
def test_an_unknown_code_forgets_nothing_and_is_not_named(home: Settings, tmp_path: Path) -> None:
    before = counts(home)
    with pytest.raises(ForgetRefused, match="1 of 2 codes stand in no row") as refused:
        forget_persons(home, CONTRACTS, request(tmp_path, ALONE, NEW))
    assert ALONE not in str(refused.value)
    assert NEW not in str(refused.value)
    assert counts(home) == before


@pytest.mark.bite
@pytest.mark.parametrize(
    ("codes", "words"),
    [([], "holds no code"), ([ALONE, "131052-308U"], "line 2: is not a valid identity code")],
)
def test_a_file_that_is_no_list_of_codes_is_refused(
    codes: list[str], words: str, home: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ForgetRefused) as refused:
        forget_persons(home, CONTRACTS, request(tmp_path, *codes))
    assert words in str(refused.value)
    assert "131052" not in str(refused.value)
    with pytest.raises(ForgetRefused, match="cannot be read"):
        forget_persons(home, CONTRACTS, tmp_path / "none.txt")


def test_forgetting_twice_is_harmless(home: Settings, tmp_path: Path) -> None:
    forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    left, state = counts(home), lake.lake_state(home)
    with pytest.raises(ForgetRefused, match="may have been forgotten already"):
        forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert (counts(home), lake.lake_state(home)) == (left, state)


def test_the_record_and_the_command_say_how_much_and_not_who(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = [ALONE, str(key_of(home, ALONE)), *(str(value) for value in ids_of_the_lone_one(home))]
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["forget", "person", str(request(tmp_path, ALONE))]) == 0
    (path,) = (home.lake / "_forgotten").iterdir()
    said = path.read_text() + capsys.readouterr().out
    assert not any(secret in said for secret in secrets)
    record = json.loads(path.read_text())
    assert set(record) == {"kind", "started", "finished", "rows", "builds", "releases"}
    assert record["rows"]["kela_payment"] == {"lake": 1}
    assert "kela_payment: 1 rows of lake removed" in said


def under_a_permit(folder: Path) -> tuple[Path, dict[str, Contract]]:
    """The project's contracts, those of AVAIN under a permit."""
    (folder / "contracts").mkdir(parents=True)
    for path in (PROJECT_ROOT / "expectations" / "contracts").glob("*.yml"):
        permit = {"permit": "THL-1.2018"} if path.stem.startswith("avain") else {}
        (folder / "contracts" / path.name).write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | permit))
    for name in ("suites", "thresholds.yml"):
        (folder / name).symlink_to(PROJECT_ROOT / "expectations" / name)
    return folder, load_contracts(folder)


def test_a_permit_takes_every_row_of_its_extracts_and_no_other(home: Settings, tmp_path: Path) -> None:
    expectations, contracts = under_a_permit(tmp_path / "expectations")
    home = home.model_copy(update={"expectations": expectations})
    before = counts(home)
    done = forget_permit(home, contracts, "THL-1.2018")
    gone = {name: 0 for name in SMALL if name.startswith("avain")}
    assert counts(home) == before | gone
    assert done.emptied == 3
    (record,) = (json.loads(path.read_text()) for path in (home.lake / "_forgotten").iterdir())
    assert (record["kind"], record["permit"]) == ("permit", "THL-1.2018")
    with pytest.raises(ForgetRefused, match="no row of this permit's extracts"):
        forget_permit(home, contracts, "THL-1.2018")
    with pytest.raises(ForgetRefused, match=r"known: THL-1\.2018"):
        forget_permit(home, contracts, "another")


def a_release(settings: Settings, name: str, *, current: bool = False) -> Path:
    folder = settings.release / name
    (folder / "csv").mkdir(parents=True)
    (folder / "csv" / "a.csv").touch()
    (folder / "release.duckdb").touch()
    (folder / "release.json").write_text(json.dumps({"release_id": name, "made_at": "then", "build": {}}))
    if current:
        link = settings.release / "current"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
    return folder


def test_releases_made_before_go_when_there_is_a_new_one(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_release(home, "r1")
    active = a_release(home, "r2", current=True)
    done = forget_persons(home, CONTRACTS, request(tmp_path, ALONE))
    assert done.releases == ["r1", "r2"]
    assert withdrawal.finish(home) == []
    assert (active / "release.duckdb").exists()  # readers keep what they have until there is another
    with pytest.raises(ReleaseRefused, match="this release was withdrawn"):
        activate.rollback(home, "r1")
    a_release(home, "r3", current=True)
    assert withdrawal.finish(home) == ["r1", "r2"]
    assert [path.name for path in active.iterdir()] == ["release.json"]
    with pytest.raises(ReleaseRefused, match="this release was withdrawn"):
        activate.rollback(home, "r2")
    assert withdrawal.standing(home) == ["r3"]
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["releases"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "  r1  made then  withdrawn",
        "  r2  made then  withdrawn",
        "* r3  made then",
    ]
