"""Pictures that were sent, and what shows them. Their bytes lie elsewhere."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint

from retail_adapters.sql.tables.base import needed, table
from retail_adapters.sql.tables.growth import Growth, With
from retail_adapters.sql.types import Choice, Flag, Id, Instant, Whole, Words
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank
from retail_domain.pictures.model import PictureState, Unfit
from retail_domain.pictures.reading import PictureKind

pictures = table(
    "pictures",
    needed("id", Id, primary_key=True),
    needed("owner_kind", Choice(ActorKind)),
    needed("owner_ref", Words),
    needed("state", Choice(PictureState)),
    needed("kind", Choice(PictureKind)),
    needed("size_bytes", Whole),
    needed("width", Whole),
    needed("height", Whole),
    needed("name", Words),
    Column("reason", Choice(Unfit)),
    needed("tries", Whole),
    needed("uses", Whole),
    needed("is_sent_kept", Flag),
    Column("due_at", Instant),
    needed("at", Instant),
    needed("version", Whole),
    CheckConstraint("uses >= 0", name="uses"),
    CheckConstraint("width >= 1 AND height >= 1", name="size"),
    owner="id",
    rank=Rank.PICTURE,
    grows=Growth(
        With.VISITS,
        "1 a picture that was sent",
        420,
        kept="while something shows it",
        goes="a day after nothing does",
        personal="who sent it",
        read_by="whatever shows it",
    ),
)
Index(None, pictures.c.due_at, pictures.c.id)

picture_uses = table(
    "picture_uses",
    needed("picture_id", Id),
    needed("sort", Words),
    needed("user_id", Id),
    needed("version", Whole),
    PrimaryKeyConstraint("picture_id", "sort", "user_id"),
    ForeignKeyConstraint(["picture_id"], ["retail.pictures.id"]),
    owner="picture_id",
    grows=Growth(
        With.VISITS,
        "1 a picture and thing that shows it",
        120,
        kept="while it does",
        goes="with the decision",
        read_by="audit",
    ),
)
