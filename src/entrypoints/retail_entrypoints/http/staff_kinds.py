"""`/v1/staff/skus`: what staff know of kinds of goods: names, taxes, bounds of the price, cost, and what was asked for them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.catalog import (
    Basis,
    BoundPrice,
    Catalog,
    CodeInUse,
    CostSku,
    LabelSku,
    ListBasis,
    PriceBelowFloor,
    PriceChange,
    ProductNotFound,
    SkuCost,
    SkuNotFound,
    SkuSheet,
    StruckPriceUntrue,
)
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.errors import ChangedMeanwhile
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.goods import BasisShape, Letters
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, BasisPoints, Body, Count, Instant, MoneyShape, Uuid
from retail_entrypoints.http.shaping import derived_with
from retail_entrypoints.http.staff_catalog import ProductStateShape, minor

Barcode = Annotated[
    str,
    Meta(
        min_length=3, max_length=48, examples=["6901234567892"],
        description="As it is printed; of 8, 12, 13 or 14 digits the last checks the others.",
    ),
]  # fmt: skip
TaxCode = Annotated[str, Meta(min_length=1, max_length=40, description="What the tax office calls it.", examples=["1030201"])]
SkuNameFilter = Annotated[
    str | None, QueryParameter(name="name", min_length=1, max_length=100, description="Its code, or one of its barcodes.")
]


class LabelsBody(Body, frozen=True):
    """What others call a kind of goods, and how it is taxed: replaced as a whole. `seen`: the `version` that was looked at."""

    barcodes: Annotated[tuple[Barcode, ...], Meta(max_length=20)]
    tax_code: TaxCode | None = None
    tax_rate_bp: BasisPoints | None = None
    seen: Count | None = None

    to_command = becoming(LabelSku, "sku_id", "once")


class BasisBody(Body, frozen=True):
    """What a struck price rests on, and the day on which it was published or the offer began."""

    sort: ListBasis
    since: date

    to_basis = becoming(Basis)


def _floor(floor: MoneyShape | None, currency: str) -> int | None:
    return minor(floor, currency, "floor") if floor else None


def _member_price(member_price: MoneyShape | None, currency: str) -> int | None:
    return minor(member_price, currency, "member_price") if member_price else None


def _list_price(list_price: MoneyShape | None, currency: str) -> int | None:
    return minor(list_price, currency, "list_price") if list_price else None


class BoundsBody(Body, frozen=True):
    """How low a price may go, what members will be asked, and a struck price with what it rests on: replaced as a whole.

    `seen` is the `version` that was looked at: with it, nobody may have changed the goods since.
    """

    floor: MoneyShape | None = None
    member_price: MoneyShape | None = None
    list_price: MoneyShape | None = None
    basis: BasisBody | None = None
    seen: Count | None = None

    to_command = becoming(
        BoundPrice,
        "sku_id",
        "currency",
        "once",
        floor_minor=_floor,
        member_price_minor=_member_price,
        list_price_minor=_list_price,
    )


def _cost(cost: MoneyShape | None, currency: str) -> int | None:
    return minor(cost, currency, "cost") if cost else None


class CostBody(Body, frozen=True):
    """What a unit cost the shop; null: nobody knows."""

    cost: MoneyShape | None

    to_command = becoming(CostSku, "sku_id", "currency", "once", cost_minor=_cost)


class SkuSheetShape(Answer, frozen=True):
    """All that staff know of a kind of goods, but what it cost; `list_price` is shown to buyers only with its basis."""

    sku_id: Uuid
    product_id: Uuid
    code: Letters
    barcodes: list[Letters]
    tax_code: Letters | None
    tax_rate_bp: BasisPoints | None
    price: MoneyShape | None
    price_version: Count
    floor: MoneyShape | None
    member_price: MoneyShape | None
    list_price: MoneyShape | None
    basis: BasisShape | None
    version: Count

    of = derived_with(SkuSheet, "currency", str, sku_id="id")


class SkuCostShape(Answer, frozen=True):
    """What a unit of a kind of goods cost the shop, or null."""

    sku_id: Uuid
    code: Letters
    cost: MoneyShape | None

    of = derived_with(SkuCost, "currency", str)


class PriceChangeShape(Answer, frozen=True):
    """From when on another price was asked, who said so, and why; `before` is null for the first price."""

    price_version: Count
    at: Instant
    before: MoneyShape | None
    price: MoneyShape
    actor_kind: ActorKind
    actor_ref: Letters
    reason: Letters

    of = derived_with(PriceChange, "currency", str, actor_kind="actor.kind", actor_ref="actor.ref")


def staff_kinds_routes(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    """What staff know of kinds of goods."""
    return [*_looking(catalog, currency), *_telling(catalog, currency), *_costs(catalog, currency)]


def _looking(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/skus", permission=Permission.CATALOG_SEE, tag="staff: catalog")

    @routes.get(summary="Find a kind of goods by its code or a barcode")
    async def find_sku(short_page: NamedDependency[PageRequest], sku_name: SkuNameFilter = None) -> PageShape[SkuSheetShape]:
        """One, or none; without a name none. A code goes before a barcode."""
        found = None if sku_name is None else await catalog.show.sku_coded(sku_name)
        sheets = [] if found is None else [await catalog.show.sku_sheet(found)]
        return part_of(sheets, short_page, lambda sheet: SkuSheetShape.of(sheet, currency))

    @routes.get("/{sku_id:uuid}", raises=[SkuNotFound], summary="A kind of goods as staff know it")
    async def get_sku(sku_id: FromPath[UUID]) -> SkuSheetShape:
        """Barcodes, taxes, bounds of its price; what it cost is asked for apart."""
        return SkuSheetShape.of(await catalog.show.sku_sheet(SkuId(sku_id)), currency)

    @routes.get("/{sku_id:uuid}/prices", raises=[SkuNotFound], summary="What was asked for a kind of goods")
    async def list_prices(sku_id: FromPath[UUID], page: NamedDependency[PageRequest]) -> PageShape[PriceChangeShape]:
        """The latest first: from what to what, when, who said so, and why."""
        found = await catalog.show.prices(SkuId(sku_id), page)
        return listing(found, lambda change: PriceChangeShape.of(change, currency))

    return routes.all


def _telling(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/skus", permission=Permission.CATALOG_CHANGE, tag="staff: catalog")

    @routes.put(
        "/{sku_id:uuid}/labels", does=catalog.label, raises=[SkuNotFound, ChangedMeanwhile, CodeInUse],
        summary="Say its barcodes, and how it is taxed",
    )  # fmt: skip
    async def label_sku(
        sku_id: FromPath[UUID], data: JSONBody[LabelsBody], once: NamedDependency[Once | None]
    ) -> ProductStateShape:
        """No other kind of goods has any of these barcodes."""
        return ProductStateShape.of(await catalog.label(data.to_command(sku_id=SkuId(sku_id), once=once)))

    @routes.put(
        "/{sku_id:uuid}/price-bounds", does=catalog.bound_price,
        raises=[SkuNotFound, ChangedMeanwhile, PriceBelowFloor, StruckPriceUntrue],
        summary="Say how low its price may go, and what is struck through",
    )  # fmt: skip
    async def bound_price(
        sku_id: FromPath[UUID], data: JSONBody[BoundsBody], once: NamedDependency[Once | None]
    ) -> ProductStateShape:
        """Whoever is signed in is asked the price for members, where nothing else makes it less."""
        wanted = data.to_command(sku_id=SkuId(sku_id), currency=currency, once=once)
        return ProductStateShape.of(await catalog.bound_price(wanted))

    @routes.put("/{sku_id:uuid}/cost", does=catalog.set_cost, raises=[SkuNotFound], summary="Say what a unit cost the shop")
    async def cost_sku(
        sku_id: FromPath[UUID], data: JSONBody[CostBody], once: NamedDependency[Once | None]
    ) -> ProductStateShape:
        """Shown to those alone who may see costs."""
        wanted = data.to_command(sku_id=SkuId(sku_id), currency=currency, once=once)
        return ProductStateShape.of(await catalog.set_cost(wanted))

    return routes.all


def _costs(catalog: Catalog, currency: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/products", permission=Permission.COSTS_SEE, tag="staff: catalog")

    @routes.get("/{product_id:uuid}/costs", raises=[ProductNotFound], summary="What the kinds of some goods cost the shop")
    async def list_costs(product_id: FromPath[UUID], short_page: NamedDependency[PageRequest]) -> PageShape[SkuCostShape]:
        """In the order of the kinds."""
        found = await catalog.show.costs(ProductId(product_id))
        return part_of(found, short_page, lambda one: SkuCostShape.of(one, currency))

    return routes.all
