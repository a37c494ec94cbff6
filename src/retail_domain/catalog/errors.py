"""What the catalogue refuses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import ProductId, SkuId


@refusal
class ProductNotFound(DomainError):
    """There are no such goods."""

    code = "catalog.product_not_found"
    kind = Kind.MISSING
    product_id: UUID


@refusal
class SkuNotFound(DomainError):
    """These goods do not come in that kind."""

    code = "catalog.sku_not_found"
    kind = Kind.MISSING
    sku_id: UUID


@refusal
class SkuNotOnSale(DomainError):
    """Some of these goods are not for sale now."""

    code = "catalog.not_on_sale"
    sku_ids: tuple[SkuId, ...]


@refusal
class CategoryNotFound(DomainError):
    """There is no such category."""

    code = "catalog.category_not_found"
    kind = Kind.MISSING
    category: str


@refusal
class BrandNotFound(DomainError):
    """There is no such brand."""

    code = "catalog.brand_not_found"
    kind = Kind.MISSING
    brand: str


@refusal
class CodeInUse(DomainError):
    """Something else in the catalogue has this code or name already."""

    code = "catalog.code_in_use"
    kind = Kind.CONFLICT
    what: str
    taken: tuple[str, ...]


@refusal
class NothingToSell(DomainError):
    """Goods go on sale only when at least one kind of them is for sale."""

    code = "catalog.nothing_to_sell"
    product_id: ProductId


@refusal
class NoPriceYet(DomainError):
    """This kind of goods has no price yet, so it cannot be sold: somebody who may set prices sets one first."""

    code = "catalog.no_price_yet"
    sku_id: SkuId


@refusal
class PriceBelowFloor(DomainError):
    """This kind of goods is never sold for less than its floor price."""

    code = "catalog.price_below_floor"
    kind = Kind.INVALID
    field: str
    """Which field asks for it: the price, or a floor above the price that is asked now."""
    sku_id: SkuId
    sku: str
    price_minor: int
    floor_minor: int


@refusal
class StruckPriceUntrue(DomainError):
    """A price that is struck through must be true: what it rests on does not hold."""

    code = "catalog.struck_price_untrue"
    kind = Kind.INVALID
    field: str
    sku_id: SkuId
    list_price_minor: int
    price_minor: int
    """What is asked now."""
    rule: str
    """`not_higher`: than what is asked now; `not_yet`: the day is still to come; `above_lowest`: more than was asked at the
    lowest; `unknown`: what was asked is not known for all of that time."""
    from_day: date | None = None
    until_day: date | None = None
    lowest_minor: int | None = None
    """The least that was asked in those days."""


@refusal
class CategoryLoop(DomainError):
    """A category cannot lie below itself."""

    code = "catalog.category_loop"
    category: str


@refusal
class MayNotPrice(DomainError):
    """What the delivery of goods on offer is charged by is changed by those who may set prices."""

    code = "catalog.may_not_price"
    kind = Kind.FORBIDDEN
    fields: tuple[str, ...]


@refusal
class CategoryTooDeep(DomainError):
    """Categories are at most five levels deep."""

    code = "catalog.category_too_deep"
    category: str


@refusal
class PurchaseLimitReached(DomainError):
    """A member can buy only so many of these goods."""

    code = "catalog.purchase_limit"
    product_id: ProductId
    limit: int
    taken: int
    wanted: int


@refusal
class CatalogueFlawed(DomainError):
    """Some rows of the catalogue are wrong, so nothing was imported."""

    code = "catalog.import_flawed"
    kind = Kind.INVALID
    rows_read: int
    bad_rows: int
    problem_count: int
    problems: tuple[object, ...]
    """The first of the `RowProblem`s."""

    def __str__(self) -> str:
        return f"{self.sentence()} ({self.bad_rows} of {self.rows_read} rows, {self.problem_count} problems)"
