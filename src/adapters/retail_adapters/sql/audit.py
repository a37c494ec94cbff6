"""The audit: every conservation law of the shop, asked of a live database (R43).

Each law is one reading statement that answers the rows which break it, so that "nothing found" is an empty answer and every
finding names its row. All are asked within one read-only snapshot; nothing is locked and no writer waits. Laws that hold only
after handlers ran take a grace period: what is younger is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, case, exists, func, not_, or_, select, union_all
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.audit_events import OUTBOX, TOLD
from retail_adapters.sql.audit_histories import broken_histories
from retail_adapters.sql.audit_law import Finding as Finding, Law, before_grace, law, one_of
from retail_adapters.sql.audit_limits import LIMITS
from retail_adapters.sql.audit_orphans import ORPHANS
from retail_adapters.sql.audit_quotas import QUOTAS
from retail_adapters.sql.audit_refunds import REFUNDS
from retail_adapters.sql.audit_tenders import TENDERS
from retail_adapters.sql.database import Database
from retail_adapters.sql.holdings import CARRIED_UP_TO
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.tables.inventory import reservations, stock_alerts, stock_items, stock_moves
from retail_adapters.sql.tables.ordering import order_lines, order_transitions, orders
from retail_adapters.sql.tables.outbox import deliveries
from retail_adapters.sql.tables.payments import carried_balances, ledger_entries, payments, refunds
from retail_domain.ordering import OrderStatus
from retail_domain.payments import MoneyState, PaymentState, RefundSource, RefundState
from retail_domain.payments.model.ledger import OURS

GRACE: Final = timedelta(minutes=10)
"""How long handlers and workers may take before a delay is a finding."""

_open = func.sum(reservations.c.open)
_reserved = (
    select(reservations.c.sku_id, reservations.c.location_id, _open.label("units"))
    .group_by(reservations.c.sku_id, reservations.c.location_id)
    .subquery("reserved")
)
_moved = (
    select(stock_moves.c.sku_id, stock_moves.c.location_id, func.sum(stock_moves.c.units).label("units"))
    .group_by(stock_moves.c.sku_id, stock_moves.c.location_id)
    .subquery("moved")
)
_shelf = (stock_items.c.sku_id, stock_items.c.location_id)


def _beside(other: Any) -> Any:
    return and_(other.c.sku_id == stock_items.c.sku_id, other.c.location_id == stock_items.c.location_id)


_line_of = and_(
    reservations.c.owner_kind == "order",
    reservations.c.order_id == order_lines.c.order_id,
    or_(
        reservations.c.line == order_lines.c.position + 1,
        and_(reservations.c.line == 0, reservations.c.sku_id == order_lines.c.sku_id),  # by the release before
    ),
)
_held = (  # a line may come from several places: what counts is their sum
    select(
        order_lines.c.order_id,
        order_lines.c.position,
        func.sum(reservations.c.open).label("open"),
        func.sum(reservations.c.consumed).label("consumed"),
        func.sum(reservations.c.quantity).label("quantity"),
    )
    .join(reservations, _line_of)
    .group_by(order_lines.c.order_id, order_lines.c.position)
    .subquery("held")
)
_closed_unpaid = and_(orders.c.status == OrderStatus.CLOSED, orders.c.paid_at.is_(None))
_unshipped = order_lines.c.quantity - order_lines.c.shipped - order_lines.c.refunded_unshipped
_should_be_open = case((_closed_unpaid, 0), else_=_unshipped)
_waits_for_time = one_of(orders.c.status, OrderStatus.PENDING_PAYMENT, OrderStatus.SHIPPED, OrderStatus.SIGNED)
_is_low = and_(
    stock_items.c.alert_threshold.is_not(None),
    stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety <= stock_items.c.alert_threshold,
)
_has_alert = exists().where(_beside(stock_alerts))
_news_of_stock_under_way = exists().where(deliveries.c.aggregate_id == stock_items.c.sku_id, deliveries.c.done_at.is_(None))

_STOCK: Final = (
    law(
        "R1",
        "units on hand and reserved lie within what can be shipped (STK-I1)",
        select(*_shelf, stock_items.c.on_hand, stock_items.c.reserved).where(
            or_(
                stock_items.c.on_hand < 0,
                stock_items.c.reserved < 0,
                stock_items.c.reserved > stock_items.c.on_hand + stock_items.c.backorder_limit + stock_items.c.shortfall,
            )
        ),
    ),
    law(
        "STK-I2",
        "reserved is the sum of the open reservations (R3)",
        select(*_shelf, stock_items.c.reserved, coalesce(_reserved.c.units, 0).label("promised"))
        .outerjoin(_reserved, _beside(_reserved))
        .where(stock_items.c.reserved != coalesce(_reserved.c.units, 0)),
    ),
    law(
        "STK-I3",
        "on hand is the sum of its moves (STK-R3)",
        select(*_shelf, stock_items.c.on_hand, coalesce(_moved.c.units, 0).label("moved"))
        .outerjoin(_moved, _beside(_moved))
        .where(stock_items.c.on_hand != coalesce(_moved.c.units, 0)),
    ),
    law(
        "R3",
        "a line holds exactly the units it must still ship, and a reservation ends once",
        select(order_lines.c.order_id, order_lines.c.sku_id, _should_be_open.label("must"), _held.c.open)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .outerjoin(_held, and_(_held.c.order_id == order_lines.c.order_id, _held.c.position == order_lines.c.position))
        .where(
            or_(
                _held.c.order_id.is_(None),
                _held.c.open != _should_be_open,
                _held.c.consumed != order_lines.c.shipped,
                _held.c.quantity != order_lines.c.quantity,
            )
        ),
    ),
    law(
        "R3-orphans",
        "no reservation without its order line",
        select(reservations.c.owner_kind, reservations.c.order_id, reservations.c.line)
        .outerjoin(order_lines, _line_of)
        .where(order_lines.c.order_id.is_(None)),
    ),
    law(
        "STK-I7",
        "an alert is open exactly when available is at or below the threshold",
        select(*_shelf, stock_items.c.alert_threshold).where(
            or_(and_(_is_low, not_(_has_alert)), and_(not_(_is_low), _has_alert)), not_(_news_of_stock_under_way)
        ),
    ),
)

_worth_of_refunded = (order_lines.c.payable_minor * (order_lines.c.refunded_shipped + order_lines.c.refunded_unshipped)).op(
    "/"
)(order_lines.c.quantity)  # GEN-R5: whole numbers divide downwards on both databases
_sums = (
    select(
        order_lines.c.order_id,
        func.sum(order_lines.c.payable_minor).label("goods"),
        func.sum(order_lines.c.freight_minor).label("freight"),
        func.sum(_worth_of_refunded).label("refunded"),
        func.sum(order_lines.c.shipped).label("shipped"),
        func.sum(_unshipped).label("unshipped"),
    )
    .group_by(order_lines.c.order_id)
    .subquery("sums")
)
_back = (
    select(refunds.c.order_id, func.sum(refunds.c.amount_minor).label("minor"))
    .where(refunds.c.state != RefundState.CLOSED, refunds.c.source == RefundSource.ORDER)
    .group_by(refunds.c.order_id)
    .subquery("back")
)
_applied = (
    select(payments.c.order_id, func.sum(payments.c.captured_minor).label("minor"))
    .where(payments.c.money == MoneyState.APPLIED)
    .group_by(payments.c.order_id)
    .subquery("applied")
)
_going_back = (
    select(
        refunds.c.payment_id,
        func.sum(refunds.c.amount_minor).label("all"),
        func.sum(case((refunds.c.state == RefundState.SUCCEEDED, refunds.c.amount_minor), else_=0)).label("done"),
    )
    .where(refunds.c.state != RefundState.CLOSED)
    .group_by(refunds.c.payment_id)
    .subquery("going_back")
)
_books_against_facts = union_all(
    select(ledger_entries.c.order_id, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        and_(*(ledger_entries.c.account != account for account in OURS))
    ),
    select(payments.c.order_id, payments.c.captured_currency, -payments.c.captured_minor).where(
        payments.c.captured_minor.is_not(None), payments.c.money != MoneyState.NONE
    ),
    select(payments.c.order_id, payments.c.currency, -payments.c.amount_minor).where(payments.c.state == PaymentState.HELD),
    select(refunds.c.order_id, refunds.c.currency, refunds.c.amount_minor).where(refunds.c.succeeded_at.is_not(None)),
).subquery("books_against_facts")
_carried = union_all(
    select(ledger_entries.c.account, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        ledger_entries.c.position <= CARRIED_UP_TO
    ),
    select(carried_balances.c.account, carried_balances.c.currency, -carried_balances.c.balance_minor).where(
        carried_balances.c.up_to == CARRIED_UP_TO
    ),
).subquery("carried")
_off = func.sum(_books_against_facts.c.minor)
_is_paid = orders.c.paid_at.is_not(None)
_returned = _sums.c.refunded + orders.c.freight_refunded_minor

_MONEY: Final = (
    law(
        "R4",
        "an order costs the sum of its lines and the freight, and its lines know their share of the freight (ORD-I2)",
        select(orders.c.id, orders.c.payable_minor, orders.c.freight_minor)
        .join(_sums, _sums.c.order_id == orders.c.id)
        .where(
            or_(
                orders.c.payable_minor != _sums.c.goods + orders.c.freight_minor,
                orders.c.freight_minor != _sums.c.freight,
            )
        ),
    ),
    law(
        "R5",
        "what was returned of an order is paid back or kept back, and its refunds say the same (ORD-I4)",
        select(orders.c.id, orders.c.refunded_minor, _sums.c.refunded, coalesce(_back.c.minor, 0).label("refunds"))
        .join(_sums, _sums.c.order_id == orders.c.id)
        .outerjoin(_back, _back.c.order_id == orders.c.id)
        .where(
            or_(
                and_(_is_paid, orders.c.refunded_minor + orders.c.kept_back_minor != _returned),
                orders.c.kept_back_minor < 0,
                orders.c.refunded_minor != coalesce(_back.c.minor, 0),
                orders.c.refunded_minor > orders.c.paid_minor,
            )
        ),
    ),
    law(
        "PAY-I4",
        "refunds of a payment never pass what it captured, and are counted on it (R5)",
        select(payments.c.id, payments.c.captured_minor, payments.c.refunding_minor, payments.c.refunded_minor)
        .outerjoin(_going_back, _going_back.c.payment_id == payments.c.id)
        .where(
            or_(
                payments.c.refunding_minor != coalesce(_going_back.c.all, 0),
                payments.c.refunded_minor != coalesce(_going_back.c.done, 0),
                payments.c.refunding_minor > coalesce(payments.c.captured_minor, 0),
            )
        ),
    ),
    law(
        "PAY-I1",
        "an order is paid exactly when the money applied to it equals what it costs",
        select(orders.c.id, orders.c.status, orders.c.payable_minor, coalesce(_applied.c.minor, 0).label("applied"))
        .outerjoin(_applied, _applied.c.order_id == orders.c.id)
        .where(
            or_(
                and_(_is_paid, orders.c.payable_minor != coalesce(_applied.c.minor, 0)),
                and_(not_(_is_paid), coalesce(_applied.c.minor, 0) != 0),
            )
        ),
    ),
    law(
        "R6",
        "every posting of the ledger balances in every currency",
        select(ledger_entries.c.reference, ledger_entries.c.currency, func.sum(ledger_entries.c.amount_minor).label("off"))
        .group_by(ledger_entries.c.reference, ledger_entries.c.currency)
        .having(func.sum(ledger_entries.c.amount_minor) != 0),
    ),
    law(
        "R6-cash",
        "the books say we hold what an order's payments took in or hold less what its refunds gave out",
        select(_books_against_facts.c.order_id, _books_against_facts.c.currency, _off.label("off"))
        .group_by(_books_against_facts.c.order_id, _books_against_facts.c.currency)
        .having(_off != 0),
    ),
    law(
        "R6-carried",
        "balances that were carried forward are the sums of the entries they stand for (decision 0031)",
        select(_carried.c.account, _carried.c.currency, func.sum(_carried.c.minor).label("off"))
        .group_by(_carried.c.account, _carried.c.currency)
        .having(func.sum(_carried.c.minor) != 0),
    ),
    law(
        "R10",
        "captured money is applied to an order, given back, on its way back, or waits in a visible queue (PAY-I2)",
        select(
            payments.c.id, payments.c.order_id, payments.c.money, payments.c.captured_minor, payments.c.refunding_minor
        ).where(
            coalesce(payments.c.captured_minor, 0) > 0,
            payments.c.received_at < before_grace,
            or_(
                and_(
                    one_of(payments.c.money, MoneyState.EXTRA, MoneyState.LATE),
                    payments.c.refunding_minor != payments.c.captured_minor,
                ),
                payments.c.money == MoneyState.NONE,
            ),
        ),
    ),
)

_last = (
    select(order_transitions.c.order_id, func.max(order_transitions.c.version).label("version"))
    .group_by(order_transitions.c.order_id)
    .subquery("last")
)
_PARCELS_OF_SHIPPED = exists().where(parcels.c.order_id == orders.c.id)

_ORDERS: Final = (
    law(
        "R13",
        "an order's state fits its units: shipped ones left in a parcel, nothing waits in a finished order",
        select(orders.c.id, orders.c.status, _sums.c.shipped, _sums.c.unshipped)
        .join(_sums, _sums.c.order_id == orders.c.id)
        .where(
            or_(
                and_(_sums.c.shipped > 0, not_(_PARCELS_OF_SHIPPED)),
                and_(orders.c.status == OrderStatus.TO_SHIP, _sums.c.shipped > 0),
                and_(
                    one_of(orders.c.status, OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED),
                    _sums.c.unshipped > 0,
                ),
                and_(orders.c.status == OrderStatus.PENDING_PAYMENT, _is_paid),
            )
        ),
    ),
    law(
        "ORD-I8",
        "every order has its history",
        select(orders.c.id, orders.c.status).outerjoin(_last, _last.c.order_id == orders.c.id).where(_last.c.version.is_(None)),
    ),
    law(
        "R28",
        "no deadline is missed for long",
        select(orders.c.id, orders.c.status, orders.c.due_at).where(orders.c.due_at < before_grace, _waits_for_time),
    ),
    law(
        "R28-undated",
        "what a timer must look at has a time for it",
        select(orders.c.id, orders.c.status).where(orders.c.due_at.is_(None), _waits_for_time),
    ),
)

LAWS: Final[tuple[Law, ...]] = (
    *_STOCK, *_MONEY, *REFUNDS, *TENDERS, *_ORDERS, *OUTBOX, *TOLD, *LIMITS, *QUOTAS, *ORPHANS,
)  # fmt: skip


async def audit(database: Database, *, at: datetime, grace: timedelta = GRACE) -> Sequence[Finding]:
    """Ask every law of one moment of a live database; no finding means that all of them hold."""
    found: list[Finding] = []
    async with database.begin(read_only=True) as snapshot:
        for law in LAWS:
            rows = await snapshot.rows(law.broken, before=at - grace)
            found += [Finding(law.id, law.says, {name: _told(value) for name, value in row.items()}) for row in rows]
        found += await broken_histories(snapshot)
    return found


def _told(value: Any) -> str:
    return str(getattr(value, "value", value))
