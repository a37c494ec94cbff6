"""Whoever comes, goes away, fails or is refused, in whatever order: the laws of the queue and of its batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from attrs import define, field, frozen
from hypothesis import given, strategies as st

from retail_adapters.system.batching import RunningBatch
from retail_adapters.system.coalescer import Coalescer, Queueing
from retail_domain.kernel.errors import Broken, CommitUnknown, DomainError, Retry, Taken, Unavailable
from tests.support.queue import settled

POISON = "poison"
TROUBLES = {
    "": None,
    "retry": Retry(reason="40P01"),
    "taken": Taken(table="orders", columns=("quote_id",)),
    "lost before": CommitUnknown(reason="cut"),
    "lost after": CommitUnknown(reason="cut"),
    "away": Unavailable(reason="connection"),
}


@frozen
class Visit:
    """Somebody who asks in some turn of the loop, and perhaps goes away some turns later."""

    name: str
    turn: int
    leaves_after: int | None


@define
class Till:
    """Serves names at most once, one batch a trouble; it may not be told to do what it did."""

    troubles: list[str]
    effects: list[str] = field(factory=list)
    under_way: int = 0
    most_under_way: int = 0
    largest: int = 0

    async def work(self, names: Sequence[str]) -> Sequence[int | Exception]:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.largest = max(self.largest, len(names))
        try:
            await asyncio.sleep(0)
            return self._served(names)
        finally:
            self.under_way -= 1

    def _served(self, names: Sequence[str]) -> Sequence[int | Exception]:
        trouble = self.troubles.pop() if self.troubles else ""
        error = TROUBLES[trouble]
        if error is not None and trouble != "lost after":
            raise error
        if POISON in names:
            raise Broken(check="ck")
        for name in dict.fromkeys(names):
            if name not in self.effects:
                self.effects.append(name)
        if error is not None:
            raise error
        return [self.effects.index(name) for name in names]

    async def look(self, names: Sequence[str]) -> Sequence[int | Exception | None]:
        await asyncio.sleep(0)
        return [self.effects.index(name) if name in self.effects else None for name in names]


visits = st.builds(
    Visit,
    st.sampled_from(["a", "b", "c", "d", "e", POISON]),
    st.integers(0, 6),
    st.one_of(st.none(), st.none(), st.integers(0, 4)),
)


async def _visited(queue: Coalescer[str, int], people: Sequence[Visit]) -> list[object]:
    """What each was told; None for those who went away."""

    async def visit(one: Visit) -> object:
        await settled(one.turn)
        asking = asyncio.create_task(queue(one.name))
        if one.leaves_after is not None:
            await settled(one.leaves_after)
            asking.cancel()
        try:
            return await asking
        except asyncio.CancelledError:
            return None
        except DomainError as refused:
            return refused

    told = await asyncio.gather(*map(visit, people))
    await queue.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return list(told)


@given(
    st.lists(visits, max_size=20),
    st.lists(st.sampled_from(sorted(TROUBLES)), max_size=6),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_everyone_is_answered_once_truly_and_nothing_is_done_twice(
    people: list[Visit], troubles: list[str], flushers: int, batch_max: int
) -> None:
    """R15, R17, R31, R47: an answer is what was stored; a poisoned ask harms nobody; the limits of the queue hold."""
    till = Till(list(troubles))
    queue = Coalescer(RunningBatch(work=till.work, look=till.look), Queueing(flushers=flushers, batch_max=batch_max))

    told = asyncio.run(_visited(queue, people))

    excuses = {type(TROUBLES[trouble]) for trouble in troubles if trouble not in ("", "retry", "taken")}
    for one, answer in zip(people, told, strict=True):
        if isinstance(answer, int):
            assert till.effects[answer] == one.name
        elif isinstance(answer, DomainError):
            assert type(answer) in ({Broken} | excuses if one.name == POISON else excuses)
        else:
            assert answer is None and one.leaves_after is not None
    assert len(set(till.effects)) == len(till.effects) and POISON not in till.effects
    assert till.most_under_way <= flushers and till.largest <= batch_max


@given(st.lists(visits, max_size=20), st.integers(1, 4))
def test_without_trouble_everyone_but_the_poisoned_is_served(people: list[Visit], flushers: int) -> None:
    """R46: whoever stays is served."""
    till = Till([])
    queue = Coalescer(RunningBatch(work=till.work, look=till.look), Queueing(flushers=flushers))

    told = asyncio.run(_visited(queue, people))

    stayed = [(one.name, answer) for one, answer in zip(people, told, strict=True) if one.leaves_after is None]
    assert all(isinstance(answer, Broken if name == POISON else int) for name, answer in stayed)
