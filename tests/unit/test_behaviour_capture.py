"""Behaviour is kept with consent, once, and only when it is timely (BEH-R1, BEH-R2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.system.ids import UuidSevenIds
from retail_domain.insight import (
    BehaviourDeed,
    BehaviourEvent,
    BehaviourKind,
    CaptureBehaviour,
    Context,
    Visitor,
)
from retail_domain.insight.use_cases import BehaviourRules, capture_behaviour, keep_behaviour
from retail_domain.kernel.counting import Allowance, TooOften
from retail_domain.kernel.frames import bound, deciding
from retail_domain.kernel.ids import MemberId
from retail_domain.testing.goods import member_id
from retail_domain.testing.means import means_of
from retail_domain.testing.people import PlainSealer
from tests.support.stores import HandClock, Surroundings

pytestmark = pytest.mark.asyncio

RULES = BehaviourRules()
ALICE, BOB = member_id(1), member_id(2)


async def only_alice(member_id: MemberId) -> bool:
    """Alice has agreed."""
    return member_id == ALICE


class Desk:
    """Captures in memory."""

    def __init__(self, rules: BehaviourRules = RULES) -> None:
        self.clock = HandClock()
        self.memory = Memory(Surroundings(()).tools(MemoryTools))
        self.begin = MemoryStore(self.memory).begin
        keep = deciding(self.begin, keep_behaviour, means_of(self.clock, UuidSevenIds()), PlainSealer(), rules)
        self.capture = bound(capture_behaviour, keep, only_alice, self.clock)

    async def kept(self, member: MemberId = ALICE) -> tuple[BehaviourEvent, ...]:
        async with self.begin() as work:
            return await work.behaviour.of_member(member, 100)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def a_deed(number: int = 1, **about: object) -> BehaviourDeed:
    return BehaviourDeed(event_id=UUID(int=number), kind=BehaviourKind.VIEW, object=f"goods {number}", **about)  # type: ignore[arg-type]


async def test_what_a_member_who_agreed_does_is_kept_with_both_times(desk: Desk) -> None:
    """BEH-R1: when it happened by their clock, when we heard of it by ours."""
    earlier = desk.clock.now() - timedelta(minutes=3)

    told = await desk.capture(CaptureBehaviour(visitor=Visitor(ALICE), deeds=(a_deed(occurred_at=earlier), a_deed(2))))

    assert (told.accepted, told.left_out) == (2, 0)
    assert [(one.occurred_at, one.received_at) for one in await desk.kept()] == [
        (desk.clock.now(), desk.clock.now()),
        (earlier, desk.clock.now()),
    ]


async def test_nothing_is_kept_of_a_member_who_did_not_agree(desk: Desk) -> None:
    """BEH-R2: whatever the client claims."""
    told = await desk.capture(CaptureBehaviour(visitor=Visitor(BOB), deeds=(a_deed(),), consented=True))

    assert (told.accepted, told.left_out) == (0, 1)
    assert await desk.kept(BOB) == ()


@pytest.mark.parametrize(("consented", "accepted"), [(True, 1), (False, 0)])
async def test_a_device_speaks_for_itself(desk: Desk, consented: bool, accepted: int) -> None:
    """BEH-R2"""
    visitor = Visitor(None, "device-1")

    told = await desk.capture(CaptureBehaviour(visitor=visitor, deeds=(a_deed(),), consented=consented))

    assert told.accepted == accepted
    assert len(desk.memory.table("behaviour_events")) == accepted


@pytest.mark.parametrize(
    ("ago", "is_kept"),
    [
        (timedelta(days=1), True),
        (timedelta(days=1, microseconds=1), False),
        (-timedelta(minutes=5), True),
        (-timedelta(minutes=5, microseconds=1), False),
    ],
)
async def test_a_clock_may_be_wrong_but_not_by_much(desk: Desk, ago: timedelta, is_kept: bool) -> None:
    """BEH-R1: bounded clock skew."""
    deeds = (a_deed(1, occurred_at=desk.clock.now() - ago), a_deed(2))

    told = await desk.capture(CaptureBehaviour(visitor=Visitor(ALICE), deeds=deeds))

    assert (told.accepted, told.left_out) == ((2, 0) if is_kept else (1, 1))


async def test_telling_it_again_changes_nothing(desk: Desk) -> None:
    """BEH-I1"""
    wish = CaptureBehaviour(visitor=Visitor(ALICE), deeds=(a_deed(1), a_deed(2)))
    await desk.capture(wish)
    before = await desk.kept()
    desk.clock.pass_(timedelta(minutes=1))

    await desk.capture(wish)

    assert await desk.kept() == before


async def test_nobody_is_both_a_member_and_anonymous() -> None:
    """BEH-R2"""
    for member, device in ((ALICE, "device"), (None, None), (None, "")):
        with pytest.raises(ValueError, match="anonymous"):
            Visitor(member, device)
    with pytest.raises(ValueError, match="at most 200"):
        Context(source="x" * 201)


FEW = (Allowance(most=3, within=timedelta(hours=1)),)


async def test_a_device_that_never_stops_is_stopped_by_its_address_and_nobody_else_is() -> None:
    """ACC-R7: events cost rows; another id of a device is no way around, nor another address of the same IPv6 line."""
    desk = Desk(BehaviourRules(events_per_address=FEW))

    async def tell(number: int, client: str) -> None:
        visitor = Visitor(None, f"device {number}")
        await desk.capture(CaptureBehaviour(visitor=visitor, deeds=(a_deed(number),), consented=True, client=client))

    for number in range(3):
        await tell(number, f"2001:db8:1:2::{number + 1}")

    with pytest.raises(TooOften) as refused:
        await tell(4, "2001:db8:1:2:ffff::9")
    assert refused.value.retry_after_seconds == 3_600
    await tell(5, "2001:db8:9::1")


async def test_a_member_is_counted_wherever_they_are() -> None:
    """ACC-R7: and a batch counts as what it holds."""
    desk = Desk(BehaviourRules(events_per_address=FEW, events_per_member=FEW))
    many = tuple(a_deed(number) for number in range(5))
    await desk.capture(CaptureBehaviour(visitor=Visitor(ALICE), deeds=many, client="203.0.113.9"))

    with pytest.raises(TooOften):
        await desk.capture(CaptureBehaviour(visitor=Visitor(ALICE), deeds=(a_deed(9),), client="198.51.100.7"))
    assert len(await desk.kept()) == 5


async def test_what_is_not_kept_is_not_counted() -> None:
    """ACC-R7: without consent nothing is written, so nothing costs."""
    desk = Desk(BehaviourRules(events_per_member=FEW))
    for number in range(9):
        await desk.capture(CaptureBehaviour(visitor=Visitor(BOB), deeds=(a_deed(number),)))
