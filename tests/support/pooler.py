"""A real PgBouncer between the shop and a database, for as long as a block runs.

Where it comes from, in this order: a program on this machine; Debian's or Ubuntu's package, unpacked into `.cache` without
installing anything. Without either a test fails and names the command that helps, as without PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from scripts.debian_packages import CannotUnpack, unpack
from tests.support.postgres import unprivileged

UNPACKED: Final = Path(__file__).parents[2] / ".cache" / "pgbouncer"


class NoPooler(Exception):
    """There is no PgBouncer and none could be made; the message names the command that helps."""


@contextmanager
def pooler_to(url: str, *, mode: str, server_connections: int = 4) -> Iterator[str]:
    """The address of the same database through a pooler as it is set up by default, but for its mode."""
    program = _program()
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory(prefix="retail-pooler-", dir="/tmp") as made, socket.socket() as free:
        folder = Path(made)
        folder.chmod(0o755)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        runnable = shutil.copy(program, folder / "pgbouncer")
        _copy_libraries(program, folder / "lib")
        (folder / "users.txt").write_text(f'"{parts.username}" "{parts.password or ""}"\n')
        (folder / "pgbouncer.ini").write_text(
            f"""
            [databases]
            * = host={parts.hostname} port={parts.port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = plain
            auth_file = {folder / "users.txt"}
            pool_mode = {mode}
            default_pool_size = {server_connections}
            server_round_robin = 1
            """.replace("            ", "")
        )
        account = unprivileged()
        become: dict[str, Any] = {}
        if account is not None:
            become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [runnable, folder / "pgbouncer.ini"],
                env={"PATH": os.defpath, "LD_LIBRARY_PATH": str(folder / "lib")},
                stdout=log,
                stderr=log,
                **become,
            )
        try:
            _wait_for(port, process, folder / "log")
            yield urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"))
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPooler(f"PgBouncer does not start: {log.read_text()[-1_000:]}") from None
            time.sleep(0.02)


def _program() -> Path:
    installed = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if installed:
        return Path(installed)
    unpacked = UNPACKED / "usr" / "sbin" / "pgbouncer"
    if not unpacked.exists():
        try:
            unpack(["pgbouncer"], UNPACKED)
        except CannotUnpack as reason:
            raise NoPooler(f"No PgBouncer for the tests ({reason}). Run `apt-get install pgbouncer` as root.") from reason
    return unpacked


def _copy_libraries(program: Path, folder: Path) -> None:
    """Those that were unpacked with it, to where another account may read them: the project may lie where it may not."""
    folder.mkdir()
    root = program.parents[2]
    for library in () if root == Path("/") else root.glob("usr/lib/*-linux-*/*.so*"):
        shutil.copy(library, folder / library.name)
