"""The quote: a price the shop stands by for some minutes (CRT-R7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import Enum
from hashlib import sha256

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import lies_in
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, CartId, MemberId, QuoteId, SkuId
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.pricing.errors import (
    QuoteEmpty,
    QuoteExpired,
    QuoteHashMismatch,
    QuoteNotFound,
    QuotePriceChanged,
    QuoteTooLarge,
)
from retail_domain.pricing.model.basket import PricedBasket, PricedLine, Share, Wish
from retail_domain.pricing.model.goods import WantedLine
from retail_domain.pricing.unavailable import UnavailableLine


class DeliveryKind(Enum):
    """How goods reach the buyer."""

    ADDRESS = "address"


@frozen(kw_only=True)
class QuoteDelivery:
    """Where a quote delivers: an address of the member, known here by id and region only (R40)."""

    kind: DeliveryKind = DeliveryKind.ADDRESS
    address_id: AddressId
    region_code: str


@frozen
class CartRef:
    """The cart a quote was drawn from, at the version it had: checked out at most once (R18)."""

    cart_id: CartId
    version: int


@frozen(kw_only=True)
class Quote:
    """What a member was told a basket costs (报价); its content never changes (CRT-R7, CRT-I2)."""

    id: QuoteId
    member_id: MemberId
    basket: PricedBasket
    delivery: QuoteDelivery
    offers_version: int
    created_at: datetime
    expires_at: datetime
    unavailable: tuple[UnavailableLine, ...] = ()
    cart: CartRef | None = None
    wishes: tuple[Wish, ...] = ()
    hash: str = ""
    """Of what it says: worked out here, or compared when it is given."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.basket.lines:
            raise ValueError("a quote has at least one line")
        if self.expires_at <= self.created_at:
            raise ValueError("a quote lasts some time")
        said = fingerprint(self.basket, self.delivery)
        if not self.hash:
            object.__setattr__(self, "hash", said)
        elif self.hash != said:
            raise ValueError("the hash is that of what the quote says")

    @property
    def lines(self) -> tuple[PricedLine, ...]:
        """The lines that were priced."""
        return self.basket.lines

    @property
    def payable(self) -> Money:
        """What the member would pay."""
        return self.basket.payable

    @property
    def freight(self) -> Money:
        """The freight in it."""
        return self.basket.freight

    @property
    def price_versions(self) -> Mapping[SkuId, int]:
        """The price version of each SKU that the quote rests on (CRT-R4)."""
        return {line.goods.sku_id: line.goods.price_version for line in self.lines}

    @property
    def wanted(self) -> tuple[WantedLine, ...]:
        """The lines as they were asked for, to quote them again; what came along with them is not among them."""
        return tuple(WantedLine(line.goods.sku_id, line.quantity) for line in self.lines if not line.gift)

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Everything it rests on, by kind: a price a SKU, the price book, and whatever the steps and kinds named (R7)."""
        prices = {Ground("price", str(sku_id), version) for sku_id, version in self.price_versions.items()}
        return tuple(sorted({*prices, Ground("price_book", "", self.offers_version), *self.basket.grounds}))

    def owned_by(self, member_id: MemberId) -> Quote:
        """This quote, if it is that member's. Raises QuoteNotFound otherwise (GEN-R14, R33)."""
        if self.member_id != member_id:
            raise QuoteNotFound(quote_id=self.id)
        return self

    def accept(self, member_id: MemberId, hash: str, *, at: datetime) -> Quote:
        """The member agrees to exactly this quote, in time (CRT-R7).

        Raises QuoteNotFound, QuoteHashMismatch or QuoteExpired.
        """
        self.owned_by(member_id)
        if hash != self.hash:
            raise QuoteHashMismatch(quote_id=self.id)
        if not lies_in(self.created_at, self.expires_at, at):
            raise QuoteExpired(quote_id=self.id)
        return self

    def check_prices(self, price_versions: Mapping[SkuId, int], offers_version: int) -> None:
        """Nothing the quote rests on has changed, up or down. Raises QuotePriceChanged (CRT-R4, R7)."""
        changed = tuple(sku_id for sku_id, version in self.price_versions.items() if price_versions.get(sku_id) != version)
        if changed or offers_version != self.offers_version:
            raise QuotePriceChanged(quote_id=self.id, sku_ids=changed)

    def check_grounds(self, present: Collection[Ground]) -> None:
        """What it rests on besides prices and book stands as it did, and nothing has joined it. Raises QuotePriceChanged."""
        if set(present) != set(self.basket.grounds):
            raise QuotePriceChanged(quote_id=self.id)

    def check_region(self, region_code: str | None) -> None:
        """The address still lies in the region that freight was quoted for. Raises QuotePriceChanged."""
        if region_code != self.delivery.region_code:
            raise QuotePriceChanged(quote_id=self.id)


@frozen(kw_only=True)
class QuoteTerms:
    """Whose quote it is, where it delivers, which book it was priced by, and how long it lasts."""

    member_id: MemberId
    delivery: QuoteDelivery
    offers_version: int
    created_at: datetime
    expires_at: datetime
    cart: CartRef | None = None
    wishes: tuple[Wish, ...] = ()


def draw_up(id: QuoteId, basket: PricedBasket, terms: QuoteTerms, unavailable: tuple[UnavailableLine, ...]) -> Change[Quote]:
    """Write a quote for a priced basket. Raises QuoteEmpty when nothing is left of it, QuoteTooLarge."""
    missing = unavailable + basket.undeliverable
    if not basket.lines:
        raise QuoteEmpty(unavailable=missing)
    whole = sum(line.base_minor for line in basket.lines) + _gross_freight(basket)
    if whole > MINOR_MAX:
        raise QuoteTooLarge(payable_minor=whole)
    quote = Quote(
        id=id,
        member_id=terms.member_id,
        basket=basket,
        delivery=terms.delivery,
        offers_version=terms.offers_version,
        created_at=terms.created_at,
        expires_at=terms.expires_at,
        unavailable=missing,
        cart=terms.cart,
        wishes=terms.wishes,
    )
    return Change(None, quote)


def fingerprint(basket: PricedBasket, delivery: QuoteDelivery) -> str:
    """SHA-256 over lines, prices, benefits, freight and region; the order of lines does not matter (CRT-R7)."""
    told = [f"quote 1 {basket.currency} {delivery.kind.value} {delivery.region_code}"]
    for line in sorted(basket.lines, key=lambda line: (line.goods.sku_id, line.nth)):
        goods = line.goods
        told.append(f"line {goods.sku_id} {line.quantity} {goods.unit_price_minor} {goods.price_version} {line.payable_minor}")
        told += _told_shares(line.shares)
        told.append(f"freight {line.freight_minor}")
        told += _told_shares(line.freight_shares)
    for ground in sorted(basket.grounds):
        told.append(f"ground {ground.kind} {ground.id} {ground.version} {ground.quantity}")
    return sha256("\n".join(told).encode()).hexdigest()


def _told_shares(shares: Iterable[Share]) -> list[str]:
    return [f"share {one.stage.value} {one.source_kind} {one.source_id} {one.amount_minor}" for one in shares]


def _gross_freight(basket: PricedBasket) -> int:
    return sum(max(0, share.amount_minor) for line in basket.lines for share in line.freight_shares)
