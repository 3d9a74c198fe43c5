"""A PostgreSQL server of its own for one benchmark: a new cluster in a folder, on a socket there and no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# As a data mart of this size would be set up on two cores and 4 GB.
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "1GB",
    "work_mem": "512MB",
    "max_parallel_workers_per_gather": "1",
    "synchronous_commit": "off",
    "max_wal_size": "4GB",
}


def is_installed() -> bool:
    return all(shutil.which(program) for program in ("initdb", "pg_ctl", "psql"))


class Server:
    """Runs SQL through psql as the cluster's owner; PostgreSQL refuses to be root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def run(self, *command: str) -> str:
        made = subprocess.run(
            command, cwd=self.folder, user=self.owner, capture_output=True, text=True, check=False, env=os.environ
        )
        if made.returncode:
            raise SystemExit(f"{command[0]}: {made.stderr[-2000:]}")
        return made.stdout

    def sql(self, *statements: str) -> str:
        commands = [part for statement in statements for part in ("-c", statement)]
        options = ("-h", str(self.folder), "-U", self.owner, "-v", "ON_ERROR_STOP=1", "-qAt")
        return self.run("psql", *options, "-d", "postgres", *commands)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server in the folder, stopped at the end."""
    folder.mkdir(parents=True)
    server = Server(folder)
    shutil.chown(folder, user=server.owner)
    server.run("initdb", "-D", str(folder / "data"), "-A", "trust", "-E", "UTF8", "--locale=C")
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    start = ("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"))
    server.run(*start, "-o", f"-k {folder} {options}", "start")
    try:
        yield server
    finally:
        server.run("pg_ctl", "-D", str(folder / "data"), "-m", "fast", "stop")
