"""Every context is listed once, and each layer has a module of its name: what is missing is said by the file to write."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from retail_adapters.memory.unit_of_work import MemoryUnitOfWork
from retail_adapters.sql.unit_of_work import SqlUnitOfWork
from retail_adapters.system.units import collection, manifests
from retail_domain.contexts import CONTEXTS, KEPT, of_each

PROJECT: Final = Path(__file__).parents[2]
STORES: Final = ("memory", "sql")
NO_CONTEXTS: Final = {"kernel", "processes", "testing"}
DOMAIN: Final = "src/retail_domain"
ADAPTERS: Final = "src/adapters/retail_adapters"
OWED: Final = (f"{ADAPTERS}/memory/contexts/{{0}}.py", f"{ADAPTERS}/sql/contexts/{{0}}.py", f"{ADAPTERS}/sql/tables/{{0}}.py")
"""What every context must have besides its package, by store."""


def complaints(root: Path) -> Iterator[str]:
    """What is missing in this tree, each with the line or the file that would mend it."""
    listed = _listed(root)
    packages = {one.parent.name for one in (root / DOMAIN).glob("*/__init__.py")} - NO_CONTEXTS
    for name in sorted(packages - set(listed)):
        yield f'retail_domain.{name} is a context that nobody lists: add "{name}" to CONTEXTS in {DOMAIN}/contexts.py'
    for name in listed:
        if name not in packages:
            yield f'CONTEXTS lists "{name}": write {DOMAIN}/{name}/__init__.py, or strike it out of {DOMAIN}/contexts.py'
        for path in OWED:
            if not (root / path.format(name)).exists():
                yield f"the context {name} is not kept everywhere: write {path.format(name)}"
    for law in sorted((root / ADAPTERS / "sql/laws").glob("*.py")):
        if law.stem in (*listed, "outbox") and not (root / "tests/damage" / law.name).exists():
            yield f"laws of {law.stem} are proven by nothing: write tests/damage/{law.name}"


def _listed(root: Path) -> tuple[str, ...]:
    for line in ast.parse((root / DOMAIN / "contexts.py").read_text()).body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id == "CONTEXTS":
            return tuple(ast.literal_eval(line.value or ast.Tuple([])))
    raise AssertionError("CONTEXTS is not where it was")


def test_every_context_is_listed_and_kept_everywhere() -> None:
    assert list(complaints(PROJECT)) == []
    assert sorted(_listed(PROJECT)) == sorted(CONTEXTS)


def test_every_context_says_what_can_happen_in_it() -> None:
    assert [name for name, context in of_each("retail_domain", CONTEXTS).items() if not isinstance(context.EVENTS, tuple)] == []


@pytest.mark.parametrize("name", KEPT)
def test_both_stores_keep_the_same_of_a_context(name: str) -> None:
    """R1: what a use case finds in one store it finds in the other."""
    ours, theirs = (manifests(f"retail_adapters.{store}.contexts")[name] for store in STORES)

    assert _collections(ours.collections) == _collections(theirs.collections)
    assert (ours.queries is None) == (theirs.queries is None)


@pytest.mark.parametrize("store", STORES)
def test_no_collection_is_kept_by_two_contexts(store: str) -> None:
    """Else one of them would hide the other in the unit of work."""
    names = [name for one in manifests(f"retail_adapters.{store}.contexts").values() for name in _collections(one.collections)]

    assert sorted(names) == sorted(set(names))
    assert len(names) > 30


def _collections(kind: object) -> set[str]:
    return {name for name, value in vars(kind).items() if isinstance(value, collection)}


def test_a_unit_of_work_has_what_all_contexts_keep() -> None:
    for store, unit in (("memory", MemoryUnitOfWork), ("sql", SqlUnitOfWork)):
        for one in manifests(f"retail_adapters.{store}.contexts").values():
            assert issubclass(unit, one.collections)  # type: ignore[arg-type]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source in which anything may be planted."""
    shutil.copytree(PROJECT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copytree(PROJECT / "tests/damage", tmp_path / "tests/damage")
    return tmp_path


LIST_IT: Final = ("CONTEXTS: Final = (\n", 'CONTEXTS: Final = (\n    "gadgets",\n')


@pytest.mark.parametrize(
    ("files", "is_listed", "says"),
    [
        (
            {f"{DOMAIN}/gadgets/__init__.py": ""}, False,
            ['retail_domain.gadgets is a context that nobody lists: add "gadgets" to CONTEXTS in '
             "src/retail_domain/contexts.py"],
        ),
        (
            {f"{DOMAIN}/gadgets/__init__.py": ""}, True,
            [f"the context gadgets is not kept everywhere: write {path.format('gadgets')}" for path in OWED],
        ),
        (
            {OWED[0].format("gadgets"): "", OWED[1].format("gadgets"): "", OWED[2].format("gadgets"): ""}, True,
            ['CONTEXTS lists "gadgets": write src/retail_domain/gadgets/__init__.py, or strike it out of '
             "src/retail_domain/contexts.py"],
        ),
        (
            {f"{ADAPTERS}/sql/laws/pricing.py": "LAWS = ()"}, False,
            ["laws of pricing are proven by nothing: write tests/damage/pricing.py"],
        ),
    ],
    ids=["unlisted", "kept nowhere", "listed only", "laws without damage"],
)  # fmt: skip
def test_a_planted_context_that_is_not_whole_is_told_what_it_lacks(
    copy: Path, files: Mapping[str, str], is_listed: bool, says: list[str]
) -> None:
    _plant(copy, files, is_listed=is_listed)

    assert list(complaints(copy)) == says


UNIT: Final = '''
from retail_adapters.{0}.unit import {1}Unit
from retail_adapters.system.units import Manifest, collection


class Collections({1}Unit):
    """Gadgets."""

    gadgets = collection(lambda session: "gadgets")


MANIFEST = Manifest(Collections, lambda store: "views of gadgets")
'''


def test_a_shop_with_half_a_context_does_not_start_and_says_which_file_it_lacks(copy: Path) -> None:
    """Not the first time somebody comes to need it."""
    kept = UNIT.format("sql", "Sql")
    files = {f"{DOMAIN}/gadgets/__init__.py": "EVENTS = ()", OWED[1].format("gadgets"): kept, OWED[2].format("gadgets"): ""}
    _plant(copy, files)

    told = _started(copy)

    assert told.returncode != 0
    assert "write retail_adapters.memory.contexts.gadgets" in told.stderr


def test_a_planted_context_is_kept_by_both_stores_with_one_line_in_the_list(copy: Path) -> None:
    """The list is all that has to know it: the stores, the audit, the codec of events and the import contracts find it."""
    _plant(copy, {
        f"{DOMAIN}/gadgets/__init__.py": "EVENTS = ()",
        OWED[0].format("gadgets"): UNIT.format("memory", "Memory"),
        OWED[1].format("gadgets"): UNIT.format("sql", "Sql"),
        OWED[2].format("gadgets"): "",
        f"{ADAPTERS}/sql/laws/gadgets.py": "LAWS = ('a law of gadgets',)",
    })  # fmt: skip

    told = _started(copy)

    assert told.stderr == ""
    assert told.stdout.split("\n") == ["gadgets gadgets", "views of gadgets", "views of gadgets", "True", ""]


def _plant(copy: Path, files: Mapping[str, str], *, is_listed: bool = True) -> None:
    if is_listed:
        contexts = copy / DOMAIN / "contexts.py"
        contexts.write_text(contexts.read_text().replace(*LIST_IT))
    for path, text in files.items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(text)


START: Final = """
from retail_adapters.assemble import on_memory
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.unit_of_work import MemoryUnitOfWork
from retail_adapters.sql.audit import LAWS
from retail_adapters.sql.reads import SqlReads
from retail_adapters.sql.unit_of_work import SqlUnitOfWork
print(MemoryUnitOfWork.gadgets.make(None), SqlUnitOfWork.gadgets.make(None))
print(MemoryReads(None).gadgets)
print(SqlReads(None).gadgets)
print("a law of gadgets" in LAWS)
"""


def _started(copy: Path) -> subprocess.CompletedProcess[str]:
    roots = os.pathsep.join(str(copy / root) for root in ("src", "src/adapters", "src/entrypoints"))
    return subprocess.run(
        [sys.executable, "-c", START],
        cwd=copy, env=os.environ | {"PYTHONPATH": roots}, capture_output=True, text=True, check=False,
    )  # fmt: skip
