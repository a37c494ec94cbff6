"""Passwords under argon2id, on threads and not too many at once: each takes 19 MiB and tens of milliseconds (R36)."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import field, frozen

from retail_adapters.system.common_passwords import is_common
from retail_adapters.system.turns import Portions, Turns
from retail_domain.accounts.errors import TooManyTries
from retail_domain.kernel.costs import PASSWORD, Whose
from retail_domain.kernel.counting import line_of
from retail_domain.kernel.errors import Unavailable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
TIME: Final = 2
LANES: Final = 1
_AT_ONCE: Final = 2
PORTIONS: Final = Portions(
    at_once=_AT_ONCE, at_once_each=_AT_ONCE,
    waiting=PASSWORD.at_once(Whose.ALL), waiting_each=PASSWORD.at_once(Whose.LINE),
)  # fmt: skip

Aside = Callable[[], AbstractAsyncContextManager[None]]
"""Where a request that waits for a hash stands meanwhile, so that it keeps nobody from being served."""


@frozen(slots=False, eq=False)
class Argon2Passwords:
    """argon2id with 19 MiB, two passes and one lane (ACC-R2); so many at a time, shared out by address line (ACC-R7)."""

    portions: Portions = PORTIONS
    aside: Aside = nullcontext
    _turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = field(
        factory=weakref.WeakKeyDictionary, init=False, repr=False
    )

    async def hash(self, password: str, client: str = "") -> str:
        """A salted hash."""
        return await self._apart(client, lambda: self._hasher.hash(_bytes(password)))

    async def matches(self, password_hash: str | None, password: str, client: str = "") -> bool:
        """Whether the password belongs to the hash; without a hash a dummy is compared, so that it takes as long."""
        return await self._apart(client, lambda: self._matches(password_hash, password))

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return bool(self._hasher.check_needs_rehash(password_hash))

    def is_common(self, password: str) -> bool:
        """Whether it is among those that are tried first (ACC-R9)."""
        return is_common(password)

    def _matches(self, password_hash: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            is_right = self._hasher.verify(password_hash or self._dummy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(is_right) and password_hash is not None

    async def _apart(self, client: str, work: Callable[[], T]) -> T:
        turns = self._turns.setdefault(asyncio.get_running_loop(), Turns(self.portions))
        line = line_of(client)
        async with self.aside():
            if not await turns.taken(line):
                raise TooManyTries(retry_after_seconds=1) if self._has_its_share(turns, line) else Unavailable(reason="hashing")
            try:
                return await asyncio.to_thread(work)
            finally:
                turns.leave(line)

    def _has_its_share(self, turns: Turns, line: str) -> bool:
        return turns.waiting_of(line) >= self.portions.waiting_each

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
