"""`/v1/staff/categories`, `/v1/staff/brands`: the shelves that staff order goods by."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.catalog import (
    Catalog,
    CategoryLoop,
    CategoryNotFound,
    CategoryTooDeep,
    CodeInUse,
    CreateBrand,
    CreateCategory,
    MoveCategory,
)
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import CategoryId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Text, Uuid

Place = Annotated[int, Meta(ge=-1_000_000, le=1_000_000, description="Smaller comes first.", examples=[10])]


class CategoryBody(Body, frozen=True):
    """A new category."""

    code: Text
    name: Text
    parent_id: Uuid | None = None
    position: Place = 0

    to_command = becoming(CreateCategory, "once")


class ParentBody(Body, frozen=True):
    """Where a category hangs from now on; null makes it a root."""

    parent_id: Uuid | None

    to_command = becoming(MoveCategory, "category_id", "once")


class BrandBody(Body, frozen=True):
    """A new brand."""

    name: Text

    to_command = becoming(CreateBrand, "once")


class CategoryCreatedShape(Answer, frozen=True):
    """The id of a new category."""

    category_id: Uuid


class BrandCreatedShape(Answer, frozen=True):
    """The id of a new brand."""

    brand_id: Uuid


def staff_shelves_routes(catalog: Catalog) -> Sequence[HTTPRouteHandler]:
    """Categories and brands."""
    return [*_categories(catalog), *_brands(catalog)]


def _categories(catalog: Catalog) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/categories", permission=Permission.CATALOG_CHANGE, tag="staff: catalog")
    misplaced: list[type[DomainError]] = [CategoryNotFound, CategoryTooDeep]

    @routes.post(does=catalog.create_category, raises=[CodeInUse, *misplaced], summary="Add a category")
    async def create_category(data: JSONBody[CategoryBody], once: NamedDependency[Once | None]) -> CategoryCreatedShape:
        """At the root, or below another."""
        return CategoryCreatedShape((await catalog.create_category(data.to_command(once=once))).category_id)

    @routes.put(
        "/{category_id:uuid}/parent", does=catalog.move_category, status=204, raises=[CategoryLoop, *misplaced],
        summary="Hang a category somewhere else",
    )  # fmt: skip
    async def move_category(
        category_id: FromPath[UUID], data: JSONBody[ParentBody], once: NamedDependency[Once | None]
    ) -> None:
        """With everything below it; never below itself."""
        await catalog.move_category(data.to_command(category_id=CategoryId(category_id), once=once))

    return routes.all


def _brands(catalog: Catalog) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/brands", permission=Permission.CATALOG_CHANGE, tag="staff: catalog")

    @routes.post(does=catalog.create_brand, raises=[CodeInUse], summary="Add a brand")
    async def create_brand(data: JSONBody[BrandBody], once: NamedDependency[Once | None]) -> BrandCreatedShape:
        """Names are unique."""
        return BrandCreatedShape((await catalog.create_brand(data.to_command(once=once))).brand_id)

    return routes.all
