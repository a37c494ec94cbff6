"""A trading shop of several processes whose servers, workers, database and wires are killed at random (F1 to F3)."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
from attrs import define, field, frozen

from retail_domain.accounts import AddAddress, ContactAsTyped, Purpose
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.passwords import Register
from retail_domain.accounts.use_cases.prove import Proof
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import SkuId
from retail_entrypoints.cli.demo_data import ADMIN_LOGIN, LOCATION, PASSWORD, CaughtMessages, fill
from retail_entrypoints.container import OpenShop, open_shop
from retail_entrypoints.settings import Settings
from tests.support.crash.buyers import Buyer, Records
from tests.support.crash.nursery import SERVER, WORKER, Nursery, Part
from tests.support.crash.verdict import Verdict, all_orders, is_at_rest, judged
from tests.support.sandbox import Sandbox

STOCK: Final = 1_000_000
CALM_SECONDS_MAX: Final = 300.0
_STEP: Final = timedelta(minutes=4)
"""Time jumps by so much in the calm: less than what makes a signature stale."""
_CALM_AT_LEAST: Final = timedelta(hours=2, minutes=30)


@frozen(kw_only=True)
class Weather:
    """How much shall happen before it is over; the time is over first if there is not enough of it."""

    kills: int
    restarts: int = 0
    cuts: int = 0
    seconds_max: float = 60.0
    clients: int = 6
    lives_seconds: float = 1.0
    """How long a process lives on average, once it is there."""
    seed: int = 1


@define
class Tally:
    """What happened."""

    kind: str
    weather: Weather
    kills: dict[str, int] = field(factory=lambda: {SERVER: 0, WORKER: 0})
    restarts: int = 0
    cuts: int = 0
    found_no_database: int = 0
    """How many processes ended by themselves, since they were born while the database was away."""
    storm_seconds: float = 0.0
    calm_seconds: float = 0.0
    records: Records = field(factory=Records)
    verdict: Verdict | None = None

    @property
    def is_enough(self) -> bool:
        """Whether all has happened that was asked for."""
        weather = self.weather
        return sum(self.kills.values()) >= weather.kills and self.restarts >= weather.restarts and self.cuts >= weather.cuts

    @property
    def wrongs(self) -> list[str]:
        """Everything that was not so."""
        own = ["a process ended by itself"] if self.found_no_database and self.weather.restarts + self.weather.cuts == 0 else []
        return [*self.records.wrongs, *own, *(self.verdict.wrongs if self.verdict else ["no verdict"])]


@frozen(kw_only=True)
class Ground:
    """Where it takes place: database, provider, files, and how to crash the database and to cut its wires."""

    database_url: str
    wire_url: str
    sandbox: Sandbox
    folder: Path
    nursery: Nursery
    ports: Sequence[int]
    crash: Callable[[], None] | None = None
    wire: Any = None

    def environ(self, url: str) -> Mapping[str, str]:
        """The settings of every process."""
        return {
            "RETAIL_DATABASE_URL": url,
            "RETAIL_SMS": f"file:{self.folder / 'messages'}",
            "RETAIL_SANDBOX_BASE_URL": self.sandbox.url,
            "RETAIL_PUBLIC_URL": f"http://127.0.0.1:{self.ports[0]}",
            "RETAIL_TEST_CLOCK": str(self.folder / "clock"),
            "RETAIL_OPEN_ORDERS_MAX": "1000",  # a few clients leave more orders unpaid here than people do in two hours
        }

    @property
    def settings(self) -> Settings:
        """The shop as this process opens it: straight, by no wire that may be cut."""
        return Settings.from_environ(self.environ(self.database_url))

    def parts(self) -> Sequence[Part]:
        """The processes of the shop."""
        environ, journal = self.environ(self.wire_url), str(self.folder / "journal")
        servers = [Part(role=SERVER, environ=environ, journal=journal, port=port) for port in self.ports]
        workers = [Part(role=WORKER, environ=environ, journal=journal) for _ in range(2)]
        return [*servers, *workers]


def free_ports(many: int) -> list[int]:
    """So many ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@define
class _Time:
    """The time of every process, in a file: it runs as the real one, and in the calm much faster."""

    file: Path
    ahead: timedelta = timedelta(0)

    def write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text((datetime.now(UTC) + self.ahead).isoformat())
        fresh.replace(self.file)

    async def run(self) -> None:
        while True:
            self.write()
            await asyncio.sleep(0.05)


async def storm(ground: Ground, weather: Weather, kind: str) -> Tally:
    """Trade through it, start everything again, wait until it is at rest, and judge."""
    tally = Tally(kind, weather)
    clock = _Time(ground.folder / "clock")
    clock.write()
    async with _running(clock.run()):
        buyers = await _furnished(ground, weather, tally)
        await _weathered(ground, weather, tally, buyers)
        began = time.monotonic()
        async with _running(*(_kept(ground, part) for part in ground.parts())):
            await _calm(ground, clock)
        tally.calm_seconds = time.monotonic() - began
        tally.verdict = await _judged(ground, tally)
    return tally


@asynccontextmanager
async def _running(*works: Any) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _weathered(ground: Ground, weather: Weather, tally: Tally, buyers: list[Buyer]) -> None:
    began, luck = time.monotonic(), random.Random(weather.seed)

    def is_over() -> bool:
        return tally.is_enough or time.monotonic() - began > weather.seconds_max

    for buyer in buyers:
        buyer.is_over = is_over
    if ground.wire is not None:
        ground.wire.choose = lambda: _cut(ground, tally, luck, is_over)
    trading = asyncio.gather(*(buyer.shop_until_over() for buyer in buyers))
    victims = [_doomed(ground, part, tally, is_over, luck) for part in ground.parts()]
    async with _running(*victims, _crashing(ground, tally, is_over, luck)):
        await trading
    tally.storm_seconds = time.monotonic() - began


