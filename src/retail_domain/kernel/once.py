"""Idempotency: one scheme for all commands (GEN-R7, R17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

from attrs import define, field, frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import DomainError, Kind, refusal

T = TypeVar("T")


@define(eq=False)
@checked
class Witness:
    """Hears whether an answer was given before."""

    replayed: bool = False


@frozen(kw_only=True)
@checked
class Once:
    """The key under which a command is carried out at most once.

    Unique by (principal, operation, key); `fingerprint` is a digest of the request, so that another request under
    the same key is noticed. `witness`, which is no part of the key, hears when an older answer is given under it.
    """

    principal: str
    operation: str
    key: str
    fingerprint: str
    witness: Witness | None = field(default=None, eq=False, repr=False)

    def note_replay(self) -> None:
        """The answer that was kept under this key is given once more."""
        if self.witness is not None:
            self.witness.replayed = True


@frozen
class Done:
    """What a command answers that has nothing more to say: it was carried out."""


DONE: Final = Done()
"""It was carried out."""


@refusal
class KeyReused(DomainError):
    """This idempotency key was used for a different request."""

    code = "idempotency.key_reused"
    kind = Kind.INVALID
    key: str


class Answers(Protocol):
    """Remembers what a command answered, in the command's own unit of work.

    Requests may hold passwords, and answers tokens or addresses: a store keeps neither in clear (R41, R40).
    """

    async def recall(self, once: Once | None, answer: type[T]) -> T | None:
        """The answer given before under this key, or None (also without a key); the key's witness hears of it.

        Raises:
            KeyReused: the key was used with another fingerprint.
        """
        ...

    async def recall_all(self, onces: Sequence[Once], answer: type[T]) -> Mapping[Once, T | KeyReused]:
        """The answers given before under these keys, in one statement; a reused key is told, not raised."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to so many answers older than a time; how many went. Keys are kept for two days at least (R17)."""
        ...

    def remember(self, once: Once | None, answer: object) -> None:
        """Stage the answer; stored at commit. Committing a key a rival stored first raises `Taken`, which is retried.

        Does nothing without a key. Refusals are not remembered (GEN-R7).
        """
        ...
