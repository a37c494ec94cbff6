"""No way of setting a price forgets to keep it: goods are staged in one place (CAT-R10)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

SRC: Final = Path(__file__).parents[2] / "src"
THE_PLACE: Final = "src/retail_domain/catalog/use_cases/storing_prices.py"


def _stages_goods(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("products.save")


def staging(tree: ast.AST) -> int:
    """How often goods are staged."""
    return sum(map(_stages_goods, ast.walk(tree)))


def test_goods_are_staged_where_their_prices_are_kept_and_nowhere_else() -> None:
    """CAT-R10: what is only run by tests of stores may stage goods by itself."""
    found = {
        str(path.relative_to(SRC.parent))
        for path in SRC.rglob("*.py")
        if "retail_domain/testing" not in str(path) and staging(ast.parse(path.read_text()))
    }
    assert found == {THE_PLACE}


def test_a_use_case_that_stages_goods_by_itself_is_found() -> None:
    """CAT-R10"""
    assert staging(ast.parse("async def f(work):\n    self.work.products.save(change)")) == 1
