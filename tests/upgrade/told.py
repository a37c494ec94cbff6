"""What a release said to a database, word by word: how it is written down, and how it is said again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

Saying = Mapping[str, Any]
"""One statement: who said it (the number of the connection), how (the driver's call), text, arguments, what came of it."""


def written(value: Any) -> Any:
    """A value as JSON can keep it."""
    if isinstance(value, UUID):
        return {"id": value.hex}
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    if isinstance(value, bytes):
        return {"raw": value.hex()}
    if isinstance(value, (list, tuple)):
        return [written(one) for one in value]
    return value


def read(value: Any) -> Any:
    """The value again."""
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return {"id": UUID, "at": datetime.fromisoformat, "raw": bytes.fromhex}[kind](text)
    if isinstance(value, list):
        return [read(one) for one in value]
    return value


def renamed(sayings: Sequence[Saying], names: Mapping[str, str]) -> Sequence[Saying]:
    """The same words about others: ids are followed wherever they stand, however they are spelled."""
    text = json.dumps(sayings)
    for ours, theirs in names.items():
        text = text.replace(ours, theirs)
        if len(ours) == len(theirs) == UUID_LETTERS:
            text = text.replace(str(UUID(ours)), str(UUID(theirs)))
    told: Sequence[Saying] = json.loads(text)
    return told


UUID_LETTERS = 32
