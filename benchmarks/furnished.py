"""A shop to measure: goods with stock, members who are logged in; all of it made through the shop's own use cases."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import asyncpg
import uvloop
from attrs import define, field, frozen

from retail_domain.accounts import AddAddress, AddStaff, ContactAsTyped, LoggedIn, Purpose, Role
from retail_domain.accounts.sms import SmsAccepted, SmsMessage
from retail_domain.accounts.use_cases.log_in_with_code import LogInWithCode
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.prove import Proof
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.pricing import ChargeBy, FreightZone, StoreFreightTemplate
from retail_entrypoints.container import OpenShop, open_shop
from retail_entrypoints.databases import upgrade_schema
from retail_entrypoints.settings import Settings

T = TypeVar("T")

CLERK: Final = Actor.system("benchmark")
PLENTY: Final = 10**8
STAFF_LOGIN: Final = "bench"
STAFF_PASSWORD: Final = "benchmarks-only-2026"
_HANDS: Final = 4


@frozen
class Buyer:
    """A member who is logged in and has an address."""

    member_id: str
    token: str
    address_id: str


@frozen
class Goods:
    """Something on sale."""

    product_id: str
    sku_id: str


@frozen
class Furnished:
    """What the load is made of."""

    goods: tuple[Goods, ...]
    buyers: tuple[Buyer, ...]
    staff_token: str


def furnish(database: str, *, goods: int, buyers: int) -> Furnished:
    """Bring an empty database to the newest schema and fill it."""
    settings = Settings.from_environ({"RETAIL_DATABASE_URL": database})
    upgrade_schema(settings)
    furnished = in_loop(_furnish(settings, goods, buyers))
    in_loop(analyze(database))
    return furnished


async def analyze(database: str) -> None:
    """Let the planner know the tables, as a database that has run for a day does."""
    if database.startswith("sqlite"):
        return
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the loop that the servers use."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@asynccontextmanager
async def opened(database: str) -> AsyncIterator[OpenShop]:
    """The shop on that database, in this process."""
    async with open_shop(Settings.from_environ({"RETAIL_DATABASE_URL": database})) as shop:
        yield shop


def logged_in(database: str, members: Sequence[tuple[str, str, str]]) -> list[Buyer]:
    """Members, by id, address and phone, who log in now."""
    settings = Settings.from_environ({"RETAIL_DATABASE_URL": database})

    async def come() -> list[Buyer]:
        caught = _Letters()
        async with open_shop(settings, sms=caught) as shop:
            return [
                Buyer(id, (await _session(shop.retail, caught, Phone(phone))).token, address) for id, address, phone in members
            ]

    return in_loop(come())


async def _session(retail: Retail, letters: _Letters, phone: Phone) -> LoggedIn:
    sent = await retail.accounts.send_code(SendCode(phone=phone, purpose=Purpose.LOGIN, client=f"bench-{phone.e164}"))
    proof = Proof(challenge_id=sent.challenge_id, code=letters.by_phone[phone.e164])
    return await retail.accounts.log_in_with_code(LogInWithCode(proof=proof))


async def _furnish(settings: Settings, goods: int, buyers: int) -> Furnished:
    caught = _Letters()
    async with open_shop(settings, sms=caught) as shop:
        retail = shop.retail
        await _open(retail)
        made = await _side_by_side(lambda number: _goods(retail, number), range(goods))
        known = await _side_by_side(lambda number: _buyer(retail, caught, number), range(buyers))
        await retail.accounts.add_staff(
            AddStaff(login=STAFF_LOGIN, password=STAFF_PASSWORD, name="Bench", roles=(Role.ADMIN,), actor=CLERK)
        )
        staff = await retail.accounts.log_in_with_password(LogInWithPassword(login=STAFF_LOGIN, password=STAFF_PASSWORD))
    return Furnished(tuple(made), tuple(known), staff.token)


@define
class _Letters:
    """Codes by phone number, since several are on their way at once."""

    by_phone: dict[str, str] = field(factory=dict)

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Keep the code."""
        self.by_phone[message.to.e164] = message.parameters.get("code", "")
        return SmsAccepted(message.message_id, "benchmark")


async def _open(retail: Retail) -> None:
    await retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
    zone = FreightZone(first_units=1, first_minor=800, next_units=5, next_minor=200, free_from_minor=99_900)
    await retail.quoting.store_freight_template(
        StoreFreightTemplate(name="Courier", charge_by=ChargeBy.PIECE, zones=(zone,), actor=CLERK, is_default=True)
    )


async def _goods(retail: Retail, number: int) -> Goods:
    luck = random.Random(number)
    wish = SkuWish(code=f"G-{number:06d}", price_minor=luck.randint(500, 30_000), weight_grams=500, options=(("size", "M"),))
    title = f"{luck.choice(('Green', 'White', 'Black', 'Blue'))} {luck.choice(('tea', 'cup', 'pot', 'scarf'))} {number} 好茶"
    listing = Listing(title=title, subtitle="Made for benchmarks", description="Words about these goods. " * 12)
    made = await retail.catalog.create(CreateProduct(code=f"P-{number:06d}", listing=listing, skus=(wish,), on_sale=True))
    (sku_id,) = made.sku_ids
    arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=PLENTY, reference="benchmark", actor=CLERK)
    await retail.inventory.receive(arrived)
    return Goods(str(made.product_id), str(sku_id))


async def _buyer(retail: Retail, letters: _Letters, number: int) -> Buyer:
    phone = Phone.parse(f"139{number:08d}")
    session = await _session(retail, letters, phone)
    assert session.member_id is not None
    home = ContactAsTyped(recipient="小明", phone=phone, region_code="310000", region="上海市", detail="南京东路1号")
    added = await retail.accounts.add_address(AddAddress(member_id=session.member_id, contact=home))
    return Buyer(str(session.member_id), session.token, str(added.address_id))


async def _side_by_side(make: Callable[[int], Awaitable[T]], numbers: Iterable[int]) -> list[T]:
    left = iter(list(enumerate(numbers)))
    made: dict[int, T] = {}

    async def hand() -> None:
        for place, number in left:
            made[place] = await make(number)

    await asyncio.gather(*(hand() for _ in range(_HANDS)))
    return [made[place] for place in sorted(made)]
