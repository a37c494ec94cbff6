"""How a table grows: what adds rows, how many and how large, how long they are kept, and whom they tell of."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen


class With(Enum):
    """What makes a table grow."""

    SALES = "sales"
    """With every order, for as long as the shop sells: such tables are the large ones."""
    VISITS = "visits"
    """With people who look, log in or put something into a cart, whether they buy or not."""
    MEMBERS = "members"
    CATALOGUE = "the catalogue"
    STAFF = "what staff do"
    NOTHING = "nothing"
    """A few rows that are set up once."""


FOR_GOOD: Final = "for good"
NEVER: Final = "never"
SWEPT: Final = "portions of 1,000, by the hourly sweep"
NONE: Final = "none"
PROOF: Final = "the audit proves by it that goods and money add up, for all time"
RECORD: Final = "a record of the business, which the law may ask for after years"
NOBODY: Final = "nobody"


@frozen
class Growth:
    """One line about a table. `size` is of a row with its part of the indexes, in bytes, measured on PostgreSQL."""

    grows: With
    rows: str
    size: int
    kept: str = FOR_GOOD
    goes: str = NEVER
    personal: str = NONE
    read_by: str = NOBODY
    """Who reads a row when what it is about is over."""
    stays: str = ""
    """Why rows that grow with use never go."""
