"""R17: a refusal under a key is not caused by the request's own success; found by simulation, seed 52."""

from __future__ import annotations

import pytest
from attrs import define, field, frozen

from retail_adapters.system.retry import TRIES_MAX, retrying
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.once import Once
from retail_domain.testing.run_now import run_now

ONCE = Once(principal="clerk", operation="orders.ship", key="1", fingerprint="body")


@frozen
class Wish:
    """Something under a key."""

    once: Once | None = ONCE


@define
class Shop:
    """Refuses for these reasons, one after the other, then answers."""

    reasons: list[str]
    runs: int = field(default=0)

    async def __call__(self, wish: Wish) -> str:
        """Carry it out."""
        self.runs += 1
        if self.runs <= len(self.reasons):
            raise InvalidInput.of("order", "state", self.reasons[self.runs - 1])
        return "sent"


def test_a_twin_that_was_carried_out_between_two_refusals_gives_its_answer() -> None:
    """First the order was unpaid; then it was shipped, by the twin of this very request."""
    shop = Shop(["unpaid", "shipped"])

    assert run_now(retrying(shop)(Wish())) == "sent"


def test_the_same_refusal_twice_is_the_answer() -> None:
    shop = Shop(["unpaid", "unpaid"])

    with pytest.raises(InvalidInput):
        run_now(retrying(shop)(Wish()))
    assert shop.runs == 2


def test_without_a_key_nothing_is_asked_twice() -> None:
    shop = Shop(["unpaid"])

    with pytest.raises(InvalidInput):
        run_now(retrying(shop)(Wish(once=None)))
    assert shop.runs == 1


def test_a_reason_that_is_another_one_each_time_is_not_looked_at_for_ever() -> None:
    """R37: such as a number that counts down while it is asked for."""
    shop = Shop([str(number) for number in range(1_000)])

    with pytest.raises(InvalidInput):
        run_now(retrying(shop)(Wish()))
    assert shop.runs <= TRIES_MAX
