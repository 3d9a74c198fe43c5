"""Changed identity codes: rows of the old code become the new one's, and a wrong file changes nothing."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from avainvarasto import cli, lake
from avainvarasto.errors import KeyFileError
from avainvarasto.pseudonymise import hetu
from avainvarasto.rewrite.merging import merge
from avainvarasto.settings import Settings
from avainvarasto.synthetic.hetu import identity_code
from tests.deliveries import CONTRACTS, a_home, a_notification, deliver
from tests.pseudonymous_home import (
    ALONE,
    HUSBAND,
    SMALL,
    WIFE,
    a_person,
    a_person_month,
    fill,
    holders_of,
    keeping_text,
    key_of,
    plain_rows,
    rows_of,
    take,
)

pytestmark = pytest.mark.bite
NEW = identity_code(date(1981, 1, 4), "-", 905)  # the corrected birth year, and the other sex


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = a_home(tmp_path / "home")
    names = ("kela_person", "kela_person_month", "etotu_notification")
    fill(settings, {name: SMALL[name] for name in names})
    return settings


def a_table(folder: Path, *pairs: tuple[str, str], header: str = "old_code,new_code") -> Path:
    path = folder / "given.csv"
    path.write_text("\n".join([header, *(f"{old},{new}" for old, new in pairs)]) + "\n")
    return path


def test_rows_of_the_old_code_become_the_new_ones(home: Settings, tmp_path: Path) -> None:
    old = key_of(home, WIFE)
    state = lake.lake_state(home)
    done = merge(home, CONTRACTS, a_table(tmp_path, (WIFE, NEW)))
    assert (done.n_new, done.n_pairs, done.n_files, done.n_dropped) == (1, 1, 3, 0)
    assert holders_of(home, old) == set()
    (person,) = (row for row in rows_of(home, "kela_person") if row["person_key"] == key_of(home, NEW))
    assert (person["code_birth_year"], person["code_sex"]) == (1981, "1") != (hetu.birth_year(WIFE), hetu.sex(WIFE))
    assert person["birth_year"] == hetu.birth_year(WIFE)  # what the source says is not ours to change
    others = [row for row in rows_of(home, "kela_person") if row["person_key"] != key_of(home, NEW)]
    assert {row["code_sex"] for row in others} == {hetu.sex(ALONE), hetu.sex(HUSBAND)}
    assert lake.lake_state(home) != state
    assert stat.S_IMODE(home.aliases_file.stat().st_mode) == 0o600


def test_quarantined_rows_follow_too_and_files_without_the_person_stay(home: Settings, tmp_path: Path) -> None:
    hashes = {row["extract"]: row["lake_sha256"] for row in lake.ledger(home)}
    done = merge(home, CONTRACTS, a_table(tmp_path, (HUSBAND, NEW)))
    after = {row["extract"]: row["lake_sha256"] for row in lake.ledger(home)}
    assert done.n_files == 2
    assert {name for name in after if after[name] != hashes[name]} == {"kela_person", "kela_person_month"}
    merge(home, CONTRACTS, a_table(tmp_path, (ALONE, NEW[:6] + "Y" + NEW[7:])))
    assert any(name.startswith("quarantine/") for name in holders_of(home, key_of(home, NEW[:6] + "Y" + NEW[7:])))
    assert holders_of(home, key_of(home, ALONE)) == set()


def test_a_chain_of_codes_leads_to_the_newest_in_steps_or_at_once(home: Settings, tmp_path: Path) -> None:
    merge(home, CONTRACTS, a_table(tmp_path, (WIFE, NEW)))
    newest = NEW[:6] + "Y" + NEW[7:]
    assert merge(home, CONTRACTS, a_table(tmp_path, (NEW, newest))).n_pairs == 2
    assert holders_of(home, key_of(home, WIFE), key_of(home, NEW)) == set()
    assert len(rows_of(home, "kela_person")) == 3
    fill(home, {"etotu_notification": [a_notification(9, person_id=WIFE)]}, minute=1)
    (late,) = (
        row for row in rows_of(home, "etotu_notification") if row["src_file"] and row["delivery_id"][-2:] == "01"
    )
    assert late["person_key"] == key_of(home, newest)


def test_where_one_person_stands_twice_the_row_of_the_new_code_stays(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    people = [a_person(WIFE, mother_tongue="fi"), a_person(NEW, mother_tongue="sv"), a_person(ALONE)]
    months = [a_person_month(WIFE, "H2"), a_person_month(NEW, "H3")]
    fill(home, {"kela_person": people, "kela_person_month": months})
    done = merge(home, CONTRACTS, a_table(tmp_path, (WIFE, NEW)))
    assert done.n_dropped == 1
    (kept,) = (row for row in rows_of(home, "kela_person") if row["person_key"] == key_of(home, NEW))
    assert kept["mother_tongue"] == "sv"
    assert len(rows_of(home, "kela_person_month")) == 2  # another household is another row
    counts = {r["extract"]: (r["n_delivered"], r["n_loaded"], r["n_forgotten"]) for r in lake.ledger(home)}
    assert counts == {"kela_person": (3, 3, 1), "kela_person_month": (2, 2, 0)}


def test_the_same_file_twice_changes_nothing(home: Settings, tmp_path: Path) -> None:
    given = a_table(tmp_path, (WIFE, NEW))
    merge(home, CONTRACTS, given)
    state = lake.lake_state(home)
    again = merge(home, CONTRACTS, given)
    assert (again.n_new, again.n_pairs, again.n_files) == (0, 1, 0)
    assert lake.lake_state(home) == state


WRONG = {
    "a circle": ([(WIFE, NEW), (NEW, WIFE)], "lead in a circle"),
    "two new codes": ([(WIFE, NEW), (WIFE, ALONE)], "line 3: an old code has two different new ones"),
    "an invalid code": ([(WIFE, NEW), (WIFE[:-1] + "?", NEW)], "line 3: is not a pair"),
    "the same code": ([(WIFE, WIFE)], "line 2: is not a pair"),
    "against the table": ([(HUSBAND, ALONE)], "line 2: the table of this home has another new code"),
    "a circle with the table": ([(NEW, HUSBAND)], "lead in a circle"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_file_changes_nothing_and_no_code_is_said(how: str, home: Settings, tmp_path: Path) -> None:
    pairs, words = WRONG[how]
    merge(home, CONTRACTS, a_table(tmp_path, (HUSBAND, NEW)))
    table, state = home.aliases_file.read_bytes(), lake.lake_state(home)
    with pytest.raises(KeyFileError) as refused:
        merge(home, CONTRACTS, a_table(tmp_path, *pairs))
    assert words in str(refused.value)
    assert not any(code in str(refused.value) for pair in pairs for code in pair)
    assert (home.aliases_file.read_bytes(), lake.lake_state(home)) == (table, state)


def test_a_file_with_another_header_is_refused(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="line 1: the header is not old_code,new_code"):
        merge(home, CONTRACTS, a_table(tmp_path, (WIFE, NEW), header="old;new"))
    assert not home.aliases_file.exists()


def test_the_command_says_numbers_only(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AVAINVARASTO_HOME", str(home.home))
    assert cli.main(["keys", "alias", str(a_table(tmp_path, (WIFE, NEW)))]) == 0
    said = capsys.readouterr().out
    assert "1 new pairs; 1 stand in the table now." in said
    assert WIFE not in said
    assert NEW not in said


def test_kept_texts_follow_and_lose_the_row_that_stood_twice(tmp_path: Path) -> None:
    contracts = keeping_text("kela_person", "name")
    home = a_home(tmp_path / "home")
    people = [a_person(WIFE, name="old"), a_person(NEW, name="new"), a_person(HUSBAND, name="other")]
    deliver(home, "kela_person", people, contract=contracts["kela_person"])
    take(home, contracts)
    merge(home, contracts, a_table(tmp_path, (WIFE, NEW)))
    (texts,) = home.restricted.rglob("*.parquet")
    assert {row["name"]: row["person_key"] for row in plain_rows(texts)} == {
        "new": key_of(home, NEW),
        "other": key_of(home, HUSBAND),
    }
