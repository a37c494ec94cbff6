"""What is stored of an event is what is read again, for every event there is (R27, R32)."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec
import pytest
from attrs import resolve_types
from hypothesis import given, settings, strategies as st

from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.kernel.events import Event
from retail_domain.kernel.money import Money

st.register_type_strategy(Money, st.builds(Money, st.integers(0, 10**12), st.sampled_from(["CNY", "EUR", "JPY"])))
CODEC = EventCodec(EVERY_EVENT)


def _some(kind: type[Event]) -> st.SearchStrategy[Any]:
    return st.builds(resolve_types(kind), at=st.datetimes(timezones=st.just(UTC)))


@pytest.mark.parametrize("kind", EVERY_EVENT, ids=lambda kind: kind.name)
@settings(max_examples=20)
@given(data=st.data())
def test_an_event_is_read_as_it_was_written(kind: type[Event], data: st.DataObject) -> None:
    """R32: through JSON and back, every field."""
    event = data.draw(_some(kind))

    stored = msgspec.json.decode(msgspec.json.encode(CODEC.write(event)))

    assert CODEC.read(kind.name, kind.version, stored) == event
