"""The address book of a member, and importing the regions it is checked against."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import AddressNotFound, RegionUnknown
from retail_domain.accounts.model.addresses import Address, AddressBook, Contact
from retail_domain.accounts.model.regions import ABROAD, Region, province_of
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.ports import AddressWork, Regions
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import Typed, checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import AddressId, MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class ContactAsTyped:
    """What a member types: the region's names may be left out where the regions were imported."""

    recipient: Typed = field(repr=False)
    phone: Phone
    region_code: Typed
    detail: Typed = field(repr=False)
    region: Typed = field(default="", repr=False)


@frozen(kw_only=True)
@checked
class AddAddress:
    """A member writes down another address."""

    member_id: MemberId
    contact: ContactAsTyped
    is_default: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class AddressEntry:
    """An entry of the address book as it is written down now."""

    address: Address
    is_default: bool

    @property
    def address_id(self) -> AddressId:
        """Its id."""
        return self.address.id

    @classmethod
    def of(cls, book: AddressBook, id: AddressId) -> AddressEntry:
        """The entry with this id. Raises AddressNotFound."""
        return cls(address=book.address(id), is_default=book.default_id == id)


async def add_address(work: AddressWork, command: AddAddress, means: Means) -> AddressEntry:
    """Answers the new entry. Raises AddressBookFull, RegionUnknown or InvalidInput."""
    id = AddressId(means.ids.new())
    contact = await spelled_out(work.regions, command.contact)
    book = (await work.addresses.claim([command.member_id])).get(command.member_id)
    book = book or AddressBook(member_id=command.member_id)
    change = _preferred(book.add(id, contact, at=means.clock.now()), id, command.is_default)
    entry = AddressEntry.of(change.state, id)
    work.addresses.save(change)
    return entry


@frozen(kw_only=True)
@checked
class CorrectAddress:
    """A member replaces an address, or makes it the default."""

    member_id: MemberId
    address_id: AddressId
    contact: ContactAsTyped
    is_default: bool = False
    once: Once | None = None


async def correct_address(work: AddressWork, command: CorrectAddress, means: Means) -> AddressEntry:
    """Answers the entry as it is now. Raises AddressNotFound, RegionUnknown or InvalidInput."""
    contact = await spelled_out(work.regions, command.contact)
    book = await _book(work, command.member_id, command.address_id)
    change = _preferred(book.correct(command.address_id, contact), command.address_id, command.is_default)
    entry = AddressEntry.of(change.state, command.address_id)
    work.addresses.save(change)
    return entry


@frozen(kw_only=True)
@checked
class RemoveAddress:
    """A member strikes an address out."""

    member_id: MemberId
    address_id: AddressId
    once: Once | None = None


async def remove_address(work: AddressWork, command: RemoveAddress, means: Means) -> None:
    """The next one becomes the default, if it was. Raises AddressNotFound."""
    book = await _book(work, command.member_id, command.address_id)
    work.addresses.save(book.remove(command.address_id))


@frozen(kw_only=True)
@checked
class ImportRegions:
    """Staff replace the regions by those of a file, all or none (see `read_regions`)."""

    regions: tuple[Region, ...]
    actor: Actor
    once: Once | None = None


@frozen
class RegionsImported:
    """How many there are now."""

    count: int


@brings(Effect.REGIONS)
async def import_regions(work: AddressWork, command: ImportRegions, means: Means) -> RegionsImported:
    """Answers how many there are; addresses that exist keep their names."""
    count = len(command.regions)
    noted = StaffAction(actor=command.actor, action="regions.import", object=f"{count}", at=means.clock.now())
    await work.regions.replace_all(command.regions)
    work.audit_trail.note(noted)
    return RegionsImported(count)


async def spelled_out(regions: Regions, typed: ContactAsTyped) -> Contact:
    """A contact with the names of its region filled in where regions were imported, else as typed, else its province's.

    Raises RegionUnknown or InvalidInput.
    """
    region = typed.region.strip() or province_of(typed.region_code) or ""
    is_loaded = typed.region_code != ABROAD and await regions.are_loaded()
    if is_loaded:
        path = await regions.path_of(typed.region_code)
        if not path:
            raise RegionUnknown(region_code=typed.region_code[:12])
        region = " ".join(one.name for one in path)
    return Contact.spelled(
        recipient=typed.recipient, phone=typed.phone, region_code=typed.region_code, region=region, detail=typed.detail
    )


def _preferred(change: Change[AddressBook], id: AddressId, is_default: bool) -> Change[AddressBook]:
    return change.then(lambda book: book.prefer(id)) if is_default else change


async def _book(work: AddressWork, member_id: MemberId, address_id: AddressId) -> AddressBook:
    book = (await work.addresses.claim([member_id])).get(member_id)
    if book is None:
        raise AddressNotFound(address_id=address_id)
    return book
