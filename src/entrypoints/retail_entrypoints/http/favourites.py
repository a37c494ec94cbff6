"""`/v1/me/favourites`: goods that I want to find again."""

from collections.abc import Sequence
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from retail_domain.accounts import Permission
from retail_domain.catalog import ProductNotFound
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.membership import (
    AddFavourite,
    FavouriteCount,
    GoodsMark,
    Membership,
    RemoveFavourite,
    TooManyFavourites,
)
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Count, Instant, Uuid
from retail_entrypoints.http.shaping import derived


class GoodsMarkShape(Answer, frozen=True):
    """Goods that I have marked, and when."""

    product_id: Uuid
    at: Instant

    of = derived(GoodsMark)


class FavouriteCountShape(Answer, frozen=True):
    """How many marks there are by now."""

    count: Count

    of = derived(FavouriteCount)


def favourites_routes(membership: Membership) -> Sequence[HTTPRouteHandler]:
    """`/v1/me/favourites`, and how many have marked some goods, for staff."""
    routes = Resource("/me/favourites", permission=MEMBER, tag="me")

    @routes.get(summary="What I have marked, the latest first")
    async def list_favourites(
        member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[GoodsMarkShape]:
        """Also what is off sale by now."""
        return part_of(await membership.favourites(member_id), short_page, GoodsMarkShape.of)

    @routes.put("/{product_id:uuid}", raises=[ProductNotFound, TooManyFavourites], summary="Mark goods, to find them again")
    async def add_favourite(
        product_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> FavouriteCountShape:
        """Marked twice they are marked once."""
        wish = AddFavourite(member_id=member_id, product_id=ProductId(product_id), once=once)
        return FavouriteCountShape.of(await membership.add_favourite(wish))

    @routes.delete("/{product_id:uuid}", status=200, summary="Take the mark off goods")
    async def remove_favourite(
        product_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> FavouriteCountShape:
        """That there is none is no mistake."""
        wish = RemoveFavourite(member_id=member_id, product_id=ProductId(product_id), once=once)
        return FavouriteCountShape.of(await membership.remove_favourite(wish))

    staff = Resource("/staff/products", permission=Permission.CATALOG_SEE, tag="staff: catalog")

    @staff.get("/{product_id:uuid}/favourites", summary="How many members have marked some goods")
    async def count_favourites(product_id: FromPath[UUID]) -> FavouriteCountShape:
        """Who they are is told to nobody."""
        return FavouriteCountShape.of(await membership.count_favourites(ProductId(product_id)))

    return [*routes.all, *staff.all]
