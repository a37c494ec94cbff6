"""The life-cycle of an order as one table (ORD-I1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class OrderStatus(Enum):
    """Where an order stands on its main axis."""

    PENDING_PAYMENT = "pending_payment"
    AWAITING_GROUP = "awaiting_group"
    TO_SHIP = "to_ship"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    READY_FOR_PICKUP = "ready_for_pickup"
    SIGNED = "signed"
    COMPLETED = "completed"
    CLOSED = "closed"


class PaymentAxis(Enum):
    """How an order stands with its money, apart from the main axis."""

    UNPAID = "unpaid"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    REFUNDING = "refunding"
    """Money shall go back, and not all of it has: what views say in place of the two above until it has."""


class CloseReason(Enum):
    """Why an order was closed."""

    MEMBER = "member"
    TIMEOUT = "timeout"
    STAFF = "staff"
    GROUP_FAILED = "group_failed"
    REFUNDED = "refunded"
    GONE = "gone"
    """What was taken for it was not there any more when its money came: the money goes back."""


class DeliveryMethod(Enum):
    """How the goods reach the member."""

    SHIP = "ship"
    PICKUP = "pickup"


NEXT: Final[Mapping[OrderStatus, frozenset[OrderStatus]]] = {
    OrderStatus.PENDING_PAYMENT: frozenset(
        {OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP, OrderStatus.CLOSED}
    ),
    OrderStatus.AWAITING_GROUP: frozenset({OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP, OrderStatus.CLOSED}),
    OrderStatus.TO_SHIP: frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.CLOSED}),
    OrderStatus.PARTLY_SHIPPED: frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.CLOSED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.SIGNED, OrderStatus.CLOSED}),
    OrderStatus.READY_FOR_PICKUP: frozenset({OrderStatus.SIGNED, OrderStatus.CLOSED}),
    OrderStatus.SIGNED: frozenset({OrderStatus.COMPLETED, OrderStatus.CLOSED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CLOSED: frozenset(),
}
"""Every transition there is; what is not listed cannot happen (T1 to T13, ORD-R10)."""

BEFORE_PARCELS: Final = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP})
"""The states in which an order may still go elsewhere (ORD-R5)."""

OVER: Final = frozenset({OrderStatus.COMPLETED, OrderStatus.CLOSED})
"""The states in which a member may take an order out of the list (ORD-R6)."""

PAID_AND_OPEN: Final = frozenset(OrderStatus) - {OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSED}
"""The states in which money has been received and may be given back unit by unit (ORD-R10)."""

WENT_ON: Final = PAID_AND_OPEN - {OrderStatus.AWAITING_GROUP}
"""The states of what is paid and waits for nothing, or not any more."""


def is_path(transitions: tuple[tuple[OrderStatus | None, OrderStatus], ...]) -> bool:
    """Whether recorded transitions start at placing and follow the table without a gap (ORD-I8)."""
    stands: OrderStatus | None = None
    for start, end in transitions:
        if not is_step(stands, start, end):
            return False
        stands = end
    return stands is not None


def is_step(stands: OrderStatus | None, start: OrderStatus | None, end: OrderStatus) -> bool:
    """Whether a recorded transition begins where the order stands and follows the table."""
    if start is not stands:
        return False
    if start is None:
        return end is OrderStatus.PENDING_PAYMENT
    return end is start or end in NEXT[start]
