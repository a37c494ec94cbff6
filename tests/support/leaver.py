"""A member who has done everything of which the shop keeps something, with words that are found wherever they lie."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
from attrs import define, evolve, field

from retail_adapters.assemble import Outside, on_database, on_units
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_adapters.sql.reads import SqlReads
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.word_list import WordList
from retail_domain.accounts import AddAddress, ContactAsTyped, Proof, Purpose, Register, SendCode, UpdateProfile
from retail_domain.application import Retail
from retail_domain.cart import CartLine, CartOwner
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.coupons import CouponValidity, CouponWay, IssueCoupon, StoreCouponTemplate, TemplateWish
from retail_domain.insight import CaptureBehaviour
from retail_domain.insight.model import BehaviourKind, Context, Visitor
from retail_domain.insight.use_cases import BehaviourDeed
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.causes import Language
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.coupon_terms import CouponKind, CouponTerms
from retail_domain.kernel.ids import AddressId, CouponTemplateId, MemberId, OrderId, ProductId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.membership import AddFavourite, CheckInToday
from retail_domain.messages import ChangeMessageSettings, DecideMarketing
from retail_domain.notes import NoteDown, ThingSort
from retail_domain.ordering import ConfirmReceipt, ShipOrder, WriteMemo
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.points import AdjustPoints
from retail_domain.pricing import WantedLine
from retail_domain.processes.leaving.closing import CloseAccount
from retail_domain.processes.purchase.carting import AddToCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.reviews import PostReview, ReviewReason
from retail_domain.settings import ChangeSettings
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.luck import SeededLuck
from retail_domain.testing.people import QuickPasswords, RememberingSms
from retail_domain.tiers import LADDER, GrantTier, Ladder, Metric, Tier
from tests.support.stores import HandClock, Place, open_database

CLERK: Final = Actor.system("clerk")
PHONE: Final = "17094821365"
PASSWORD: Final = "kanarie-7Qm2-lantern"
CANARIES: Final[Mapping[str, str]] = {
    "phone": PHONE,
    "login": "kanarie.login",
    "name": "金丝雀甲",
    "recipient": "金丝雀乙",
    "street": "金丝雀路八十八号",
    "looked at": "kanarie-looked-at",
    "session": "kanarie-session",
    "tracking number": "KANARIE1000",
    "note": "kanarie-note",
    "note of an order": "kanarie-order-note",
    "refused review": "金丝雀评价 加微信",
    "remark": "金丝雀留言 放门口",
    "memo": "kanarie-memo",
    "inbox": "order.tell_others",
    "reason of a tier": "金丝雀等级",
    "reason of points": "金丝雀积分",
}
"""What tells of the member, by where it was said. What is up for everybody to read is not among it: it stays."""
NOT_TOLD: Final = frozenset({"memo"})
"""What staff note for one another goes as well, and was never for the member to read."""
TILL: Final = Actor.system("till")
SHOWN: Final = "很好喝的茶"
"""What stays up."""


@define
class Leaving:
    """A shop, and one member who will leave it."""

    retail: Retail
    clock: HandClock
    sms: RememberingSms
    begin: Any
    place: Place
    memory: Memory | None
    database: Any
    reads: Any
    outside: Outside
    member_id: MemberId = field(init=False)
    home: AddressId = field(init=False)
    sku: SkuId = field(init=False)
    coupons: CouponTemplateId = field(init=False)
    goods: ProductId = field(init=False)

    # ---- what the member does ----------------------------------------------------------------------------------------

    async def proof(self, purpose: Purpose, phone: str = PHONE) -> Proof:
        """A code, by its message."""
        self.clock.pass_(timedelta(minutes=3))
        sent = await self.retail.accounts.send_code(SendCode(phone=Phone.parse(phone), purpose=purpose))
        return Proof(challenge_id=sent.challenge_id, code=self.sms.code)

    async def settles_in(self) -> None:
        """Registers, and says where to live."""
        canary, accounts = CANARIES, self.retail.accounts
        proof = await self.proof(Purpose.REGISTER)
        opened = await accounts.register(Register(proof=proof, login=canary["login"], password=PASSWORD, name=canary["name"]))
        assert opened.member_id is not None
        self.member_id = opened.member_id
        await accounts.update_profile(UpdateProfile(member_id=self.member_id, behaviour_consent=True))
        typed = ContactAsTyped(
            recipient=canary["recipient"], phone=Phone.parse(PHONE), region_code="440305", region="广东省 深圳市 南山区",
            detail=canary["street"],
        )  # fmt: skip
        added = await accounts.add_address(AddAddress(member_id=self.member_id, contact=typed))
        self.home = added.address_id
        wish = SkuWish(code="TEA", price_minor=1_000, weight_grams=500)
        made = await self.retail.catalog.create(
            CreateProduct(code="P-TEA", listing=Listing(title="茶", purchase_limit=90), skus=(wish,), on_sale=True)
        )
        (self.sku,), self.goods = made.sku_ids, made.product_id
        arrived = ReceiveStock(sku_id=self.sku, location="main", quantity=90, reference="note", actor=CLERK)
        await self.retail.inventory.receive(arrived)

    async def lives(self) -> None:
        """Does everything of which something is kept; afterwards every order is over."""
        await self.settles_in()
        canary, mine = CANARIES, self.member_id
        deed = BehaviourDeed(
            event_id=UUID(int=77), kind=BehaviourKind.VIEW, object=canary["looked at"], session=canary["session"],
            context=Context(source=canary["looked at"]), occurred_at=self.clock.now(),
        )  # fmt: skip
        await self.retail.insight.capture(CaptureBehaviour(visitor=Visitor(member_id=mine), deeds=(deed,)))
        await self.retail.membership.check_in(CheckInToday(member_id=mine))
        await self.retail.membership.add_favourite(AddFavourite(member_id=mine, product_id=self.goods))
        await self.is_given()
        messages = self.retail.messages
        await messages.change_settings(ChangeMessageSettings(member_id=mine, language=Language.EN, muted=("sms:marketing",)))
        terms = (await messages.settings(mine)).terms_version
        await messages.decide_marketing(DecideMarketing(member_id=mine, given=True, terms_version=terms))
        await self.retail.cart.put(AddToCart(owner=CartOwner.member(mine), line=CartLine(self.sku, 2)))
        for text in (SHOWN, canary["refused review"]):
            order_id = await self.receives()
            await self.retail.reviews.post(PostReview(member_id=mine, order_id=order_id, line=1, stars=4, text=text))
            await self.note(ThingSort.ORDER, order_id, canary["note of an order"])
            await self.retail.ordering.write_memo(WriteMemo(order_id=order_id, text=canary["memo"], actor=CLERK))
        await self.note(ThingSort.MEMBER, mine, canary["note"])
        self.clock.pass_(timedelta(days=30))
        await self.works()
        await self.quotes()

    async def is_given(self) -> None:
        """Staff give a tier, points and a coupon, and say why."""
        mine, retail = self.member_id, self.retail
        gold = Tier(code="gold", name="黄金卡", name_en="Gold", needs={Metric.ORDERS: 1_000})
        ladder = Ladder(tiers=(Tier(code="plain", name="普通", name_en="Member"), gold))
        values = {LADDER.name: LADDER.written(ladder)}
        await retail.settings.change(ChangeSettings(actor=TILL, values=values, reason="a ladder"))
        until, why = self.clock.now() + timedelta(days=300), CANARIES["reason of a tier"]
        await retail.tiers.grant(GrantTier(actor=TILL, member_id=mine, tier="gold", until=until, reason=why))
        await retail.points.adjust(AdjustPoints(actor=TILL, member_id=mine, points=5, reason=CANARIES["reason of points"]))
        wish = TemplateWish(
            name="券", way=CouponWay.STAFF, terms=CouponTerms(kind=CouponKind.FIXED, value_minor=100),
            validity=CouponValidity(days=7), total=5,
        )  # fmt: skip
        self.coupons = (await retail.coupons.store_template(StoreCouponTemplate(wish=wish, actor=TILL))).id
        await retail.coupons.issue(IssueCoupon(member_id=mine, template_id=self.coupons, actor=TILL))

    async def note(self, sort: ThingSort, id: UUID, text: str) -> None:
        """A program notes something."""
        await self.retail.notes.note_down(NoteDown(sort=sort, thing_id=id, values={"crm.about": text}, actor=CLERK))

    async def quotes(self) -> Any:
        """Asks what one costs."""
        wish = QuoteBasket(member_id=self.member_id, address_id=self.home, lines=(WantedLine(self.sku, 1),))
        return await self.retail.quoting.quote(wish)

    async def orders(self) -> OrderId:
        """Orders one, and does not pay."""
        quote = await self.quotes()
        wish = PlaceOrder(member_id=self.member_id, quote_id=quote.id, hash=quote.hash, remark=CANARIES["remark"])
        return (await self.retail.checkout.place(wish)).order_id

    async def pays(self) -> OrderId:
        """Orders one and pays at the counter."""
        order_id = await self.orders()
        way = StartPayment(member_id=self.member_id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
        attempt = await self.retail.payments.start(way)
        amount = Money(attempt.amount.minor, attempt.amount.currency)
        confirm = ConfirmCounterPayment(payment_id=attempt.payment_id, amount=amount, actor=CLERK)
        await self.retail.payments.confirm_counter(confirm)
        return order_id

    async def is_sent(self) -> OrderId:
        """Orders one that is paid and shipped."""
        order_id = await self.pays()
        sent = ShipOrder(order_id=order_id, carrier="SF", tracking_number=CANARIES["tracking number"], actor=CLERK)
        await self.retail.ordering.ship(sent)
        return order_id

    async def receives(self) -> OrderId:
        """Orders one and has it."""
        order_id = await self.is_sent()
        await self.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=self.member_id, order_id=order_id))
        return order_id

    def leaving(self, **more: Any) -> CloseAccount:
        """The wish to leave, proven by the password."""
        return CloseAccount(**{"member_id": self.member_id, "password": PASSWORD, **more})

    # ---- what the shop does ------------------------------------------------------------------------------------------

    async def works(self, timers: tuple[str, ...] = (), rounds: int = 3) -> None:
        """A worker makes its rounds, and what is due is done."""
        background = self.retail.background
        for _ in range(rounds):
            for name, timer in background.timers.items():
                if not timers or name in timers:
                    made = await timer()
                    assert made.failed == ()
            while not timers and await background.deliver_next():
                continue

    async def is_erased(self) -> None:
        """At once, and once more a day later."""
        await self.works(("erase_members",))
        self.clock.pass_(timedelta(days=1, minutes=1))
        await self.works(("erase_members",))

    async def erased_by_who_is_killed(self) -> int:
        """The same, where whoever erases is killed at every transaction: once before it is stored, once after. How often."""
        killed = 0
        for _ in range(500):
            for is_stored in (False, True):
                begin = partial(_killed_at_commit, self.begin, is_stored)
                erase = on_units(begin, self.reads, self.outside).background.timers["erase_members"]
                try:
                    made = await erase()
                except Killed:
                    killed += 1
                else:
                    if made.due == 0:
                        return killed
        raise AssertionError("erasing never ends")

    async def is_clean(self) -> None:
        """The audit finds nothing and the ledger balances."""
        if self.database is not None:
            assert [str(one) for one in await audit(self.database, at=self.clock.now())] == []
        assert sum(one.balance.minor for one in await self.retail.payments.show.balances()) == 0

    # ---- what lies about ---------------------------------------------------------------------------------------------

    async def dumped(self) -> str:
        """All that is stored, as text."""
        if self.memory is not None:
            told = (self.memory.tables, self.memory.logs, self.memory.events, self.memory.deliveries, self.memory.unique)
            return "\n".join(map(_spelled, told))
        if "sqlite" in self.place.kind:
            return await asyncio.to_thread(_sqlite_dump, self.place.address)
        return await _postgres_dump(self.place.address)

    async def sightings(self) -> list[str]:
        """Where a canary was seen, by what it tells."""
        text = (await self.dumped()).lower()
        found = []
        for name, word in CANARIES.items():
            spelled = (word, word.encode().hex(), word.encode("unicode_escape").decode())
            if any(one.lower() in text for one in spelled):
                found.append(name)
        return found


def _spelled(value: Any) -> str:
    """Everything, also what is kept out of a repr."""
    if isinstance(value, Mapping):
        return "\n".join(_spelled(one) for pair in value.items() for one in pair)
    if isinstance(value, (list, tuple, set, frozenset)):
        return "\n".join(map(_spelled, value))
    fields = getattr(type(value), "__attrs_attrs__", None)
    return str(value) if fields is None else "\n".join(_spelled(getattr(value, one.name)) for one in fields)


def _sqlite_dump(path: str) -> str:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return "\n".join(database.iterdump())


async def _postgres_dump(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'retail'::regnamespace"
        )
        rows = [await connection.fetch(f"SELECT t::text AS t FROM retail.{one['relname']} t") for one in names]
        return "\n".join(row["t"] for some in rows for row in some)
    finally:
        await connection.close()


@asynccontextmanager
async def a_leaving(place: Place, **more: Any) -> AsyncIterator[Leaving]:
    """A shop on an empty store, with a warehouse, where ids are counted: two stores tell the same."""
    clock, sms, ids = HandClock(), RememberingSms(), CountingIds()
    outside = Outside(
        clock=clock, sms=sms, ids=ids, luck=SeededLuck(7), passwords=QuickPasswords(),
        gateways={"counter": counter_gateway("a counter secret")},
        review_moderator=WordList(blocks={"加微信": ReviewReason.ADVERTISING}),
    )  # fmt: skip
    outside = evolve(outside, **more)
    codec = EventCodec(EVERY_EVENT)
    if place.kind == "memory":
        memory = Memory(MemoryTools(clock, ids, codec, _follows()))
        store = MemoryStore(memory)
        retail = on_units(store.begin, MemoryReads(memory), outside)
        yield await _furnished(Leaving(retail, clock, sms, store.begin, place, memory, None, MemoryReads(memory), outside))
        return
    async with open_database(place) as database:
        sql = SqlStore(database, SqlTools(clock, ids, codec, _follows()))
        retail = on_database(database, outside)
        yield await _furnished(Leaving(retail, clock, sms, sql.begin, place, None, database, SqlReads(database), outside))


class Killed(BaseException):
    """The process is gone."""


@asynccontextmanager
async def _killed_at_commit(begin: Any, is_stored: bool) -> AsyncIterator[Any]:
    async with begin() as work:
        commit = work.commit

        async def killed() -> None:
            if is_stored:
                await commit()
            raise Killed()

        work.commit = killed
        yield work


def _follows() -> Any:
    from retail_domain.processes.worker.reactions import our_reactions

    return our_reactions().to


async def _furnished(leaving: Leaving) -> Leaving:
    await leaving.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
    return leaving
