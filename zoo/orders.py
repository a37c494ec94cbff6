"""Beasts of the order: wrong states, wrong prices, wrong owners."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, MONEY, PROPERTY, RACES, REPOSITORIES, SQL, UNIT, Beast, Patch

_ORDER = f"{DOMAIN}/ordering/model/order.py"
_CALENDAR = f"{DOMAIN}/kernel/calendar.py"
_CHECKOUT = f"{DOMAIN}/processes/purchase/checkout.py"
_CLOSING = f"{DOMAIN}/processes/money/closing.py"
_REPRICING = f"{DOMAIN}/processes/money/repricing.py"
_QUOTE = f"{DOMAIN}/pricing/model/quote.py"
_ORDERS = f"{REPOSITORIES}/ordering.py"
_STOCK = f"{REPOSITORIES}/inventory.py"

BEASTS = (
    Beast(
        name="unconditional-status-write",
        says="the state of an order is written whatever it is by now: who commits last wins",
        origin="GEN-R8; mall, yudao: unconditional status write",
        patches=(
            Patch(_ORDERS, ".order_by(orders.c.id).with_for_update()", ".order_by(orders.c.id)"),
            Patch(_ORDERS, "_UPDATE: Final = update_of(orders)", "_UPDATE: Final = update_of(orders, guard=None)"),
            Patch(
                _STOCK,
                '    tuple(column.name for column in reservations.primary_key.columns), "version",\n',
                "    tuple(column.name for column in reservations.primary_key.columns),\n",
            ),
        ),
        catchers=(f"{CONTRACT}/test_order_and_money_stores.py", RACES),
    ),
    Beast(
        name="unpaid-is-shipped",
        says="shipping asks only that the state has not changed since it was read",
        origin="T6, GEN-R8; yudao",
        patches=(
            Patch(
                _ORDER,
                "        self._must_be(OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)\n        if not shipment",
                "        if not shipment",
            ),
            Patch(_ORDER, "        if status not in NEXT[self.status]:\n", "        if self.closed_at is not None:\n"),
        ),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="partial-refund-blocks-shipping",
        says="an order of which anything was paid back is not shipped any more",
        origin="yudao, ORD-R3",
        patches=(
            Patch(
                _ORDER,
                "        if not shipment.units:\n",
                "        if self.refunded_minor:\n            raise OrderWrongState(order_id=self.id, status=self.status.value)\n        if not shipment.units:\n",
            ),
        ),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="days-of-another-place",
        says="an order is numbered with the day in UTC, wherever the shop stands",
        origin="our own, GEN-R6: a time zone that was read, passed on and never used",
        patches=(Patch(_CHECKOUT, "{means.calendar.day_of(at):%y%m%d}", "{at:%y%m%d}"),),
        catchers=("tests/architecture/test_days_come_from_the_calendar.py", "tests/e2e/test_days_of_the_shop.py"),
    ),
    Beast(
        name="every-day-has-24-hours",
        says="a day ends 24 hours after it began, also where clocks were put forward or back",
        origin="our own, GEN-R6",
        patches=(Patch(_CALENDAR, "else self.start_of(day + _DAY)", "else self.start_of(day) + _DAY"),),
        catchers=(f"{PROPERTY}/test_calendar.py",),
    ),
    Beast(
        name="anybody-sees-any-order",
        says="an order is found by its id, whoever asks",
        origin="mall, GEN-R14, R33",
        patches=(
            Patch(_ORDER, "        if self.member_id != member_id:\n            raise OrderNotFound(order_id=self.id)\n", ""),
        ),
        catchers=(f"{UNIT}/test_order.py", MONEY),
    ),
    Beast(
        name="waiting-is-a-dead-end",
        says="a paid order that waits cannot be called off by staff",
        origin="T11; our own: the table of states allowed it, and the decision did not",
        patches=(
            Patch(
                _ORDER,
                "self._must_be(OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP)",
                "self._must_be(OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP)",
            ),
        ),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="goes-on-in-silence",
        says="an order that waited goes on, and the kind that had it wait is not told",
        origin="our own, T4",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/going_on.py",
                "        await takings.carry(work, shared, change, Why.GOING_ON, at)\n",
                "",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_tenders.py::test_an_order_goes_on_once_and_the_kinds_are_told",),
    ),
    Beast(
        name="the-old-form-stays-payable",
        says="an unpaid order is repriced while an attempt at the old price is open",
        origin="yudao, ORD-R4",
        patches=(Patch(_REPRICING, "        if one.is_open:\n            raise AttemptOpen(payment_id=one.id)\n", ""),),
        catchers=(f"{INTEGRATION}/test_repricing.py",),
    ),
    Beast(
        name="late-at-the-old-price",
        says="money that comes late for the old price is neither applied nor given back: it waits for a person",
        origin="our own, ORD-R4, PAY-R5",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/settlement.py",
                "        return evolve(_not_asked(met, settling), standing=Standing.COSTS_OTHERWISE)\n",
                "        together = ()\n",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_repricing.py",),
    ),
    Beast(
        name="each-line-rounds-for-itself",
        says="each line bears its share of a new price rounded for itself, so that the order costs something else",
        origin="mall: one total follows a change of price and another does not; ORD-R4, GEN-R3",
        patches=(
            Patch(
                f"{DOMAIN}/ordering/model/repricing.py",
                "    return allocate_by(weights, more)",
                "    return {key: more * each // max(1, sum(weights.values())) for key, each in weights.items()}",
            ),
        ),
        catchers=(f"{UNIT}/test_repricing.py",),
    ),
    Beast(
        name="repriced-while-it-closes",
        says="an order that is being closed, or whose time is over, is given another price",
        origin="our own, ORD-R4, ORD-R9",
        patches=(
            Patch(
                _ORDER,
                "        self.check_payable(at=at)\n        wish.check(",
                "        self._must_be(OrderStatus.PENDING_PAYMENT)\n        wish.check(",
            ),
        ),
        catchers=(f"{UNIT}/test_repricing.py",),
    ),
    Beast(
        name="lines-keep-the-old-price",
        says="a new price is written to the order and not to its lines",
        origin="mall: an admin's change of price leaves the other sums as they were; ORD-I2, ORD-R4",
        patches=(Patch(_ORDERS, '            Flush(_REPRICE_LINES, repriced, "order line"),\n', ""),),
        catchers=(f"{CONTRACT}/test_order_and_money_stores.py",),
    ),
    Beast(
        name="asks-twice",
        says="a quote is looked up twice to be shown once",
        origin="R46; our own: what a use case asks of the database grows by a statement that nobody decided on",
        patches=(
            Patch(
                f"{DOMAIN}/pricing/use_cases.py",
                "    quote = await work.quotes.get(command.quote_id)\n    return",
                "    await work.quotes.get(command.quote_id)\n    quote = await work.quotes.get(command.quote_id)\n    return",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_statement_counts.py",),
    ),
    Beast(
        name="anybody-takes-any-quote",
        says="a quote is accepted by whoever knows its id",
        origin="mall, R33",
        patches=(Patch(_QUOTE, "        self.owned_by(member_id)\n        if hash", "        if hash"),),
        catchers=(f"{UNIT}/test_quote.py",),
    ),
    Beast(
        name="old-price-is-charged",
        says="placing charges what the quote says, though the price has changed since",
        origin="R7, yudao, CRT-R4",
        patches=(Patch(_CHECKOUT, "    quote.check_prices(versions, desk.terms.offers_version)\n", ""),),
        catchers=(f"{CONTRACT}/test_quoting_and_carting.py", f"{PROPERTY}/test_money_of_the_whole_shop.py"),
    ),
    Beast(
        name="closed-order-becomes-paid",
        says="money for a closed order pays it all the same",
        origin="CRMEB, PAY-R5",
        patches=(
            Patch(
                _ORDER,
                "        self._must_be(OrderStatus.PENDING_PAYMENT)\n        if amount != self.payable:",
                "        self._must_be(OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSED)\n        if amount != self.payable:",
            ),
            Patch(
                _ORDER,
                "        if status not in NEXT[self.status]:\n",
                "        if status not in NEXT[self.status] and self.paid_at is not None:\n",
            ),
            Patch(
                _ORDER,
                "paid = self._to(to, paid_at=at, paid_minor=self.payable_minor, closing=None)",
                "paid = self._to(to, paid_at=at, paid_minor=self.payable_minor, closing=None, closed_at=None, close_reason=None)",
            ),
        ),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="timer-without-fencing",
        says="a timer acts on the list it read long ago, without asking whether it is still due",
        origin="timer without fencing; F1 zombie worker, R28",
        patches=(
            Patch(
                _ORDER,
                "        if not has_passed(deadline, at):\n            raise OrderNotDue(order_id=self.id)\n",
                "        _ = deadline, at\n",
            ),
            Patch(
                _ORDER,
                "        if reason is CloseReason.TIMEOUT and not has_passed(self.pay_by, at):\n            raise OrderNotDue(order_id=self.id)\n",
                "",
            ),
        ),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="closed-without-asking",
        says="time closes an unpaid order though its attempt can still be paid at the provider",
        origin="R11, PAY-R6, T10",
        patches=(Patch(_CLOSING, "    return bool(blocking)", "    return bool(blocking) and False"),),
        catchers=(f"{MONEY}::test_time_closes_an_unpaid_order_after_asking_the_provider",),
    ),
    Beast(
        name="second-worker-does-not-wait",
        says="the wait for a silent provider that one worker began does not count for another",
        origin="R28, PAY-R6",
        patches=(
            Patch(
                _CLOSING,
                "return order.closing is not None and has_passed(order.closing.next_at, at)",
                "return order.closing is not None",
            ),
        ),
        catchers=(f"{MONEY}::test_a_second_worker_with_the_same_list_does_not_shorten_the_wait_for_a_silent_provider",),
    ),
    Beast(
        name="cart-ordered-twice",
        says="nobody looks whether this version of the cart was ordered already",
        origin="R18",
        patches=(
            Patch(
                _CHECKOUT,
                "if quote.cart is not None and quote.cart in self.placed.by_cart:",
                "if quote.cart is not None and not self.placed.by_quote and False:",
            ),
        ),
        catchers=(
            f"{CONTRACT}/test_quoting_and_carting.py::test_a_version_of_a_cart_that_was_ordered_is_not_ordered_again_by_another_quote",
        ),
    ),
    Beast(
        name="quote-ordered-twice",
        says="a quote is turned into another order each time it is accepted",
        origin="R18, GEN-R7",
        patches=(
            Patch(
                _CHECKOUT,
                "        again = self.placed.by_quote.get(quote.id)",
                "        again = None if quote else self.placed.by_quote.get(quote.id)",
            ),
        ),
        catchers=(f"{CONTRACT}/test_quoting_and_carting.py::test_accepting_a_quote_twice_is_one_order",),
    ),
    Beast(
        name="freight-lost-on-refund",
        says="paying every unit back keeps the freight of what was never sent",
        origin="R5, RET-R3",
        patches=(Patch(_ORDER, "        return left if whole else wished", "        return wished"),),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="page-of-two-moments",
        says="the page of an order reads the order first and its lines later, so it shows halves of two states",
        origin="met here by the soak: units shipped from orders that still waited to be shipped (R16, R30)",
        patches=(
            Patch(
                f"{SQL}/queries/ordering.py",
                "        return _shown(await self.database.rows(statement, id=order_id, **values), OrderNotFound(order_id=order_id))",
                "        first = await self.database.rows(statement, id=order_id, **values)\n"
                "        later = await self.database.rows(statement, id=order_id, **values)\n"
                "        mixed = [{**new, **{name: old[name] for name in old if not name.startswith(_LINE)}}"
                " for old, new in zip(first, later, strict=True)]\n"
                "        return _shown(mixed, OrderNotFound(order_id=order_id))",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_pages_of_one_moment.py",),
    ),
    Beast(
        name="free-refund-does-nothing",
        says="a refund worth nothing skips the shelf and the limits as well as the money",
        origin="yudao, RET-R5",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/refunding.py",
                "    refunds = await pay_back(work, change, reason, at, means.ids, command.into)\n    shared, own = takings.follow(shared, own, change, at)",
                "    refunds = await pay_back(work, change, reason, at, means.ids, command.into)\n    if refunds:\n        shared, own = takings.follow(shared, own, change, at)",
            ),
        ),
        catchers=(f"{MONEY}::test_a_free_order_is_refunded_without_any_money",),
    ),
)
"""Each must be caught."""
