"""An order paid by a held wallet and a gateway: paid = sum of tenders, refunded = sum of parts, per tender refunded <= paid."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from retail_adapters.assemble import Outside, on_database
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_adapters.sql.session import Tools as SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.money import Money
from retail_domain.ordering import CloseOrder, RefundOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.payments.model import Attempt, Payment
from retail_domain.payments.model.tenders import split_refund
from retail_domain.processes.checkout import PlaceOrder
from retail_domain.processes.reactions import reactions_to
from tests.support.market import CLERK, Market
from tests.support.stores import HandClock, Place, open_database


async def test_wallet_and_counter_pay_together_and_get_their_parts_back(sqlite_path: Path) -> None:
    async with open_database(Place("sqlite", str(sqlite_path))) as database:
        clock = HandClock()
        means = Outside(clock=clock, gateways={"counter": counter_gateway("a secret that only tests know")})
        tools: Any = SqlTools(clock=clock, ids=means.ids, codec=EventCodec(EVERY_EVENT), reactions=reactions_to)
        store = SqlStore(database, tools)
        market = Market(on_database(database, means), clock)
        retail = market.retail
        await retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
        await market.freight(800)
        sku, buyer = await market.goods("A", price_minor=1_000), await market.buyer()
        quote = await market.quote(buyer, (sku, 3))
        placed = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
        async with store.begin() as work:  # the double: an account was charged, its part is held
            attempt = Attempt(
                id=PaymentId(UUID(int=7)), order_id=placed.order_id, member_id=buyer.id, gateway="wallet",
                flow=Flow.COUNTER, amount=Money(1_500, "CNY"), freight_minor=0, pay_by=placed.pay_by,
            )
            work.payments.save(Payment.started(attempt, at=clock.now()).then(lambda one: one.held()))
            await work.commit()
        start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
        due = await retail.payments.start(start)
        assert due.amount == Money(2_300, "CNY")
        await retail.payments.confirm_counter(ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK))
        async with store.begin() as work:
            attempts = await work.payments.claim_of_order(placed.order_id)
        assert sorted((one.gateway, one.money.value, one.captured_minor) for one in attempts) == [
            ("counter", "applied", 2_300), ("wallet", "applied", 1_500),
        ]
        for units in (1, 1):
            wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(sku, units),))
            await retail.ordering.refund(wish)
        await retail.ordering.close(CloseOrder(order_id=placed.order_id, reason="x", actor=CLERK))
        async with store.begin() as work:
            attempts = await work.payments.claim_of_order(placed.order_id)
        assert all(one.refunding_minor == one.captured_minor for one in attempts)
        found = await audit(database, at=clock.now() + timedelta(seconds=1))
        assert not found, found


