"""What looks at words before readers do: a port, and what it answers. It is given words alone, and never the stars (REV-R5)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, Protocol

from attrs import frozen

from retail_domain.kernel.ids import MemberId, PictureId, ReviewId
from retail_domain.reviews.errors import ReviewPicturesUnavailable
from retail_domain.reviews.states import ReviewAction, ReviewReason


class WordsOutcome(Enum):
    """What becomes of words by themselves."""

    PASS = "pass"  # noqa: S105 - no password
    REVIEW = "review"
    """A person looks at them."""
    BLOCK = "block"


@frozen
class WordsVerdict:
    """What a moderator says of words, and for which of the reasons; what is blocked has one at least."""

    outcome: WordsOutcome
    reasons: tuple[ReviewReason, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.outcome is WordsOutcome.BLOCK) and not self.reasons:
            raise ValueError("nothing is blocked without a reason")

    @property
    def decision(self) -> tuple[ReviewAction, ReviewReason | None] | None:
        """What follows by itself; None where a person decides."""
        if self.outcome is WordsOutcome.REVIEW:
            return None
        return (ReviewAction.PUBLISH, None) if self.outcome is WordsOutcome.PASS else (ReviewAction.REJECT, self.reasons[0])


class ReviewModerator(Protocol):
    """Judges words. It may ask a provider: it is never called inside a unit of work."""

    async def judge(self, words: Sequence[str]) -> Sequence[WordsVerdict]:
        """A verdict for each text, in their order. What cannot be judged now is for a person: `WordsOutcome.REVIEW`."""
        ...


@frozen(kw_only=True)
class ReviewShows:
    """Which of its author's pictures a review shows from now on, and which no more; each ascending by id."""

    review_id: ReviewId
    member_id: MemberId
    shows: tuple[PictureId, ...] = ()
    hides: tuple[PictureId, ...] = ()


class ReviewPictures(Protocol):
    """Where pictures of reviews come from: each use is noted in the unit of work that stores the review."""

    async def show(self, work: Any, reviews: Sequence[ReviewShows]) -> None:
        """All that a unit does to pictures, in one call, so that they can be locked in one order (R13).

        Raises a refusal for one that a review may not show.
        """
        ...


class NoPictures:
    """A shop that takes no pictures: says so, and stores nothing."""

    async def show(self, work: Any, reviews: Sequence[ReviewShows]) -> None:
        """Raises ReviewPicturesUnavailable."""
        raise ReviewPicturesUnavailable(pictures=sum(len(one.shows) + len(one.hides) for one in reviews))


NO_PICTURES: Final = NoPictures()
