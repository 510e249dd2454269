"""A throw-away PostgreSQL server on a free loopback port, from whatever programs the machine has."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS = 5
"""An immediate shutdown takes milliseconds; a file that stays is removed with its folder."""


def programs() -> Path:
    """The folder with initdb and pg_ctl."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise RuntimeError("PostgreSQL's programs are missing: scripts/test_tools.sh installs them")
    return Path(on_path).parent if on_path else found[-1].parent


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database; the server ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="burnline-pg-"))
    data, port = folder / "data", free_port()
    if os.geteuid() == 0:
        os.chown(folder, *_unprivileged())
    try:
        _call("initdb", "-D", str(data), "-U", "burnline", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off"
        _call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://burnline@127.0.0.1:{port}/postgres"
        finally:
            _stop(data / "postmaster.pid")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(pid_file: Path) -> None:
    """By signal: another program as another user would need a fork, for which a test's process may be too large."""
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
    deadline = time.monotonic() + STOP_SECONDS
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _unprivileged() -> tuple[int, int]:
    user = pwd.getpwnam("nobody")
    return user.pw_uid, user.pw_gid


def _call(program: str, *arguments: str) -> None:
    """PostgreSQL refuses to run as root, so root lends it the user `nobody`."""
    ids = dict(zip(("user", "group"), _unprivileged(), strict=True)) if os.geteuid() == 0 else {}
    done = subprocess.run(
        [str(programs() / program), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/tmp",
        env={**os.environ, "HOME": "/tmp"},
        check=False,
        **ids,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr.strip()}")
