"""`import retail_domain` needs nothing but attrs (GEN-R21)."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]

IMPORT_ALL = """
import importlib, json, pkgutil, sys
import retail_domain

for module in pkgutil.walk_packages(retail_domain.__path__, "retail_domain."):
    if not module.name.startswith("retail_domain.testing"):
        importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))))
"""


@pytest.fixture
def bare_python(tmp_path: Path) -> Path:
    """A Python whose environment holds attrs and nothing else."""
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    site = next((tmp_path / "bare" / "lib").glob("python*/site-packages"))
    attrs = importlib.metadata.distribution("attrs")
    for file in attrs.files or ():
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(str(attrs.locate_file(file))).read_bytes())
    (site / "source.pth").write_text(str(PROJECT / "src"))
    return tmp_path / "bare" / "bin" / "python"


def test_the_whole_domain_imports_where_there_is_only_attrs(bare_python: Path) -> None:
    told = subprocess.run([bare_python, "-I", "-c", IMPORT_ALL], env=_clean(), capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stderr
    assert set(json.loads(told.stdout)) - {"__main__", "sitecustomize", "usercustomize"} == {"attr", "attrs", "retail_domain"}


def test_what_the_domain_loads_keeps_no_framework_in_memory(bare_python: Path) -> None:
    missing = subprocess.run([bare_python, "-I", "-c", "import sqlalchemy"], env=_clean(), capture_output=True, check=False)

    assert missing.returncode != 0, "the environment is not bare, so the test above would prove nothing"


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RETAIL"))}


def test_the_floor_is_python_3_11() -> None:
    assert sys.version_info >= (3, 11)
    assert importlib.metadata.metadata("retail-domain")["Requires-Python"] == ">=3.11"
