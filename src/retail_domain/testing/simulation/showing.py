"""What the shop shows of everything, read page by page as a person would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.kernel.ids import OrderId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest

_PAGE = 50


@frozen(kw_only=True)
class Shown:
    """Orders with their histories, shelves, what was sold, money that waits, the books and the outbox."""

    orders: Mapping[OrderId, Any]
    histories: Mapping[OrderId, Sequence[Any]]
    stock: Mapping[SkuId, Sequence[Any]]
    sold: Mapping[ProductId, int]
    suspects: Sequence[Any]
    stuck_refunds: Sequence[Any]
    odd_notices: Sequence[Any]
    balances: Sequence[Any]
    outbox: Sequence[Any]


async def everything(retail: Retail, skus: Mapping[SkuId, ProductId]) -> Shown:
    """Read it all."""
    reads = retail.ordering.show
    orders = {one.order_id: await reads.show(one.order_id) for one in await leafed(reads.all)}
    return Shown(
        orders=orders,
        histories={id: await reads.history(id) for id in orders},
        stock={sku_id: await retail.inventory.show.stock_of([sku_id]) for sku_id in skus},
        sold={id: (await retail.catalog.show.product(id)).card.sold for id in set(skus.values())},
        suspects=await leafed(retail.payments.show.suspects),
        stuck_refunds=await leafed(retail.payments.show.stuck_refunds),
        odd_notices=await leafed(retail.payments.show.odd_notices),
        balances=await retail.payments.show.balances(),
        outbox=await leafed(retail.background.outbox.open),
    )


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
