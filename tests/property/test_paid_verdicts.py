from __future__ import annotations
from typing import Any
import pytest
from retail_adapters.assemble import on_database
from retail_adapters.sql.audit import audit
from retail_adapters.sql.session import Tools as SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.ordering import CancelOrder
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.processes.checkout import PlaceOrder
from retail_domain.processes.takings import Paid
from retail_domain.processes.takings.quota import CampaignQuota
from tests.property.test_takings import campaign, outside, tools
from tests.support.market import CLERK, Market
from tests.support.stores import HandClock, Place, open_database

async def test_refused(sqlite_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_database(Place("sqlite", sqlite_path)) as database:
        clock = HandClock(); means = outside(clock)
        store = SqlStore(database, tools(SqlTools, means))
        one = await campaign(Market(on_database(database, means), clock), store.begin)
        await one.step("place", 0, 2)
        monkeypatch.setattr(CampaignQuota, "paid", lambda self, shared, own, order, at: (shared, own, Paid.REFUSED))
        await one.step("pay", 0, 1)
        async with store.begin() as work:
            order = await work.orders.get(one.orders[0])
            payments = await work.payments.claim_of_order(one.orders[0])
            shares = await work.quota_shares.of_order(one.orders[0])
            promises = await work.reservations.of_order(one.orders[0])
        print(order.status, order.paid_at, [(p.state, p.money, p.refunding_minor) for p in payments], shares, [p.state for p in promises])
        assert order.awaits_payment and payments[0].money.value == "late" and payments[0].refunding_minor == payments[0].captured_minor
        assert shares[0].open == 2 and promises[0].state.value == "held"
        print(await audit(database, at=clock.now()))
        monkeypatch.undo()
        await one.step("cancel", 0, 1)
        await one.check()
        async with store.begin() as work:
            print((await work.orders.get(one.orders[0])).status, (await work.quotas.claim([one.goods[0]])))

async def test_free(sqlite_path: Any) -> None:
    async with open_database(Place("sqlite", sqlite_path)) as database:
        clock = HandClock(); means = outside(clock)
        store = SqlStore(database, tools(SqlTools, means))
        one = await campaign(Market(on_database(database, means), clock), store.begin)
        retail = one.market.retail
        await one.market.freight(0)
        free = await one.market.goods("F", price_minor=0, stock=5)
        from retail_domain.processes.takings.quota import Quota
        async with store.begin() as work:
            work.quotas.save(Quota.opened(free, 3)); await work.commit()
        quote = await one.market.quote(one.buyer, (free, 2))
        placed = await retail.checkout.place(PlaceOrder(member_id=one.buyer.id, quote_id=quote.id, hash=quote.hash))
        async with store.begin() as work:
            shares = await work.quota_shares.of_order(placed.order_id)
            promises = await work.reservations.of_order(placed.order_id)
        print(placed.status, shares, [p.state for p in promises])
        assert shares[0].used == 2 and promises[0].state.value == "committed"
