"""Attempts, refunds, the books, and the notices heard."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Identity, Index, PrimaryKeyConstraint, text

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import PROOF, RECORD, Growth, With
from retail_adapters.sql.types import Choice, Day, Doc, Flag, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank
from retail_domain.payments import GATEWAY, Flow, MoneyState, NoticeKind, PaymentState, RefundSource, RefundState, Verdict

payments = table(
    "payments",
    needed("id", Id, primary_key=True),
    needed("ref", Words, unique=True),
    needed("order_id", Id),
    needed("member_id", Id),
    needed("gateway", Words),
    needed("tender", Words, server_default=text(f"'{GATEWAY}'")),
    needed("flow", Choice(Flow)),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("freight_minor", Whole),
    needed("expires_at", Instant),
    needed("state", Choice(PaymentState)),
    needed("money", Choice(MoneyState)),
    Column("captured_minor", Whole),
    Column("captured_currency", Words),
    needed("refunding_minor", Whole),
    needed("refunded_minor", Whole),
    Column("provider_ref", Words),
    Column("suspicion", Words),
    Column("action", Doc),
    Column("action_expires_at", Instant),
    needed("created_at", Instant),
    Column("received_at", Instant),
    Column("next_poll_at", Instant),
    needed("polls", Whole),
    Column("asked_at", Instant),
    needed("version", Whole),
    ForeignKeyConstraint(["order_id"], ["retail.orders.id"]),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint(
        "refunded_minor >= 0 AND refunded_minor <= refunding_minor AND refunding_minor <= COALESCE(captured_minor, 0)",
        name="refunds",
    ),
    CheckConstraint(
        "state <> 'succeeded' OR (captured_minor = amount_minor AND captured_currency = currency)", name="succeeded"
    ),
    owner="member_id",
    rank=Rank.PAYMENT,
    grows=Growth(
        With.SALES,
        "1 an attempt or tender",
        620,
        read_by="audit, history",
        stays=RECORD,
    ),
)
Index(None, payments.c.order_id, payments.c.id)
Index(None, payments.c.gateway, payments.c.provider_ref, unique=True)
_open = text("state IN ('created', 'pending')")
Index("uq_payments_open", payments.c.order_id, unique=True, postgresql_where=_open, sqlite_where=_open)
_polled = payments.c.next_poll_at.is_not(None)
Index("ix_payments_poll", payments.c.next_poll_at, postgresql_where=_polled, sqlite_where=_polled)
_aside = text("money IN ('suspect', 'unapplied')")
Index("ix_payments_aside", payments.c.id, postgresql_where=_aside, sqlite_where=_aside)
_applied = text("money = 'applied' OR state = 'held'")
Index(  # one payment a tender: together they pay the order, in full or not at all (PAY-I1)
    "uq_payments_applied", payments.c.order_id, payments.c.tender, unique=True,
    postgresql_where=_applied, sqlite_where=_applied,
)  # fmt: skip

refunds = table(
    "refunds",
    needed("id", Id, primary_key=True),
    needed("ref", Words, unique=True),
    needed("payment_id", Id),
    needed("order_id", Id),
    needed("member_id", Id),
    needed("gateway", Words),
    needed("tender", Words, server_default=text(f"'{GATEWAY}'")),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("freight_minor", Whole),
    needed("source", Choice(RefundSource)),
    needed("reason", Words),
    needed("state", Choice(RefundState)),
    needed("tries", Whole),
    Column("next_try_at", Instant),
    Column("provider_ref", Words),
    Column("trouble", Words),
    Column("replaces", Id),
    needed("references_used", Whole),
    needed("requested_at", Instant),
    Column("succeeded_at", Instant),
    needed("version", Whole),
    ForeignKeyConstraint(["payment_id"], ["retail.payments.id"]),
    CheckConstraint("amount_minor > 0 AND freight_minor >= 0 AND freight_minor <= amount_minor", name="amount"),
    owner="member_id",
    rank=Rank.REFUND,
    grows=Growth(With.SALES, "1 a sum that goes back", 830, read_by="audit, history", stays=RECORD),
)
Index(None, refunds.c.order_id, refunds.c.id)
Index(None, refunds.c.payment_id)
_due = refunds.c.next_try_at.is_not(None)
Index("ix_refunds_due", refunds.c.next_try_at, postgresql_where=_due, sqlite_where=_due)
_stuck = text("state = 'needs_attention'")
Index("ix_refunds_stuck", refunds.c.id, postgresql_where=_stuck, sqlite_where=_stuck)

ledger_entries = table(
    "ledger_entries",
    Column("position", Whole, Identity(), primary_key=True),
    needed("reference", Words),
    needed("order_id", Id),
    needed("account", Words),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("at", Instant),
    CheckConstraint("amount_minor <> 0", name="amount"),
    rowid=True,
    owner="member_id",
    grows=Growth(
        With.SALES,
        "2 an order that was paid, 2 a refund",
        250,
        read_by="audit, balances",
        stays=PROOF,
    ),
)
Index(None, ledger_entries.c.reference, ledger_entries.c.account, ledger_entries.c.currency, unique=True)

# What each account held after the entry at that position: the books are summed from the last of these on.
carried_balances = table(
    "carried_balances",
    needed("up_to", Whole),
    needed("account", Words),
    needed("currency", Words),
    needed("balance_minor", Whole),
    PrimaryKeyConstraint("up_to", "account", "currency"),
    owner=SHOP,
    grows=Growth(
        With.SALES,
        "1 an account, for each 5,000 entries",
        160,
        read_by="audit, balances",
        stays=PROOF,
    ),
)

inbox_notices = table(
    "inbox_notices",
    needed("gateway", Words),
    needed("event_id", Words),
    needed("digest", Words),
    needed("kind", Choice(NoticeKind)),
    needed("ref", Words),
    needed("status", Words),
    Column("amount_minor", Whole),
    Column("currency", Words),
    Column("provider_ref", Words),
    needed("verdict", Choice(Verdict)),
    needed("contradicts", Flag),
    needed("received_at", Instant),
    PrimaryKeyConstraint("gateway", "event_id", "digest"),
    owner="ref",
    grows=Growth(
        With.SALES,
        "1 or 2 a payment or refund",
        460,
        read_by="audit",
        stays="a notice that comes again, however late, must be known",
    ),
)
_odd = text("verdict IN ('contradicted', 'unknown_ref')")
Index("ix_inbox_notices_odd", inbox_notices.c.received_at, postgresql_where=_odd, sqlite_where=_odd)

# The day book: closings, and the days that they closed.
book_closings = table(
    "book_closings",
    needed("number", Whole, primary_key=True, autoincrement=False),
    needed("through", Day, unique=True),
    needed("ends_at", Instant),
    needed("up_to", Whole),
    needed("open_from", Whole),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("at", Instant),
    needed("version", Whole),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("up_to >= 0 AND open_from <= up_to + 1", name="reach"),
    owner=SHOP,
    grows=Growth(
        With.STAFF, "1 a period that is closed", 160, personal="who closed it", read_by="the day book, audit", stays=RECORD
    ),
)  # fmt: skip

book_days = table(
    "book_days",
    needed("day", Day),
    needed("account", Words),
    needed("currency", Words),
    needed("number", Whole),
    needed("opening_minor", Whole),
    needed("debit_minor", Whole),
    needed("credit_minor", Whole),
    needed("entries", Whole),
    PrimaryKeyConstraint("day", "account", "currency"),
    ForeignKeyConstraint(["number"], ["retail.book_closings.number"]),
    CheckConstraint("debit_minor >= 0 AND credit_minor >= 0 AND entries >= 0", name="sums"),
    owner=SHOP,
    grows=Growth(
        With.STAFF, "1 an account that moved, for each day that is closed", 130, read_by="the day book, audit", stays=RECORD
    ),
)  # fmt: skip
