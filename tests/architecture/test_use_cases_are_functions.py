"""A use case is a function: frames alone begin units and commit, and whoever looks one up is told what it takes and refuses."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from attrs import fields

from retail_adapters.assemble import on_memory
from retail_domain.contexts import CONTEXTS, of_each
from retail_domain.kernel.errors import DomainError
from tests.support.source import PACKAGES, files, short, tree

FRAMES: Final = PACKAGES["retail_domain"] / "kernel" / "frames.py"
# The stores' own transactions are not units of work, the examinations drive units by hand, simulators have no shop.
ELSEWHERE: Final = ("retail_domain/testing/", "retail_adapters/sql/", "retail_adapters/memory/", "/simulators/")
NO_USE_CASES: Final = {"show", "window", "outbox", "timers", "takes_long"}


def test_units_are_begun_and_committed_in_the_frames_only() -> None:
    """A use case that begins its own unit may forget what was answered before, or to commit."""
    inside = [file for file in files() if file != FRAMES and not any(part in file.as_posix() for part in ELSEWHERE)]
    assert _units_of(tree(FRAMES))

    assert [f"{short(file)}:{line}" for file in inside for line in _units_of(tree(file))] == []


@pytest.mark.parametrize(
    ("planted", "is_one"),
    [
        ("async def buy(begin):\n    async with begin() as work: pass", True),
        ("async def buy(self):\n    async with self.begin() as work: pass", True),
        ("async def show(parts):\n    async with parts.look() as work: pass", True),
        ("async def buy(work):\n    await work.commit()", True),
        ("async def pay(gateway, request):\n    return await gateway.begin(request)", False),
        ("def firm(promise):\n    return promise.commit()", False),
    ],
)
def test_a_planted_unit_is_found(planted: str, is_one: bool) -> None:
    assert bool(_units_of(ast.parse(planted))) is is_one


def _units_of(module: ast.Module) -> list[int]:
    begun = [
        one.context_expr.lineno
        for node in ast.walk(module) if isinstance(node, ast.AsyncWith)
        for one in node.items if _called(one.context_expr) in ("begin", "look")
    ]  # fmt: skip
    committed = [node.lineno for node in ast.walk(module) if isinstance(node, ast.Await) and _called(node.value) == "commit"]
    return begun + committed


def _called(node: ast.expr) -> str:
    """The name that is called, with no arguments."""
    if not isinstance(node, ast.Call) or node.args or node.keywords:
        return ""
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _offered() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every use case of a shop, as whoever embeds it finds it."""
    shop = on_memory()
    for room in fields(type(shop)):
        desk = getattr(shop, room.name)
        if room.name in ("begin", "join", "previewed", "aclose"):
            continue
        for one in fields(type(desk)):
            if one.name not in NO_USE_CASES:
                yield f"{room.name}.{one.name}", getattr(desk, one.name)


OFFERED: Final = dict(_offered())
_HAS_NO_WISH: Final = {
    "books.closings", "books.current_day",
    "points.pay", "promotions.list",
    "quoting.freight_templates", "background.deliver_next", "settings.show_all", "settings.history", "settings.shop_front",
    "tiers.ladder", "tiers.counts",
    "settings.home",
    "webhooks.every",
}  # fmt: skip


@pytest.mark.parametrize("name", OFFERED)
def test_who_looks_a_use_case_up_is_told_the_wish_and_the_answer(name: str) -> None:
    """`help(shop.accounts.admit_member)` shows both."""
    shown = inspect.signature(OFFERED[name])

    assert len(shown.parameters) == (name not in _HAS_NO_WISH)
    assert all(one.annotation is not one.empty for one in shown.parameters.values())
    assert shown.return_annotation is not shown.empty
    assert inspect.getdoc(OFFERED[name])
    assert "Carry it out" not in str(inspect.getdoc(OFFERED[name]))


@pytest.mark.parametrize("name", sorted(OFFERED.keys() - {"background.deliver_next"}))
def test_who_looks_a_use_case_up_is_told_its_refusals(name: str) -> None:
    """Those that it raises itself, or that helpers beside it raise; each name that is told is that of a refusal."""
    called = OFFERED[name]
    module = importlib.import_module(called.__module__)
    functions = {node.name: node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, _FUNCTIONS)}
    told = _told(inspect.getdoc(called) or "")

    assert {one for one in told if not _is_refusal(one)} == set()
    assert _raised(called.__name__, functions, set()) - told == set()


_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def _told(doc: str) -> set[str]:
    _, raises, rest = doc.partition("Raises ")
    return set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", rest)) if raises else set()


def _raised(name: str, functions: dict[str, Any], seen: set[str]) -> set[str]:
    """The classes of refusals named in `raise` by this function and those of its module that it calls."""
    if name in seen or name not in functions:
        return set()
    seen.add(name)
    found: set[str] = set()
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Raise) and node.exc is not None:
            found |= {one.id for one in ast.walk(node.exc) if isinstance(one, ast.Name) and _is_refusal(one.id)}
        if isinstance(node, ast.Name):
            found |= _raised(node.id, functions, seen)
    return found


def _is_refusal(name: str) -> bool:
    return name in _REFUSALS


def _classes(of: type[Exception]) -> Iterator[type[Exception]]:
    for one in of.__subclasses__():
        yield one
        yield from _classes(one)


_REFUSALS: Final = {one.__name__ for one in _classes(DomainError)} | {"GatewayError"}


def test_a_context_shows_no_use_case_among_its_names() -> None:
    """Commands, answers, views, events, refusals, and what others truly need; use cases are asked for on the facades."""
    use_cases = {getattr(called, "__name__", "") for called in OFFERED.values()}

    assert [name for name, one in of_each("retail_domain", CONTEXTS).items() if use_cases & set(vars(one))] == []
