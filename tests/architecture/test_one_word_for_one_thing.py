"""One word for one thing: no public class name of ours means two."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.support.source import files, short, tree

SIMULATORS: Final = "simulators"
"""A simulated provider is another system, which shares no code with the shop: it has payments and refunds of its own."""
BY_PLACE: Final = {"Collections", "Versioned"}
"""Named by where they stand: what a manifest says of its context, and what a store asks of a state."""


def said_twice(trees: Iterable[tuple[str, ast.Module]]) -> Mapping[str, Sequence[str]]:
    """Public classes of one name, and where they are."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, module in trees:
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in BY_PLACE:
                found[node.name].append(name)
    return {word: places for word, places in found.items() if len(places) > 1}


def _ours(file: Path) -> bool:
    return SIMULATORS not in file.parts and "static" not in file.parts


def test_no_class_name_means_two_things() -> None:
    assert said_twice((short(file), tree(file)) for file in files() if _ours(file)) == {}


def test_a_second_meaning_is_noticed() -> None:
    one, two = ast.parse("class Desk: ...\nclass _Own: ..."), ast.parse("class Desk: ...\nclass _Own: ...\nclass Other: ...")

    assert said_twice([("here", one), ("there", two)]) == {"Desk": ["here", "there"]}
