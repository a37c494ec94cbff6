"""Orders, their lines, and each transition once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, false, text

from retail_adapters.sql.tables.base import PERSONAL, needed, table
from retail_adapters.sql.tables.growth import RECORD, Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import CloseReason, DeliveryMethod, OrderStatus

orders = table(
    "orders",
    needed("id", Id, primary_key=True),
    needed("number", Words, unique=True),
    needed("member_id", Id),
    needed("quote_id", Id, unique=True),
    Column("cart_id", Id),
    Column("cart_version", Whole),
    needed("method", Choice(DeliveryMethod)),
    needed("region_code", Words),
    Column("store_id", Id),
    needed("status", Choice(OrderStatus)),
    needed("payable_minor", Whole),
    needed("freight_minor", Whole),
    needed("currency", Words),
    needed("pay_seconds", Whole),
    needed("auto_sign_seconds", Whole),
    needed("after_sale_seconds", Whole),
    needed("paid_minor", Whole, usual=0),
    needed("refunded_minor", Whole, usual=0),
    needed("freight_refunded_minor", Whole, usual=0),
    Column("closing", Doc),
    Column("due_at", Instant),
    needed("placed_at", Instant),
    needed("pay_by", Instant),
    Column("paid_at", Instant),
    Column("shipped_at", Instant),
    Column("auto_sign_at", Instant),
    Column("signed_at", Instant),
    Column("complete_at", Instant),
    Column("completed_at", Instant),
    Column("closed_at", Instant),
    Column("close_reason", Choice(CloseReason)),
    needed("hidden", Flag, usual=False),
    needed("took", Words, server_default=text("''")),
    needed("refund_order", Words, usual="", server_default=text("''")),
    needed("kept_back_minor", Whole, usual=0, server_default=text("0")),
    Column("open_slot", Whole),
    needed("points_rate", Whole, usual=0, server_default=text("0")),
    needed("remark", Words, usual="", server_default=text("''"), info=PERSONAL),
    needed("version", Whole),
    CheckConstraint("paid_minor = 0 OR paid_minor = payable_minor", name="paid"),
    CheckConstraint("refunded_minor >= 0 AND refunded_minor <= paid_minor", name="refunded"),
    CheckConstraint("freight_refunded_minor >= 0 AND freight_refunded_minor <= freight_minor", name="freight"),
    CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    owner="member_id",
    rank=Rank.ORDER,
    grows=Growth(
        With.SALES,
        "1 an order",
        590,
        read_by="audit, history",
        stays=RECORD,
    ),
)
Index(None, orders.c.member_id, orders.c.id)
Index(None, orders.c.cart_id, orders.c.cart_version, unique=True)  # one cart version is checked out at most once (R18)
Index(None, orders.c.status, orders.c.id)
_unpaid = text("status = 'pending_payment'")
Index(  # a place for an unpaid order is one order's: what is paid or closed is not in here any more (STK-R12)
    "uq_orders_open", orders.c.member_id, orders.c.open_slot, unique=True, postgresql_where=_unpaid, sqlite_where=_unpaid
)
_waiting = orders.c.due_at.is_not(None)
Index("ix_orders_due", orders.c.status, orders.c.due_at, postgresql_where=_waiting, sqlite_where=_waiting)
_paid = orders.c.paid_at.is_not(None)
Index("ix_orders_paid", orders.c.paid_at, postgresql_where=_paid, sqlite_where=_paid)
_signed = orders.c.signed_at.is_not(None)
Index("ix_orders_signed", orders.c.signed_at, postgresql_where=_signed, sqlite_where=_signed)

order_lines = table(
    "order_lines",
    needed("order_id", Id),
    Column("member_id", Id),  # none where release 0.1.0 wrote the row
    needed("position", Whole),
    needed("sku_id", Id),
    needed("product_id", Id),
    needed("title", Words),
    needed("options", Words),
    Column("image_url", Words),
    needed("quantity", Whole),
    needed("unit_price_minor", Whole),
    needed("payable_minor", Whole),
    needed("freight_minor", Whole),
    needed("shares", Doc),
    needed("freight_shares", Doc, server_default=text("'[]'")),
    needed("included_tax_minor", Whole, usual=0, server_default=text("0")),
    Column("location_id", Id),  # the place of the first units: only the release before reads it
    needed("limited", Flag, usual=False),
    needed("gift", Flag, usual=False, server_default=false()),
    needed("shipped", Whole, usual=0),
    needed("refunded_shipped", Whole, usual=0),
    needed("refunded_unshipped", Whole, usual=0),
    PrimaryKeyConstraint("order_id", "position"),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    CheckConstraint("quantity >= 1 AND payable_minor >= 0 AND freight_minor >= 0", name="amounts"),
    CheckConstraint("shipped >= 0 AND refunded_unshipped >= 0 AND shipped + refunded_unshipped <= quantity", name="units"),
    CheckConstraint("refunded_shipped >= 0 AND refunded_shipped <= shipped", name="refunded"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 a line",
        570,
        read_by="audit, history",
        stays=RECORD,
    ),
)

order_memos = table(
    "order_memos",
    needed("order_id", Id),
    needed("member_id", Id),
    needed("number", Whole),
    needed("text", Words, info=PERSONAL),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("order_id", "number"),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    CheckConstraint("number >= 1", name="number"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "1 for each memo that staff write, 100 an order at most",
        250,
        read_by="whoever opens the order",
        stays=RECORD,
    ),
)

order_transitions = table(
    "order_transitions",
    needed("order_id", Id),
    Column("member_id", Id),  # none where release 0.1.0 wrote the row
    needed("version", Whole),
    needed("step", Whole),
    needed("event", Words),
    Column("from_status", Choice(OrderStatus)),
    needed("to_status", Choice(OrderStatus)),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("reason", Words),
    needed("at", Instant),
    Column("before_minor", Whole),  # what the order cost before and after, where that is what happened
    Column("after_minor", Whole),
    PrimaryKeyConstraint("order_id", "version", "step"),
    owner="member_id",
    grows=Growth(
        With.SALES,
        "2 to 6 an order",
        200,
        read_by="audit, history",
        stays=RECORD,
    ),
)
