"""Laws of orders that staff place for members: they wait for the member, and say who placed them (ORD-R16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from retail_domain.kernel.actor import ActorKind
from retail_domain.testing.simulation.auditor import Auditor, EndLaw


def staff_orders_are_told_apart(auditor: Auditor) -> Iterator[str]:
    """ORD-R16: whose first step is not its member's was asked for by staff, waits to be agreed to, and is in the trail once."""
    noted = Counter(one.object.partition(" ")[0] for one in auditor.mirror.logs["audit_trail"] if one.action == "orders.place")
    for order_id, view in auditor.shown.orders.items():
        first, order = auditor.shown.histories[order_id][0], auditor.book.orders.get(order_id)
        by_staff = first.actor.kind is not ActorKind.MEMBER
        if by_staff and (first.from_status, first.to_status.value) != (None, "pending_payment"):
            yield f"{view.number} was placed for its member, and nobody waited for them to agree"
        if view.is_placed_by_shop != by_staff:
            yield f"{view.number} was placed by {first.actor}, and shows otherwise"
        if noted.pop(str(order_id), 0) != by_staff:
            yield f"{view.number} was placed by {first.actor}; the trail says otherwise"
        if order is not None and by_staff and not order.staff_asked:
            yield f"{view.number} was placed by its member, and names {first.actor}"
        if order is not None and not by_staff and len(order.staff_asked) == len(order.placings):
            yield f"{view.number} was placed by staff, and names its member"
    yield from (f"the trail tells of an order {id} that nobody shows" for id in noted)


END_LAWS: Final = (EndLaw("ORD-R16", staff_orders_are_told_apart),)
