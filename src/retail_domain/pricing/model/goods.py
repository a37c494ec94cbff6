"""What pricing must know of goods, and which of the wanted goods can be sold now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from retail_domain.kernel.checked import OneOrMore, checked
from retail_domain.kernel.ids import BrandId, CategoryId, FreightTemplateId, ProductId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.pricing.errors import QuoteQuantityTooLarge, QuoteTooManyLines
from retail_domain.pricing.unavailable import Reason, UnavailableLine


@frozen(kw_only=True)
class GoodsFact:
    """One SKU as the catalogue has it at this moment; quotes and orders keep it as their snapshot (PRC-R5)."""

    sku_id: SkuId
    product_id: ProductId
    sku_code: str = ""
    title: str
    options: tuple[tuple[str, str], ...] = ()
    image_url: str | None = None
    unit_price_minor: int
    price_version: int
    floor_minor: int = 0
    member_price_minor: int | None = None
    """What members are asked, where it is less (会员价)."""
    weight_grams: int = 0
    volume_cm3: int = 0
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    freight_template_id: FreightTemplateId | None = None
    on_sale: bool = True

    def __attrs_post_init__(self) -> None:
        if self.unit_price_minor < 0 or self.floor_minor < 0 or (self.member_price_minor or 0) < 0:
            raise ValueError("neither a price nor its floor is negative")
        if self.weight_grams < 0 or self.volume_cm3 < 0:
            raise ValueError("goods weigh and measure nothing or more")


@frozen
@checked
class WantedLine:
    """So many units of a SKU, as a buyer asks for them: all that a client can choose about a line (R7)."""

    sku_id: SkuId
    quantity: OneOrMore


@frozen
class SaleLine:
    """So many units of goods that can be sold: what the engine prices."""

    goods: GoodsFact
    quantity: int
    nth: int = 1
    """Which of the lines of this SKU it is: 2 for a gift beside the same goods, bought."""
    gift: bool = False
    """Whether it comes along with what was asked for."""
    gift_of: str = ""
    """The offer that it comes of."""
    key: str = field(init=False, repr=False, eq=False)
    """The stable key by which ties are broken (GEN-R3)."""

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1 or self.nth < 1:
            raise ValueError("a line has at least one unit, and its SKU's lines are counted from 1")
        key = str(self.goods.sku_id)  # once: the engine asks for it many times
        object.__setattr__(self, "key", key if self.nth == 1 else f"{key}#{self.nth}")


def merged(lines: Iterable[WantedLine], limits: Limits) -> tuple[WantedLine, ...]:
    """One line per SKU with the sum of its units (R2, CRT-R1). Raises when there is too much of anything."""
    totals: dict[SkuId, int] = {}
    for line in lines:
        totals[line.sku_id] = totals.get(line.sku_id, 0) + line.quantity
    together = tuple(WantedLine(sku_id, quantity) for sku_id, quantity in totals.items())
    check_size(together, limits)
    return together


def check_size(lines: Sequence[WantedLine], limits: Limits) -> None:
    """Merged lines are not too many, and none is of too much. Raises QuoteTooManyLines, QuoteQuantityTooLarge."""
    if len(lines) > limits.lines_max:
        raise QuoteTooManyLines(lines=len(lines), lines_max=limits.lines_max)
    for line in lines:
        if line.quantity > limits.quantity_max:
            raise QuoteQuantityTooLarge(sku_id=line.sku_id, quantity=line.quantity, quantity_max=limits.quantity_max)


def sort_out(
    wanted: Iterable[WantedLine],
    facts: Mapping[SkuId, GoodsFact],
    sellable: Mapping[SkuId, int],
    allowed: Mapping[ProductId, int] | None = None,
) -> tuple[tuple[SaleLine, ...], tuple[UnavailableLine, ...]]:
    """Part what can be sold now from what cannot, with the reason (CRT-R4).

    `allowed` is how many units of a product with a purchase limit this buyer may still have, over all its SKUs (GEN-R9).
    """
    good: list[SaleLine] = []
    bad: list[UnavailableLine] = []
    for line in wanted:
        fact, left = facts.get(line.sku_id), sellable.get(line.sku_id, 0)
        reason = _obstacle(line, fact, left)
        if fact is not None and reason is None:
            good.append(SaleLine(fact, line.quantity))
        else:
            bad.append(_unavailable(line, fact, reason or Reason.UNKNOWN, left))
    return _within_limits(good, bad, allowed or {})


def _within_limits(
    good: list[SaleLine], bad: list[UnavailableLine], allowed: Mapping[ProductId, int]
) -> tuple[tuple[SaleLine, ...], tuple[UnavailableLine, ...]]:
    """Set apart every line of a product of which more is wanted than allowed: which of them stays is the buyer's choice."""
    units: dict[ProductId, int] = {}
    for line in good:
        units[line.goods.product_id] = units.get(line.goods.product_id, 0) + line.quantity
    over = {product_id for product_id, wanted in units.items() if wanted > allowed.get(product_id, wanted)}
    beyond = [
        _unavailable(
            WantedLine(line.goods.sku_id, line.quantity), line.goods, Reason.LIMIT_REACHED, allowed[line.goods.product_id]
        )
        for line in good if line.goods.product_id in over
    ]  # fmt: skip
    return tuple(line for line in good if line.goods.product_id not in over), (*bad, *beyond)


def _obstacle(line: WantedLine, fact: GoodsFact | None, left: int) -> Reason | None:
    if fact is None:
        return Reason.UNKNOWN
    if not fact.on_sale:
        return Reason.OFF_SALE
    if line.quantity > left:
        return Reason.NOT_ENOUGH if left else Reason.SOLD_OUT
    return None


def _unavailable(line: WantedLine, fact: GoodsFact | None, reason: Reason, left: int) -> UnavailableLine:
    title = fact.title if fact else ""
    return UnavailableLine(sku_id=line.sku_id, quantity=line.quantity, reason=reason, title=title, sellable=left)
