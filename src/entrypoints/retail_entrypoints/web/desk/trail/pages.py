"""`/desk/trail`: what staff did, and looks at personal data (R35, R42)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from retail_domain.accounts import Permission, TrailSearch
from retail_domain.application import Retail
from retail_domain.kernel import reading
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.showing import PAGE, Cursor, show
from retail_entrypoints.web.view import View

Who = Annotated[str | None, QueryParameter(name="actor", max_length=200)]
Action = Annotated[str | None, QueryParameter(name="action", max_length=100)]
Thing = Annotated[str | None, QueryParameter(name="thing", max_length=200)]
Since = Annotated[str | None, QueryParameter(name="since", max_length=10)]
Until = Annotated[str | None, QueryParameter(name="until", max_length=10)]


def _day(text: str | None) -> date | None:
    """A day as a field of dates sends it; anything else is none, so that the whole trail is shown."""
    try:
        return reading.typed_day(text) if text else None
    except reading.Misread:
        return None


def trail_pages(retail: Retail, calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """The trail has no place, so whoever is bound to places is not let in."""
    pages = Resource("/desk/trail", permission=Permission.AUDIT_SEE, tag="desk")

    @pages.get()
    async def show_trail_at_desk(  # noqa: PLR0913 - all that can be looked for
        view: NamedDependency[View],
        who: Who = None,
        action: Action = None,
        thing: Thing = None,
        since: Since = None,
        until: Until = None,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        first, last = _day(since), _day(until)
        search = TrailSearch(
            actor_ref=who, action=action, thing=thing, since=calendar.start_of(first) if first else None,
            until=calendar.end_of(last) if last else None,
        )  # fmt: skip
        found = await retail.accounts.show.trail(PageRequest(PAGE, cursor), search)
        names = await names_for(retail, view)
        rows = [(one, names.of(Actor(ActorKind(one.actor_kind), one.actor_ref))) for one in found.items]
        asked = {"actor": who, "action": action, "thing": thing, "since": since, "until": until}
        asked = {name: text for name, text in asked.items() if text}
        seal = await retail.accounts.show.trail_seal()
        return show(
            view, "trail/list.html", rows=rows, asked=asked, seal=seal, next_cursor=found.next_cursor, names=names.staff
        )

    return pages.all
