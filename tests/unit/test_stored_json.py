"""What is stored as JSON is written by one library and read by another: both must mean the same."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec
import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from retail_adapters.serialization import EventCodec, converter
from retail_domain.kernel.events import Event
from retail_domain.testing.baskets import NOON


@frozen(kw_only=True)
class Noted(Event):
    """Something about days."""

    name: ClassVar[str] = "test.noted"
    day: date
    days: tuple[date, ...]
    next_day: date | None


@given(day=st.dates(), days=st.lists(st.dates()), next_day=st.none() | st.dates())
def test_a_day_in_an_event_is_read_as_it_was_written(day: date, days: list[date], next_day: date | None) -> None:
    """R32: through the text that a database keeps, to the edges of the calendar."""
    codec = EventCodec((Noted,))
    noted = Noted(at=NOON, day=day, days=tuple(days), next_day=next_day)

    kept = msgspec.json.decode(msgspec.json.encode(codec.write(noted)))

    assert codec.read(Noted.name, Noted.version, kept) == noted


@given(st.dates())
def test_a_day_that_is_kept_is_read_as_it_was_written(day: date) -> None:
    """R32: documents within rows are written by the converter, and answers by the encoder: a day has one spelling."""
    kept = converter.unstructure(day)

    assert kept == msgspec.to_builtins(day) == day.isoformat()
    assert converter.structure(kept, date) == day


def test_a_moment_stays_a_moment_although_python_takes_it_for_a_date() -> None:
    assert converter.unstructure(NOON) == NOON.isoformat()


@pytest.mark.parametrize("text", ["2026-01-31T12:00:00+00:00", "2026-02-30", ""])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError):
        converter.structure(text, date)
