"""Passwords under argon2id, on threads and not too many at once: each takes 19 MiB and tens of milliseconds (R36)."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import field, frozen

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
TIME: Final = 2
LANES: Final = 1


@frozen(slots=False, eq=False)
class Argon2Passwords:
    """argon2id with 19 MiB, two passes and one lane (ACC-R2); at most `at_once` are computed at a time."""

    at_once: int = 2
    _gates: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = field(
        factory=weakref.WeakKeyDictionary, init=False, repr=False
    )

    async def hash(self, password: str) -> str:
        """A salted hash."""
        return await self._apart(lambda: self._hasher.hash(_bytes(password)))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; without a hash a dummy is compared, so that it takes as long."""
        return await self._apart(lambda: self._matches(password_hash, password))

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return bool(self._hasher.check_needs_rehash(password_hash))

    def _matches(self, password_hash: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            is_right = self._hasher.verify(password_hash or self._dummy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(is_right) and password_hash is not None

    async def _apart(self, work: Callable[[], T]) -> T:
        gate = self._gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self.at_once))
        async with gate:
            return await asyncio.to_thread(work)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        # Imported when first needed: a shop that never hears a password does not need the library.
        from argon2 import PasswordHasher, Type

        return PasswordHasher(time_cost=TIME, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)

    @cached_property
    def _dummy(self) -> str:
        return self._hasher.hash("a password that nobody has")


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
