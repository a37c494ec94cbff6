"""The examination every store of answers passes: a command is carried out at most once under its key (GEN-R7, R17).

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

import pytest
from attrs import evolve, frozen

from retail_domain.kernel.errors import Taken
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Answers, KeyReused, Once
from retail_domain.kernel.units import Begin
from retail_domain.testing.baskets import NOON

ONCE: Final = Once(principal="member:1", operation="orders.place", key="k-1", fingerprint="sha256:1")


@frozen(kw_only=True)
class EverySort:
    """An answer with a value of every sort."""

    order_id: OrderId
    payable: Money
    at: datetime
    day: date
    days: tuple[date, ...]
    next_day: date | None
    words: str | None
    codes: tuple[str, ...]


TOLD: Final = EverySort(
    order_id=OrderId(UUID(int=7)),
    payable=Money(1_999, "CNY"),
    at=NOON,
    day=date(2024, 2, 29),
    days=(date.min, date.max),
    next_day=None,
    words="红 ' \" \\ ?",
    codes=("a", "b"),
)


class AnswersWork(Protocol):
    """A unit of work that remembers."""

    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


async def remembered(begin: Begin[AnswersWork], once: Once, answer: object) -> None:
    """Answer a command for good."""
    async with begin() as work:
        work.answers.remember(once, answer)
        await work.commit()


@pytest.mark.asyncio
class AnswersContract:
    """What every store of answers promises."""

    async def test_the_same_key_and_request_get_the_same_answer(self, begin: Begin[AnswersWork]) -> None:
        """R17: the answer comes back as it was, field by field."""
        await remembered(begin, ONCE, TOLD)

        async with begin() as work:
            assert await work.answers.recall(ONCE, EverySort) == TOLD

    async def test_another_request_under_the_key_is_refused(self, begin: Begin[AnswersWork]) -> None:
        """R17: same key, other body."""
        await remembered(begin, ONCE, TOLD)

        async with begin() as work:
            with pytest.raises(KeyReused):
                await work.answers.recall(evolve(ONCE, fingerprint="sha256:2"), EverySort)

    async def test_a_key_belongs_to_who_used_it_and_for_what(self, begin: Begin[AnswersWork]) -> None:
        """R17: a key of one member never reveals another's answer."""
        await remembered(begin, ONCE, TOLD)

        async with begin() as work:
            for other in (evolve(ONCE, principal="member:2"), evolve(ONCE, operation="carts.open"), evolve(ONCE, key="k-2")):
                assert await work.answers.recall(other, EverySort) is None

    async def test_without_a_key_nothing_is_remembered(self, begin: Begin[AnswersWork]) -> None:
        async with begin() as work:
            work.answers.remember(None, TOLD)
            await work.commit()
        async with begin() as work:
            assert await work.answers.recall(None, EverySort) is None

    async def test_a_refused_command_does_not_burn_its_key(self, begin: Begin[AnswersWork]) -> None:
        """R17, GEN-R7: what was not committed was not answered; the key is free for the next try."""
        async with begin() as work:
            work.answers.remember(ONCE, TOLD)
        await remembered(begin, evolve(ONCE, fingerprint="sha256:2"), TOLD)

        async with begin() as work:
            assert await work.answers.recall(evolve(ONCE, fingerprint="sha256:2"), EverySort) == TOLD

    async def test_who_comes_second_with_a_key_is_told_so_at_commit(self, begin: Begin[AnswersWork]) -> None:
        """R17: under any race one effect remains; the loser runs again and finds the winner's answer."""
        await remembered(begin, ONCE, TOLD)

        with pytest.raises(Taken) as taken:
            await remembered(begin, ONCE, evolve(TOLD, words="other"))

        assert taken.value.rule == "answers.principal+operation+key"
        async with begin() as work:
            assert await work.answers.recall(ONCE, EverySort) == TOLD

    async def test_many_keys_are_looked_up_at_once_and_a_reused_one_is_told_not_raised(self, begin: Begin[AnswersWork]) -> None:
        other = evolve(ONCE, principal="member:2", key="k-2")
        crossed = evolve(ONCE, key="k-2")
        await remembered(begin, ONCE, TOLD)
        await remembered(begin, other, evolve(TOLD, words=None))
        reused = evolve(other, fingerprint="sha256:9")

        async with begin() as work:
            found = await work.answers.recall_all([ONCE, other, crossed, reused], EverySort)
            assert await work.answers.recall_all([], EverySort) == {}

        assert (found[ONCE], found[other]) == (TOLD, evolve(TOLD, words=None))
        assert crossed not in found
        assert isinstance(found[reused], KeyReused)
