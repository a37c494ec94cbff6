"""Wallets of members: accounts, lots, what moved them, what orders and withdrawals took, and withdrawals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, literal_column, text
from sqlalchemy.sql import ColumnElement

from retail_adapters.sql.tables.base import PERSONAL, needed, table
from retail_adapters.sql.tables.growth import PROOF, RECORD, Growth, With
from retail_adapters.sql.types import Choice, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank
from retail_domain.wallet import WalletBecause, WalletMoney, Whence, WithdrawalState

wallet_accounts = table(
    "wallet_accounts",
    needed("member_id", Id, primary_key=True),
    needed("decisions", Whole),
    needed("version", Whole),
    owner="member_id",
    rank=Rank.TENDER,
    grows=Growth(With.MEMBERS, "1 a member who ever had money in a wallet", 100, read_by="audit"),
)

wallet_lots = table(
    "wallet_lots",
    needed("member_id", Id),
    needed("ref", Words),
    needed("whence", Choice(Whence)),
    needed("currency", Words),
    needed("amount_minor", Whole),
    needed("free", Whole, usual=0),
    needed("used", Whole, usual=0),
    needed("frozen", Whole, usual=0),
    needed("paid_out", Whole, usual=0),
    needed("taken", Whole, usual=0),
    needed("forfeited", Whole, usual=0),
    needed("written", Whole),
    needed("made_at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "ref", "whence"),  # what brings money brings it once
    CheckConstraint(
        "amount_minor >= 1 AND free >= 0 AND used >= 0 AND frozen >= 0 AND paid_out >= 0 AND taken >= 0 AND forfeited >= 0",
        name="counts",
    ),
    CheckConstraint("amount_minor = free + used + frozen + paid_out + taken + forfeited", name="amount"),
    CheckConstraint("whence <> 'given' OR (frozen = 0 AND paid_out = 0)", name="given"),
    owner="member_id",
    grows=Growth(With.SALES, "1 a refund into a wallet, 1 a sum that staff give", 250, read_by="audit, refunds", stays=PROOF),
)
# A number in the text: a plan that is made for every value knows no parameter, and would use no index of some rows.
_NONE: Final[ColumnElement[int]] = literal_column("0")
wallet_left = wallet_lots.c.free + wallet_lots.c.frozen > _NONE
"""Lots of which something is left; nobody who waits reads others."""
wallet_free = wallet_lots.c.free > _NONE
Index("ix_wallet_lots_left", wallet_lots.c.member_id, postgresql_where=wallet_left, sqlite_where=wallet_left)

wallet_entries = table(
    "wallet_entries",
    needed("member_id", Id),
    needed("ref", Words),
    needed("whence", Choice(Whence)),
    needed("number", Whole),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("out_of", Choice(WalletMoney)),
    needed("went_to", Choice(WalletMoney)),
    needed("because", Choice(WalletBecause)),
    needed("cause_ref", Id),
    needed("note", Words, usual="", info=PERSONAL),
    needed("at", Instant),
    needed("version", Whole),
    PrimaryKeyConstraint("member_id", "ref", "whence", "number"),
    CheckConstraint("amount_minor >= 1 AND out_of <> went_to AND went_to <> 'outside'", name="amount"),
    owner="member_id",
    grows=Growth(
        With.SALES, "1 a lot that an order uses, 1 a sum that comes in or leaves", 290, read_by="audit, history", stays=PROOF
    ),
)
Index(None, wallet_entries.c.member_id, wallet_entries.c.at)  # the newest of a member first

wallet_uses = table(
    "wallet_uses",
    needed("because", Choice(WalletBecause)),
    needed("cause_ref", Id),
    needed("turn", Whole),
    needed("member_id", Id),
    needed("ref", Words),
    needed("whence", Choice(Whence)),
    needed("minor", Whole),
    needed("back", Whole, usual=0),
    needed("version", Whole),
    PrimaryKeyConstraint("because", "cause_ref", "turn"),
    CheckConstraint("minor >= 1 AND back >= 0 AND back <= minor", name="minor"),
    owner="member_id",
    grows=Growth(With.SALES, "1 a lot that an order or a withdrawal takes of", 200, read_by="audit, refunds", stays=PROOF),
)

withdrawals = table(
    "withdrawals",
    needed("id", Id, primary_key=True),
    needed("member_id", Id),
    needed("amount_minor", Whole),
    needed("currency", Words),
    needed("pay_to", Words, info=PERSONAL),
    needed("state", Choice(WithdrawalState)),
    needed("reason", Words, usual="", info=PERSONAL),
    needed("reference", Words, usual=""),
    needed("requested_at", Instant),
    Column("decided_at", Instant),
    Column("decided_by_kind", Choice(ActorKind)),
    Column("decided_by_ref", Words),
    Column("ended_at", Instant),
    needed("version", Whole),
    CheckConstraint("amount_minor >= 1", name="amount"),
    CheckConstraint("(state IN ('requested', 'approved')) = (ended_at IS NULL)", name="ended"),
    CheckConstraint("(state = 'paid') = (reference <> '')", name="reference"),
    owner="member_id",
    grows=Growth(
        With.SALES, "1 a sum that a member wants paid out", 330, read_by="history", stays=RECORD,
        personal="where the money went, as its member wrote it",
    ),
)  # fmt: skip
Index(None, withdrawals.c.member_id, withdrawals.c.id)
_waiting = text("state IN ('requested', 'approved')")
Index("ix_withdrawals_waiting", withdrawals.c.id, postgresql_where=_waiting, sqlite_where=_waiting)
