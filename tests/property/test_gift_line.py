from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from retail_adapters.assemble import on_database
from retail_adapters.sql.audit import audit
from retail_domain.inventory import OpenLocation
from retail_domain.ordering import CancelOrder, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import SaleLine
from retail_domain.processes import quoting
from retail_domain.processes.checkout import PlaceOrder
from tests.property.test_takings import outside
from tests.support.market import CLERK, Market
from tests.support.stores import HandClock, Place, open_database


async def test_gift(sqlite_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = quoting.sort_out
    def with_gift(*a: Any) -> Any:
        good, bad = real(*a)
        return (*good, SaleLine(good[0].goods, 1, 2)), bad
    monkeypatch.setattr(quoting, "sort_out", with_gift)
    async with open_database(Place("sqlite", sqlite_path)) as database:
        clock = HandClock()
        market = Market(on_database(database, outside(clock)), clock)
        retail = market.retail
        await retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
        await market.freight(800)
        sku, buyer = await market.goods("A", stock=9, limit=8), await market.buyer()
        for what in ("keep", "cancel"):
            quote = await market.quote(buyer, (sku, 2))
            placed = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
            if what == "cancel":
                await retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
                continue
            due = await retail.payments.start(StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER))
            await retail.payments.confirm_counter(ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK))
            await retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=(Units(sku, 1, 2),)))
            await retail.ordering.refund(RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(sku, 1, 1),)))
            view = await retail.ordering.show.show(placed.order_id)
            print([(l.quantity, l.shipped, l.refunded, l.unshipped) for l in view.lines], view.status)
        (shelf,) = await retail.inventory.show.stock_of([sku])
        print(shelf.on_hand, shelf.reserved)
        assert (shelf.on_hand, shelf.reserved) == (8, 1)
        found = await audit(database, at=clock.now() + timedelta(seconds=1))
        assert not found, found
