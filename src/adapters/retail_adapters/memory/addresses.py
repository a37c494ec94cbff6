"""Addresses and regions in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_domain.accounts.model.addresses import Address, AddressBook, OrderContact
from retail_domain.accounts.model.regions import PROVINCES, Region
from retail_domain.kernel.ids import AddressId, MemberId, OrderId


class MemoryAddressBooks(MemoryCollection[MemberId, AddressBook]):
    """The address books; see the port."""

    table: ClassVar[str] = "address_books"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: AddressBook) -> MemberId:
        """Whose it is."""
        return state.member_id

    async def find(self, member_id: MemberId) -> AddressBook | None:
        """A member's address book."""
        return self.look(member_id)

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, AddressBook]:
        """These members' books, ascending."""
        return those_found((id, self.look(id)) for id in sorted(set(member_ids)))


class MemoryDeliveryContacts(MemoryCollection[OrderId, OrderContact]):
    """Where orders go; see the port."""

    table: ClassVar[str] = "contacts"

    def __init__(self, session: MemorySession) -> None:
        super().__init__(session)
        self._entries: dict[AddressId, tuple[MemberId, Address]] = {}

    def key(self, state: OrderContact) -> OrderId:
        """Whose it is."""
        return state.order_id

    async def regions(self, ids: Iterable[AddressId]) -> Mapping[AddressId, tuple[MemberId, str]]:
        """The owner and the region code of each of these entries."""
        wanted = set(ids)
        for book in self._session.memory.table("address_books").values():
            self._entries.update({one.id: (book.member_id, one) for one in book.addresses if one.id in wanted})
        found = {id: self._entries[id] for id in wanted if id in self._entries}
        return {id: (member_id, one.contact.region_code) for id, (member_id, one) in found.items()}

    def copy_to_order(self, address_id: AddressId, order_id: OrderId) -> None:
        """Stage a copy of an entry that `regions` has read."""
        (member_id, address), at = self._entries[address_id], self._session.tools.clock.now()
        self.save(OrderContact.copied(address, order_id=order_id, member_id=member_id, at=at))

    async def find(self, order_id: OrderId) -> OrderContact | None:
        """The contact of an order."""
        return self.look(order_id)

    async def claim(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, OrderContact]:
        """The contacts of these orders, ascending."""
        return those_found((id, self.look(id)) for id in sorted(set(order_ids)))

    async def of_member(self, member_id: MemberId, most: int) -> Sequence[OrderContact]:
        """By order."""
        return sorted((one for one in self.every() if one.member_id == member_id), key=lambda one: one.order_id)[:most]

    async def forget(self, order_ids: Iterable[OrderId]) -> None:
        """Staged until commit."""
        for id in order_ids:
            self.drop(id)


class MemoryRegions:
    """Regions below the provinces; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def are_loaded(self) -> bool:
        """Whether any were imported."""
        return bool(self._session.memory.table("regions"))

    async def path_of(self, code: str) -> tuple[Region, ...]:
        """A region and those it lies in, the widest first."""
        path: list[Region] = []
        at: str | None = code
        while at is not None and len(path) < 6:
            found = self._session.memory.table("regions").get(at) or province(at)
            if found is None:
                return ()
            path.append(found)
            at = found.parent
        return tuple(reversed(path))

    async def replace_all(self, wanted: Sequence[Region]) -> None:
        """Put these in place of all that were there."""
        rows = {one.code: one for one in wanted}
        self._session.at_commit.append(lambda: self._session.memory.tables.update(regions=rows))


def those_found(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, Any]:
    return {key: state for key, state in pairs if state is not None}


def province(code: str) -> Region | None:
    return Region(code=code, name=PROVINCES[code], parent=None) if code in PROVINCES else None
