"""The wish to import a catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from retail_domain.catalog.importing.mapping import ImportMapping
from retail_domain.catalog.importing.rows import CatalogueSource
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import EVERYTHING, Granted
from retail_domain.kernel.once import Once
from retail_domain.kernel.progress import Follow, unheard

_ITSELF: Final = Actor.system("catalogue import")
Progress = Callable[[str, int], None]
"""Told what is being done (`checking`, `storing`) and how many rows of it are done."""


@frozen(kw_only=True)
@checked
class ImportCatalogue:
    """Staff hand in the files of a catalogue and say what their columns mean."""

    mapping: ImportMapping
    source: CatalogueSource
    skip_bad: bool = False
    dry_run: bool = False
    """Everything is tried, what the shop has against it too, and nothing is stored."""
    location: str | None = None
    """The code of the location that receives the stock of new goods; None receives nothing."""
    actor: Actor = _ITSELF
    """Who notes of the goods are told to be from."""
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; who may not set prices brings in none: what is new is off sale and has none."""
    progress: Progress = field(default=lambda _phase, _rows: None)
    follow: Follow = unheard
    """The same for whoever has to wait to be told."""
    once: Once | None = None
