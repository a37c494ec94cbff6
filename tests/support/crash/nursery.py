"""Servers and workers that are born fast and killed without warning: forks of a process that has loaded all code."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from retail_entrypoints.cli.main import main

SERVER: Final = "server"
WORKER: Final = "worker"


@frozen(kw_only=True)
class Part:
    """What a process is: a server on its port, or a worker; its settings, and the file for its journal."""

    role: str
    environ: Mapping[str, str]
    journal: str
    port: int = 0


class Nursery:
    """Starts and kills processes; only those it has started."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_tend, args=(theirs,), daemon=False)
        self._process.start()
        self._turn = threading.Lock()

    async def born(self, part: Part) -> int:
        """A new process of this sort; its id."""
        return int(await asyncio.to_thread(self._asked, ("born", part)))

    async def killed(self, pid: int) -> bool:
        """That process is killed; False when it had ended by itself."""
        return bool(await asyncio.to_thread(self._asked, ("killed", pid)))

    async def lives(self, pid: int) -> bool:
        """Whether that process has not ended by itself."""
        return bool(await asyncio.to_thread(self._asked, ("lives", pid)))

    def dismiss(self) -> None:
        """Kill whoever is left, and end."""
        self._asked(("over", None))
        self._process.join(10)

    def _asked(self, wish: tuple[str, Any]) -> Any:
        with self._turn:
            self._line.send(wish)
            return self._line.recv()


@contextlib.contextmanager
def a_nursery() -> Iterator[Nursery]:
    """A nursery until the end of the block."""
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.dismiss()


def _tend(line: Any) -> None:
    from retail_entrypoints.http import serving  # noqa: F401 - loaded once, before the first fork

    children: set[int] = set()
    while True:
        try:
            wish, given = line.recv()
        except EOFError:
            wish, given = "over", None
        if wish == "born":
            line.send(_born(given, children))
        elif wish == "lives":
            line.send(os.waitid(os.P_PID, given, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None)
        elif wish == "killed":
            line.send(_killed(given, children))
        else:
            for child in tuple(children):
                _killed(child, children)
            with contextlib.suppress(OSError):
                line.send(None)
            return


def _born(part: Part, children: set[int]) -> int:
    child = os.fork()
    if child == 0:
        _live(part)
    children.add(child)
    return child


def _killed(child: int, children: set[int]) -> bool:
    children.discard(child)
    os.kill(child, signal.SIGKILL)  # not reaped yet, so the id is still its own
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _live(part: Part) -> None:
    try:
        journal = os.open(part.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(journal, 1)
        os.dup2(journal, 2)
        os.environ.update(part.environ)
        # granian would start a process of its own, which takes long
        main(["serve", "--server", "uvicorn", "--port", str(part.port)] if part.role == SERVER else ["worker"])
    except SystemExit as end:
        os._exit(int(end.code or 0) if isinstance(end.code, int | None) else 1)
    except BaseException:
        traceback.print_exc()
    os._exit(1)
