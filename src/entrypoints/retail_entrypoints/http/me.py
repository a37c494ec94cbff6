"""`/v1/me`: what members see and change about themselves, their address book, and the regions it is written with."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from retail_domain.accounts import (
    Accounts,
    AccountsQueries,
    AddAddress,
    AddressBookFull,
    AddressEntry,
    AddressNotFound,
    AgreeToTerms,
    ContactAsTyped,
    CorrectAddress,
    MemberNotFound,
    MemberView,
    Region,
    RegionUnknown,
    RemoveAddress,
    UpdateProfile,
)
from retail_domain.kernel.ids import AddressId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Instant, PhoneText, Text, Uuid, Word
from retail_entrypoints.http.shaping import derived

RegionCode = Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)", description="A region's code by GB/T 2260.", examples=["440305"])]
_TYPED = (RegionUnknown,)


class MeShape(Answer, frozen=True):
    """A member, as they see themselves."""

    member_id: Uuid
    name: str | None
    login: str | None
    phone: str | None
    behaviour_consent: bool
    terms_version: str
    terms_to_agree: str | None
    """The present terms of privacy, until I have agreed to them."""
    created_at: Instant

    of = derived(MemberView, phone="phone.e164", terms_to_agree=lambda _: None)


def _name(name: str | UnsetType | None) -> str | None:
    return None if name is UNSET else name or ""


def _consent(behaviour_consent: bool | UnsetType) -> bool | None:
    return None if behaviour_consent is UNSET else behaviour_consent


class MeBody(Body, frozen=True):
    """What changes: absent fields stay; a name of null is no name. The consent is to keep what I look at (BEH-R2)."""

    name: Text | UnsetType | None = UNSET
    behaviour_consent: bool | UnsetType = UNSET

    to_command = becoming(UpdateProfile, "member_id", "once", name=_name, behaviour_consent=_consent)


class TermsBody(Body, frozen=True):
    """The version that is agreed to."""

    version: Word

    to_command = becoming(AgreeToTerms, "member_id", "once")


class AddressBody(Body, frozen=True):
    """Who receives goods, and where; `region` names it where no regions were imported, else it is filled in."""

    recipient: Annotated[str, Meta(min_length=1, max_length=50, examples=["韩梅梅"])]
    phone: PhoneText
    region_code: RegionCode
    detail: Annotated[str, Meta(min_length=1, max_length=200, examples=["科技园路 1 号"])]
    region: Annotated[str, Meta(max_length=100, examples=["广东省 深圳市 南山区"])] = ""
    is_default: bool = False

    to_contact = becoming(ContactAsTyped, beside=("is_default",))


class AddressShape(Answer, frozen=True):
    """One entry of the address book."""

    address_id: Uuid
    recipient: str
    phone: str
    region_code: str
    region: str
    detail: str
    is_default: bool
    created_at: Instant

    of = derived(AddressEntry, within="address.contact", phone="address.contact.phone.e164", created_at="address.created_at")


class RegionShape(Answer, frozen=True):
    """An administrative region."""

    code: str
    name: str
    parent: str | None

    of = derived(Region)


Parent = Annotated[str | None, QueryParameter(pattern=r"^[0-9]{6}$(?!\n)", max_length=6, description="The region they lie in.")]


def _me_shape(terms_version: str, view: MemberView) -> MeShape:
    """With the present terms, if they are still to be agreed to."""
    return replace(MeShape.of(view), terms_to_agree=terms_version if view.terms_version != terms_version else None)


async def my_account(show: AccountsQueries, member_id: MemberId) -> MemberView:
    """The member who is logged in. Raises MemberNotFound when the account is gone meanwhile."""
    found = await show.member(member_id)
    if found is None:
        raise MemberNotFound()
    return found


def me_routes(accounts: Accounts, terms_version: str) -> Sequence[HTTPRouteHandler]:
    """`/v1/me` and `/v1/regions`."""
    return [*_me(accounts, terms_version), *_addresses(accounts), *_regions(accounts)]


def _me(accounts: Accounts, terms_version: str) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me", permission=MEMBER, tag="me")

    @routes.get(raises=[MemberNotFound], summary="My account")
    async def show_me(member_id: NamedDependency[MemberId]) -> MeShape:
        """What the shop knows of the member who is logged in. `terms_to_agree` names terms of privacy that are new to them."""
        return _me_shape(terms_version, await my_account(accounts.show, member_id))

    @routes.patch(raises=[MemberNotFound], summary="Change my name or my consent")
    async def update_me(
        data: JSONBody[MeBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> MeShape:
        """Changes the fields that are sent and leaves the others."""
        return _me_shape(terms_version, await accounts.update_profile(data.to_command(member_id=member_id, once=once)))

    @routes.post("/terms", raises=[MemberNotFound], status=200, summary="Agree to the present terms of privacy")
    async def agree_to_terms(
        data: JSONBody[TermsBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> MeShape:
        """Names the version that was read: if there are newer ones by now, nothing is agreed to."""
        return _me_shape(terms_version, await accounts.agree_to_terms(data.to_command(member_id=member_id, once=once)))

    return routes.all


def _addresses(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me/addresses", permission=MEMBER, tag="me")
    show = accounts.show

    @routes.get(summary="My addresses, the oldest first")
    async def list_addresses(
        member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[AddressShape]:
        """The whole book."""
        book = await show.address_book(member_id)
        return part_of(book.addresses, short_page, lambda address: AddressShape.of(AddressEntry.of(book, address.id)))

    @routes.post(raises=[*_TYPED, AddressBookFull, AddressNotFound], summary="Write down an address")
    async def add_address(
        data: JSONBody[AddressBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> AddressShape:
        """The first one becomes the default."""
        contact = data.to_contact()
        command = AddAddress(member_id=member_id, contact=contact, is_default=data.is_default, once=once)
        return AddressShape.of(await accounts.add_address(command))

    @routes.get("/{address_id:uuid}", raises=[AddressNotFound], summary="An address")
    async def get_address(address_id: FromPath[UUID], member_id: NamedDependency[MemberId]) -> AddressShape:
        """In full, as it would stand on a parcel."""
        return AddressShape.of(AddressEntry.of(await show.address_book(member_id), AddressId(address_id)))

    @routes.put("/{address_id:uuid}", raises=[*_TYPED, AddressNotFound], summary="Correct an address, or make it the default")
    async def correct_address(
        address_id: FromPath[UUID],
        data: JSONBody[AddressBody],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> AddressShape:
        """Replaces the entry. Orders that were placed keep what they were placed with."""
        command = CorrectAddress(
            member_id=member_id, address_id=AddressId(address_id), contact=data.to_contact(), is_default=data.is_default,
            once=once,
        )  # fmt: skip
        return AddressShape.of(await accounts.correct_address(command))

    @routes.delete("/{address_id:uuid}", raises=[AddressNotFound], summary="Strike an address out")
    async def remove_address(
        address_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> None:
        """Orders that go there keep it."""
        await accounts.remove_address(RemoveAddress(member_id=member_id, address_id=AddressId(address_id), once=once))

    return routes.all


def _regions(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/regions", permission=PUBLIC, tag="regions")

    @routes.get(summary="Provinces, or the regions right below one")
    async def list_regions(short_page: NamedDependency[PageRequest], parent: Parent = None) -> PageShape[RegionShape]:
        """By the codes of GB/T 2260; addresses name the lowest level."""
        return part_of(await accounts.show.regions(parent), short_page, RegionShape.of)

    return routes.all
