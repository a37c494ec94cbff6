"""Address books, the contacts of orders, and regions in SQL; all contacts lie in one table (R40)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import and_, bindparam, delete, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, called
from retail_adapters.sql.session import SqlCollection, SqlSession, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.accounts import address_books, contacts, regions
from retail_adapters.sql.writes import delete_from, insert_into, update_of
from retail_domain.accounts.model.addresses import Address, AddressBook, Contact, ContactKind, OrderContact
from retail_domain.accounts.model.regions import PROVINCES, Region
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, OrderId

_HOPED_FOR: Final = Statement(
    "address_books.with_entries",
    select(
        address_books.c.member_id.label("owner"), address_books.c.default_id, address_books.c.version.label("edition"), contacts
    )
    .select_from(
        address_books.outerjoin(
            contacts, and_(contacts.c.member_id == address_books.c.member_id, contacts.c.kind == ContactKind.ADDRESS)
        )
    )
    .where(AnyOf(address_books.c.member_id, "ids"))
    .order_by(contacts.c.created_at, contacts.c.id),
)
_FIND_BOOKS: Final = Statement("address_books.find", select(address_books).where(AnyOf(address_books.c.member_id, "ids")))
_CLAIM_BOOKS: Final = Statement(
    "address_books.claim",
    select(address_books).where(AnyOf(address_books.c.member_id, "ids")).order_by(address_books.c.member_id).with_for_update(),
)
ENTRIES: Final = Statement(
    "contacts.of_members",
    select(contacts)
    .where(AnyOf(contacts.c.member_id, "ids"), contacts.c.kind == ContactKind.ADDRESS)
    .order_by(contacts.c.member_id, contacts.c.created_at, contacts.c.id),
)
_ENTRIES: Final = Statement(
    "contacts.of_entries", select(contacts).where(AnyOf(contacts.c.id, "ids"), contacts.c.kind == ContactKind.ADDRESS)
)
CONTACT: Final = Part(
    ("recipient", "phone", "region_code", "region", "detail"),
    lambda one: (one.recipient, one.phone.e164, one.region_code, one.region, one.detail),
    lambda recipient, phone, region_code, region, detail: Contact(
        recipient=recipient, phone=Phone(phone), region_code=region_code, region=region, detail=detail
    ),
)
_BOOKS: Final = Rows(address_books, AddressBook, apart=frozenset({"addresses"}))
_ENTRY_ROWS: Final = Rows(contacts, Address, parts={"contact": CONTACT}, others=frozenset({"member_id", "kind", "version"}))
_ORDER_CONTACTS: Final = Rows(
    contacts, OrderContact, parts={"order_id": called("id"), "contact": CONTACT}, others=frozenset({"kind"})
)
_INSERT_BOOKS: Final = insert_into(address_books)
_UPDATE_BOOKS: Final = update_of(address_books)
_INSERT_CONTACTS: Final = insert_into(contacts)
_UPDATE_ENTRIES: Final = update_of(contacts, guard=None)  # the book's version guards its entries
_DELETE_ENTRIES: Final = delete_from(contacts, "id")


class SqlAddressBooks(SqlCollection[MemberId, AddressBook]):
    """The address books; see the port."""

    table = address_books

    def key(self, state: AddressBook) -> MemberId:
        """Whose it is."""
        return state.member_id

    async def find(self, member_id: MemberId) -> AddressBook | None:
        """A member's address book, unlocked."""
        return (await self._books(_FIND_BOOKS, [member_id])).get(member_id)

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, AddressBook]:
        """Lock these members' books, ascending; who has not lost a race yet only reads, since a book's version guards it."""
        if self._session.may_hope:
            return self._hoped_for(await self._session.tx.rows(_HOPED_FOR, ids=sorted(set(member_ids))))
        return await self._books(_CLAIM_BOOKS, sorted(set(member_ids)))

    def flushes(self) -> Sequence[Flush]:
        """Books, then their entries: gone, corrected, added."""
        new = [inserted(state, _BOOKS.row(state)) for state in self.new()]
        changed = [updated(before, _BOOKS.row(state)) for before, state in self.changed()]
        gone, corrected, added = self._entries()
        return [
            Flush(_INSERT_BOOKS, new), Flush(_UPDATE_BOOKS, changed, "address book"), Flush(_DELETE_ENTRIES, gone),
            Flush(_UPDATE_ENTRIES, corrected), Flush(_INSERT_CONTACTS, added),
        ]  # fmt: skip

    def _entries(self) -> tuple[list[Values], list[Values], list[Values]]:
        gone: list[Values] = []
        corrected: list[Values] = []
        added: list[Values] = []
        for before, state in self._staged.values():
            old = {one.id: one for one in before.addresses} if before else {}
            new = {one.id: one for one in state.addresses}
            gone += [{"id": id} for id in old.keys() - new.keys()]
            corrected += [_entry_row(state, one) for one in new.values() if one.id in old and old[one.id] != one]
            added += [_entry_row(state, one) for one in new.values() if one.id not in old]
        return gone, corrected, added

    def _hoped_for(self, rows: Sequence[Row]) -> Mapping[MemberId, AddressBook]:
        entries = [row for row in rows if row["id"]]
        books = {
            row["owner"]: book_of(
                {"member_id": row["owner"], "default_id": row["default_id"], "version": row["edition"]}, entries
            )
            for row in rows
        }
        return {owner: self.seen(owner, book) or book for owner, book in books.items()}

    async def _books(self, statement: Statement, ids: Sequence[MemberId]) -> Mapping[MemberId, AddressBook]:
        rows = await self._session.tx.rows(statement, ids=ids)
        if not rows:
            return {}
        entries = await self._session.tx.rows(ENTRIES, ids=[row["member_id"] for row in rows])
        books = [book_of(row, entries) for row in rows]
        return {book.member_id: self.seen(book.member_id, book) or book for book in books}


