"""The documents say what is: places exist, links lead somewhere, commands run, quoted messages stand in the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

import pytest

from avainvarasto import home
from avainvarasto.release import activate, candidate
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic import canaries
from tests.architecture.documents import (
    RUN_IN_A_COPY,
    blocks,
    commands_and_outputs,
    documents,
    messages_of_the_code,
    missing_words,
    quoted_messages,
    relative_links,
    table_under,
    tracked,
    typed,
    workplace,
)
from tests.conftest import Night, run_night
from tests.deliveries import a_household_month, deliver

pytestmark = pytest.mark.architecture
README = PROJECT_ROOT / "README.md"
DOCS = PROJECT_ROOT / "docs"
RUNBOOKS = sorted((DOCS / "runbooks").glob("*.md"))
WITH_COMMANDS = [*sorted((DOCS / "guides").glob("*.md")), *RUNBOOKS]
# The others change the project itself and are followed in a copy of it (test_guides_in_a_copy.py).
RUN_HERE = [path for path in WITH_COMMANDS if path not in RUN_IN_A_COPY]
FIRST_RUN = DOCS / "guides" / "first-run.md"
CopyHome = Callable[[], Settings]


def name(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def listed_places() -> list[str]:
    return [row[0].strip("`") for row in table_under(README, "## Where is what")]


def test_the_readme_lists_every_top_level_entry_of_the_repository_and_no_other() -> None:
    top_level = {path.split("/")[0] for path in tracked()}
    listed = {place.rstrip("/") for place in listed_places() if "/" not in place.rstrip("/")}
    assert listed == top_level


def test_every_place_that_the_readme_lists_exists_and_is_listed_once() -> None:
    places = listed_places()
    assert [place for place in places if not (PROJECT_ROOT / place).exists()] == []
    assert [place for place in places if place.endswith("/") != (PROJECT_ROOT / place).is_dir()] == []
    assert len(places) == len(set(places))


def test_the_readme_is_one_page() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 100


def test_links_between_documents_lead_somewhere() -> None:
    dead = [
        f"{name(document)}: {link}"
        for document in documents()
        for link in relative_links(document)
        if not (document.parent / link).exists()
    ]
    assert dead == []


def test_every_guide_and_runbook_can_be_reached_from_the_readme() -> None:
    linked = {(README.parent / link).resolve() for link in relative_links(README)}
    assert [name(path) for path in WITH_COMMANDS if path not in linked] == []


def test_decisions_are_numbered_without_gaps_and_titled_with_their_number() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    assert [path.name for path in decisions if not path.read_text().startswith(f"# {path.name[:4]} ")] == []


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=name)
def test_a_runbook_quotes_messages_that_the_code_says(runbook: Path) -> None:
    said = messages_of_the_code()
    quoted = quoted_messages(runbook)
    assert quoted
    parts = [part.strip() for message in quoted for part in message.split("...") if len(part.strip()) > 3]
    assert [part for part in parts if not any(part in text for text in said)] == []


@pytest.mark.parametrize("document", [README, FIRST_RUN], ids=name)
def test_the_table_of_the_first_night_is_shown_as_it_is(document: Path, night: Night) -> None:
    (shown,) = [block.text for block in blocks(document) if "deliveries taken" in block.text]
    # Where the home is and how long it takes differs from machine to machine.
    lines = [line for line in shown.splitlines() if not line.startswith(("took", "release file"))]
    printed = [" ".join(line.replace("│", " ").split()) for line in night.output.splitlines()]
    assert [line for line in lines if " ".join(line.split()) not in printed] == []
    assert len(lines) == sum("│" in line for line in night.output.splitlines()) - 2


@pytest.mark.parametrize("document", WITH_COMMANDS, ids=name)
def test_only_what_serves_until_it_is_ended_is_not_run(document: Path) -> None:
    left_out = [block.text.strip() for block in blocks(document) if block.is_shell and not block.is_run]
    assert set(left_out) <= {"make serve"}


def with_a_refused_delivery(settings: Settings) -> None:
    period = (date(2019, 1, 1), date(2019, 1, 31))
    rows = [a_household_month(n, month=date(2019, 1, 1)) for n in range(10)]
    folder = deliver(settings, "kela_household_month", rows, delivery_id="2019-02-08T0200", period=period)
    (data,) = folder.glob("*.csv")
    data.write_bytes(data.read_bytes() + b"x")
    refused = run_night(settings.home)
    assert refused.code == 1, refused.output


def with_a_red_candidate(settings: Settings) -> None:
    import duckdb

    made = candidate.make_candidate(settings)
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("delete from kela_flow.funnel where cut <> 'year'")
    assert not candidate.judge_candidate(settings, "run").passed


def with_two_releases(settings: Settings) -> None:
    candidate.make_candidate(settings)
    candidate.judge_candidate(settings, "run")
    activate.activate(settings)


def with_a_key_that_others_may_read(settings: Settings) -> None:
    settings.person_key_file.chmod(0o644)


def with_a_request(settings: Settings) -> None:
    """What the two runbooks about codes find in the landing zone; the codes are of nobody."""
    requests = settings.landing / "_requests"
    requests.mkdir()
    one, other = (canary.identity_code for canary in list(canaries())[:2])
    (requests / "codes.txt").write_text(f"{one}\n")
    (requests / "changed.csv").write_text(f"old_code,new_code\n{one},{other}\n")


PREPARED: dict[str, Callable[[Settings], None]] = {
    "a-delivery-was-refused.md": with_a_refused_delivery,
    "a-check-is-red.md": with_a_red_candidate,
    "roll-back-a-release.md": with_two_releases,
    "the-key-file.md": with_a_key_that_others_may_read,
    "rotate-the-key.md": with_a_request,
    "forget-a-person.md": with_a_request,
}


@contextmanager
def trouble(document: Path, settings: Settings) -> Iterator[None]:
    """The state that a runbook is about."""
    PREPARED.get(document.name, lambda _settings: None)(settings)
    with home.run_lock(settings) if document.name == "a-run-is-in-progress.md" else nullcontext():
        yield


@pytest.mark.parametrize("document", RUN_HERE, ids=name)
def test_the_commands_of_a_document_run_and_show_what_it_says(
    document: Path, copied_home: CopyHome, tmp_path: Path
) -> None:
    settings = copied_home()
    place = workplace(tmp_path / "place", settings)
    found = list(commands_and_outputs(document))
    assert found, "a guide or runbook without a command"
    with trouble(document, settings):
        for block, shown in found:
            done = typed(block, place, settings)
            assert done.returncode == block.code, f"{block.text}\n{done.stdout}"
            if shown:
                assert missing_words(shown.text, done.stdout) == [], f"{block.text}\n{done.stdout}"


def test_the_checks_of_documents_find_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[gone](gone.md) [here](#there)\n\n```sh exit=1\nfalse\n```\n\n```text\nsome words\n```\n")
    assert relative_links(page) == ["gone.md"]
    ((block, shown),) = commands_and_outputs(page)
    assert (block.code, shown and shown.text) == (1, "some words\n")
    assert missing_words("some words r20260101T000000", "some other") == ["words"]
    assert not any("no code says this" in text for text in messages_of_the_code())
