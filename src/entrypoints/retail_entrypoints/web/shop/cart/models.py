"""What the cart's page shows."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.pricing import OFFER, PricedBasket, PricedLine, RejectedOffer
from retail_domain.pricing.unavailable import Reason
from retail_domain.processes.purchase.carting import CartView
from retail_entrypoints.web.images import shown_image


@frozen(kw_only=True)
class Line:
    """Goods that would be ordered."""

    sku_id: SkuId
    product_id: ProductId
    title: str
    options: str
    image: str | None
    quantity: int
    unit_price: Money
    total: Money
    gift: bool = False

    @classmethod
    def of(cls, line: PricedLine, currency: str) -> Line:
        """A priced line as it is shown."""
        goods = line.goods
        return cls(
            sku_id=goods.sku_id, product_id=goods.product_id, title=goods.title,
            options=" · ".join(value for _, value in goods.options), image=shown_image([goods.image_url]),
            quantity=line.quantity, unit_price=Money(line.unit_price_minor, currency),
            total=Money(line.payable_minor, currency), gift=line.gift,
        )  # fmt: skip


@frozen(kw_only=True)
class Apart:
    """Goods that cannot be ordered now, and why."""

    sku_id: SkuId
    title: str
    quantity: int
    reason: Reason
    sellable: int


@frozen(kw_only=True)
class MissedOffer:
    """An offer about these goods that does not apply, and what is missing to it."""

    name: str
    name_en: str
    says: str
    """Which sentence tells it."""
    missing: Money
    units: int
    gain: Money
    starts_at: datetime | None

    @classmethod
    def all_of(cls, basket: PricedBasket) -> tuple[MissedOffer, ...]:
        """Those of which a buyer can make something: what is dearer, or shut out by another one, helps nobody."""
        return tuple(
            cls(
                name=one.name, name_en=one.name_en, says=_sentence(one), starts_at=one.starts_at, units=one.missing_units,
                missing=Money(one.missing_minor, basket.currency), gain=Money(one.gain_minor, basket.currency),
            )
            for one in basket.rejected_offers if one.source_kind == OFFER and one.reason in _HELPS
        )  # fmt: skip


_HELPS: Final = frozenset({"threshold", "next_step", "not_yet", "tier", "members_only"})


def _sentence(one: RejectedOffer) -> str:
    if one.reason not in ("threshold", "next_step"):
        return one.reason
    counted = "units" if one.missing_units else "more"
    return counted if one.gain_minor else f"{counted}_only"


@frozen(kw_only=True)
class CartModel:
    """A cart at today's prices."""

    lines: tuple[Line, ...]
    apart: tuple[Apart, ...]
    total: Money
    missed: tuple[MissedOffer, ...] = ()

    @property
    def units(self) -> int:
        """How many units would be ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        return not self.lines and not self.apart

    @property
    def can_be_ordered(self) -> bool:
        """Whether anything in it can be ordered."""
        return bool(self.lines)

    @classmethod
    def of(cls, cart: CartView) -> CartModel:
        """A cart as its page shows it."""
        currency = cart.basket.currency
        return cls(
            lines=tuple(Line.of(line, currency) for line in cart.basket.lines),
            apart=tuple(
                Apart(sku_id=one.sku_id, title=one.title, quantity=one.quantity, reason=one.reason, sellable=one.sellable)
                for one in cart.unavailable
            ),
            total=Money(cart.basket.goods_minor, currency),
            missed=MissedOffer.all_of(cart.basket),
        )
