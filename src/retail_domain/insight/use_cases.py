"""Keep what people do, with their consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from attrs import field, frozen

from retail_domain.insight.model import NO_CONTEXT, BehaviourEvent, BehaviourKind, Context, Visitor, is_timely
from retail_domain.insight.ports import Consents, InsightWork
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.costs import BEHAVIOUR_ROW, Whose
from retail_domain.kernel.counting import Allowance, Sealer, TooOften, key_of, line_of, take
from retail_domain.kernel.frames import Called
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class BehaviourDeed:
    """One thing that was done, as the client tells it."""

    event_id: UUID | None = None
    """Made by the client, so that it may tell again; None: it will not."""
    kind: BehaviourKind
    object: str
    session: str = ""
    context: Context = NO_CONTEXT
    occurred_at: datetime | None = None
    """None: just now."""


@frozen(kw_only=True)
@checked
class CaptureBehaviour:
    """A visitor's client tells what was done; `consented` is what an anonymous visitor agreed to on the device.

    `client` is the network address that is counted for who is nobody yet (ACC-R7).
    """

    visitor: Visitor
    deeds: tuple[BehaviourDeed, ...]
    consented: bool = False
    client: str = field(default="", repr=False)
    once: Once | None = None


@frozen(kw_only=True)
class Captured:
    """How many deeds were accepted, and how many were left out: without consent all, else those out of time."""

    accepted: int
    left_out: int


@frozen(kw_only=True)
class KeepBehaviour:
    """What may be kept of what a client told, and what is answered."""

    visitor: Visitor
    kept: tuple[BehaviourDeed, ...]
    answer: Captured
    client: str = field(default="", repr=False)
    once: Once | None = None


async def capture_behaviour(
    command: CaptureBehaviour, keep: Called[KeepBehaviour, Captured], consents: Consents, clock: Clock
) -> Captured:
    """Keeps what may be kept, and nothing at all without consent (BEH-R2). Answers how much was."""
    at = clock.now()
    timely = tuple(deed for deed in command.deeds if is_timely(deed.occurred_at or at, at))
    kept = timely if timely and await _may_keep(command, consents) else ()
    answer = Captured(accepted=len(kept), left_out=len(command.deeds) - len(kept))
    if not kept and command.once is None:
        return answer
    return await keep(
        KeepBehaviour(visitor=command.visitor, kept=kept, answer=answer, client=command.client, once=command.once)
    )


@frozen(kw_only=True)
class BehaviourRules:
    """How many events are kept of one address line that nobody is logged in from, and of one member."""

    events_per_address: tuple[Allowance, ...] = BEHAVIOUR_ROW.often(Whose.LINE)
    events_per_member: tuple[Allowance, ...] = BEHAVIOUR_ROW.often(Whose.ACCOUNT)


async def keep_behaviour(
    work: InsightWork, command: KeepBehaviour, means: Means, sealer: Sealer, rules: BehaviourRules
) -> Captured:
    """One unit; an event told twice is kept once (BEH-R1). Raises TooOften when too many were told from here."""
    at = means.clock.now()
    if command.kept:
        allowances = _allowances(command.visitor, command.client, sealer, rules)
        wait_seconds = await take(work.counters, allowances, at=at, times=len(command.kept))
        if wait_seconds is not None:
            raise TooOften(retry_after_seconds=wait_seconds)
    for deed in command.kept:
        work.behaviour.save(_event(command.visitor, deed, means, at).captured())
    return command.answer


def _allowances(visitor: Visitor, client: str, sealer: Sealer, rules: BehaviourRules) -> Mapping[str, Allowance]:
    if visitor.member_id is not None:
        kind, whose, given = "member", str(visitor.member_id), rules.events_per_member
    else:
        kind, whose, given = "address", line_of(client), rules.events_per_address
    return {key_of(sealer, "behaviour", kind, whose, one): one for one in given}


async def _may_keep(command: CaptureBehaviour, consents: Consents) -> bool:
    member_id = command.visitor.member_id
    return command.consented if member_id is None else await consents(member_id)


def _event(visitor: Visitor, deed: BehaviourDeed, means: Means, at: datetime) -> BehaviourEvent:
    return BehaviourEvent(
        id=deed.event_id or means.ids.new(),
        visitor=visitor,
        session=deed.session,
        kind=deed.kind,
        object=deed.object,
        context=deed.context,
        occurred_at=deed.occurred_at or at,
        received_at=at,
    )
