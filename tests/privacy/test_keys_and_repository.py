"""The key of a home is closed to others, and no committed file holds an identity code that a person could have."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from avainvarasto.settings import PROJECT_ROOT
from tests.conftest import Night
from tests.e2e.terminal import demand
from tests.privacy.leak_needles import valid_codes

pytestmark = pytest.mark.privacy

# Individual numbers from 900 on are temporary: nobody has such a code for life. Why another may stand in a file:
PUBLISHED = {
    ("tests/unit/test_pseudonymise.py", "131052-308T"): "the example of the authority that issues the codes",
    ("tests/privacy/test_keys_and_repository.py", "131052-308T"): "this list",
}


def committed_files() -> list[Path]:
    demand((PROJECT_ROOT / ".git").exists(), "not a checkout: what is committed cannot be listed")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in listed.stdout.split("\0") if name and (PROJECT_ROOT / name).is_file()]


def lifelong_codes(data: bytes) -> set[str]:
    return {code for code, _at in valid_codes(data) if int(code[7:10]) < 900}


def test_no_committed_file_holds_a_code_that_a_person_could_have() -> None:
    files = committed_files()
    assert len(files) > 100
    found = {(file.as_posix(), code) for file in files for code in lifelong_codes((PROJECT_ROOT / file).read_bytes())}
    # Both ways: an exception that is no longer needed goes.
    assert found ^ {exception for exception in PUBLISHED if Path(exception[0]) in files} == set()


def test_a_code_that_a_person_could_have_is_seen_in_any_spelling() -> None:
    code = "131052-308T"
    for text in (code, code.lower(), f"id={code};", code.replace("-", "\u2212"), f"käyttäjä {code}."):
        assert lifelong_codes(text.encode()) == {code}
    for text in ("131052-308U", "310252-308Y", "290200-101P", "010594Y9021", f"9{code}", f"{code}7"):
        assert lifelong_codes(text.encode()) == set()


def test_the_keys_of_a_home_are_readable_by_their_owner_only(night: Night) -> None:
    folder = night.settings.keys
    assert folder.stat().st_mode & 0o777 == 0o700
    with_content = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    assert night.settings.person_key_file in with_content
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in with_content} == {
        path.name: "0o400" for path in with_content
    }
