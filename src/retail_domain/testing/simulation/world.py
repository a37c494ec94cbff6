"""The world of a simulation: processes of the shop that share a store and may die, the provider, and everybody's wishes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from attrs import define, field, frozen

from retail_domain.application import Retail
from retail_domain.cart import CartOwner
from retail_domain.kernel.ids import AddressId, EventId, Ids, LocationId, Luck, MemberId, OrderId, PaymentId, SkuId
from retail_domain.ordering import OrderTimers
from retail_domain.payments.gateway import NotificationReader, PaymentGateway
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.luck import SeededLuck
from retail_domain.testing.simulation.auditor import Auditor
from retail_domain.testing.simulation.mix import Mix, one_of
from retail_domain.testing.simulation.provider import Provider
from retail_domain.testing.simulation.scheduler import Dice, Scheduler, Sleep, Task
from retail_domain.testing.simulation.traffic import SimulatedTraffic
from retail_domain.testing.simulation.trouble import Fault, Trouble

DAY_SECONDS = 86_400


@frozen(kw_only=True)
class Shop:
    """The shop as one process runs it, and its batch of orders."""

    retail: Retail
    place: Callable[[Sequence[PlaceOrder]], Awaitable[Sequence[Placed | Exception]]]


@frozen(kw_only=True)
class Surroundings:
    """What a process of the shop finds outside itself."""

    clock: NodeClock
    ids: Ids
    luck: Luck
    gateways: Mapping[str, PaymentGateway]
    readers: Mapping[str, NotificationReader]
    timers: OrderTimers
    split: bool
    wait: Callable[[int], Awaitable[None]]


class LastingStore(Protocol):
    """A store that outlives the processes that use it."""

    def open(self, around: Surroundings) -> Shop:
        """Start a process: nothing is in its memory, everything is in the store."""
        ...


Work: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]
"""Begins a task, and begins it again."""

LayGround: TypeAlias = Callable[[SimulatedTraffic, "NodeClock", Ids], LastingStore]
"""Makes a new, empty store that lets the traffic between its statements."""


@define(eq=False)
class NodeClock:
    """The clock of one process: the true time, and how wrong it is (F7)."""

    scheduler: Scheduler
    wrong_seconds: float = 0.0

    def now(self) -> datetime:
        """What it shows."""
        return self.scheduler.now + timedelta(seconds=self.wrong_seconds)


@define(eq=False)
class Node:
    """A process of the shop. When it dies, what runs in it ends where it is, and whoever waits for it is told nothing."""

    name: str
    clock: NodeClock
    shop: Shop
    running: dict[Task, Callable[[], None]] = field(factory=dict)


@frozen
class Buyer:
    """A member and where they live."""

    member_id: MemberId
    address_id: AddressId

    @property
    def cart(self) -> CartOwner:
        """The owner of their cart."""
        return CartOwner.member(self.member_id)


@define(eq=False, kw_only=True)
class World:
    """Everything there is."""

    mix: Mix
    dice: Dice
    scheduler: Scheduler
    trouble: Trouble
    traffic: SimulatedTraffic
    provider: Provider
    auditor: Auditor
    ground: LastingStore
    gateways: Mapping[str, PaymentGateway]
    readers: Mapping[str, NotificationReader]
    ids: CountingIds = field(factory=CountingIds)
    luck: SeededLuck = field(factory=SeededLuck)
    nodes: list[Node] = field(factory=list)
    buyers: list[Buyer] = field(factory=list)
    places: list[str] = field(factory=list)
    place_ids: list[LocationId] = field(factory=list)
    skus: list[SkuId] = field(factory=list)
    orders: list[OrderId] = field(factory=list)
    payments: list[tuple[PaymentId, OrderId]] = field(factory=list)
    cash: dict[PaymentId, set[int]] = field(factory=dict)
    """What clerks were given, or mistyped."""
    in_doubt: list[Any] = field(factory=list)
    numbered: dict[int, EventId] = field(factory=dict)
    """Which event had which number, when somebody outside read it first."""
    commands: int = 0
    answered: int = 0
    refused: int = 0
    keys: int = 0
    calm_since: float | None = None
    """When all trouble ended."""
    is_closing: bool = False
    """No new deeds."""
    is_settled: bool = False

    @property
    def rest_seconds(self) -> float:
        """How long a worker rests: longer and longer once all is calm, so that time goes by."""
        if self.calm_since is None:
            return self.mix.seconds_a_step * 40
        return min(3_600.0, 30.0 + (self.scheduler.seconds - self.calm_since) / 8)

    def open_node(self, name: str, wrong_seconds: float = 0.0) -> Node:
        """Another process starts."""
        clock = NodeClock(self.scheduler, wrong_seconds)
        node = Node(name, clock, self._shop(clock))
        self.nodes.append(node)
        return node

    def some_node(self) -> Node:
        """Any process."""
        return one_of(self.dice, self.nodes)

    def crash(self, node: Node) -> None:
        """It dies and starts again; nothing of its memory is left (F1)."""
        self.auditor.tell(node.name, "dies and starts again")
        lost, node.running = node.running, {}
        node.shop = self._shop(node.clock)
        for task, is_lost in lost.items():
            self.scheduler.kill(task)
            is_lost()
            if task.again is not None:
                task.again()

    def spawn(self, name: str, work: Work, *, survives: bool = False, is_endless: bool = False) -> Task:
        """Begin something; what breaks in it is a violation. What survives starts over when the process dies it ran in."""
        again = (lambda: self.spawn(name, work, survives=True, is_endless=is_endless)) if survives else None
        return self.scheduler.spawn(Task(name, work(), self._broken, again, is_endless))

    def new_key(self) -> str:
        """An idempotency key nobody used before."""
        self.keys += 1
        return f"key-{self.keys}"

    def weather(self) -> None:
        """What happens to processes and clocks by itself."""
        if self.trouble.strikes(Fault.CRASH):
            self.crash(self.some_node())
        if self.trouble.strikes(Fault.OUTAGE):
            away = self.dice.random() * 2 * self.mix.pay_seconds
            self.provider.away_until = self.scheduler.now + timedelta(seconds=away)
            self.auditor.tell("provider", f"away for {away:.0f} s")
        jump = self.trouble.one_of(Fault.CLOCK_AHEAD, Fault.CLOCK_BACK)
        if jump is not None:
            sign = 1 if jump is Fault.CLOCK_AHEAD else -1
            clock = self.some_node().clock
            clock.wrong_seconds = sign * self.dice.random() * one_of(self.dice, (10, 3_600, DAY_SECONDS))
            self.auditor.tell("clock", f"wrong by {clock.wrong_seconds:.0f} s")

    def _broken(self, task: Task, error: BaseException) -> None:
        self.auditor.blame("R47", f"{task.name} broke: {type(error).__name__}: {error}")

    def _shop(self, clock: NodeClock) -> Shop:
        mix = self.mix
        return self.ground.open(
            Surroundings(
                clock=clock,
                ids=self.ids,
                luck=self.luck,
                gateways=self.gateways,
                readers=self.readers,
                timers=self.auditor.timers,
                split=mix.split,
                wait=self._wait_after_lost_race,
            )
        )

    async def _wait_after_lost_race(self, attempt: int) -> None:
        await Sleep(self.dice.random() * self.mix.seconds_a_step * 4 ** min(attempt, 5))
