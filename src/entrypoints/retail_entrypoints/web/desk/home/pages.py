"""`/desk/home`: the first page of the shop, block by block: arrange it for now or for later, with all that it was before."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import MultipartBody, QueryParameter

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_domain.pictures import BYTES_MAX, AddPicture
from retail_domain.settings import HOME, USUAL_HOME, ChangeSettings, SettingsChange, SettingsChanged
from retail_domain.settings.home import Blocks
from retail_entrypoints.http.guards import admit
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.asking import UPLOADS
from retail_entrypoints.web.desk.home.models import (
    AUDIENCES,
    KINDS,
    BlockRow,
    HomeChange,
    TypedBlock,
    at_its_field,
    codes_in,
    ordered,
    pictures_in,
    told_blocks,
    typed_blocks,
)
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.showing import decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.moments import moment_for_typing, moment_typed
from retail_entrypoints.web.shop.reviews.models import pictures_of
from retail_entrypoints.web.view import View

_SHOWN = 30
_FORM_BYTES = 64 * 1024
Of = Annotated[int | None, QueryParameter(name="of", ge=1)]


class HomeForm(Form, frozen=True):
    """Why, from when on, and which version was looked at; the fields of the blocks are read by their numbers."""

    reason: Typed = ""
    since: Typed = ""
    seen: int | None = None
    more: Typed = ""
    """Which kind of block there shall be one more of."""


def desk_home_pages(shop: ServedShop[Retail], calendar: Calendar) -> Sequence[HTTPRouteHandler]:
    """The page is a setting, so it has no place, and whoever is bound to places is not let in."""
    arranging = _Arranging(shop.retail, calendar)
    return [*_looking(shop, arranging), *_arranging(arranging)]


class _Arranging(msgspec.Struct, frozen=True):
    """What the pages of this room share."""

    retail: Retail
    calendar: Calendar

    async def typed(self, blocks: Blocks) -> list[TypedBlock]:
        """Blocks as the form shows them."""
        catalog = self.retail.catalog.show
        goods = await catalog.cards([id for one in blocks for id in one.goods])
        codes: dict[object, str] = {one.id: one.code for one in goods}
        codes |= {one.id: one.code for one in await catalog.categories()}
        return [TypedBlock.of(one, place, codes, self.calendar) for place, one in enumerate(blocks, 1)]

    async def form(
        self, view: View, blocks: Sequence[TypedBlock], seen: object, reason: str = "", since: str = ""
    ) -> Response[bytes]:
        """The form with these blocks."""
        wanted = pictures_in(blocks)
        known = await self.retail.pictures.look_at(wanted) if wanted else {}
        shown = {str(one.picture_id): one for one in pictures_of(wanted, known)}
        return show(
            view, "home/edit.html", blocks=list(enumerate(blocks)), pictures=shown, seen=seen, kinds=KINDS, audiences=AUDIENCES,
            shelves=await self.retail.catalog.show.categories(), reason=reason, since=since,
        )  # fmt: skip

    async def with_pictures(self, view: View, blocks: Sequence[TypedBlock], once: Once | None) -> list[TypedBlock]:
        """The blocks with the pictures that came along, which whoever may change goods may send."""
        found = list(blocks)
        for place, file in enumerate(view.request.files):
            number = next((n for n in range(len(found)) if file.name == f"b{n}_file"), None)
            if number is None:
                continue
            admit(view.request.caller, Permission.CATALOG_CHANGE)
            own = evolve(once, operation=f"{once.operation}.{place}") if once is not None else None
            wish = AddPicture(owner=view.actor, content=file.content, client=view.client, once=own)
            try:
                added = await self.retail.pictures.add_goods(wish)
            except InvalidInput as refused:
                raise InvalidInput.of(f"b{number}_file", refused.problems[0].rule, refused.problems[0].message) from None
            found[number] = evolve(found[number], picture=str(added.picture_id))
        return found

    async def blocks_of(self, placed: Sequence[tuple[int, TypedBlock]]) -> Blocks:
        """What was typed, as the setting takes it. Raises InvalidInput."""
        catalog = self.retail.catalog.show
        goods: dict[str, ProductId] = {}
        for code in dict.fromkeys(code for _, one in placed for code in codes_in(one.goods)[:_SHOWN]):
            id = await catalog.product_coded(code)
            goods |= {code: id} if id is not None else {}
        told = told_blocks(placed, goods, await catalog.categories(), self.calendar)
        return HOME.read(msgspec.json.encode(told).decode(), f"values.{HOME.name}")

    async def changes(self) -> Sequence[SettingsChange]:
        """Every change of the first page, the newest first."""
        return [one for one in await self.retail.settings.history() if HOME.name in one.values]


def _looking(shop: ServedShop[Retail], arranging: _Arranging) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/home", permission=Permission.SETTINGS_SEE, tag="desk")
    retail = shop.retail

    def row(change: SettingsChange, gone: frozenset[int]) -> HomeChange:
        value = change.values[HOME.name]
        is_back, is_planned = change.number in gone, not change.has_begun(shop.clock.now())
        blocks = None if value is None else len(HOME.read(value, HOME.name))
        return HomeChange(change=change, blocks=blocks, is_taken_back=is_back, is_planned=is_planned and not is_back)

    @pages.get()
    async def show_home_at_desk(view: NamedDependency[View]) -> Response[bytes]:
        home, at = await retail.settings.home(), shop.clock.now()
        rows = [
            BlockRow(
                kind=one.kind.value, title=one.title, audience=one.audience.value, block=one,
                is_shown=any(one.is_shown(at, is_member=each) for each in (False, True)),
            )
            for one in home.blocks
        ]  # fmt: skip
        names = await names_for(retail, view)
        gone = frozenset(one.takes_back for one in await retail.settings.history() if one.takes_back is not None)
        changes = [(row(one, gone), names.of(one.actor)) for one in (await arranging.changes())[:_SHOWN]]
        return show(view, "home/home.html", rows=rows, changes=changes, calendar=arranging.calendar, typed=moment_for_typing)

    return pages.all


def _arranging(arranging: _Arranging) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/home", permission=Permission.SETTINGS_CHANGE, tag="desk")
    settings = arranging.retail.settings

    @pages.get("/edit")
    async def arrange_home(view: NamedDependency[View], of: Of = None) -> Response[bytes]:
        home = await settings.home()
        if of is None:
            return await arranging.form(view, await arranging.typed(home.blocks), home.version)
        found = next((one for one in await arranging.changes() if one.number == of), None)
        if found is None:
            raise NoSuchAddress()
        value = found.values[HOME.name]
        blocks = USUAL_HOME if value is None else HOME.read(value, HOME.name)
        return await arranging.form(view, await arranging.typed(blocks), home.version)

    @pages.post("/more", request_max_body_size=BYTES_MAX + _FORM_BYTES, opt=UPLOADS)
    async def add_home_block(data: MultipartBody[HomeForm], view: NamedDependency[View]) -> Response[bytes]:
        blocks = typed_blocks(view.request.fields)
        if data.more in KINDS:
            blocks.append(TypedBlock(kind=data.more, place=str(len(blocks) + 1)))
        return await arranging.form(view, blocks, data.seen or "", data.reason, data.since)

    @pages.post(does=settings.change, request_max_body_size=BYTES_MAX + _FORM_BYTES, opt=UPLOADS)
    async def change_home(
        data: MultipartBody[HomeForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        typed = typed_blocks(view.request.fields)

        async def change() -> SettingsChanged:
            nonlocal typed
            since = moment_typed(data.since, "since", arranging.calendar)
            typed = await arranging.with_pictures(view, typed, once)
            placed = ordered(typed)
            try:
                blocks = await arranging.blocks_of(placed)
                values: Mapping[str, object] = {HOME.name: HOME.written(blocks)}
                wish = ChangeSettings(
                    actor=view.actor,
                    values=values,
                    reason=data.reason,
                    effective_at=since,
                    seen=data.seen,
                    once=once,
                    granted=view.request.caller.granted(EVERYWHERE),
                )
                return await settings.change(wish)
            except InvalidInput as refused:
                raise at_its_field(refused, placed) from None

        def done(outcome: SettingsChanged) -> Response[bytes]:
            return view.go("/desk/home", "desk.said.home" if outcome.is_new else "desk.said.same")

        return await decide(
            view, change(), done, lambda: arranging.form(view, typed, data.seen or "", data.reason, data.since)
        )  # fmt: skip

    return pages.all
