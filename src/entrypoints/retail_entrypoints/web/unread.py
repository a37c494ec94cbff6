"""How many messages wait to be read: counted once a minute for members alone, and told to the browser (MSG-R1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from attrs import frozen
from litestar import Response
from litestar.datastructures import Cookie

from retail_domain.kernel.clock import Clock
from retail_domain.messages import Recipient
from retail_entrypoints.web.asking import FormRequest

UNREAD: Final = "unread"
COUNTED_EVERY: Final = timedelta(minutes=1)
_LASTS: Final = timedelta(days=30)
_MOST: Final = 99


def told(cookie: str | None) -> tuple[int, int]:
    """How many there are, and when they were counted, in seconds; nothing for what is no such cookie."""
    many, _, at = (cookie or "").partition(".")
    is_ours = many.isascii() and many.isdigit() and len(many) < 5 and at.isascii() and at.isdigit() and len(at) < 13
    return (min(int(many), _MOST), int(at)) if is_ours else (0, 0)


@frozen
class UnreadBadge:
    """Counts them for whoever has not been told lately; a page shows what the one before was told."""

    count: Callable[[Recipient], Awaitable[int]]
    clock: Clock

    def cookie(self, request: FormRequest, many: int) -> Cookie:
        """As the browser keeps it."""
        at = int(self.clock.now().timestamp())
        return request.jar.kept(UNREAD, f"{many}.{at}", _LASTS)

    async def tell(self, request: FormRequest, answer: Response[Any]) -> None:
        """Count, when a member looks at a page and was not told for a minute."""
        member_id = request.caller.member_id
        name = request.jar.name(UNREAD)
        if member_id is None or request.method != "GET" or any(one.key == name for one in answer.cookies):
            return
        _, at = told(request.cookie(UNREAD))
        if abs(self.clock.now().timestamp() - at) >= COUNTED_EVERY.total_seconds():
            answer.cookies.append(self.cookie(request, await self.count(Recipient.member(member_id))))
