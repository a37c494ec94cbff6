"""Favourites (收藏): goods that a member wants to find again."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.membership.model import GoodsMark
from retail_domain.membership.ports import MembershipWork

FAVOURITES_MAX: Final = 1_000
"""So many goods one member marks; rivals of one's own may be one each beyond it."""


@refusal
class TooManyFavourites(DomainError):
    """You have marked as many goods as there is room for; take the mark off some that you no longer want."""

    code = "membership.too_many_favourites"
    kind = Kind.REFUSED
    most: int


@frozen(kw_only=True)
@checked
class AddFavourite:
    """A member marks goods."""

    member_id: MemberId
    product_id: ProductId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RemoveFavourite:
    """A member takes the mark off."""

    member_id: MemberId
    product_id: ProductId
    once: Once | None = None


@frozen
class FavouriteCount:
    """How many goods a member has marked by now."""

    count: int


async def add_favourite(work: MembershipWork, wish: AddFavourite, means: Means) -> FavouriteCount:
    """Once, however often it is wished; answers how many there are. Raises TooManyFavourites."""
    marked = {one.product_id for one in await work.favourites.of_member(wish.member_id)}
    if wish.product_id in marked:
        return FavouriteCount(len(marked))
    if len(marked) >= FAVOURITES_MAX:
        raise TooManyFavourites(most=FAVOURITES_MAX)
    mark = GoodsMark(member_id=wish.member_id, product_id=wish.product_id, at=means.clock.now())
    work.favourites.save(Change(None, mark))
    return FavouriteCount(len(marked) + 1)


async def remove_favourite(work: MembershipWork, wish: RemoveFavourite, means: Means) -> FavouriteCount:
    """That there is none is no mistake; answers how many are left."""
    marks = await work.favourites.of_member(wish.member_id)
    left = [one for one in marks if one.product_id != wish.product_id]
    for one in marks:
        if one.product_id == wish.product_id:
            work.favourites.remove(one)
    return FavouriteCount(len(left))


async def show_favourites(work: MembershipWork, member_id: MemberId) -> tuple[GoodsMark, ...]:
    """All of a member, the latest first."""
    return tuple(await work.favourites.of_member(member_id))


async def count_favourites(work: MembershipWork, product_id: ProductId) -> FavouriteCount:
    """How many members have marked some goods."""
    return FavouriteCount(await work.favourites.count_of(product_id))
