"""A PostgreSQL server of our own, for as long as the tests run (DOR-R7).

Where it comes from, in this order: the server named by `RETAIL_TEST_POSTGRES`; server programs on this machine; Debian's
or Ubuntu's packages, unpacked into `.cache` without installing anything. A cluster of the system is never touched and a
missing server never skips a test: it fails with the command to run.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import pwd
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from attrs import field, frozen

from scripts.debian_packages import CannotUnpack, unpack

UNPACKED: Final = Path(__file__).parents[2] / ".cache" / "postgresql"

SETTINGS: Final = {
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_connections": "200",
    "max_parallel_workers_per_gather": "0",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "autovacuum_naptime": "5s",
}

DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "wal_level": "replica", "max_connections": "100"}
"""As in production: what was committed outlives the server."""
FOLLOWED: Final = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
"""Others may copy it and follow it."""
NOTHING_ELSE: Final[Mapping[str, str]] = {}

# The server must not outlive the tests, however they end: they hold a pipe open, and when that closes, it goes.
# The word `again` on that pipe stops the server on the spot, as a crash would, and starts it again.
SUPERVISOR: Final = """
exec 3<&0 >"$FOLDER/log" 2>&1
cd "$FOLDER"
if eval "$INITDB"; then
    word=again
    while [ "$word" = again ]; do
        "$@" 3<&- &
        server=$!
        { read -r word <&3; echo "${word:-stop}" >word; kill -QUIT $server; } &
        wait $server
        word=$(cat word 2>/dev/null || echo stop)
        rm -f word
    done
fi
echo >"$FOLDER/ended"
read -r _ <&3
rm -rf "$FOLDER"
"""


class NoPostgres(Exception):
    """There is no PostgreSQL server and none could be made; the message names the command that helps."""


@frozen
class Postgres:
    """A running server on which the tests may do anything."""

    admin_url: str
    process: int | None = None  # of our own servers: the process above all of its processes
    _names: Iterator[int] = field(factory=itertools.count, repr=False)
    _prefix: str = field(factory=lambda: f"retail_test_{secrets.token_hex(4)}", repr=False)

    def url(self, database: str) -> str:
        """The address of a database on this server, for any process on this machine."""
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{database}"))

    def create(self, *, template: str = "template0") -> str:
        """Make a database, empty or a copy of another, and tell its name."""
        name = f"{self._prefix}_{next(self._names)}"
        in_own_loop(_copy(self.admin_url, name, template))
        return name

    def drop(self, database: str) -> None:
        """Throw a database away, whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement as the owner of the server."""
        in_own_loop(_execute(self.admin_url, statement))


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server until the end of the block: the one of `RETAIL_TEST_POSTGRES`, or one of our own."""
    given = os.environ.get("RETAIL_TEST_POSTGRES")
    if given:
        yield Postgres(given)
        return
    with own_postgres() as server:
        yield server


@contextlib.contextmanager
def own_postgres(*, above: Path | None = None, settings: Mapping[str, str] = NOTHING_ELSE) -> Iterator[Postgres]:
    """A server of our own, whatever is given: in a new folder in memory, or above a disk, with settings that differ."""
    server = _start(server_programs(), _Wishes(above, settings), tries=3)
    try:
        yield Postgres(server.url, server.supervisor.pid)
    finally:
        server.stop()


@contextlib.contextmanager
def stand_by_of(leader: Postgres) -> Iterator[Postgres]:
    """A server that was copied from a leader and follows it, read by everybody and written by nobody until it is promoted.

    The leader has the settings `FOLLOWED`. Databases have the same names on both.
    """
    server = _start(server_programs(), _Wishes(None, FOLLOWED, leader.admin_url), tries=3)
    try:
        yield Postgres(server.url, server.supervisor.pid)
    finally:
        server.stop()


@contextlib.contextmanager
def fresh_database(server: Postgres, *, template: str = "template0") -> Iterator[str]:
    """The address of a database that exists until the end of the block."""
    database = server.create(template=template)
    try:
        yield server.url(database)
    finally:
        server.drop(database)


@contextlib.contextmanager
def mortal_postgres() -> Iterator[tuple[Postgres, Callable[[], None]]]:
    """A durable server of our own, and how to crash it: it is stopped on the spot, started again, and has recovered."""
    server = _start(server_programs(), _Wishes(None, DURABLE), tries=3)
    try:
        yield Postgres(server.url), server.crash
    finally:
        server.stop()


def migrate(url: str) -> None:
    """Bring an empty database to the newest schema, as `retail db upgrade` does.

    In a thread of its own, since migrations run a loop of their own and whoever asks may be inside one.
    """
    from retail_adapters.sql import migrations  # here, so that tests of the domain do not load SQLAlchemy

    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrations.upgrade, url).result()


def server_programs() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    found = _installed_programs() or _unpacked_programs()
    if found is None:
        try:
            unpack(["postgresql"], UNPACKED, wanted=_is_needed)
        except CannotUnpack as reason:
            raise NoPostgres(
                f"No PostgreSQL server for the tests ({reason}). Run `apt-get install postgresql` as root, or set "
                "RETAIL_TEST_POSTGRES=postgresql://user:password@host:port/postgres, a role that may create databases."
            ) from reason
        found = _unpacked_programs()
    if found is None:
        raise NoPostgres(f"The packages below {UNPACKED} hold no server; remove that folder and try again.")
    return found


def in_own_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, whether or not this thread has a running loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@frozen
class _Wishes:
    above: Path | None
    settings: Mapping[str, str]
    copy_of: str | None = None  # the address of the server that it is a copy of and follows


