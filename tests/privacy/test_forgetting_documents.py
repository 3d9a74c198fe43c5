"""Documents are forgotten whole: a person's plans go with every row of their parts, and nothing else does."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from avainvarasto import lake
from avainvarasto.rewrite.forgetting import forget_persons
from avainvarasto.rewrite.rotation import rotate
from avainvarasto.settings import Settings
from tests.deliveries import CODE, CONTRACTS, a_home
from tests.documents import CARDS, PLAN, SURVEY, a_card, a_goal, a_plan, a_respondent, send
from tests.landed import take_in
from tests.privacy.test_forgetting import request
from tests.pseudonymous_home import HUSBAND, rows_of

pytestmark = pytest.mark.privacy

FACTORS = [{"tilannetekija": "38", "tukeeko_vai_vaikeuttaako": way} for way in "12"]


def with_documents(folder: Path, key: Path | None = None) -> Settings:
    """A home with plans of two persons, a respondent and a card."""
    home = a_home(folder)
    if key:
        shutil.copy(key, home.person_key_file)
    goals = [a_goal("9001", tilannetekijat=FACTORS), a_goal("9002"), a_goal("9003")]
    other = {"nimi": "Toinen", "henkilotunnus": HUSBAND}
    follows = {"suunnitelma_id": "P3", "edellinen_suunnitelma_id": "P1"}
    send(home, PLAN, [a_plan("P1", asetettavat_tavoitteet=goals), a_plan("P2", asiakas=other), a_plan(**follows)])
    question = "Mikä palvelutarpeen arvioinnissa toimii?"
    send(home, SURVEY, [a_respondent(n, **{question: f"Vastaus {n}"}) for n in (1, 2)])
    send(home, CARDS, [a_card(1, "Yksi\nKaksi\nKolme")])
    assert len(take_in(home)) == 3
    return home


def test_a_persons_plans_go_with_all_their_rows_and_the_others_stay(tmp_path: Path) -> None:
    home = with_documents(tmp_path / "home")
    forgotten = forget_persons(home, CONTRACTS, request(tmp_path, CODE))
    assert forgotten.rows[PLAN] == {"lake": 2}
    assert forgotten.rows[f"{PLAN}_goal"] == {"lake": 4}
    assert forgotten.rows[f"{PLAN}_factor"] == {"lake": 2}
    assert len(rows_of(home, PLAN)) == len(rows_of(home, f"{PLAN}_goal")) == 1
    counted = {entry["extract"]: entry["n_forgotten"] for entry in lake.accepted(home)}
    assert (counted[PLAN], counted[f"{PLAN}_goal"], counted["swot_row"]) == (2, 4, 0)


def test_rotation_keeps_the_rows_of_a_record_together_and_in_their_order(tmp_path: Path) -> None:
    home = with_documents(tmp_path / "home")
    before = {extract: rows_of(home, extract) for extract in (f"{PLAN}_goal", f"{PLAN}_factor", "swot_row")}
    rotate(home, CONTRACTS)
    for extract, rows in before.items():
        after = rows_of(home, extract)
        keys = set(CONTRACTS[extract].hashed_columns())
        assert [{n: v for n, v in row.items() if n not in keys} for row in after] == [
            {n: v for n, v in row.items() if n not in keys} for row in rows
        ]
    plans = {row["plan_id"] for row in rows_of(home, PLAN)}
    assert Counter(row["plan_id"] in plans for row in rows_of(home, f"{PLAN}_goal")) == {True: 5}


def test_the_same_documents_give_the_same_bytes_under_the_same_key(tmp_path: Path) -> None:
    one = with_documents(tmp_path / "one")
    two = with_documents(tmp_path / "two", one.person_key_file)
    for zone in ("lake", "restricted"):
        files = {
            path.relative_to(one.home): path.read_bytes() for path in (one.home / zone).glob("[!_]*/*/*/*.parquet")
        }
        assert len(files) > 1
        assert files == {path: (two.home / path).read_bytes() for path in files}
