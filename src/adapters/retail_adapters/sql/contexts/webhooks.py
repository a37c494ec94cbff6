"""Webhooks in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, exists, func, literal_column, or_, select, tuple_

from retail_adapters.sql.database import Flush
from retail_adapters.sql.queries.webhooks import SqlWebhookQueries
from retail_adapters.sql.rows import Part, Rows, spread, spread_if_any
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.webhooks import tellings, webhooks
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import WebhookId
from retail_domain.webhooks import SecretSeed, Telling, TellingState, Webhook, WebhookQueries, WebhookState, WebhooksWork

_ROWS: Final = Rows(
    webhooks,
    Webhook,
    parts={
        "kinds": Part(("kinds",), " ".join, lambda text: tuple(text.split())),
        "secret": spread(SecretSeed, "seed", "seed_check"),
        "old_secret": spread_if_any(SecretSeed, "old_seed", "old_seed_check"),
    },
)
_TELLINGS: Final = Rows(tellings, Telling)
_BY_ID: Final = select(webhooks).where(webhooks.c.id == bindparam("id"))
_FIND: Final = Statement("webhooks.find", _BY_ID)
_CLAIM: Final = Statement("webhooks.claim", _BY_ID.with_for_update())
_EVERY: Final = Statement(
    "webhooks.every",
    select(webhooks).where(webhooks.c.state != WebhookState.REMOVED).order_by(webhooks.c.created_at, webhooks.c.id),
)

# Written as `deliveries.claim` is: the oldest open one of an aggregate is the first of its own index.
_first = tellings.alias("first")
_IS_OLDEST = tellings.c.number == (
    select(_first.c.number)
    .where(
        _first.c.webhook_id == tellings.c.webhook_id,
        _first.c.aggregate_id == tellings.c.aggregate_id,
        _first.c.ended_at.is_(None),
    )
    .order_by(_first.c.number)
    .limit(literal_column("1"))
    .correlate(tellings)
    .scalar_subquery()
)
_of_one = select(tellings).where(tellings.c.webhook_id == bindparam("webhook_id"))
_CLAIM_DUE: Final = Statement(
    "webhook_tellings.claim_due",
    _of_one.where(
        tellings.c.ended_at.is_(None), tellings.c.state != TellingState.PARKED, tellings.c.next_at <= bindparam("at"),
        _IS_OLDEST,
    )
    .order_by(tellings.c.next_at, tellings.c.number)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True),
)  # fmt: skip
_CLAIM_THESE: Final = Statement(
    "webhook_tellings.claim", _of_one.where(AnyOf(tellings.c.number, "numbers")).order_by(tellings.c.number).with_for_update()
)
_CLAIM_PARKED: Final = Statement(
    "webhook_tellings.claim_parked",
    _of_one.where(tellings.c.ended_at.is_(None), tellings.c.state == TellingState.PARKED)
    .order_by(tellings.c.number)
    .limit(bindparam("most"))
    .with_for_update(),
)
_COUNT: Final = Statement(
    "webhook_tellings.open",
    select(func.count().label("many")).where(tellings.c.webhook_id == bindparam("webhook_id"), tellings.c.ended_at.is_(None)),
)
_over = tellings.alias("over")
_is_removed = exists().where(webhooks.c.id == _over.c.webhook_id, webhooks.c.state == WebhookState.REMOVED)
_FORGET: Final = Statement(
    "webhook_tellings.forget",
    delete(tellings).where(
        tuple_(tellings.c.webhook_id, tellings.c.number).in_(
            select(_over.c.webhook_id, _over.c.number)
            .where(or_(_over.c.ended_at < bindparam("before"), _is_removed))
            .limit(bindparam("most"))
        )
    ),
)


class SqlWebhooks(SqlCollection[WebhookId, Webhook]):
    """Where events are told; see the port."""

    table = webhooks

    def key(self, state: Webhook) -> WebhookId:
        """Its id."""
        return state.id

    async def every(self) -> Sequence[Webhook]:
        """Stored ones."""
        return [_ROWS.state(row) for row in await self._session.tx.rows(_EVERY)]

    async def find(self, id: WebhookId) -> Webhook | None:
        """Staged or stored."""
        row = next(iter(await self._session.tx.rows(_FIND, id=id)), None)
        return self.seen(id, None if row is None else _ROWS.state(row))

    async def claim(self, id: WebhookId) -> Webhook | None:
        """Locked."""
        self._session.lock(self.rank)
        row = next(iter(await self._session.tx.rows(_CLAIM, id=id)), None)
        return self.seen(id, None if row is None else _ROWS.state(row))

    def flushes(self) -> Sequence[Flush]:
        """New ones, and changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(webhooks), new), Flush(update_of(webhooks), changed, "webhook")]


class SqlTellings(SqlCollection[tuple[WebhookId, int], Telling]):
    """What each webhook is told; see the port."""

    table = tellings

    def key(self, state: Telling) -> tuple[WebhookId, int]:
        """Which event, told to whom."""
        return state.key

    async def claim_due(self, id: WebhookId, at: datetime, most: int) -> Sequence[Telling]:
        """Locked; what rivals have locked is passed over."""
        self._session.lock(self.rank)
        return [_TELLINGS.state(row) for row in await self._session.tx.rows(_CLAIM_DUE, webhook_id=id, at=at, most=most)]

    async def claim(self, id: WebhookId, numbers: Sequence[int]) -> Sequence[Telling]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_THESE, webhook_id=id, numbers=list(numbers))
        return [_TELLINGS.state(row) for row in rows]

    async def claim_parked(self, id: WebhookId, most: int) -> Sequence[Telling]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        return [_TELLINGS.state(row) for row in await self._session.tx.rows(_CLAIM_PARKED, webhook_id=id, most=most)]

    async def count_open(self, id: WebhookId) -> int:
        """Of those that are stored."""
        (row,) = await self._session.tx.rows(_COUNT, webhook_id=id)
        many: int = row["many"]
        return many

    async def forget(self, before: datetime, limit: int) -> int:
        """So many at most, whichever come first."""
        return await self._session.tx.changed(_FORGET, before=before, most=limit)

    def flushes(self) -> Sequence[Flush]:
        """New ones, and changed ones."""
        new = [inserted(one, _TELLINGS.row(one)) for one in self.new()]
        changed = [updated(before, _TELLINGS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(tellings), new), Flush(update_of(tellings), changed, "telling")]


class Collections(SqlUnit):
    """Webhooks, and what each is told."""

    webhooks = collection(SqlWebhooks)
    tellings = collection(SqlTellings)


MANIFEST: Final = Manifest[WebhooksWork, WebhookQueries](Collections, SqlWebhookQueries)
