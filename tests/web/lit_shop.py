"""A shop that stands open for a real browser: one server process on SQLite, a provider of play money, orders in every state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Final

from attrs import field, frozen

from retail_domain.accounts import AddStaff, Role
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.ordering import CancelOrder, ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.cli.demo_window import SHOWN, dress
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings
from tests.support.furnished import furnish
from tests.support.sandbox import running_sandbox
from tests.support.servers import a_free_port, a_server

_ACTOR: Final = Actor.system("tests")
BOUGHT: Final = ("TEA-100", "SCARF-R", "CUP-1", "POT-1", "SCARF-B")
CLERK: Final = "the-clerk"
TO_SHIP: Final = 12
"""So many orders wait to be sent: ten for a file, one for a hand, one that stays."""


@frozen
class LitShop:
    """An open shop, and what happened in it before."""

    url: str
    texts: Path
    to_ship: tuple[str, ...] = field(repr=False)
    """The numbers of orders that wait to be sent, the oldest first."""

    def works(self) -> None:
        """A worker does the jobs that wait, and numbers what happened."""
        worker = Thread(target=lambda: asyncio.run(_work(self.texts.parent)))  # a browser has a loop of its own in this one
        worker.start()
        worker.join()

    def code(self) -> str:
        """The code of the last text message."""
        told = json.loads(self.texts.read_text().splitlines()[-1])
        return str(told["parameters"]["code"])


@contextmanager
def lit_shop(folder: Path, *, with_all_goods: bool = False) -> Iterator[LitShop]:
    """Open until the end of the block; with few goods, since each picture of them takes time to prepare."""
    port, texts = a_free_port(), folder / "texts.jsonl"
    url = f"http://127.0.0.1:{port}"
    with running_sandbox() as provider:
        environ = {
            "RETAIL_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}", "RETAIL_PUBLIC_URL": url, "RETAIL_SMS": f"file:{texts}",
            "RETAIL_SANDBOX_BASE_URL": provider.url, "RETAIL_OPEN_ORDERS_MAX": "50",
            "RETAIL_TWO_PEOPLE": "refund:20000", "RETAIL_LOG_SEVERITY": "WARNING",
        }  # fmt: skip
        furnish(environ)
        to_ship = asyncio.run(_happen(environ, SHOWN if with_all_goods else SHOWN[:2]))
        with a_server("granian", environ, folder / "server.log", port=port) as server:
            yield LitShop(server.url, texts, to_ship)


async def _work(folder: Path) -> None:
    async with open_shop(Settings.from_environ({"RETAIL_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}"})) as shop:
        for name in ("do_jobs", "number_events"):
            while (await shop.retail.background.timers[name]()).due:
                continue


async def _happen(environ: Mapping[str, str], window: Sequence[Any]) -> tuple[str, ...]:
    async with open_shop(Settings.from_environ(environ)) as shop:
        await dress(shop.retail, window)
        return await happenings(shop.retail)


async def happenings(retail: Retail) -> tuple[str, ...]:
    """Orders of the demo member in every state, a cart with something in it; the numbers of orders that wait to be sent."""
    found = await retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    shelf = [one for one in [await retail.catalog.show.sku_coded(code) for code in BOUGHT] if one is not None]
    await retail.accounts.add_staff(AddStaff(login=CLERK, password=PASSWORD, name="小周", roles=(Role.CLERK,), actor=_ACTOR))
    buyer = _Buyer(retail, found.member_id)
    await buyer.orders(shelf[0], paid=False)
    cancelled = await buyer.orders(shelf[1], paid=False)
    await retail.ordering.cancel(CancelOrder(member_id=found.member_id, order_id=cancelled.order_id))
    back = await buyer.orders(shelf[2], quantity=2)
    await retail.ordering.refund(RefundOrder(order_id=back.order_id, reason="破损", units=(Units(shelf[2], 1),), actor=_ACTOR))
    for place, tracking_number in ((3, "SF1000"), (4, "SF1001")):
        sent = await buyer.orders(shelf[place])
        await retail.ordering.ship(
            ShipOrder(order_id=sent.order_id, carrier="顺丰", tracking_number=tracking_number, actor=_ACTOR)
        )
        if place == 4:
            await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=found.member_id, order_id=sent.order_id))
    waiting = [await buyer.orders(shelf[place % 4]) for place in range(TO_SHIP)]
    return tuple(one.number for one in waiting)


@frozen
class _Buyer:
    retail: Retail
    member_id: MemberId

    async def orders(self, sku_id: SkuId, *, quantity: int = 1, paid: bool = True) -> Placed:
        """An order, paid at the counter."""
        retail, member_id = self.retail, self.member_id
        home = (await retail.accounts.show.address_book(member_id)).addresses[0].id
        basket = QuoteBasket(member_id=member_id, address_id=home, lines=(WantedLine(sku_id, quantity),))
        quote = await retail.quoting.quote(basket)
        order = await retail.checkout.place(PlaceOrder(member_id=member_id, quote_id=quote.id, hash=quote.hash))
        if paid:
            wish = StartPayment(member_id=member_id, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
            attempt = await retail.payments.start(wish)
            cash = ConfirmCounterPayment(payment_id=attempt.payment_id, amount=order.payable, actor=_ACTOR)
            await retail.payments.confirm_counter(cash)
        return order
