"""The keeper: lets a beast loose in a copy of the tree and sees which test catches it, and how fast."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from zoo.beast import PROJECT, Beast, changed_files

COPIED: Final = ("src", "tests", "scripts", "examples", "docs", "benchmarks", "zoo", "pyproject.toml", "README.md", "Makefile")
WIDER: Final = (("tests/unit", "tests/property"), ("tests/contract", "tests/integration"))
"""Where a beast is sought that its catchers let pass."""
WIDER_SECONDS: Final = 200
_CAUGHT: Final = re.compile(r"^(?:FAILED|ERROR) (tests/\S+::.+?)(?: - .*)?$", re.MULTILINE)


@frozen
class Verdict:
    """What became of a beast: the test that caught it, or why nobody did; and after how many seconds."""

    beast: Beast
    caught_by: str | None
    seconds: float
    trouble: str = ""

    @property
    def in_budget(self) -> bool:
        """Whether a test of its own room caught it in time."""
        return self.caught_by is not None and self.seconds <= self.beast.seconds


@frozen
class Run:
    """One run of pytest: its exit status (None when its time was over) and what it said."""

    status: int | None
    said: str


@frozen
class Cage:
    """A copy of the tree in which a beast cannot hurt anybody."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def built(cls, folder: Path, environment: Mapping[str, str]) -> Cage:
        """Copy the tree."""
        folder.mkdir(parents=True)
        for name in COPIED:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, folder / name)
        return cls(folder, environment)

    def judge(self, beast: Beast, wider: Sequence[Sequence[str]] = WIDER) -> Verdict:
        """Let it loose, run its catchers one after the other, then the wider rooms; put everything back."""
        healthy = {file: (self.folder / file).read_text() for file in {patch.file for patch in beast.patches}}
        began = time.monotonic()
        rooms = [((one,), beast.seconds) for one in beast.catchers] + [(tuple(one), WIDER_SECONDS) for one in wider]
        try:
            self._write(changed_files(beast, self.folder))
            for room, seconds in rooms:
                run = self.run(room, 3 * seconds, "-x")
                caught = _CAUGHT.search(run.said)
                if caught is not None and "during collection" not in run.said:
                    return self._confirmed(Verdict(beast, caught.group(1), time.monotonic() - began), healthy)
                if run.status not in (0, None):
                    return Verdict(beast, None, time.monotonic() - began, f"pytest broke: {run.said.strip()[-400:]}")
            return Verdict(beast, None, time.monotonic() - began, "SURVIVED")
        finally:
            self._write(healthy)

    def _confirmed(self, verdict: Verdict, healthy: Mapping[str, str]) -> Verdict:
        """A test outside the catchers was not yet seen to be quiet on the healthy tree: if it barks there too, it caught nothing."""
        test = verdict.caught_by or ""
        if any(test.startswith(catcher) for catcher in verdict.beast.catchers):
            return verdict
        self._write(healthy)
        again = self.run((test,), 3 * WIDER_SECONDS)
        self._write(changed_files(verdict.beast, self.folder))
        beaten = self.run((test,), 3 * WIDER_SECONDS)
        if (again.status, beaten.status) == (0, 1):
            return verdict
        return Verdict(verdict.beast, None, verdict.seconds, f"SURVIVED, though {test} failed once")

    def run(self, room: Sequence[str], seconds: int, *more: str) -> Run:
        """Run these tests for so many seconds at most."""
        command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", *more, *room]
        with subprocess.Popen(
            command, cwd=self.folder, env=dict(self.environment), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                said, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # its own session: nobody else's processes are in it
                return Run(None, process.communicate()[0])
            return Run(process.returncode, said)

    def _write(self, texts: Mapping[str, str]) -> None:
        for file, text in texts.items():
            path = self.folder / file
            path.write_text(text)
            cached = Path(importlib.util.cache_from_source(str(path)))
            cached.unlink(missing_ok=True)  # a change within the same second would not be noticed
