"""`/v1/behaviour`: what people do on their devices, told with their consent (BEH-R1, BEH-R2)."""

from collections.abc import Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_domain.insight import BATCH_MAX, BehaviourDeed, BehaviourKind, CaptureBehaviour, Captured, Context, Insight, Visitor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.once import Once
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Uuid, in_utc
from retail_entrypoints.http.shaping import derived

Short = Annotated[str, Meta(max_length=200, description="A short text; empty when there is nothing to say.")]


class EventBody(Body, frozen=True):
    """One thing that was done; the client makes the id, so it may tell again when it got no answer."""

    event_id: Uuid
    kind: BehaviourKind
    object: Short
    occurred_at: Instant
    session: Short = ""
    source: Short = ""
    campaign: Short = ""
    share_token: Short = ""

    def to_deed(self) -> BehaviourDeed:
        """As the shop understands it."""
        return BehaviourDeed(
            event_id=self.event_id,
            kind=self.kind,
            object=self.object,
            session=self.session,
            context=Context(source=self.source, campaign=self.campaign, share_token=self.share_token),
            occurred_at=in_utc("occurred_at", self.occurred_at),
        )


class BehaviourBody(Body, frozen=True):
    """What was done. Who is not logged in sends an id of the device, and whether its user consented there."""

    events: Annotated[list[EventBody], Meta(min_length=1, max_length=BATCH_MAX)]
    anonymous_id: Short | None = None
    consented: bool = False

    def to_command(self, caller: Caller, once: Once | None) -> CaptureBehaviour:
        """As the shop understands it. Raises InvalidInput when nobody did it."""
        member_id = caller.member_id
        if member_id is None and not self.anonymous_id:
            raise InvalidInput.of("anonymous_id", "required", "who is not logged in sends an id of the device")
        visitor = Visitor(member_id) if member_id else Visitor(None, self.anonymous_id)
        deeds = tuple(event.to_deed() for event in self.events)
        return CaptureBehaviour(visitor=visitor, deeds=deeds, consented=self.consented, once=once)


class CapturedShape(Answer, frozen=True):
    """How many events were accepted, and how many left out: without consent all, else those out of time."""

    accepted: Count
    left_out: Count

    of = derived(Captured)


def behaviour_routes(insight: Insight) -> Sequence[HTTPRouteHandler]:
    """`/v1/behaviour`."""
    routes = Resource("/behaviour", permission=PUBLIC, tag="behaviour")

    @routes.post(status=202, summary="Tell what was done, with consent")
    async def capture_behaviour(
        data: JSONBody[BehaviourBody], caller: NamedDependency[Caller], once: NamedDependency[Once | None]
    ) -> CapturedShape:
        """Takes what was looked at and searched for; without consent nothing is kept. An event counts once, however often
        it is sent.
        """
        return CapturedShape.of(await insight.capture(data.to_command(caller, once)))

    return routes.all
