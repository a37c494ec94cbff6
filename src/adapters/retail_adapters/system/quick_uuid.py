"""UUIDs that are compared, hashed and spelled in C: an order handles a few hundred of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from asyncpg.pgproto import pgproto

QuickUuid: Final[Callable[[bytes | str], UUID]] = pgproto.UUID
"""asyncpg's kind of UUID, from sixteen bytes or the usual spelling; equal to the standard library's, and one of them."""
