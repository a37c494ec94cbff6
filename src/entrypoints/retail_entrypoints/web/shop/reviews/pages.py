"""`/p/.../reviews`, `/orders/.../review`, `/me/reviews`: what buyers say of goods, and saying it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from attrs import evolve, frozen
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, MultipartBody, QueryParameter

from retail_domain.application import Retail
from retail_domain.catalog import ProductNotFound
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, OrderId, PictureId, ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderNotFound
from retail_domain.pictures import BYTES_MAX, AddPicture
from retail_domain.reviews import (
    PICTURES_MAX,
    EditReview,
    FollowUpReview,
    PostReview,
    ReviewFilter,
    ReviewNoSuchLine,
    ReviewOutcome,
)
from retail_entrypoints.http.providers import CURSOR_PATTERN, provide_member_id
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.web.asking import UPLOADS
from retail_entrypoints.web.forms import Form, Told, Typed
from retail_entrypoints.web.shop.reviews.models import (
    MyReviewCard,
    OwnReview,
    ReadReview,
    ReviewedLine,
    ReviewList,
    ReviewVerdict,
    filter_of,
    pictures_in,
    pictures_of,
)
from retail_entrypoints.web.view import View

Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
Which = Annotated[str | None, QueryParameter(name="which", max_length=10)]
_PAGE = 10
_FILES = "files"


class ReviewForm(Form, frozen=True):
    """Stars, words and pictures. `kept` are pictures that were sent before, `drop` is one of them that shall not be shown."""

    stars: Typed = ""
    text: Told = ""
    anonymous: str | None = None
    kept: Typed = ""
    do: Typed = "send"
    drop: UUID | None = None

    @property
    def is_only_pictures(self) -> bool:
        """Whether pictures are sent, or one is taken away, and nothing is said yet."""
        return self.do != "send" or self.drop is not None

    def pictures(self) -> list[PictureId]:
        """Those that were sent before and are still wanted. Raises InvalidInput."""
        try:
            named = [PictureId(UUID(one)) for one in self.kept.split()]
        except ValueError:
            raise InvalidInput.of("pictures", "unknown", "one of these is no picture") from None
        return [one for one in named if one != self.drop]

    def given(self) -> int:
        """The stars. Raises InvalidInput."""
        if self.stars not in ("1", "2", "3", "4", "5"):
            raise InvalidInput.of("stars", "required", "choose from one to five stars")
        return int(self.stars)


def review_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Reviews of goods, and one's own."""
    return [*_reading(retail), *_mine(retail), *_writing(retail), *_following(retail)]


async def newest_reviews(retail: Retail, product_id: ProductId, many: int) -> tuple[ReviewVerdict, tuple[ReadReview, ...]]:
    """What reviews of some goods come to, and the newest; where nobody has said anything nothing more is asked."""
    verdict = ReviewVerdict.of(await retail.reviews.show.summary(product_id))
    if not verdict.count:
        return verdict, ()
    found = (await retail.reviews.show.of_product(product_id, ReviewFilter(), PageRequest(many))).items
    known = await retail.pictures.look_at(pictures_in(found)) if pictures_in(found) else {}
    return verdict, tuple(ReadReview.of(one, known) for one in found)


