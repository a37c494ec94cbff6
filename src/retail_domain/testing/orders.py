"""Builders for orders and payments: what a test needs and does not want to spell out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from attrs import evolve

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import (
    LocationId,
    MemberId,
    OrderId,
    ParcelId,
    PaymentId,
    ProductId,
    QuoteId,
    RefundId,
    SkuId,
    StaffId,
)
from retail_domain.kernel.money import Money
from retail_domain.ordering import (
    Order,
    OrderLine,
    OrderTimers,
    Placement,
    RefundWish,
    Shipment,
    ToAddress,
    Units,
    refund_amount,
)
from retail_domain.payments import (
    Attempt,
    Flow,
    MoneyBack,
    Payment,
    PaymentSnapshot,
    PaymentStatus,
    Refund,
    RefundSnapshot,
    RefundStatus,
)
from retail_domain.payments.gateway import merchant_ref

NOON: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ALICE: Final = MemberId(UUID(int=0xA11CE))
BOB: Final = MemberId(UUID(int=0xB0B))
CLERK: Final = Actor.staff(StaffId(UUID(int=0xC1E2C)))
WAREHOUSE: Final = LocationId(UUID(int=0x10CA))
HOUR: Final = timedelta(hours=1)
TIMERS: Final = OrderTimers(pay_seconds=7200, auto_sign_seconds=14 * 86_400, after_sale_seconds=7 * 86_400)


def sku(number: int) -> SkuId:
    """The SKU of that number."""
    return SkuId(UUID(int=0x5C0_0000 + number))


def order_id(number: int = 1) -> OrderId:
    """The order id of that number."""
    return OrderId(UUID(int=0x02D_0000 + number))


def units(**quantities: int) -> tuple[Units, ...]:
    """Units by SKU number: `units(s1=2, s3=1)`."""
    return tuple(Units(sku(int(name[1:])), quantity) for name, quantity in quantities.items())


def a_line(number: int = 1, quantity: int = 2, payable_minor: int = 1_999, **more: Any) -> OrderLine:
    """A line of so many units that cost so much together."""
    given: dict[str, Any] = {
        "number": 1, "sku_id": sku(number), "product_id": ProductId(UUID(int=0x920D + number)), "title": f"goods {number}",
        "unit_price_minor": 1_000, "quantity": quantity, "payable_minor": payable_minor,
    }  # fmt: skip
    return OrderLine(**{**given, **more})


def a_placement(*lines: OrderLine, which: int = 1, **more: Any) -> Placement:
    """What placing an order knows."""
    numbered = tuple(evolve(line, number=at) for at, line in enumerate(lines or (a_line(),), 1))
    given: dict[str, Any] = {
        "id": order_id(which), "number": f"2606010000{which:06}", "member_id": ALICE,
        "quote_id": QuoteId(UUID(int=0x900_0000 + which)), "lines": numbered, "freight_minor": 800,
        "currency": "CNY", "goes": ToAddress("310000"), "timers": TIMERS,
    }  # fmt: skip
    return Placement(**{**given, **more})


def placed(*lines: OrderLine, at: datetime = NOON, held_until: datetime | None = None, **more: Any) -> Change[Order]:
    """An order that was just placed."""
    return Order.placed(a_placement(*lines, **more), actor=Actor.member(ALICE), at=at, held_until=held_until)


def pay(order: Order, at: datetime = NOON) -> Change[Order]:
    """Its money arrives."""
    return order.pay(order.payable, actor=Actor.gateway("sandbox"), at=at)


def paid(*lines: OrderLine, **more: Any) -> Order:
    """An order that is paid."""
    return placed(*lines, **more).then(pay).state


def parcel(number: int = 1, **quantities: int) -> Shipment:
    """A shipment of units by SKU number."""
    return Shipment(parcel_id=ParcelId(UUID(int=0x9A2_0000 + number)), units=units(**quantities))


def wish(freight_minor: int = 0, **quantities: int) -> RefundWish:
    """A refund of units by SKU number."""
    return RefundWish(units=units(**quantities), freight_minor=freight_minor, reason="broken")


def refund(order: Order, what: RefundWish, at: datetime = NOON, kept_back_minor: int = 0) -> Change[Order]:
    """A clerk pays back what is returned, less what is kept back of it in all."""
    returning = order.returning(what)
    return order.refund(returning, refund_amount(order.refunded_minor, returning, kept_back_minor), actor=CLERK, at=at)


def call_off(
    order: Order, at: datetime = NOON, reason: str = "warehouse burnt down", kept_back_minor: int = 0
) -> Change[Order]:
    """A clerk calls off a paid order of which nothing was shipped."""
    returning = order.returning_all(reason)
    amount = refund_amount(order.refunded_minor, returning, kept_back_minor)
    return order.close_paid(returning, amount, actor=CLERK, at=at)


def an_attempt(order: Order | None = None, number: int = 1, **more: Any) -> Attempt:
    """An attempt to pay an order through the sandbox."""
    whose = order or placed().state
    given: dict[str, Any] = {
        "id": PaymentId(UUID(int=0x9A1D_0000 + number)), "order_id": whose.id, "member_id": whose.member_id,
        "gateway": "sandbox", "flow": Flow.DESKTOP_QR, "amount": whose.payable, "freight_minor": whose.freight_minor,
        "pay_by": whose.pay_by,
    }  # fmt: skip
    return Attempt(**{**given, **more})


def a_payment(order: Order | None = None, number: int = 1, **more: Any) -> Payment:
    """An attempt that was just written down."""
    return Payment.started(an_attempt(order, number, **more), at=NOON).state


def says(payment: Payment, status: PaymentStatus = PaymentStatus.SUCCEEDED, **more: Any) -> PaymentSnapshot:
    """What the provider says of an attempt; by default that the right money was taken."""
    amount = payment.amount if status is PaymentStatus.SUCCEEDED else None
    given: Mapping[str, Any] = {"ref": payment.ref, "status": status, "amount": amount, "provider_ref": f"P-{payment.ref[-8:]}"}
    return PaymentSnapshot(**{**given, **more})


def a_refund(payment: Payment, amount_minor: int, number: int = 1, **more: Any) -> Change[Refund]:
    """A refund that was just decided."""
    given: dict[str, Any] = {"id": RefundId(UUID(int=0x2EF_0000 + number)), "amount_minor": amount_minor, "reason": "broken"}
    return Refund.requested(payment, MoneyBack(**{**given, **more}), at=NOON)


def refund_says(refund: Refund, status: RefundStatus = RefundStatus.SUCCEEDED, amount: Money | None = None) -> RefundSnapshot:
    """What the provider says of a refund."""
    return RefundSnapshot(
        refund_ref=refund.ref, payment_ref=merchant_ref(refund.payment_id), status=status, amount=amount,
        provider_ref=f"R-{refund.ref[-8:]}",
    )  # fmt: skip
