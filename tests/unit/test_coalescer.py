"""The queue in front of the till: what waits together is served together, and everyone gets his own answer (R17, R46)."""

from __future__ import annotations

import asyncio

import pytest

from retail_adapters.system.coalescer import Coalescer, Queueing
from retail_domain.kernel.errors import CommitUnknown, Unavailable
from tests.support.queue import Counter, settled, whenever


def a_queue(counter: Counter, **more: int) -> Coalescer[str, int]:
    return Coalescer(counter.work, Queueing(**more))


async def test_one_ask_on_a_quiet_shop_waits_for_nobody() -> None:
    counter = Counter()

    assert await a_queue(counter)("a") == 1
    assert counter.batches == [["a"]]


async def test_what_came_while_the_last_batch_was_under_way_is_the_next_batch() -> None:
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter)

    first = asyncio.create_task(queue("a"))
    await settled()
    others = [asyncio.create_task(queue(name)) for name in "bcd"]
    await settled()
    assert counter.gate is not None
    counter.gate.set()

    assert await asyncio.gather(first, *others) == [1, 2, 3, 4]
    assert counter.batches == [["a"], ["b", "c", "d"]]


async def test_a_batch_has_a_largest_size_and_keeps_the_order_of_arrival() -> None:
    counter = Counter()

    await asyncio.gather(*map(a_queue(counter, batch_max=2), "abcde"))

    assert counter.batches == [["a", "b"], ["c", "d"], ["e"]]


async def test_two_flushers_have_two_batches_under_way() -> None:
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter, flushers=2)
    asks = []
    for name in "abcd":
        asks.append(asyncio.create_task(queue(name)))
        await settled()

    assert counter.batches == [["a"], ["b"]]
    assert counter.gate is not None
    counter.gate.set()
    assert sorted(await asyncio.gather(*asks)) == [1, 2, 3, 4]
    assert counter.batches == [["a"], ["b"], ["c", "d"]]


async def test_a_refusal_is_told_to_the_one_it_is_meant_for() -> None:
    async def work(names: object) -> list[int | Exception]:
        return [1, KeyError("b"), 3]

    queue: Coalescer[str, int] = Coalescer(work)
    answers = await asyncio.gather(*map(queue, "abc"), return_exceptions=True)

    assert [answers[0], type(answers[1]), answers[2]] == [1, KeyError, 3]


async def test_a_failure_of_the_work_itself_is_told_to_everyone_and_the_next_batch_is_served() -> None:
    """Nobody waits for ever."""
    counter = Counter(fails_before=[whenever("bad", ZeroDivisionError)])
    queue = a_queue(counter)

    told = await asyncio.gather(queue("a"), queue("bad"), return_exceptions=True)

    assert [type(one) for one in told] == [ZeroDivisionError, ZeroDivisionError]
    assert await queue("c") == 1


async def test_a_caller_who_goes_away_takes_nobody_with_him_and_is_served_all_the_same() -> None:
    """F9: his order is placed or not; asking again with his key tells."""
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter)
    gone, stays = asyncio.create_task(queue("gone")), asyncio.create_task(queue("stays"))
    await settled()

    gone.cancel()
    await settled()
    assert gone.cancelled() and counter.gate is not None
    counter.gate.set()

    assert await stays == 2
    assert counter.served == {"gone": 1, "stays": 2}


async def test_whoever_goes_away_while_he_still_waits_is_not_served() -> None:
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter)
    first = asyncio.create_task(queue("a"))
    await settled()
    gone = asyncio.create_task(queue("gone"))
    await settled()

    gone.cancel()
    assert counter.gate is not None
    counter.gate.set()

    assert await first == 1 and await queue("c") == 2
    assert "gone" not in counter.served


async def test_a_full_queue_sends_people_away_at_once_and_keeps_whom_it_took() -> None:
    """R46: it sheds early, keeps what it took, and recovers by itself."""
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter, waiting_max=2)
    under_way = asyncio.create_task(queue("a"))
    await settled()
    waiting = [asyncio.create_task(queue(name)) for name in "bc"]
    await settled()

    with pytest.raises(Unavailable):
        await queue("d")

    assert counter.gate is not None
    counter.gate.set()
    assert await asyncio.gather(under_way, *waiting) == [1, 2, 3]
    assert await queue("d") == 4


async def test_closing_finishes_what_was_taken_and_takes_nothing_more() -> None:
    """R15: a server that stops answers those it let in."""
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter)
    taken = [asyncio.create_task(queue(name)) for name in "abc"]
    await settled()

    closing = asyncio.create_task(queue.aclose())
    await settled()
    with pytest.raises(Unavailable):
        await queue("late")
    assert not closing.done() and counter.gate is not None
    counter.gate.set()
    await closing

    assert [one.result() for one in taken] == [1, 2, 3]


async def test_closing_a_queue_nobody_stands_in_takes_no_time() -> None:
    await a_queue(Counter()).aclose()


async def test_no_task_is_left_when_nobody_waits() -> None:
    before = asyncio.all_tasks()

    await asyncio.gather(*map(a_queue(Counter(), flushers=2), "abc"))
    await settled()

    assert asyncio.all_tasks() == before


def test_one_queue_serves_one_event_loop_after_another() -> None:
    """Also one that was torn down with people waiting: they are told, and the next loop starts afresh."""
    counter = Counter()
    queue = a_queue(counter)
    assert asyncio.run(queue("a")) == 1

    told: list[BaseException] = []
    asyncio.run(_leave_waiting(queue, counter, told))
    assert [type(one) for one in told] == [asyncio.CancelledError, asyncio.CancelledError]

    counter.gate = None
    assert asyncio.run(queue("d")) == 2


async def _leave_waiting(queue: Coalescer[str, int], counter: Counter, told: list[BaseException]) -> None:
    counter.gate = asyncio.Event()

    async def ask(name: str) -> None:
        try:
            await queue(name)
        except BaseException as error:
            told.append(error)
            raise

    asks = [asyncio.create_task(ask(name)) for name in "bc"]
    await settled()
    assert not any(one.done() for one in asks)


def test_a_loop_that_was_closed_under_the_queue_does_not_block_the_next() -> None:
    counter = Counter(gate=asyncio.Event())
    queue = a_queue(counter)
    loop = asyncio.new_event_loop()
    asking = loop.create_task(queue("a"))
    loop.run_until_complete(settled())
    assert not asking.done()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.gather(asking, return_exceptions=True))
    loop.close()

    counter.gate = None
    assert asyncio.run(queue("b")) == 1


async def test_when_the_work_is_torn_down_callers_are_told_that_nobody_knows() -> None:
    """R15: neither done nor not done is claimed."""

    async def torn_down(names: object) -> list[int | Exception]:
        raise asyncio.CancelledError

    queue: Coalescer[str, int] = Coalescer(torn_down, Queueing(batch_max=1))
    told = await asyncio.gather(queue("a"), queue("b"), return_exceptions=True)

    assert [type(one) for one in told] == [CommitUnknown, Unavailable]
