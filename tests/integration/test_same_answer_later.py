"""A repeated request is told what the first was told, also when much has happened since (R17, GEN-R7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_adapters.assemble import on_memory, on_sqlite
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.once import Once
from retail_domain.ordering import RefundOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.worker import work_once

CLERK = Actor.system("clerk")
HOME = ContactAsTyped(
    recipient="小明", phone=Phone.parse("13800138000"), region_code="310000", region="上海市", detail="南京东路1号"
)


def once(operation: str) -> Once:
    return Once(principal="test", operation=operation, key="one", fingerprint="same")


async def bought_and_refunded(shop: Retail) -> None:
    await shop.inventory.open_location(OpenLocation(code="SH", name="上海仓", actor=CLERK))
    wish = SkuWish(code="TEA-1", price_minor=8_800)
    (tea,) = (
        await shop.catalog.create(CreateProduct(code="TEA", listing=Listing(title="茶"), skus=(wish,), on_sale=True))
    ).sku_ids
    await shop.inventory.receive(ReceiveStock(sku_id=tea, location="SH", quantity=3, reference="note", actor=CLERK))
    buyer = (await shop.accounts.admit_member(AdmitMember(actor=CLERK, name="小明"))).member_id
    home = (await shop.accounts.add_address(AddAddress(member_id=buyer, contact=HOME))).address_id
    quote = await shop.quoting.quote(QuoteBasket(member_id=buyer, address_id=home, lines=(WantedLine(tea, 2),)))
    order = await shop.checkout.place(PlaceOrder(member_id=buyer, quote_id=quote.id, hash=quote.hash))
    start = StartPayment(member_id=buyer, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER, once=once("start"))
    begun = await shop.payments.start(start)
    confirm = ConfirmCounterPayment(payment_id=begun.payment_id, amount=order.payable, actor=CLERK, once=once("confirm"))
    confirmed = await shop.payments.confirm_counter(confirm)
    await shop.ordering.refund(RefundOrder(order_id=order.order_id, reason="half", actor=CLERK, units=(Units(tea, 1),)))
    while await work_once(shop.background):
        pass

    assert await shop.payments.start(start) == begun
    assert await shop.payments.confirm_counter(confirm) == confirmed


@pytest.mark.parametrize("store", ["memory", "sqlite"])
async def test_starting_and_confirming_a_payment_answer_the_same_after_it_was_paid_and_partly_refunded(
    store: str, tmp_path: Path
) -> None:
    shop = on_memory() if store == "memory" else on_sqlite(tmp_path / "shop.db")

    await bought_and_refunded(shop)

    await shop.aclose()
