"""Keep what people do, with their consent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from attrs import frozen

from retail_domain.insight.model import NO_CONTEXT, BehaviourEvent, BehaviourKind, Context, Visitor, is_timely
from retail_domain.insight.ports import Consents, InsightWork
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class Deed:
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
class CaptureBehaviour:
    """A visitor's client tells what was done; `consented` is what an anonymous visitor agreed to on the device."""

    visitor: Visitor
    deeds: tuple[Deed, ...]
    consented: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class Captured:
    """How many deeds were accepted, and how many were left out: without consent all, else those out of time."""

    accepted: int
    left_out: int


@frozen
class CaptureBehaviourHandler:
    """Keeps nothing at all without consent (BEH-R2)."""

    begin: Begin[InsightWork]
    consents: Consents
    clock: Clock
    ids: Ids

    async def __call__(self, command: CaptureBehaviour) -> Captured:
        """Keep what may be kept; an event told twice is kept once (BEH-R1)."""
        at = self.clock.now()
        timely = [deed for deed in command.deeds if is_timely(deed.occurred_at or at, at)]
        kept = timely if timely and await self._may_keep(command) else []
        answer = Captured(accepted=len(kept), left_out=len(command.deeds) - len(kept))
        if not kept and command.once is None:
            return answer
        async with self.begin() as work:
            told = await work.answers.recall(command.once, Captured)
            if told is not None:
                return told
            for deed in kept:
                work.behaviour.save(self._event(command.visitor, deed, at).captured())
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer

    async def _may_keep(self, command: CaptureBehaviour) -> bool:
        member_id = command.visitor.member_id
        return command.consented if member_id is None else await self.consents(member_id)

    def _event(self, visitor: Visitor, deed: Deed, at: datetime) -> BehaviourEvent:
        return BehaviourEvent(
            id=deed.event_id or self.ids.new(),
            visitor=visitor,
            session=deed.session,
            kind=deed.kind,
            object=deed.object,
            context=deed.context,
            occurred_at=deed.occurred_at or at,
            received_at=at,
        )
