"""granted = frozen + released + revoked, and what was paid = paid back + kept back once everything was returned."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given, strategies as st

from retail_domain.kernel.ids import ParcelId
from retail_domain.ordering import RefundWish, Shipment, Units
from retail_domain.processes.takings.earnings import Account, Points
from retail_domain.testing.orders import CLERK, NOON, a_line, placed


@given(st.integers(2, 6), st.integers(100, 99_999), st.lists(st.integers(1, 3), max_size=6), st.integers(0, 400), st.booleans())
def test_points(quantity: int, payable: int, parts: list[int], spent: int, completes: bool) -> None:
    points, account, grant = Points(), Account(), None
    change = placed(a_line(1, quantity, payable), freight_minor=0)
    order = change.state
    sku = order.lines[0].sku_id

    def took(change):
        nonlocal account, grant, order
        account, grant = points.follow(account, grant, change)
        order = change.state

    took(order.pay(order.payable, actor=CLERK, at=NOON))
    if completes:
        took(order.ship(Shipment(parcel_id=ParcelId(UUID(int=1)), units=(Units(sku, quantity),)), actor=CLERK, at=NOON))
        took(order.sign(actor=CLERK, at=NOON))
        took(order.complete(at=NOON + timedelta(days=30)))
        account = Account(spendable=max(0, account.spendable - spent))
    for units in [*parts, quantity]:
        units = min(units, order.lines[0].refundable)
        if not units or order.status.value in ("closed",) or (completes and order.status.value != "completed"):
            continue
        try:
            wish = RefundWish(units=(Units(sku, units),), reason="x")
            kept = points.keeps_back(account, grant, order, wish)
            took(order.refund(wish, actor=CLERK, at=NOON, kept_back_minor=kept))
        except Exception as e:
            if type(e).__name__ == "OrderWrongState":
                return
            raise
        assert grant is None or grant.granted == grant.frozen + grant.released + grant.revoked
    assert order.refunded_minor + order.kept_back_minor == order.lines[0].refunded_minor + order.freight_refunded_minor
    if grant is not None and order.is_refunded:
        assert grant.frozen == grant.released == 0 or order.freight_refunded_minor < order.freight_minor
