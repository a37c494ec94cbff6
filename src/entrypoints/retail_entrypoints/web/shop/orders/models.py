"""What pages of orders show: how far an order has come, what happens next, and what its buyer can do now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.fulfilment import Parcel
from retail_domain.kernel.ids import OrderId, ProductId
from retail_domain.kernel.money import Money
from retail_domain.ordering import GivenBack, OrderStatus, OrderSummary, OrderView
from retail_entrypoints.web.shop.goods.models import shown_image

TABS: tuple[OrderStatus, ...] = (OrderStatus.PENDING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.SHIPPED, OrderStatus.COMPLETED)
"""The states that a list can be narrowed to."""
_MILESTONES = ("placed", "paid", "shipped", "signed", "completed")


@frozen(kw_only=True)
class OrderCard:
    """An order in the list."""

    order_id: OrderId
    number: str
    status: str
    first_title: str
    units: int
    payable: Money
    placed_at: datetime
    can_be_paid: bool

    @classmethod
    def of(cls, order: OrderSummary) -> OrderCard:
        """An order as a card shows it."""
        return cls(
            order_id=order.order_id, number=order.number, status=_told(order.status, order.is_closing),
            first_title=order.first_title, units=order.units, payable=order.payable, placed_at=order.placed_at,
            can_be_paid=_can_be_paid(order.status, order.is_closing),
        )  # fmt: skip


@frozen(kw_only=True)
class OrderedLine:
    """Goods of an order."""

    product_id: ProductId
    title: str
    options: str
    image: str | None
    quantity: int
    unit_price: Money
    payable: Money
    refunded: int


@frozen(kw_only=True)
class Milestone:
    """A step of an order's way: reached, and when."""

    name: str
    at: datetime | None


@frozen(kw_only=True)
class OrderModel:
    """An order's page."""

    order_id: OrderId
    number: str
    status: str
    lines: tuple[OrderedLine, ...]
    freight: Money
    payable: Money
    back: GivenBack
    pay_by: datetime
    auto_sign_at: datetime | None
    placed_at: datetime
    milestones: tuple[Milestone, ...]
    parcels: tuple[Parcel, ...]
    recipient: str
    phone: str
    place: str
    can_be_paid: bool
    can_be_cancelled: bool
    can_be_received: bool
    can_be_hidden: bool
    close_reason: str | None

    @property
    def has_money_back(self) -> bool:
        """Whether money goes back, or went."""
        return bool(self.back.decided.minor)

    @classmethod
    def of(cls, order: OrderView, parcels: Sequence[Parcel], contact: tuple[str, str, str]) -> OrderModel:
        """An order as its page shows it."""
        recipient, phone, place = contact
        reached = (order.placed_at, order.paid_at, order.shipped_at, order.signed_at, order.completed_at)
        return cls(
            order_id=order.order_id, number=order.number, status=_told(order.status, order.is_closing),
            lines=tuple(
                OrderedLine(
                    product_id=line.product_id, title=line.title, options=line.options, image=shown_image([line.image_url]),
                    quantity=line.quantity, unit_price=line.unit_price, payable=line.payable, refunded=line.refunded,
                )
                for line in order.lines
            ),
            freight=order.freight, payable=order.payable, back=order.given_back, pay_by=order.pay_by,
            auto_sign_at=order.auto_sign_at if order.status is OrderStatus.SHIPPED else None, placed_at=order.placed_at,
            milestones=tuple(Milestone(name=name, at=at) for name, at in zip(_MILESTONES, reached, strict=True)),
            parcels=tuple(parcels), recipient=recipient, phone=phone, place=place,
            can_be_paid=_can_be_paid(order.status, order.is_closing),
            can_be_cancelled=order.status is OrderStatus.PENDING_PAYMENT and not order.is_closing,
            can_be_received=order.status is OrderStatus.SHIPPED,
            can_be_hidden=order.status in (OrderStatus.COMPLETED, OrderStatus.CLOSED),
            close_reason=order.close_reason.value if order.close_reason else None,
        )  # fmt: skip


def _told(status: OrderStatus, is_closing: bool) -> str:
    return "closing" if is_closing and status is OrderStatus.PENDING_PAYMENT else status.value


def _can_be_paid(status: OrderStatus, is_closing: bool) -> bool:
    return status is OrderStatus.PENDING_PAYMENT and not is_closing
