"""Quotes, the price book and what can be sold, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from retail_adapters.memory.catalog import sku_facts
from retail_adapters.memory.inventory import MemoryInventoryQueries
from retail_adapters.memory.quotas import grounds_of, left_of
from retail_adapters.memory.settings import timetable_of
from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import QuoteId, SkuId
from retail_domain.pricing import PriceBook, Quote, QuoteNotFound
from retail_domain.processes.purchase.window import OnDisplay

_THE_BOOK = 1


class MemoryQuotes(MemoryCollection[QuoteId, Quote]):
    """The quotes; see the port for the promises."""

    table: ClassVar[str] = "quotes"

    async def get(self, id: QuoteId) -> Quote:
        """Staged or stored. Raises QuoteNotFound."""
        found = self.look(id)
        if found is None:
            raise QuoteNotFound(quote_id=id)
        return found

    async def claim(self, ids: Iterable[QuoteId]) -> Mapping[QuoteId, Quote]:
        """Staged or stored ones."""
        found = ((id, self.look(id)) for id in set(ids))
        return {id: quote for id, quote in found if quote is not None}

    async def forget_expired(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return self.drop_first([(quote.expires_at, quote.id) for quote in self.every() if quote.expires_at < before], limit)


class MemoryPriceBookShelf(MemoryCollection[int, PriceBook]):
    """The one price book."""

    table: ClassVar[str] = "price_books"

    def key(self, state: PriceBook) -> int:
        """There is one."""
        return _THE_BOOK

    async def get(self) -> PriceBook:
        """Staged or stored, or empty."""
        return self.look(_THE_BOOK) or PriceBook()

    async def claim(self) -> PriceBook:
        """The same: whoever loses a race is told so at commit."""
        return await self.get()

    async def current_version(self) -> int:
        """That of the stored book."""
        stored = self._committed().get(_THE_BOOK)
        return stored.version if stored else 0

    def save(self, change: Change[PriceBook]) -> None:
        """Stage a change; the empty book that nobody ever stored counts as not there."""
        before = change.before if change.before and change.before.version else None
        super().save(Change(before, change.state, change.events))


class MemoryShopWindow:
    """The shop window."""

    def __init__(self, session: MemorySession) -> None:
        self._memory = session.memory
        self._shelf = session.of(MemoryPriceBookShelf)

    async def look(self, sku_ids: Iterable[SkuId], *, split: bool = False) -> OnDisplay:
        """The most that one online location can sell, or with `split` all together, and no more than a campaign has left."""
        wanted = set(sku_ids)
        lying = await MemoryInventoryQueries(self._memory).sellable(wanted, in_all=split)
        of_campaigns = left_of(self._memory, wanted)
        found = {sku_id: min(units, of_campaigns.get(sku_id, units)) for sku_id, units in lying.items()}
        return OnDisplay(
            facts=sku_facts(self._memory, wanted), sellable=found, grounds=grounds_of(self._memory, wanted),
            book=await self._shelf.get(), timetable=timetable_of(self._memory),
        )  # fmt: skip
