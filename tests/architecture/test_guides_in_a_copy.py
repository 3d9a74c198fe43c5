"""A guide that changes the project is followed to the letter in a copy of it, block by block."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from avainvarasto.settings import PROJECT_ROOT, Settings
from tests.architecture.documents import (
    RUN_IN_A_COPY,
    Edit,
    copied_project,
    missing_lines,
    sections,
    steps,
    typed,
)
from tests.architecture.test_docs import RUN_HERE, WITH_COMMANDS, name

pytestmark = pytest.mark.architecture
ADD_A_SOURCE = PROJECT_ROOT / "docs" / "guides" / "add-a-source.md"
WITHOUT_BLOCKS = ("1. Ask the supplier", "10. Checklist")
# What the last state of the warehouse must be: the decisions, those that were corrected, persons known to Kela.
DECISIONS = "staging.stg_municipal_supplementary_decision"


def test_every_guide_and_runbook_is_followed_by_one_of_the_two_tests() -> None:
    assert sorted([*RUN_HERE, *RUN_IN_A_COPY]) == sorted(WITH_COMMANDS)
    assert not set(RUN_HERE) & set(RUN_IN_A_COPY)
    assert ADD_A_SOURCE in RUN_IN_A_COPY


@pytest.mark.parametrize("guide", RUN_IN_A_COPY, ids=name)
def test_each_step_of_a_guide_is_numbered_and_has_something_to_do(guide: Path) -> None:
    found = sections(guide)
    numbers = [int(re.match(r"(\d+)\. ", heading)[1]) for heading in found]  # type: ignore[index]
    assert numbers == list(range(1, len(found) + 1))
    assert [heading for heading, text in found.items() if not steps(text)] == [
        heading for heading in found if heading in WITHOUT_BLOCKS
    ]


def test_following_the_guide_adds_the_source(copied_home: Callable[[], Settings], tmp_path: Path) -> None:
    settings = copied_home()
    place = copied_project(tmp_path / "project", settings)
    for text in sections(ADD_A_SOURCE).values():
        for step in steps(text):
            if isinstance(step, Edit):
                step.apply(place)
                continue
            block, shown = step
            done = typed(block, place, settings)
            assert done.returncode == block.code, f"{block.text}\n{done.stdout}"
            if shown:
                assert missing_lines(shown.text, done.stdout) == [], f"{block.text}\n{done.stdout}"
    with duckdb.connect(str(settings.warehouse / "current.duckdb"), read_only=True) as warehouse:
        columns = {row[0] for row in warehouse.execute(f"describe {DECISIONS}").fetchall()}
        assert {"person_key", "code_birth_year", "code_sex"} <= columns
        assert not columns & {"client_id", "name", "note"}
        counts = "delivery_id, count(*), count(distinct decision_id), sum(granted_eur)::int"
        # March is that of the correction, whole, with the row that lay in quarantine; April is the other supplier's.
        assert warehouse.execute(f"select {counts} from {DECISIONS} group by 1 order by 1").fetchall() == [
            ("2018-04-20T0900", 6, 6, 915),
            ("2018-05-08T0900", 3, 3, 272),
        ]
        joined = f"from {DECISIONS} join staging.stg_kela_person using (person_key)"
        assert warehouse.execute(f"select count(*), count(distinct person_key) {joined}").fetchone() == (8, 7)


def test_a_block_that_says_neither_what_to_type_nor_where_to_write_is_an_error() -> None:
    for section in (
        "Some words:\n\n```yaml\na: 1\n```\n",
        "```text\noutput of nothing\n```\n",
        "```sh\ntrue\n```\n\nNot right after it:\n\n```text\nx\n```\n",
        "```sh no-test\ntrue\n```\n",
        "File `a.yml`: and more\n\n```yaml\na: 1\n```\n",
    ):
        with pytest.raises(ValueError, match="no step"):
            steps(section)
    (edit, command) = steps("File `a.yml`:\n\n```yaml\na: 1\n```\n\n```sh exit=2\nx\n```\n\n```text\ny\n```\n")
    assert isinstance(edit, Edit)
    assert (edit.whole, edit.text) == ("a.yml", "a: 1\n")
    assert isinstance(command, tuple)
    assert (command[0].code, command[1] and command[1].text) == (2, "y\n")


def test_a_line_of_an_output_counts_only_as_a_line() -> None:
    assert missing_lines("rows loaded 5\nnext make run", "rows loaded     5 of 6\nnext      make run\n") == []
    assert missing_lines("rows loaded 5", "rows loaded 6\nrows quarantined 5\n") == ["rows loaded 5"]


def test_an_edit_of_a_file_that_is_not_as_the_guide_takes_it_to_be_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\ntwo\n")
    Edit("half\n", inside="a.txt", side="before", anchor="one").apply(tmp_path)
    Edit("and a half\n", inside="a.txt", side="after", anchor="one").apply(tmp_path)
    Edit("three\n", end="a.txt").apply(tmp_path)
    assert path.read_text() == "half\none\nand a half\ntwo\ntwo\nthree\n"
    for wrong in (
        Edit("x\n", whole="a.txt"),
        Edit("x\n", end="b.txt"),
        Edit("x\n", inside="a.txt", side="after", anchor="two"),
        Edit("x\n", inside="a.txt", side="after", anchor="four"),
    ):
        with pytest.raises(ValueError, match=r"[ab]\.txt"):
            wrong.apply(tmp_path)
