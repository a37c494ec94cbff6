"""What the pages tell a newcomer to type is typed, word for word, against a shop that `retail shop` has started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

from tests.support.servers import a_free_port

PROJECT: Final = Path(__file__).parents[2]
PAGES: Final = (
    "README.md",
    "docs/tutorial/your-first-sale.md",
    "docs/how-to/receive-stock.md",
    "docs/how-to/run-the-shop-from-the-terminal.md",
    "docs/how-to/handle-suspect-payments.md",
    "docs/how-to/audit-a-live-shop.md",
)
BLOCK: Final = re.compile(r"^```sh\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE)
TARGET: Final = re.compile(r"(?<!:)(?<!roles )\bmake ([a-z-]+)")
OPENING_SECONDS_MAX: Final = 60
TYPING_SECONDS_MAX: Final = 300

pytestmark = pytest.mark.slow


@frozen
class OpenShop:
    """A shop with demo data in a folder of its own, and what a terminal beside it has in its environment."""

    folder: Path
    environment: Mapping[str, str]

    def types(self, script: str) -> subprocess.CompletedProcess[str]:
        """Type this in that folder; a call that is refused or a command that fails ends it."""
        retail = f"{sys.executable} -m retail_entrypoints.cli"
        return subprocess.run(
            ["sh", "-eu", "-c", script.replace(".venv/bin/retail", retail)], cwd=self.folder, env=dict(self.environment),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TYPING_SECONDS_MAX, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "examples").symlink_to(PROJECT / "examples")
    _put_curl_into(folder / "bin")
    port, provider = a_free_port(), a_free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RETAIL_")}
    environment = inherited | {
        "PATH": os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUTF8": "1",
        "RETAIL_DATABASE_URL": f"sqlite:///{folder}/retail.db",
        "RETAIL_SMS": "file:sms.jsonl",
        "RETAIL_SANDBOX_BASE_URL": f"http://127.0.0.1:{provider}",
        "SHOP": f"http://127.0.0.1:{port}",
        "SANDBOX": f"http://127.0.0.1:{provider}",
    }
    command = [sys.executable, "-m", "retail_entrypoints.cli", "shop", "--port", str(port)]
    with (folder / "shop.log").open("w") as journal:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=journal, stderr=subprocess.STDOUT)
    try:
        _wait_until_open(process, folder / "shop.log")
        yield OpenShop(folder, environment)
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_works(page: str, open_shop: OpenShop) -> None:
    """The way of a newcomer: every `sh` block of the page, from top to bottom."""
    script = "\n".join(block["code"] for block in BLOCK.finditer((PROJECT / page).read_text()))
    assert script

    told = open_shop.types(script)

    assert told.returncode == 0, told.stdout + told.stderr


def test_buying_in_one_go_works(open_shop: OpenShop) -> None:
    """examples/buy.sh ends well only when the order is paid."""
    told = open_shop.types("sh examples/buy.sh")

    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.endswith("the order is now to_ship\n")


def test_a_refused_call_is_noticed(open_shop: OpenShop) -> None:
    told = open_shop.types(". examples/shop.sh\ncall /v1/me\necho still here")

    assert told.returncode == 22
    assert "still here" not in told.stdout


def test_the_readme_shows_the_example_that_is_run() -> None:
    shown = (PROJECT / "README.md").read_text().split("```python\n")[1].split("```")[0]

    assert (PROJECT / "examples/00_hello_shop.py").read_text().endswith(shown)


def test_every_make_target_that_is_mentioned_exists() -> None:
    known = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    pages = [PROJECT / "README.md", PROJECT / "README.zh-CN.md", *(PROJECT / "docs").rglob("*.md")]
    mentioned = {name for page in pages for name in TARGET.findall("\n".join(re.findall(r"`+[^`]*`+", page.read_text())))}

    assert {"shop", "test"} <= mentioned <= known


def _put_curl_into(folder: Path) -> None:
    """A curl that ends with an error when a call is refused, as a reader would notice it."""
    real = shutil.which("curl")
    does = f"{real} --fail-with-body" if real else f"{sys.executable} {PROJECT / 'tests/support/curl.py'}"
    folder.mkdir()
    script = folder / "curl"
    script.write_text(f'#!/bin/sh\nexec {does} "$@"\n')
    script.chmod(0o755)


def _wait_until_open(process: subprocess.Popen[bytes], journal: Path) -> None:
    deadline = time.monotonic() + OPENING_SECONDS_MAX
    while "stop with" not in journal.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the shop did not open: {journal.read_text()}")
        time.sleep(0.1)