@frozen
class _Server:
    url: str
    folder: Path
    supervisor: subprocess.Popen[bytes]

    def stop(self) -> None:
        assert self.supervisor.stdin is not None
        self.supervisor.stdin.close()
        self.supervisor.wait(timeout=60)

    def crash(self) -> None:
        """Stop it on the spot (F2); returns once it has recovered and answers."""
        before = self._pid()
        assert self.supervisor.stdin is not None
        self.supervisor.stdin.write(b"again\n")
        self.supervisor.stdin.flush()
        deadline = time.monotonic() + 60
        while self._pid() in (before, "") and time.monotonic() < deadline:
            time.sleep(0.02)
        if not _answers(self):
            raise NoPostgres(f"The PostgreSQL server did not come back: {(self.folder / 'log').read_text()[-2_000:]}")

    def _pid(self) -> str:
        try:
            return (self.folder / "data" / "postmaster.pid").read_text().partition("\n")[0]
        except OSError:
            return ""


def _start(programs: Path, wishes: _Wishes, *, tries: int) -> _Server:
    account = unprivileged()
    folder = _folder_for(account) if wishes.above is None else Path(tempfile.mkdtemp(prefix="retail-pg-", dir=wishes.above))
    programs = _reachable(programs, account, folder)
    password, port = secrets.token_urlsafe(16), _free_port()
    (folder / "password").write_text(password)
    _give(folder, account)
    environment = _environment(programs, folder)
    address = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    settings = {**SETTINGS, **wishes.settings, **address}
    make: list[Any] = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--pwfile", folder / "password"]
    make += ["--auth=password", "--encoding=UTF8", "--no-locale", "--no-sync"]
    if wishes.copy_of is not None:
        password = urlsplit(wishes.copy_of).password or ""
        make = [programs / "pg_basebackup", "-D", folder / "data", "-d", wishes.copy_of, "-R", "-c", "fast", "--no-sync"]
    postgres = [str(programs / "postgres"), "-D", str(folder / "data")]
    postgres += [f"--{name}={value}" for name, value in settings.items()]
    become: dict[str, Any] = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    supervisor = subprocess.Popen(
        ["/bin/sh", "-c", SUPERVISOR, "sh", *postgres],
        cwd=folder,
        env=environment | {"INITDB": shlex.join(map(str, make))},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **become,
    )
    server = _Server(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", folder, supervisor)
    if _answers(server):
        return server
    told = (folder / "log").read_text()
    server.stop()
    if tries > 1:  # another process may have taken the free port first
        return _start(programs, wishes, tries=tries - 1)
    raise NoPostgres(f"The PostgreSQL server did not start: {told.strip()}")


def _answers(server: _Server) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (server.folder / "ended").exists():
        try:
            in_own_loop(_execute(server.url, "SELECT 1"))
        except (OSError, asyncpg.PostgresError):
            time.sleep(0.05)
        else:
            return True
    return False


async def _copy(url: str, name: str, template: str) -> None:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        how = " STRATEGY FILE_COPY" if connection.get_server_version().major >= 15 else ""  # half the time where fsync is off
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{how}')
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _installed_programs() -> Path | None:
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        candidates.append(Path(told))
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    return next((folder for folder in candidates if _is_complete(folder)), None)


def _unpacked_programs() -> Path | None:
    candidates = sorted(UNPACKED.glob("usr/lib/postgresql/*/bin"), key=_major, reverse=True)
    return next((folder for folder in candidates if _is_complete(folder)), None)


def _major(programs: Path) -> int:
    return int(programs.parent.name) if programs.parent.name.isdigit() else 0


def _is_complete(programs: Path) -> bool:
    return all(os.access(programs / name, os.X_OK) for name in ("initdb", "postgres"))


def _is_needed(package: str) -> bool:
    if package.startswith("lib"):
        return not re.match(r"libllvm|libperl|libz3|lib.*-perl$", package)
    return re.fullmatch(r"postgresql-(client-)?\d+", package) is not None


def unprivileged() -> pwd.struct_passwd | None:
    """The account for the server when we are root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    if not known.keys() & {"postgres", "nobody"}:
        raise NoPostgres("PostgreSQL does not run as root and there is no user `nobody`: run the tests as another user.")
    return known.get("postgres") or known["nobody"]


def _folder_for(account: pwd.struct_passwd | None) -> Path:
    """A new folder for the server, in memory where there is room."""
    shared = Path("/dev/shm")
    if shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 1 << 30:
        return Path(tempfile.mkdtemp(prefix="retail-pg-", dir=shared))
    folder = Path(tempfile.mkdtemp(prefix="retail-pg-"))
    if account is None or _may(account, "-x", folder.parent):
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="retail-pg-", dir="/tmp"))


def _reachable(programs: Path, account: pwd.struct_passwd | None, folder: Path) -> Path:
    """The programs where the account can run them: below a closed home folder it cannot, so it gets a copy."""
    if account is None or _may(account, "-x", programs / "postgres"):
        return programs
    copy = folder / "programs"
    shutil.copytree(UNPACKED, copy, symlinks=True)
    return copy / programs.relative_to(UNPACKED)


def _may(account: pwd.struct_passwd, how: str, path: Path) -> bool:
    asked = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", how, str(path)]
    answer = subprocess.run(asked, user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", check=False)
    return answer.returncode == 0


def _give(folder: Path, account: pwd.struct_passwd | None) -> None:
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _environment(programs: Path, folder: Path) -> dict[str, str]:
    root = next((parent for parent in programs.parents if parent.name == "usr"), programs)
    libraries = sorted({str(file.parent) for file in (root / "lib").glob("*-linux-*/*.so*")}) if root != Path("/usr") else []
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LD_LIBRARY_PATH": ":".join([*libraries, os.environ.get("LD_LIBRARY_PATH", "")]).strip(":"),
        "LC_ALL": "C",
        "TZ": "GMT",
        "FOLDER": str(folder),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
