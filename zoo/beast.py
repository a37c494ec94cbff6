"""A beast: one bug of real life, as a change of our own text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import frozen

PROJECT: Final = Path(__file__).parents[1]
DOMAIN: Final = "src/retail_domain"
SQL: Final = "src/adapters/retail_adapters/sql"
REPOSITORIES: Final = f"{SQL}/repositories"

UNIT: Final = "tests/unit"
PROPERTY: Final = "tests/property"
CONTRACT: Final = "tests/contract"
INTEGRATION: Final = "tests/integration"
RACES: Final = f"{INTEGRATION}/test_races_in_the_whole_shop.py"
STOCK_RACES: Final = f"{INTEGRATION}/test_stock_races.py"
MONEY: Final = f"{INTEGRATION}/test_orders_and_money.py"


def race(limit: str, database: str = "postgres") -> str:
    """The test of one row of the table of races."""
    test = "test_of_fifty_rivals_for_a_limited_thing_as_many_win_as_may"
    return f"{INTEGRATION}/test_table_of_races.py::{test}[{database}-{limit.replace(' ', '-')}]"


class DoesNotApply(Exception):
    """The text that a beast changes is not there exactly once."""


@frozen
class Patch:
    """In this file the old text, which is there exactly once, becomes the new one."""

    file: str
    old: str
    new: str

    def applied_to(self, text: str) -> str:
        """The changed text. Raises DoesNotApply."""
        found = text.count(self.old)
        if found != 1:
            raise DoesNotApply(f"{self.file}: the old text is there {found} times: {self.old.strip().splitlines()[0]}")
        return text.replace(self.old, self.new)


@frozen(kw_only=True)
class Beast:
    """A wrong variant of our code: what is wrong, where it was met, and which tests are expected to catch it.

    `catchers` are arguments of pytest, the quickest first; `seconds` is the budget within which one of them must fail.
    """

    name: str
    says: str
    origin: str
    patches: tuple[Patch, ...]
    catchers: tuple[str, ...]
    seconds: int = 60


@frozen
class Awaited:
    """A beast that cannot live here yet: its part of the shop is not built."""

    name: str
    origin: str
    comes_with: str


def changed_files(beast: Beast, root: Path) -> dict[str, str]:
    """The files of a tree as this beast would have them. Raises DoesNotApply."""
    texts: dict[str, str] = {}
    for patch in beast.patches:
        text = texts.get(patch.file) or (root / patch.file).read_text()
        texts[patch.file] = patch.applied_to(text)
    return texts
