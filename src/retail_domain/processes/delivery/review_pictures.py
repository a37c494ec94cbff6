"""Pictures of reviews are pictures of the shop: whoever reviews shows what they sent, and each use is counted (REV-R9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.pictures import PicturesWork, PictureUser, Showing, show_instead
from retail_domain.reviews import ReviewShows

_SORT: Final = "review"


@frozen
class PicturesOfReviews:
    """Notes in the review's own unit of work which pictures it shows (PIC-R8)."""

    clock: Clock

    async def show(self, work: PicturesWork, reviews: Sequence[ReviewShows]) -> None:
        """Raises PictureNotFound for what the member did not send, PictureUnfit."""
        showings = [
            Showing(
                user=PictureUser(_SORT, one.review_id), owner=Actor.member(one.member_id), shows=one.shows, hides=one.hides
            )
            for one in reviews
        ]  # fmt: skip
        await show_instead(work, showings, at=self.clock.now())
