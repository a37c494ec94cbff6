"""Every refusal has one code, one sentence, a line in the reference, and somebody who raises it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from retail_domain.kernel.errors import DomainError, Kind
from scripts.reference_pages import ERRORS, errors_page
from tests.support.source import PROJECT, files, import_everything, subclasses, tree

import_everything()
FAMILIES = {base for refusal in subclasses(DomainError) for base in refusal.__bases__ if "code" not in vars(base)}
REFUSALS = sorted(set(subclasses(DomainError)) - FAMILIES, key=lambda refusal: (refusal.code, refusal.__qualname__))

# A port promises these and its callers handle them; the adapters that come with this repository have no use for them.
FOR_OTHER_ADAPTERS: set[str] = set()


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_has_a_code_a_kind_and_a_sentence(refusal: type[DomainError]) -> None:
    """GEN-R15: codes are snake_case with a dot."""
    assert "code" in vars(refusal)
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+", refusal.code)
    assert isinstance(refusal.kind, Kind)
    assert re.fullmatch(r"[A-Z].*[.!]", refusal.sentence())


def test_no_two_refusals_share_a_code() -> None:
    counted = Counter(refusal.code for refusal in REFUSALS)

    assert [code for code, times in counted.items() if times > 1] == []


def test_the_reference_lists_every_refusal() -> None:
    written = (PROJECT / ERRORS).read_text()

    assert written == errors_page(REFUSALS), "run `make docs`: it writes the page anew"


def test_every_refusal_can_happen() -> None:
    """A refusal that nothing raises is a promise nobody keeps."""
    used = {name for file in files() for name in _made_or_handed_on(tree(file))}

    assert {refusal.__name__ for refusal in REFUSALS if refusal.__name__ not in used} == FOR_OTHER_ADAPTERS


def _made_or_handed_on(module: ast.Module) -> Iterator[str]:
    """Names that are called (`SoldOut(...)`, `SoldOut.of(...)`), raised, or handed to what raises them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            handed = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from (name for part in (node.func, *handed) for name in _names(part))
        elif isinstance(node, ast.Raise) and node.exc is not None:
            yield from _names(node.exc)
        elif isinstance(node, ast.Return | ast.Assign | ast.AnnAssign) and node.value is not None:
            yield from _names(node.value)


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
        yield from _names(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _names(node.body)
        yield from _names(node.orelse)
    elif isinstance(node, ast.Dict):
        yield from (name for value in node.values for name in _names(value))
