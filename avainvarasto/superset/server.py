"""One Superset on the loopback address: prepare its metadata, start it, wait until it answers, stop it by its process.

The administrator gets a new random password at each start; it is printed once by the caller and stored nowhere.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.errors import SupersetRefused
from avainvarasto.settings import PREFIX, Settings

HOST = "127.0.0.1"
USER = "admin"
PREPARE_SECONDS = 300
START_SECONDS = 120
STOP_SECONDS = 15


@dataclass(frozen=True)
class Server:
    """A running Superset with the administrator's account."""

    url: str
    user: str
    password: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server and the processes that it started."""
        stop_group(self.process)


def free_port(preferred: int) -> int:
    """`preferred`, or the next port of the loopback address that nobody holds.

    Raises:
        SupersetRefused: none of the next hundred is free.
    """
    for port in range(preferred, min(preferred + 100, 65536)):
        with socket.socket() as probe:
            # As servers do: a port whose last connections are still closing counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise SupersetRefused(
        f"{HOST}:{preferred}",
        "this port and the next hundred are taken",
        consequence="Nothing was started.",
        remedy=f"stop what holds them or set {PREFIX}SUPERSET_PORT",
    )


def start(settings: Settings, *, port: int | None = None) -> Server:
    """Prepare and start Superset; returns when it answers.

    Args:
        settings: home directory, port and Superset's environment.
        port: used as it is; without it the setting's port or the next free one.

    Raises:
        SupersetRefused: the environment is missing, or Superset did not come up; the log says why.
    """
    python = settings.superset_venv / "bin" / "python"
    if not python.is_file():
        raise SupersetRefused(
            str(settings.superset_venv),
            "Superset's environment is missing",
            consequence="Superset was not started.",
            remedy="make it with `make serve`",
        )
    home = settings.superset_home
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    _secret_key(home / "secret.key")
    password = secrets.token_urlsafe(18)
    _prepare(settings, python, password)
    port = port or free_port(settings.superset_port)
    process = _launch(settings, port)
    try:
        _wait_until_healthy(process, port, home / "server.log")
    except BaseException:
        stop_group(process)
        raise
    return Server(f"http://{HOST}:{port}", USER, password, process)


def _secret_key(path: Path) -> None:
    """Make the key at the first start; a key that others can read is refused."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise SupersetRefused(
                str(path),
                "can be read by others",
                consequence="Superset was not started: whoever knows the key can sign sessions.",
                remedy="delete the file; a new key is made, and everybody logs in again",
            ) from None
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))


def environment(settings: Settings) -> dict[str, str]:
    """The processes' environment: nothing of this project but its home, so that no key file is named there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name != "PYTHONPATH"}
    return kept | {
        f"{PREFIX}HOME": str(settings.home.absolute()),
        "SUPERSET_CONFIG_PATH": str(settings.project_root / "superset" / "superset_config.py"),
        "SCARF_ANALYTICS": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _prepare(settings: Settings, python: Path, password: str) -> None:
    log = settings.superset_home / "prepare.log"
    script = settings.project_root / "superset" / "prepare.py"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(python), str(script)],
            cwd=settings.superset_home,
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.communicate(password.encode("ascii") + b"\n", timeout=PREPARE_SECONDS)
        except BaseException:
            stop_group(process)
            raise
    if process.returncode != 0:
        raise _did_not_start(log, f"preparing Superset's metadata ended with code {process.returncode}")


def _launch(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    # One process with threads: the metadata is an SQLite file, and filters are kept in the process's memory.
    command = [
        str(settings.superset_venv / "bin" / "gunicorn"),
        *("--bind", f"{HOST}:{port}"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8"),
        *("--timeout", "120", "--graceful-timeout", "5", "--no-control-socket"),
        "superset.app:create_app()",
    ]
    with (settings.superset_home / "server.log").open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=settings.superset_home,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _did_not_start(log, f"Superset ended with code {process.returncode}")
        # Until the port is open the connection is refused; that is the waiting.
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            opener.open(f"http://{HOST}:{port}/health", timeout=5) as answer,
        ):
            if answer.status == 200 and process.poll() is None:
                return
        time.sleep(0.3)
    raise _did_not_start(log, f"Superset did not answer within {START_SECONDS} seconds")


def _did_not_start(log: Path, problem: str) -> SupersetRefused:
    return SupersetRefused(
        str(log), problem, consequence="No dashboard is served.", remedy="read the end of this log; it names the cause"
    )


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, and its children: politely, then by force."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        if not _group_lives(process.pid):
            return


def _group_lives(group: int) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
