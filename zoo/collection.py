"""All beasts: those of every module here that has some."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from zoo.beast import Beast


def _houses() -> list[str]:
    """The modules here, but for this one and what runs them."""
    here = Path(__file__)
    return sorted(path.stem for path in here.parent.glob("*.py") if path != here and not path.stem.startswith("_"))


BEASTS: Final[tuple[Beast, ...]] = tuple(
    beast for house in _houses() for beast in getattr(import_module(f"zoo.{house}"), "BEASTS", ())
)
"""Each is a bug that the tests must catch."""
