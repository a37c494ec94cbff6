"""What timers and the relay do, killed at every point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from retail_domain.cart import CartLine
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import ReceiveStock, WatchStock
from retail_domain.jobs import LEASE, ImportGoodsJob, JobState
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import Recipient, SendingState, SendingView, ShowInbox
from retail_domain.ordering import CancelOrder, ConfirmReceipt, OrderStatus
from retail_domain.processes.purchase.carting import AddToCart, ShowCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.webhooks import ChangeWebhook, CreateWebhook, TellingState
from tests.support.crash.givens import (
    UNITS,
    Check,
    Danger,
    Sold,
    closed_here_and_there,
    command,
    gone_back_once,
    money_back,
    paid_order,
    placed_order,
    sent_order,
    started_order,
    tea,
)
from tests.support.market import CLERK
from tests.support.shop import Shop

# ---- timers ------------------------------------------------------------------------------------------------------------


@command
async def poll_payments(shop: Shop, number: int) -> Danger:
    """R11: the provider is asked, since its notice never came; the order is paid once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return _timer("poll_payments", check, shift=timedelta(seconds=70), later=timedelta(minutes=3))


def _timer(name: str, check: Check, **times: timedelta) -> Danger:
    return Danger(call=(f"timer:{name}", None), check=check, same_answer=False, **times)


@command
async def close_unpaid(shop: Shop, number: int) -> Danger:
    """R11, R14: an overdue order's attempt is closed at its provider, then the order, once."""
    sold = await started_order(shop, number)
    return _timer("close_unpaid", closed_here_and_there(sold), shift=timedelta(hours=2, seconds=5), later=timedelta(minutes=3))


@command
async def close_unpaid_but_paid(shop: Shop, number: int) -> Danger:
    """R10, R14: closing finds at the provider that the buyer was faster; the order is paid, once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "closing", "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return _timer("close_unpaid", check, shift=timedelta(hours=2, seconds=5), later=timedelta(minutes=3))


@command
async def push_refunds(shop: Shop, number: int) -> Danger:
    """R12: a refund is sent under a stored reference; the provider pays back once."""
    sold = await paid_order(shop, number)
    await shop.retail.ordering.refund(money_back(shop, sold))

    async def check(shop: Shop) -> None:
        await gone_back_once(shop, sold)

    return _timer("push_refunds", check, later=timedelta(minutes=3))


@command
async def do_jobs(shop: Shop, number: int) -> Danger:
    """JOB-R2: a file of goods is done once, with its stock, whoever dies over it; another one begins when the lease is over."""
    file = f"code,title,price,stock\nJOB-{number},Goods,1,7\n"
    asked = await shop.retail.jobs.import_goods(ImportGoodsJob(file=file, location="main", actor=CLERK))

    async def check(shop: Shop) -> None:
        job = await shop.retail.jobs.show.show(asked.job_id)
        report = await shop.retail.jobs.show.report(asked.job_id)
        assert job is not None and report is not None and job.state is JobState.DONE
        assert report.counts["units_received"] == 7
        sku_id = await shop.retail.catalog.show.sku_coded(f"JOB-{number}")
        assert sku_id is not None
        assert [one.on_hand for one in await shop.retail.inventory.show.stock_of([sku_id])] == [7]

    return _timer("do_jobs", check, later=LEASE)


@command
async def sign(shop: Shop, number: int) -> Danger:
    """R28: a parcel nobody confirms is signed for by time, once."""
    sold = await sent_order(shop, number)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.SIGNED, "paid", "shipped", "signed")

    return _timer("sign", check, shift=timedelta(days=14, seconds=5))


@command
async def complete(shop: Shop, number: int) -> Danger:
    """R28: a signed order is completed by time, once."""
    sold = await sent_order(shop, number)
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=sold.buyer.id, order_id=sold.placed.order_id))

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.COMPLETED, "paid", "shipped", "signed", "completed")

    return _timer("complete", check, shift=timedelta(days=7, seconds=5))


@command
async def sweep(shop: Shop, number: int) -> Danger:
    """R40: what ended is cleared away, however often that is interrupted; what is ordered stays."""
    sold = await placed_order(shop, number)
    await shop.quote(sold.buyer, (tea(shop), UNITS))
    cancelled = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)
    await shop.retail.ordering.cancel(cancelled)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))

    return _timer("sweep", check, shift=timedelta(days=3))


# ---- the relay ---------------------------------------------------------------------------------------------------------


@command
async def count_sold(shop: Shop, number: int) -> Danger:
    """R25, R26: what follows from a paid order happens once."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    return await _counted(shop, UNITS)


@command
async def count_back(shop: Shop, number: int) -> Danger:
    """R25, R26: what follows from a refund happens once."""
    sold = await paid_order(shop, number)
    await shop.retail.ordering.refund(money_back(shop, sold))
    return await _counted(shop, -UNITS)


async def _counted(shop: Shop, units: int) -> Danger:
    product_id = shop.products[tea(shop)]
    before = (await shop.retail.catalog.show.product(product_id)).card.sold

    async def check(shop: Shop) -> None:
        await shop.retail.background.timers["add_up_sales"]()
        assert (await shop.retail.catalog.show.product(product_id)).card.sold == before + units

    return _delivery(check)


