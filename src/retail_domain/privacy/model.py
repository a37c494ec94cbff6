"""Erasure (删除): what the shop knows of who has left goes step by step; and what stays of their trade, masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.privacy.events import MemberErased

LOOK_AGAIN_AFTER: Final = timedelta(days=1)
"""Whatever was on its way when the account was closed has been stored, or lost, by then."""
ROUNDS: Final = 2
"""Every step is taken twice: once at once, and once more for what came in between."""
HELD_UP_FOR: Final = timedelta(hours=1)
KEPT_FOR: Final = timedelta(days=3 * 365 + 1)
"""So long records of trade are kept: three years, as the law on electronic commerce wants it, whichever they are."""


@frozen(kw_only=True)
class Erasure:
    """How far the erasing of one member has come. Each step is stored with what it erased, so that it can stop anywhere."""

    member_id: MemberId
    asked_at: datetime
    step: str = ""
    """The step that is next; empty is the first."""
    round: int = 1
    due_at: datetime | None = None
    """When the next step is due; None when it is done."""
    done_at: datetime | None = None
    version: int = 0

    @classmethod
    def begun(cls, member_id: MemberId, *, at: datetime) -> Change[Erasure]:
        """It is due from now on."""
        return Change(None, cls(member_id=member_id, asked_at=at, due_at=at))

    def step_of(self, steps: Sequence[str]) -> str:
        """The step that is next; the first one if a later release took away what was next."""
        return self.step if self.step in steps else steps[0]

    def went_on(self, steps: Sequence[str], *, at: datetime) -> Change[Erasure]:
        """One step is done. After the last one all of them come once more, a day later; then nothing is left."""
        after = [*steps, ""][steps.index(self.step_of(steps)) + 1]
        if after:
            return Change(self, evolve(self, step=after, due_at=at))
        if self.round < ROUNDS:
            return Change(self, evolve(self, step="", round=self.round + 1, due_at=at + LOOK_AGAIN_AFTER))
        done = evolve(self, step="", due_at=None, done_at=at)
        return Change(self, done, (MemberErased(at=at, member_id=self.member_id),))

    def goes_on(self, *, at: datetime) -> Change[Erasure]:
        """The step is not done yet: the next portion is due at once."""
        return Change(self, evolve(self, due_at=at))

    def held_up(self, *, at: datetime) -> Change[Erasure]:
        """An order slipped in while the account was being closed: later."""
        return Change(self, evolve(self, due_at=at + HELD_UP_FOR))


@frozen
class WentTo:
    """Whom and where an order went to."""

    recipient: str = field(repr=False)
    phone: Phone
    region_code: str
    region: str = field(repr=False)


@frozen(kw_only=True)
class TradeRecord:
    """Whom an order went to, as far as a record of trade has to say: masked, apart from everything else, and not for ever."""

    order_id: OrderId
    member_id: MemberId
    recipient: str
    phone: str
    region_code: str
    region: str
    ends_at: datetime
    version: int = 0

    @classmethod
    def kept(cls, whom: WentTo, *, order_id: OrderId, member_id: MemberId, over_at: datetime) -> Change[TradeRecord]:
        """Of an order that was over at that time: of a name its first letter, of a phone its ends, of an address its region."""
        record = cls(
            order_id=order_id, member_id=member_id, recipient=f"{whom.recipient[:1]}**", phone=whom.phone.masked,
            region_code=whom.region_code, region=whom.region, ends_at=over_at + KEPT_FOR,
        )  # fmt: skip
        return Change(None, record)
