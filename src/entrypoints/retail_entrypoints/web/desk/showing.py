"""How pages of the console are answered: kept by nobody, and a decision that waits for a second person is followed there."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeVar

from litestar import Response
from litestar.params import QueryParameter

from retail_domain.approvals import AwaitsSecondPerson
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.web import policy
from retail_entrypoints.web.view import View

A = TypeVar("A")

PAGE: Final = 30
"""So many rows a list shows at once."""
Cursor = Annotated[str | None, QueryParameter(name="cursor", pattern=CURSOR_PATTERN, max_length=512)]


def show(view: View, template: str, **model: Any) -> Response[bytes]:
    """A page of the console: not even a browser keeps it."""
    return view.page(f"desk/{template}", keeping=policy.NEVER, **model)


async def decide(
    view: View, deed: Awaitable[A], done: Callable[[A], Response[bytes]], again: Callable[[], Awaitable[Response[bytes]]]
) -> Response[bytes]:
    """Do it and go on, or show why not where it was asked for; what takes two people leads to where it waits (ACC-R14)."""

    async def perhaps() -> A | AwaitsSecondPerson:
        try:
            return await deed
        except AwaitsSecondPerson as waits:
            return waits

    def onward(outcome: A | AwaitsSecondPerson) -> Response[bytes]:
        if isinstance(outcome, AwaitsSecondPerson):
            return view.go(f"/desk/approvals/{outcome.approval_id}", "desk.said.waits")
        return done(outcome)

    return await view.decide(perhaps(), onward, again)
