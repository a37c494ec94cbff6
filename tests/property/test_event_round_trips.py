"""What is stored of an event is what is read again, for every event there is (R27, R32)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.kernel.events import Event
from tests.support.drawn import made

CODEC = EventCodec(EVERY_EVENT)


@pytest.mark.parametrize("kind", EVERY_EVENT, ids=lambda kind: kind.name)
@settings(max_examples=20)
@given(data=st.data())
def test_an_event_is_read_as_it_was_written(kind: type[Event], data: st.DataObject) -> None:
    """R32: through JSON and back, every field."""
    event = data.draw(made(kind))

    stored = msgspec.json.decode(msgspec.json.encode(CODEC.write(event)))

    assert CODEC.read(kind.name, kind.version, stored) == event
