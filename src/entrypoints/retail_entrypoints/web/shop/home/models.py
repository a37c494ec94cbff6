"""The first page, made of its blocks: what each shows to whoever comes, and nothing that would be empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.catalog import CategoryView, ProductCard, ProductSearch, Sort
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.paging import PageRequest
from retail_domain.pictures import PictureView
from retail_domain.settings import Block, BlockKind, HomePage
from retail_entrypoints.web.shop.goods.models import Card
from retail_entrypoints.web.shop.reviews.models import ShownPicture

ROW = 10
"""So many goods stand in a row that does not say how many."""
MARKS_MAX = 8
_SORTS: Mapping[BlockKind, Sort] = {BlockKind.PICKS: Sort.SALES, BlockKind.ARRIVALS: Sort.NEWEST}


@frozen(kw_only=True)
class ShownBlock:
    """A block as the page shows it; its words are its own, or empty where the page has words of its own."""

    kind: str
    title: str
    text: str
    link: str
    picture: str | None = None
    marks: tuple[CategoryView, ...] = ()
    cards: tuple[Card, ...] = ()


async def blocks_of(retail: Retail, home: HomePage, currency: str, *, is_member: bool, notice: str) -> list[ShownBlock]:
    """What somebody sees, in order; a statement for each sort of thing that is looked up, whatever the number of blocks."""
    wanted = home.shown(is_member=is_member)
    tree = await retail.catalog.show.categories() if any(one.kind is BlockKind.MARKS for one in wanted) else ()
    ids = [one.picture for one in wanted if one.picture is not None]
    pictures = await retail.pictures.look_at(ids) if ids else {}
    chosen = {one.id: one for one in await _chosen(retail, wanted)}
    rows = {sort: await _row(retail, sort, most) for sort, most in _rows_of(wanted).items()}
    shown = []
    for one in wanted:
        many = one.many or ROW
        goods = [chosen[id] for id in one.goods if id in chosen] if one.goods else _row_of(one, rows)
        block = ShownBlock(
            kind=one.kind.value, title=one.title, link=one.link, picture=_picture(one, pictures),
            text=one.text or (notice if one.kind is BlockKind.NOTICE else ""), marks=_marks(one, tree),
            cards=tuple(Card.of(each, currency) for each in goods[:many]) if one.kind in _SORTS else (),
        )  # fmt: skip
        if _says_something(block):
            shown.append(block)
    return shown


def _row_of(one: Block, rows: Mapping[Sort, Sequence[ProductCard]]) -> Sequence[ProductCard]:
    return rows[_SORTS[one.kind]] if one.kind in _SORTS else ()


def _says_something(block: ShownBlock) -> bool:
    match BlockKind(block.kind):
        case BlockKind.MARKS:
            return bool(block.marks)
        case BlockKind.PICKS | BlockKind.ARRIVALS:
            return bool(block.cards)
        case BlockKind.NOTICE:
            return bool(block.text)
        case BlockKind.CAMPAIGN:
            return bool(block.picture or block.title)
        case BlockKind.BANNER:
            return True


def _rows_of(wanted: Sequence[Block]) -> Mapping[Sort, int]:
    """Which rows are asked for, and how many goods of each at most."""
    most: dict[Sort, int] = {}
    for one in wanted:
        if one.kind in _SORTS and not one.goods:
            sort = _SORTS[one.kind]
            most[sort] = max(most.get(sort, 0), one.many or ROW)
    return most


async def _chosen(retail: Retail, wanted: Sequence[Block]) -> Sequence[ProductCard]:
    ids = [id for one in wanted for id in one.goods]
    return await retail.catalog.window.cards(ids) if ids else ()


async def _row(retail: Retail, sort: Sort, most: int) -> Sequence[ProductCard]:
    return (await retail.catalog.window.search(ProductSearch(sort=sort), PageRequest(most))).items


def _marks(one: Block, tree: Sequence[CategoryView]) -> tuple[CategoryView, ...]:
    if one.kind is not BlockKind.MARKS:
        return ()
    if not one.categories:
        return tuple(each for each in tree if each.parent_id is None)[: one.many or MARKS_MAX]
    known = {each.id: each for each in tree}
    return tuple(known[id] for id in one.categories if id in known)


def _picture(one: Block, known: Mapping[PictureId, PictureView]) -> str | None:
    return ShownPicture.of(one.picture, known.get(one.picture)).large if one.picture is not None else None
