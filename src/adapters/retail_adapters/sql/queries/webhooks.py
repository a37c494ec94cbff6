"""Webhooks as staff see them, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import fields, frozen
from sqlalchemy import bindparam, func, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.webhooks import tellings, webhooks
from retail_adapters.sql.types import Choice, Whole
from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.webhooks import TellingState, TellingView, WebhookState, WebhookView

_LAST_NUMBER: Final = 2**62
_open = (
    select(tellings.c.webhook_id, tellings.c.state, func.count().label("many"))
    .where(tellings.c.ended_at.is_(None))
    .group_by(tellings.c.webhook_id, tellings.c.state)
    .subquery("open")
)
_EVERY: Final = Statement(
    "webhooks.shown",
    select(
        webhooks.c.id, webhooks.c.url, webhooks.c.description, webhooks.c.kinds, webhooks.c.state,
        webhooks.c.failing_since, webhooks.c.old_until, webhooks.c.came_to, webhooks.c.created_at,
        _open.c.state.label("open_state"), _open.c.many,
    )
    .outerjoin(_open, _open.c.webhook_id == webhooks.c.id)
    .where(webhooks.c.state != WebhookState.REMOVED)
    .order_by(webhooks.c.created_at, webhooks.c.id),
)  # fmt: skip
_shown = tuple(one.name for one in fields(TellingView))
_of_one = (
    select(*(tellings.c[name] for name in _shown))
    .where(tellings.c.webhook_id == bindparam("webhook_id"), tellings.c.number < bindparam("before", type_=Whole()))
    .order_by(tellings.c.number.desc())
    .limit(bindparam("most"))
)
_TELLINGS: Final = Statement("webhook_tellings.shown", _of_one)
_IN_STATE: Final = Statement(
    "webhook_tellings.shown_in_state", _of_one.where(tellings.c.state == bindparam("state", type_=Choice(TellingState)))
)


@frozen
class SqlWebhookQueries:
    """See the Protocol."""

    database: Database

    async def every(self, last: int) -> Sequence[WebhookView]:
        """A row for each state of what is open."""
        async with self.database.begin() as tx:
            rows = await tx.rows(_EVERY)
        open: dict[tuple[Any, Any], int] = {(row["id"], row["open_state"]): row["many"] or 0 for row in rows}
        return [
            WebhookView(
                webhook_id=WebhookId(row["id"]), url=row["url"], description=row["description"],
                kinds=tuple(row["kinds"].split()), state=row["state"], failing_since=row["failing_since"],
                old_secret_until=row["old_until"], came_to=row["came_to"], behind=max(0, last - row["came_to"]),
                created_at=row["created_at"],
                **{state.value: open.get((row["id"], state), 0) for state in _OPEN_STATES},
            )
            for row in {row["id"]: row for row in rows}.values()
        ]  # fmt: skip

    async def tellings(self, id: WebhookId, page: PageRequest, state: TellingState | None = None) -> Page[TellingView]:
        """Newest first."""
        (before,) = key_after(page.cursor, (_LAST_NUMBER,))
        asked: dict[str, Any] = {"webhook_id": id, "before": before, "most": page.limit + 1}
        async with self.database.begin() as tx:
            rows = await (tx.rows(_TELLINGS, **asked) if state is None else tx.rows(_IN_STATE, state=state, **asked))
        shown = tuple(TellingView(**row) for row in rows[: page.limit])
        return Page(shown, cursor_of(shown[-1].number) if len(rows) > page.limit else None)


_OPEN_STATES: Final = (TellingState.WAITING, TellingState.UNDER_WAY, TellingState.PARKED)
