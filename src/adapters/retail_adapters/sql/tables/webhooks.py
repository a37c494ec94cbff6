"""Webhooks, and what each is told."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Id, Instant, Whole, Words
from retail_domain.kernel.ranks import Rank
from retail_domain.webhooks.model import TellingState, Untold, WebhookState

webhooks = table(
    "webhooks",
    needed("id", Id, primary_key=True),
    needed("url", Words),
    needed("description", Words),
    needed("kinds", Words),
    needed("state", Choice(WebhookState)),
    needed("seed", Words),
    needed("seed_check", Words),
    Column("old_seed", Words),
    Column("old_seed_check", Words),
    Column("old_until", Instant),
    needed("came_to", Whole),
    needed("created_at", Instant),
    Column("place", Whole),
    Column("failing_since", Instant),
    needed("version", Whole),
    CheckConstraint("came_to >= 0", name="came_to"),
    owner=SHOP,
    rank=Rank.WEBHOOK,
    grows=Growth(
        With.STAFF,
        "1 a webhook, also when it is removed",
        600,
        read_by="worker",
        stays="what it was told points at it, and there are few",
    ),
)

_there = webhooks.c.state != WebhookState.REMOVED
Index("uq_webhooks_place", webhooks.c.place, unique=True, postgresql_where=_there, sqlite_where=_there)

tellings = table(
    "webhook_tellings",
    needed("webhook_id", Id),
    needed("number", Whole),
    needed("event_id", Id),
    needed("event_name", Words),
    needed("aggregate_id", Id),
    needed("state", Choice(TellingState)),
    needed("tries", Whole),
    needed("next_at", Instant),
    Column("first_at", Instant),
    Column("ended_at", Instant),
    Column("status", Whole),
    Column("untold", Choice(Untold)),
    needed("version", Whole),
    PrimaryKeyConstraint("webhook_id", "number"),
    ForeignKeyConstraint(["webhook_id"], ["retail.webhooks.id"]),
    CheckConstraint("tries >= 0", name="tries"),
    CheckConstraint("(ended_at IS NOT NULL) = (state IN ('delivered', 'released'))", name="ended"),
    owner="webhook_id",
    rank=Rank.WEBHOOK_DELIVERY,
    grows=Growth(
        With.SALES,
        "1 an event that a webhook wants, so 2 to 8 an order and webhook",
        420,
        kept="until told + 30 days; at most 10,000 of a webhook are open",
        goes="portions of 1,000, by the hourly sweep",
        read_by="audit",
    ),
)
_open = tellings.c.ended_at.is_(None)
Index(
    "ix_webhook_tellings_open", tellings.c.webhook_id, tellings.c.next_at, tellings.c.number,
    postgresql_where=_open, sqlite_where=_open,
)  # fmt: skip
Index(
    "ix_webhook_tellings_aggregate", tellings.c.webhook_id, tellings.c.aggregate_id, tellings.c.number,
    postgresql_where=_open, sqlite_where=_open,
)  # fmt: skip
_ended = tellings.c.ended_at.is_not(None)
Index("ix_webhook_tellings_ended", tellings.c.ended_at, postgresql_where=_ended, sqlite_where=_ended)
