"""Orders paid by several tenders: whatever happens, paid = sum of tenders, refunded = sum of parts (PAY-R10, PAY-R11, R5)."""

from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.support.stores import Place
from tests.support.till import open_till

WHAT = (
    "place", "place", "hold", "hold", "gift", "start", "start", "pay", "pay", "cash", "cash", "refund", "refund", "freight",
    "reprice", "reprice", "cancel", "call off", "go on", "waits", "refused", "firm", "work", "time",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 4), st.integers(1, 4)), max_size=24)
RULES = st.sampled_from([("gateway", "purse", "gift_card"), ("gift_card", "purse", "gateway"), ("purse",), ()])


async def history(steps: list[tuple[str, int, int]], rule: tuple[str, ...]) -> Counter[str]:
    async with open_till(Place("memory"), rule) as till:
        await till.place(3)
        for step in steps:
            await till.step(*step)
            await till.check()
        await till.step("firm", 0, 1)
        await till.settles()
        return till.done


@given(STEPS, RULES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_tenders_add_up_and_nothing_is_held_for_long(
    steps: list[tuple[str, int, int]], rule: tuple[str, ...]
) -> None:
    """PAY-I1, PAY-I2, PAY-I4, R5, R10."""
    asyncio.run(history(steps, rule))
