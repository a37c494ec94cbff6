"""What is written down of a soak: each act with its answer and both its times, and what the database says at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen

END: Final = float("inf")


@frozen(kw_only=True)
class Act:
    """One command or look, by one client; `code` is empty when it was done, else the refusal.

    `tag` is the name under which it acted: no other act of the soak has it, so its step in an order's history can be found.
    """

    verb: str
    on: str
    began: float
    ended: float
    code: str = ""
    tag: str = ""
    units: Mapping[str, int] = field(factory=dict)
    """By SKU: ordered, shipped, paid back, received or seen."""
    minor: int = 0
    """Paid back by this act, or seen as paid back."""
    paid: int = 0
    """Seen as paid."""
    status: str = ""
    """The order's state as the answer told it."""

    @property
    def is_done(self) -> bool:
        """Whether it was carried out."""
        return not self.code


@frozen
class Step:
    """One stored transition of an order."""

    version: int
    event: str
    to_status: str
    actor: str


@frozen(kw_only=True)
class Shelf:
    """What lay there before anybody came, and what lies there when everybody has gone."""

    first: int
    on_hand: int
    reserved: int


@frozen(kw_only=True)
class Ending:
    """What the database, the books and the provider say when all is quiet."""

    steps: Mapping[str, Sequence[Step]]
    shelves: Mapping[str, Shelf]
    carts: Mapping[str, int]
    books: Mapping[str, int]
    provider_minor: int


@frozen(kw_only=True)
class History:
    """The whole story."""

    acts: Sequence[Act]
    ending: Ending
