"""Taking (占用): one kind of limited thing that placing takes, paying makes firm, closing and refunding give back.

A kind knows two sorts of rows. What orders *share*, such as a shelf or a counter, is locked before the order, in rank order,
and is claimed for a whole batch with one statement. What one order has *alone*, such as a promise, is touched only by who
holds the order's lock, and is read under it. Shared rows count what is open and what is used alike, and what an order has
alone tells them apart: so paying need not lock anything shared.

At every moment, each unit once: taken = open + used + given back (STK-R7, ORD-I5).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Final, Generic, TypeVar

from attrs import frozen

from retail_domain.catalog import SkuTerms
from retail_domain.kernel.change import Change
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId, OrderId, SkuId
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.settings import NOTHING_SET, InForce
from retail_domain.ordering import Order, Returning
from retail_domain.pricing import PricedLine, Quote, Wish
from retail_domain.settings import NO_CHANGES, Timetable

W = TypeVar("W", contravariant=True)
H = TypeVar("H")
T = TypeVar("T")


class Why(Enum):
    """What is about to be decided about an order."""

    PAYING = "paying"
    GOING_ON = "going_on"
    """What the order waited for is there."""
    RELEASING = "releasing"
    SHIPPING = "shipping"
    COMPLETING = "completing"


class Paid(Enum):
    """What a kind says when the money of an order is here."""

    FIRM = "firm"
    WAITS = "waits"
    """The order is paid, but cannot be shipped yet: a group is not complete."""
    REFUSED = "refused"
    """What was taken is gone: the money is late and goes back by itself, and the order is closed."""


@frozen
class Known:
    """What a kind tells the steps of the price about a buyer, and what a quote that looked at it rests on."""

    value: Any
    grounds: tuple[Ground, ...]


@frozen(kw_only=True)
class Asking:
    """For whom and for which goods something is quoted, when, and what is set then."""

    member_id: MemberId
    sku_ids: Collection[SkuId]
    at: datetime
    in_force: InForce = NOTHING_SET
    wishes: tuple[Wish, ...] = ()
    """What the buyer would like to use."""


@frozen(slots=False)
class Demand:
    """A quote that somebody wants to order, and on what terms its goods are sold now."""

    quote: Quote
    goods: Mapping[SkuId, SkuTerms]
    timetable: Timetable = NO_CHANGES
    """What is set, at any moment."""
    at: datetime | None = None
    """When it is claimed: what is known of a buyer may hold for a while only."""

    @property
    def lines(self) -> Iterable[tuple[int, PricedLine]]:
        """Each line with the number it will have in the order."""
        return enumerate(self.quote.lines, 1)

    @cached_property
    def units(self) -> Mapping[SkuId, int]:
        """How many of each SKU, all its lines together (R2)."""
        units: dict[SkuId, int] = {}
        for line in self.quote.lines:
            units[line.goods.sku_id] = units.get(line.goods.sku_id, 0) + line.quantity
        return units

    def grounds(self, kind: str) -> tuple[Ground, ...]:
        """What of this kind the quote rests on."""
        grounds = self.quote.basket.grounds
        return tuple(ground for ground in grounds if ground.kind == kind) if grounds else ()


@frozen(kw_only=True)
class Minted:
    """What an order needs from outside the domain: its id and its number."""

    order_id: OrderId
    number: str


@frozen(kw_only=True)
class Given:
    """What the order must know of what was taken for it, before it exists."""

    limited: frozenset[SkuId] = frozenset()
    """SKUs whose units count against a purchase limit."""
    pay_by: datetime | None = None
    """What was taken is kept no longer than this for an order that is not paid."""
    open_slot: int | None = None
    """Which of its member's places for unpaid orders it takes."""
    brings: frozenset[str] = frozenset()
    """Kinds that may bring something of it, or will be asked what becomes of it."""
    points_rate: int = 0
    """How many points each 10,000 minor units paid for its goods bring."""

    def and_(self, other: Given) -> Given:
        """Both; the earlier deadline counts."""
        if self is NOTHING or other is NOTHING:
            return other if self is NOTHING else self
        deadlines = [one for one in (self.pay_by, other.pay_by) if one is not None]
        return Given(
            limited=self.limited | other.limited, pay_by=min(deadlines, default=None),
            open_slot=self.open_slot if self.open_slot is not None else other.open_slot,
            brings=self.brings | other.brings, points_rate=self.points_rate or other.points_rate,
        )  # fmt: skip


NOTHING: Final = Given()


