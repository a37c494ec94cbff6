"""Unpacks Debian or Ubuntu packages into a folder: no root needed, nothing on the machine changes.

    python3 scripts/debian_packages.py FOLDER PACKAGE...

The package lists are fetched into the folder too, since those of the machine may be missing or old and only root may
renew them. Only the standard library: this runs before there is a virtual environment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


class CannotUnpack(Exception):
    """The packages could not be had; the message says why in one line."""


def everything(_: str) -> bool:
    """Every package is wanted."""
    return True


def unpack(names: Sequence[str], into: Path, *, wanted: Callable[[str], bool] = everything) -> None:
    """Unpack the packages and those they need that are not installed, as far as `wanted`, below `into`.

    `into` appears only when all of it is there, so a broken attempt is never taken for a finished one.
    """
    missing = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    if missing:
        raise CannotUnpack(f"this machine has no {missing[0]}")
    work = into.with_name(into.name + ".part")
    shutil.rmtree(work, ignore_errors=True)
    downloads = work / "downloads"
    downloads.mkdir(parents=True)
    apt = _apt(work)
    _run([*apt, "update"], downloads)
    planned = _run([*apt, "--simulate", "--no-install-recommends", "install", *names], downloads)
    chosen = [name for name in _installations(planned) if wanted(name)]
    if not chosen:
        raise CannotUnpack(f"{' '.join(names)} is installed already")
    _run([*apt, "download", *chosen], downloads)
    for package in sorted(downloads.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(work / "root")], downloads)
    shutil.rmtree(into, ignore_errors=True)
    (work / "root").rename(into)
    shutil.rmtree(work, ignore_errors=True)


def _apt(work: Path) -> list[str]:
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    settings = {
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",  # as root, the user _apt could not write below this folder
        "Debug::NoLocking": "true",
        "Acquire::Languages": "none",
    }
    return ["apt-get", "-qq", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]


def _installations(planned: str) -> list[str]:
    return [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise CannotUnpack(f"{command[0]} failed: {reason}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """The command line: a folder and the names of packages."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        unpack(arguments[1:], Path(arguments[0]).absolute())
    except CannotUnpack as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
