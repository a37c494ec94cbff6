"""Beasts of what orders take and bring: read too early, kept back twice, never asked again."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, PROPERTY, Beast, Patch

_WHOLE = f"{DOMAIN}/processes/takings/whole.py"
_REFUNDING = f"{DOMAIN}/processes/money/refunding.py"
_EXAMINED = f"{CONTRACT}/test_takings.py"
_EARNED = f"{PROPERTY}/test_earnings.py"
_HOSTED = f"{CONTRACT}/test_add_a_limited_thing.py"

BEASTS = (
    Beast(
        name="own-before-the-lock",
        says="what an order has alone is read before the order is locked: a rival's decision between is written over",
        origin="met here, planted: 297 tests and 50 seeds did not notice (R13)",
        patches=(
            Patch(
                _REFUNDING,
                "    order = await claim_order(work.orders, command.order_id)\n    returning = order.returning(wish)\n    own = await takings.own(work, order, Why.RELEASING)\n",
                "    own = await takings.own(work, await work.orders.get(command.order_id), Why.RELEASING)\n    order = await claim_order(work.orders, command.order_id)\n    returning = order.returning(wish)\n",
            ),
        ),
        catchers=(f"{_EARNED}::test_the_same_history_on_every_store",),
    ),
    Beast(
        name="nobody-minds-the-lock",
        says="what an order has alone may be read whether the order is locked or not",
        origin="R13",
        patches=(
            Patch(
                _WHOLE,
                '        assert work.holds(Rank.ORDER), "what an order has alone is read while the order is locked"\n',
                "",
            ),
        ),
        catchers=(f"{_EXAMINED}::test_a_process_that_reads_what_an_order_has_before_it_locks_the_order_fails",),
    ),
    Beast(
        name="kept-back-each-time",
        says="what is kept back is taken off every refund anew, instead of counted in all that was returned",
        origin="RECLAIM, R5: three partial refunds lose three times the points",
        patches=(
            Patch(
                _REFUNDING,
                "refund_amount(order.refunded_minor, returning, takings.kept_back",
                "refund_amount(order.refunded_minor + order.kept_back_minor, returning, takings.kept_back",
            ),
        ),
        catchers=(f"{_EARNED}::test_what_was_kept_back_is_paid_back_later_when_the_points_are_there_again",),
    ),
    Beast(
        name="freight-goes-back-though-it-is-kept",
        says="a refund sends back all the freight that was returned, though less money than that goes back",
        origin="RET-R3; met here: the refund of an order with dear freight broke",
        patches=(
            Patch(
                _REFUNDING,
                "freight = min(amount, after.freight_refunded_minor - await _freight_so_far(work, before, applied))",
                "freight = after.freight_refunded_minor - await _freight_so_far(work, before, applied)",
            ),
        ),
        catchers=(f"{_EARNED}::test_more_may_be_kept_back_than_a_refund_of_freight_leaves",),
    ),
    Beast(
        name="kept-freight-goes-back-as-sales",
        says="freight that was kept back and is paid back later is booked as goods",
        origin="R6; found by a reviewer: everything back, and the books of freight and sales are not even",
        patches=(
            Patch(
                _REFUNDING,
                "    if not order.kept_back_minor:\n        return order.freight_refunded_minor\n",
                "    if order.freight_minor:\n        return order.freight_refunded_minor\n",
            ),
        ),
        catchers=(f"{_EARNED}::test_freight_that_was_kept_back_is_booked_as_freight_when_it_is_paid_back",),
    ),
    Beast(
        name="revoked-all-at-once",
        says="the first unit that is refunded takes every point of its order",
        origin="GEN-R5, yudao: points are given back whole or not at all",
        patches=(
            Patch(
                "tests/support/rewards.py",
                "    return grant.granted - worth_of_units(grant.granted, whole, kept)\n",
                "    return grant.granted if kept < whole else grant.granted - worth_of_units(grant.granted, whole, kept)\n",
            ),
        ),
        catchers=(f"{_EARNED}::test_the_same_history_on_every_store", _EARNED),
    ),
    Beast(
        name="paid-and-nothing-earned",
        says="what orders bring is only told of payments if it asked for something before",
        origin="T3; met here: an earning has nothing to read when an order is paid",
        patches=(
            Patch(
                _WHOLE, "            if name in own or (pays and isinstance(kind, Earning)):\n", "            if name in own:\n"
            ),
        ),
        catchers=(f"{_EARNED}::test_what_costs_nothing_brings_what_it_brings",),
    ),
    Beast(
        name="grounds-are-never-looked-at-again",
        says="placing does not ask whether what a quote rests on is still so",
        origin="R7: who has left the staff buys at the discount",
        patches=(
            Patch(
                f"{DOMAIN}/processes/purchase/checkout.py",
                "    quote.check_grounds(desk.takings.present(desk.shared, demand) | _beyond(quote, told))\n",
                "",
            ),
        ),
        catchers=(f"{_HOSTED}::test_who_is_no_colleague_any_more_is_asked_again",),
    ),
    Beast(
        name="unknown-kinds-are-passed-over",
        says="a process that does not know what an order took closes it all the same, and its slot is lost",
        origin="STK-R11; a worker without the host's kinds",
        patches=(Patch(_WHOLE, "        if not took <= self._names:", "        if not took:"),),
        catchers=(f"{_EXAMINED}::test_an_order_that_took_what_this_process_does_not_know_is_left_alone",),
    ),
    Beast(
        name="what-it-brings-is-not-noted",
        says="a process that lacks the points refunds all the money, and the points that were spent stay spent",
        origin="STK-R11; found by a reviewer: a worker without the host's earnings",
        patches=(Patch(f"{DOMAIN}/processes/purchase/checkout.py", "frozenset(own) | given.brings", "frozenset(own)"),),
        catchers=(f"{INTEGRATION}/test_kinds_in_trouble.py::test_a_process_that_lacks_what_an_order_brings_leaves_it_alone",),
    ),
    Beast(
        name="paying-begins-where-it-cannot-end",
        says="a buyer is sent to pay an order by a process that cannot apply the money",
        origin="STK-R11; found by a reviewer: the page said that it is refused",
        patches=(
            Patch(f"{DOMAIN}/processes/money/paying.py", "    takings.check_known(order)\n", ""),
            Patch(f"{DOMAIN}/processes/money/holding.py", "    takings.check_known(order)\n", ""),
        ),
        catchers=(
            f"{INTEGRATION}/test_kinds_in_trouble.py::test_a_process_that_lacks_a_kind_begins_no_payment_and_decides_nothing",
        ),
    ),
)
"""Each must be caught."""
