"""The packages of an earlier release: built from its commit, in an environment of their own below `.cache`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
KEPT: Final = PROJECT / ".cache/upgrade"


def python_of(commit: str) -> Path:
    """The interpreter that runs this commit's wheel; made when it is not there yet, which takes some seconds."""
    home = KEPT / commit
    python = home / "venv/bin/python"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        _make(commit, home, python)
        (home / "ready").touch()
    return python


def _make(commit: str, home: Path, python: Path) -> None:
    source = home / "source"
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit], cwd=PROJECT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", source], input=archive, check=True)
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", home / "dist", source)
    (wheel,) = (home / "dist").glob("*.whl")
    _run(sys.executable, "-m", "venv", "--without-pip", home / "venv")
    _pip(python, "--no-deps", "--no-index", wheel)  # before it sees ours: one of its name and version would do
    _bring_dependencies(source, python, home)


def _bring_dependencies(source: Path, python: Path, home: Path) -> None:
    """What the release was locked with: ours where that is the same, without a network."""
    lock = source / "requirements/runtime.txt"
    if not _pinned(lock) <= _pinned(PROJECT / "requirements/dev.txt"):
        _pip(python, "--require-hashes", "-r", lock)
        return
    (theirs,) = (home / "venv/lib").glob("python*/site-packages")
    # A folder that is named so gives its packages, and not what its own such files name: not today's code.
    (theirs / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")


def _pinned(lock: Path) -> set[str]:
    return set(re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==[^ ]+", lock.read_text(), re.MULTILINE))


def _pip(python: Path, *arguments: str | Path) -> None:
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", *arguments)


def _run(*command: str | Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
