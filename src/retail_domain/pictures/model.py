"""Picture: from its arrival until nothing shows it any more, and who shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures.errors import PictureInUse, PictureNotFound, PictureUnfit
from retail_domain.pictures.reading import Heading, PictureKind

ARRIVES_WITHIN: Final = timedelta(hours=1)
"""An upload that was not finished by then never will be."""
TRY_AGAIN_AFTER: Final = timedelta(minutes=2)
"""When a picture is taken up once more, since who prepared it said nothing: twice what preparing may take."""
TRIES_MAX: Final = 3
KEPT_UNUSED: Final = timedelta(days=1)
"""How long a prepared picture waits for something that shows it."""
KEPT_REFUSED: Final = timedelta(days=7)
"""How long its owner can read why a picture was refused."""
SENT: Final = "sent/"
WIDTHS: Final = (400, 800, 1600)
CARD_WIDTH: Final = 800


class PictureState(Enum):
    """How far a picture is."""

    ARRIVING = "arriving"
    """Announced; its bytes are not kept yet."""
    WAITING = "waiting"
    """Being prepared."""
    READY = "ready"
    REFUSED = "refused"
    GOING = "going"
    """Nothing shows it; its files are being deleted, and after them the row."""


class Unfit(Enum):
    """Why a picture was refused when it was prepared."""

    BROKEN = "broken"
    """It cannot be decoded to its end."""
    TOO_LARGE = "too_large"
    """It has more pixels than it may have, or says so only when it is decoded."""
    MOVING = "moving"
    """It has several frames."""
    TOO_HARD = "too_hard"
    """Preparing it took more time or memory than a picture may take, again and again."""
    LOST = "lost"
    """What was sent is not kept any more."""


@frozen
class PictureUser:
    """What shows a picture: a word for the sort of thing, such as `review`, and which one."""

    sort: str
    id: UUID


@frozen(kw_only=True)
class PictureUse:
    """That something shows a picture; it never changes."""

    picture_id: PictureId
    sort: str
    user_id: UUID
    version: int = 0


def for_goods(id: PictureId) -> PictureUse:
    """Pictures that staff send are shown by goods until staff forget them: goods name them by address, which nobody counts."""
    return PictureUse(picture_id=id, sort="goods", user_id=id)


@frozen
class PictureFile:
    """One of the files that a picture is served as."""

    name: str
    width: int
    height: int


def name_of(id: PictureId, content: bytes) -> str:
    """What a picture's files begin with: a hash of its content and its id (PIC-R6).

    Of the id too: else whoever has a picture could find out whether somebody else has sent the same, and one member's
    forgetting would have to wait for another's.
    """
    return sha256(id.bytes + content).hexdigest()


def sent_name(id: PictureId) -> str:
    """Where a picture lies as it was sent, until it has been prepared; nothing serves it."""
    return f"{SENT}{id.hex}"


def files_of(name: str, width: int, height: int) -> Sequence[PictureFile]:
    """What is made of a picture of this size: WebP of each width, never enlarged, and a JPEG for cards (PIC-R5)."""
    widths = [one for one in WIDTHS if one < width]
    if len(widths) < len(WIDTHS):
        widths.append(width)
    card = min(CARD_WIDTH, width)
    made = [*((one, "webp") for one in widths), (card, "jpg")]
    return [PictureFile(f"{name}-{one}.{ending}", one, max(1, round(height * one / width))) for one, ending in made]


@frozen(kw_only=True)
class Picture:
    """One picture that was sent. `due_at` is when the worker looks after it next; what is shown and settled needs nobody."""

    id: PictureId
    owner: Actor
    state: PictureState
    kind: PictureKind
    size_bytes: int
    width: int
    height: int
    """As it was sent; turned upright once it is ready."""
    name: str
    """What its files begin with."""
    reason: Unfit | None = None
    tries: int = 0
    uses: int = 0
    is_sent_kept: bool = True
    """Whether what was sent may still lie there."""
    due_at: datetime | None
    at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.uses < 0:
            raise ValueError("nothing is shown less than never")

    @classmethod
    def announced(cls, id: PictureId, owner: Actor, heading: Heading, content: bytes, *, at: datetime) -> Change[Picture]:
        """The row comes before any file, so that no file is ever without one (PIC-R7)."""
        made = cls(
            id=id, owner=owner, state=PictureState.ARRIVING, kind=heading.kind, size_bytes=len(content),
            width=heading.width, height=heading.height, name=name_of(id, content), due_at=at + ARRIVES_WITHIN, at=at,
        )  # fmt: skip
        return Change(None, made)

    @property
    def files(self) -> Sequence[PictureFile]:
        """What it is served as; nothing before it is ready."""
        return files_of(self.name, self.width, self.height) if self.state is PictureState.READY else ()

    @property
    def every_file(self) -> Sequence[str]:
        """Every file that may lie there for it, whichever way it is turned."""
        ways = (files_of(self.name, self.width, self.height), files_of(self.name, self.height, self.width))
        return [sent_name(self.id), *sorted({one.name for way in ways for one in way})]

    def kept_for_goods(self) -> Picture:
        """Shown by goods from the start; see `for_goods`."""
        return evolve(self, uses=1)

    def arrived(self, *, at: datetime) -> Change[Picture]:
        """Its bytes are kept. Telling it twice changes nothing."""
        if self.state is not PictureState.ARRIVING:
            return Change(self, self)
        return Change(self, evolve(self, state=PictureState.WAITING, due_at=at))

    def taken_up(self, *, at: datetime) -> Change[Picture]:
        """Somebody begins to prepare it; who dies of that is counted, and after a few the picture is refused (PIC-R4)."""
        if self.tries >= TRIES_MAX:
            return self.refused(Unfit.TOO_HARD, at=at)
        return Change(self, evolve(self, tries=self.tries + 1, due_at=at + TRY_AGAIN_AFTER))

    def prepared(self, width: int, height: int, *, at: datetime) -> Change[Picture]:
        """Its files are there, and this is its size upright. A picture that went meanwhile stays gone."""
        if self.state is not PictureState.WAITING:
            return Change(self, self)
        return Change(self, evolve(self, state=PictureState.READY, width=width, height=height, due_at=at))

    def refused(self, reason: Unfit, *, at: datetime) -> Change[Picture]:
        """It is none that can be shown; its owner reads why."""
        if self.state is not PictureState.WAITING:
            return Change(self, self)
        return Change(self, evolve(self, state=PictureState.REFUSED, reason=reason, due_at=at))

    def sent_is_gone(self, *, at: datetime) -> Change[Picture]:
        """What was sent is deleted."""
        rid = evolve(self, is_sent_kept=False)
        return Change(self, evolve(rid, due_at=rid._rests_until(at)))

    def used(self, *, at: datetime) -> Change[Picture]:
        """One more thing shows it. Raises PictureNotFound once it goes, PictureUnfit for one that was refused."""
        if self.state in (PictureState.GOING, PictureState.ARRIVING):
            raise PictureNotFound(picture_id=self.id)
        if self.state is PictureState.REFUSED:
            raise PictureUnfit(picture_id=self.id, reason=(self.reason or Unfit.BROKEN).value)
        more = evolve(self, uses=self.uses + 1)
        return Change(self, evolve(more, due_at=more._next(at)))

    def let_go(self, *, at: datetime) -> Change[Picture]:
        """One thing fewer shows it."""
        fewer = evolve(self, uses=self.uses - 1)
        return Change(self, evolve(fewer, due_at=fewer._next(at)))

    def goes(self, *, at: datetime) -> Change[Picture]:
        """It is forgotten from now on: its files first, then the row. Raises PictureInUse.

        While it may be in preparation, that is waited for: else files would be written after they were deleted.
        """
        if self.uses:
            raise PictureInUse(picture_id=self.id, uses=self.uses)
        after = at + TRY_AGAIN_AFTER if self.state is PictureState.WAITING else at
        return Change(self, evolve(self, state=PictureState.GOING, due_at=after))

    def is_due(self, at: datetime) -> bool:
        """Whether there is anything to do about it."""
        return self.due_at is not None and self.due_at <= at

    def _next(self, at: datetime) -> datetime | None:
        """Who is being prepared, or goes, is looked after when it was to be; others rest."""
        is_settled = self.state in (PictureState.READY, PictureState.REFUSED) and not self.is_sent_kept
        return self._rests_until(at) if is_settled else self.due_at

    def _rests_until(self, at: datetime) -> datetime | None:
        if self.uses:
            return None
        return at + (KEPT_UNUSED if self.state is PictureState.READY else KEPT_REFUSED)
