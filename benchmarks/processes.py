"""What processes cost, as Linux tells it in /proc: processor seconds and memory of a process and all below it."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import Final

from attrs import frozen

PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_KIB: Final = 1024
_CLOCK_OF_PROCESS: Final = 2
_GONE: Final = (FileNotFoundError, ProcessLookupError)  # it ended while we looked


@frozen
class Process:
    """One process: who started it, and the ticks that it, and its children which have ended, took."""

    id: int
    parent: int
    ticks: int
    ticks_of_ended: int


def process_of(told: str) -> Process:
    """Read a line of /proc/PID/stat; the name in it may hold spaces and brackets."""
    id, _, rest = told.partition(" (")
    fields = rest.rpartition(") ")[2].split()
    # fields 14 to 17 of the manual: user, system, and the same of children that have ended
    return Process(int(id), int(fields[1]), sum(map(int, fields[11:13])), sum(map(int, fields[13:15])))


def processes(proc: Path = PROC) -> dict[int, Process]:
    """Every process of this machine."""
    found = {}
    for folder in proc.iterdir():
        if folder.name.isdigit():
            try:
                one = process_of((folder / "stat").read_text())
            except _GONE:
                continue
            found[one.id] = one
    return found


def tree(root: int, known: dict[int, Process]) -> list[Process]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for one in known.values():
        below.setdefault(one.parent, []).append(one.id)
    found, open_ids = [], [root] if root in known else []
    while open_ids:
        id = open_ids.pop()
        found.append(known[id])
        open_ids += below.get(id, [])
    return found


def cpu_seconds(root: int, proc: Path = PROC) -> float:
    """User and system time of a process, of all below it, and of those of them that have ended."""
    alive = tree(root, processes(proc))
    return sum(one.ticks_of_ended for one in alive) / _TICKS + sum(map(_exactly, alive))


def _exactly(one: Process) -> float:
    """To the nanosecond by the process's own clock (clock_getcpuclockid), else to the hundredth of a second."""
    try:
        return time.clock_gettime((~one.id << 3) | _CLOCK_OF_PROCESS)
    except OSError:
        return one.ticks / _TICKS


def resident_bytes(root: int, proc: Path = PROC) -> int:
    """Memory of a process and all below it; what several share is divided among them (PSS)."""
    total = 0
    for one in tree(root, processes(proc)):
        try:
            told = (proc / str(one.id) / "smaps_rollup").read_text()
        except _GONE:
            continue
        total += sum(int(line.split()[1]) * _KIB for line in told.splitlines() if line.startswith("Pss:"))
    return total


def peak_bytes(id: int, proc: Path = PROC) -> int:
    """The most memory that this process has held so far, without what it was forked from; nothing when it has ended."""
    try:
        told = (proc / str(id) / "status").read_text()
    except _GONE:
        return 0
    return sum(int(line.split()[1]) * _KIB for line in told.splitlines() if line.startswith("VmHWM:"))


def ended_children_seconds() -> float:
    """User and system time of the children of this process which have ended and were waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
