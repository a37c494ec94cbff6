"""The documentation runs: every Python block of every page, and every example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

import pytest

PROJECT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("docs", "examples", "src")
PAGES: Final = sorted([*PROJECT.glob("*.md"), *(page for name in FOLDERS for page in (PROJECT / name).rglob("*.md"))])
EXAMPLES: Final = sorted(path for path in (PROJECT / "examples").glob("*.py"))
POSTGRES: Final = "RETAIL_EXAMPLE_POSTGRES"
WITH_POSTGRES: Final = [path for path in EXAMPLES if POSTGRES in path.read_text()]
BLOCK: Final = re.compile(r"^(?P<indent> *)```python(?P<rest>[^\n]*)\n(?P<code>.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE)
LINK: Final = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def _script(page: Path) -> str:
    """The blocks of a page as one script, each line where it stands on the page, so that a traceback points there."""
    text = page.read_text()
    lines = [""] * (text.count("\n") + 1)
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start("code"))
        for number, line in enumerate(block["code"].splitlines(), first):
            lines[number] = line.removeprefix(block["indent"])
    return "\n".join(lines)


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=_name)
def test_the_python_blocks_of_a_page_run_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    """Blocks of one page share their names; each page runs in a process and a folder of its own."""
    script = tmp_path / page.with_suffix(".py").name
    script.write_text(_script(page))

    _run(script, tmp_path)


@pytest.mark.parametrize("example", [path for path in EXAMPLES if path not in WITH_POSTGRES], ids=_name)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    _run(example, tmp_path)


@pytest.mark.parametrize("example", WITH_POSTGRES, ids=_name)
def test_an_example_on_postgres_runs(example: Path, tmp_path: Path, postgres_url: str) -> None:
    """R16: among them the one that takes part in a host's transaction."""
    _run(example, tmp_path, {POSTGRES: postgres_url})


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = {unquote(link) for link in LINK.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))}

    assert {link for link in links if not (page.parent / link).exists()} == set()


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Words.\n\n```python\nx = 1\n```\n\n- more\n\n  ```python\n  assert x == 2\n  ```\n")
    script = tmp_path / "page.py"
    script.write_text(_script(page))

    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert told.returncode == 1
    assert 'page.py", line 10' in told.stderr


def _run(script: Path, folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETAIL_")}
    told = subprocess.run(
        [sys.executable, script], cwd=folder, env={**environment, **more}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
