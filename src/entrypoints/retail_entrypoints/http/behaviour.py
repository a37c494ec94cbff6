"""`/v1/behaviour`: what people do on their devices, told with their consent (BEH-R1, BEH-R2)."""

from collections.abc import Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_domain.insight import BATCH_MAX, BehaviourDeed, BehaviourKind, CaptureBehaviour, Captured, Context, Insight, Visitor
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.once import Once
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Uuid
from retail_entrypoints.http.shaping import derived

Short = Annotated[str, Meta(max_length=200, description="A short text; empty when there is nothing to say.")]


def _context(source: str, campaign: str, share_token: str) -> Context:
    return Context(source=source, campaign=campaign, share_token=share_token)


def _visitor(caller: Caller, anonymous_id: str | None) -> Visitor:
    """Who did it. Raises InvalidInput when nobody did."""
    if caller.member_id is None and not anonymous_id:
        raise InvalidInput.of("anonymous_id", "required", "who is not logged in sends an id of the device")
    return Visitor(caller.member_id) if caller.member_id else Visitor(None, anonymous_id)


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

    to_deed = becoming(BehaviourDeed, context=_context)


class BehaviourBody(Body, frozen=True):
    """What was done. Who is not logged in sends an id of the device, and whether its user consented there."""

    events: Annotated[list[EventBody], Meta(min_length=1, max_length=BATCH_MAX)]
    anonymous_id: Short | None = None
    consented: bool = False

    to_command = becoming(CaptureBehaviour, "caller", "client", "once", visitor=_visitor, deeds="events")


class CapturedShape(Answer, frozen=True):
    """How many events were accepted, and how many left out: without consent all, else those out of time."""

    accepted: Count
    left_out: Count

    of = derived(Captured)


def behaviour_routes(insight: Insight) -> Sequence[HTTPRouteHandler]:
    """`/v1/behaviour`."""
    routes = Resource("/behaviour", permission=PUBLIC, tag="behaviour")

    @routes.post(status=202, raises=[TooOften], summary="Tell what was done, with consent")
    async def capture_behaviour(
        data: JSONBody[BehaviourBody],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> CapturedShape:
        """Takes what was looked at and searched for; without consent nothing is kept. An event counts once, however often
        it is sent.
        """
        return CapturedShape.of(await insight.capture(data.to_command(caller=caller, client=client_address, once=once)))

    return routes.all
