"""Placing one order, with or without others: its answer, a fresh quote when prices changed, what became of it in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import QuoteId
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


async def find_placed(work: CheckoutWork, asks: Sequence[PlaceOrder]) -> Sequence[Answer | None]:
    """What became of asks whose batch failed or ended in doubt: what their keys tell, else None. Changes nothing (R15).

    Without a key it is the order that came of the quote.
    """
    told = await told_before(work, asks)
    quotes = await work.quotes.claim({ask.quote_id for ask in asks if ask.once is None})
    placed = await placed_before(work, quotes.values())
    return [told.get(at) if ask.once else _found(ask, quotes, placed) for at, ask in enumerate(asks)]


def _found(ask: PlaceOrder, quotes: Mapping[QuoteId, Quote], placed: PlacedBefore) -> Answer | None:
    quote, order = quotes.get(ask.quote_id), placed.by_quote.get(ask.quote_id)
    return answer_of(order) if quote is not None and order is not None and is_of(ask, quote, order) else None


async def place_one(ask: PlaceOrder, place: Called[Sequence[PlaceOrder], Sequence[Answer]]) -> Placed:
    """Places one order: a batch of one. Answers the order. Raises what `Placing.decide` raises."""
    (answer,) = await place([ask])
    if isinstance(answer, Placed):
        return answer
    raise answer


async def place_or_requote(
    ask: PlaceOrder, place: Called[PlaceOrder, Placed], quote_again: Called[QuoteAgain, Quote]
) -> Placed:
    """Places one order; when prices have changed, the refusal carries a fresh quote to consent to (CRT-R4).

    Answers the order. Raises QuoteNotFound, QuoteExpired, QuoteHashMismatch, QuotePriceChanged, CartAlreadyOrdered,
    SkuNotOnSale, OrderNotToBeHad, and what each kind of taking raises, such as SoldOut.
    """
    try:
        return await place(ask)
    except QuotePriceChanged as changed:
        fresh = await _fresh(ask, quote_again)
        if fresh is None:
            raise
        raise QuotePriceChanged(
            quote_id=changed.quote_id, sku_ids=changed.sku_ids, fresh_quote_id=fresh.id, fresh_hash=fresh.hash
        ) from None


async def _fresh(ask: PlaceOrder, quote_again: Called[QuoteAgain, Quote]) -> Quote | None:
    try:
        return await quote_again(QuoteAgain(member_id=ask.member_id, quote_id=ask.quote_id))
    except DomainError:
        return None  # nothing of it can be had any more: the refusal alone says so
