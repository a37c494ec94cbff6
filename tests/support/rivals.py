"""Several processes that want the same things at once: buyers of the last units, workers on one outbox."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from attrs import frozen

from retail_adapters.serialization import EventCodec
from retail_adapters.sql.database import Database
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.retry import retrying
from retail_domain import inventory
from retail_domain.inventory import Owner, Reservation, SoldOut, StockItem, allocate, short_of
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId, OrderId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.processes.worker.relay import DeliverNext
from retail_domain.testing.baskets import sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import key
from retail_domain.testing.means import means_of
from tests.support.shelves import sellable_of

CONTEXT = multiprocessing.get_context("spawn")


@frozen(kw_only=True)
class Buyer:
    """Somebody who wants these lines, all of them or none."""

    number: int
    lines: tuple[tuple[SkuId, int], ...]
    once: Once | None = None


@frozen
class Bought:
    """What they got, and where from."""

    order_id: OrderId
    location_id: LocationId


@frozen
class Reserve:
    """The smallest checkout there is: claim, allocate, reserve, commit."""

    store: SqlStore

    async def __call__(self, buyer: Buyer) -> Bought:
        wanted: dict[SkuId, int] = {}
        for sku_id, units in buyer.lines:
            wanted[sku_id] = wanted.get(sku_id, 0) + units  # R2: lines of one SKU are judged on their sum
        ids = self.store.tools.ids
        async with self.store.begin() as work:
            told = await work.answers.recall(buyer.once, Bought)
            if told is not None:
                return told
            online = await work.stock.claim_online(wanted)
            shelves = online.items
            sellable = sellable_of(shelves)
            drawn = allocate([(line, *goods) for line, goods in enumerate(wanted.items(), 1)], sellable, online.places)
            if drawn is None:
                raise SoldOut(sku_ids=short_of(wanted, sellable, online.places))
            answer = Bought(OrderId(ids.new()), drawn[0].key.location_id)
            for one in drawn:
                work.stock.save(shelves[one.key].reserve(one.units, at=self.store.tools.clock.now()))
                owner = Owner.order(answer.order_id)
                work.reservations.save(Reservation.held(owner=owner, line=one.line, key=one.key, quantity=one.units))
            work.answers.remember(buyer.once, answer)
            await work.commit()
        return answer


def tools() -> SqlTools:
    """What every process opens its store with."""
    return SqlTools(SettableClock(), UuidSevenIds(), EventCodec(inventory.EVENTS), reactions_to)


async def opened(kind: str, address: str) -> tuple[Database, Callable[[], Any]]:
    """A database and how to close it."""
    if kind == "sqlite":
        sqlite = SqliteDatabase(address, durable=False)
        return sqlite, sqlite.close
    pool = await open_pool(address, connections_max=4)
    return PostgresDatabase(pool), pool.close


Told = tuple[str, int, Any]


def buy(kind: str, address: str, rounds: Sequence[Sequence[Buyer]], barrier: Any, told: Any) -> None:
    """One process of buyers: in each round all of them at once, together with those of the other processes."""
    asyncio.run(_buy(kind, address, rounds, barrier, told))


async def _buy(kind: str, address: str, rounds: Sequence[Sequence[Buyer]], barrier: Any, told: Any) -> None:
    database, close = await opened(kind, address)
    handler = retrying(Reserve(SqlStore(database, tools())))
    for number, buyers in enumerate(rounds):
        await asyncio.to_thread(barrier.wait, 60)
        answers = await asyncio.gather(*(handler(buyer) for buyer in buyers), return_exceptions=True)
        told.put((number, [_plain(answer) for answer in answers]))
    await close()


def _plain(answer: Bought | BaseException) -> tuple[str, str]:
    if isinstance(answer, Bought):
        return str(answer.order_id), str(answer.location_id)
    return type(answer).__name__, str(answer)


def work_the_outbox(kind: str, address: str, dies_in: int | None, barrier: Any, told: Any) -> None:
    """One worker; it is killed in the middle of its so-and-so-manieth delivery, with its effect staged."""
    asyncio.run(_work_the_outbox(kind, address, dies_in, barrier, told))


async def _work_the_outbox(kind: str, address: str, dies_in: int | None, barrier: Any, told: Any) -> None:
    database, close = await opened(kind, address)
    store = SqlStore(database, tools())
    left = dies_in

    async def react(work: Any, event: Any) -> None:
        nonlocal left
        number = event.sku_id.int + 100
        shelf = (await work.stock.claim([key(number)])).get(key(number))
        change = Change(shelf, shelf) if shelf else StockItem.opened(key(number))
        work.stock.save(change.then(lambda item: item.receive(1, reference=f"{event.available}", at=event.at)))
        if left is not None:
            left -= 1
            if left <= 0:
                await work._session.flush()
                os.kill(os.getpid(), signal.SIGKILL)

    deliver = DeliverNext.on(store.begin, means_of(store.tools.clock), {"inventory.watch_stock": react})
    await asyncio.to_thread(barrier.wait, 60)
    made = idle = 0
    while idle < 30:
        if await deliver():
            made, idle = made + 1, 0
        else:
            idle += 1
            await asyncio.sleep(0.01)
    await close()
    told.put((0, [made]))


def let_loose(target: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> list[tuple[int, list[Any]]]:
    """Run one process for each tuple of arguments; what they told."""
    barrier, told = CONTEXT.Barrier(len(arguments)), CONTEXT.Queue()
    processes = [CONTEXT.Process(target=target, args=(*given, barrier, told)) for given in arguments]
    for process in processes:
        process.start()
    heard: list[tuple[int, list[Any]]] = []
    while any(process.is_alive() for process in processes):
        heard += _drained(told)
        for process in processes:
            process.join(0.02)
    assert all(process.exitcode in (0, -signal.SIGKILL) for process in processes)
    return heard + _drained(told)


def _drained(told: Any) -> list[tuple[int, list[Any]]]:
    heard = []
    try:
        while True:
            heard.append(told.get(timeout=0.05))
    except queue.Empty:
        return heard


def order_of(text: str) -> UUID | None:
    """The order an answer names, or None for a refusal."""
    try:
        return UUID(text)
    except ValueError:
        return None


__all__ = ("Bought", "Buyer", "Reserve", "buy", "let_loose", "opened", "order_of", "sku", "tools", "work_the_outbox")
