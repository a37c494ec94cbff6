"""Offers (促销活动) as prices look at them: what is taken off which goods, when, and for whom (2.3 steps 2, 3 and 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from attrs import field, frozen

from retail_domain.kernel.ids import BrandId, CategoryId, OfferId, ProductId, SkuId
from retail_domain.pricing.model.basket import Source
from retail_domain.pricing.model.goods import GoodsFact
from retail_domain.pricing.model.kinds import OrderKind

OFFER: Final = "offer"
"""The kind of source."""
CLUSTER_MAX: Final = 6
"""So many offers may meet on goods at one time: every subset of them is priced (PRC-R8, GEN-R13)."""
OFFERS_MAX: Final = 200
"""So many offers are in force, or will be, at once."""
WHOLE_BPS: Final = 10_000


class OfferKind(Enum):
    """What an offer does."""

    DISCOUNT = "discount"
    """Timed discount (限时折扣): so much off every unit, or a fixed price."""
    MEMBER_PRICE = "member_price"
    """A price for members (会员价): a fixed price for whoever is signed in."""
    REDUCTION = "reduction"
    """Full reduction (满减): so much off from a sum, or a number of units, on."""
    FREE_FREIGHT = "free_freight"
    """Delivery costs nothing from a sum on (包邮)."""
    GIFT = "gift"
    """Something comes along from a sum on (满赠)."""


SEARCHED: Final = frozenset({OfferKind.DISCOUNT, OfferKind.REDUCTION})
"""Kinds that stand in each other's way: of these, subsets are priced."""


class CountBy(Enum):
    """What a threshold measures."""

    AMOUNT = "amount"
    QUANTITY = "quantity"


Name: TypeAlias = tuple[str, object]
"""How goods are named: as a SKU, by their product, their category or their brand."""


def names_of(goods: GoodsFact) -> tuple[Name, ...]:
    """By which names goods are meant."""
    return ("sku", goods.sku_id), ("product", goods.product_id), ("category", goods.category_id), ("brand", goods.brand_id)


WAYS: Final = ("sku", "product", "category", "brand")


def _names(skus: Iterable[SkuId], products: Iterable[ProductId], *more: Iterable[object]) -> frozenset[Name]:
    return frozenset((way, id) for way, ids in zip(WAYS, (skus, products, *more), strict=True) for id in ids)


@frozen(kw_only=True)
class Scope:
    """Which goods an offer is about: everything, or what is named here; less what is left out by name."""

    sku_ids: tuple[SkuId, ...] = ()
    product_ids: tuple[ProductId, ...] = ()
    category_ids: tuple[CategoryId, ...] = ()
    brand_ids: tuple[BrandId, ...] = ()
    except_sku_ids: tuple[SkuId, ...] = ()
    except_product_ids: tuple[ProductId, ...] = ()
    except_category_ids: tuple[CategoryId, ...] = ()
    except_brand_ids: tuple[BrandId, ...] = ()
    _named: frozenset[Name] = field(init=False, eq=False, repr=False)
    _left_out: frozenset[Name] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        named = _names(self.sku_ids, self.product_ids, self.category_ids, self.brand_ids)
        out = _names(self.except_sku_ids, self.except_product_ids, self.except_category_ids, self.except_brand_ids)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_left_out", out)

    @property
    def named(self) -> Collection[Name]:
        """What it names; nothing is everything."""
        return self._named

    @property
    def has_exceptions(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self._left_out)

    def leaves_out(self, goods: GoodsFact) -> bool:
        """Whether these goods are excepted."""
        return bool(self._left_out) and not self._left_out.isdisjoint(names_of(goods))

    def covers(self, goods: GoodsFact) -> bool:
        """Whether these goods are meant."""
        return (not self._named or not self._named.isdisjoint(names_of(goods))) and not self.leaves_out(goods)

    def may_meet(self, other: Scope) -> bool:
        """Whether some goods may be in both, as far as names tell: goods named in one way may also be named in another."""
        if not self._named or not other._named:
            return True
        if len({way for way, _ in self._named | other._named}) == 1:
            return bool((self._named - self._left_out - other._left_out) & other._named)
        return True


@frozen(kw_only=True)
class OfferStep:
    """From so much on, so much is taken off: an amount, or a share of what the goods cost."""

    threshold: int
    off_minor: int = 0
    off_bps: int = 0


