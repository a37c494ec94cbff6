"""What the shop knows of people, in memory: where the rows that manifests name lie, and how they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeAlias

from attrs import evolve, frozen

from retail_adapters.memory.accounts import (
    MemoryLogins,
    MemoryMembers,
    MemorySessions,
)
from retail_adapters.memory.addresses import MemoryAddressBooks, MemoryDeliveryContacts
from retail_adapters.memory.cart import MemoryCarts
from retail_adapters.memory.contexts.membership import MemoryCheckIns, MemoryFavourites, MemoryOpeningTotals
from retail_adapters.memory.contexts.notes import MemoryNotes
from retail_adapters.memory.contexts.points import MemoryPointsEntries
from retail_adapters.memory.contexts.tiers import MemoryTierStandings
from retail_adapters.memory.contexts.wallet import MemoryWalletEntries, MemoryWithdrawals
from retail_adapters.memory.messages import MemoryMarketingConsents, MemoryMessageWishes
from retail_adapters.memory.ordering import MemoryOrderMemos, MemoryOrders, MemoryParcels
from retail_adapters.memory.pricing import MemoryQuotes
from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.serialization import converter
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.personal import Fate, Holding
from retail_domain.messages import Recipient
from retail_domain.messages.settings import quiet_written
from retail_domain.notes import ThingSort
from retail_domain.privacy import Erasure, PrivacyWork, TradeRecord

Found: TypeAlias = Callable[[Memory, MemberId], Iterable[Any]]
"""What of a store is a member's."""


