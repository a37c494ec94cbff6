"""Whoever is turned away before the dear step was done has tried nothing: the try is given back (ACC-R7)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from attrs import field, frozen

from retail_domain.accounts.model.session import Login
from retail_domain.accounts.ports import AccountsWork, Passwords
from retail_domain.kernel.counting import Counted
from retail_domain.kernel.errors import Unavailable
from retail_domain.kernel.frames import Called
from retail_domain.kernel.means import Means

T = TypeVar("T")


@frozen
class Tried:
    """A try that was counted, by which counters, and whose password it is to be compared with, if anybody's."""

    counted: tuple[str, ...] = field(repr=False)
    login: Login | None = None


async def give_try_back(work: AccountsWork, tried: Tried, means: Means) -> None:
    """It did not count: all who wait for a hash together were too many, which is nobody's fault."""
    Counted(work.counters, {}, await work.counters.claim(tried.counted)).forgive()


@frozen
class CountedPasswords:
    """The hasher, for use cases that have counted a try before they ask it: without a try it does nothing.

    A line that has all its own waits is refused and pays for it; whoever is turned away because all together have them
    does not.
    """

    passwords: Passwords
    give_back: Called[Tried, None]

    async def hash(self, tried: Tried, password: str, client: str) -> str:
        """A salted hash."""
        return await self._unless_turned_away(tried, self.passwords.hash(password, client))

    async def matches(self, tried: Tried, password: str, client: str) -> bool:
        """Whether it is the password of the login that is tried; nobody's takes as long as any other."""
        password_hash = tried.login.password_hash if tried.login else None
        return await self._unless_turned_away(tried, self.passwords.matches(password_hash, password, client))

    def is_outdated(self, login: Login) -> bool:
        """Whether its hash was made under weaker parameters than today's."""
        return self.passwords.is_outdated(login.password_hash)

    def is_common(self, password: str) -> bool:
        """Whether it is among those that are tried first."""
        return self.passwords.is_common(password)

    async def _unless_turned_away(self, tried: Tried, asked: Awaitable[T]) -> T:
        try:
            return await asked
        except Unavailable:
            await self.give_back(tried)
            raise
