"""Webhooks are told what happened: on real sockets, with a clock that is moved, on every store (HOK-R1 to HOK-R9)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import define, field

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_adapters.outbound import Outbound
from retail_adapters.system.lanes import AsyncLanes
from retail_adapters.webhooks import HttpSender
from retail_domain.catalog import CreateProduct, Listing, SetOnSale, SkuWish
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ProductId, WebhookId
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.goods import NOON
from retail_domain.webhooks import (
    ChangeWebhook,
    CreateWebhook,
    Destinations,
    ReleaseTellings,
    ReplayTellings,
    TellingState,
    TellingView,
    TooManyWebhooks,
    TryAnswer,
    Untold,
    WebhookLetter,
    WebhookNotFound,
    WebhookRules,
    WebhookSecret,
    WebhookState,
)
from retail_domain.webhooks.model import GIVES_UP_AFTER, LEASE
from retail_domain.webhooks.use_cases import telling as telling_module
from retail_domain.webhooks.use_cases.deciding import WEBHOOKS_MAX
from tests.support.receiver import Heard, Receiver, receiving
from tests.support.stores import Place, open_database, place_of

HERE = Destinations(is_plain_allowed=True, is_loopback_allowed=True)


class Killed(BaseException):
    """The process is gone; nothing after this line is done."""


@define
class Mortal:
    """Sends, and is killed when the answer is there."""

    inner: HttpSender
    is_killed: bool = False

    async def post(self, letter: WebhookLetter) -> TryAnswer:
        answer = await self.inner.post(letter)
        if self.is_killed:
            raise Killed
        return answer


@define
class World:
    """A shop that sells a few things, and what it tells of them."""

    retail: Any
    clock: SettableClock
    sender: Mortal
    goods: list[ProductId] = field(factory=list)

    async def hook(self, receiver: Receiver, **more: Any) -> WebhookSecret:
        made: WebhookSecret = await self.retail.webhooks.create(CreateWebhook(url=receiver.url, **more))
        return made

    async def sells(self, many: int = 1) -> None:
        """Three events of each product: made and put on sale, taken off, put on again."""
        for _ in range(many):
            code = f"CUP-{len(self.goods) + 1}"
            listing, sku = Listing(title=code), SkuWish(code=f"{code}-1", price_minor=100)
            id = (await self.retail.catalog.create(CreateProduct(code=code, listing=listing, skus=(sku,)))).product_id
            self.goods.append(id)
            for on_sale in (True, False):
                await self.retail.catalog.set_on_sale(SetOnSale(product_id=id, on_sale=on_sale))

    async def work(self) -> None:
        """A worker's rounds, until nothing is due at this moment."""
        for name in ("number_events", "tell_webhooks"):
            for _ in range(99):
                came = await self.retail.background.timers[name]()
                assert came.failed == ()
                if not came.done:
                    break

    async def passes(self, time: timedelta, step: timedelta = timedelta(minutes=30)) -> None:
        """A worker is always there."""
        end = self.clock.now() + time
        while self.clock.now() < end:
            self.clock.advance(step)
            await self.work()

    async def told(self, id: WebhookId, state: TellingState | None = None) -> Sequence[TellingView]:
        page = await self.retail.webhooks.show.tellings(id, PageRequest(100), state)
        return list(reversed(page.items))


