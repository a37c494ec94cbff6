"""Following a how-to in a copy of the project: its blocks with a path are files and changes of files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

PROJECT: Final = Path(__file__).parents[2]
PYTEST: Final = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
_COMMAND: Final = re.compile(r"^\.venv/bin/python -m (scripts\.\S+) (\S+)$", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```(?P<kind>py|sql|diff) (?P<path>\S+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@frozen
class Block:
    """A file that is new, or with `diff` lines of one that are replaced."""

    kind: str
    path: str
    text: str


def blocks_of(page: str) -> Sequence[Block]:
    """All of a page that have a path."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    return [Block(one["kind"], one["path"], one["text"]) for one in _BLOCK.finditer(text)]


def copy_of_the_project(root: Path) -> Path:
    """What tests need of it."""
    for folder in ("src", "tests", "scripts", "zoo", "docs"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", root)
    return root


def follow(root: Path, blocks: Iterable[Block]) -> None:
    """Do what the blocks say."""
    for block in blocks:
        file = root / block.path
        if block.kind == "diff":
            _change(file, block.text)
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text, encoding="utf-8")


def follow_page(root: Path, page: str) -> None:
    """Do what its blocks say, and then what it has scripts write."""
    follow(root, blocks_of(page))
    for command in _COMMAND.findall((PROJECT / page).read_text(encoding="utf-8")):
        told = run(root, [sys.executable, "-m", *command])
        assert told.returncode == 0, told.stderr


def _change(file: Path, text: str) -> None:
    lines = text.splitlines()
    old = "\n".join(line[1:] for line in lines if line.startswith("-"))
    new = "\n".join(line[1:] for line in lines if line.startswith("+"))
    before = file.read_text(encoding="utf-8")
    assert before.count(f"{old}\n") == 1, f"the page replaces what is not there once in {file.name}: {old}"
    file.write_text(before.replace(f"{old}\n", f"{new}\n"), encoding="utf-8")


def run(copy: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run something that sees the copy, and nothing of the project itself."""
    roots = os.pathsep.join(str(copy / root) for root in ("src", "src/adapters", "src/entrypoints", "."))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        command, cwd=copy, env=environ | {"PYTHONPATH": roots, "COLUMNS": "200"}, capture_output=True, text=True, check=False
    )
