"""Campaign quota (活动库存) as a taking: the part of a SKU's stock that a campaign sells; both are taken (STK-R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, TypeAlias

from attrs import evolve, frozen

from retail_domain.inventory import SoldOut
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.ordering import Order
from retail_domain.processes.takings.taking import NOTHING, Given, Minted, Paid, Taking, Why, Wish, units_freed

KIND = "quota"


@frozen(kw_only=True)
class Quota:
    """How many units of a SKU a campaign may sell, and how many of them live orders have."""

    sku_id: SkuId
    size: int
    taken: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.taken <= self.size:
            raise ValueError("units taken lie between none and the quota")

    @classmethod
    def opened(cls, sku_id: SkuId, size: int) -> Change[Quota]:
        """A campaign begins."""
        return Change(None, cls(sku_id=sku_id, size=size))

    def take(self, units: int) -> Change[Quota]:
        """Raises SoldOut."""
        if self.taken + units > self.size:
            raise SoldOut(sku_ids=(self.sku_id,))
        return Change(self, evolve(self, taken=self.taken + units))

    def give_back(self, units: int) -> Change[Quota]:
        """Units can be had again."""
        return Change(self, evolve(self, taken=self.taken - units))


@frozen(kw_only=True)
class QuotaShare:
    """What an order has of a quota: `quantity = open + used + back` at all times."""

    order_id: OrderId
    sku_id: SkuId
    quantity: int
    open: int
    used: int = 0
    back: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if min(self.open, self.used, self.back) < 0 or self.quantity != self.open + self.used + self.back:
            raise ValueError("every unit is open, used or given back")

    def firm(self) -> Change[QuotaShare]:
        """The order was paid; again changes nothing."""
        return Change(self, evolve(self, used=self.used + self.open, open=0) if self.open else self)

    def give_back(self, units: int) -> Change[QuotaShare]:
        """Of what is open, else of what was used."""
        of_open = min(units, self.open)
        return Change(self, evolve(self, back=self.back + units, open=self.open - of_open, used=self.used - units + of_open))


class Quotas(Protocol):
    """The quotas, and what orders have of them."""

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Lock those of these SKUs, ascending, in one statement."""
        ...

    def save(self, change: Change[Quota]) -> None:
        """Stage a change."""
        ...


class QuotaShares(Protocol):
    """What orders have; only touched by who holds the order's lock."""

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """By SKU; sees staged ones."""
        ...

    def save(self, change: Change[QuotaShare]) -> None:
        """Stage a change."""
        ...


class QuotaWork(Protocol):
    """What quotas need."""

    @property
    def quotas(self) -> Quotas: ...
    @property
    def quota_shares(self) -> QuotaShares: ...


Shared: TypeAlias = Mapping[SkuId, Change[Quota]]
Own: TypeAlias = tuple[Change[QuotaShare], ...]


class CampaignQuota(Taking[QuotaWork, Shared, Own]):
    """Taken with the stock, used when paid, given back with the stock."""

    kind: ClassVar[str] = KIND
    rank: ClassVar[int] = 15
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})

    async def claim(self, work: QuotaWork, wishes: Sequence[Wish]) -> Shared:
        """The quotas of what is sold from one."""
        return await _locked(work, {sku for wish in wishes for sku in _wanted(wish)})

    def take(self, shared: Shared, wish: Wish, minted: Minted, at: datetime) -> tuple[Shared, Own, Given] | None:
        """Raises SoldOut."""
        wanted = _wanted(wish)
        if not wanted:
            return None
        taken = {sku: shared[sku].then(lambda one, n=units: one.take(n)) for sku, units in wanted.items()}  # type: ignore[misc]
        own = tuple(
            Change(None, QuotaShare(order_id=minted.order_id, sku_id=sku, quantity=units, open=units))
            for sku, units in sorted(wanted.items())
        )
        return {**shared, **taken}, own, NOTHING

    async def lock(self, work: QuotaWork, order: Order, why: Why) -> Shared:
        """Which of its lines were taken from a quota is not known yet: all that have one."""
        return await _locked(work, {line.sku_id for line in order.lines}) if why in self.locks else {}

    async def own(self, work: QuotaWork, order: Order, why: Why) -> Own:
        """Its shares; shipping does not concern them."""
        shares = () if why is Why.SHIPPING else await work.quota_shares.of_order(order.id)
        return tuple(Change(one, one) for one in shares)

    def paid(self, shared: Shared, own: Own, order: Order, at: datetime) -> tuple[Shared, Own, Paid]:
        """Used: the row of the quota counts open and used units alike, so it needs no lock."""
        return shared, tuple(one.then(lambda share: share.firm()) for one in own), Paid.FIRM

    def follow(self, shared: Shared, own: Own, change: Change[Order], at: datetime) -> tuple[Shared, Own]:
        """Unshipped units go back to the campaign."""
        freed: dict[SkuId, int] = {}
        for number, units in units_freed(change).items():
            sku_id = change.state.line(number).sku_id
            freed[sku_id] = freed.get(sku_id, 0) + units
        kept = tuple(
            one.then(lambda share, n=freed[one.state.sku_id]: share.give_back(n)) if one.state.sku_id in freed else one  # type: ignore[misc]
            for one in own
        )
        back = {
            one.state.sku_id: shared[one.state.sku_id].then(lambda quota, n=freed[one.state.sku_id]: quota.give_back(n))  # type: ignore[misc]
            for one in own
            if one.state.sku_id in freed
        }
        return {**shared, **back}, kept

    def save(self, work: QuotaWork, shared: Shared, own: Sequence[Own]) -> None:
        """Quotas and shares."""
        for quota in shared.values():
            work.quotas.save(quota)
        for shares in own:
            for share in shares:
                work.quota_shares.save(share)


async def _locked(work: QuotaWork, sku_ids: set[SkuId]) -> Shared:
    return {sku: Change(one, one) for sku, one in (await work.quotas.claim(sku_ids)).items()} if sku_ids else {}


def _wanted(wish: Wish) -> Mapping[SkuId, int]:
    return {sku: units for sku, units in wish.units.items() if sku in wish.goods and KIND in wish.goods[sku].needs}
