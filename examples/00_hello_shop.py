"""A whole purchase in twelve lines, on a shop that lives in memory."""

import asyncio

from retail_adapters.assemble import on_memory
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket

CLERK = Actor.system("the clerk")
PHONE = Phone.parse("13800138000")
HOME = ContactAsTyped(recipient="小明", phone=PHONE, region_code="310000", region="上海市", detail="南京东路1号")
TEA = CreateProduct(
    code="TEA", listing=Listing(title="龙井绿茶"), skus=(SkuWish(code="TEA-100", price_minor=8_800),), on_sale=True
)


async def main() -> None:
    shop = on_memory()
    await shop.inventory.open_location(OpenLocation(code="SH", name="上海仓", actor=CLERK))
    (tea,) = (await shop.catalog.create(TEA)).sku_ids
    await shop.inventory.receive(ReceiveStock(sku_id=tea, location="SH", quantity=3, reference="note 1", actor=CLERK))
    buyer = (await shop.accounts.admit_member(AdmitMember(actor=CLERK, phone=PHONE))).member_id
    home = (await shop.accounts.add_address(AddAddress(member_id=buyer, contact=HOME))).address_id
    quote = await shop.quoting.quote(QuoteBasket(member_id=buyer, address_id=home, lines=(WantedLine(tea, 2),)))
    order = await shop.checkout.place(PlaceOrder(member_id=buyer, quote_id=quote.id, hash=quote.hash))
    paying = StartPayment(member_id=buyer, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
    payment = (await shop.payments.start(paying)).payment_id
    await shop.payments.confirm_counter(ConfirmCounterPayment(payment_id=payment, amount=order.payable, actor=CLERK))
    print(*(f"{step.event}: now {step.to_status.value}" for step in await shop.ordering.show.history(order.order_id)), sep="\n")


asyncio.run(main())
