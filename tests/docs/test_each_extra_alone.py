"""Each extra alone, in an environment that holds what it brings and no more, runs what documentation promises (GEN-R21).

The environments are made of what is installed for development: a folder of links to exactly the distributions that an extra
names, directly and indirectly, and an interpreter that looks nowhere else. Nothing is downloaded, and it takes no time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement

from retail_adapters.extras import BRINGS
from tests.docs.test_documentation import EXAMPLES, PROJECT, WITH_POSTGRES, _script

DECLARED: Final[Mapping[str, list[str]]] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"][
    "optional-dependencies"
]
CORE: Final[list[str]] = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
OURS: Final = {
    "retail_domain": PROJECT / "src/retail_domain",
    "retail_adapters": PROJECT / "src/adapters/retail_adapters",
    "retail_entrypoints": PROJECT / "src/entrypoints/retail_entrypoints",
}

IMPORTS_THE_CORE: Final = """
import importlib, pkgutil, retail_domain
for module in pkgutil.walk_packages(retail_domain.__path__, "retail_domain."):
    if not module.name.startswith("retail_domain.testing"):
        importlib.import_module(module.name)
"""
ASKS_THE_DOOR: Final = """
import asyncio, os, httpx2, uvicorn
from retail_adapters.sql import migrations
migrations.upgrade(os.environ["RETAIL_DATABASE_URL"])
server = uvicorn.Server(uvicorn.Config("retail_entrypoints.http.serving:application", factory=True, port=0, log_config=None))
async def ask():
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        told = [(await client.get(path)).status_code for path in ("/health/ready", "/v1/products", "/schema/openapi.json")]
    server.should_exit = True
    await serving
    return told
