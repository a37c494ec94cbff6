"""The front page in Chinese tells what the one in English tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

import pytest

from retail_domain.testing.simulation.trouble import Fault

PROJECT: Final = Path(__file__).parents[2]
ENGLISH, CHINESE = ((PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))


def links(page: str) -> set[str]:
    """Where it sends its readers, but to each other."""
    return set(re.findall(r"\]\(([^)]+)\)", page)) - {"README.md", "README.zh-CN.md"}


def contexts(page: str) -> set[str]:
    """Of the table of what the shop can do."""
    return set(re.findall(r"`([a-z]+)`", " ".join(re.findall(r"^\|[^|]+\|([^|]+)\|[^|]+\|$", page, re.MULTILINE))))


def commands(page: str) -> set[str]:
    """What a reader is told to run."""
    return set(re.findall(r"`make [a-z]+`|apt-get install [a-z-]+|examples/\w+\.(?:sh|py)", page))


def faults(page: str) -> set[str]:
    """How many kinds of fault a simulation has."""
    return set(re.findall(r"(\d+)(?: kinds of fault| 种故障)", page))


def programs(page: str) -> list[str]:
    """The pictures, programs and answers that stand there, in order; what is typed at a console is told in words beside."""
    blocks = re.findall(r"^```([a-z]*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [block for kind, block in blocks if kind != "console"]


def typed(page: str) -> list[str]:
    """What is typed at a console, without what is said of it."""
    blocks = re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def shape(page: str) -> list[tuple[str, int]]:
    """Each section, and how many rows of tables and blocks it has."""
    return [
        (str(place), len(re.findall(r"^(?:\||```|- )", section, re.MULTILINE)))
        for place, section in enumerate(re.split(r"^## ", page, flags=re.MULTILINE))
    ]


@pytest.mark.parametrize("facts", [links, contexts, commands, faults, programs, typed, shape])
def test_both_front_pages_tell_the_same(facts: Callable[[str], Collection[object]]) -> None:
    assert len(facts(ENGLISH)) > 0
    assert facts(CHINESE) == facts(ENGLISH)


def test_the_number_of_faults_is_that_of_the_simulation() -> None:
    assert faults(ENGLISH) == {str(len(Fault))}


@pytest.mark.parametrize("page", [ENGLISH, CHINESE])
def test_what_brings_members_back_is_named(page: str) -> None:
    assert contexts(page) >= {"tiers", "coupons", "points", "promotions"}
