"""The examination every store of webhooks passes; a subclass brings the fixture `begin` of an empty store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import EventId
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import NOON
from retail_domain.webhooks import SecretSeed, Telling, TellingState, TryAnswer, Webhook, WebhookId, WebhookState, WebhooksWork
from retail_domain.webhooks.model import GIVES_UP_AFTER, LEASE

HOOK: Final = WebhookId(UUID(int=1))
OTHER: Final = WebhookId(UUID(int=2))
THIRD: Final = WebhookId(UUID(int=3))
FOURTH: Final = WebhookId(UUID(int=4))
ORDER: Final = UUID(int=100)
CART: Final = UUID(int=200)
TAKEN: Final = TryAnswer(status=204)
AWAY: Final = TryAnswer(status=503)


def webhook(id: WebhookId = HOOK) -> Webhook:
    """One that wants everything."""
    made = SecretSeed("seed", "check")
    return Webhook(
        id=id, url="https://example.com/", description="", kinds=("order.paid",), secret=made, came_to=0, created_at=NOON
    )


def telling(number: int, aggregate: UUID = ORDER, id: WebhookId = HOOK) -> Telling:
    """An event of an aggregate, to be told."""
    return Telling(
        webhook_id=id, number=number, event_id=EventId(UUID(int=number)), event_name="order.paid", aggregate_id=aggregate,
        next_at=NOON,
    )  # fmt: skip


async def stored(begin: Begin[WebhooksWork], *tellings: Telling) -> None:
    """Two webhooks, and what they are to be told."""
    async with begin() as work:
        for id in (HOOK, OTHER):
            work.webhooks.save(Change(None, webhook(id)))
        for one in tellings:
            work.tellings.save(Change(None, one))
        await work.commit()


async def taken_up(begin: Begin[WebhooksWork], after: timedelta = timedelta(0), most: int = 9) -> Sequence[int]:
    """What is told now, by number."""
    async with begin() as work:
        found = await work.tellings.claim_due(HOOK, NOON + after, most)
        for one in found:
            work.tellings.save(one.taken_up(at=NOON + after))
        await work.commit()
    return [one.number for one in found]


async def answered(begin: Begin[WebhooksWork], number: int, answer: TryAnswer, after: timedelta = timedelta(0)) -> None:
    """What came of a try."""
    async with begin() as work:
        (one,) = await work.tellings.claim(HOOK, [number])
        work.tellings.save(one.answered(answer, one.tries, at=NOON + after))
        await work.commit()


@pytest.mark.asyncio
class WebhooksContract:
    """What every store of webhooks promises."""

    async def test_what_is_stored_is_found_as_it_was(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R1: secrets that overlap too; a removed webhook is found and not listed."""
        await stored(begin, telling(1))
        rotated = webhook(OTHER).rotated(SecretSeed("next", "sum"), at=NOON).state
        async with begin() as work:
            known = await work.webhooks.claim(OTHER)
            assert known is not None
            work.webhooks.save(known.rotated(SecretSeed("next", "sum"), at=NOON))
            one = await work.webhooks.claim(HOOK)
            assert one is not None
            work.webhooks.save(one.stands(WebhookState.REMOVED))
            await work.commit()

        async with begin() as work:
            assert [one.id for one in await work.webhooks.every()] == [OTHER]
            found, gone = await work.webhooks.find(OTHER), await work.webhooks.find(HOOK)
        assert found is not None and gone is not None
        assert (found.secret, found.old_secret, found.old_until) == (rotated.secret, rotated.old_secret, rotated.old_until)
        assert (found.kinds, found.version) == (("order.paid",), 2)
        assert (gone.state, gone.secret, gone.old_secret) == (WebhookState.REMOVED, SecretSeed("", ""), None)

    async def test_a_place_is_one_webhooks_until_that_is_removed(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R9; webhooks of before have none, and are in nobody's way."""
        await stored(begin)
        async with begin() as work:
            work.webhooks.save(Change(None, evolve(webhook(THIRD), place=7, failing_since=NOON)))
            await work.commit()
        async with begin() as work:
            work.webhooks.save(Change(None, evolve(webhook(FOURTH), place=7)))
            with pytest.raises(Taken) as taken:
                await work.commit()
        assert taken.value.rule == "webhooks.place"

        async with begin() as work:
            there = await work.webhooks.claim(THIRD)
            assert there is not None and (there.place, there.failing_since) == (7, NOON)
            work.webhooks.save(there.stands(WebhookState.REMOVED))
            await work.commit()
        async with begin() as work:
            work.webhooks.save(Change(None, evolve(webhook(FOURTH), place=7)))
            await work.commit()

    async def test_of_each_aggregate_the_oldest_open_one_is_told_and_the_next_when_it_was_taken(
        self, begin: Begin[WebhooksWork]
    ) -> None:
        """HOK-R4: also while it is under way, waits for its next try, or is parked."""
        await stored(begin, telling(1), telling(2), telling(3, CART), telling(4))
        assert await taken_up(begin) == [1, 3]
        assert await taken_up(begin) == []
        await answered(begin, 1, AWAY)
        await answered(begin, 3, TAKEN)
        assert await taken_up(begin) == []
        assert await taken_up(begin, timedelta(seconds=5)) == [1]
        await answered(begin, 1, AWAY, GIVES_UP_AFTER)
        assert await taken_up(begin, GIVES_UP_AFTER * 2) == []
        async with begin() as work:
            (parked,) = await work.tellings.claim_parked(HOOK, 9)
            assert (parked.number, parked.state, parked.status) == (1, TellingState.PARKED, 503)
            work.tellings.save(parked.replayed(at=NOON))
            await work.commit()
        assert await taken_up(begin) == [1]
        await answered(begin, 1, TAKEN)

        assert await taken_up(begin) == [2]

    async def test_what_is_released_is_never_told_and_holds_back_nothing(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R6."""
        await stored(begin, telling(1), telling(2))
        await taken_up(begin)
        await answered(begin, 1, AWAY, GIVES_UP_AFTER)
        async with begin() as work:
            (parked,) = await work.tellings.claim(HOOK, [1])
            work.tellings.save(parked.released(at=NOON))
            await work.commit()

        assert await taken_up(begin) == [2]
        async with begin() as work:
            assert [one.number for one in await work.tellings.claim_parked(HOOK, 9)] == []
            assert await work.tellings.count_open(HOOK) == 1

    async def test_whoever_dies_while_telling_leaves_it_due_again_and_a_late_answer_still_counts(
        self, begin: Begin[WebhooksWork]
    ) -> None:
        """HOK-R5: a 2xx is never forgotten, and a late failure changes nothing of the try that followed it."""
        await stored(begin, telling(1))
        assert await taken_up(begin) == [1]
        assert await taken_up(begin, LEASE - timedelta(seconds=1)) == []
        assert await taken_up(begin, LEASE) == [1]
        async with begin() as work:
            (one,) = await work.tellings.claim(HOOK, [1])
            assert one.answered(AWAY, 1, at=NOON).state is one
            work.tellings.save(one.answered(TAKEN, 1, at=NOON))
            await work.commit()

        async with begin() as work:
            (one,) = await work.tellings.claim(HOOK, [1])
        assert (one.state, one.tries) == (TellingState.DELIVERED, 2)
        assert await taken_up(begin, LEASE * 9) == []

    async def test_webhooks_are_apart(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R4: what one waits for holds up no other."""
        await stored(begin, telling(1), telling(1, id=OTHER))
        assert await taken_up(begin) == [1]
        async with begin() as work:
            (other,) = await work.tellings.claim_due(OTHER, NOON, 9)
            assert (other.state, await work.tellings.count_open(OTHER)) == (TellingState.WAITING, 1)

    async def test_of_two_workers_who_tell_at_once_each_tells_what_the_other_does_not(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R5: or hears that a rival was first."""
        await stored(begin, *(telling(number, UUID(int=number)) for number in range(1, 9)))
        came = await asyncio.gather(*(taken_up(begin, most=4) for _ in range(4)), return_exceptions=True)

        assert all(isinstance(one, (list, Stale)) for one in came), came
        told = [number for one in came if isinstance(one, list) for number in one]
        assert told and len({*told}) == len(told)

    async def test_an_event_is_written_down_once_a_webhook(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R3."""
        await stored(begin, telling(1))
        async with begin() as work:
            work.tellings.save(Change(None, telling(1, CART)))
            with pytest.raises(Taken):
                await work.commit()

    async def test_what_goes_goes_alone(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R7: not with it what has the webhook of one that goes, and the number of another."""
        await stored(begin, telling(1), telling(2, CART), telling(2, ORDER, id=OTHER))
        for number in (1, 2):
            await taken_up(begin)
            await answered(begin, number, TAKEN, timedelta(days=number))
        async with begin() as work:
            known = await work.webhooks.claim(OTHER)
            assert known is not None
            work.webhooks.save(known.stands(WebhookState.REMOVED))
            await work.commit()
        async with begin() as work:
            assert await work.tellings.forget(NOON + timedelta(days=1, hours=1), 9) == 2
            await work.commit()

        async with begin() as work:
            assert [one.number for one in await work.tellings.claim(HOOK, [1, 2])] == [2]

    async def test_what_ended_long_ago_goes_and_all_of_a_removed_one(self, begin: Begin[WebhooksWork]) -> None:
        """HOK-R7."""
        await stored(begin, telling(1), telling(2, CART), telling(1, id=OTHER), telling(2, id=OTHER))
        await taken_up(begin)
        await answered(begin, 1, TAKEN)
        await answered(begin, 2, TAKEN, timedelta(days=1))
        async with begin() as work:
            known = await work.webhooks.claim(OTHER)
            assert known is not None
            work.webhooks.save(known.stands(WebhookState.REMOVED))
            await work.commit()
        gone: list[int] = []
        while not gone or gone[-1]:
            async with begin() as work:
                gone.append(await work.tellings.forget(NOON + timedelta(hours=1), 2))
                await work.commit()

        assert gone == [2, 1, 0]
        async with begin() as work:
            assert [one.number for one in await work.tellings.claim(HOOK, [1, 2])] == [2]
            assert not await work.tellings.claim(OTHER, [1, 2])
