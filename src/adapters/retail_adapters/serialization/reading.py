"""Stored events for readers: the codec of all contexts is made when somebody first reads one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from retail_adapters.serialization.codec import EventCodec
from retail_domain.kernel.events import Event


def read_stored(name: str, version: int, body: Mapping[str, Any]) -> Event | None:
    """The event of a stored body; None for what this release cannot read."""
    try:
        return _every_event().read(name, version, body)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


@cache
def _every_event() -> EventCodec:
    from retail_adapters.serialization.events import EVERY_EVENT

    return EventCodec(EVERY_EVENT)
