"""BehaviourEvent: what somebody did in the shop, kept only with their consent (行为)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, ProductId

BATCH_MAX: Final = 50
SKEW_AHEAD: Final = timedelta(minutes=5)
SKEW_BEHIND: Final = timedelta(days=1)
TEXT_MAX: Final = 200
_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BehaviourKind(Enum):
    """What can be noted."""  # BEH-R1

    VIEW = "view"
    SEARCH = "search"
    ADD = "add"
    FAVOURITE = "favourite"
    SHARE = "share"
    OPEN_SHARED = "open_shared"
    ORDER = "order"
    PAY = "pay"
    REFUND = "refund"
    REVIEW = "review"
    LIKE = "like"
    FOLLOW = "follow"
    STORE_VISIT = "store_visit"


@frozen(kw_only=True)
@checked
class Context:
    """Where somebody came from: the page or channel, a campaign, a share token (BEH-R1)."""

    source: str = ""
    campaign: str = ""
    share_token: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("source", "campaign", "share_token"):
            if len(getattr(self, name)) > TEXT_MAX:
                raise InvalidInput.of(name, "length", f"at most {TEXT_MAX} characters")


NO_CONTEXT: Final = Context()


@frozen
@checked
class Visitor:
    """Who did it: a member, or a device that is nobody yet; never both (BEH-R2)."""

    member_id: MemberId | None = None
    anonymous_id: str | None = None

    def __attrs_post_init__(self) -> None:
        if (self.member_id is None) == (self.anonymous_id is None):
            raise InvalidInput.of("anonymous_id", "one_of", "a visitor is either a member or anonymous")
        if self.anonymous_id is not None and not 1 <= len(self.anonymous_id) <= TEXT_MAX:
            raise InvalidInput.of("anonymous_id", "length", f"1 to {TEXT_MAX} characters")


@frozen(kw_only=True)
class BehaviourEvent:
    """One thing that somebody did (BEH-R1); its id is made by the client, so telling it twice changes nothing."""

    id: UUID
    visitor: Visitor
    session: str
    kind: BehaviourKind
    object: str
    context: Context
    occurred_at: datetime
    received_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if len(self.session) > TEXT_MAX or len(self.object) > TEXT_MAX:
            raise ValueError("session and object are short texts")
        if not is_timely(self.occurred_at, self.received_at):
            raise ValueError("it happened neither long ago nor in the future")

    def captured(self) -> Change[BehaviourEvent]:
        """Keep it."""
        return Change(None, self)


@frozen
class SeenGoods:
    """Goods that a member has looked at, and when the last time (浏览记录)."""

    product_id: ProductId
    at: datetime


def goods_named(object: str) -> ProductId | None:
    """The goods that were looked at, as the shop notes them; devices may tell of looks at other things."""
    return ProductId(UUID(object)) if _ID.fullmatch(object) else None


def is_timely(occurred_at: datetime, received_at: datetime) -> bool:
    """Whether a client's time is within the bounded skew of ours (BEH-R1)."""
    return received_at - SKEW_BEHIND <= occurred_at <= received_at + SKEW_AHEAD
