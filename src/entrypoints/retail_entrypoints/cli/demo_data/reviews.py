"""Demo reviews: what an order of the demo member has brought: one with a follow-up and a reply, one without a name."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.ordering import ConfirmReceipt, ShipOrder
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.reviews import FollowUpReview, PostReview, ReplyToReview
from retail_entrypoints.cli.demo_data.demo import ACTOR, Demo, once

_SAID: Final = ((5, "茶很香，包装也好 The tea is fragrant"), (3, "杯子比想象的小 Smaller than I thought"))


async def say_something(demo: Demo) -> None:
    """An order that has arrived, and what its buyer says of two of its lines."""
    if not demo.takes_cash:
        return
    assert demo.member_id is not None
    order_id = await _arrived(demo, demo.sku_ids[0], demo.sku_ids[2])
    reviews = demo.retail.reviews
    posted = [
        await reviews.post(
            PostReview(
                member_id=demo.member_id, order_id=order_id, line=line, stars=stars, text=text, anonymous=line > 1,
                once=once(f"review {line}"),
            )
        )
        for line, (stars, text) in enumerate(_SAID, 1)
    ]  # fmt: skip
    later = FollowUpReview(member_id=demo.member_id, order_id=order_id, line=1, text="一个月后还是香", once=once("follow-up"))
    await reviews.follow_up(later)
    thanks = ReplyToReview(review_id=posted[0].review_id, text="谢谢您的好评", actor=ACTOR, once=once("reply"))
    await reviews.reply(thanks)


async def _arrived(demo: Demo, *sku_ids: SkuId) -> OrderId:
    retail, member_id = demo.retail, demo.member_id
    assert member_id is not None
    home = (await retail.accounts.show.address_book(member_id)).addresses[0].id
    basket = QuoteBasket(member_id=member_id, address_id=home, lines=tuple(WantedLine(one, 1) for one in sku_ids))
    quote = await retail.quoting.quote(basket)
    order = await retail.checkout.place(
        PlaceOrder(member_id=member_id, quote_id=quote.id, hash=quote.hash, once=once("order"))
    )  # fmt: skip
    start = StartPayment(
        member_id=member_id, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER, once=once("payment")
    )  # fmt: skip
    attempt = await retail.payments.start(start)
    cash = ConfirmCounterPayment(payment_id=attempt.payment_id, amount=order.payable, actor=ACTOR, once=once("cash"))
    await retail.payments.confirm_counter(cash)
    sent = ShipOrder(order_id=order.order_id, carrier="SF", tracking_number="1", actor=ACTOR, once=once("parcel"))
    await retail.ordering.ship(sent)
    await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=member_id, order_id=order.order_id, once=once("receipt")))
    return order.order_id


DEMO: Final = (say_something,)
