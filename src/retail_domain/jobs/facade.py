"""Jobs, as a shop offers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.jobs.commands import (
    CancelJob,
    CountStockJob,
    EditPricesJob,
    ImportGoodsJob,
    JobOutcome,
    MoveMembersJob,
)
from retail_domain.jobs.queries import JobQueries


@frozen(kw_only=True)
class JobDesk:
    """Long work that a worker does (后台任务)."""

    import_goods: Callable[[ImportGoodsJob], Awaitable[JobOutcome]]
    edit_prices: Callable[[EditPricesJob], Awaitable[JobOutcome]]
    count_stock: Callable[[CountStockJob], Awaitable[JobOutcome]]
    move_members_in: Callable[[MoveMembersJob], Awaitable[JobOutcome]]
    cancel: Callable[[CancelJob], Awaitable[JobOutcome]]
    show: JobQueries