@command
async def add_up_sales(shop: Shop, number: int) -> Danger:
    """CAT-R6: what was noted is shown once, and not noted any more."""
    product_id = shop.products[tea(shop)]
    before = (await shop.retail.catalog.show.product(product_id)).card.sold
    sold = await started_order(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    while await shop.retail.background.deliver_next():
        continue

    async def check(shop: Shop) -> None:
        assert (await shop.retail.background.timers["add_up_sales"]()).due == 0
        assert (await shop.retail.catalog.show.product(product_id)).card.sold == before + UNITS

    return _timer("add_up_sales", check)


def _delivery(check: Check) -> Danger:
    return Danger(call=("deliver", None), check=check, same_answer=False)


@command
async def take_out_ordered(shop: Shop, number: int) -> Danger:
    """R25, R26: what was ordered from a cart is taken out of it once; what was added meanwhile stays."""
    buyer = await shop.buyer(number)
    await shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea(shop), UNITS)))
    quote = await shop.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    await shop.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    await shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea(shop), 1)))

    async def check(shop: Shop) -> None:
        (line,) = (await shop.retail.cart.show(ShowCart(buyer.cart))).basket.lines
        assert line.quantity == 1

    return _delivery(check)


@command
async def watch_stock(shop: Shop, number: int) -> Danger:
    """R25, R26, STK-R9: goods that run low raise one alert."""
    wish = SkuWish(code=f"low-{number}", price_minor=1_000, weight_grams=500, options=(("size", "M"),))
    goods = CreateProduct(code=f"P-low-{number}", listing=Listing(title="Rare goods"), skus=(wish,), on_sale=True)
    (sku_id,) = (await shop.retail.catalog.create(goods)).sku_ids
    arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=10, reference="note", actor=CLERK)
    await shop.retail.inventory.receive(arrived)
    await shop.retail.inventory.watch(WatchStock(sku_id=sku_id, location="main", actor=CLERK, alert_threshold=9))
    await shop.order(await shop.buyer(number), (sku_id, UNITS))

    async def check(shop: Shop) -> None:
        alerts = (await shop.retail.inventory.show.alerts(PageRequest(100))).items
        assert [one.available for one in alerts if one.sku_id == sku_id] == [10 - UNITS]

    return _delivery(check)


# ---- webhooks ----------------------------------------------------------------------------------------------------------


@command
async def tell_webhooks(shop: Shop, number: int) -> Danger:
    """HOK-R3, HOK-R5: each event is written down once, and told although whoever told it died before he could note it."""
    while (await shop.retail.background.timers["number_events"]()).done:  # else it is told of what was there before
        continue
    hook = await shop.retail.webhooks.create(CreateWebhook(url="https://example.com/hooks", kinds=("catalog.product_created",)))
    listing, kind = Listing(title="Told"), SkuWish(code=f"TOLD-{number}-1", price_minor=100)
    await shop.retail.catalog.create(CreateProduct(code=f"TOLD-{number}", listing=listing, skus=(kind,)))
    while (await shop.retail.background.timers["number_events"]()).done:
        continue

    async def check(shop: Shop) -> None:
        timer = shop.retail.background.timers["tell_webhooks"]
        timer.lanes.patience_seconds = 60  # a round waits for its lanes, however busy this machine is
        while (await timer()).done:
            continue
        told = (await shop.retail.webhooks.show.tellings(hook.webhook_id, PageRequest(100))).items
        assert [(one.event_name, one.state) for one in told] == [("catalog.product_created", TellingState.DELIVERED)], told
        await shop.retail.webhooks.remove(ChangeWebhook(webhook_id=hook.webhook_id))

    return _timer("tell_webhooks", check, later=timedelta(minutes=3))


# ---- messages ----------------------------------------------------------------------------------------------------------


@command
async def tell_messages(shop: Shop, number: int) -> Danger:
    """MSG-R2: what happened is told once, although whoever wrote it down died at any point."""
    sold = await _just_paid(shop, number)
    while (await shop.retail.background.timers["number_events"]()).done:
        continue

    async def check(shop: Shop) -> None:
        while (await shop.retail.background.timers["tell_messages"]()).done:
            continue
        page = await shop.retail.messages.inbox(ShowInbox(recipient=Recipient.member(sold.buyer.id), page=PageRequest(100)))
        told = [(one.cause, one.count) for one in page.items if one.about == sold.placed.order_id]
        assert told == [("order.paid", 1)]

    return _timer("tell_messages", check)


@command
async def send_messages(shop: Shop, number: int) -> Danger:
    """MSG-R6: a text message goes out once at most; who died before noting that leaves it to be asked about."""
    sold = await _just_paid(shop, number)
    for name in ("number_events", "tell_messages"):
        while (await shop.retail.background.timers[name]()).done:
            continue
    (waits,) = [one for one in await _sendings(shop) if one.recipient == Recipient.member(sold.buyer.id)]

    async def check(shop: Shop) -> None:
        (known,) = [one for one in await _sendings(shop) if one.message_id == waits.message_id]
        assert known.state in (SendingState.SENT, SendingState.ASKING, SendingState.WAITING), known

    return _timer("send_messages", check, later=timedelta(minutes=3))


async def _sendings(shop: Shop) -> Sequence[SendingView]:
    return (await shop.retail.messages.show.sendings(PageRequest(100))).items


async def _just_paid(shop: Shop, number: int) -> Sold:
    """No worker has come by since."""
    sold = await started_order(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    return sold
