"""`python -m dagster_project.serve`: the dashboards and the orchestrator's page on this machine, until Ctrl-C.

Belongs here: which processes make up a served Avainvarasto and how they end. Does not: how Superset is prepared or
its assets applied (avainvarasto.superset).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from avainvarasto.errors import AvainvarastoError, ReleaseRefused
from avainvarasto.settings import PREFIX, Settings, load_settings
from avainvarasto.superset import server
from dagster_project.instance import prepare_instance

DASHBOARD_PATH = "/superset/dashboard/{slug}/"


@dataclass(frozen=True)
class Served:
    """What runs, by the name that messages use, and where a reader finds it."""

    superset: server.Server
    dashboards: tuple[str, ...]
    dagster_url: str | None
    processes: Mapping[str, subprocess.Popen[bytes]]


@contextlib.contextmanager
def serving(settings: Settings, *, start_dagster: bool = True) -> Iterator[Served]:
    """Start everything; on leaving, for whatever reason, end everything that was started.

    Raises:
        ReleaseRefused: there is no active release.
        SupersetRefused: Superset did not come up or did not take the assets.
    """
    if not (settings.release / "current.duckdb").is_file():
        raise ReleaseRefused(
            str(settings.release / "current.duckdb"),
            "there is no active release yet",
            consequence="Nothing was started: there would be nothing to show.",
            remedy="make one with `make run`, then `make serve`",
        )
    from avainvarasto.superset.apply import apply
    from avainvarasto.superset.client import Client

    with contextlib.ExitStack() as stack:
        superset = server.start(settings)
        stack.callback(superset.stop)
        applied = apply(settings, Client(superset.url, superset.user, superset.password))
        processes = {"Superset": superset.process}
        dagster_url = None
        if start_dagster:
            port = server.free_port(settings.dagster_port)
            for name, process in _start_dagster(settings, port, stack):
                processes[name] = process
            dagster_url = f"http://{server.HOST}:{port}"
        yield Served(superset, tuple(applied.rows), dagster_url, processes)


def _start_dagster(
    settings: Settings, port: int, stack: contextlib.ExitStack
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    prepare_instance(settings)
    settings.logs.mkdir(parents=True, exist_ok=True)
    scripts = Path(sys.executable).parent
    module = ("-m", "dagster_project.definitions")
    commands = {
        "dagster-webserver": [
            str(scripts / "dagster-webserver"),
            *module,
            *("-h", server.HOST, "-p", str(port)),
        ],
        "dagster-daemon": [str(scripts / "dagster-daemon"), "run", *module],
    }
    environment = os.environ | {
        "DAGSTER_HOME": str(settings.dagster_home.absolute()),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        f"{PREFIX}HOME": str(settings.home.absolute()),
    }
    for name, command in commands.items():
        with (settings.logs / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=settings.project_root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        stack.callback(server.stop_group, process)
        yield name, process


def announce(settings: Settings, served: Served) -> str:
    """What the terminal shows: addresses, account, and how to end."""
    addresses = (served.superset.url + DASHBOARD_PATH.format(slug=slug) for slug in served.dashboards)
    lines = [f"{'' if number else 'Dashboards':14}{address}" for number, address in enumerate(addresses)]
    if not served.superset.url.endswith(f":{settings.superset_port}"):
        lines.append(f"              (port {settings.superset_port} was taken)")
    lines.append(f"  user        {served.superset.user}")
    lines.append(f"  password    {served.superset.password}   (new at each start, stored nowhere)")
    if served.dagster_url is not None:
        lines.append(f"Orchestrator  {served.dagster_url}")
        if not served.dagster_url.endswith(f":{settings.dagster_port}"):
            lines.append(f"              (port {settings.dagster_port} was taken)")
    lines.append("Ctrl-C ends all of it.")
    return "\n".join(lines)


def main(settings: Settings | None = None, *, start_dagster: bool = True) -> int:
    """Serve until Ctrl-C or SIGTERM (code 0), or until a part ends by itself (code 1)."""
    # SIGTERM ends like Ctrl-C, so that both take the road that stops the children; a shell that started this in the
    # background has Ctrl-C's signal ignored.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    try:
        settings = settings or load_settings()
        print("Starting Superset (about half a minute) ...", flush=True)
        with serving(settings, start_dagster=start_dagster) as served:
            print(announce(settings, served), flush=True)
            name = _wait_for_an_end(served.processes)
            _ignore_further_signals()
            print(f"{name} ended by itself; its log is under {settings.home}. Stopping the rest.", file=sys.stderr)
            return 1
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
        return 0
    except AvainvarastoError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _wait_for_an_end(processes: Mapping[str, subprocess.Popen[bytes]]) -> str:
    try:
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.5)
    except KeyboardInterrupt:
        _ignore_further_signals()
        raise


def _ignore_further_signals() -> None:
    """A second Ctrl-C must not leave a process behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
