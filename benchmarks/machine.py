"""Where figures come from: the machine, the versions, the commit, the day."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("litestar", "granian", "uvicorn", "uvloop", "asyncpg", "SQLAlchemy", "msgspec", "attrs")
PAGE: Final = PROJECT / "docs" / "reference" / "benchmarks.md"


def told(command: Sequence[str | Path]) -> str:
    """What a command says, in one piece; nothing when it cannot be run."""
    try:
        answer = subprocess.run(list(map(str, command)), cwd=PROJECT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip()


def commit() -> str:
    """The commit that is measured; with a plus when files differ from it."""
    short = told(["git", "rev-parse", "--short=10", "HEAD"]) or "no commit"
    return short + ("+" if told(["git", "status", "--porcelain", "--untracked-files=no", "--", "src"]) else "")


def machine() -> str:
    """Processor, cores, memory, kernel."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    name = names[0] if names else platform.machine()
    return f"{len(os.sched_getaffinity(0))} cores of {name}, {memory / 2**20:.0f} GiB, Linux {platform.release()}"


def versions(postgres: Path | None) -> str:
    """Python, databases and the packages in the path of a request."""
    database = told([postgres / "postgres", "--version"]).partition(") ")[2].split(" ")[0] if postgres else ""
    told_by = [f"Python {platform.python_version()}", *([f"PostgreSQL {database}"] if database else []), _sqlite()]
    return ", ".join(told_by + [f"{name} {version(name)}" for name in PACKAGES])


def stamp(seconds: float) -> str:
    """One line under the tables of a part."""
    load = os.getloadavg()
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC at commit {commit()} in {seconds:.0f} s; "
        f"load average of the machine at the end {load[0]:.1f} (1 min), {load[2]:.1f} (15 min)."
    )


def _sqlite() -> str:
    import sqlite3

    return f"SQLite {sqlite3.sqlite_version}"


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []
