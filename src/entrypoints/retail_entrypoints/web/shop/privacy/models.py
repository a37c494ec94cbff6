"""What stands in the way of closing an account, and where it is settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from retail_domain.kernel.personal import InTheWay, SettledBy

_PAGES = {SettledBy.CANCEL: "/orders/{}/cancel", SettledBy.RECEIVE: "/orders/{}", SettledBy.EMPTY: "/me/wallet"}


@frozen(kw_only=True)
class ClosingObstacle:
    """Something that has to be over first: `leads_to` is the page that settles it, if waiting does not."""

    kind: str
    settled_by: str
    leads_to: str | None
    until: datetime | None

    @classmethod
    def of(cls, way: InTheWay) -> ClosingObstacle:
        """As the page names it."""
        path = _PAGES.get(way.settled_by)
        if path is None and way.kind == "order":
            path = "/orders/{}"
        return cls(
            kind=way.kind, settled_by=way.settled_by.value, leads_to=path.format(way.id) if path else None, until=way.until
        )


def obstacles(ways: Iterable[InTheWay]) -> tuple[ClosingObstacle, ...]:
    """All of them."""
    return tuple(map(ClosingObstacle.of, ways))
