"""Notes are set by whoever may, and shown to staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.once import Once
from retail_domain.notes.model import Notes, ThingSort
from retail_domain.notes.ports import NotesWork


@frozen(kw_only=True)
@checked
class NoteDown:
    """Set these notes of a thing; None removes one, and what is not named stays."""

    sort: ThingSort
    thing_id: UUID
    values: Mapping[str, Any] = field(repr=False)
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ShowNotes:
    """Those of some things of one sort."""

    sort: ThingSort
    thing_ids: tuple[UUID, ...]


async def show_notes(work: NotesWork, wish: ShowNotes) -> Mapping[UUID, Notes]:
    """By thing, in one look; what was never noted on is absent."""
    return await work.notes.of(wish.sort, wish.thing_ids) if wish.thing_ids else {}


@frozen(kw_only=True)
class NoteDesk:
    """What programs of others keep with goods, orders and members (附注)."""

    note_down: Callable[[NoteDown], Awaitable[None]]
    of: Callable[[ShowNotes], Awaitable[Mapping[UUID, Notes]]]
