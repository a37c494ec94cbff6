"""One order from shelf to doorstep, and one unit of it back, on a SQLite file: the whole story printed."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from retail_adapters.assemble import on_sqlite
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, OrderId, SkuId
from retail_domain.ordering import ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import ChargeBy, FreightZone, StoreFreightTemplate, WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket

CLERK = Actor.system("the clerk")
PHONE = Phone.parse("13800138000")
HOME = ContactAsTyped(recipient="小明", phone=PHONE, region_code="310000", region="上海市", detail="南京东路1号")


async def open_for_business(shop: Retail) -> SkuId:
    """A warehouse, freight of 8 yuan below 99, and five teapots."""
    await shop.inventory.open_location(OpenLocation(code="SH", name="上海仓", actor=CLERK))
    zone = FreightZone(first_units=1, first_minor=800, free_from_minor=9_900)
    courier = StoreFreightTemplate(name="快递", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK)
    await shop.quoting.store_freight_template(courier)
    pot = SkuWish(code="POT-1", price_minor=4_500)
    made = await shop.catalog.create(CreateProduct(code="POT", listing=Listing(title="紫砂壶"), skus=(pot,), on_sale=True))
    (sku_id,) = made.sku_ids
    await shop.inventory.receive(ReceiveStock(sku_id=sku_id, location="SH", quantity=5, reference="note 1", actor=CLERK))
    return sku_id


async def admit(shop: Retail) -> tuple[MemberId, AddressId]:
    """A member and where they live."""
    member = await shop.accounts.admit_member(AdmitMember(actor=CLERK, phone=PHONE))
    address = await shop.accounts.add_address(AddAddress(member_id=member.member_id, contact=HOME))
    return member.member_id, address.address_id


async def buy(shop: Retail, sku_id: SkuId, buyer: MemberId, home: AddressId) -> OrderId:
    """Two teapots: asked for, agreed to, paid over the counter."""
    quote = await shop.quoting.quote(QuoteBasket(member_id=buyer, address_id=home, lines=(WantedLine(sku_id, 2),)))
    order = await shop.checkout.place(PlaceOrder(member_id=buyer, quote_id=quote.id, hash=quote.hash))
    print(f"order placed: {order.payable}, freight included; pay by {order.pay_by:%H:%M} UTC")
    way = StartPayment(member_id=buyer, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
    started = await shop.payments.start(way)
    await shop.payments.confirm_counter(ConfirmCounterPayment(payment_id=started.payment_id, amount=order.payable, actor=CLERK))
    return order.order_id


async def main(folder: str) -> None:
    shop = on_sqlite(Path(folder) / "shop.db")
    sku_id = await open_for_business(shop)
    buyer, home = await admit(shop)
    order_id = await buy(shop, sku_id, buyer, home)

    await shop.ordering.ship(ShipOrder(order_id=order_id, carrier="顺丰", tracking_number="SF1000001", actor=CLERK))
    await shop.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer, order_id=order_id))
    back = await shop.ordering.refund(
        RefundOrder(order_id=order_id, reason="the lid is chipped", units=(Units(sku_id, 1),), actor=CLERK)
    )
    await shop.background.timers["push_refunds"]()  # in a running shop the worker does this
    print(f"one teapot is paid back: {back.amount}")

    for step in await shop.ordering.show.history(order_id):
        print(f"  {step.event} by {step.actor.kind.value}: now {step.to_status.value}")
    for account in await shop.payments.show.balances():
        print(f"  in the books, {account.account}: {account.balance}")
    await shop.aclose()


with TemporaryDirectory() as folder:
    asyncio.run(main(folder))
