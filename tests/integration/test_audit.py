"""R43: the audit names every broken row, raises no false alarm over a shop under load, and keeps no writer waiting."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import asyncpg
import pytest
from attrs import evolve, frozen
from sqlalchemy import select

from retail_adapters.assemble import Outside
from retail_adapters.sql.audit import LAWS, Finding, audit
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.ordering import orders
from retail_domain.cart import CartLine, CartOwner
from retail_domain.catalog import LabelSku
from retail_domain.inventory import SetQuota, WatchStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.membership import CheckInToday
from retail_domain.messages import DecideMarketing, MessageChannels
from retail_domain.messages.use_cases.telling import NOBODY, RaisedCause, tell
from retail_domain.ordering import CancelOrder, ConfirmReceipt, RefundOrder, RepriceOrder, ShipOrder, Units
from retail_domain.payments import CloseBooks, PayFromAccount
from retail_domain.pictures import AddPicture
from retail_domain.points import AdjustPoints
from retail_domain.processes.purchase.carting import AddToCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.processes.worker.causes import our_causes
from retail_domain.reviews import PostReview
from retail_domain.settings import ChangeSettings, TakeSettingsBack
from retail_domain.tiers import GrantTier
from retail_domain.wallet import AdjustWallet, RequestWithdrawal
from retail_domain.webhooks import CreateWebhook
from tests.damage.damage import every_damage
from tests.support.coupons import ANY_OFF, FREIGHT_OFF, kind_of, placed_of, quote_with, taken_by
from tests.support.drawn_pictures import sent as drawn_bytes
from tests.support.market import CLERK, Buyer
from tests.support.postgres import Postgres, fresh_database
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop, open_shop
from tests.support.stores import Place, open_database, place_of
from tests.support.wallets import put_into_wallet

DAMAGE = every_damage()

ALL_ORDERS = Statement("test.orders", select(orders.c.id))

NO_CHECKS = """
DO $$ DECLARE rule record; BEGIN
  FOR rule IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'retail'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', rule.place, rule.conname); END LOOP;