assert asyncio.run(ask()) == [200, 200, 200]
"""
TYPES: Final = """
import sys
from retail_entrypoints.start import main
for words in ("--help", "db upgrade", "staff list", "stock show", "orders list", "audit", "stock open-location A B"):
    sys.argv = ["retail", *words.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, (words, ended.code)
"""
PREPARES: Final = """
from io import BytesIO
from PIL import Image
from retail_adapters.pictures.decoding import prepared
out = BytesIO()
Image.new("RGB", (900, 600)).save(out, "PNG")
assert prepared(out.getvalue())[:2] == (900, 600)
"""
ASKS_THE_PAGES: Final = ASKS_THE_DOOR.replace("retail_entrypoints.http.serving", "retail_entrypoints.web.serving").replace(
    '"/v1/products", "/schema/openapi.json"', '"/", "/c"'
)
EMBEDS: Final = "docs/how-to/embed-in-your-application.md"
WRITES_AN_ADAPTER: Final = "docs/how-to/write-an-adapter.md"
ADDS_A_LIMITED_THING: Final = "docs/how-to/add-a-limited-thing.md"


def scripts_of(extra: str) -> Sequence[str]:
    """What an extra promises to run."""
    pages = [_script(PROJECT / page) for page in ("README.md", EMBEDS)]
    examples = [example.read_text() for example in EXAMPLES if example not in WITH_POSTGRES]
    talk = [example for example in examples if "sandbox_gateway" in example]
    by_extra = {
        "": [IMPORTS_THE_CORE],
        "sql": [IMPORTS_THE_CORE, *pages, *(example for example in examples if example not in talk)],
        "http": [ASKS_THE_DOOR, *talk],
        "pictures": [PREPARES],
        "web": [ASKS_THE_PAGES],
        "cli": [TYPES],
        "testing": [_script(PROJECT / WRITES_AN_ADAPTER)],
        "all": [ASKS_THE_DOOR, TYPES],
    }
    return by_extra[extra]


def closure(extra: str) -> set[str]:
    """Every distribution that the project with this extra needs, by name; markers are judged for this interpreter."""
    found: set[str] = set()
    todo = [Requirement(line) for line in [*CORE, *DECLARED.get(extra, [])]]
    seen: set[str] = set()
    while todo:
        wanted = todo.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        if wanted.name == "retail-domain":
            todo += [Requirement(line) for each in wanted.extras for line in DECLARED[each]]
            continue
        found.add(wanted.name)
        for line in distribution(wanted.name).requires or []:
            needed = Requirement(line)
            if any(needed.marker is None or needed.marker.evaluate({"extra": each}) for each in ("", *wanted.extras)):
                needed.marker = None
                todo.append(needed)
    return found


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folders of links are."""
    return tmp_path_factory.mktemp("extras")


def environment_of(extra: str, environments: Path) -> Path:
    """A folder with links to what the extra brings, and to our three packages."""
    folder = environments / (extra or "core")
    if folder.exists():
        return folder
    folder.mkdir()
    for name, path in OURS.items():
        (folder / name).symlink_to(path)
    installed = distribution("retail-domain")
    (metadata,) = {file.parts[0] for file in installed.files or [] if file.parts[0].endswith(".dist-info")}
    (folder / metadata).symlink_to(str(installed.locate_file(metadata)))
    for name in closure(extra):
        one = distribution(name)
        for top in {file.parts[0] for file in one.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(str(one.locate_file(top)))
    return folder


def run(extra: str, environments: Path, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where only this extra is installed: `-S` leaves every other package out."""
    file = folder / "script.py"
    file.write_text(script)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RETAIL_", "PYTHON"))}
    environ |= {"PYTHONPATH": str(environment_of(extra, environments)), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    environ["RETAIL_DATABASE_URL"] = f"sqlite:///{folder}/shop.db"
    return subprocess.run(
        [sys.executable, "-S", str(file)], cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("extra", ["", "sql", "http", "pictures", "cli", "testing", "all"])
def test_an_extra_alone_runs_what_is_promised_of_it(extra: str, environments: Path, tmp_path: Path) -> None:
    for number, script in enumerate(scripts_of(extra)):
        folder = tmp_path / str(number)
        folder.mkdir()

        told = run(extra, environments, script, folder)

        assert told.returncode == 0, f"[{extra}] script {number}:\n{told.stdout}{told.stderr}"


def test_every_extra_is_tried_but_the_one_for_development() -> None:
    for extra in DECLARED.keys() - {"dev"}:
        assert scripts_of(extra), extra


def test_what_an_extra_leaves_out_is_not_there(environments: Path, tmp_path: Path) -> None:
    """The other tests would pass for nothing if everything could be found."""
    told = run("sql", environments, "import httpx2", tmp_path)

    assert "ModuleNotFoundError: No module named 'httpx2'" in told.stderr


@pytest.mark.parametrize(
    ("extra", "script", "brings"),
    [
        ("", "import retail_adapters.assemble", "sql"),
        ("testing", "from retail_adapters.assemble import on_memory", "sql"),
        ("", "import retail_adapters.sql.migrations", "sql"),
        ("sql", "from retail_adapters.payments import sandbox_gateway", "http"),
        ("sql", "import retail_entrypoints.http.app", "http"),
        ("sql", "import retail_entrypoints.cli.main", "cli"),
    ],
)
def test_what_is_missing_is_said_with_the_extra_that_brings_it(
    extra: str, script: str, brings: str, environments: Path, tmp_path: Path
) -> None:
    told = run(extra, environments, script, tmp_path)

    assert told.returncode == 1
    assert f'pip install "retail-domain[{brings}]"' in told.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("extra", "words", "brings"),
    [("", "--help", "cli"), ("testing", "serve", "cli"), ("sql", "staff list", "cli")],
)
def test_the_command_line_says_in_one_line_what_it_lacks(
    extra: str, words: str, brings: str, environments: Path, tmp_path: Path
) -> None:
    """DOR-R3: and nothing of "our side"."""
    script = f"import sys\nsys.argv = ['retail', *{words.split()!r}]\nfrom retail_entrypoints.start import main\nmain()\n"

    told = run(extra, environments, script, tmp_path)

    assert told.returncode == 1
    assert re.fullmatch(rf'retail: \w+ is not installed; .*pip install "retail-domain\[{brings}\]"\n', told.stderr), told.stderr


def test_every_module_that_an_extra_brings_is_known() -> None:
    """So that the next dependency cannot be forgotten: each names the smallest extra that brings it."""
    modules: dict[str, str] = {}
    by_distribution: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            by_distribution.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(module)
    for extra in ("testing", "cli", "web", "pictures", "http", "sql"):
        for requirement in map(Requirement, DECLARED[extra]):
            own = by_distribution.get(requirement.name, set()) & BRINGS.keys()
            assert requirement.name == "retail-domain" or own, f"{requirement.name} of [{extra}] is not in BRINGS"
            modules |= dict.fromkeys(own, extra)

    assert modules == dict(BRINGS)