class Follower(ABC, Generic[W, H, T]):
    """What follows an order through its life: `H` is what orders share of it, `T` what one order has alone; both values.

    `W` is the unit of work it needs. Nothing is asked, and no statement made, for decisions named in neither `locks` nor
    `reads`.
    """

    kind: ClassVar[str]
    """Its name, kept with every order that took it or may bring it: small letters, digits and underscores; it never changes."""
    rank: ClassVar[Rank]
    """Where its shared rows stand in the order of locks; no kind comes after the order itself."""
    locks: ClassVar[frozenset[Why]] = frozenset()
    """For which decisions what is shared is locked. A kind that locks for PAYING costs every payment a look at the order."""
    reads: ClassVar[frozenset[Why]] = frozenset()
    """For which decisions what an order has alone is read."""

    @abstractmethod
    async def lock(self, work: W, order: Order) -> H:
        """Lock what an order shares, in one statement, before the order itself.

        The order was read without a lock: only what never changes of it counts.
        """

    @abstractmethod
    async def own(self, work: W, order: Order) -> T:
        """What an order has alone, in one statement, while it is locked."""

    def follow(self, shared: H, own: T, change: Change[Order], at: datetime) -> tuple[H, T]:
        """What a decision about an order means: units are given back, also in part, or used. Pure."""
        return shared, own

    @abstractmethod
    def save(self, work: W, shared: H | None, own: Sequence[T]) -> None:
        """Stage what was decided; records that share a unique key in the order of that key. None: nothing was locked."""


class Taking(Follower[W, H, T]):
    """A kind of limited thing.

    A kind goes by its name with every order that took it: it stays with the shop until the last of them is over.
    """

    is_noted: ClassVar[bool] = True
    """Whether orders note that they took it, since something is to be decided about it later."""

    async def known(self, work: W, member_id: MemberId, sku_ids: Iterable[SkuId]) -> Known | None:
        """For quoting: what steps may look at for this buyer and these goods, as `buyer.known[kind]`; read without a lock.

        Its grounds join those of the quote; `present` says at placing whether they still hold.
        """
        return None

    async def told(self, work: W, asking: Asking) -> Known | None:
        """The same for a kind that looks at the time, or at what is set."""
        return await self.known(work, asking.member_id, asking.sku_ids)

    @abstractmethod
    async def claim(self, work: W, demands: Sequence[Demand]) -> H:
        """For placing: lock what these demands share, in one statement, or none when no demand wants any."""

    def present(self, shared: H, demand: Demand) -> Iterable[Ground]:
        """What of this kind the quote would rest on now; anything else than what it rests on is a changed price (R7)."""
        return ()

    @abstractmethod
    def take(self, shared: H, demand: Demand, minted: Minted, at: datetime) -> tuple[H, T, Given] | None:
        """Take what one order needs, before it exists; None when it needs nothing. Raises the kind's own refusals. Pure."""

    def paid(self, shared: H, own: T, order: Order, at: datetime) -> tuple[H, T, Paid]:
        """The money is here and the order not paid yet: make it firm, or say why not. Twice changes nothing. Pure."""
        return shared, own, Paid.FIRM


class BuyerFact(Taking[W, H, None]):
    """Something about buyers that prices look at, and nothing that is taken: staff, tiers, contracts.

    A quote rests on it as on a limited thing: `known` tells the steps and gives the ground, `claim` reads again at placing
    what the quotes of a batch rest on, `present` says how it is now.
    """

    rank: ClassVar[Rank] = Rank.HOST

    @abstractmethod
    async def known(self, work: W, member_id: MemberId, sku_ids: Iterable[SkuId]) -> Known | None:
        """What steps see as `buyer.known[kind]`, and the ground it is; None for a buyer of whom there is nothing to say."""

    @abstractmethod
    def present(self, shared: H, demand: Demand) -> Iterable[Ground]:
        """The ground as it is now; none when it is gone."""

    def take(self, shared: H, demand: Demand, minted: Minted, at: datetime) -> None:
        """Nothing."""

    async def lock(self, work: W, order: Order) -> H:
        """Never asked: no order has any."""
        raise LookupError(self.kind)

    async def own(self, work: W, order: Order) -> None:
        """Nothing."""

    def save(self, work: W, shared: H | None, own: Sequence[None]) -> None:
        """Nothing has changed."""


class Earning(Follower[W, H, T]):
    """What an order brings: frozen when it is paid, released when it is completed, revoked in proportion by refunds.

    At every moment: granted = frozen + released + revoked. It names RELEASING in `locks` or `reads`, and COMPLETING if it
    releases anything; never PAYING: when an order is paid, nothing of it is there yet. `follow` is then given None for both,
    at the counter and for an order that costs nothing alike, and no statement is made. An order that was paid before the
    shop had this kind has None of it for good.

    Its name is kept with every order that is placed while the shop has it, unless `foresee` says otherwise, whether it comes to
    bring anything or not: it stays with the shop until the last of them is over. One that was placed before goes on, also in a
    process that lacks the kind.
    """

    def foresee(self, demand: Demand, at: datetime) -> Given:
        """When an order is placed, on the terms of that moment: what it must know, and whether it notes this kind. Pure."""
        return Given(brings=frozenset({self.kind}))

    def keeps_back(self, shared: H, own: T, order: Order, returning: Returning) -> int:
        """How much of what is returned in all is not paid back, in minor units: what was brought and is spent. Pure.

        In all: it may be less than it was at the refund before, whose rest is then paid back now. `follow` is told the same
        decision next, and takes back what this did not keep.

        What is spent stays kept back when everything is returned. What was taken off the price for a threshold does not: to
        who keeps nothing it is worth nothing, and all that was paid goes back (PRC-R7).
        """
        return 0


AnyFollower = Follower[Any, Any, Any]
