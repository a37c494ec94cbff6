"""Lets the processes of a soak loose on a shop, waits until all is quiet, and gathers the story."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

from attrs import frozen
from sqlalchemy import select

from retail_adapters.sql.laws.law import one_of
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.ordering import order_transitions
from retail_adapters.sql.tables.payments import refunds
from retail_adapters.system.coalescer import Queueing
from retail_domain.kernel.ids import SkuId
from retail_domain.payments.states import RefundState
from retail_domain.processes.purchase.carting import ShowCart
from tests.soak.checker import BUSY, steps_of, violations
from tests.soak.client import Client, Crowd, Task, worker
from tests.soak.history import Act, Ending, History, Shelf, Step
from tests.support.market import Buyer
from tests.support.sandbox import Sandbox
from tests.support.shop import Shop, Where, open_shop, opened_shop
from tests.support.stores import Place

HOT_UNITS: Final = 60
COLD_UNITS: Final = 30
CART_UNITS: Final = 10_000

_STEPS: Final = Statement(
    "soak.steps",
    select(
        order_transitions.c.order_id, order_transitions.c.version, order_transitions.c.event,
        order_transitions.c.to_status, order_transitions.c.actor_ref,
    ).order_by(order_transitions.c.order_id, order_transitions.c.version, order_transitions.c.step),
)  # fmt: skip

_UNDER_WAY: Final = Statement(
    "soak.refunds", select(refunds.c.id).where(one_of(refunds.c.state, RefundState.REQUESTED, RefundState.PENDING)).limit(1)
)
_PATIENCE: Final = 24


@frozen(kw_only=True)
class Soak:
    """How many, how long, and by which dice."""

    seconds: float = 10.0
    clients: int = 32
    processes: int = 4
    seed: int = 1


@frozen(kw_only=True)
class Outcome:
    """What came of it."""

    kind: str
    soak: Soak
    acts: int
    busy: int
    orders: int
    violations: tuple[str, ...]

    def row(self) -> str:
        """As it is printed."""
        rate = self.acts / self.soak.seconds
        return (
            f"{self.kind:10} {self.soak.clients:7} {self.soak.processes:9} {self.soak.seconds:7.0f} s {self.acts:9} "
            f"{rate:8.0f}/s {self.orders:8} {self.busy:6} {len(self.violations):10}"
        )


HEADER: Final = (
    f"{'database':10} {'clients':>7} {'processes':>9} {'time':>9} {'acts':>9} {'rate':>10} "
    f"{'orders':>8} {'busy':>6} {'violations':>10}"
)


async def soaked(place: Place, sandbox: Sandbox, soak: Soak) -> Outcome:
    """Run it, wait until all is quiet, audit the shop and judge the story."""
    async with open_shop(place, sandbox, Queueing()) as shop:
        goods = [await shop.goods(f"g{number}", stock=COLD_UNITS if number else HOT_UNITS) for number in range(6)]
        shared = await shop.goods("shared", stock=CART_UNITS)
        buyers = [await shop.buyer(number) for number in range(8)]
        carts = [(buyer, shared) for buyer in buyers[:3]]
        tasks = [
            Task(
                process=number, clients=soak.clients // soak.processes, seconds=soak.seconds, seed=soak.seed * 1_000 + number,
                buyers=buyers, goods=goods, carts=carts,
            )
            for number in range(soak.processes)
        ]  # fmt: skip
        acts = await asyncio.to_thread(_let_loose, shop.here, tasks)
        await _quiet(shop)
        await shop.is_clean()
        ending = await _ending(shop, goods, carts)
        wrong = violations(History(acts=acts, ending=ending))
    busy = sum(1 for act in acts if act.code in BUSY)
    return Outcome(kind=place.kind, soak=soak, acts=len(acts), busy=busy, orders=len(ending.steps), violations=tuple(wrong))


async def _quiet(shop: Shop) -> None:
    """A provider that was too slow to answer is asked again when it is time: the books learn of its refunds only then (R10)."""
    for _ in range(_PATIENCE):
        await shop.works(4)
        if not await shop.database.rows(_UNDER_WAY):
            return
        shop.clock.pass_(timedelta(minutes=10))


async def _ending(shop: Shop, goods: Sequence[SkuId], carts: Sequence[tuple[Buyer, SkuId]]) -> Ending:
    rows = await shop.database.rows(_STEPS)
    steps = (
        (str(row["order_id"]), Step(row["version"], row["event"], row["to_status"].value, row["actor_ref"])) for row in rows
    )
    shelves = {}
    for number, sku_id in enumerate(goods):
        seen = await shop.shelf(sku_id)
        first = COLD_UNITS if number else HOT_UNITS
        shelves[str(sku_id)] = Shelf(first=first, on_hand=seen.on_hand, reserved=seen.reserved)
    quantities = {}
    for buyer, _ in carts:
        lines = (await shop.retail.cart.show(ShowCart(buyer.cart))).basket.lines
        quantities[str(buyer.id)] = sum(line.quantity for line in lines)
    return Ending(
        steps=steps_of(steps), shelves=shelves, carts=quantities, books=await shop.books(),
        provider_minor=_held_by(shop.sandbox),
    )  # fmt: skip


def _held_by(sandbox: Sandbox) -> int:
    """What the provider took in for us and did not give back."""
    paid = [payment for payment in sandbox.payments() if payment["status"] == "succeeded"]
    return sum(payment["amount"]["minor"] - payment["refunded"]["minor"] for payment in paid)


def _let_loose(where: Where, tasks: Sequence[Task]) -> list[Act]:
    context = multiprocessing.get_context("spawn")
    barrier, lines, processes = context.Barrier(len(tasks)), [], []
    for task in tasks:
        ours, theirs = context.Pipe()
        process = context.Process(target=_run, args=(where, task, barrier, theirs), daemon=True)
        process.start()
        lines.append(ours)
        processes.append(process)
    acts: list[Act] = []
    for line in lines:
        if not line.poll(tasks[0].seconds + 240):
            raise AssertionError("a process of the soak does not end")
        acts += line.recv()
    for process in processes:
        process.join(30)
    return acts


def _run(where: Where, task: Task, barrier: Any, line: Any) -> None:
    line.send(asyncio.run(_crowd(where, task, barrier)))


async def _crowd(where: Where, task: Task, barrier: Any) -> list[Act]:
    async with opened_shop(where) as opened:
        provider = Sandbox(where.sandbox_url, 0)
        shop = Shop(opened.retail, opened.clock, where=where, database=opened.database, sandbox=provider)
        crowd = Crowd(shop, task)
        names = [f"{task.process}-{number}" for number in range(task.clients)]
        clients = [Client(crowd, name, Random(f"{task.seed}/{name}")) for name in names]
        await asyncio.to_thread(barrier.wait, 120)
        until = time.monotonic() + task.seconds
        await asyncio.gather(*(client.run(until) for client in clients), worker(shop, until))
        return crowd.acts
