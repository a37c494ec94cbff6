"""What a machine can check of how the domain is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.source import PROJECT, files, short, tree

# One word for one thing. The glossary says what to use instead.
BANNED_WORDS: Final = {
    "qty": "quantity",
    "boost": "assist",
    "dto": "name the thing",
    "util": "name the thing",
    "utils": "name the thing",
    "manager": "name the thing",
    "hold": "reservation",
}

# Decisions whose name sets, events and units of work have too.
OTHER_MEANINGS: Final = {"add", "commit", "remove", "set", "update"}

DOMAIN: Final = files("retail_domain")
TESTS: Final = sorted((PROJECT / "tests").rglob("*.py"))


def test_every_public_name_of_the_domain_has_a_docstring() -> None:
    undocumented = [f"{short(file)}: {name}" for file in DOMAIN for name in _without_docstring(tree(file))]

    assert undocumented == []


def test_every_module_says_what_it_is_for() -> None:
    undocumented = [short(file) for file in files() if tree(file).body and not ast.get_docstring(tree(file))]

    assert undocumented == []


def test_no_module_is_too_long_to_be_read() -> None:
    """At most 400 lines; what is longer is two things."""
    lengths = {short(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files()}

    assert len(lengths) > 500
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_no_test_patches_anything() -> None:
    """Fakes are adapters, which pass the same examinations."""
    patching = [short(file) for file in TESTS if file != Path(__file__) and _imports(tree(file)) & {"mock", "unittest.mock"}]

    assert patching == []


def test_the_words_of_the_domain_are_those_of_the_glossary() -> None:
    found = [
        f"{short(file)}: {name} (say {BANNED_WORDS[word]})"
        for file in DOMAIN
        for name in _names(file)
        for word in _words(name) & BANNED_WORDS.keys()
    ]

    assert found == []


def test_no_decision_is_dropped() -> None:
    """A bare call that returns a `Change` is an error, since nothing was saved or raised."""
    decisions = {name for file in DOMAIN for name in _returning_change(tree(file))} - OTHER_MEANINGS
    ours = [file for file in files() if "simulators" not in file.parts]
    dropped = [f"{short(file)}:{statement.lineno}" for file in ours for statement in _bare_calls(tree(file), decisions)]

    assert len(decisions) > 20
    assert dropped == []


def test_a_dropped_decision_would_be_noticed() -> None:
    planted = ast.parse("order.sign(at=at)\nchange = order.sign(at=at)")

    assert [statement.lineno for statement in _bare_calls(planted, {"sign"})] == [1]


def test_nothing_is_left_to_do() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError$", re.MULTILINE)

    assert [short(file) for file in files() if unfinished.search(file.read_text())] == []


def _without_docstring(node: ast.Module | ast.ClassDef, owner: str = "") -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith("_"):
            continue
        if not ast.get_docstring(child) and not _speaks_for_itself(child):
            yield owner + child.name
        if isinstance(child, ast.ClassDef):
            yield from _without_docstring(child, f"{owner}{child.name}.")


def _speaks_for_itself(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Examinations are sentences; a bare property of a Protocol is the collection that its name and type say."""
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    is_bare_property = "property" in decorators and ast.unparse(node.body[-1]) == "..."
    return node.name.startswith("test_") or is_bare_property or bool(decorators & {"overload", "setter"})


def _imports(module: ast.Module) -> set[str]:
    found = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _names(file: Path) -> set[str]:
    """The names that the file itself gives to things."""
    given = set[str]()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
    return given


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def _returning_change(module: ast.Module) -> set[str]:
    return {
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns).startswith("Change[")
    }


def _bare_calls(module: ast.Module, names: set[str]) -> list[ast.Expr]:
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) in names
    ]


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
