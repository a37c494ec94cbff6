"""The page of events says what the classes say."""

from __future__ import annotations

from retail_adapters.serialization.events import EVERY_EVENT
from scripts.reference_pages import EVENTS, PROJECT, events_page


def test_the_page_of_events_is_up_to_date() -> None:
    assert (PROJECT / EVENTS).read_text() == events_page(EVERY_EVENT), "run `make docs`: it writes the page anew"


def test_every_event_has_a_row_and_says_what_happened() -> None:
    rows = events_page(EVERY_EVENT).split("|---|---|---|---|\n")[1].splitlines()

    assert len(rows) == len(EVERY_EVENT) > 40
    assert all(row.split("|")[2].strip() for row in rows)
