"""Live pages: 300 browsers wait at two server processes while orders change; what each of them learns, and after how long.

Every browser comes back to the other process than it was told by, as a balancer may send it: nothing may be missed in between.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final
from uuid import UUID

from attrs import define, field, frozen

from benchmarks import databases, servers
from benchmarks.databases import Database
from benchmarks.figures import Table, median, short
from benchmarks.furnished import CLERK, Buyer, Furnished, furnish, in_loop, opened
from benchmarks.load import request
from retail_domain.application import Retail
from retail_domain.kernel.ids import AddressId, MemberId, OrderId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.ordering import ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.cookies import Seal

PROCESSES: Final = 2
LINES: Final = 50
"""Addresses that the browsers come from: one line may hold a share of the streams only."""
_COMES_BACK_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 45.0
_LOOKS_SECONDS: Final = 0.2
_STREAM_SECONDS: Final = 30.0
_MIB: Final = 2**20
SHIPPED: Final = "order.shipped"


@frozen(kw_only=True)
class Size:
    """How much is measured."""

    streams: int
    orders: int
    changes: int
    """So often each order changes."""
    pause_seconds: float


FULL: Final = Size(streams=300, orders=50, changes=6, pause_seconds=0.05)
QUICK: Final = Size(streams=60, orders=20, changes=2, pause_seconds=0.05)


@frozen
class Change:
    """Something that happened to an order: its number among all that did, and when it was committed."""

    order: UUID
    number: int
    at: float


@define
class Listener:
    """One browser that has one order before it."""

    order: UUID
    line: str
    after: int
    told: list[tuple[int, float]] = field(factory=list)
    """How far it had come when it was told that something changed, and when."""
    ended: int = 0
    refused: int = 0

    async def listen(self, ports: Sequence[int], cookie: str, first: int) -> None:
        """Wait at one process, then at the next, until it is cancelled."""
        turn = first
        while True:
            try:
                async with asyncio.timeout(_STREAM_SECONDS):
                    is_news, number = await self._once(ports[turn % len(ports)], cookie)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, Unheard):
                self.refused += 1
            else:
                self.ended += 1
                self.after = max(self.after, number)
                if is_news:
                    self.told.append((number, time.monotonic()))
                turn += 1
            await asyncio.sleep(_COMES_BACK_SECONDS)

    async def _once(self, port: int, cookie: str) -> tuple[bool, int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(self.line, 0))
        try:
            headers = [("Cookie", cookie), ("Last-Event-ID", str(self.after)), ("Connection", "close")]
            writer.write(request("GET", f"/orders/{self.order}/live", headers=headers))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise Unheard(head.partition(b"\r\n")[0].decode())
            text = await reader.read()
        finally:
            writer.close()
        number = int(text.rpartition(b"id: ")[2].partition(b"\n")[0])
        return b"event: changed" in text, number


class Unheard(Exception):
    """A stream that was not opened."""


def run(*, quick: bool) -> Iterator[Table]:
    """Both databases."""
    size = QUICK if quick else FULL
    rows = [measure(place, size) for place in (databases.postgres_on_ram, databases.sqlite_on_ram)]
    yield Table(
        f"{size.streams} live pages at {PROCESSES} processes",
        ("", "told of", "missed", "told twice", "median, ms", "worst, ms", "streams", "not let in", "MiB a process"),
        tuple(rows),
        after=f"{size.orders} orders with {size.streams // size.orders} pages each; each order changes {size.changes} times, "
        f"so {size.streams * size.changes:,} times a page has something to learn. A page that was told comes back after a "
        "second, to the other process. From the commit until the page is told, the worker's numbering and that second "
        "included. Who was not let in at once came back after a second, as browsers do. "
        f"From {LINES} addresses; every stream also ends by itself after ten seconds.",
    )


def measure(place: Callable[[], AbstractContextManager[Database]], size: Size) -> tuple[str, ...]:
    """One row: what was learned, and after how long. Raises Missed."""
    with place() as database:
        furnished = furnish(database.url, goods=1, buyers=1)
        orders = in_loop(_orders(database.url, furnished, size))
        with (
            servers.shop(database.url, servers.DEFAULT) as one,
            servers.shop(database.url, servers.DEFAULT) as other,
            _a_worker(database.url),
        ):
            listeners, changes = in_loop(_listen(database.url, (one.port, other.port), furnished.buyers[0], orders, size))
            weight = max(one.resident_bytes(), other.resident_bytes()) / _MIB
    return (database.name, *verdict(listeners, changes, size), f"{weight:.0f}")


def verdict(listeners: Sequence[Listener], changes: Sequence[Change], size: Size) -> tuple[str, ...]:
    """The figures of a row."""
    waits, missed = list[float](), 0
    for listener in listeners:
        for change in changes:
            if change.order == listener.order:
                wait = waited(listener, change)
                if wait is None:
                    missed += 1
                else:
                    waits.append(wait)
    again = sum(len(one.told) - len({number for number, _ in one.told}) for one in listeners)
    ended, refused = sum(one.ended for one in listeners), sum(one.refused for one in listeners)
    return (
        f"{len(waits):,} of {size.streams * size.changes:,}", f"**{missed}**", str(again),
        short(median(waits) * 1e3), short(max(waits) * 1e3), f"{ended:,}", str(refused),
    )  # fmt: skip


def waited(listener: Listener, change: Change) -> float | None:
    """How long it took until a page was told of a change, or of a later one together with it; None if it never was."""
    return next((max(0.0, at - change.at) for number, at in listener.told if number >= change.number), None)


async def _listen(
    url: str, ports: Sequence[int], buyer: Buyer, orders: Sequence[tuple[OrderId, SkuId]], size: Size
) -> tuple[list[Listener], list[Change]]:
    cookie = f"session={Seal('session', Settings.from_environ({}).secret_key.encode()).close(buyer.token)}"
    async with opened(url) as shop:
        retail = shop.retail
        begun = await _settled(retail)
        listeners = [
            Listener(order=orders[at % len(orders)][0], line=f"127.0.0.{2 + at % LINES}", after=begun)
            for at in range(size.streams)
        ]
        waiting = [asyncio.create_task(one.listen(ports, cookie, at)) for at, one in enumerate(listeners)]
        await asyncio.sleep(3.0)
        commits = [await _change(retail, order, size) for _ in range(size.changes) for order in orders]
        await _settled(retail)
        changes = await _changes(retail, begun, dict(_by_turns(commits)))
        await _all_know(listeners, changes)
        for one in waiting:
            one.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waiting, return_exceptions=True)
    return listeners, changes


async def _all_know(listeners: Sequence[Listener], changes: Sequence[Change]) -> None:
    """As long as patience lasts."""
    for _ in range(int(_PATIENCE_SECONDS / _LOOKS_SECONDS)):
        if all(_knows_all(one, changes) for one in listeners):
            return
        await asyncio.sleep(_LOOKS_SECONDS)


def _knows_all(listener: Listener, changes: Sequence[Change]) -> bool:
    return all(waited(listener, one) is not None for one in changes if one.order == listener.order)


async def _change(retail: Retail, order: tuple[OrderId, SkuId], size: Size) -> tuple[UUID, float]:
    order_id, sku_id = order
    one_unit = ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK, units=(Units(sku_id, 1),))
    await retail.ordering.ship(one_unit)
    at = time.monotonic()
    await asyncio.sleep(size.pause_seconds)
    return order_id, at


def _by_turns(commits: Sequence[tuple[UUID, float]]) -> Iterator[tuple[tuple[UUID, int], float]]:
    seen: dict[UUID, int] = {}
    for order, at in commits:
        seen[order] = seen.get(order, 0) + 1
        yield (order, seen[order]), at


async def _settled(retail: Retail) -> int:
    """The newest number, once everything that happened has one."""
    last, still = -1, 0
    while still < 5:
        number = await retail.events.last_number()
        last, still = number, still + 1 if number == last else 0
        await asyncio.sleep(0.2)
    return last


async def _changes(retail: Retail, begun: int, committed: dict[tuple[UUID, int], float]) -> list[Change]:
    """Each time that an order was sent in part, by the number of what happened then."""
    found, seen, after = list[Change](), dict[UUID, int](), begun
    while some := await retail.events.after(after, 1_000):
        after = some[-1].number
        for one in some:
            if one.name == SHIPPED:
                seen[one.aggregate_id] = turn = seen.get(one.aggregate_id, 0) + 1
                found.append(Change(one.aggregate_id, one.number, committed[one.aggregate_id, turn]))
    if len(found) != len(committed):
        raise Unheard(f"{len(committed)} parcels left, {len(found)} events say so")
    return found



async def _orders(url: str, furnished: Furnished, size: Size) -> list[tuple[OrderId, SkuId]]:
    """Paid orders of so many units that one can be sent at each change, and some stay."""
    buyer, sku_id = furnished.buyers[0], SkuId(UUID(furnished.goods[0].sku_id))
    member_id = MemberId(UUID(buyer.member_id))
    made = []
    async with opened(url) as shop:
        retail: Any = shop.retail
        for _ in range(size.orders):
            wish = QuoteBasket(
                member_id=member_id, address_id=AddressId(UUID(buyer.address_id)), lines=(WantedLine(sku_id, size.changes + 1),)
            )
            quote = await retail.quoting.quote(wish)
            order = await retail.checkout.place(PlaceOrder(member_id=member_id, quote_id=quote.id, hash=quote.hash))
            start = StartPayment(member_id=member_id, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
            due = await retail.payments.start(start)
            payable: Money = order.payable
            await retail.payments.confirm_counter(
                ConfirmCounterPayment(payment_id=due.payment_id, amount=payable, actor=CLERK)
            )
            made.append((order.order_id, sku_id))
    return made


@contextmanager
def _a_worker(url: str) -> Iterator[None]:
    """`retail worker` on that database: it gives events their numbers."""
    environ = {**servers.environment(servers.PROJECT), "RETAIL_DATABASE_URL": url}
    command = [sys.executable, "-m", "retail_entrypoints.cli", "worker"]
    running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait(servers.PATIENCE_SECONDS)
