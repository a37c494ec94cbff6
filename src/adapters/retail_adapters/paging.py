"""Cursors: opaque to clients, the key of the last item to us."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from retail_domain.kernel import reading
from retail_domain.kernel.errors import InvalidInput

K = TypeVar("K", bound=tuple[Any, ...])

_TEXT_MAX: Final = 500


def cursor_of(*key: UUID | datetime | int | str) -> str:
    """An opaque text for the key of the last item shown."""
    parts = [part.isoformat() if isinstance(part, datetime) else part if isinstance(part, int) else str(part) for part in key]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def key_after(cursor: str | None, start: K) -> K:
    """The key a cursor stands for, shaped like `start`, which is the answer without a cursor.

    A client can write any cursor, so what it holds is read as what a body holds is (GEN-R23). Raises InvalidInput for a text
    that was never a cursor of this list.
    """
    if cursor is None:
        return start
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(start):
            raise ValueError(cursor)
        return tuple(_read(part, like) for part, like in zip(parts, start, strict=True))  # type: ignore[return-value]
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list") from None


def _read(part: Any, like: Any) -> Any:
    if isinstance(like, int):
        return reading.whole(part)
    if isinstance(like, datetime):
        return reading.instant(reading.storable(part, _TEXT_MAX))
    return reading.identity(part) if isinstance(like, UUID) else reading.storable(part, _TEXT_MAX)
