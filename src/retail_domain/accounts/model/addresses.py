"""The address book (地址簿), and the contact an order keeps of it (R40)."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import AddressBookFull, AddressNotFound
from retail_domain.accounts.model.regions import check_province
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, OrderId

ADDRESSES_MAX: Final = 50


class ContactKind(Enum):
    """Whose contact it is: an entry of an address book, or the copy an order keeps."""

    ADDRESS = "address"
    ORDER = "order"


@frozen(kw_only=True)
class Contact:
    """Who receives goods, by which phone, and where; personal data, so it never shows in a repr (R40)."""

    recipient: str = field(repr=False)
    phone: Phone
    region_code: str
    region: str = field(repr=False)
    detail: str = field(repr=False)

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{6}", self.region_code):
            raise ValueError("a region code has six digits")
        if not (self.recipient and self.region and self.detail):
            raise ValueError("a contact has a recipient, a region and a street")

    @classmethod
    def spelled(cls, *, recipient: str, phone: Phone, region_code: str, region: str, detail: str) -> Contact:
        """A contact as it was typed, cleaned. Raises InvalidInput or RegionUnknown."""
        check_province(region_code)
        return cls(
            recipient=one_line(recipient, 1, 50, "recipient"), phone=phone, region_code=region_code,
            region=one_line(region, 1, 100, "region"), detail=one_line(detail, 1, 200, "detail"),
        )  # fmt: skip


@frozen(kw_only=True)
class Address:
    """One entry of an address book."""

    id: AddressId
    contact: Contact
    created_at: datetime


@frozen(kw_only=True)
class AddressBook:
    """The addresses of one member, at most fifty; one of them is the default as long as there are any."""

    member_id: MemberId
    addresses: tuple[Address, ...] = ()
    default_id: AddressId | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        ids = [address.id for address in self.addresses]
        if len(ids) > ADDRESSES_MAX:
            raise ValueError("an address book holds fifty addresses at most")
        if len(set(ids)) != len(ids):
            raise ValueError("an address stands in the book once")
        if (self.default_id is None) != (not ids) or (self.default_id is not None and self.default_id not in ids):
            raise ValueError("the default is one of the addresses")

    def address(self, id: AddressId) -> Address:
        """The entry with this id. Raises AddressNotFound."""
        for address in self.addresses:
            if address.id == id:
                return address
        raise AddressNotFound(address_id=id)

    def add(self, id: AddressId, contact: Contact, *, at: datetime) -> Change[AddressBook]:
        """Write down another address; the first one becomes the default. Raises AddressBookFull."""
        if len(self.addresses) >= ADDRESSES_MAX:
            raise AddressBookFull(most=ADDRESSES_MAX)
        added = (*self.addresses, Address(id=id, contact=contact, created_at=at))
        return self._to(added, self.default_id or id)

    def correct(self, id: AddressId, contact: Contact) -> Change[AddressBook]:
        """Replace the contact of an entry; orders keep what they copied. Raises AddressNotFound."""
        old = self.address(id)
        corrected = tuple(evolve(one, contact=contact) if one is old else one for one in self.addresses)
        return self._to(corrected, self.default_id)

    def prefer(self, id: AddressId) -> Change[AddressBook]:
        """Make an entry the default. Raises AddressNotFound."""
        return self._to(self.addresses, self.address(id).id)

    def remove(self, id: AddressId) -> Change[AddressBook]:
        """Strike an entry out; when it was the default, the oldest one left is. Raises AddressNotFound."""
        old = self.address(id)
        left = tuple(one for one in self.addresses if one is not old)
        kept = self.default_id if self.default_id != id else (left[0].id if left else None)
        return self._to(left, kept)

    def _to(self, addresses: tuple[Address, ...], default_id: AddressId | None) -> Change[AddressBook]:
        # Changes go through the first state of the book, so a new book stays new until the store has counted it.
        return Change(self if self.version else None, evolve(self, addresses=addresses, default_id=default_id))


@frozen(kw_only=True)
class OrderContact:
    """Where an order goes: copied when it is placed, so that later edits of the address book do not move it (T1, FUL-R2)."""

    order_id: OrderId
    member_id: MemberId
    contact: Contact
    created_at: datetime
    version: int = 0

    @classmethod
    def copied(cls, address: Address, *, order_id: OrderId, member_id: MemberId, at: datetime) -> Change[OrderContact]:
        """Copy an address for an order."""
        return Change(None, cls(order_id=order_id, member_id=member_id, contact=address.contact, created_at=at))

    def redirect(self, contact: Contact) -> Change[OrderContact]:
        """Send the goods elsewhere; whether that is still possible, the order decides (ORD-R5)."""
        return Change(self, evolve(self, contact=contact))
