"""`/v1/staff/events`: what happened, for machines that keep the number they have come to."""

from collections.abc import Sequence
from typing import Annotated

from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec import Meta

from retail_domain.accounts.model.staff import Permission
from retail_domain.processes.worker.numbering import EventReader, NumberedEvent
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, FactValue, Instant, Uuid
from retail_entrypoints.http.shaping import derived

EventNumber = Annotated[int, Meta(ge=1, description="The place of an event among all that happened.", examples=[57])]
AfterNumber = Annotated[
    int, QueryParameter(ge=0, le=2**53 - 1, description="The last number that was read; 0 begins with the first event.",
                        schema_extra={"minimum": 0}),
]  # fmt: skip
EventLimit = Annotated[int, QueryParameter(ge=1, le=1_000, description="So many at most.")]


class EventShape(Answer, frozen=True):
    """Something that happened. `body` has the fields of the event, as the page of events names them."""

    number: EventNumber
    event_id: Uuid
    name: str
    version: int
    aggregate_id: Uuid
    at: Instant
    body: dict[str, FactValue]

    of = derived(NumberedEvent, body=lambda event: dict(event.body))


class EventsShape(Answer, frozen=True):
    """What happened after a number, in order, and the number to ask with next."""

    items: list[EventShape]
    last: Annotated[int, Meta(ge=0, description="Ask for what comes after this.")]


def event_routes(events: EventReader) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/events`."""
    routes = Resource("/staff/events", permission=Permission.EVENTS_SEE, tag="staff: events")

    @routes.get(summary="What happened, by number: nothing is passed over")
    async def list_events(after: AfterNumber = 0, limit: EventLimit = 100) -> EventsShape:
        """Everything that happened, by its number and without a gap: keep the last number, and ask for what comes after it."""
        found = await events.after(after, limit)
        return EventsShape([EventShape.of(one) for one in found], found[-1].number if found else after)

    return routes.all
