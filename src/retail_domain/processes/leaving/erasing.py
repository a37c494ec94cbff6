"""Erasing (删除): each step is stored with how far it has come; whoever is killed goes on where it stopped (PRV-R4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from attrs import frozen

from retail_domain.accounts import OrderContacts
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.messages import MessagesWork, Recipient
from retail_domain.privacy import Erasure, TradeRecord, WentTo
from retail_domain.processes.leaving.closing import LeavingWork
from retail_domain.processes.leaving.manifest import erased, holdings, in_the_way
from retail_domain.reviews import ReviewsWork

PORTION: Final = 200
"""So many rows go in one transaction."""


class ErasingWork(LeavingWork, ReviewsWork, MessagesWork, Protocol):
    """The unit of work of a step."""

    @property
    def delivery_contacts(self) -> OrderContacts: ...


Step = Callable[[ErasingWork, MemberId, Means], Awaitable[bool]]
"""Does a portion of a step; whether more of it is left."""


async def keep_trade_apart(work: ErasingWork, member_id: MemberId, means: Means) -> bool:
    """Whom orders went to is copied apart, masked, as long as it is young enough to be kept; the contact itself goes."""
    at, found = means.clock.now(), await work.delivery_contacts.of_member(member_id, PORTION)
    orders = await work.orders.claim([one.order_id for one in found]) if found else {}
    for one in found:
        order = orders[one.order_id]
        whom, over_at = one.contact, order.completed_at or order.closed_at or at
        went_to = WentTo(whom.recipient, whom.phone, whom.region_code, whom.region)
        record = TradeRecord.kept(went_to, order_id=one.order_id, member_id=member_id, over_at=over_at)
        if record.state.ends_at > at:
            work.trade_records.save(record)
    if found:
        await work.delivery_contacts.forget(orders)
    return len(found) == PORTION


async def take_names_off_reviews(work: ErasingWork, member_id: MemberId, means: Means) -> bool:
    """What is up stays up without a name; words that nobody may read are struck out."""
    found = await work.reviews.claim(await work.reviews.of_member(member_id))
    for review in found.values():
        work.reviews.save(review.without_author())
    return False


async def empty_inbox(work: ErasingWork, member_id: MemberId, means: Means) -> bool:
    """What they were told goes with everything that hangs on it."""
    return await work.messages.forget_of(Recipient.member(member_id), PORTION) == PORTION


OWN_STEPS: Final[Mapping[str, Step]] = {
    "order_contacts": keep_trade_apart,
    "messages": empty_inbox,
    "reviews": take_names_off_reviews,
}
"""Steps that are more than rows to delete or to empty, by the holding they deal with."""


@frozen(kw_only=True)
class WentOn:
    """Whether the next portion or step is due at once."""

    is_due: bool


async def erase_step(work: ErasingWork, member_id: MemberId, means: Means) -> Answered[WentOn]:
    """One portion of the step that is next. Whoever comes late finds it done, and does nothing."""
    at = means.clock.now()
    erasure = (await work.erasures.claim([member_id])).get(member_id)
    if erasure is None or erasure.due_at is None or erasure.due_at > at:
        return Answered.unchanged(WentOn(is_due=False))
    steps = erased()
    step = erasure.step_of(steps)
    if step == steps[0] and await in_the_way(work, member_id):
        work.erasures.save(erasure.held_up(at=at))
        return Answered(WentOn(is_due=False))
    change = erasure.goes_on(at=at) if await _portion(work, step, member_id, means) else erasure.went_on(steps, at=at)
    work.erasures.save(change)
    return Answered(WentOn(is_due=_is_due(change.state, means)))


async def _portion(work: ErasingWork, step: str, member_id: MemberId, means: Means) -> bool:
    if step in OWN_STEPS:
        return await OWN_STEPS[step](work, member_id, means)
    return await work.personal_rows.erase(holdings()[step], member_id, PORTION) == PORTION


def _is_due(erasure: Erasure, means: Means) -> bool:
    return erasure.due_at is not None and erasure.due_at <= means.clock.now()


async def erase(member_id: MemberId, step: Called[MemberId, WentOn]) -> None:
    """All that is due of one member, each step in a unit of its own."""
    while (await step(member_id)).is_due:
        continue
