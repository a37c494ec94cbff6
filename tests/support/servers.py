"""Server processes as they are shipped: granian and uvicorn, each with a journal one can read and a memory one can look at."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
from attrs import frozen

_PROJECT: Final = Path(__file__).parents[2]
ROOTS: Final = os.pathsep.join(str(_PROJECT / part) for part in (".", "src", "src/adapters", "src/entrypoints"))
PATIENCE_SECONDS: Final = 120
_SERVE: Final = "from retail_entrypoints.cli.running import serve_http; serve_http('127.0.0.1', {port}, 1, '{kind}')"


@frozen
class Process:
    """A process of the shop and its children."""

    running: subprocess.Popen[bytes]
    journal: Path

    @property
    def pids(self) -> tuple[int, ...]:
        """Of itself and its children."""
        found = [self.running.pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has just ended
                continue
            if parent in found:
                found.append(int(stat.parent.name))
        return tuple(found)

    @property
    def peak_kilobytes(self) -> int:
        """The most memory any of them ever had."""
        return max(_peak_of(pid) for pid in self.pids)

    def end(self) -> int:
        """Ask it to end; its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(PATIENCE_SECONDS)


def _peak_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


@frozen
class Server(Process):
    """A server process and where it listens."""

    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        """Its socket."""
        return ("127.0.0.1", self.port)

    def is_up(self, path: str = "/health/ready") -> bool:
        """Whether it says that all is well."""
        try:
            return httpx2.get(self.url + path, timeout=PATIENCE_SECONDS).status_code == 200
        except httpx2.TransportError:
            return False


def a_free_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def a_process(environ: Mapping[str, str], command: Sequence[str], journal: Path) -> Iterator[Process]:
    """A command in a process of its own, whose words go to a file; ended at the end."""
    ours = {"PATH": os.environ["PATH"], "PYTHONPATH": ROOTS, **environ}
    with journal.open("wb") as told:
        running = subprocess.Popen([sys.executable, *command], env=ours, stdout=told, stderr=subprocess.STDOUT)
        try:
            yield Process(running, journal)
        finally:
            if running.poll() is None:
                running.terminate()
                try:
                    running.wait(PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()


@contextmanager
def a_server(
    kind: str, environ: Mapping[str, str], journal: Path, path: str = "/health/ready", port: int | None = None
) -> Iterator[Server]:
    """The shop's server, ready; `kind` is one of `retail_entrypoints.cli.running.SERVERS`."""
    port = port or a_free_port()
    program = _SERVE.format(port=port, kind=kind)
    with a_process(environ, ["-c", program], journal) as process:
        server = Server(process.running, journal, port)
        patience = time.monotonic() + PATIENCE_SECONDS
        while not server.is_up(path):
            assert process.running.poll() is None, journal.read_text()
            assert time.monotonic() < patience, "the server did not open"
            time.sleep(0.1)
        yield server
