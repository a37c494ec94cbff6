"""A unit of work that loses a race is run again from its start, a bounded number of times (R31, R17, GEN-R17)."""

from __future__ import annotations

import pytest
from attrs import define, field, frozen

from retail_adapters.system.retry import TRIES_MAX, is_first_try, retrying
from retail_domain.inventory import SoldOut
from retail_domain.kernel.errors import DomainError, Retry, Stale, Taken, Unavailable
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.testing.baskets import sku

SOLD_OUT = SoldOut(sku_ids=(sku(1),))
ONCE = Once(principal="me", operation="place", key="k", fingerprint="f")


@frozen
class Ask:
    """Something to carry out, perhaps under a key."""

    once: Once | None = None


@define
class Handler:
    """Fails with these, one after the other, and then answers."""

    failures: list[DomainError]
    runs: int = field(default=0, init=False)

    async def __call__(self, ask: Ask) -> str:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


@pytest.mark.parametrize(
    "lost",
    [Retry(reason="40001"), Retry(reason="SQLITE_BUSY"), Stale(what="order"), Taken(table="orders", columns=("quote_id",)),
     Taken(table="answers", columns=("principal", "operation", "key")), Taken(table="products", columns=("code",)),
     Taken(table="stock_items", columns=("sku_id", "location_id")), Taken(table="quotas", columns=("sku_id",))],
    ids=str,
)  # fmt: skip
async def test_a_lost_race_is_run_again_and_nobody_hears_of_it(lost: DomainError) -> None:
    handler = Handler([lost, lost])

    assert await retrying(handler)(Ask()) == "done"
    assert handler.runs == 3


async def test_who_loses_every_time_is_told_in_the_end() -> None:
    handler = Handler([Retry(reason="40001")] * TRIES_MAX * 2)

    with pytest.raises(Retry):
        await retrying(handler)(Ask())
    assert handler.runs == TRIES_MAX


@pytest.mark.parametrize("refused", [SOLD_OUT, Taken(table="payments", columns=("ref",)), Unavailable(reason="away")], ids=str)
async def test_a_refusal_is_no_lost_race(refused: DomainError) -> None:
    handler = Handler([refused])

    with pytest.raises(type(refused)):
        await retrying(handler)(Ask())
    assert handler.runs == 1


async def test_a_refusal_under_a_key_is_looked_at_once_more() -> None:
    """R17: the same request may have been carried out while this one waited."""
    handler = Handler([SOLD_OUT])

    assert await retrying(handler)(Ask(ONCE)) == "done"


@pytest.mark.parametrize("refused", [KeyReused(key="k"), Unavailable(reason="away")], ids=str)
async def test_what_a_second_look_cannot_change_is_told_at_once(refused: DomainError) -> None:
    handler = Handler([refused])

    with pytest.raises(type(refused)):
        await retrying(handler)(Ask(ONCE))
    assert handler.runs == 1


async def test_only_a_first_try_that_will_be_run_again_may_hope() -> None:
    """R31, decision 0030: whoever lost once locks; so does whoever is not run again, such as a host's own transaction."""
    hoped: list[bool] = []

    async def handler(_: Ask) -> None:
        hoped.append(is_first_try())
        if len(hoped) < 3:
            raise Stale(what="cart")

    await retrying(handler)(Ask())

    assert hoped == [True, False, False]
    assert not is_first_try()
