"""The shop for a simulation: the real domain and application on the memory store in rough mode (decision 0022)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field, frozen

from retail_adapters.assemble import Outside, on_units
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.interleaving import InterleavingReads, InterleavingStore, InterleavingUnitOfWork, Traffic
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.payments.counter import counter_gateway
from retail_adapters.pictures import MemoryFiles
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.system.batching import RunningBatch
from retail_adapters.system.lanes import OneAfterAnother
from retail_adapters.system.word_list import WordList
from retail_domain.accounts.sms import (
    SmsAccepted,
    SmsMessage,
    SmsNotSent,
    SmsOutcomeUnknown,
    SmsRejected,
    SmsRejection,
)
from retail_domain.kernel.frames import deciding_batch, reading
from retail_domain.kernel.ids import Ids
from retail_domain.pictures import PreparedPicture, Unfit
from retail_domain.pictures.model import files_of
from retail_domain.pictures.reading import heading_of
from retail_domain.processes.purchase.checkout import CheckoutRules, Placed, PlaceOrder, place_orders
from retail_domain.processes.purchase.placing import find_placed
from retail_domain.processes.takings import our_takings
from retail_domain.processes.worker.reactions import our_reactions
from retail_domain.reviews import ReviewReason, ReviewRules
from retail_domain.testing.simulation.deeds.reviewing import BLOCKED, DOUBTFUL
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.run import SimulationOutcome, simulate
from retail_domain.testing.simulation.scheduler import PAUSE
from retail_domain.testing.simulation.traffic import SimulatedTraffic
from retail_domain.testing.simulation.world import NodeClock, Shop, Surroundings
from retail_domain.webhooks import TryAnswer, Untold, WebhookLetter

_SECRET = "only for simulations"  # noqa: S105 - nothing to keep secret
_CARRY_AFTER: Final = 5  # often, so that there is something to see

_MODERATOR: Final = WordList(
    blocks={BLOCKED: ReviewReason.ADVERTISING}, asks={DOUBTFUL: ReviewReason.PERSONAL_DATA}
)  # fmt: skip

Unit: TypeAlias = Callable[[Memory, Traffic], InterleavingUnitOfWork]
Host: TypeAlias = Callable[[Outside], Outside]


async def written_anew(content: bytes) -> PreparedPicture | Unfit:
    """In a simulation nothing is decoded: what matters is when it is kept, and when it is said."""
    heading = heading_of(content)
    files = files_of("", heading.width, heading.height)
    contents = {one.name.removeprefix("-"): content for one in files}
    return PreparedPicture(width=heading.width, height=heading.height, contents=contents)


@define
class MoodyReceiver:
    """Somebody outside who takes most of what is told; whoever tells may die while it thinks."""

    tries: int = 0

    async def post(self, letter: WebhookLetter) -> TryAnswer:
        """Every third try fails: one by an answer, one by none."""
        self.tries += 1
        mood = self.tries % 6
        await PAUSE
        return TryAnswer(status=503) if mood == 2 else TryAnswer(untold=Untold.TIME) if mood == 5 else TryAnswer(status=204)


@define
class MoodyTexts:
    """A provider of text messages that takes most of them; whoever sends may die while it thinks."""

    tries: int = 0

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Some are not sent, refused, or nobody knows."""
        self.tries += 1
        mood = self.tries % 12
        await PAUSE
        if mood == 3:
            raise SmsNotSent(reason="away")
        if mood == 6:
            raise SmsRejected(why=SmsRejection.BAD_NUMBER)
        if mood == 9:
            raise SmsOutcomeUnknown(reason="no_answer")
        return SmsAccepted(message.message_id, f"text-{self.tries}")


def no_host(ours: Outside) -> Outside:
    """The shop stands alone."""
    return ours


@frozen
class RoughGround:
    """A memory that outlives the processes that use it."""

    memory: Memory
    traffic: SimulatedTraffic
    unit: Unit = InterleavingUnitOfWork
    host: Host = no_host
    pictures: MemoryFiles = field(factory=MemoryFiles)
    """One place for all processes."""
    receiver: MoodyReceiver = field(factory=MoodyReceiver)
    texts: MoodyTexts = field(factory=MoodyTexts)

    def open(self, around: Surroundings) -> Shop:
        """Start a process on it."""
        store, reads = InterleavingStore(self.memory, self.traffic, self.unit), InterleavingReads(self.memory, self.traffic)
        policies = Policies(
            checkout=CheckoutRules(timers=around.timers, split=around.split), carry_after=_CARRY_AFTER,
            reviews=ReviewRules(automatic_after_days=1),
        )  # fmt: skip
        ours = Outside(
            clock=around.clock,
            ids=around.ids,
            luck=around.luck,
            gateways={**around.gateways, "counter": counter_gateway(_SECRET)},
            readers=around.readers,
            policies=policies,
            wait=around.wait,
            picture_files=self.pictures,
            prepare_picture=written_anew,
            webhook_sender=self.receiver,
            sms=self.texts,
            lanes=OneAfterAnother(),
            review_moderator=_MODERATOR,
        )
        outside = self.host(ours)
        takings = our_takings(*outside.takings, split=around.split)
        orders = deciding_batch(store.begin, place_orders, Placed, outside.means, outside.policies.checkout, takings)
        batch = RunningBatch[PlaceOrder, Placed](work=orders, look=reading(store.begin, find_placed), pause=around.wait)
        return Shop(retail=on_units(store.begin, reads, outside), place=batch)


def one_simulation(
    seed: int, steps: int, unit: Unit = InterleavingUnitOfWork, play: Play | None = None, host: Host = no_host
) -> SimulationOutcome:
    """One seed; the same seed and steps give the same history.

    `unit` is for units of work that are wrong on purpose, `host` for what a host adds: kinds of takings, earnings, reactions.
    """

    def lay_ground(traffic: SimulatedTraffic, clock: NodeClock, ids: Ids) -> RoughGround:
        theirs = host(Outside())
        follows = our_reactions(*theirs.reactions).to
        tools = MemoryTools(clock, ids, EventCodec(EVERY_EVENT), follows, hosted=theirs.hosted)
        return RoughGround(Memory(tools), traffic, unit, host)

    return simulate(seed, steps, random.Random(seed), lay_ground, play or Play())  # noqa: S311 - dice, nothing to guess