def book_of(row: Row, entries: Sequence[Row]) -> AddressBook:
    """A book from its row and the contacts of several members."""
    own = [one for one in entries if one["member_id"] == row["member_id"]]
    return _BOOKS.state(row, addresses=tuple(map(_ENTRY_ROWS.state, own)))


def contact_of(row: Row) -> Contact:
    """Where an order goes, from its row."""
    return _ORDER_CONTACTS.state(row).contact


def _entry_row(book: AddressBook, one: Address) -> Values:
    return _ENTRY_ROWS.row(one, member_id=book.member_id, kind=ContactKind.ADDRESS, version=1)


_FIND_ORDER_CONTACTS: Final = Statement(
    "contacts.of_order", select(contacts).where(contacts.c.id == bindparam("id"), contacts.c.kind == ContactKind.ORDER)
)
_CLAIM_ORDER_CONTACTS: Final = Statement(
    "contacts.claim_of_orders",
    select(contacts)
    .where(AnyOf(contacts.c.id, "ids"), contacts.c.kind == ContactKind.ORDER)
    .order_by(contacts.c.id)
    .with_for_update(),
)
_CONTACTS_OF_MEMBER: Final = Statement(
    "contacts.of_orders_of_member",
    select(contacts)
    .where(contacts.c.member_id == bindparam("member_id"), contacts.c.kind == ContactKind.ORDER)
    .order_by(contacts.c.id)
    .limit(bindparam("most"))
    .with_for_update(),
)
_FORGET_CONTACTS: Final = Statement(
    "contacts.forget_of_orders", delete(contacts).where(AnyOf(contacts.c.id, "ids"), contacts.c.kind == ContactKind.ORDER)
)
_UPDATE_CONTACTS: Final = update_of(contacts)


