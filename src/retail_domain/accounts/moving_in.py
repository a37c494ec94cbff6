"""What a file of members says of their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from retail_domain.accounts.errors import AddressBookFull, RegionUnknown
from retail_domain.accounts.model.addresses import AddressBook, Contact
from retail_domain.accounts.model.words import phone_number
from retail_domain.accounts.use_cases.addresses import ContactAsTyped, spelled_out
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import AddressId
from retail_domain.kernel.means import Means
from retail_domain.kernel.moving_in import ColumnGroup, MovedColumn, MovedIn, MovedRow, Mover

_Typed = tuple[MovedRow, ContactAsTyped]


def _read(rows: Sequence[MovedRow]) -> tuple[_Typed, ...] | None:
    found = tuple((row, typed) for row in rows if (typed := _typed(row, rows[0])) is not None)
    return found or None


def _typed(row: MovedRow, first: MovedRow) -> ContactAsTyped | None:
    """An address, to the member themselves where it names nobody else."""
    detail, region_code = row.line("detail", 200), row.text("region_code")
    if not (detail or region_code or row.text("recipient") or row.text("region")):
        return None
    recipient = row.line("recipient", 50) or first.line("name", 50)
    for column, said in (("recipient", recipient), ("region_code", region_code), ("detail", detail)):
        if not said:
            row.wrong(column, "required", "an address has a recipient, a region and a street")
    told, column = row.text("recipient_phone"), "recipient_phone"
    if not told:
        told, column = first.text("phone"), "phone"
    try:
        phone: Phone = phone_number(told, column)
    except InvalidInput as wrong:
        if column == "recipient_phone":
            row.blame(wrong)
        return None
    return ContactAsTyped(recipient=recipient, phone=phone, region_code=region_code, region=row.text("region"), detail=detail)


async def _store(work: Any, moved: Sequence[MovedIn], _mover: Mover, means: Means) -> Mapping[str, int]:
    """Addresses that the member has not got. Those of members who were moved in before are theirs by now."""
    fresh = [one for one in moved if not one.is_again]
    books: Mapping[Any, AddressBook] = await work.addresses.claim([one.member_id for one in fresh])
    known: dict[tuple[str, str], str] = {}
    added = 0
    for one in fresh:
        book = books.get(one.member_id)
        begun = Change(book, book) if book is not None else Change(None, AddressBook(member_id=one.member_id))
        change = begun
        for row, typed in one.draft:
            contact = await _spelled(work, row, typed, known)
            if contact is None or any(entry.contact == contact for entry in change.state.addresses):
                continue
            try:
                change = change.then(_adding(AddressId(means.ids.new()), contact, means))
            except AddressBookFull as full:
                row.wrong("detail", "too_many", f"an address book holds {full.most} addresses at most")
                break
        if change is not begun:
            added += len(change.state.addresses) - len(begun.state.addresses)
            work.addresses.save(change)
    return {"addresses_added": added}


def _adding(id: AddressId, contact: Contact, means: Means) -> Any:
    return lambda book: book.add(id, contact, at=means.clock.now())


async def _spelled(work: Any, row: MovedRow, typed: ContactAsTyped, known: dict[tuple[str, str], str]) -> Contact | None:
    """As somebody would have typed it; regions are looked up once a portion."""
    key = (typed.region_code, typed.region)
    try:
        if key in known:
            return Contact.spelled(
                recipient=typed.recipient, phone=typed.phone, region_code=typed.region_code, region=known[key],
                detail=typed.detail,
            )  # fmt: skip
        contact = await spelled_out(work.regions, typed)
    except InvalidInput as wrong:
        row.blame(wrong)
        return None
    except RegionUnknown:
        row.wrong("region_code", "unknown", "there is no such region")
        return None
    known[key] = contact.region
    return contact


MOVING_IN: Final = ColumnGroup(
    columns=(
        MovedColumn(name="recipient", says="Who receives goods; else the member.", also=("收货人",)),
        MovedColumn(name="recipient_phone", says="By which phone; else the member's.", also=("收货电话",)),
        MovedColumn(name="region_code", says="Six digits (GB/T 2260).", also=("行政区划代码", "地区代码")),
        MovedColumn(name="region", says="What the region is called; else as its code says.", also=("地区", "省市区")),
        MovedColumn(name="detail", says="Street and number.", also=("详细地址", "地址")),
    ),
    read=_read,
    store=_store,
)
