"""What is set while the shop runs."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Doc, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind

settings_changes = table(
    "settings_changes",
    needed("number", Whole, primary_key=True, autoincrement=False),
    needed("settings", Doc),
    Column("takes_back", Whole, unique=True),
    needed("effective_at", Instant),
    needed("at", Instant),
    needed("actor_kind", Choice(ActorKind)),
    needed("actor_ref", Words),
    needed("reason", Words),
    needed("version", Whole),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("takes_back < number", name="back"),
    CheckConstraint("effective_at >= at", name="effective"),
    owner=SHOP,
    grows=Growth(
        With.STAFF, "1 a change of settings", 420, personal="who changed them", read_by="everybody who decides",
        stays="what holds is the sum of all changes, and whoever set something stays answerable for it",
    ),
)  # fmt: skip
