"""What pricing needs from a store and from its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import QuoteId
from retail_domain.kernel.once import Answers
from retail_domain.pricing.model import PriceBook, Quote


class Quotes(Protocol):
    """The quotes that were given."""

    async def get(self, id: QuoteId) -> Quote:
        """The quote of this id. Raises QuoteNotFound; sees staged quotes."""
        ...

    async def claim(self, ids: Iterable[QuoteId]) -> Mapping[QuoteId, Quote]:
        """These quotes in one statement; unknown ones are absent. A quote never changes, so nothing is locked."""
        ...

    def save(self, change: Change[Quote]) -> None:
        """Stage a new quote."""
        ...

    async def forget_expired(self, before: datetime, limit: int) -> int:
        """Delete up to so many quotes that expired before a time; answers how many went."""
        ...


class PriceBookShelf(Protocol):
    """The one price book of the shop."""

    async def get(self) -> PriceBook:
        """The book as stored, or an empty one of version 0; sees a staged one."""
        ...

    async def claim(self) -> PriceBook:
        """The same, locked for a change: rivals who change it wait."""
        ...

    async def current_version(self) -> int:
        """The version of the stored book alone: what placing compares (CRT-R4)."""
        ...

    def save(self, change: Change[PriceBook]) -> None:
        """Stage a change of the book; a rival's change makes the commit raise `Stale` or `Taken`."""
        ...


class PricingWork(Protocol):
    """The unit of work of pricing."""

    @property
    def quotes(self) -> Quotes:
        """The quotes."""
        ...

    @property
    def price_book(self) -> PriceBookShelf:
        """The price book."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
