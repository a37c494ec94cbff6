"""Product: what the shop offers and the kinds it comes in (商品, SPU and SKU)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from retail_domain.catalog.errors import NoPriceYet, NothingToSell, PriceBelowFloor, SkuNotFound
from retail_domain.catalog.events import (
    ProductCreated,
    ProductEdited,
    ProductPutOnSale,
    ProductTakenOffSale,
    SkuAdded,
    SkuEdited,
    SkuRepriced,
)
from retail_domain.catalog.model.listing import Listing, Option, spelled_options
from retail_domain.catalog.model.particulars import PLAIN, PRICE_MINOR_MAX, Particulars
from retail_domain.catalog.model.wording import image_problems, kept_flaws, problem, text_problems, whole_number_problems
from retail_domain.catalog.words import searchable
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import EARLIEST, Typed, checked
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.errors import FieldProblem
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.reading import spelled_code

SKUS_MAX: Final = 200
OPTIONS_MAX: Final = 5
NO_PRICE: Final = 0
"""What a kind of goods costs that nobody has set a price for: it is off sale."""


class ProductStatus(Enum):
    """Whether members can see and buy the goods."""

    OFF_SALE = "off_sale"
    ON_SALE = "on_sale"


@frozen(kw_only=True)
@checked
class SkuWish:
    """One kind of goods as somebody would like to sell it: spelled, not yet checked, not yet known to the shop.

    Without a price it can be entered all the same; it is off sale until it has one.
    """

    code: Typed = field(converter=spelled_code)
    price_minor: int | None
    list_price_minor: int | None = None
    options: tuple[Option, ...] = field(default=(), converter=spelled_options)
    weight_grams: int = 0
    volume_cm3: int = 0
    image: Typed | None = None
    on_sale: bool = True

    def problems(self, at: str = "") -> Iterator[FieldProblem]:
        """Everything that is wrong with it; `at` says where it stands, such as `skus[0].`."""
        yield from text_problems(f"{at}code", self.code, 100, least=1)
        if self.price_minor is not None:
            yield from whole_number_problems(f"{at}price", self.price_minor, 1, PRICE_MINOR_MAX)
        if self.list_price_minor is not None:
            yield from whole_number_problems(f"{at}list_price", self.list_price_minor, 1, PRICE_MINOR_MAX)
        yield from whole_number_problems(f"{at}weight_grams", self.weight_grams, 0, 10**8)
        yield from whole_number_problems(f"{at}volume_cm3", self.volume_cm3, 0, 10**9)
        yield from self._option_problems(at)
        if self.image is not None:
            yield from image_problems(f"{at}image", self.image)

    def _option_problems(self, at: str) -> Iterator[FieldProblem]:
        if len(self.options) > OPTIONS_MAX:
            yield problem(f"{at}options", "too_many", f"at most {OPTIONS_MAX} options")
        for name, value in self.options[:OPTIONS_MAX]:
            yield from text_problems(f"{at}options", name, 50, least=1)
            yield from text_problems(f"{at}options", value, 100, least=1)
        if len({name for name, _ in self.options}) < len(self.options):
            yield problem(f"{at}options", "unique", "an option is named once")


@frozen(kw_only=True)
class Sku:
    """One kind of goods that can be bought, with its price (SKU).

    `price_version` grows with every change of the price, so that a quote knows which price it was made at.
    """

    id: SkuId
    code: str
    price_minor: int
    price_version: int = 1
    list_price_minor: int | None = None
    options: tuple[Option, ...] = ()
    weight_grams: int = 0
    volume_cm3: int = 0
    image: str | None = None
    on_sale: bool = True
    particulars: Particulars = PLAIN

    @classmethod
    def wished(cls, id: SkuId, wish: SkuWish) -> Sku:
        """The kind that was asked for, at its first price; without one it is off sale."""
        if wish.price_minor is None:
            return cls(id=id, code=wish.code, price_minor=NO_PRICE, on_sale=False).as_wished(evolve(wish, on_sale=False))
        return cls(id=id, code=wish.code, price_minor=wish.price_minor).as_wished(wish)

    @property
    def is_priced(self) -> bool:
        """Whether somebody has said what it costs."""
        return self.price_minor != NO_PRICE

    def as_wished(self, wish: SkuWish) -> Sku:
        """This kind with what a wish says of it except its code and price; another struck price rests on nothing yet.

        Raises NoPriceYet.
        """
        if wish.on_sale and not self.is_priced:
            raise NoPriceYet(sku_id=self.id)
        is_as_before = wish.list_price_minor == self.list_price_minor
        return evolve(
            self,
            particulars=self.particulars if is_as_before else evolve(self.particulars, basis=None),
            list_price_minor=wish.list_price_minor,
            options=wish.options,
            weight_grams=wish.weight_grams,
            volume_cm3=wish.volume_cm3,
            image=wish.image,
            on_sale=wish.on_sale,
        )

    def at_price(self, price_minor: int) -> Sku:
        """This kind at another price, one price version on; at the same price it stays as it is. Raises PriceBelowFloor."""
        if price_minor == self.price_minor:
            return self
        self.check_floor(price_minor, "price")
        return evolve(self, price_minor=price_minor, price_version=self.price_version + 1)

    def check_floor(self, price_minor: int, field: str) -> None:
        """Nobody is asked less than the floor (CAT-R8). Raises PriceBelowFloor, which names the field."""
        floor_minor = self.particulars.floor_minor
        if floor_minor is not None and price_minor < floor_minor:
            raise PriceBelowFloor(field=field, sku_id=self.id, sku=self.code, price_minor=price_minor, floor_minor=floor_minor)

    def described(self, particulars: Particulars, list_price_minor: int | None) -> Sku:
        """This kind with these particulars and this struck price. Raises PriceBelowFloor: the price it has is too low."""
        described = evolve(self, particulars=particulars, list_price_minor=list_price_minor)
        if described.is_priced:
            described.check_floor(self.price_minor, "floor")
        return described

    def offered(self, before: Sku) -> Sku:
        """This kind, for sale if it waited for nothing but its first price."""
        return self if before.is_priced else evolve(self, on_sale=True)

    @property
    def wish(self) -> SkuWish:
        """The particulars as somebody would wish them."""
        return SkuWish(
            code=self.code,
            price_minor=self.price_minor if self.is_priced else None,
            list_price_minor=self.list_price_minor,
            options=self.options,
            weight_grams=self.weight_grams,
            volume_cm3=self.volume_cm3,
            image=self.image,
            on_sale=self.on_sale,
        )


@frozen(kw_only=True)
class Product:
    """Goods as the shop presents them, and the kinds they come in (商品)."""

    id: ProductId
    code: str
    listing: Listing
    skus: tuple[Sku, ...]
    status: ProductStatus = ProductStatus.OFF_SALE
    arrived_at: datetime | None = None
    """When buyers could have it for the first time: put on sale, and its sales window open (CAT-R11)."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        for flaw in kept_flaws(product_problems(self.code, self.listing, tuple(sku.wish for sku in self.skus))):
            raise ValueError(f"{flaw.field}: {flaw.message}")
        if self.status is ProductStatus.ON_SALE and not any(sku.on_sale for sku in self.skus):
            raise ValueError("goods on sale come in at least one kind that is for sale")
        if any(sku.on_sale and not sku.is_priced for sku in self.skus):
            raise ValueError("what is for sale has a price")
        for flaw in kept_flaws(flaw for sku in self.skus for flaw in sku.particulars.problems()):
            raise ValueError(f"{flaw.field}: {flaw.message}")
        if any(sku.price_version < 1 for sku in self.skus):
            raise ValueError("price versions count from one")

    @classmethod
    def created(cls, *, id: ProductId, code: str, listing: Listing, skus: Sequence[Sku], at: datetime) -> Change[Product]:
        """Enter goods into the catalogue; they are off sale until put on sale."""
        product = cls(id=id, code=code, listing=listing, skus=tuple(skus))
        facts: list[Event] = [ProductCreated(at=at, product_id=id, code=code)]
        return Change(None, product, (*facts, *(product._added(sku, at) for sku in product.skus)))

    @property
    def price_from_minor(self) -> int:
        """The price of the cheapest kind for sale; of the cheapest with a price when none is; else none."""
        kinds = [sku for sku in self.skus if sku.on_sale] or [sku for sku in self.skus if sku.is_priced]
        return min((sku.price_minor for sku in kinds), default=NO_PRICE)

    @property
    def words(self) -> str:
        """What a search looks at: title, subtitle, and the codes of the goods and their kinds."""
        codes = (sku.code for sku in self.skus)
        return searchable(self.listing.title, self.listing.subtitle, self.code, *codes)

    def is_on_sale(self, at: datetime) -> bool:
        """Whether members can buy it now: on sale and inside its sales window `[from, until)` (GEN-R6)."""
        return self.status is ProductStatus.ON_SALE and is_open(self.listing.sale_from, self.listing.sale_until, at)

    def sku(self, sku_id: SkuId) -> Sku:
        """One kind of these goods. Raises SkuNotFound."""
        for sku in self.skus:
            if sku.id == sku_id:
                return sku
        raise SkuNotFound(sku_id=sku_id)

    def edit(self, listing: Listing, *, at: datetime) -> Change[Product]:
        """Describe the goods anew; the same description changes nothing."""
        return self._to(evolve(self, listing=listing), at)

    def add_sku(self, sku: Sku, *, at: datetime) -> Change[Product]:
        """Offer the goods in one more kind."""
        return self.revise(self.listing, (*self.skus, sku), at=at)

    def reprice(self, sku_id: SkuId, price_minor: int, *, at: datetime) -> Change[Product]:
        """Ask another price from now on; the same price changes nothing (CAT-R1). Raises SkuNotFound, PriceBelowFloor."""
        return self._to(self._with(self.sku(sku_id).at_price(price_minor)), at)

    def edit_sku(self, sku_id: SkuId, wish: SkuWish, *, at: datetime) -> Change[Product]:
        """Change a kind's particulars, but neither its code nor its price; taking off the last kind ends the sale.

        Raises NoPriceYet where it is put on sale without a price (CAT-R1).
        """
        return self._to(self._with(self.sku(sku_id).as_wished(wish)), at)

    def describe_sku(
        self, sku_id: SkuId, particulars: Particulars, list_price_minor: int | None, *, at: datetime
    ) -> Change[Product]:
        """Change what is known of a kind beside its price, and its struck price. Raises SkuNotFound, PriceBelowFloor."""
        return self._to(self._with(self.sku(sku_id).described(particulars, list_price_minor)), at)

    def revise(self, listing: Listing, skus: Sequence[Sku], *, at: datetime) -> Change[Product]:
        """Describe the goods and all their kinds anew, at once; kinds may be added, none goes."""
        if {sku.id for sku in self.skus} - {sku.id for sku in skus}:
            raise ValueError("a kind that was sold once stays known to the shop")
        return self._to(self._maybe_over(listing=listing, skus=tuple(skus)), at)

    def put_on_sale(self, *, at: datetime) -> Change[Product]:
        """Let members see and buy it (上架). Raises NothingToSell when no kind of it is for sale."""
        if not any(sku.on_sale for sku in self.skus):
            raise NothingToSell(product_id=self.id)
        return self._to(evolve(self, status=ProductStatus.ON_SALE), at)

    def take_off_sale(self, *, at: datetime) -> Change[Product]:
        """Stop selling it (下架); orders that exist are not touched."""
        return self._to(evolve(self, status=ProductStatus.OFF_SALE), at)

    def _with(self, sku: Sku) -> Product:
        return self._maybe_over(skus=tuple(sku if old.id == sku.id else old for old in self.skus))

    def _maybe_over(self, *, skus: tuple[Sku, ...], listing: Listing | None = None) -> Product:
        status = self.status if any(sku.on_sale for sku in skus) else ProductStatus.OFF_SALE
        return evolve(self, listing=listing or self.listing, skus=skus, status=status)

    def _to(self, after: Product, at: datetime) -> Change[Product]:
        if after == self:
            return Change(self, self, ())
        return Change(self, evolve(after, arrived_at=self._arrival(after, at)), tuple(self._facts(after, at)))

    def _arrival(self, after: Product, at: datetime) -> datetime | None:
        """Whoever has arrived stays so; what is announced for later may be put off or brought forward."""
        if self.arrived_at is not None and self.arrived_at <= at:
            return self.arrived_at
        if self.arrived_at is None and self.status is ProductStatus.ON_SALE:
            return EARLIEST  # on sale since before arrivals were noted
        if after.status is ProductStatus.OFF_SALE:
            return None
        return max(at, after.listing.sale_from or at)

    def _facts(self, after: Product, at: datetime) -> Iterator[Event]:
        if after.listing != self.listing:
            yield ProductEdited(at=at, product_id=self.id)
        before = {sku.id: sku for sku in self.skus}
        for sku in after.skus:
            yield from self._sku_facts(before.get(sku.id), sku, at)
        if after.status is not self.status:
            is_on = after.status is ProductStatus.ON_SALE
            yield (ProductPutOnSale if is_on else ProductTakenOffSale)(at=at, product_id=self.id)

    def _sku_facts(self, before: Sku | None, sku: Sku, at: datetime) -> Iterator[Event]:
        if before is None:
            yield self._added(sku, at)
            return
        if sku.as_wished(before.wish) != sku or sku.particulars != before.particulars:
            yield SkuEdited(at=at, product_id=self.id, sku_id=sku.id)
        if sku.price_minor != before.price_minor:
            yield SkuRepriced(
                at=at,
                product_id=self.id,
                sku_id=sku.id,
                before_minor=before.price_minor,
                price_minor=sku.price_minor,
                price_version=sku.price_version,
            )

    def _added(self, sku: Sku, at: datetime) -> SkuAdded:
        return SkuAdded(at=at, product_id=self.id, sku_id=sku.id, code=sku.code, price_minor=sku.price_minor)


