"""A buyer pays after the order was closed: the money is seen, and goes back by itself.

The provider is the sandbox, a process of its own; time is a file that both sides read.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from retail_adapters.assemble import Outside, on_memory
from retail_adapters.payments import SandboxConfig, sandbox_gateway
from retail_adapters.system.clock import FileClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.payments import Flow, StartPayment, TakeNotice
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket

CLERK = Actor.system("the clerk")
PHONE = Phone.parse("13800138000")
HOME = ContactAsTyped(recipient="小明", phone=PHONE, region_code="310000", region="上海市", detail="南京东路1号")
CUP = CreateProduct(
    code="CUP", listing=Listing(title="青瓷茶杯"), skus=(SkuWish(code="CUP-1", price_minor=5_900),), on_sale=True
)


@contextmanager
def sandbox(time: Path) -> Iterator[str]:
    """The provider, and its address."""
    command = [sys.executable, "-m", "retail_entrypoints.cli", "simulator", "sandbox", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"RETAIL_TEST_CLOCK": str(time)})
    try:
        assert process.stderr is not None
        yield process.stderr.readline().split("simulator: ")[1].split()[0]
    finally:
        process.terminate()
        process.communicate()


def set_time(time: Path, at: datetime) -> None:
    """From now on it is this late, for the shop and for the provider."""
    time.write_text(at.isoformat())


def control(address: str, path: str, **wish: object) -> Any:
    """What a tester says to the provider."""
    body = json.dumps(wish).encode() if wish else None
    with urlopen(Request(f"{address}/control/{path}", data=body)) as answer:
        return json.load(answer)


async def main(address: str, time: Path) -> None:
    clock = FileClock(time)
    config = SandboxConfig.read({"base_url": address}, notify_url="http://127.0.0.1:9/notices")
    gateway = sandbox_gateway(config, clock=clock, luck=SystemLuck())
    shop = on_memory(Outside(clock=clock, gateways={"sandbox": gateway}, readers={"sandbox": gateway}))
    await shop.inventory.open_location(OpenLocation(code="SH", name="上海仓", actor=CLERK))
    (cup,) = (await shop.catalog.create(CUP)).sku_ids
    await shop.inventory.receive(ReceiveStock(sku_id=cup, location="SH", quantity=3, reference="note 1", actor=CLERK))
    buyer = (await shop.accounts.admit_member(AdmitMember(actor=CLERK, phone=PHONE))).member_id
    home = (await shop.accounts.add_address(AddAddress(member_id=buyer, contact=HOME))).address_id
    quote = await shop.quoting.quote(QuoteBasket(member_id=buyer, address_id=home, lines=(WantedLine(cup, 1),)))
    order = await shop.checkout.place(PlaceOrder(member_id=buyer, quote_id=quote.id, hash=quote.hash))
    way = StartPayment(member_id=buyer, order_id=order.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
    payment = await shop.payments.start(way)

    set_time(time, clock.now() + timedelta(hours=3))
    await shop.background.timers["close_unpaid"]()
    print(f"three hours later: {(await shop.ordering.show.show(order.order_id)).status.value}")

    paid = control(address, f"payments/{payment.payment_id.hex}/pay", force=True)
    signed = control(address, f"notices/{paid['notice']}/signed")
    await shop.payments.take_notice(TakeNotice(gateway="sandbox", headers=signed["headers"], body=signed["body"].encode()))
    print(f"the buyer paid after all: money {(await shop.payments.show.show_mine(buyer, payment.payment_id)).money.value}")

    await shop.background.timers["push_refunds"]()
    (refund,) = await shop.payments.show.refunds_of_order(order.order_id)
    print(f"the order stays {(await shop.ordering.show.show(order.order_id)).status.value}")
    print(f"refund of {refund.amount}: {refund.state.value}")
    assert refund.state.value == "succeeded"
    await gateway.aclose()


with TemporaryDirectory() as folder:
    time = Path(folder) / "time"
    set_time(time, datetime(2026, 6, 1, 12, tzinfo=UTC))
    with sandbox(time) as address:
        asyncio.run(main(address, time))
