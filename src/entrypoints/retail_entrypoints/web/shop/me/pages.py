"""`/me`: a member's own corner; their addresses."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import (
    AddAddress,
    Address,
    AddressEntry,
    AddressNotFound,
    ContactAsTyped,
    CorrectAddress,
    MemberNotFound,
    RegionTree,
    RemoveAddress,
    read_pasted,
)
from retail_domain.application import Retail
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import AddressId, MemberId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, NoFields, Path, Typed
from retail_entrypoints.web.shop.checkout.models import DeliveryPlace
from retail_entrypoints.web.shop.checkout.onward import go_on
from retail_entrypoints.web.shop.me.models import RegionChoice, regions_for, way_down
from retail_entrypoints.web.view import View

Then = Annotated[str | None, QueryParameter(name="then", max_length=500)]


class AddressForm(Form, frozen=True):
    """Who receives goods, and where; regions are chosen from the province down, one after the other without scripts."""

    recipient: Typed = ""
    phone: Typed = ""
    province: Typed = ""
    city: Typed = ""
    district: Typed = ""
    region: Typed = ""
    detail: Typed = ""
    default: str | None = None
    then: Path = "/me/addresses"

    def chosen(self) -> tuple[str, str, str]:
        """The regions that were chosen."""
        return self.province, self.city, self.district

    def contact(self, choice: RegionChoice) -> ContactAsTyped:
        """As the address book takes it. Raises InvalidInput."""
        if not choice.is_complete:
            raise InvalidInput.of(choice.selects[-1].name, "required", "please choose")
        try:
            phone = Phone.parse(self.phone)
        except ValueError:
            raise InvalidInput.of("phone", "format", "this is no phone number") from None
        names = " ".join(one.name for select in choice.selects for one in select.options if one.code == select.chosen)
        region = f"{names} {self.region}".strip() if choice.needs_name else ""
        return ContactAsTyped(recipient=self.recipient, phone=phone, region_code=choice.code, region=region, detail=self.detail)


class PastedForm(Form, frozen=True):
    """An address in one go, and which entry of the address book it is meant for, if it is there already."""

    pasted: Typed = ""
    entry: UUID | None = None
    then: Path = "/me/addresses"


def me_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """A member's own pages."""
    return [*_corner(retail), *_addresses(retail), *_pasting(retail), *_regions(retail)]


def _corner(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me", permission=PUBLIC, tag="me")

    @pages.get()
    async def show_corner(view: NamedDependency[View]) -> Response[bytes]:
        member_id = view.request.caller.member_id
        member = await retail.accounts.show.member(member_id) if member_id else None
        if member_id is not None and member is None:
            raise MemberNotFound()
        return view.page("shop/me/me.html", member=member)

    return pages.all


def _regions(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/regions", permission=PUBLIC, tag="me")

    @pages.get("/{province:str}")
    async def show_region_options(province: FromPath[str], view: NamedDependency[View]) -> Response[bytes]:
        found = await retail.accounts.show.regions(province[:6])
        return view.page("shop/me/options.html", options=found, keeping="public, max-age=3600")

    return pages.all


async def address_form(retail: Retail, view: View, chosen: Sequence[str], then: str, entry: Address | None) -> Response[bytes]:
    """The form of an address, with what was filled in, the regions as far as they were chosen."""
    choice = await regions_for(retail.accounts.show, chosen)
    return view.page("shop/me/address.html", choice=choice, then=then, entry=entry, keeping=policy.NEVER)


def _pasting(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/addresses/read", permission=MEMBER, tag="me")
    show = retail.accounts.show

    async def entry_of(member_id: MemberId, entry: UUID | None) -> Address | None:
        return (await show.address_book(member_id)).address(AddressId(entry)) if entry is not None else None

    @pages.post(raises=[AddressNotFound])
    async def read_pasted_address(
        data: URLEncodedBody[PastedForm], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        then, entry = view.onward(data.then, "/me/addresses"), await entry_of(member_id, data.entry)
        found = read_pasted(data.pasted, RegionTree.of(await show.every_region()))
        if not (found.phone or found.region_code):
            view.trouble = view.told(InvalidInput.of("pasted", "unread", "no phone and no region were found in it"))
            return await address_form(retail, view, (), then, entry)
        told = {"recipient": found.recipient, "phone": found.phone, "detail": found.detail}
        view.request.fields = {**view.request.fields, **{name: value for name, value in told.items() if value}}
        return await address_form(retail, view, way_down(found.region_code) if found.region_code else (), then, entry)

    return pages.all


def _addresses(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/addresses", permission=MEMBER, tag="me")
    accounts = retail.accounts

    async def form(view: View, chosen: Sequence[str], then: str, entry: Address | None = None) -> Response[bytes]:
        return await address_form(retail, view, chosen, then, entry)

    @pages.get()
    async def show_addresses(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        book = await accounts.show.address_book(member_id)
        places = tuple(DeliveryPlace.of(address, book.default_id) for address in book.addresses)
        return view.page("shop/me/addresses.html", places=places, keeping=policy.NEVER)

    @pages.get("/new")
    async def show_address_form(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], then: Then = None
    ) -> Response[bytes]:
        return await form(view, (), view.onward(then, "/me/addresses"))

    @pages.get("/{address_id:uuid}", raises=[AddressNotFound])
    async def show_address(
        address_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId], then: Then = None
    ) -> Response[bytes]:
        entry = (await accounts.show.address_book(member_id)).address(AddressId(address_id))
        return await form(view, way_down(entry.contact.region_code), view.onward(then, "/me/addresses"), entry)

    @pages.post()
    async def add_address_from_page(
        data: URLEncodedBody[AddressForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def add() -> AddressEntry:
            contact = data.contact(await regions_for(accounts.show, data.chosen()))
            return await accounts.add_address(
                AddAddress(member_id=member_id, contact=contact, is_default=data.default is not None, once=once)
            )

        async def kept() -> Response[bytes]:
            await add()
            return await go_on(retail, view, member_id, then, "me.address_kept")

        then = view.onward(data.then, "/me/addresses")
        return await view.decide(kept(), lambda answer: answer, lambda: form(view, data.chosen(), then))

    @pages.post("/{address_id:uuid}", raises=[AddressNotFound])
    async def correct_address_from_page(
        address_id: FromPath[UUID],
        data: URLEncodedBody[AddressForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def correct() -> AddressEntry:
            contact = data.contact(await regions_for(accounts.show, data.chosen()))
            return await accounts.correct_address(
                CorrectAddress(
                    member_id=member_id, address_id=AddressId(address_id), contact=contact,
                    is_default=data.default is not None, once=once,
                )
            )  # fmt: skip

        async def again() -> Response[bytes]:
            entry = (await accounts.show.address_book(member_id)).address(AddressId(address_id))
            return await form(view, data.chosen(), then, entry)

        then = view.onward(data.then, "/me/addresses")
        return await view.decide(correct(), lambda _: view.go(then, "me.address_kept"), again)

    @pages.post("/{address_id:uuid}/remove", raises=[AddressNotFound])
    async def remove_address_from_page(
        address_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        await accounts.remove_address(RemoveAddress(member_id=member_id, address_id=AddressId(address_id), once=once))
        return view.go("/me/addresses", "me.address_gone")

    return pages.all
