"""What the shop shows of everything, read page by page as a person would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.kernel.ids import OrderId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import BookDay, BookEntry, ReadBook, ReadBookEntries
from retail_domain.testing.simulation.known import DAYS
from retail_domain.testing.simulation.scheduler import START

_PAGE = 50
_BEGIN: Final = DAYS.day_of(START)
EVERY_DAY: Final = ReadBook(first=_BEGIN - timedelta(days=40), last=_BEGIN + timedelta(days=300))
"""Of the day book: no history lasts longer, and no clock is further behind."""


@frozen(kw_only=True)
class Shown:
    """Orders with their histories, shelves, what was sold, money that waits, the books with their days, and the outbox."""

    orders: Mapping[OrderId, Any]
    histories: Mapping[OrderId, Sequence[Any]]
    stock: Mapping[SkuId, Sequence[Any]]
    sold: Mapping[ProductId, int]
    suspects: Sequence[Any]
    stuck_refunds: Sequence[Any]
    odd_notices: Sequence[Any]
    balances: Sequence[Any]
    days: Sequence[BookDay]
    entries: Sequence[BookEntry]
    """Those of each day of the book."""
    outbox: Sequence[Any]


async def everything(retail: Retail, skus: Mapping[SkuId, ProductId]) -> Shown:
    """Read it all."""
    reads = retail.ordering.show
    orders = {one.order_id: await reads.show(one.order_id) for one in await leafed(reads.all)}
    days = await retail.books.days(EVERY_DAY)
    return Shown(
        orders=orders,
        histories={id: await reads.history(id) for id in orders},
        stock={sku_id: await retail.inventory.show.stock_of([sku_id]) for sku_id in skus},
        sold={id: (await retail.catalog.show.product(id)).card.sold for id in set(skus.values())},
        suspects=await leafed(retail.payments.show.suspects),
        stuck_refunds=await leafed(retail.payments.show.stuck_refunds),
        odd_notices=await leafed(retail.payments.show.odd_notices),
        balances=await retail.payments.show.balances(),
        days=days,
        entries=[one for day in sorted({one.day for one in days}) for one in await _entries(retail, day)],
        outbox=await leafed(retail.background.outbox.open),
    )


async def _entries(retail: Retail, day: date) -> list[BookEntry]:
    return await leafed(lambda page: retail.books.entries(ReadBookEntries(day=day, page=page)))


async def leafed(read: Callable[[PageRequest], Awaitable[Page[Any]]]) -> list[Any]:
    """All pages of a list."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = await read(PageRequest(_PAGE, cursor))
        found.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return found
