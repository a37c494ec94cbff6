"""Reads our own source, for the tests that look after the architecture."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

PROJECT: Final = Path(__file__).parents[2]
PACKAGES: Final = {
    "retail_domain": PROJECT / "src/retail_domain",
    "retail_adapters": PROJECT / "src/adapters/retail_adapters",
    "retail_entrypoints": PROJECT / "src/entrypoints/retail_entrypoints",
}

C = TypeVar("C")


def files(*packages: str) -> list[Path]:
    """The Python files of the packages, or of all three."""
    return sorted(file for name in packages or PACKAGES for file in PACKAGES[name].rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(file.read_text(), str(file))


def short(file: Path) -> str:
    """The file as one would name it in a message."""
    return str(file.relative_to(PROJECT))


def import_everything() -> None:
    """Import every module of the three packages, so that every subclass is known."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".versions." not in module.name and not module.name.endswith((".__main__", ".env")):
                importlib.import_module(module.name)


def subclasses(base: type[C]) -> Iterator[type[C]]:
    """All subclasses of a class, at any depth, that our packages define."""
    for found in base.__subclasses__():
        if found.__module__.partition(".")[0] in PACKAGES:
            yield found
        yield from subclasses(found)
