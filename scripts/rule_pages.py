"""Writes the tables at the end of docs/rules: `python -m scripts.rule_pages`; with ids, tells all about these instead."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from attrs import field, frozen

from scripts.rule_ids import BEGIN, END, PROJECT, RULES, defined, named, own_words, pages
from zoo.collection import BEASTS

EXAMINATIONS: Final = PROJECT / "src/retail_domain/testing"
TESTS: Final = (PROJECT / "tests", EXAMINATIONS)
"""Where tests are: ours, and the examinations that are part of the library."""
GUARD: Final = PROJECT / "tests/architecture/test_the_rules_stand_here.py"
"""The test of these pages: it names rules and proves none of them."""
DAMAGE: Final = "DAMAGE"
"""Name of the tables of damage: what is done to a sound shop, by the law that must notice."""
RACE: Final = re.compile(r'Race\(\s*limit="([^"]+)",\s*rules="([^"]+)"')
NAMES_MAX: Final = 3
FILES_MAX: Final = 6

HEADING: Final = "\n## Where it stands in the code\n\n| | kept in | proved by | caught |\n|---|---|---|---|\n"


@frozen
class Proof:
    """A place that names a rule in order to prove it: a test, or a file as a whole."""

    file: Path
    test: str = ""


@frozen
class Evidence:
    """For each id: which modules keep it, which tests prove it, and what was planted to see them turn red."""

    kept: dict[str, set[Path]] = field(factory=lambda: defaultdict(set))
    proofs: dict[str, set[Proof]] = field(factory=lambda: defaultdict(set))
    caught: dict[str, set[str]] = field(factory=lambda: defaultdict(set))


@cache
def evidence() -> Evidence:
    """Read off the whole project."""
    found = Evidence()
    for module in sorted((PROJECT / "src").rglob("*.py")):
        if EXAMINATIONS not in module.parents:
            for id in named(module.read_text()):
                found.kept[id].add(module)
    for file in sorted(path for folder in TESTS for path in folder.rglob("*.py") if path != GUARD):
        text = file.read_text()
        for id, test in proofs_in(text):
            found.proofs[id].add(Proof(file, test))
        for law in laws_damaged(text):
            for id in named(law):
                found.caught[id].add(f"damage ({law})")
    for beast in BEASTS:
        for id in named(" ".join((beast.origin, *map(_said_by, beast.catchers)))):
            found.caught[id].add(f"`{beast.name}`")
    return found


def _said_by(catcher: str) -> str:
    """What the one test says that is named as the catcher of a mutant; nothing where it is a whole file."""
    file, _, test = catcher.partition("::")
    name, _, row = test.partition("[")
    if not (PROJECT / file).exists():
        return ""
    if not row:
        return _tests((PROJECT / file).read_text()).get(name, "")
    return next((race[2] for race in _races() if row.rstrip("]").endswith(race[1].replace(" ", "-"))), "")


@cache
def _races() -> tuple[re.Match[str], ...]:
    return tuple(race for file in (PROJECT / "tests/races").glob("*.py") for race in RACE.finditer(file.read_text()))


def proofs_in(text: str) -> Iterator[tuple[str, str]]:
    """Each id with the test that names it, or with nothing where the file names it outside of tests."""
    tests = _tests(text)
    within = {id for source in tests.values() for id in named(source)}
    for name, source in tests.items():
        yield from ((id, name) for id in named(source))
    yield from ((id, "") for id in named(text) - within)


@cache
def _tests(text: str) -> dict[str, str]:
    found = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lines = text.splitlines()
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in found if node.name.startswith("test_")}


def laws_damaged(text: str) -> Iterator[str]:
    """The laws that a table of damage in this file breaks."""
    if DAMAGE not in text:
        return
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == DAMAGE for target in targets):
            table = getattr(node, "value", None)
            keys = table.keys if isinstance(table, ast.Dict) else []
            yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def written(page: Path) -> str:
    """A page of rules as it should be: its own words, and the table."""
    words = own_words(page.read_text()).rstrip("\n") + "\n"
    rows = "".join(_row(id, page.parent) for id in defined(words))
    return f"{words}\n{BEGIN}\n{HEADING}{rows}\n{END}\n"


def _row(id: str, folder: Path) -> str:
    found = evidence()
    kept = _some([f"`{_short(module)}`" for module in sorted(found.kept[id], key=_inside_first)])
    caught = ", ".join(sorted(found.caught[id]))
    return f"| {id} | {kept} | {_proofs(found.proofs[id], folder)} | {caught} |\n"


def _inside_first(module: Path) -> tuple[bool, Path]:
    return "retail_domain" not in module.parts, module


def _proofs(proofs: Iterable[Proof], folder: Path) -> str:
    known = sorted(proofs, key=lambda proof: (not proof.file.name.startswith("test_"), proof.file, proof.test))
    if len(known) <= NAMES_MAX:
        return ", ".join(_link(proof.file, folder, proof.test or _title(proof.file)) for proof in known)
    return _some([_link(file, folder, _title(file)) for file in dict.fromkeys(proof.file for proof in known)])


def _title(file: Path) -> str:
    return file.parent.name if file.stem.startswith("__") else file.stem


def _link(file: Path, folder: Path, says: str) -> str:
    return f"[{says.removeprefix('test_').replace('_', ' ').strip()}]({os.path.relpath(file, folder)})"


def _short(module: Path) -> str:
    parts = module.relative_to(PROJECT / "src").parts
    return "/".join(parts if parts[0] == "retail_domain" else parts[1:])


def _some(cells: Sequence[str]) -> str:
    return ", ".join(cells[:FILES_MAX]) + (" and others" if len(cells) > FILES_MAX else "")


def told(id: str) -> str:
    """All that is known of one rule."""
    found = evidence()
    kept = (f"  kept in    {module.relative_to(PROJECT)}" for module in sorted(found.kept[id]))
    proofs = sorted(found.proofs[id], key=lambda proof: (proof.file, proof.test))
    proved = (f"  proved by  {proof.file.relative_to(PROJECT)}{proof.test and '::' + proof.test}" for proof in proofs)
    caught = (f"  caught     {one}" for one in sorted(found.caught[id]))
    return "\n".join((id, *kept, *proved, *caught))


def main() -> None:
    """Write all tables, or tell about the ids that are asked for."""
    for id in sys.argv[1:]:
        print(told(id))
    for page in () if sys.argv[1:] else pages():
        page.write_text(written(page))
        print(f"{page.relative_to(RULES.parents[1])} written")


if __name__ == "__main__":
    main()
