"""What staff did: rows that are only ever added (R35), under seals that tell whether one was changed or taken away (R42)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput

NO_SEAL: Final = "0" * 64
"""What stands before the first seal."""


@frozen(kw_only=True)
class StaffAction:
    """Somebody did something to something at some time."""

    actor: Actor
    action: str
    object: str
    at: datetime

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.action) <= 100 or len(self.object) > 200:
            raise InvalidInput.of("action", "length", "an action has a short name, and an object a short reference")


@frozen
class TrailRow:
    """A row of the trail with the place where it is kept; places ascend, and some stay empty."""

    position: int
    action: StaffAction

    @property
    def told(self) -> bytes:
        """All that it says, so that no two rows say the same: every word with its length before it."""
        done = self.action
        at = done.at.astimezone(UTC).isoformat(timespec="microseconds")
        words = (str(self.position), done.actor.kind.value, done.actor.ref, done.action, done.object, at)
        raw = [word.encode("utf-8", "surrogatepass") for word in words]
        return b"".join([b"%d:%b" % (len(word), word) for word in raw])


@frozen(kw_only=True)
class TrailSeal:
    """A digest over a stretch of the trail and the seal before it: whoever changes a row changes every seal since (R42)."""

    number: int
    """From 1, without a gap."""
    until: int
    """The last row's place; the stretch begins behind that of the seal before."""
    rows: int
    digest: str
    at: datetime
    version: int = 0

    @classmethod
    def over(cls, before: TrailSeal | None, rows: Sequence[TrailRow], *, at: datetime) -> Change[TrailSeal]:
        """The next seal, over rows that follow one another by their places; there is one at least."""
        number = 1 if before is None else before.number + 1
        digest = digest_over(NO_SEAL if before is None else before.digest, rows)
        return Change(None, cls(number=number, until=rows[-1].position, rows=len(rows), digest=digest, at=at), ())


def digest_over(before: str, rows: Sequence[TrailRow]) -> str:
    """SHA-256 over the digest before, as it is written, and all that the rows say, in their order; in hexadecimal."""
    made = sha256(before.encode())
    for row in rows:
        made.update(row.told)
    return made.hexdigest()
