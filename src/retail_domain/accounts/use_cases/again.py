"""A rival was first with something unique: look again and decide anew."""

from __future__ import annotations

from typing import Protocol

from retail_domain.kernel.errors import Stale, Taken


class Committing(Protocol):
    """A unit of work that can be committed."""

    async def commit(self) -> None:
        """Store everything that was staged, or nothing."""
        ...


async def commit_or_look_again(work: Committing) -> None:
    """Commit; a clash of unique keys becomes `Stale`, so that the retried handler refuses in shop words."""
    try:
        await work.commit()
    except Taken as taken:
        raise Stale(what=taken.rule) from None
