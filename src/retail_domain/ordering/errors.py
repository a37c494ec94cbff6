"""What ordering refuses."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import LocationId, MemberId, OrderId, QuoteId, SkuId


@refusal
class OrderNotFound(DomainError):
    """There is no such order."""

    code = "order.not_found"
    kind = Kind.MISSING
    order_id: OrderId | None = None
    number: str | None = None


@refusal
class OrderWrongState(DomainError):
    """The order has gone too far, or not far enough, for this."""

    code = "order.wrong_state"
    kind = Kind.CONFLICT
    order_id: OrderId
    status: str


@refusal
class OrderClosePaysBack(DomainError):
    """This order is paid: calling it off pays the money back, which your account may not do."""

    code = "order.close_pays_back"
    kind = Kind.FORBIDDEN
    order_id: OrderId
    permission: str


@refusal
class OrderIsClosing(DomainError):
    """The order is being closed."""

    code = "order.closing"
    kind = Kind.CONFLICT
    order_id: OrderId


@refusal
class OrderPaymentOverdue(DomainError):
    """The time to pay this order is over."""

    code = "order.payment_overdue"
    kind = Kind.REFUSED
    order_id: OrderId


@refusal
class OrderAmountDiffers(DomainError):
    """The amount is not what the order costs."""

    code = "order.amount_differs"
    kind = Kind.CONFLICT
    order_id: OrderId
    payable_minor: int


@refusal
class OrderCostsItsFreight(DomainError):
    """The freight stays as agreed, so the order cannot cost less than that."""

    code = "order.costs_its_freight"
    kind = Kind.REFUSED
    order_id: OrderId
    freight_minor: int


@refusal
class OrderMoneyIsHere(DomainError):
    """Money of this order is here already, so it cannot cost something else now."""

    code = "order.money_is_here"
    kind = Kind.CONFLICT
    order_id: OrderId
    least_minor: int | None = None
    """What an account has paid leaves room for no less than this; none where the whole money waits to be applied."""


@refusal
class OrderHasManyMemos(DomainError):
    """The order has as many memos as it takes."""

    code = "order.many_memos"
    kind = Kind.REFUSED
    order_id: OrderId
    most: int


@refusal
class OrderUndeliverable(DomainError):
    """The goods of the order are not delivered there."""

    code = "order.undeliverable"
    kind = Kind.REFUSED
    order_id: OrderId
    region_code: str


@refusal
class OrderFreightWouldRise(DomainError):
    """Delivering the order there would cost more freight than was agreed."""

    code = "order.freight_would_rise"
    kind = Kind.REFUSED
    order_id: OrderId
    freight_minor: int
    would_be_minor: int


@refusal
class OrderTooManyUnits(DomainError):
    """The order does not have that many units left of these goods."""

    code = "order.too_many_units"
    kind = Kind.REFUSED
    sku_id: SkuId
    left: int


@refusal
class OrderGoodsInSeveralLines(DomainError):
    """These goods stand in several lines of the order: say which line is meant."""

    code = "order.goods_in_several_lines"
    sku_id: SkuId
    lines: tuple[int, ...]


@refusal
class OrderNoSuchGoods(DomainError):
    """These goods are not part of the order."""

    code = "order.no_such_goods"
    kind = Kind.REFUSED
    sku_id: SkuId


@refusal
class OrderNoSuchLine(DomainError):
    """The order has these goods, but not in the line that was named."""

    code = "order.no_such_line"
    kind = Kind.REFUSED
    sku_id: SkuId
    line: int


@refusal
class OrderGoodsInSeveralPlaces(DomainError):
    """These goods do not all lie in one place, or not in the one that was named: say which one the parcel leaves from."""

    code = "order.goods_in_several_places"
    kind = Kind.REFUSED
    order_id: OrderId
    location_ids: tuple[LocationId, ...]


@refusal
class OrderNotToBeHad(DomainError):
    """Something this order needs is not there any more."""

    code = "order.not_to_be_had"
    kind = Kind.REFUSED
    order_id: OrderId


@refusal
class OrderNotDue(DomainError):
    """It is not time for this yet."""

    code = "order.not_due"
    kind = Kind.CONFLICT
    order_id: OrderId


@refusal
class RefundTooMuch(DomainError):
    """More would be given back than is left of the payment."""

    code = "refund.too_much"
    kind = Kind.REFUSED
    order_id: OrderId
    refundable_minor: int


@refusal
class TooManyOpenOrders(DomainError):
    """Please pay or cancel one of your open orders first."""

    code = "order.too_many_open"
    kind = Kind.CONFLICT
    most: int
    open: int


@refusal
class RefundOfNothing(DomainError):
    """Say which units, or how much of the freight, shall be refunded."""

    code = "refund.nothing"
    kind = Kind.INVALID
    order_id: OrderId


@refusal
class CartAlreadyOrdered(DomainError):
    """These goods of your cart were ordered already."""

    code = "order.cart_already_ordered"
    kind = Kind.CONFLICT
    order_id: OrderId


@refusal
class OrderInOtherPlacesToo(DomainError):
    """Goods of this order come from other places too; somebody who may decide there as well has to do that."""

    code = "order.in_other_places_too"
    kind = Kind.FORBIDDEN


@refusal
class OrderNeedsItsMember(DomainError):
    """This order costs nothing, so there is no payment by which its buyer could agree; they have to place it themselves."""

    code = "order.needs_its_member"
    kind = Kind.REFUSED
    quote_id: QuoteId


@refusal
class OrderForBarredMember(DomainError):
    """This member may not log in, so they could not agree to an order."""

    code = "order.member_barred"
    kind = Kind.REFUSED
    member_id: MemberId
