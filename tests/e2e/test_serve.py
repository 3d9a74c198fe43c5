"""The serve command: what it starts it ends, and its password is new at each start."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from avainvarasto.errors import ReleaseRefused, SupersetRefused
from avainvarasto.settings import Settings
from avainvarasto.superset.client import Client
from avainvarasto.superset.server import HOST, free_port
from dagster_project.serve import main, serving
from tests.e2e.terminal import FirstStart, Terminal, processes_of

pytestmark = pytest.mark.e2e


def test_ctrl_c_ends_everything_that_was_started(first_start: FirstStart) -> None:
    # The command itself, the server and its worker at least.
    assert len(first_start.processes_while_serving) >= 3
    assert first_start.exit_code == 0
    assert first_start.processes_after == []


def test_the_orchestrator_offers_the_nightly_job_and_its_schedule(first_start: FirstStart) -> None:
    assert {"nightly", "every_night"} <= set(first_start.jobs)


def test_the_password_of_an_earlier_start_no_longer_opens(first_start: FirstStart, served: Terminal) -> None:
    assert served.password != first_start.password
    Client(served.url, served.user, served.password).get("dashboard/kela-kunta")
    with pytest.raises(SupersetRefused, match="login of 'admin' failed") as refusal:
        Client(served.url, served.user, first_start.password)
    assert first_start.password not in str(refusal.value)


def test_superset_listens_on_this_machine_only(served: Terminal, released_home: Settings) -> None:
    port = int(served.url.rsplit(":", 1)[1])
    addresses = set()
    for table, width in (("/proc/net/tcp", 8), ("/proc/net/tcp6", 32)):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if local.endswith(f":{port:04X}") and state == "0A":
                addresses.add(local[:width])
    assert addresses == {"0100007F"}
    assert processes_of(released_home.home)


def test_no_password_is_kept_on_disk(served: Terminal, released_home: Settings) -> None:
    files = [path for path in released_home.superset_home.rglob("*") if path.is_file()]
    assert {"metadata.db", "server.log", "prepare.log"} <= {path.name for path in files}
    assert not [path.name for path in files if served.password.encode() in path.read_bytes()]


@pytest.mark.bite
def test_without_a_release_serve_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(ReleaseRefused, match="make run"), serving(settings):
        pytest.fail("something was served")
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert main(settings) == 1
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
    assert "there is no active release yet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_gives_the_next_one() -> None:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert free_port(taken) > taken


@pytest.mark.bite
def test_a_password_is_never_sent_unencrypted_to_another_machine() -> None:
    with pytest.raises(SupersetRefused, match="plain http to another machine"):
        Client("http://superset.example.org", "admin", "a-password")
