"""What programs of others keep with things: apart from them, so that whoever sells reads nothing of it."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import RECORD, Growth, With
from retail_adapters.sql.types import Choice, Id, Whole, Words
from retail_domain.notes import ThingSort

notes = table(
    "notes",
    needed("sort", Choice(ThingSort)),
    needed("thing_id", Id),
    needed("text", Words),
    needed("version", Whole),
    PrimaryKeyConstraint("sort", "thing_id"),
    owner="thing_id",
    grows=Growth(
        With.SALES, "1 an order, kind of goods or member that a program notes something on, 4 KB at most", 400,
        personal="what programs write about a member", stays=RECORD,
    ),
)  # fmt: skip
