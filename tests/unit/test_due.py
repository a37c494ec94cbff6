"""One timer for everything that is due: whatever cannot be dealt with keeps nobody else waiting (R28)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from retail_domain.ordering import OrderNotDue
from retail_domain.processes.worker.due import BATCH, Due, Round, WhatIsDue
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.run_now import run_now


class Things:
    """What is due, the most overdue first, and which of it cannot be dealt with."""

    def __init__(self, due: Sequence[int], hopeless: Sequence[int]) -> None:
        self.due, self.hopeless, self.tried = list(due), set(hopeless), list[int]()
        self.timer = Due(clock=SettableClock(), find=self.find, deal_with=self.deal_with, lost_to=(OrderNotDue,))

    async def find(self, wanted: WhatIsDue) -> Sequence[int]:
        return self.due[: wanted.most]

    async def deal_with(self, which: int) -> None:
        self.tried.append(which)
        if which in self.hopeless:
            raise AttributeError(which)
        self.due.remove(which)


@pytest.mark.parametrize("many", [BATCH - 1, BATCH, BATCH + 1, 3 * BATCH])
def test_however_many_things_fail_a_plain_one_behind_them_is_dealt_with(many: int) -> None:
    """R28: and they are tried again as long as they are due."""
    things = Things(due=range(many + 1), hopeless=range(many))

    rounds = [run_now(things.timer()) for _ in range(many // BATCH + 1)]

    assert things.due == list(range(many)) and sum(one.done for one in rounds) == 1
    assert all(one.due <= BATCH for one in rounds)
    things.hopeless.clear()
    for _ in range(many // BATCH + 1):
        run_now(things.timer())
    assert things.due == []


def test_what_failed_and_can_be_dealt_with_again_has_its_turn_as_before() -> None:
    """R28: by how long it is overdue."""
    things = Things(due=range(3), hopeless=[0])
    run_now(things.timer())
    things.hopeless.clear()
    run_now(things.timer())
    things.due[:0] = [0, 9]

    run_now(things.timer())

    assert things.tried == [0, 1, 2, 0, 0, 9]


def test_who_lost_to_somebody_faster_has_not_failed() -> None:
    """R28."""

    class Faster(Things):
        async def deal_with(self, which: int) -> None:
            raise OrderNotDue(order_id=which)

    assert run_now(Faster(due=range(2), hopeless=()).timer()) == Round(due=2, done=0)
