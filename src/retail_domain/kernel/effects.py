"""Effects (后果): what a use case may bring about, whichever door somebody comes through (R35).

A use case says what it brings about. A door finds out from that what its caller must be allowed; an embedder's own code is
trusted. What is brought about only at times, such as money that goes back when an order is called off that was paid, is said
as well: the wish then carries what whoever acts may bring about.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from attrs import frozen

F = TypeVar("F", bound=Callable[..., Any])


class Effect(Enum):
    """What somebody must be allowed to bring about, and nobody brings about by the way."""

    MONEY_BACK = "money_back"
    """Money that was paid goes back."""
    MONEY_TAKEN = "money_taken"
    """An order counts as paid because somebody says so."""
    MONEY_IN_DOUBT = "money_in_doubt"
    """Somebody decides about money that contradicts what was asked for."""
    SELLING_PRICE = "selling_price"
    """What buyers are asked for, delivery included."""
    COST = "cost"
    """What goods cost the shop itself."""
    GOODS = "goods"
    """What is offered, how it is described, and whether it is for sale."""
    STOCK = "stock"
    """How many units there are, and where."""
    ORDER_PLACED = "order_placed"
    """Somebody orders for a member."""
    ORDER_SHIPPED = "order_shipped"
    ORDER_CALLED_OFF = "order_called_off"
    ORDER_CHANGED = "order_changed"
    PERSONAL_DATA = "personal_data"
    """Names, numbers and addresses of members are told in clear."""
    MEMBERS_BARRED = "members_barred"
    MEMBERS_MOVED_IN = "members_moved_in"
    """People become members by a file, with what it says of them."""
    ACCOUNT_CLOSED = "account_closed"
    """The account of a member is closed for good, and what is known of them erased."""
    TIERS = "tiers"
    """A member has a tier that nobody earned."""
    ROLES = "roles"
    """Who works here, and what they may do."""
    KEYS = "keys"
    """Which programs come in, and what they may do."""
    NOTES = "notes"
    """What programs of others note on things, and no rule reads."""
    REGIONS = "regions"
    APPROVALS = "approvals"
    """What somebody else has asked for comes about, or not."""
    REVIEWS = "reviews"
    """What is up for everybody to read of what buyers say, and what the shop replies."""
    SETTINGS = "settings"
    """How the shop behaves, in every process."""
    DELIVERIES = "deliveries"
    """What was given up behind the counter is tried again."""
    POINTS = "points"
    """What members have of points, by the hand of staff."""
    WALLET = "wallet"
    """What members have in their wallets, by the hand of staff."""
    PAID_OUT = "paid_out"
    """Money of a wallet is paid out, or not."""
    COUPONS = "coupons"
    """What coupons there are, and who is given some by the hand of staff."""
    BOOKS = "books"
    """Days of the books are closed."""
    WEBHOOKS = "webhooks"
    """Who outside the shop is told what happens in it."""


Granted: TypeAlias = frozenset[Effect]
"""What whoever acts may bring about."""

EVERYTHING: Final[Granted] = frozenset(Effect)
"""What the code of a host, the system at the command line and the shop itself may bring about."""


@frozen
class Effects:
    """What a use case brings about whenever it succeeds, and what it brings about at times, if that was granted."""

    sure: tuple[Effect, ...]
    at_times: tuple[Effect, ...] = ()

    @property
    def all(self) -> frozenset[Effect]:
        """Both."""
        return frozenset((*self.sure, *self.at_times))


NOTHING: Final = Effects(())


def brings(*sure: Effect, at_times: tuple[Effect, ...] = ()) -> Callable[[F], F]:
    """Decorator of a use case, or of what is shown to staff: what it brings about."""

    def decorate(use_case: F) -> F:
        use_case.effects = Effects(sure, at_times)  # type: ignore[attr-defined]
        return use_case

    return decorate


def effects_of(use_case: Callable[..., Any]) -> Effects:
    """What a use case brings about; nothing where it says nothing."""
    found: Effects = getattr(use_case, "effects", NOTHING)
    return found
