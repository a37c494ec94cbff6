"""What payments show, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, func, literal, select, text, tuple_

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.holdings import holdings
from retail_adapters.sql.queries.places import Narrowing, bound, narrowing, of_places
from retail_adapters.sql.repositories.payments import NOTICES, PAYMENTS, REFUNDS
from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.tables.payments import inbox_notices, payments, refunds
from retail_adapters.sql.types import Instant, Words
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.payments import (
    UNKNOWN_GATEWAY,
    Balance,
    Notice,
    PaymentNotFound,
    PaymentView,
    RefundStage,
    RefundView,
    SuspectView,
    WaitingView,
    payment_view,
    refund_view,
    suspect_view,
)

_OLDEST: Final = (UUID(int=0),)
_NEWEST: Final = (UUID(int=2**128 - 1),)
_LONG_AGO: Final = (datetime(1970, 1, 1, tzinfo=UTC), "", "", "")
_SHOW_MINE: Final = Statement(
    "payments.show_mine",
    select(payments).where(payments.c.id == bindparam("id"), payments.c.member_id == bindparam("member_id")),
)
_OF_ORDER: Final = Statement(
    "payments.of_order", select(payments).where(payments.c.order_id == bindparam("order_id")).order_by(payments.c.id)
)
_REFUNDS_OF_ORDER: Final = Statement(
    "refunds.of_order", select(refunds).where(refunds.c.order_id == bindparam("order_id")).order_by(refunds.c.id)
)
STUCK: Final = f"(state = 'needs_attention' OR (next_try_at IS NOT NULL AND trouble = '{UNKNOWN_GATEWAY}'))"
_STAGES: Final = {
    RefundStage.UNDER_WAY: f"next_try_at IS NOT NULL AND coalesce(trouble, '') <> '{UNKNOWN_GATEWAY}'",
    RefundStage.DONE: "succeeded_at IS NOT NULL",
    RefundStage.STUCK: STUCK,
    RefundStage.REPLACED: "state = 'closed' AND succeeded_at IS NULL",
}
_REFUNDS: Final = {
    stage: narrowing(
        f"refunds.{stage.value if stage else 'all'}",
        select(refunds)
        .where(text(_STAGES[stage] if stage else "true"), refunds.c.id < bindparam("before"))
        .order_by(refunds.c.id.desc())
        .limit(bindparam("most")),
        of_places(refunds.c.order_id),
    )
    for stage in (None, *RefundStage)
}
_SUSPECTS: Final = narrowing(
    "payments.suspects",
    select(payments)
    .where(
        text("money IN ('suspect', 'unapplied')"),
        payments.c.refunded_minor < func.coalesce(func.nullif(payments.c.captured_minor, 0), 1),
        payments.c.id > bindparam("after"),
    )
    .order_by(payments.c.id)
    .limit(bindparam("most")),
    of_places(payments.c.order_id),
)
_STUCK: Final = narrowing(
    "refunds.stuck",
    select(refunds)
    .where(text("state = 'needs_attention'"), refunds.c.id > bindparam("after"))
    .order_by(refunds.c.id)
    .limit(bindparam("most")),
    of_places(refunds.c.order_id),
)
_NO_REFUND: Final = UUID(int=0)
_marked_payments = select(
    payments.c.id, payments.c.id.label("payment_id"), literal(_NO_REFUND, payments.c.id.type).label("refund_id"),
    payments.c.order_id, payments.c.gateway, payments.c.amount_minor, payments.c.currency,
    payments.c.created_at.label("since"),
).where(payments.c.next_poll_at.is_not(None), text(f"suspicion = '{UNKNOWN_GATEWAY}'"))  # fmt: skip
_marked_refunds = select(
    refunds.c.id, refunds.c.payment_id, refunds.c.id.label("refund_id"), refunds.c.order_id, refunds.c.gateway,
    refunds.c.amount_minor, refunds.c.currency, refunds.c.requested_at.label("since"),
).where(refunds.c.next_try_at.is_not(None), text(f"trouble = '{UNKNOWN_GATEWAY}'"))  # fmt: skip
_marked = _marked_payments.union_all(_marked_refunds).subquery("marked")
_WAITING: Final = narrowing(
    "payments.waiting",
    select(_marked).where(_marked.c.id > bindparam("after")).order_by(_marked.c.id).limit(bindparam("most")),
    of_places(_marked.c.order_id),
)
_KEY = tuple_(inbox_notices.c.received_at, inbox_notices.c.gateway, inbox_notices.c.event_id, inbox_notices.c.digest)
_AFTER = tuple_(
    bindparam("at", type_=Instant()), bindparam("gateway", type_=Words()), bindparam("event_id", type_=Words()),
    bindparam("digest", type_=Words()),
)  # fmt: skip
_ODD: Final = Statement(
    "inbox_notices.odd",
    select(inbox_notices)
    .where(text("verdict IN ('contradicted', 'unknown_ref')"), text("(verdict = 'contradicted' OR status = 'succeeded')"))
    .where(_KEY > _AFTER)
    .order_by(inbox_notices.c.received_at, inbox_notices.c.gateway, inbox_notices.c.event_id, inbox_notices.c.digest)
    .limit(bindparam("most")),
)
_HELD = holdings()
_BALANCES: Final = Statement("ledger_entries.balances", select(_HELD).order_by(_HELD.c.account, _HELD.c.currency))


@frozen
class SqlPaymentQueries:
    """The read side of payments; see the Protocol."""

    database: Database

    async def show_mine(self, member_id: MemberId, payment_id: PaymentId) -> PaymentView:
        """A member's own payment."""
        rows = await self.database.rows(_SHOW_MINE, id=payment_id, member_id=member_id)
        if not rows:
            raise PaymentNotFound(payment_id=payment_id)
        return payment_view(PAYMENTS.state(rows[0]))

    async def of_order(self, order_id: OrderId) -> tuple[PaymentView, ...]:
        """All attempts of an order, oldest first."""
        return tuple(payment_view(PAYMENTS.state(row)) for row in await self.database.rows(_OF_ORDER, order_id=order_id))

    async def refunds_of_order(self, order_id: OrderId) -> tuple[RefundView, ...]:
        """All refunds of an order, oldest first."""
        return tuple(refund_view(REFUNDS.state(row)) for row in await self.database.rows(_REFUNDS_OF_ORDER, order_id=order_id))

    async def refunds(
        self, page: PageRequest, stage: RefundStage | None = None, within: Places = EVERYWHERE
    ) -> Page[RefundView]:
        """All refunds, newest first."""
        (before,) = key_after(page.cursor, _NEWEST)
        statement, values = bound(_REFUNDS[stage], within)
        rows = await self.database.rows(statement, before=before, most=page.limit + 1, **values)
        shown = rows[: page.limit]
        views = tuple(refund_view(REFUNDS.state(row)) for row in shown)
        return Page(views, cursor_of(shown[-1]["id"]) if len(rows) > page.limit else None)

    async def suspects(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[SuspectView]:
        """Money that waits for a person, oldest first."""
        return await self._by_id(_SUSPECTS, within, page, lambda row: suspect_view(PAYMENTS.state(row)))

    async def stuck_refunds(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[RefundView]:
        """Refunds that need a person, oldest first."""
        return await self._by_id(_STUCK, within, page, lambda row: refund_view(REFUNDS.state(row)))

    async def waiting(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[WaitingView]:
        """What waits for a worker that knows its gateway, oldest first."""
        return await self._by_id(_WAITING, within, page, _waiting)

    async def odd_notices(self, page: PageRequest) -> Page[Notice]:
        """Notices about money that nobody can place, oldest first."""
        at, gateway, event_id, digest = key_after(page.cursor, _LONG_AGO)
        rows = await self.database.rows(_ODD, at=at, gateway=gateway, event_id=event_id, digest=digest, most=page.limit + 1)
        shown = tuple(map(NOTICES.state, rows[: page.limit]))
        last = shown[-1] if len(rows) > page.limit else None
        after = cursor_of(last.received_at, last.key.gateway, last.key.event_id, last.key.digest) if last else None
        return Page(shown, after)

    async def balances(self) -> tuple[Balance, ...]:
        """Every account by name and currency."""
        rows = await self.database.rows(_BALANCES)
        return tuple(Balance(account=row["account"], balance=Money(row["balance"], row["currency"])) for row in rows)

    async def _by_id(self, statements: Narrowing, within: Places, page: PageRequest, view: Any) -> Page[Any]:
        (after,) = key_after(page.cursor, _OLDEST)
        statement, values = bound(statements, within)
        rows = await self.database.rows(statement, after=after, most=page.limit + 1, **values)
        shown = rows[: page.limit]
        return Page(tuple(map(view, shown)), cursor_of(shown[-1]["id"]) if len(rows) > page.limit else None)


def _waiting(row: Row) -> WaitingView:
    return WaitingView(
        payment_id=row["payment_id"], refund_id=None if row["refund_id"] == _NO_REFUND else row["refund_id"],
        order_id=row["order_id"], gateway=row["gateway"], amount=Money(row["amount_minor"], row["currency"]),
        since=row["since"],
    )  # fmt: skip
