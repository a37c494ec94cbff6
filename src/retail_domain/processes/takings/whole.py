"""Every kind of taking and earning, and the folds over them: nobody else knows which kinds there are (STK-R11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from attrs import field, frozen

from retail_domain.coupons import RuledCouponsWork
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import UnknownKinds
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.kernel.names import is_name
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order, Returning
from retail_domain.points import RuledPointsWork
from retail_domain.processes.takings.coupons import Coupons
from retail_domain.processes.takings.limits import LimitsWork, PurchaseLimits
from retail_domain.processes.takings.meaning import was_paid
from retail_domain.processes.takings.open_orders import OpenOrders, OpenOrdersWork
from retail_domain.processes.takings.points import WORLD, PointsOfOrders
from retail_domain.processes.takings.quota import CampaignQuota, QuotaWork
from retail_domain.processes.takings.stock import Stock, StockWork
from retail_domain.processes.takings.taking import (
    NOTHING,
    AnyFollower,
    Asking,
    Demand,
    Earning,
    Follower,
    Given,
    Known,
    Minted,
    Paid,
    Taking,
    Why,
)
from retail_domain.processes.takings.tier import TierOfBuyer, TierWork


class TakingsWork(
    LimitsWork, OpenOrdersWork, QuotaWork, RuledCouponsWork, RuledPointsWork, StockWork, TierWork, Protocol
):  # fmt: skip
    """What our own kinds need; a host's kinds find theirs in the same unit."""

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked in this unit."""
        ...


Shared: TypeAlias = Mapping[str, Any]
"""By kind: what orders share, locked."""
Own: TypeAlias = Mapping[str, Any]
"""By kind: what one order has of it."""

_RELEASE_BEFORE: frozenset[str] = frozenset({Stock.kind})


def _tells(kind: type[Taking[Any, Any, Any]]) -> bool:
    return kind.known is not Taking.known or kind.told is not Taking.told


def _in_lock_order(kinds: Iterable[AnyFollower]) -> tuple[AnyFollower, ...]:
    listed = tuple(kinds)
    for one in listed:
        if not isinstance(one, Follower):
            raise TypeError(f"{one!r} is no kind of what orders take or bring")
    return tuple(sorted(listed, key=lambda one: (one.rank, one.kind)))


@frozen
class Takings:
    """The kinds in the order of their locks: so locks are taken, and refusals told, the lowest rank first (R13).

    Raises TypeError for what is no kind, such as the class of one. Raises ValueError when two kinds have one name, when one has
    none that can be kept, when one stands after the order, and for an earning that wants something of an order which is only
    now paid, or does not follow refunds.
    """

    kinds: tuple[AnyFollower, ...] = field(converter=_in_lock_order)
    _takings: tuple[Taking[Any, Any, Any], ...] = field(init=False, eq=False, repr=False)
    _telling: tuple[Taking[Any, Any, Any], ...] = field(init=False, eq=False, repr=False)
    _earnings: tuple[Earning[Any, Any, Any], ...] = field(init=False, eq=False, repr=False)
    _names: frozenset[str] = field(init=False, eq=False, repr=False)
    _asked: Mapping[Why, tuple[AnyFollower, ...]] = field(init=False, eq=False, repr=False)
    _locking: frozenset[Why] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        names = [one.kind for one in self.kinds]
        if len(set(names)) != len(names):
            raise ValueError("every kind has a name of its own")
        for name in names:
            if not is_name(name):  # an order keeps the names of what it took joined by blanks
                raise ValueError(f"a kind is named in small letters, digits and underscores, a letter first, not {name!r}")
        if any(one.rank >= Rank.ORDER for one in self.kinds):
            raise ValueError("what orders share is locked before the order")
        takings = tuple(one for one in self.kinds if isinstance(one, Taking))
        earnings = tuple(one for one in self.kinds if isinstance(one, Earning))
        if any(
            (Why.PAYING in one.locks | one.reads and not isinstance(one, Taking)) or Why.RELEASING not in one.locks | one.reads
            for one in earnings
        ):
            raise ValueError("what is earned begins with the payment, and is asked about whatever is refunded")
        derived = {
            "_takings": takings,
            "_telling": tuple(one for one in takings if _tells(type(one))),
            "_earnings": earnings,
            "_names": frozenset(names),
            "_asked": {why: tuple(one for one in self.kinds if why in one.locks | one.reads) for why in Why},
            "_locking": frozenset(why for one in self.kinds for why in one.locks),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    # ---- quoting and placing -----------------------------------------------------------------------------------------

    async def known(self, work: Any, asking: Asking) -> Mapping[str, Known]:
        """By kind, what steps may look at."""
        found = [(kind.kind, await kind.told(work, asking)) for kind in self._telling]
        return {kind: known for kind, known in found if known is not None}

    async def claim(self, work: TakingsWork, demands: Sequence[Demand]) -> Shared:
        """Lock what a batch needs, one statement a kind at most."""
        return {kind.kind: await kind.claim(work, demands) for kind in self._takings}

    def present(self, shared: Shared, demand: Demand) -> frozenset[Ground]:
        """What a quote would rest on now, as far as the kinds know."""
        return frozenset(ground for kind in self._takings for ground in kind.present(shared[kind.kind], demand))

    def take(self, shared: Shared, demand: Demand, minted: Minted, at: datetime) -> tuple[Shared, Own, Given]:
        """Take everything an order needs, or nothing: what was given is never changed. Raises what the kinds raise."""
        after, given = dict(shared), NOTHING
        own: dict[str, Any] = {}
        for kind in self._takings:
            taken = kind.take(shared[kind.kind], demand, minted, at)
            if taken is not None:
                after[kind.kind], mine, told = taken
                given = given.and_(told)
                if kind.is_noted:
                    own[kind.kind] = mine
        for earning in self._earnings:
            given = given.and_(earning.foresee(demand, at))
        return after, own, given

    # ---- later decisions ---------------------------------------------------------------------------------------------

    def locks_for(self, why: Why) -> bool:
        """Whether any kind locks something for this: only then must the order be seen before it is locked."""
        return why in self._locking

    async def lock(self, work: TakingsWork, order: Order, why: Why) -> Shared:
        """Lock what an order shares with others, before the order itself."""
        return {kind.kind: await kind.lock(work, order) for kind in self._of(order, why) if why in kind.locks}

    async def own(self, work: TakingsWork, order: Order, why: Why) -> Own:
        """What an order, which is locked by now, has of each kind.

        Read before, a rival could change it between: its unit would then write over what he did.
        """
        assert work.holds(Rank.ORDER), "what an order has alone is read while the order is locked"
        return {kind.kind: await kind.own(work, order) if why in kind.reads else None for kind in self._of(order, why)}

    def paid(self, shared: Shared, own: Own, order: Order, at: datetime) -> tuple[Shared, Own, Paid]:
        """The money is here: firm when every kind says so; one that refuses decides it, and then nothing has changed."""
        after, mine, said = dict(shared), dict(own), Paid.FIRM
        for kind in self._takings:
            name = kind.kind
            if name not in own:
                continue
            after[name], mine[name], one = kind.paid(shared.get(name), own[name], order, at)
            if one is Paid.REFUSED:
                return shared, own, one
            said = one if one is Paid.WAITS else said
        return after, mine, said

    def kept_back(self, shared: Shared, own: Own, order: Order, returning: Returning) -> int:
        """How much of what is returned in all the kinds keep back."""
        return sum(
            kind.keeps_back(shared.get(kind.kind), own[kind.kind], order, returning)
            for kind in self._earnings if kind.kind in own
        )  # fmt: skip

    def follow(self, shared: Shared, own: Own, change: Change[Order], at: datetime) -> tuple[Shared, Own]:
        """What a decision about an order means for each kind that was asked, and a payment for whatever is earned."""
        after, mine, pays = dict(shared), dict(own), was_paid(change)
        for kind in self.kinds:
            name = kind.kind
            if name in own or (pays and isinstance(kind, Earning)):
                ours, mine[name] = kind.follow(shared.get(name), own.get(name), change, at)
                if name in shared:
                    after[name] = ours
        return after, mine

    def save(self, work: TakingsWork, shared: Shared, own: Sequence[Own]) -> None:
        """Stage all of it."""
        for kind in self.kinds:
            name = kind.kind
            theirs = [one[name] for one in own if name in one]
            if theirs or name in shared:
                kind.save(work, shared.get(name), theirs)

    async def carry(self, work: TakingsWork, shared: Shared, change: Change[Order], why: Why, at: datetime) -> None:
        """Stage what a decision about one order, which is locked, means for each kind."""
        own = await self.own(work, change.state, why)
        shared, own = self.follow(shared, own, change, at)
        self.save(work, shared, [own])

    def check_known(self, order: Order) -> frozenset[str]:
        """The kinds of an order, all of which this process has. Raises UnknownKinds.

        Going on without one would lose for good what was taken, or brought; and nobody shall begin to pay what cannot be
        settled here.
        """
        took = kinds_of(order)
        if not took <= self._names:
            raise UnknownKinds(kinds=tuple(sorted(took - self._names)))
        return took

    def _of(self, order: Order, why: Why) -> Iterable[AnyFollower]:
        took = self.check_known(order)
        return (kind for kind in self._asked[why] if kind.kind in took or isinstance(kind, Earning))


def kinds_of(order: Order) -> frozenset[str]:
    """The kinds an order took, and those that it may bring something of.

    One placed by a release that did not note them took stock, and limits where a line says so.
    """
    if order.took:
        return order.took
    return _RELEASE_BEFORE | ({PurchaseLimits.kind} if any(line.limited for line in order.lines) else frozenset())


def our_takings(
    *more: AnyFollower, split: bool = False, open_orders_max: int = OPEN_ORDERS_MAX, calendar: Calendar = WORLD
) -> Takings:
    """The shop's own kinds, and those of a host. `split`: a line may come from several places (STK-R5).

    `open_orders_max`: so many unpaid orders may a member have at once (STK-R12). `calendar`: by which points expire.
    """
    stock, points = Stock(split=split), PointsOfOrders(calendar)
    ours = (PurchaseLimits(), OpenOrders(open_orders_max), CampaignQuota(), TierOfBuyer(), stock, Coupons(), points)
    return Takings((*ours, *more))
