"""The import contracts hold, and each of them bites: a violation planted in a copy of the source is caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
CONTRACTS: Final = tuple(
    contract["id"] for contract in tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
)

DOMAIN: Final = "src/retail_domain"
ADAPTERS: Final = "src/adapters/retail_adapters"
DOORS: Final = "src/entrypoints/retail_entrypoints"

# contract, files to plant; several rows where a contract promises several things
PLANTED: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("hexagon", {f"{DOMAIN}/kernel/planted.py": "import retail_adapters"}),
    ("hexagon", {f"{ADAPTERS}/sql/planted.py": "import retail_entrypoints.settings"}),
    ("pure", {f"{DOMAIN}/ordering/planted.py": "import sqlalchemy"}),
    ("pure", {f"{DOMAIN}/pricing/planted.py": "from litestar import get"}),
    ("pure", {f"{DOMAIN}/payments/planted.py": "import urllib.request"}),
    ("deterministic", {f"{DOMAIN}/ordering/planted.py": "import time"}),
    ("deterministic", {f"{DOMAIN}/kernel/planted.py": "from random import choice"}),
    ("deterministic", {f"{DOMAIN}/processes/planted.py": "import asyncio"}),
    ("contexts", {f"{DOMAIN}/cart/planted.py": "from retail_domain.ordering import errors"}),
    ("contexts", {f"{DOMAIN}/kernel/planted.py": "import retail_domain.catalog"}),
    ("contexts", {f"{DOMAIN}/inventory/planted.py": "import retail_domain.processes.purchase.window"}),
    ("contexts", {f"{DOMAIN}/gadgets/__init__.py": "import retail_domain.catalog"}),
    ("contexts", {f"{DOMAIN}/catalog/planted.py": "import retail_domain.gadgets", f"{DOMAIN}/gadgets/__init__.py": ""}),
    ("floors", {f"{DOMAIN}/processes/planted.py": "import retail_domain.application"}),
    ("floors", {f"{DOMAIN}/kernel/planted.py": "import retail_domain.contexts"}),
    ("rooms", {f"{DOMAIN}/processes/takings/planted.py": "import retail_domain.processes.purchase.quoting"}),
    ("rooms", {f"{DOMAIN}/processes/delivery/planted.py": "import retail_domain.processes.money.paying"}),
    ("rooms", {f"{DOMAIN}/processes/gadgets/__init__.py": ""}),
    ("inside", {f"{DOMAIN}/inventory/events.py": "import retail_domain.inventory.ports"}),
    (
        "inside",
        {
            f"{DOMAIN}/gadgets/model.py": "import retail_domain.gadgets.ports",
            f"{DOMAIN}/gadgets/__init__.py": "",
            f"{DOMAIN}/gadgets/ports.py": "",
        },
    ),
    ("inside", {f"{DOMAIN}/inventory/errors.py": "import retail_domain.inventory.model"}),
    ("adapters", {f"{ADAPTERS}/memory/planted.py": "import retail_adapters.sms"}),
    ("adapters", {f"{ADAPTERS}/serialization/planted.py": "import retail_adapters.sql.tables"}),
    ("doors", {f"{DOORS}/worker/planted.py": "import retail_entrypoints.http"}),
    ("doors", {f"{DOORS}/settings.py": "import retail_entrypoints.container"}),
    ("doors", {f"{DOORS}/http/planted.py": "import retail_entrypoints.web"}),
    ("simulators", {f"{DOORS}/simulators/planted.py": "from retail_domain.kernel import money"}),
    ("simulators", {f"{DOORS}/simulators/planted.py": "import retail_adapters.payments"}),
    ("tables", {f"{ADAPTERS}/memory/planted.py": "import retail_adapters.sql.tables"}),
    ("tables", {f"{DOORS}/cli/planted.py": "import retail_adapters.sql.tables"}),
    ("injector", {f"{DOORS}/http/planted.py": "import dependency_injector.providers"}),
    ("thin-doors", {f"{DOORS}/http/planted.py": "import retail_adapters.memory"}),
    ("thin-doors", {f"{DOORS}/http/planted.py": "import sqlalchemy"}),
    ("thin-doors", {f"{DOORS}/web/planted.py": "import retail_adapters.memory"}),
    ("testing", {f"{DOMAIN}/processes/planted.py": "import retail_domain.testing"}),
    ("testing", {f"{ADAPTERS}/memory/planted.py": "import retail_domain.testing"}),
    (
        "acyclic",
        {
            f"{DOMAIN}/kernel/planted_one.py": "import retail_domain.kernel.planted_two",
            f"{DOMAIN}/kernel/planted_two.py": "import retail_domain.kernel.planted_one",
        },
    ),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source in which anything may be planted."""
    ignore = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(PROJECT / "src", tmp_path / "src", ignore=ignore)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _ in PLANTED} == set(CONTRACTS)


def test_all_contracts_hold(copy: Path) -> None:
    told = _lint(copy)

    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize(("contract", "files"), PLANTED, ids=[f"{contract}-{min(files)}" for contract, files in PLANTED])
def test_a_planted_violation_is_caught(copy: Path, contract: str, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        planted = copy / path
        planted.parent.mkdir(exist_ok=True)
        before = planted.read_text() if planted.exists() else ""
        planted.write_text(f"{before}\n{text}\n")

    told = _lint(copy, "--contract", contract)

    assert told.returncode == 1
    assert "Contracts: 0 kept, 1 broken." in told.stdout
    assert all(Path(path).stem in told.stdout or Path(path).parent.name in told.stdout for path in files)


def _lint(copy: Path, *options: str) -> subprocess.CompletedProcess[str]:
    roots = os.pathsep.join(str(copy / root) for root in ("src", "src/adapters", "src/entrypoints"))
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache", *options],
        cwd=copy, env=os.environ | {"PYTHONPATH": roots, "COLUMNS": "200"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