class MemoryErasures(MemoryCollection[MemberId, Erasure]):
    """How far each has come; see the port."""

    table: ClassVar[str] = "erasures"
    key_columns: ClassVar[str] = "member_id"

    def key(self, state: Erasure) -> MemberId:
        """Whose."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, Erasure]:
        """Rivals make the commit raise `Stale`."""
        found = ((id, self.look(id)) for id in sorted(set(member_ids)))
        return {id: one for id, one in found if one is not None}

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """The most overdue first."""
        due = [(one.due_at, one.member_id) for one in self.every() if one.due_at is not None and one.due_at <= at]
        return [id for _, id in sorted(due)[:most]]


class MemoryTradeRecords(MemoryCollection[OrderId, TradeRecord]):
    """What stays; see the port."""

    table: ClassVar[str] = "trade_records"
    key_columns: ClassVar[str] = "order_id"

    def key(self, state: TradeRecord) -> OrderId:
        """Of which order."""
        return state.order_id

    async def sweep(self, before: datetime, most: int) -> int:
        """The oldest first."""
        return self.drop_first([(one.ends_at, one.order_id) for one in self.every() if one.ends_at < before], most)


def _of(table: str, whose: Callable[[Any], Any] = lambda one: one.member_id) -> Found:
    return lambda memory, whom: [one for one in memory.table(table).values() if whose(one) == whom]


def _of_orders(table: str) -> Found:
    def found(memory: Memory, id: MemberId) -> Iterable[Any]:
        mine = {one.id for one in memory.table("orders").values() if one.member_id == id}
        return [one for one in memory.table(table).values() if one.order_id in mine]

    return found


def _addresses(memory: Memory, id: MemberId) -> Iterable[Any]:
    book = memory.table("address_books").get(id)
    return [] if book is None else book.addresses


def _cart_lines(memory: Memory, id: MemberId) -> Iterable[Any]:
    return [line for cart in memory.table("carts").values() if cart.owner.member_id == id for line in cart.lines]


def _order_lines(memory: Memory, id: MemberId) -> Iterable[Any]:
    return [(one, line) for one in memory.table("orders").values() if one.member_id == id for line in one.lines]


def _notes(memory: Memory, id: MemberId) -> Iterable[Any]:
    return [one for one in memory.table("notes").values() if (one.sort, one.thing_id) == (ThingSort.MEMBER, id)]


def _order_notes(memory: Memory, id: MemberId) -> Iterable[Any]:
    mine = {one.id for one in memory.table("orders").values() if one.member_id == id}
    return [one for one in memory.table("notes").values() if one.sort is ThingSort.ORDER and one.thing_id in mine]


@frozen
class Lies:
    """Where the rows of one holding lie: as what, in which collection, and where a column has another name there."""

    found: Found
    kind: type[MemoryCollection[Any, Any]] | None = None
    """None where something else goes with them, or nothing goes."""
    columns: Mapping[str, Callable[[Any], Any]] = {}

    def row(self, one: Any, told: Sequence[str]) -> Mapping[str, Any]:
        """The columns that are told."""
        return {name: self.columns[name](one) if name in self.columns else getattr(one, name) for name in told}


def _contact(*extra: str) -> Mapping[str, Callable[[Any], Any]]:
    names = ("recipient", "region_code", "region", "detail")
    plain = {name: (lambda one, name=name: getattr(one.contact, name)) for name in names}
    named = {"id": lambda one: one.order_id} if extra else {}
    return {**plain, "phone": lambda one: one.contact.phone.e164, **named}


def _line(*names: str) -> Mapping[str, Callable[[Any], Any]]:
    plain = {name: (lambda pair, name=name: getattr(pair[1], name)) for name in names}
    return {**plain, "order_id": lambda pair: pair[0].id, "position": lambda pair: pair[1].number - 1}


def _amount(one: Any) -> int:
    return int(one.amount.minor)


def _currency(one: Any) -> str:
    return str(one.amount.currency)


_CAUSE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "because": lambda one: one.cause.because, "cause_ref": lambda one: one.cause.ref,
}  # fmt: skip
_WALLET_LOT: Final[Mapping[str, Callable[[Any], Any]]] = {
    "whence": lambda one: one.key.whence, "ref": lambda one: one.key.ref,
}  # fmt: skip
_LOT: Final[Mapping[str, Callable[[Any], Any]]] = {
    "source": lambda one: one.key.source, "ref": lambda one: one.key.ref,
}  # fmt: skip
_MONEY: Final = {"amount_minor": _amount, "currency": _currency}

LIES: Final[Mapping[str, Lies]] = {
    "account": Lies(_of("members", lambda one: one.id), MemoryMembers, {"phone": lambda one: one.phone and one.phone.e164}),
    "login": Lies(_of("logins", lambda one: one.subject_id), MemoryLogins),
    "sessions": Lies(_of("sessions", lambda one: one.subject_id), MemorySessions),
    "addresses": Lies(_addresses, None, _contact()),
    "address_book": Lies(_of("address_books"), MemoryAddressBooks),
    "order_contacts": Lies(_of("contacts"), MemoryDeliveryContacts, _contact("id")),
    "looks_and_deeds": Lies(lambda memory, whom: [one for one in memory.log("audit_trail") if one.object == str(whom)]),
    "cart_lines": Lies(_cart_lines),
    "carts": Lies(_of("carts", lambda one: one.owner.member_id), MemoryCarts),
    "purchase_limits": Lies(
        _of("purchase_counters", lambda one: one.key.member_id), None, {"product_id": lambda one: one.key.product_id}
    ),
    "parcels": Lies(_of_orders("parcels"), MemoryParcels),
    "behaviour": Lies(
        _of("behaviour_events", lambda one: one.visitor.member_id), None,
        {"context": lambda one: converter.unstructure(one.context)},
    ),
    "reservations": Lies(_of_orders("reservations")),
    "quota_shares": Lies(_of("quota_shares")),
    "check_ins": Lies(_of("check_ins"), MemoryCheckIns),
    "opening_totals": Lies(_of("opening_totals"), MemoryOpeningTotals),
    "favourites": Lies(_of("favourites"), MemoryFavourites),
    "tier_standings": Lies(
        _of("tier_standings"), MemoryTierStandings,
        {
            "grant_tier": lambda one: one.grant and one.grant.tier, "grant_until": lambda one: one.grant and one.grant.until,
            "grant_reason": lambda one: one.grant and one.grant.reason,
        },
    ),
    "coupon_holder": Lies(_of("coupon_holders")),
    "coupons": Lies(_of("coupons")),
    "points_account": Lies(_of("points_accounts")),
    "points_lots": Lies(_of("points_lots"), None, _LOT),
    "points_history": Lies(
        _of("points_entries"), MemoryPointsEntries,
        {**_LOT, "because": lambda one: one.cause.because, "cause_ref": lambda one: one.cause.ref},
    ),
    "points_of_orders": Lies(_of("points_uses"), None, _LOT),
    "wallet_account": Lies(_of("wallet_accounts")),
    "wallet_lots": Lies(_of("wallet_lots"), None, _WALLET_LOT),
    "wallet_history": Lies(_of("wallet_entries"), MemoryWalletEntries, {**_WALLET_LOT, **_MONEY, **_CAUSE}),
    "wallet_uses": Lies(_of("wallet_uses"), None, {**_WALLET_LOT, **_CAUSE}),
    "withdrawals": Lies(_of("withdrawals"), MemoryWithdrawals, _MONEY),
    "notes": Lies(_notes, MemoryNotes),
    "order_notes": Lies(_order_notes, MemoryNotes),
    "messages": Lies(lambda memory, whom: _of("messages", lambda one: one.recipient)(memory, Recipient.member(whom))),  # type: ignore[arg-type]
    "message_settings": Lies(
        _of("message_settings"), MemoryMessageWishes,
        {
            "muted": lambda one: " ".join(f"{channel}:{kind.value}" for channel, kind in one.muted),
            "quiet_hours": lambda one: quiet_written(one.quiet_hours) or None,
        },
    ),
    "marketing_consents": Lies(_of("marketing_consents"), MemoryMarketingConsents),
    "orders": Lies(_of("orders"), MemoryOrders),
    "order_memos": Lies(_of_orders("order_memos"), MemoryOrderMemos),
    "order_lines": Lies(
        _order_lines, None, _line("sku_id", "title", "options", "quantity", "payable_minor", "shipped")
    ),
    "order_history": Lies(
        lambda memory, whom: [one for one in memory.log("order_transitions") if one.member_id == whom], None,
        {"event": lambda one: one.name},
    ),
    "payments": Lies(_of_orders("payments"), None, _MONEY),
    "refunds": Lies(_of_orders("refunds"), None, _MONEY),
    "pictures": Lies(lambda memory, whom: _of("pictures", lambda one: one.owner)(memory, Actor.member(whom))),  # type: ignore[arg-type]
    "quotes": Lies(
        _of("quotes"), MemoryQuotes,
        {
            "payable_minor": lambda one: one.payable.minor, "currency": lambda one: one.payable.currency,
            "region_code": lambda one: one.delivery.region_code,
        },
    ),
    "trade_records": Lies(_of("trade_records")),
    "erasures": Lies(_of("erasures")),
    "reviews": Lies(
        _of("reviews"), None,
        {
            "stars": lambda one: one.shown and one.shown.stars, "text": lambda one: one.shown and one.shown.text,
            "waiting": lambda one: one.waiting and converter.unstructure(one.waiting),
            "follow_up": lambda one: one.follow_up and converter.unstructure(one.follow_up),
        },
    ),
}  # fmt: skip
"""By the name of the holding."""


def _drop_all(kept: dict[Any, Any], keys: Sequence[Any]) -> None:
    for key in keys:
        kept.pop(key, None)


class MemoryPersonalRows:
    """The rows that manifests name; see the port."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    async def told(self, holding: Holding, member_id: MemberId) -> Sequence[Mapping[str, Any]]:
        """As they are committed."""
        lies = LIES[holding.name]
        return [lies.row(one, holding.told) for one in lies.found(self._session.memory, member_id)]

    async def erase(self, holding: Holding, member_id: MemberId, most: int) -> int:
        """Staged until commit."""
        lies = LIES[holding.name]
        found = [*lies.found(self._session.memory, member_id)]
        if holding.name == "behaviour":
            kept = self._session.memory.table("behaviour_events")
            gone = [one.id for one in found[:most]]
            self._session.at_commit.append(lambda: _drop_all(kept, gone))
            return len(gone)
        if lies.kind is None:
            return 0
        rows: Any = self._session.of(lies.kind)
        if holding.fate is Fate.DELETED:
            for one in found[:most]:
                rows.drop(rows.key(one))
            return len(found[:most])
        left = [one for one in found if any(getattr(one, name) != value for name, value in holding.emptied.items())][:most]
        for one in left:
            rows.save(Change(one, evolve(one, **holding.emptied)))
        return len(left)


class Collections(MemoryUnit):
    """What the shop knows of people."""

    erasures = collection(MemoryErasures)
    trade_records = collection(MemoryTradeRecords)
    personal_rows = collection(MemoryPersonalRows)


MANIFEST: Final = Manifest[PrivacyWork, None](Collections)
