"""How often something may be done: counted windows in the database, so that all processes count together (R36)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import lies_in


@frozen(kw_only=True)
class Allowance:
    """So many times within a window that opens with the first time: `5 within an hour`."""

    most: int
    within: timedelta

    def __attrs_post_init__(self) -> None:
        if self.most < 1 or self.within <= timedelta(0):
            raise ValueError("an allowance is at least one time within some time")


@frozen(kw_only=True)
class Slot:
    """How much of one allowance is used; `key` is a seal, since it stands for a phone, a name or an address (R40)."""

    key: str
    used: int
    ends_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.used < 0:
            raise ValueError("nothing is used less than never")

    @classmethod
    def opened(cls, key: str, allowance: Allowance, *, at: datetime) -> Change[Slot]:
        """The first time for this key."""
        return Change(None, cls(key=key, used=1, ends_at=at + allowance.within))

    def take(self, allowance: Allowance, *, at: datetime) -> Change[Slot] | None:
        """Once more, or None when the allowance is used up.

        A window that has passed starts anew, and so does one that was opened before the clock was put back (R29).
        """
        if not lies_in(self.ends_at - allowance.within, self.ends_at, at):
            return Change(self, evolve(self, used=1, ends_at=at + allowance.within))
        return Change(self, evolve(self, used=self.used + 1)) if self.used < allowance.most else None

    def give_back(self) -> Change[Slot]:
        """That one did not count."""
        return Change(self, evolve(self, used=max(0, self.used - 1)))
