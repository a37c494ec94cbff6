"""Staff at the console: who they are, how they come in, and orders for them to look after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from retail_domain.accounts import AddStaff, MakeRole, Permission
from retail_domain.inventory import LocationKind, OpenLocation
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.cli.demo_data import PASSWORD
from tests.e2e.whole_shop import SYSTEM, WholeShop
from tests.web.paper import PaperBrowser, Sheet, browsing

OF_A_PLACE: Final = (
    Permission.STOCK_SEE, Permission.STOCK_CHANGE, Permission.ORDERS_SEE, Permission.ORDERS_SHIP, Permission.ORDERS_CLOSE,
    Permission.ORDERS_CHANGE, Permission.PAYMENTS_SEE, Permission.MEMBERS_CONTACT,
)  # fmt: skip
"""What a clerk of one store is given."""


@asynccontextmanager
async def at_the_desk(shop: WholeShop, login: str = "admin") -> AsyncIterator[PaperBrowser]:
    """Somebody of staff, logged in."""
    async with browsing(shop) as staff:
        inside = await enter(staff, login)
        assert inside.path == "/desk", inside.text
        yield staff


async def enter(staff: PaperBrowser, login: str, password: str = PASSWORD) -> Sheet:
    return await staff.submit(await staff.open("/desk"), "/desk/enter", login=login, password=password)


async def a_clerk_of(shop: WholeShop, login: str, place: LocationId) -> None:
    """Somebody who is bound to one place."""
    role = MakeRole(code=f"of-{login}", name=f"Clerk of {login}", permissions=OF_A_PLACE, places=(place,), actor=SYSTEM)
    await shop.retail.accounts.make_role(role)
    wish = AddStaff(login=login, password=PASSWORD, name=login, custom_roles=(role.code,), actor=SYSTEM)
    await shop.retail.accounts.add_staff(wish)


async def another_store(shop: WholeShop) -> LocationId:
    """A store where nothing lies."""
    wish = OpenLocation(code="FAR", name="Far away", kind=LocationKind.STORE, sells_online=False, actor=SYSTEM)
    return (await shop.retail.inventory.open_location(wish)).location_id


async def the_warehouse(shop: WholeShop) -> LocationId:
    """The place that online orders are sent from."""
    return next(one.id for one in await shop.retail.inventory.show.locations() if one.code != "FAR")


async def an_order(shop: WholeShop, *, paid: bool = True, quantity: int = 2, remark: str = "") -> dict[str, Any]:
    """Alice orders, and pays at the counter."""
    async with shop.knocking("alice") as client:
        sku = (await client.get("/v1/products")).json()["items"][0]["skus"][0]["sku_id"]
        address = (await client.get("/v1/me/addresses")).json()["items"][0]["address_id"]
        basket = {
            "lines": [{"sku_id": sku, "quantity": quantity}], "delivery": {"kind": "address", "address_id": address},
        }  # fmt: skip
        quote = (await client.post("/v1/quotes", json=basket)).json()
        wish = {"quote_id": quote["quote_id"], "hash": quote["hash"], "remark": remark}
        order: dict[str, Any] = (await client.post("/v1/orders", json=wish)).json()
        way = {"gateway": "counter", "flow": "counter"}
        payment = (await client.post(f"/v1/orders/{order['order_id']}/payments", json=way)).json()
    if paid:
        async with shop.knocking("clerk") as client:
            done = await client.post(f"/v1/staff/payments/{payment['payment_id']}/confirm", json={"amount": payment["amount"]})
            assert done.status_code == 200, done.text
    return {**order, "sku_id": sku}


async def trail_of(shop: WholeShop, action: str) -> list[str]:
    """What rows of this action are about, the newest first."""
    found = await shop.retail.accounts.show.trail(PageRequest(100))
    return [one.object for one in found.items if one.action == action]
