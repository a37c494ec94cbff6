"""Goods, a warehouse, a member and an admin to try the shop with, made through its own use cases.

A module a context that has something to show: `DEMO` names what to do, with what the contexts before it made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from retail_domain.application import Retail
from retail_domain.contexts import found_in
from retail_domain.kernel.ids import MemberId
from retail_entrypoints.cli.demo_data.accounts import ADMIN_LOGIN, MEMBER_LOGIN, add_the_admin
from retail_entrypoints.cli.demo_data.demo import PASSWORD, CaughtMessages, Demo
from retail_entrypoints.cli.demo_data.inventory import LOCATION
from retail_entrypoints.cli.demo_data.offers import launch_the_offers
from retail_entrypoints.cli.demo_data.settings import arrange_the_window
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings

EVERYTHING: Final[tuple[Callable[[Demo], Awaitable[None]], ...]] = found_in(__name__, "DEMO")


async def stock_the_shelves(settings: Settings) -> bool:
    """Fill an empty shop; a shop that has a demo admin is left as it is. Whether anything was made."""
    caught = CaughtMessages()
    async with open_shop(settings, sms=caught) as shop:
        if await shop.retail.accounts.show.staff_named(ADMIN_LOGIN) is not None:
            return False
        await fill(shop.retail, caught, takes_cash="counter" in settings.gateway_codes)
        await arrange_the_window(shop.retail)
        await launch_the_offers(shop.retail)
    return True


async def fill(retail: Retail, caught: CaughtMessages, *, takes_cash: bool = True) -> MemberId:
    """Make everything, the admin last; answers the id of the member."""
    demo = Demo(retail, caught, takes_cash=takes_cash)
    for make in EVERYTHING:
        await make(demo)
    await add_the_admin(retail)
    assert demo.member_id is not None
    return demo.member_id


__all__ = ["ADMIN_LOGIN", "LOCATION", "MEMBER_LOGIN", "PASSWORD", "CaughtMessages", "fill", "stock_the_shelves"]