@frozen(kw_only=True)
class Offer:
    """One offer. It is a value: a changed one has a higher edition, and takes the place of the one before."""

    id: OfferId
    name: str
    name_en: str
    kind: OfferKind
    scope: Scope = field(factory=Scope)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 0
    """The higher one stands first where two come to the same."""
    exclusive: bool = False
    """No other offer, and no tier or member's price, stands with it on its lines (PRC-R2)."""
    tiers: tuple[str, ...] = ()
    """For members of these tiers; none is everybody."""
    order_kinds: tuple[OrderKind, ...] = (OrderKind.ORDINARY,)
    off_bps: int = 0
    off_minor: int = 0
    price_minor: int | None = None
    count_by: CountBy = CountBy.AMOUNT
    steps: tuple[OfferStep, ...] = ()
    each: bool = False
    """Every time the only step is reached anew it counts once more (每满减), `times_max` times at most."""
    times_max: int = 1
    from_minor: int = 0
    """What free freight and gifts ask: measured on what the goods cost before anything is taken off."""
    gift_sku_id: SkuId | None = None
    gift_units: int = 1
    edition: int = 1
    source: Source = field(init=False, eq=False, repr=False)
    """As shares name it."""
    rank: tuple[int, str] = field(init=False, eq=False, repr=False)
    """By priority, then by id."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "source", Source(OFFER, str(self.id)))
        object.__setattr__(self, "rank", (-self.priority, self.source.id))
        if self.kind is OfferKind.REDUCTION and not self.steps:
            raise ValueError("a full reduction has a step")
        if [step.threshold for step in self.steps] != sorted({step.threshold for step in self.steps}):
            raise ValueError("steps rise")
        if self.kind is OfferKind.GIFT and self.gift_sku_id is None:
            raise ValueError("a gift is something")

    def is_on(self, at: datetime) -> bool:
        """Whether its time is now."""
        return (self.starts_at is None or self.starts_at <= at) and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Whether its time is over."""
        return self.ends_at is not None and at >= self.ends_at

    def unit_off(self, price_minor: int, quantity: int) -> int:
        """What it takes off a line, before its floor; a share is rounded in favour of the shop."""
        if self.price_minor is not None:
            return max(0, price_minor - self.price_minor) * quantity
        if self.off_minor:
            return min(price_minor, self.off_minor) * quantity
        return price_minor * quantity * self.off_bps // WHOLE_BPS

    def reached(self, amount_minor: int, units: int) -> int:
        """What a full reduction takes off goods of so much: the best reached step only (PRC-I6)."""
        counted = amount_minor if self.count_by is CountBy.AMOUNT else units
        off = 0
        for step in self.steps:
            if counted < step.threshold:
                break
            one = step.off_minor or amount_minor * step.off_bps // WHOLE_BPS
            off = one * min(counted // step.threshold, self.times_max) if self.each else max(off, one)
        return off

    def next_step(self, counted: int) -> OfferStep | None:
        """The step that is reached next."""
        return next((step for step in self.steps if step.threshold > counted), None)

    def meets(self, other: Offer) -> bool:
        """Whether both may apply to one line of one buyer at one time: such offers are in one cluster."""
        if self.kind not in SEARCHED or other.kind not in SEARCHED:
            return False
        if self.tiers and other.tiers and not set(self.tiers) & set(other.tiers):
            return False
        if not set(self.order_kinds) & set(other.order_kinds):
            return False
        apart = (self.ends_at is not None and other.starts_at is not None and self.ends_at <= other.starts_at) or (
            other.ends_at is not None and self.starts_at is not None and other.ends_at <= self.starts_at
        )
        return not apart and self.scope.may_meet(other.scope)


@frozen
class OffersByGoods:
    """Offers by what they name, so that a line finds its own however many there are."""

    everywhere: tuple[Offer, ...]
    by_sku: Mapping[object, tuple[Offer, ...]]
    by_product: Mapping[object, tuple[Offer, ...]]
    by_category: Mapping[object, tuple[Offer, ...]]
    by_brand: Mapping[object, tuple[Offer, ...]]
    excepting: bool
    """Whether any of them leaves something out."""

    @classmethod
    def of(cls, offers: Iterable[Offer]) -> OffersByGoods:
        """These, the first in rank first."""
        ranked = sorted(offers, key=lambda one: one.rank)
        ways: dict[str, dict[object, tuple[Offer, ...]]] = {way: {} for way in WAYS}
        for offer in ranked:
            for way, id in offer.scope.named:
                ways[way][id] = (*ways[way].get(id, ()), offer)
        excepting = any(one.scope.has_exceptions for one in ranked)
        return cls(
            everywhere=tuple(one for one in ranked if not one.scope.named), by_sku=ways["sku"], by_product=ways["product"],
            by_category=ways["category"], by_brand=ways["brand"], excepting=excepting,
        )  # fmt: skip

    def _wider(self, goods: GoodsFact) -> Sequence[tuple[Mapping[object, tuple[Offer, ...]], object]]:
        if not (self.by_product or self.by_category or self.by_brand):
            return ()
        return (self.by_product, goods.product_id), (self.by_category, goods.category_id), (self.by_brand, goods.brand_id)

    def about(self, goods: GoodsFact) -> list[Offer]:
        """Those that are about these goods, each once."""
        found = list(self.everywhere)
        if self.by_sku:
            found += self.by_sku.get(goods.sku_id, ())
        for by, id in self._wider(goods):
            if id in by:
                found += [one for one in by[id] if one not in found]
        return [one for one in found if not one.scope.leaves_out(goods)] if self.excepting else found


def cluster_of(offer: Offer, others: Iterable[Offer]) -> tuple[Offer, ...]:
    """The offers that this one meets, those that they meet, and so on; itself among them."""
    found, rest = [offer], [one for one in others if one.id != offer.id]
    for one in found:
        met = [other for other in rest if one.meets(other)]
        found += met
        rest = [other for other in rest if other not in met]
    return tuple(found)
