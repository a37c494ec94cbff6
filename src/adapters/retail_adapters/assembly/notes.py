"""Notes, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.notes import NoteDesk
from retail_domain.notes.use_cases import show_notes
from retail_domain.processes.delivery.noting import note_down


def notes(parts: Parts) -> NoteDesk:
    """Notes of a shop made of these parts."""
    return NoteDesk(note_down=parts.deciding(note_down), of=parts.reading(show_notes))
