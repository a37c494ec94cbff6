"""What pages of orders show: how far an order has come, what happens next, and what its buyer can do now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.fulfilment import Parcel
from retail_domain.kernel.ids import OrderId, ProductId
from retail_domain.kernel.money import Money
from retail_domain.ordering import GivenBack, OrderLineView, OrderStatus, OrderSummary, OrderView
from retail_domain.payments import RefundStage, RefundView
from retail_domain.reviews import MyReview, ReviewStatus
from retail_entrypoints.web.images import shown_image

TABS: tuple[OrderStatus, ...] = (OrderStatus.PENDING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.SHIPPED, OrderStatus.COMPLETED)
"""The states that a list can be narrowed to."""
REDIRECTABLE = (OrderStatus.PENDING_PAYMENT, OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP)
"""Where an order may still be sent elsewhere: before its first parcel (ORD-R5)."""
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
    """Goods of an order. `review` is what its buyer can do about a review: write one, or see how theirs stands."""

    number: int
    product_id: ProductId
    title: str
    options: str
    image: str | None
    quantity: int
    unit_price: Money
    payable: Money
    refunded: int
    review: str | None

    @classmethod
    def of(cls, line: OrderLineView, order: OrderView, said: MyReview | None) -> OrderedLine:
        """A line as its order's page shows it."""
        return cls(
            number=line.number, product_id=line.product_id, title=line.title, options=line.options,
            image=shown_image([line.image_url]), quantity=line.quantity, unit_price=line.unit_price, payable=line.payable,
            refunded=line.refunded, review=_review_of(line, order, said),
        )  # fmt: skip


@frozen(kw_only=True)
class SentParcel:
    """What is on its way, with whom, and what is in it where that is not simply everything."""

    carrier: str
    tracking_number: str
    sent_at: datetime
    goods: tuple[tuple[str, int], ...]


@frozen(kw_only=True)
class RefundLine:
    """One sum that goes back, and how far it has come."""

    amount: Money
    stage: str
    at: datetime

    @classmethod
    def of(cls, refund: RefundView) -> RefundLine:
        """Since when it stands so."""
        return cls(amount=refund.amount, stage=refund.stage.value, at=refund.succeeded_at or refund.requested_at)


@frozen(kw_only=True)
class TrackStep:
    """Something that happened to an order; `told` is what is its own, such as a parcel's number."""

    name: str
    at: datetime
    told: str = ""


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
    parcels: tuple[SentParcel, ...]
    refunds: tuple[RefundLine, ...]
    track: tuple[TrackStep, ...]
    """All that happened, the newest first."""
    recipient: str
    phone: str
    place: str
    can_be_paid: bool
    can_be_cancelled: bool
    can_be_received: bool
    can_be_hidden: bool
    can_be_redirected: bool
    can_be_reviewed: bool
    close_reason: str | None
    remark: str = ""

    @property
    def has_money_back(self) -> bool:
        """Whether money goes back, or went."""
        return bool(self.back.decided.minor)

    @classmethod
    def of(
        cls,
        order: OrderView,
        parcels: Sequence[Parcel],
        contact: tuple[str, str, str],
        refunds: Sequence[RefundView] = (),
        reviews: Sequence[MyReview] = (),
    ) -> OrderModel:
        """An order as its page shows it."""
        recipient, phone, place = contact
        said = {one.line: one for one in reviews}
        lines = tuple(OrderedLine.of(line, order, said.get(line.number)) for line in order.lines)
        back = [one for one in refunds if one.stage is not RefundStage.REPLACED]
        reached = (order.placed_at, order.paid_at, order.shipped_at, order.signed_at, order.completed_at)
        return cls(
            order_id=order.order_id, number=order.number, status=_told(order.status, order.is_closing),
            lines=lines,
            remark=order.remark, freight=order.freight, payable=order.payable, back=order.given_back, pay_by=order.pay_by,
            auto_sign_at=order.auto_sign_at if order.status is OrderStatus.SHIPPED else None, placed_at=order.placed_at,
            milestones=tuple(Milestone(name=name, at=at) for name, at in zip(_MILESTONES, reached, strict=True)),
            parcels=tuple(_sent(parcel, order) for parcel in parcels),
            refunds=tuple(map(RefundLine.of, back)),
            track=_track(order, parcels, back), recipient=recipient, phone=phone, place=place,
            can_be_paid=_can_be_paid(order.status, order.is_closing),
            can_be_cancelled=order.status is OrderStatus.PENDING_PAYMENT and not order.is_closing,
            can_be_received=order.status is OrderStatus.SHIPPED,
            can_be_hidden=order.status in (OrderStatus.COMPLETED, OrderStatus.CLOSED),
            can_be_redirected=order.status in REDIRECTABLE and not order.is_closing,
            can_be_reviewed=any(line.review == "write" for line in lines),
            close_reason=order.close_reason.value if order.close_reason else None,
        )  # fmt: skip


def _review_of(line: OrderLineView, order: OrderView, said: MyReview | None) -> str | None:
    """A line that has arrived can be reviewed, and a review be looked at, whatever became of it (REV-R1)."""
    if said is not None:
        return "waits" if said.status is ReviewStatus.PENDING else "mine"
    return "write" if order.signed_at is not None and line.shipped else None


def _sent(parcel: Parcel, order: OrderView) -> SentParcel:
    titles = {line.number: line.title for line in order.lines} | {line.sku_id: line.title for line in order.lines}
    is_everything = len(order.lines) == 1 and sum(one.quantity for one in parcel.units) == order.lines[0].quantity
    goods = () if is_everything else tuple((titles[one.line or one.sku_id], one.quantity) for one in parcel.units)
    return SentParcel(carrier=parcel.carrier, tracking_number=parcel.tracking_number, sent_at=parcel.sent_at, goods=goods)


def _track(order: OrderView, parcels: Sequence[Parcel], refunds: Sequence[RefundView]) -> tuple[TrackStep, ...]:
    reached = (
        ("placed", order.placed_at), ("paid", order.paid_at), ("signed", order.signed_at), ("completed", order.completed_at),
        ("closed", order.closed_at),
    )  # fmt: skip
    steps = [TrackStep(name=name, at=at) for name, at in reached if at is not None]
    steps += [TrackStep(name="sent", at=one.sent_at, told=f"{one.carrier} {one.tracking_number}") for one in parcels]
    steps += [TrackStep(name="back", at=one.requested_at) for one in refunds]
    steps += [TrackStep(name="back_done", at=one.succeeded_at) for one in refunds if one.succeeded_at is not None]
    return tuple(sorted(steps, key=lambda step: step.at, reverse=True))


def _told(status: OrderStatus, is_closing: bool) -> str:
    return "closing" if is_closing and status is OrderStatus.PENDING_PAYMENT else status.value


def _can_be_paid(status: OrderStatus, is_closing: bool) -> bool:
    return status is OrderStatus.PENDING_PAYMENT and not is_closing
