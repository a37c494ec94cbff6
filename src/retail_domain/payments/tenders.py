"""Inside tenders (站内支付): accounts of the shop's own, a wallet or a gift card, that pay an order together with a provider.

The shop has none by itself: a context or a host brings a `Tender`, and `Outside(tenders=...)` takes it up. An account is
charged when its part is held, and is given back what was held for an order that came to nothing and what is refunded:
at every moment, charged = held + applied + released (PAY-R11).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from attrs import field, frozen

from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.names import is_name
from retail_domain.payments.errors import TenderNotOffered
from retail_domain.payments.model.ledger import COUNTER, OURS
from retail_domain.payments.states import GATEWAY

W = TypeVar("W", contravariant=True)
A = TypeVar("A")

_TAKEN_NAMES: Final = frozenset({GATEWAY, COUNTER, *OURS})


@frozen(kw_only=True)
class Movement:
    """What an account is charged or given back, and why; each reference is used once in each direction, and never again."""

    reference: str
    order_id: OrderId
    amount: Money
    at: datetime


class Tender(ABC, Generic[W, A]):
    """A kind of account; `A` is one of them, a value. Its rows are locked with `Rank.TENDER`, before the order."""

    name: ClassVar[str]
    """Kept with every payment by it, and the name of its account in the books: it never changes."""

    takes_in: ClassVar[bool] = False
    """Whether a refund of what others paid may go here, since its member wishes it so."""

    @abstractmethod
    async def claim(self, work: W, member_id: MemberId, order_id: OrderId) -> A:
        """This member's account, locked until the unit ends, with what it needs to know of this order; one that never was is
        empty.
        """

    @abstractmethod
    def available(self, account: A, currency: str) -> int:
        """How much of it could be held now, in minor units of that currency; never less than nothing."""

    @abstractmethod
    def charge(self, account: A, movement: Movement) -> A:
        """The account without what is held, which is no more than what is available. Pure."""

    @abstractmethod
    def give_back(self, account: A, movement: Movement) -> A:
        """The account with what was released or refunded; this is never refused, whatever became of the account. Pure."""

    def take_in(self, account: A, movement: Movement) -> A:
        """The account with a refund of what another tender had paid; asked of those alone that `takes_in`. Pure."""
        raise TenderNotOffered(tender=self.name)

    @abstractmethod
    def save(self, work: W, account: A) -> None:
        """Stage it."""


AnyTender = Tender[Any, Any]


def _by_name(tenders: Iterable[AnyTender]) -> Mapping[str, AnyTender]:
    listed = tuple(tenders)
    for one in listed:
        if not isinstance(one, Tender):
            raise TypeError(f"{one!r} is no tender")
    names = [one.name for one in listed]
    if len(set(names)) != len(names) or any(not is_name(name) or name in _TAKEN_NAMES for name in names):
        raise ValueError("every tender has a name of its own, which no account of the books has")
    return {one.name: one for one in listed}


@frozen
class Tenders:
    """The inside tenders of a shop. Raises TypeError for what is no tender, ValueError when two have one name."""

    by_name: Mapping[str, AnyTender] = field(converter=_by_name, factory=tuple)

    def of(self, name: str) -> AnyTender:
        """The tender of that name. Raises TenderNotOffered."""
        if name not in self.by_name:
            raise TenderNotOffered(tender=name)
        return self.by_name[name]

    def taking_in(self, name: str) -> AnyTender:
        """The tender of that name, if refunds of what others paid may go there. Raises TenderNotOffered."""
        tender = self.of(name)
        if not tender.takes_in:
            raise TenderNotOffered(tender=name)
        return tender
