"""Review: what who bought goods says of them, and which of it is up (评价)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import Between, checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, OrderId, PictureId, ProductId, ReviewId, SkuId
from retail_domain.kernel.reading import LINES
from retail_domain.reviews.errors import ReviewFollowedUp, ReviewWrongState
from retail_domain.reviews.events import (
    ReviewEdited,
    ReviewEvent,
    ReviewHidden,
    ReviewPosted,
    ReviewPublished,
    ReviewRejected,
    ReviewRemoved,
    ReviewReplied,
    ReviewShown,
)
from retail_domain.reviews.spelling import spelled
from retail_domain.reviews.states import NEEDS_REASON, NEXT, UNREAD, ReviewAction, ReviewReason, ReviewStatus

TEXT_MAX: Final = 4_000
STRUCK_OUT: Final = "***"
PICTURES_MAX: Final = 9
Stars = Annotated[int, Between(1, 5)]


def read_text(text: object, field: str = "text") -> str:
    """Words in their one spelling. Raises InvalidInput."""
    return LINES.read(text, field, TEXT_MAX, 1)


def check_pictures(pictures: tuple[PictureId, ...]) -> None:
    """Few enough, and each once. Raises InvalidInput."""
    if len(pictures) > PICTURES_MAX:
        raise InvalidInput.of("pictures", "too_many", f"at most {PICTURES_MAX} pictures")
    if len(set(pictures)) < len(pictures):
        raise InvalidInput.of("pictures", "each_once", "name each picture once")


@frozen(kw_only=True)
@checked
class Wording:
    """One version of a review: stars, words, pictures."""

    stars: Stars
    text: str
    pictures: tuple[PictureId, ...] = ()

    @classmethod
    def read(cls, stars: int, text: str, pictures: tuple[PictureId, ...]) -> Wording:
        """As somebody typed it. Raises InvalidInput."""
        made = cls(stars=stars, text=read_text(text), pictures=pictures)
        check_pictures(made.pictures)
        return made


@frozen(kw_only=True)
class FollowUp:
    """What the author says later (追评); it is up only when it was passed."""

    text: str
    at: datetime
    pictures: tuple[PictureId, ...] = ()
    status: ReviewStatus = ReviewStatus.PENDING


@frozen(kw_only=True)
class Reply:
    """What the shop answers, for everybody to read."""

    text: str
    at: datetime


@frozen(kw_only=True)
class LineBought:
    """The line of an order that a review is about."""

    order_id: OrderId
    line: int
    member_id: MemberId
    product_id: ProductId
    sku_id: SkuId


@frozen(kw_only=True)
class Review:
    """The one review of a line of an order (REV-R1): what is up, what waits, and where it stands.

    `shown` is the version that was passed last, `waiting` the one that is to be looked at; in REJECTED it is what was refused.
    """

    id: ReviewId
    order_id: OrderId
    line: int
    member_id: MemberId
    product_id: ProductId
    sku_id: SkuId
    created_at: datetime
    status: ReviewStatus
    anonymous: bool = False
    shown: Wording | None = None
    waiting: Wording | None = None
    follow_up: FollowUp | None = None
    reply: Reply | None = None
    reason: ReviewReason | None = None
    published_at: datetime | None = None
    decided_by: Actor | None = None
    """Who decided last."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.status in (ReviewStatus.PUBLISHED, ReviewStatus.HIDDEN) and self.shown is None:
            raise ValueError("what is up, or was, has words")
        if self.status is ReviewStatus.AUTOMATIC and (self.shown or self.waiting or self.follow_up):
            raise ValueError("nobody wrote an automatic review")

    def without_author(self) -> Change[Review]:
        """Who wrote it has left: what is up stays up without a name, and words that nobody may read are struck out."""
        left = evolve(self, anonymous=True)
        if self.status in UNREAD:
            left = evolve(
                left,
                shown=self.shown and evolve(self.shown, text=STRUCK_OUT),
                waiting=self.waiting and evolve(self.waiting, text=STRUCK_OUT),
                follow_up=self.follow_up and evolve(self.follow_up, text=STRUCK_OUT),
            )
        elif left.follow_up is not None and left.follow_up.status is ReviewStatus.REJECTED:
            left = evolve(left, follow_up=evolve(left.follow_up, text=STRUCK_OUT))
        return Change(self, self if left == self else left)

    # ---- what readers see --------------------------------------------------------------------------------------------

    @property
    def is_up(self) -> bool:
        """Whether everybody can read `shown`."""
        return self.shown is not None and self.status in (ReviewStatus.PENDING, ReviewStatus.PUBLISHED)

    @property
    def up(self) -> Wording | None:
        """What everybody can read; what the summary counts (REV-R6)."""
        return self.shown if self.is_up else None

    @property
    def follow_up_shown(self) -> FollowUp | None:
        """The follow-up that everybody can read."""
        later = self.follow_up
        return later if self.is_up and later is not None and later.status is ReviewStatus.PUBLISHED else None

    @property
    def follow_up_waits(self) -> bool:
        """Whether a follow-up is to be looked at."""
        return self.follow_up is not None and self.follow_up.status is ReviewStatus.PENDING

    @property
    def has_pictures(self) -> bool:
        """Whether what is up shows pictures, the follow-up's among them."""
        up, later = self.up, self.follow_up_shown
        return bool(up and up.pictures) or bool(later and later.pictures)

    @property
    def has_follow_up(self) -> bool:
        """Whether a follow-up is up."""
        return self.follow_up_shown is not None

    @property
    def pictures(self) -> frozenset[PictureId]:
        """All that it refers to, up or not."""
        parts = (self.shown, self.waiting, self.follow_up)
        return frozenset(one for part in parts if part is not None for one in part.pictures)

    @property
    def words(self) -> str:
        """What a search looks at: all that its author wrote, up or not, as moderators read it."""
        parts = (self.shown, self.waiting, self.follow_up)
        return "\n".join(spelled(part.text) for part in parts if part is not None)

    # ---- writing -----------------------------------------------------------------------------------------------------

    @classmethod
    def posted(cls, bought: LineBought, wording: Wording, *, id: ReviewId, anonymous: bool, at: datetime) -> Change[Review]:
        """The first words about a line."""
        review = cls._about(bought, id, at, ReviewStatus.PENDING, anonymous=anonymous, waiting=wording)
        return Change(None, review, (review._told(ReviewPosted, at),))

    @classmethod
    def automatic(cls, bought: LineBought, *, id: ReviewId, at: datetime) -> Change[Review]:
        """Nobody said anything in time: the line is done with, and nothing is said in anybody's name (ORD-R8)."""
        return Change(None, cls._about(bought, id, at, ReviewStatus.AUTOMATIC))

    @classmethod
    def _about(cls, bought: LineBought, id: ReviewId, at: datetime, status: ReviewStatus, **more: Any) -> Review:
        return cls(
            id=id, order_id=bought.order_id, line=bought.line, member_id=bought.member_id, product_id=bought.product_id,
            sku_id=bought.sku_id, created_at=at, status=status, **more,
        )  # fmt: skip

    def first_words(self, wording: Wording, *, anonymous: bool, at: datetime) -> Change[Review]:
        """Its buyer speaks after all, over what was automatic. Raises ReviewWrongState."""
        if self.status is not ReviewStatus.AUTOMATIC:
            raise self._wrong()
        said = self._to(ReviewStatus.PENDING, anonymous=anonymous, waiting=wording, created_at=at)
        return Change(self, said, (said._told(ReviewPosted, at),))

    def edit(self, wording: Wording, *, anonymous: bool, at: datetime) -> Change[Review]:
        """Other words wait, and what is up stays up (REV-R4); whether the name is told changes at once (REV-R3).

        Raises ReviewWrongState when it is hidden, removed, or nobody wrote it.
        """
        if self.status in (ReviewStatus.AUTOMATIC, ReviewStatus.HIDDEN):
            raise self._wrong()
        if self.status is ReviewStatus.PUBLISHED and wording == self.shown:
            return Change(self, evolve(self, anonymous=anonymous) if anonymous != self.anonymous else self)
        return Change(self, self._to(ReviewStatus.PENDING, anonymous=anonymous, waiting=wording, reason=None))

    def follow(self, text: str, pictures: tuple[PictureId, ...], *, at: datetime) -> Change[Review]:
        """Say more, once (追评); one that was refused may be written anew (REV-R2).

        Raises ReviewWrongState before anything is up, ReviewFollowedUp, InvalidInput.
        """
        if not self.is_up:
            raise self._wrong()
        if self.follow_up is not None and self.follow_up.status is not ReviewStatus.REJECTED:
            raise ReviewFollowedUp(review_id=self.id)
        check_pictures(pictures)
        later = FollowUp(text=read_text(text), at=at, pictures=pictures)
        return Change(self, self._to(ReviewStatus.PENDING, follow_up=later, reason=None))

    def answer(self, text: str, *, at: datetime) -> Change[Review]:
        """The shop replies, or says it in other words. Raises ReviewWrongState unless it is up, InvalidInput."""
        if not self.is_up:
            raise self._wrong()
        said = read_text(text)
        if self.reply is not None and self.reply.text == said:
            return Change(self, self)
        replied = evolve(self, reply=Reply(text=said, at=at))
        return Change(self, replied, (self._told(ReviewReplied, at),))

    # ---- deciding ----------------------------------------------------------------------------------------------------

    def decide(self, action: ReviewAction, reason: ReviewReason | None, *, actor: Actor, at: datetime) -> Change[Review]:
        """What waits goes up or not; what is up is hidden, shown again, or removed (REV-R4, REV-R5).

        Raises ReviewWrongState, InvalidInput for a reason where none is asked for, or none where one is.
        """
        if (action in NEEDS_REASON) is not (reason is not None):
            said = "say which of the reasons it is" if reason is None else "only what is kept from readers has a reason"
            raise InvalidInput.of("reason", "reason", said)
        if action is ReviewAction.PUBLISH:
            return self._publish(actor, at)
        if action is ReviewAction.SHOW:
            return self._show(actor, at)
        assert reason is not None
        if action is ReviewAction.REJECT:
            return self._reject(reason, actor, at)
        return self._hide(reason, actor, at) if action is ReviewAction.HIDE else self._remove(reason, actor, at)

    def _hide(self, reason: ReviewReason, actor: Actor, at: datetime) -> Change[Review]:
        """Also while other words wait: else whoever edits again and again keeps up what must go."""
        if not self.is_up:
            raise self._wrong()
        hidden = self._to(ReviewStatus.HIDDEN, reason=reason, decided_by=actor)
        return Change(self, hidden, (self._told(ReviewHidden, at, reason=reason.value),))

    def _show(self, actor: Actor, at: datetime) -> Change[Review]:
        hidden = self._from(ReviewStatus.HIDDEN)
        waits = self.waiting is not None or self.follow_up_waits
        stands = ReviewStatus.PENDING if waits else ReviewStatus.PUBLISHED
        return Change(self, hidden._to(stands, reason=None, decided_by=actor), (self._told(ReviewShown, at),))

    def _remove(self, reason: ReviewReason, actor: Actor, at: datetime) -> Change[Review]:
        """Its pictures are let go (REV-R9): nobody will see them here again."""
        later = evolve(self.follow_up, pictures=()) if self.follow_up is not None else None
        removed = self._from(ReviewStatus.HIDDEN)._to(
            ReviewStatus.REMOVED, reason=reason, decided_by=actor, waiting=None, follow_up=later,
            shown=evolve(self.shown, pictures=()) if self.shown is not None else None,
        )  # fmt: skip
        return Change(self, removed, (self._told(ReviewRemoved, at, reason=reason.value),))

    def _publish(self, actor: Actor, at: datetime) -> Change[Review]:
        waited = self._from(ReviewStatus.PENDING)
        up = waited._to(
            ReviewStatus.PUBLISHED, shown=self.waiting or self.shown, waiting=None, decided_by=actor, reason=None,
            follow_up=self._later(ReviewStatus.PUBLISHED), published_at=self.published_at or at,
        )  # fmt: skip
        return Change(self, up, (self._told(ReviewPublished if self.published_at is None else ReviewEdited, at),))

    def _reject(self, reason: ReviewReason, actor: Actor, at: datetime) -> Change[Review]:
        waited = self._from(ReviewStatus.PENDING)
        stays = self.shown is not None
        refused = waited._to(
            ReviewStatus.PUBLISHED if stays else ReviewStatus.REJECTED, waiting=None if stays else self.waiting,
            follow_up=self._later(ReviewStatus.REJECTED), reason=reason, decided_by=actor,
        )  # fmt: skip
        return Change(self, refused, (self._told(ReviewRejected, at, reason=reason.value),))

    def _later(self, status: ReviewStatus) -> FollowUp | None:
        later = self.follow_up
        return evolve(later, status=status) if later is not None and later.status is ReviewStatus.PENDING else later

    def _from(self, status: ReviewStatus) -> Review:
        if self.status is not status:
            raise self._wrong()
        return self

    def _to(self, status: ReviewStatus, **changes: Any) -> Review:
        if status not in NEXT[self.status]:
            raise self._wrong()
        return evolve(self, status=status, **changes)

    def _wrong(self) -> ReviewWrongState:
        return ReviewWrongState(review_id=self.id, status=self.status.value)

    def _told(self, kind: type[ReviewEvent], at: datetime, **facts: Any) -> ReviewEvent:
        return kind(at=at, review_id=self.id, product_id=self.product_id, **facts)