def _cut(ground: Ground, tally: Tally, luck: random.Random, is_over: Callable[[], bool]) -> str | None:
    if is_over() or tally.cuts >= tally.weather.cuts or luck.random() > 0.12:
        return None
    tally.cuts += 1
    return luck.choice(("before", "after"))


async def _doomed(ground: Ground, part: Part, tally: Tally, is_over: Callable[[], bool], luck: random.Random) -> None:
    """One process after another of this sort: each is killed at some time, the last one stays until all is over."""
    while True:
        pid = await ground.nursery.born(part)
        try:
            if part.role == SERVER and luck.random() < 0.9:  # the others are killed while they start
                await _until_open(ground, part, pid)
            await _answers_given(tally, luck.randint(0, 6))  # so that on a slow machine too there is something to lose
            await asyncio.sleep(luck.expovariate(1 / tally.weather.lives_seconds))
            while is_over() and await ground.nursery.lives(pid):
                await asyncio.sleep(0.5)
        finally:
            was_alive = await asyncio.shield(ground.nursery.killed(pid))
        if was_alive:
            tally.kills[part.role] += 1
        else:
            tally.found_no_database += 1


async def _kept(ground: Ground, part: Part) -> None:
    """A process of this sort that nobody harms any more."""
    pid = await ground.nursery.born(part)
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.shield(ground.nursery.killed(pid))


async def _until_open(ground: Ground, part: Part, pid: int) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        while await ground.nursery.lives(pid):
            with suppress(httpx2.TransportError):
                await http.get(f"http://127.0.0.1:{part.port}/health/live")
                return
            await asyncio.sleep(0.1)


async def _answers_given(tally: Tally, many: int) -> None:
    enough, until = tally.records.answered + many, time.monotonic() + 10.0
    while tally.records.answered < enough and time.monotonic() < until:
        await asyncio.sleep(0.05)


async def _crashing(ground: Ground, tally: Tally, is_over: Callable[[], bool], luck: random.Random) -> None:
    """The database server is stopped on the spot and started again, now and then, whenever there was some trade."""
    while ground.crash is not None:
        await asyncio.sleep(luck.uniform(0.2, 2.0))
        await _answers_given(tally, luck.randint(1, 20))
        if not is_over() and tally.restarts < tally.weather.restarts:
            await asyncio.to_thread(ground.crash)
            tally.restarts += 1


async def _calm(ground: Ground, clock: _Time) -> None:
    """Time passes, nobody is killed: within a bound nothing is left to be done."""
    until = time.monotonic() + CALM_SECONDS_MAX
    async with open_shop(ground.settings) as shop:
        while time.monotonic() < until:
            await asyncio.sleep(0.4)
            if clock.ahead < _CALM_AT_LEAST:
                clock.ahead += _STEP
            elif await is_at_rest(shop.retail):
                return
            else:
                clock.ahead += _STEP


async def _judged(ground: Ground, tally: Tally) -> Verdict:
    async with open_shop(ground.settings) as shop:
        journal = ground.folder / "journal"
        told = journal.read_text(errors="replace") if journal.exists() else ""
        return await judged(shop, ground.sandbox, tally.records, told)


# ---- what there is before it begins ------------------------------------------------------------------------------------


async def _furnished(ground: Ground, weather: Weather, tally: Tally) -> list[Buyer]:
    caught = CaughtMessages()
    async with open_shop(ground.settings, sms=caught) as shop:
        await fill(shop.retail, caught)
        tally.records.before = frozenset(str(order.order_id) for order in await all_orders(shop.retail))
        staff = await shop.retail.accounts.log_in_with_password(LogInWithPassword(login=ADMIN_LOGIN, password=PASSWORD))
        skus = [await _goods(shop, number) for number in range(3)]
        luck = random.Random(weather.seed)
        return [
            Buyer(
                *await _member(shop, caught, number, staff.token), str(luck.choice(skus)), ground.ports, ground.sandbox.url,
                random.Random(weather.seed * 1_000 + number), tally.records, lambda: True,
            )
            for number in range(weather.clients)
        ]  # fmt: skip


async def _goods(shop: OpenShop, number: int) -> SkuId:
    wish = SkuWish(code=f"S{number}", price_minor=1_999 + number)
    made = await shop.retail.catalog.create(
        CreateProduct(code=f"P{number}", listing=Listing(title=f"Goods {number}"), skus=(wish,), on_sale=True)
    )
    (sku_id,) = made.sku_ids
    await shop.retail.inventory.receive(
        ReceiveStock(sku_id=sku_id, location=LOCATION, quantity=STOCK, reference="storm", actor=Actor.system("storm"))
    )
    return sku_id


async def _member(shop: OpenShop, caught: CaughtMessages, number: int, staff_token: str) -> tuple[str, str, str]:
    phone = Phone.parse(f"1370013{number:04d}")
    sent = await shop.retail.accounts.send_code(SendCode(phone=phone, purpose=Purpose.REGISTER))
    proof = Proof(challenge_id=sent.challenge_id, code=caught.codes[-1])
    wish = Register(proof=proof, login=f"buyer{number}", password=PASSWORD)
    logged_in = await shop.retail.accounts.register(wish)
    assert logged_in.member_id is not None
    contact = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="310000", region="上海市", detail="Road 1")
    added = await shop.retail.accounts.add_address(AddAddress(member_id=logged_in.member_id, contact=contact))
    return logged_in.token, staff_token, str(added.address_id)
