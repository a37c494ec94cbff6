"""Pictures of reviews are pictures of the shop: whoever reviews shows what they sent, and each use is counted (REV-R9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import MemberId, PictureId, ReviewId
from retail_domain.pictures import PicturesWork, PictureUser, refer, release

_SORT: Final = "review"


@frozen
class PicturesOfReviews:
    """Notes in the review's own unit of work which pictures it shows (PIC-R8)."""

    clock: Clock

    async def refer(self, work: PicturesWork, review_id: ReviewId, member_id: MemberId, pictures: Sequence[PictureId]) -> None:
        """Raises PictureNotFound for what the member did not send, PictureUnfit."""
        user = PictureUser(_SORT, review_id)
        await refer(work, pictures, user, owner=Actor.member(member_id), at=self.clock.now())

    async def release(self, work: PicturesWork, review_id: ReviewId, pictures: Sequence[PictureId]) -> None:
        """What it does not show stays as it is."""
        await release(work, pictures, PictureUser(_SORT, review_id), at=self.clock.now())
