"""`/v1/me/history`: what I have looked at, if I agreed that it is kept."""

from collections.abc import Sequence
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from retail_domain.insight import ForgetSeen, Insight, SeenGoods, ShowSeen
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Instant, Uuid
from retail_entrypoints.http.shaping import derived


class SeenGoodsShape(Answer, frozen=True):
    """Goods that I have looked at, and when the last time."""

    product_id: Uuid
    at: Instant

    of = derived(SeenGoods)


def history_routes(insight: Insight) -> Sequence[HTTPRouteHandler]:
    """`/v1/me/history`."""
    routes = Resource("/me/history", permission=MEMBER, tag="me")

    @routes.get(summary="What I have looked at, the latest first")
    async def list_history(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[SeenGoodsShape]:
        """Of the last ninety days. Nothing is kept of those who have not agreed (`behaviour_consent`)."""
        return listing(await insight.seen(ShowSeen(member_id=member_id, page=page)), SeenGoodsShape.of)

    @routes.delete("/{product_id:uuid}", summary="Forget that I have looked at some goods")
    async def forget_seen(
        product_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> None:
        """Deleted, not hidden."""
        await insight.forget_seen(ForgetSeen(member_id=member_id, product_id=ProductId(product_id), once=once))

    @routes.delete(summary="Forget all that I have looked at")
    async def forget_history(member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]) -> None:
        """Deleted, not hidden."""
        await insight.forget_seen(ForgetSeen(member_id=member_id, once=once))

    return routes.all
