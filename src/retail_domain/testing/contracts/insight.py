"""The examination every store of behaviour passes; a subclass brings the fixture `begin`, units of work on an empty store."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.insight import BehaviourEvent, BehaviourKind, Context, InsightWork, Visitor
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import NOON, member_id


def a_view(number: int, *, seconds: int = 0) -> BehaviourEvent:
    """A member looked at something."""
    return BehaviourEvent(
        id=UUID(int=number),
        visitor=Visitor(member_id(1)),
        session="s",
        kind=BehaviourKind.VIEW,
        object=f"product {number}",
        context=Context(source="首页", campaign="618", share_token="t"),  # noqa: S106 - not a password
        occurred_at=NOON + timedelta(seconds=seconds),
        received_at=NOON,
    )


async def told(begin: Begin[InsightWork], *events: BehaviourEvent) -> None:
    """Store events."""
    async with begin() as work:
        for event in events:
            work.behaviour.save(event.captured())
        await work.commit()


@pytest.mark.asyncio
class BehaviourContract:
    """What every store of behaviour promises."""

    async def test_events_come_back_newest_first_as_they_were(self, begin: Begin[InsightWork]) -> None:
        """R32, BEH-R1: by the time they happened, not by the time they were told."""
        await told(begin, a_view(1, seconds=5))
        await told(begin, a_view(2, seconds=1), a_view(3, seconds=9))
        anonymous = evolve(a_view(4), visitor=Visitor(None, "device"))
        await told(begin, anonymous)

        async with begin() as work:
            kept = await work.behaviour.of_member(member_id(1), 10)
            last = await work.behaviour.of_member(member_id(1), 1)

        assert [evolve(one, version=0) for one in kept] == [a_view(3, seconds=9), a_view(1, seconds=5), a_view(2, seconds=1)]
        assert last == kept[:1]

    async def test_an_event_that_is_told_again_is_kept_once(self, begin: Begin[InsightWork]) -> None:
        """BEH-R1, BEH-I1: also when twenty tell it at once, and whatever else they tell."""
        await asyncio.gather(*(told(begin, a_view(1), a_view(1), a_view(2 + number)) for number in range(20)))

        async with begin() as work:
            kept = await work.behaviour.of_member(member_id(1), 100)

        assert len(kept) == 21
        assert len({one.id for one in kept}) == 21
