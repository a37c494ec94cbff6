"""What reviews need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, ReviewId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit
from retail_domain.reviews.model import Review
from retail_domain.reviews.summary import ReviewSummary


class Reviews(Protocol):
    """The reviews."""

    async def get(self, id: ReviewId) -> Review:
        """Without a lock: whoever follows an event finds here whose it is. Raises ReviewNotFound; sees what is staged."""
        ...

    async def of_lines(self, order_ids: Iterable[OrderId]) -> Mapping[tuple[OrderId, int], Review]:
        """Those of the lines of these orders, without a lock, in one statement; sees what is staged."""
        ...

    async def claim(self, ids: Iterable[ReviewId]) -> Mapping[ReviewId, Review]:
        """Lock these reviews until the unit ends, ascending by id, in one statement; unknown ones are absent."""
        ...

    async def of_member(self, member_id: MemberId) -> Sequence[ReviewId]:
        """All that a member has written, automatic ones included, ascending; without a lock."""
        ...

    async def unreviewed(self, after: datetime, before: datetime, limit: int) -> Sequence[OrderId]:
        """Orders that arrived between these instants with a line of which nothing is said, not even automatically.

        Who arrived first comes first.
        """
        ...

    def save(self, change: Change[Review]) -> None:
        """Stage it; one a line of an order, else `Taken` at commit: a rival came first (REV-R1)."""
        ...


class ReviewSummaries(Protocol):
    """What the reviews of each product come to."""

    async def claim(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, ReviewSummary]:
        """Lock these until the unit ends, ascending by id, in one statement; products without one are absent."""
        ...

    def save(self, change: Change[ReviewSummary]) -> None:
        """Stage it; one a product, else `Taken` at commit."""
        ...


class ReviewsWork(Unit, Protocol):
    """The unit of work of reviews."""

    @property
    def reviews(self) -> Reviews:
        """The reviews."""
        ...

    @property
    def review_summaries(self) -> ReviewSummaries:
        """What they come to."""
        ...


class RuledReviewsWork(ReviewsWork, Protocol):
    """The unit of work of what settings have a say in."""

    @property
    def settings(self) -> SettingsKnown:
        """What is set."""
        ...
