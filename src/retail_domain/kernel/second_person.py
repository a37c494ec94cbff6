"""Two people (双人复核): what is too large for one person to decide waits for another (R35, ACC-R14).

A use case measures what it is about to bring about and asks, `second.check("refund", minor, command)`, before it stages
anything. Its command has a `seconded_by`, which no door fills: whoever approves it does. Above the limit it refuses;
whoever put the shop together turns that into a request which waits, and runs the very same use case when somebody else
approves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol

from attrs import field, frozen

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import DomainError, InvalidInput, Kind, refusal

REFUND: Final = "refund"
"""All that an order has given back, this decision included, in minor units: so that two small refunds are one large one."""
WRITE_OFF: Final = "write_off"
"""Units that one correction takes off a shelf."""
PRICE_CUT: Final = "price_cut"
"""What an order's price goes down by, in minor units."""
POINTS: Final = "points"
"""Points that staff add or take at once."""
WALLET: Final = "wallet"
"""What staff give into a wallet or take at once, in minor units."""
WITHDRAWAL: Final = "withdrawal"
"""What is paid out of a wallet at once, in minor units."""
MATTERS: Final = (REFUND, WRITE_OFF, PRICE_CUT, POINTS, WALLET, WITHDRAWAL)
"""What our own use cases measure; a host's may measure more."""


class Secondable(Protocol):
    """A command that may have to wait for a second person."""

    @property
    def actor(self) -> Actor: ...
    @property
    def seconded_by(self) -> Actor | None: ...


@refusal
class NeedsSecondPerson(DomainError):
    """This is too large for one person; somebody else has to approve it."""

    code = "approval.needed"
    kind = Kind.REFUSED
    matter: str
    size: int
    limit: int


@frozen(kw_only=True)
@checked
class SecondPerson:
    """Above which size a matter takes two people; matters that are not named never do."""

    limits: Mapping[str, int] = field(factory=dict)
    lasting: timedelta = timedelta(days=3)
    """So long a request waits."""

    def __attrs_post_init__(self) -> None:
        for matter, limit in self.limits.items():
            if limit < 0:
                raise InvalidInput.of(f"limits.{matter}", "negative", "a limit is 0 or more")
        if self.lasting <= timedelta(0):
            raise InvalidInput.of("lasting", "positive", "a request waits for some time")

    def check(self, matter: str, size: int, command: Secondable) -> None:
        """Raises NeedsSecondPerson above the limit, unless somebody has approved it.

        The shop itself, and code of a host that acts as the system, decide alone.
        """
        limit = self.limits.get(matter)
        is_person = command.actor.kind in (ActorKind.STAFF, ActorKind.MACHINE)
        if limit is not None and size > limit and is_person and command.seconded_by is None:
            raise NeedsSecondPerson(matter=matter, size=size, limit=limit)


ALONE: Final = SecondPerson()
"""Nothing takes two people."""