@pytest.fixture(params=("memory", "sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Every store."""
    return place_of(request)


@pytest.fixture(params=("sqlite", "postgres"))
def database_place(request: pytest.FixtureRequest) -> Place:
    """Every store that outlives a process."""
    return place_of(request)


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    clock = SettableClock(NOON)
    sender = Mortal(HttpSender(Outbound(destinations=HERE, total_seconds=2.0)))
    lanes = AsyncLanes(patience_seconds=60)
    policies = Policies(webhooks=WebhookRules(destinations=HERE))
    outside = Outside(clock=clock, webhook_sender=sender, lanes=lanes, policies=policies)
    if place.kind == "memory":
        yield World(on_memory(outside), clock, sender)
    else:
        async with open_database(place) as database:
            yield World(on_database(database, outside), clock, sender)
    await lanes.aclose()


def of_each(heard: Sequence[Heard]) -> dict[str, list[int]]:
    """Numbers of events, as they were heard, by what they are about."""
    found: dict[str, list[int]] = {}
    for one in heard:
        found.setdefault(one.event["aggregate_id"], []).append(one.event["number"])
    return found


async def test_each_event_is_told_once_signed_and_as_the_list_of_events_shows_it(world: World) -> None:
    """HOK-R1, HOK-R2, HOK-R3: from the moment on in which the webhook was made."""
    await world.sells()
    await world.work()
    async with receiving() as receiver:
        made = await world.hook(receiver)
        await world.sells(2)
        await world.work()
        events = [one for one in await world.retail.events.after(0) if one.aggregate_id in world.goods[1:]]

    assert len(receiver.heard) == len(events) >= 6
    heard_by_number = sorted(receiver.heard, key=lambda one: one.event["number"])
    assert [one.id for one in heard_by_number] == [str(one.event_id) for one in events]
    for heard in receiver.heard:
        assert heard.is_signed_with(made.secret)
        assert (heard.path, heard.headers["content-type"]) == ("/hooks?shop=1", "application/json")
        assert int(heard.headers["webhook-timestamp"]) == int(world.clock.now().timestamp())
    assert receiver.heard[0].event["name"] == "catalog.product_created"
    view = await world.retail.webhooks.one(made.webhook_id)
    assert (view.behind, view.waiting, view.under_way, view.parked) == (0, 0, 0, 0)
    assert {one.state for one in await world.told(made.webhook_id)} == {TellingState.DELIVERED}


async def test_a_receiver_that_is_down_for_a_day_misses_nothing_gets_nothing_twice_and_holds_up_nobody(world: World) -> None:
    """HOK-R3, HOK-R4, HOK-R5."""
    async with receiving() as down, receiving() as other:
        hook = await world.hook(down)
        await world.hook(other)
        await world.sells()
        await world.work()
        first = len(down.taken)
        await down.go()
        for _ in range(3):
            await world.sells(2)
            await world.passes(timedelta(hours=8))
            assert of_each(other.taken) == {id: sorted(numbers) for id, numbers in of_each(other.taken).items()}
        last = await world.retail.events.last_number()
        assert len(down.heard) == first
        assert {one.event["number"] for one in other.taken} == {*range(1, last + 1)}
        tried = [one for one in await world.told(hook.webhook_id, TellingState.WAITING) if one.tries]
        assert tried and {one.untold for one in tried} == {Untold.CONNECTION}
        await down.come()
        await world.passes(timedelta(hours=2))

    for receiver in (down, other):
        assert sorted(one.event["number"] for one in receiver.taken) == list(range(1, last + 1))
        assert all(numbers == sorted(numbers) for numbers in of_each(receiver.taken).values())
    assert len(of_each(down.taken)) >= 7


async def test_what_fails_for_three_days_is_parked_listed_and_replayed_by_hand_and_nothing_else_is(world: World) -> None:
    """HOK-R4, HOK-R6: a parked one holds back what follows of its aggregate; what was delivered is never sent again."""
    async with receiving() as receiver:
        hook = await world.hook(receiver)
        await world.sells()
        await world.work()
        taken = len(receiver.taken)
        receiver.status = 500
        await world.sells()
        await world.passes(GIVES_UP_AFTER + timedelta(hours=2))
        (parked,) = await world.told(hook.webhook_id, TellingState.PARKED)
        behind = await world.told(hook.webhook_id, TellingState.WAITING)
        view = await world.retail.webhooks.one(hook.webhook_id)
        assert (parked.status, view.parked, view.waiting) == (500, 1, len(behind))
        assert behind and all(one.tries == 0 and one.number > parked.number for one in behind)
        tried = len(receiver.heard)
        await world.passes(timedelta(days=2))
        assert len(receiver.heard) == tried and parked.tries > 70

        receiver.status = 200
        await world.retail.webhooks.resume(ChangeWebhook(webhook_id=hook.webhook_id))
        everything = tuple(range(1, await world.retail.events.last_number() + 1))
        replay = ReplayTellings(webhook_id=hook.webhook_id, numbers=everything)
        assert await world.retail.webhooks.replay(replay) == 1
        assert await world.retail.webhooks.replay(replay) == 0
        await world.work()

    assert sorted(one.event["number"] for one in receiver.taken) == list(everything)
    assert len(receiver.taken) == len(everything) > taken
    assert len({one.id for one in receiver.heard if one.event["number"] == parked.number}) == 1


async def test_a_webhook_of_which_nothing_is_taken_for_three_days_is_stopped_and_staff_and_others_are_told(
    world: World,
) -> None:
    """HOK-R8: it is asked nothing more, misses nothing, and goes on when it is resumed."""
    async with receiving() as other, receiving() as away:
        hook = await world.hook(away)
        following = await world.hook(other, kinds=("webhook.stopped",))
        await world.sells()
        await world.work()
        assert (await world.retail.webhooks.one(hook.webhook_id)).failing_since is None
        away.status = 410
        since = world.clock.now()
        await world.sells()
        await world.work()
        await world.passes(timedelta(hours=70))
        failing = await world.retail.webhooks.one(hook.webhook_id)
        assert (failing.state, failing.failing_since) == (WebhookState.ACTIVE, since)
        await world.passes(timedelta(hours=6))
        stopped = await world.retail.webhooks.one(hook.webhook_id)
        tried = len(away.heard)
        await world.sells()
        await world.passes(timedelta(hours=6))
        assert (stopped.state, stopped.failing_since, len(away.heard)) == (WebhookState.STOPPED, since, tried)
        (told,) = other.heard
        assert told.event["name"] == "webhook.stopped" and told.is_signed_with(following.secret)
        assert told.event["body"]["webhook_id"] == str(hook.webhook_id)

        away.status = 204
        await world.retail.webhooks.resume(ChangeWebhook(webhook_id=hook.webhook_id))
        await world.retail.webhooks.replay(ReplayTellings(webhook_id=hook.webhook_id))
        await world.work()
        again = await world.retail.webhooks.one(hook.webhook_id)
    assert (again.state, again.failing_since, again.behind, again.parked) == (WebhookState.ACTIVE, None, 0, 0)
    numbers = sorted(one.event["number"] for one in away.taken)
    assert numbers == [*range(numbers[0], await world.retail.events.last_number() + 1)]


async def test_of_many_at_once_as_many_webhooks_are_made_as_there_are_places(world: World) -> None:
    """HOK-R9: and a place is free again when one is removed."""
    async with receiving() as receiver:
        came = await asyncio.gather(*(world.hook(receiver, description=str(n)) for n in range(26)), return_exceptions=True)
        made = [one for one in came if isinstance(one, WebhookSecret)]
        assert len(made) == WEBHOOKS_MAX == len(await world.retail.webhooks.every())
        assert {type(one) for one in came} == {WebhookSecret, TooManyWebhooks}
        await world.retail.webhooks.remove(ChangeWebhook(webhook_id=made[0].webhook_id))
        await world.hook(receiver)
        with pytest.raises(TooManyWebhooks):
            await world.hook(receiver)


async def test_all_parked_of_a_webhook_are_replayed_and_one_that_is_released_is_never_told(world: World) -> None:
    """HOK-R6."""
    async with receiving(status=500) as receiver:
        hook = await world.hook(receiver)
        await world.sells(3)
        await world.passes(GIVES_UP_AFTER + timedelta(hours=2))
        parked = [one.number for one in await world.told(hook.webhook_id, TellingState.PARKED)]
        assert len(parked) == 3
        receiver.status, gone = 200, parked[0]
        await world.retail.webhooks.resume(ChangeWebhook(webhook_id=hook.webhook_id))
        release = ReleaseTellings(webhook_id=hook.webhook_id, numbers=(gone, 999))
        assert await world.retail.webhooks.release(release) == 1
        assert await world.retail.webhooks.replay(ReplayTellings(webhook_id=hook.webhook_id)) == 2
        await world.work()

    last = await world.retail.events.last_number()
    assert sorted(one.event["number"] for one in receiver.taken) == [one for one in range(1, last + 1) if one != gone]


async def test_whoever_is_killed_between_the_answer_and_the_note_tells_it_again_under_the_same_id(world: World) -> None:
    """HOK-R5: at least once, and the receiver can tell."""
    async with receiving() as receiver:
        await world.hook(receiver)
        await world.sells()
        world.sender.is_killed = True
        with pytest.raises(Killed):
            await world.work()
        world.sender.is_killed = False
        heard = len(receiver.heard)
        await world.work()
        assert len(receiver.heard) == heard == 1
        await world.passes(LEASE, step=LEASE)

    twice = [one for one in receiver.heard if one.id == receiver.heard[0].id]
    assert (len(twice), twice[0].body) == (2, twice[1].body)
    assert len({one.id for one in receiver.heard}) == len(receiver.heard) - 1 == await world.retail.events.last_number()


async def test_paused_it_hears_nothing_and_later_everything_and_removed_it_is_forgotten(world: World) -> None:
    """HOK-R7."""
    async with receiving() as receiver:
        hook = await world.hook(receiver)
        this = ChangeWebhook(webhook_id=hook.webhook_id)
        await world.retail.webhooks.pause(this)
        await world.sells()
        await world.work()
        assert receiver.heard == [] and (await world.retail.webhooks.one(hook.webhook_id)).behind >= 3
        await world.retail.webhooks.resume(this)
        await world.work()
        heard = len(receiver.heard)
        assert heard == await world.retail.events.last_number()
        await world.retail.webhooks.remove(this)
        await world.sells()
        await world.work()
        await world.retail.background.timers["sweep"]()

    assert len(receiver.heard) == heard
    assert await world.told(hook.webhook_id) == []
    assert await world.retail.webhooks.every() == []
    for refused in (world.retail.webhooks.resume, world.retail.webhooks.rotate, world.retail.webhooks.remove):
        with pytest.raises(WebhookNotFound):
            await refused(this)


async def test_two_secrets_sign_for_a_day_after_a_rotation(world: World) -> None:
    """HOK-R2."""
    async with receiving() as receiver:
        old = await world.hook(receiver)
        new = await world.retail.webhooks.rotate(ChangeWebhook(webhook_id=old.webhook_id))
        await world.sells()
        await world.work()
        both = receiver.heard[-1]
        await world.passes(timedelta(hours=24))
        await world.sells()
        await world.work()
        one = receiver.heard[-1]

    assert old.secret != new.secret
    assert both.is_signed_with(old.secret) and both.is_signed_with(new.secret)
    assert one.is_signed_with(new.secret) and not one.is_signed_with(old.secret)


async def test_of_some_kinds_it_hears_those_alone_and_from_the_beginning_if_it_wants(world: World) -> None:
    """HOK-R1, HOK-R3."""
    await world.sells(2)
    await world.work()
    async with receiving() as receiver:
        await world.hook(receiver, kinds=("catalog.put_on_sale", "catalog.put_on_sale"), after=0)
        await world.work()
        with pytest.raises(InvalidInput, match="kinds"):
            await world.hook(receiver, kinds=("catalog.put_on_shelf",))
        with pytest.raises(InvalidInput, match="after"):
            await world.hook(receiver, after=await world.retail.events.last_number() + 1)

    assert {one.event["name"] for one in receiver.heard} == {"catalog.put_on_sale"}
    assert {UUID(one.event["aggregate_id"]) for one in receiver.heard} == {*world.goods}


async def test_a_slow_receiver_keeps_neither_the_round_nor_another_waiting(world: World) -> None:
    """HOK-R4: its lane goes on by itself; what is under way is told apart."""
    world.retail.background.timers["tell_webhooks"].lanes.patience_seconds = 0.3
    world.sender.inner.outbound.total_seconds = 5.0
    async with receiving(hangs=True) as slow, receiving() as other:
        hook = await world.hook(slow)
        await world.hook(other)
        await world.sells()
        await world.work()
        await world.work()
        view = await world.retail.webhooks.one(hook.webhook_id)
        assert (view.under_way, len(other.taken)) == (1, await world.retail.events.last_number())
        await world.retail.background.timers["tell_webhooks"].lanes.aclose()
        (told, *_) = await world.told(hook.webhook_id)

    assert (told.state, told.untold, len(slow.heard)) == (TellingState.WAITING, Untold.TIME, 1)


@pytest.mark.parametrize("status", [199 + 101, 301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
async def test_what_is_no_2xx_is_tried_again_and_nobody_is_followed_elsewhere(world: World, status: int) -> None:
    """HOK-R5, R39."""
    async with receiving() as elsewhere, receiving(status=status, head=f"location: {elsewhere.url}\r\n") as receiver:
        hook = await world.hook(receiver)
        await world.sells()
        await world.work()
        (told, *_) = await world.told(hook.webhook_id)

    assert (told.state, told.status, elsewhere.heard) == (TellingState.WAITING, status, [])


async def test_with_much_open_no_more_is_written_down_and_nothing_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HOK-R3: the log of events keeps it meanwhile."""
    monkeypatch.setattr(telling_module, "OPEN_MAX", 3)
    async with receiving(status=500) as receiver:
        hook = await world.hook(receiver)
        await world.sells()
        await world.work()
        await world.sells(2)
        await world.work()
        view = await world.retail.webhooks.one(hook.webhook_id)
        assert view.behind > 0 and view.waiting < await world.retail.events.last_number()
        receiver.status = 200
        await world.passes(timedelta(hours=1))

    assert sorted(one.event["number"] for one in receiver.taken) == [*range(1, await world.retail.events.last_number() + 1)]


async def test_a_shop_whose_own_secret_has_changed_sends_nothing_that_its_receivers_would_refuse(database_place: Place) -> None:
    """HOK-R2: it says so, and another secret of the webhook mends it."""
    clock, policies = SettableClock(NOON), Policies(webhooks=WebhookRules(destinations=HERE))
    async with open_database(database_place) as database, receiving() as receiver:

        def shop(secret: bytes) -> World:
            sender = Mortal(HttpSender(Outbound(destinations=HERE)))
            outside = Outside(clock=clock, webhook_sender=sender, policies=policies, secret=secret)
            return World(on_database(database, outside), clock, sender)

        hook = await shop(b"one" * 20).hook(receiver)
        world = shop(b"two" * 20)
        await world.sells()
        await world.work()
        (told, *_) = await world.told(hook.webhook_id)
        assert (told.untold, receiver.heard) == (Untold.SECRET, [])
        new = await world.retail.webhooks.rotate(ChangeWebhook(webhook_id=hook.webhook_id))
        await world.passes(timedelta(minutes=1), step=timedelta(minutes=1))

    assert json.loads(receiver.heard[0].body)["number"] == 1
    assert all(one.is_signed_with(new.secret) for one in receiver.heard)
