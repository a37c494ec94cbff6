"""What the shop holds about a member: each context says it in its manifest `personal.py`, and nobody keeps another list.

From these manifests the export is made, and erasure walks along them. A column that may tell of a person and stands in none
of them fails a test, so that nothing new is forgotten (R40).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import field, frozen

from retail_domain.kernel.ids import MemberId


class Fate(Enum):
    """What becomes of rows when their member is erased."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    """The rows stay, without what tells of a person."""
    OWN_STEP = "own_step"
    """A step of its own deals with them; `why` says how."""
    STAYS = "stays"
    """They tell of a person only by an id that leads to nobody any more; `why` says what they are needed for."""


@frozen(kw_only=True)
class Holding:
    """Rows of one table about a member. `name` is their section in the export.

    They are found by the column `whose`, which holds the member's id, or with `through` the id of a row of that table which is
    the member's. `only` narrows them down by the stored values of columns.
    """

    name: str
    table: str
    whose: str = "member_id"
    through: str = ""
    only: Mapping[str, str] = field(factory=dict)
    told: tuple[str, ...] = ()
    """The columns that the export shows."""
    fate: Fate
    emptied: Mapping[str, Any] = field(factory=dict)
    """What stands in these columns afterwards."""
    why: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.fate is Fate.EMPTIED) != bool(self.emptied):
            raise ValueError(f"{self.name}: what is emptied names its columns")
        if (self.fate in (Fate.STAYS, Fate.OWN_STEP)) != bool(self.why):
            raise ValueError(f"{self.name}: what is not simply erased says why")


class SettledBy(Enum):
    """What gets something out of the way of closing an account."""

    CANCEL = "cancel"
    """The member calls the order off."""
    RECEIVE = "receive"
    """The member says that the goods have arrived."""
    EMPTY = "empty"
    """The member withdraws what is in their wallet, or gives it up."""
    WAIT = "wait"
    """The shop carries on by itself, or somebody of staff does."""


@frozen(kw_only=True)
class InTheWay:
    """Something that must be over before an account is closed, and what settles it."""

    kind: str
    """`order`, `payment`, `refund`, `withdrawal` or `wallet`, which goes by its member."""
    id: UUID
    settled_by: SettledBy
    until: datetime | None = None
    """When it is over by itself at the latest, where that is known."""


LookForWay: TypeAlias = Callable[[Any, MemberId], Awaitable[Sequence[InTheWay]]]
"""What of a context stands in the way of closing a member's account; asked with a unit of work."""


@frozen(kw_only=True)
class Personal:
    """The manifest of one context: `PERSONAL` in its module `personal`."""

    holdings: tuple[Holding, ...]
    in_the_way: LookForWay | None = None


NEEDED_FOR_THE_BOOKS: Final = "what was bought and paid is proven by it; it names nobody but an id that leads nowhere"
"""Why rows of trade stay."""