def _reading(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/p/{product_id:uuid}/reviews", permission=PUBLIC, tag="reviews")

    @pages.get(raises=[ProductNotFound])
    async def show_reviews(
        product_id: FromPath[UUID],
        view: NamedDependency[View],
        which: Which = None,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        goods = await retail.catalog.window.product(ProductId(product_id))
        wanted = filter_of(which)
        found = await retail.reviews.show.of_product(goods.card.id, wanted, PageRequest(_PAGE, cursor))
        known = await retail.pictures.look_at(pictures_in(found.items)) if pictures_in(found.items) else {}
        model = ReviewList(
            product_id=goods.card.id, title=goods.card.title, which=which or "", next_cursor=found.next_cursor,
            verdict=ReviewVerdict.of(await retail.reviews.show.summary(goods.card.id)),
            reviews=tuple(ReadReview.of(one, known) for one in found.items),
        )  # fmt: skip
        return view.page("shop/reviews/list.html", m=model)

    return pages.all


def _mine(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/reviews", permission=MEMBER, tag="reviews")

    @pages.get()
    async def show_my_reviews(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], cursor: Cursor = None
    ) -> Response[bytes]:
        found = await retail.reviews.show.mine(member_id, PageRequest(_PAGE, cursor))
        cards = tuple(map(MyReviewCard.of, found.items))
        return view.page("shop/reviews/mine.html", cards=cards, next_cursor=found.next_cursor)

    return pages.all


@frozen
class Said:
    """The line of an order that somebody speaks of, on which page, and who they are."""

    view: View
    order_id: OrderId
    line: int

    @property
    def member_id(self) -> MemberId:
        """Whoever is logged in; on these pages there always is one."""
        return provide_member_id(self.view.request)


async def _send_pictures(retail: Retail, view: View, kept: list[PictureId], once: Once | None) -> None:
    """What was chosen in the form joins `kept`, one after the other; each is one picture under the form's key (R17)."""
    for place, file in enumerate(one for one in view.request.files if one.name == _FILES):
        if len(kept) >= PICTURES_MAX:
            raise InvalidInput.of("pictures", "too_many", f"at most {PICTURES_MAX} pictures")
        own = evolve(once, operation=f"{once.operation}.{place}") if once is not None else None
        wish = AddPicture(owner=view.request.caller.actor, content=file.content, client=view.client, once=own)
        added = await retail.pictures.add(wish)
        kept.append(added.picture_id)


async def _shown(retail: Retail, said: Said, kept: Sequence[PictureId] | None = None) -> Response[bytes]:
    """The form, or how a review stands; `kept` are pictures that were sent for it. Raises OrderNotFound, ReviewNoSuchLine."""
    member_id, line = said.member_id, said.line
    order = await retail.ordering.show.show_mine(member_id, said.order_id)
    found = next((one for one in order.lines if one.number == line), None)
    if found is None:
        raise ReviewNoSuchLine(order_id=order.order_id, line=line)
    reviews = {one.line: one for one in await retail.reviews.show.of_order(member_id, order.order_id)}
    own = OwnReview.of(reviews[line]) if line in reviews else None
    wanted = tuple(kept) if kept is not None else (own.pictures if own else ())
    pictures = pictures_of(wanted, await retail.pictures.look_at(wanted) if wanted else {})
    return said.view.page(
        "shop/reviews/review.html", line=ReviewedLine.of(order, found), own=own, pictures=pictures,
        kept=" ".join(str(one.picture_id) for one in pictures), most=PICTURES_MAX,
        can_write=order.signed_at is not None and bool(found.shipped),
    )  # fmt: skip


def _writing(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders/{order_id:uuid}/lines/{line:int}/review", permission=MEMBER, tag="reviews")

    @pages.get(raises=[OrderNotFound, ReviewNoSuchLine])
    async def show_review(order_id: FromPath[UUID], line: FromPath[int], view: NamedDependency[View]) -> Response[bytes]:
        return await _shown(retail, Said(view, OrderId(order_id), line))

    @pages.post(raises=[OrderNotFound, ReviewNoSuchLine], request_max_body_size=BYTES_MAX, opt=UPLOADS)
    async def review_from_page(
        order_id: FromPath[UUID],
        line: FromPath[int],
        data: MultipartBody[ReviewForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        said, kept = Said(view, OrderId(order_id), line), list[PictureId]()

        async def again() -> Response[bytes]:
            return await _shown(retail, said, kept)

        async def say() -> Response[bytes]:
            await retail.ordering.show.show_mine(said.member_id, said.order_id)
            kept.extend(data.pictures())
            await _send_pictures(retail, view, kept, once)
            if data.is_only_pictures:
                return await again()
            outcome = await _say(retail, said, data, kept, once)
            saying = "reviews.up" if outcome.status == "published" else "reviews.sent"
            return view.go(f"/orders/{order_id}/lines/{line}/review", saying)

        return await view.decide(say(), lambda answer: answer, again)

    return pages.all


async def _say(retail: Retail, said: Said, form: ReviewForm, pictures: Sequence[PictureId], once: Once | None) -> ReviewOutcome:
    """The first words about a line, or other ones in their place."""
    stars, is_anonymous = form.given(), form.anonymous is not None
    known = {one.line for one in await retail.reviews.show.of_order(said.member_id, said.order_id)}
    if said.line in known:
        return await retail.reviews.edit(
            EditReview(
                member_id=said.member_id, order_id=said.order_id, line=said.line, stars=stars, text=form.text,
                pictures=tuple(pictures), anonymous=is_anonymous, once=once,
            )
        )  # fmt: skip
    return await retail.reviews.post(
        PostReview(
            member_id=said.member_id, order_id=said.order_id, line=said.line, stars=stars, text=form.text,
            pictures=tuple(pictures), anonymous=is_anonymous, once=once,
        )
    )  # fmt: skip


def _following(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders/{order_id:uuid}/lines/{line:int}/review/more", permission=MEMBER, tag="reviews")

    @pages.post(raises=[OrderNotFound, ReviewNoSuchLine], request_max_body_size=BYTES_MAX, opt=UPLOADS)
    async def follow_up_from_page(
        order_id: FromPath[UUID],
        line: FromPath[int],
        data: MultipartBody[ReviewForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        said, kept = Said(view, OrderId(order_id), line), list[PictureId]()

        async def follow() -> ReviewOutcome:
            await retail.ordering.show.show_mine(said.member_id, said.order_id)
            await _send_pictures(retail, view, kept, once)
            wish = FollowUpReview(
                member_id=said.member_id, order_id=said.order_id, line=line, text=data.text, pictures=tuple(kept), once=once
            )
            return await retail.reviews.follow_up(wish)

        return await view.decide(
            follow(),
            lambda _: view.go(f"/orders/{order_id}/lines/{line}/review", "reviews.followed"),
            lambda: _shown(retail, said),
        )

    return pages.all
