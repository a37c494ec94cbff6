"""Server processes of our own: the shop as `retail serve` starts it, and a bare Litestar on the same server."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

from benchmarks.machine import PROJECT
from benchmarks.processes import cpu_seconds, resident_bytes
from retail_entrypoints.cli.running import SERVERS
from tests.support.servers import a_free_port

PATIENCE_SECONDS: Final = 60
DEFAULT: Final = SERVERS[0]
SOURCES: Final = ("src", "src/adapters", "src/entrypoints")
BARE: Final = "benchmarks.bare:application"


@frozen
class Server:
    """A running server."""

    port: int
    process: int
    seconds_to_first_answer: float

    def cpu_seconds(self) -> float:
        """What all its processes have spent so far."""
        return cpu_seconds(self.process)

    def resident_bytes(self) -> int:
        """The memory of all its processes."""
        return resident_bytes(self.process)


@contextmanager
def shop(database: str, kind: str, *, workers: int = 1, root: Path = PROJECT, **settings: str) -> Iterator[Server]:
    """`retail serve` on that database, as it is shipped; `root` is another tree of this project."""
    environ = {"RETAIL_DATABASE_URL": database, **settings}
    port = a_free_port()
    words = ["serve", "--port", str(port), "--server", kind, "--workers", str(workers)]
    command = [sys.executable, "-m", "retail_entrypoints.cli", *words]
    with _running(command, {**environment(root), **environ}, port, "/health/ready") as server:
        yield server


@contextmanager
def bare(kind: str, *, workers: int = 1) -> Iterator[Server]:
    """A Litestar application without a shop, started by the same code as `retail serve`."""
    port = a_free_port()
    program = (
        f"from retail_entrypoints.cli import running; running.APPLICATION = {BARE!r}; "
        f"running.serve_http('127.0.0.1', {port}, {workers}, {kind!r})"
    )
    with _running([sys.executable, "-c", program], environment(PROJECT), port, "/bare/small") as server:
        yield server


def environment(root: Path) -> dict[str, str]:
    """This process's environment without a shop's settings, in which Python finds the code of that tree before any other."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RETAIL_")}
    paths = [root, *(root / source for source in SOURCES)]
    return {**ours, "PYTHONPATH": os.pathsep.join(map(str, paths))}


@contextmanager
def _running(command: Sequence[str], environ: Mapping[str, str], port: int, path: str) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environ, cwd=PROJECT,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_answered(process, port, path)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_answered(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        if process.poll() is not None:
            raise ServerEnded(f"the server ended with exit code {process.returncode} before it answered")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.01)
    raise ServerEnded("the server did not answer in time")


class ServerEnded(Exception):
    """A server of the benchmark is not there."""
