"""A unit of work that loses a race is run again from its start, a bounded number of times (R31, R17, GEN-R17)."""

from __future__ import annotations

import pytest
from attrs import define, field, frozen

from retail_adapters.sql.meanings import unique_rules
from retail_adapters.system.retry import ALIKE_MAX, LOCK_TIMEOUT, LOCKED_OUT_MAX, TRIES_MAX, is_first_try, retrying
from retail_domain.inventory import SoldOut
from retail_domain.kernel.errors import DomainError, Retry, Stale, Taken, Unavailable
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.testing.baskets import sku

CODE = Taken(table="products", columns=("code",))
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
    [Retry(reason="40001"), Retry(reason="SQLITE_BUSY"), Stale(what="order")],
    ids=str,
)
async def test_a_lost_race_is_run_again_and_nobody_hears_of_it(lost: DomainError) -> None:
    handler = Handler([lost, lost])

    assert await retrying(handler)(Ask()) == "done"
    assert handler.runs == 3


@pytest.mark.parametrize("rule", [*sorted(unique_rules()), ("gifts_days", ("day",))], ids=lambda rule: rule[0])
async def test_a_rival_who_stored_something_unique_first_is_found_by_looking_again(rule: tuple[str, tuple[str, ...]]) -> None:
    """R31, R17: whatever the rule, and whoever's the table."""
    handler = Handler([Taken(table=rule[0], columns=rule[1])])

    assert await retrying(handler)(Ask(ONCE)) == "done"
    assert handler.runs == 2


@pytest.mark.parametrize("ask", [Ask(), Ask(ONCE)], ids=["without a key", "under a key"])
async def test_who_meets_the_same_rule_time_after_time_is_told(ask: Ask) -> None:
    """A clerk who types a code that is there for good waits for two looks, not for a dozen."""
    handler = Handler([CODE] * TRIES_MAX)

    with pytest.raises(Taken) as told:
        await retrying(handler)(ask)
    assert (told.value, handler.runs) == (CODE, ALIKE_MAX)


async def test_two_rivals_may_each_have_taken_something_of_one_table() -> None:
    """R31: a login counts under its name and under its address; a rule does not say which of them was taken."""
    slot = Taken(table="send_slots", columns=("key",))
    handler = Handler([slot, slot])

    assert await retrying(handler)(Ask()) == "done"
    assert handler.runs == 3


async def test_a_rule_that_was_met_before_another_race_was_lost_is_looked_at_anew() -> None:
    handler = Handler([CODE, Stale(what="product"), CODE, Taken(table="brands", columns=("name",)), CODE])

    assert await retrying(handler)(Ask()) == "done"
    assert handler.runs == 6


async def test_who_meets_another_rule_each_time_is_told_in_the_end() -> None:
    handler = Handler([CODE, Taken(table="brands", columns=("name",))] * TRIES_MAX)

    with pytest.raises(Taken):
        await retrying(handler)(Ask())
    assert handler.runs == TRIES_MAX


async def test_who_loses_every_time_is_told_in_the_end() -> None:
    handler = Handler([Retry(reason="40001")] * TRIES_MAX * 2)

    with pytest.raises(Retry):
        await retrying(handler)(Ask())
    assert handler.runs == TRIES_MAX


async def test_who_waits_for_a_lock_in_vain_is_told_after_a_few_times() -> None:
    """R31, R46: it may be held by somebody who never lets go, and each wait has a connection."""
    handler = Handler([Retry(reason=LOCK_TIMEOUT)] * TRIES_MAX)

    with pytest.raises(Retry):
        await retrying(handler)(Ask(ONCE))
    assert handler.runs == LOCKED_OUT_MAX


@pytest.mark.parametrize("refused", [SOLD_OUT, Unavailable(reason="away")], ids=str)
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