class SqlDeliveryContacts(SqlCollection[OrderId, OrderContact]):
    """Where orders go; see the port."""

    table = contacts

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._entries: dict[AddressId, Row] = {}

    def key(self, state: OrderContact) -> OrderId:
        """Whose it is."""
        return state.order_id

    async def regions(self, ids: Iterable[AddressId]) -> Mapping[AddressId, tuple[MemberId, str]]:
        """The owner and the region code of each of these entries."""
        rows = await self._session.tx.rows(_ENTRIES, ids=sorted(set(ids)))
        self._entries.update({row["id"]: row for row in rows})
        return {row["id"]: (row["member_id"], row["region_code"]) for row in rows}

    def copy_to_order(self, address_id: AddressId, order_id: OrderId) -> None:
        """Stage a copy of an entry that `regions` has read."""
        row, at = self._entries[address_id], self._session.tools.clock.now()
        self.save(OrderContact.copied(_ENTRY_ROWS.state(row), order_id=order_id, member_id=row["member_id"], at=at))

    async def find(self, order_id: OrderId) -> OrderContact | None:
        """The contact of an order."""
        rows = await self._session.tx.rows(_FIND_ORDER_CONTACTS, id=order_id)
        return self.seen(order_id, _ORDER_CONTACTS.state(rows[0]) if rows else None)

    async def claim(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, OrderContact]:
        """Lock the contacts of these orders, ascending."""
        stored = map(_ORDER_CONTACTS.state, await self._session.tx.rows(_CLAIM_ORDER_CONTACTS, ids=sorted(set(order_ids))))
        return {one.order_id: self.seen(one.order_id, one) or one for one in stored}

    async def of_member(self, member_id: MemberId, most: int) -> Sequence[OrderContact]:
        """Locked, ascending."""
        rows = await self._session.tx.rows(_CONTACTS_OF_MEMBER, member_id=member_id, most=most)
        return [_ORDER_CONTACTS.state(row) for row in rows]

    async def forget(self, order_ids: Iterable[OrderId]) -> None:
        """At once."""
        await self._session.tx.changed(_FORGET_CONTACTS, ids=sorted(set(order_ids)))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, _ORDER_CONTACTS.row(state, kind=ContactKind.ORDER)) for state in self.new()]
        changed = [updated(before, _ORDER_CONTACTS.row(state, kind=ContactKind.ORDER)) for before, state in self.changed()]
        return [Flush(_INSERT_CONTACTS, new), Flush(_UPDATE_CONTACTS, changed, "order contact")]


_ANY_REGION: Final = Statement("regions.any", select(regions.c.code).limit(1))
_REGION: Final = Statement("regions.get", select(regions).where(regions.c.code == bindparam("code")))
_NO_REGIONS: Final = Statement("regions.clear", delete(regions))
_REGIONS: Final = Rows(regions, Region)
_INSERT_REGIONS: Final = insert_into(regions)
_DEEPEST: Final = 6


class SqlRegions:
    """Regions below the provinces; see the port."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def are_loaded(self) -> bool:
        """Whether any were imported."""
        return bool(await self._session.tx.rows(_ANY_REGION))

    async def path_of(self, code: str) -> tuple[Region, ...]:
        """A region and those it lies in, the widest first."""
        path: list[Region] = []
        at: str | None = code
        while at is not None and len(path) < _DEEPEST:
            rows = await self._session.tx.rows(_REGION, code=at)
            found = _REGIONS.state(rows[0]) if rows else province(at)
            if found is None:
                return ()
            path.append(found)
            at = found.parent
        return tuple(reversed(path))

    async def replace_all(self, wanted: Sequence[Region]) -> None:
        """Put these in place of all that were there."""
        await self._session.tx.changed(_NO_REGIONS)
        await self._session.tx.write([(_INSERT_REGIONS, [_REGIONS.row(one) for one in wanted])])


def province(code: str) -> Region | None:
    """One of the 34 that need no import."""
    return Region(code=code, name=PROVINCES[code], parent=None) if code in PROVINCES else None