END $$
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place, provider: Sandbox) -> AsyncIterator[Shop]:
    """A whole shop."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop


async def live(shop: Shop) -> None:
    """A little of everything: unpaid at an agreed price, paid, shipped, partly refunded, cancelled, limited and watched."""
    await shop.retail.webhooks.create(CreateWebhook(url="https://example.com/hooks"))
    await shop.freight(800)
    tea = await shop.limited_goods("tea", limit=9, stock=20)
    cup = await shop.goods("cup", stock=3)
    await shop.retail.catalog.label(LabelSku(sku_id=cup, barcodes=("6901234567892", "SHELF-7")))
    watch = WatchStock(sku_id=cup, location="main", actor=CLERK, alert_threshold=5)
    await shop.retail.inventory.watch(watch)
    await shop.retail.inventory.set_quota(SetQuota(sku_id=tea, size=9, actor=CLERK))
    buyer = await shop.buyer()
    terms = (await shop.retail.messages.settings(buyer.id)).terms_version
    await shop.retail.messages.decide_marketing(DecideMarketing(member_id=buyer.id, given=True, terms_version=terms))
    await shop.retail.membership.check_in(CheckInToday(member_id=buyer.id))
    until = shop.clock.now() + timedelta(days=90)
    await shop.retail.tiers.grant(GrantTier(actor=CLERK, member_id=buyer.id, tier="member", until=until, reason="a guest"))
    for name in ("Tea", "Cups"):
        await shop.retail.settings.change(ChangeSettings(actor=CLERK, values={"shop.name": name}, reason="because"))
    await shop.retail.settings.take_back(TakeSettingsBack(actor=CLERK, number=2, reason="because"))
    brings = {"points.purchase_rate": 100, "points.review_reward": 5}
    await shop.retail.settings.change(ChangeSettings(actor=CLERK, values=brings, reason="because"))
    await shop.retail.points.adjust(AdjustPoints(member_id=buyer.id, points=40, reason="a gift", actor=Actor.system("audit")))
    await shop.retail.points.adjust(AdjustPoints(member_id=buyer.id, points=-4, reason="oops", actor=Actor.system("audit")))
    await shop.retail.pictures.add_goods(AddPicture(owner=CLERK, content=drawn_bytes()))
    unpaid = await shop.order(buyer, (tea, 1))
    agreed = RepriceOrder(order_id=unpaid.order_id, payable_minor=unpaid.payable.minor - 1, reason="agreed", actor=CLERK)
    await shop.retail.ordering.reprice(agreed)
    sent, _ = await shop.paid_order(buyer, (tea, 2), (cup, 1))
    cancelled = await shop.order(buyer, (tea, 1))
    await shop.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=cancelled.order_id))
    await shop.retail.ordering.ship(ShipOrder(order_id=sent.order_id, carrier="SF", tracking_number="1", actor=CLERK))
    wish = RefundOrder(order_id=sent.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))
    await shop.retail.ordering.refund(wish)
    came, _ = await shop.paid_order(buyer, (cup, 1))
    await shop.retail.ordering.ship(ShipOrder(order_id=came.order_id, carrier="SF", tracking_number="2", actor=CLERK))
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=came.order_id))
    await shop.retail.reviews.post(PostReview(member_id=buyer.id, order_id=came.order_id, line=1, stars=4, text="好"))
    await _coupons(shop, buyer, tea)
    await _wallet(shop, buyer, tea)
    await shop.works()
    await _advertise(shop, buyer.id, came.order_id)
    await _close_today(shop)


async def _coupons(shop: Shop, buyer: Buyer, tea: SkuId) -> None:
    """One that nobody has used, one of an order that waits for its money, one of an order that it made free."""
    retail, kind = shop.retail, await kind_of(shop.retail, ANY_OFF, per_member=2)
    much = [await kind_of(retail, evolve(one, value_minor=50_000)) for one in (ANY_OFF, FREIGHT_OFF)]
    _, some, *all_of_it = [(await taken_by(retail, buyer.id, one)).coupon_id for one in (kind, kind, *much)]
    for use in ([some], all_of_it):
        await placed_of(retail, await quote_with(retail, buyer, (tea, 1), use=use))


async def _wallet(shop: Shop, buyer: Buyer, tea: SkuId) -> None:
    """Given, held for an order that waits, and waiting to be paid out."""
    retail = shop.retail
    give = AdjustWallet(member_id=buyer.id, amount=Money(700, "CNY"), reason="a gift", actor=Actor.system("audit"))
    await retail.wallet.adjust(give)
    unpaid = await shop.order(buyer, (tea, 1))
    await retail.payments.pay_from_account(PayFromAccount(member_id=buyer.id, order_id=unpaid.order_id, tender="wallet"))
    await put_into_wallet(retail.begin, buyer.id, 400)
    await retail.wallet.request_withdrawal(RequestWithdrawal(member_id=buyer.id, amount=Money(300, "CNY"), pay_to="card 1"))


async def _close_today(shop: Shop) -> None:
    """As on the morning after; then it is today again, and what happens now comes too late for it."""
    shop.clock.pass_(timedelta(days=1))
    today = await shop.retail.books.current_day()
    await shop.retail.books.close(CloseBooks(through=today - timedelta(days=1), actor=CLERK))
    shop.clock.pass_(timedelta(days=-1))


async def _advertise(shop: Shop, member_id: MemberId, order_id: OrderId) -> None:
    """As weeks later, when the order is completed."""
    cause = our_causes().by_code["order.tell_others"]
    raised = RaisedCause(cause=cause, occasion=order_id, about=order_id, at=shop.clock.now(), member_id=member_id)
    async with shop.retail.begin() as work:
        assert await tell(work, (raised,), NOBODY, Outside(clock=shop.clock).means, MessageChannels()) == 1
        await work.commit()


@frozen
class _Scratch:
    """Copies of a sound shop that may be spoiled."""

    place: Place
    server: Postgres

    @contextmanager
    def copy(self, number: int) -> Iterator[Place]:
        if self.place.kind == "sqlite":
            path = f"{self.place.address}.{number}"
            shutil.copy(self.place.address, path)
            yield Place("same sqlite", path)
        else:
            with fresh_database(self.server, template=self.place.address.rpartition("/")[2]) as url:
                yield Place("postgres", url)


async def spoil(place: Place, statement: str) -> None:
    """Do what no use case would, past every constraint."""
    if place.kind == "same sqlite":
        connection = sqlite3.connect(place.address)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement.format("retail_"))
        connection.commit()
        connection.close()
    else:
        known = await asyncpg.connect(place.address)
        await known.execute(NO_CHECKS)
        await known.execute("SET session_replication_role = replica")
        assert int((await known.execute(statement.format("retail."))).split()[-1]) > 0
        await known.close()


async def test_every_law_that_is_broken_is_found_and_its_row_is_named(
    place: Place, provider: Sandbox, postgres_server: Postgres
) -> None:
    """R43: a sound shop has no finding; each damage past every constraint has, by law and row (R1, R3 to R6, R10, R13, R25)."""
    assert set(DAMAGE) == {law.id for law in LAWS}
    provider.reset()
    async with open_shop(place, provider) as shop:
        await live(shop)
        await shop.is_clean()
        later = shop.clock.now() + timedelta(minutes=11)
        assert await audit(shop.database, at=later) == []
    scratch = _Scratch(place, postgres_server)

    missed = {}
    for number, (law, (statement, column)) in enumerate(DAMAGE.items()):
        with scratch.copy(number) as spoiled:
            await spoil(spoiled, statement)
            async with open_database(spoiled) as database:
                found = await audit(database, at=later)
        if not [one for one in found if one.law == law and one.row[column] and law in str(one)]:
            missed[law] = [str(one) for one in found]
    assert missed == {}


async def test_a_finding_names_the_very_row(shop: Shop) -> None:
    """R43: of two orders, the one whose books were tampered with."""
    await live(shop)
    buyer = await shop.buyer(2)
    pot = await shop.goods("pot")
    placed, _ = await shop.paid_order(buyer, (pot, 1))
    table = "retail_" if shop.where.place.kind == "same sqlite" else "retail."
    id = placed.order_id.hex if table == "retail_" else str(placed.order_id)
    value = f"X'{id}'" if table == "retail_" else f"'{id}'"
    await spoil(shop.where.place, f"UPDATE {{}}order_lines SET payable_minor = payable_minor - 1 WHERE order_id = {value}")

    found = await audit(shop.database, at=shop.clock.now())

    assert [(one.law, one.row["id"]) for one in found] == [("R4", str(placed.order_id))]
    assert isinstance(found[0], Finding) and str(placed.order_id) in str(found[0])


@pytest.mark.parametrize(
    ("table", "which", "laws"),
    [
        ("events", "name = 'order.signed'", {"R25-steps"}),
        ("events", "name = 'order.paid'", {"R25-steps", "R25"}),
        ("events", "name = 'parcel.sent'", {"R25-facts"}),
        ("events", "name = 'payment.started'", {"R25-facts"}),
        ("events", "name = 'refund.succeeded'", {"R25-facts"}),
        ("events", "name = 'payment.received'", {"R25-money"}),
        ("order_transitions", "event = 'order.refunded'", {"R25-steps"}),
        ("order_transitions", "event = 'order.shipped'", {"R25-steps", "ORD-I1"}),
        ("deliveries", "reaction = 'cart.take_out_ordered'", {"R25-deliveries"}),
        ("deliveries", "reaction = 'catalog.count_back'", {"R25-deliveries"}),
    ],
)
async def test_one_row_that_is_gone_is_missed(shop: Shop, table: str, which: str, laws: set[str]) -> None:
    """R43, R25, ORD-I8: an event nobody waits for, a step in the middle of a history, a delivery that was made long ago."""
    tea, pot, buyer = await shop.goods("tea"), await shop.goods("pot"), await shop.buyer()
    await shop.retail.cart.put(AddToCart(owner=CartOwner.member(buyer.id), line=CartLine(tea, 2)))
    quote = await shop.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    placed = await shop.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    await shop.hears(shop.buyer_pays(await shop.start(buyer, placed)))
    await shop.retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK))
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id))
    wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))
    await shop.retail.ordering.refund(wish)
    await shop.works(3)
    await shop.order(await shop.buyer(2), (pot, 1))
    await shop.is_clean()

    where = shop.where.place
    await spoil(where, f"DELETE FROM {{}}{table} WHERE {which}")
    found = await audit(shop.database, at=shop.clock.now())

    # On PostgreSQL the gap that an event leaves among the numbers (R48) may tell it as well.
    assert {one.law for one in found} - ({"R48"} if table == "events" else set()) == laws


async def test_the_audit_raises_no_false_alarm_over_a_shop_under_load_and_holds_up_nobody(shop: Shop) -> None:
    """R43: audits run round after round while members buy, pay, cancel, are shipped to and refunded."""
    tea = await shop.limited_goods("tea", limit=1_000, stock=1_000)
    watch = WatchStock(sku_id=tea, location="main", actor=CLERK, alert_threshold=990)
    await shop.retail.inventory.watch(watch)
    is_over = asyncio.Event()
    alarms: list[str] = []
    audits = 0

    async def keep_auditing() -> None:
        nonlocal audits
        while not is_over.is_set():
            alarms.extend(str(one) for one in await audit(shop.database, at=shop.clock.now()))
            audits += 1

    async def buy(number: int) -> None:
        buyer = await shop.buyer(number)
        for turn in range(3):
            placed = await shop.order(buyer, (tea, 2))
            if turn == 0:
                await shop.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
                continue
            await shop.hears(shop.buyer_pays(await shop.start(buyer, placed)))
            one = (Units(tea, 1),)
            sent = ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=one)
            await shop.retail.ordering.ship(sent)
            await shop.retail.ordering.refund(RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=one))
            await shop.works(1)

    watching = asyncio.create_task(keep_auditing())
    await asyncio.gather(*(buy(number) for number in range(6)))
    is_over.set()
    await watching

    assert alarms == []
    assert audits > 1
    await shop.works(3)
    await shop.is_clean()


async def test_a_writer_commits_while_an_audit_has_its_moment_open(shop: Shop) -> None:
    """R43: the audit's snapshot neither waits for a writer nor keeps one waiting, and does not see what came after it."""
    tea = await shop.goods("tea")
    buyer = await shop.buyer()
    async with shop.database.begin(read_only=True) as snapshot:
        before = await snapshot.rows(ALL_ORDERS)
        placed = await shop.order(buyer, (tea, 1))
        await shop.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
        after = await snapshot.rows(ALL_ORDERS)
    assert (len(before), len(after)) == (0, 0)
    assert (await shop.see(placed)).closed_at is not None
    await shop.is_clean()
