"""Notes (附注): what programs of others keep with goods, orders and members."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.notes.model import (
    BYTES_MAX as BYTES_MAX,
    Notes as Notes,
    NotesChanged as NotesChanged,
    ThingSort as ThingSort,
    check_notes as check_notes,
)
from retail_domain.notes.ports import NoteBook as NoteBook, NotesWork as NotesWork
from retail_domain.notes.use_cases import (
    NoteDesk as NoteDesk,
    NoteDown as NoteDown,
    ShowNotes as ShowNotes,
)

EVENTS: Final[tuple[type[Event], ...]] = (NotesChanged,)