Decision: TypeAlias = Callable[[Product], Change[Product]]
"""Something decided about goods."""


def is_open(start: datetime | None, end: datetime | None, at: datetime) -> bool:
    """Whether a half-open window `[start, end)` holds this instant; a missing end is no bound (GEN-R6)."""
    return (start is None or at >= start) and not has_passed(end, at)


def product_problems(code: str, listing: Listing, skus: Sequence[SkuWish]) -> Iterator[FieldProblem]:
    """Everything that keeps these from being a product, field by field: the one place the doors and the model ask."""
    yield from text_problems("code", code, 100, least=1)
    yield from listing.problems()
    if not 1 <= len(skus) <= SKUS_MAX:
        yield problem("skus", "count", f"goods come in 1 to {SKUS_MAX} kinds")
    for index, sku in enumerate(skus[:SKUS_MAX]):
        yield from sku.problems(f"skus[{index}].")
    yield from _sameness_problems(skus)


def _sameness_problems(skus: Sequence[SkuWish]) -> Iterator[FieldProblem]:
    if any(count > 1 for count in Counter(sku.code for sku in skus).values()):
        yield problem("skus", "unique_code", "every kind has a code of its own")
    if len({tuple(sorted(sku.options)) for sku in skus}) < len(skus):
        yield problem("skus", "unique_options", "no two kinds have the same options")
    if len({tuple(sorted(name for name, _ in sku.options)) for sku in skus}) > 1:
        yield problem("skus", "same_options", "all kinds have the same options by name")
