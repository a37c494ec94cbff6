"""Placing one order, with or without others: its answer, a fresh quote when prices changed, what became of it in doubt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from attrs import frozen

from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import QuoteId
from retail_domain.kernel.units import Begin
from retail_domain.pricing import Quote, QuotePriceChanged
from retail_domain.processes.purchase.checkout import (
    Answer,
    CheckoutWork,
    Placed,
    PlacedBefore,
    PlaceOrder,
    answer_of,
    is_of,
    placed_before,
    told_before,
)
from retail_domain.processes.purchase.quoting import QuoteAgain


@frozen(kw_only=True)
class FindPlaced:
    """What became of asks whose batch failed or ended in doubt: what their keys tell, else None. Changes nothing (R15)."""

    begin: Begin[CheckoutWork]

    async def __call__(self, asks: Sequence[PlaceOrder]) -> Sequence[Answer | None]:
        """The answer given under each key; without a key, the order that came of the quote."""
        async with self.begin() as work:
            told = await told_before(work, asks)
            quotes = await work.quotes.claim({ask.quote_id for ask in asks if ask.once is None})
            placed = await placed_before(work, quotes.values())
        return [told.get(at) if ask.once else _found(ask, quotes, placed) for at, ask in enumerate(asks)]


def _found(ask: PlaceOrder, quotes: Mapping[QuoteId, Quote], placed: PlacedBefore) -> Answer | None:
    quote, order = quotes.get(ask.quote_id), placed.by_quote.get(ask.quote_id)
    return answer_of(order) if quote is not None and order is not None and is_of(ask, quote, order) else None


@frozen(kw_only=True)
class PlaceOne:
    """Places one order: a batch of one."""

    place: Callable[[Sequence[PlaceOrder]], Awaitable[Sequence[Answer]]]

    async def __call__(self, ask: PlaceOrder) -> Placed:
        """Answers the order. Raises QuoteNotFound, QuoteExpired, QuoteHashMismatch and what `check_out` raises."""
        (answer,) = await self.place([ask])
        if isinstance(answer, Placed):
            return answer
        raise answer


@frozen(kw_only=True)
class PlaceOrRequote:
    """Places one order; when prices have changed, the refusal carries a fresh quote to consent to (CRT-R4)."""

    place: Callable[[PlaceOrder], Awaitable[Placed]]
    quote_again: Callable[[QuoteAgain], Awaitable[Quote]]

    async def __call__(self, ask: PlaceOrder) -> Placed:
        """Answers the order. Raises what placing raises."""
        try:
            return await self.place(ask)
        except QuotePriceChanged as changed:
            fresh = await self._fresh(ask)
            if fresh is None:
                raise
            raise QuotePriceChanged(
                quote_id=changed.quote_id, sku_ids=changed.sku_ids, fresh_quote_id=fresh.id, fresh_hash=fresh.hash
            ) from None

    async def _fresh(self, ask: PlaceOrder) -> Quote | None:
        try:
            return await self.quote_again(QuoteAgain(member_id=ask.member_id, quote_id=ask.quote_id))
        except DomainError:
            return None  # nothing of it can be had any more: the refusal alone says so
