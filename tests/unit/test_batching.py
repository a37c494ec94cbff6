"""A batch that fails: nobody pays for another's mistake, and nothing is done twice (GEN-R19, R31)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from retail_adapters.system.batching import RunningBatch
from retail_adapters.system.retry import LOCK_TIMEOUT, LOCKED_OUT_MAX, TRIES_MAX
from retail_domain.kernel.errors import Broken, CommitUnknown, DomainError, Retry, Stale, Taken, Unavailable
from tests.support.queue import Counter, always, once, whenever


def a_batch(counter: Counter) -> RunningBatch[str, int]:
    return RunningBatch(work=counter.work, look=counter.look)


async def carried_out(counter: Counter, names: Sequence[str]) -> list[Any]:
    """Answers, or the classes of refusals."""
    answers = await a_batch(counter)(names)
    return [type(one) if isinstance(one, Exception) else one for one in answers]


async def test_a_batch_that_goes_well_is_carried_out_once() -> None:
    counter = Counter()

    assert await carried_out(counter, "abc") == [1, 2, 3]
    assert (len(counter.batches), counter.looks) == (1, 0)


async def test_a_lost_race_is_run_again() -> None:
    """R31: a deadlock, a serialization failure, a busy file."""
    counter = Counter(fails_before=[once(Retry(reason="40P01")), once(Retry(reason="40001"))])

    assert await carried_out(counter, "abc") == [1, 2, 3]
    assert [len(batch) for batch in counter.batches] == [3, 3, 3]


async def test_races_are_not_run_for_ever() -> None:
    """R31: bounded; then everybody may come again later."""
    counter = Counter(fails_before=[always(lambda: Retry(reason="busy"))])

    assert await carried_out(counter, "ab") == [Retry, Retry]
    assert len(counter.batches) == TRIES_MAX and counter.served == {}


async def test_a_lock_that_never_comes_is_not_waited_for_a_dozen_times() -> None:
    """R46: then everybody may come again later."""
    counter = Counter(fails_before=[always(lambda: Retry(reason=LOCK_TIMEOUT))])

    assert await carried_out(counter, "ab") == [Retry, Retry]
    assert len(counter.batches) == LOCKED_OUT_MAX and counter.served == {}


@pytest.mark.parametrize("error", [Stale(what="stock item"), Taken(table="answers", columns=("principal", "operation", "key"))])
async def test_those_whose_key_says_that_a_rival_was_first_are_dropped_and_the_rest_runs_once(error: DomainError) -> None:
    counter = Counter(served={"b": 7}, fails_before=[once(error)])

    assert await carried_out(counter, "abc") == [2, 7, 3]
    assert counter.batches == [["a", "b", "c"], ["a", "c"]]


async def test_a_batch_of_nothing_but_culprits_is_not_run_again() -> None:
    counter = Counter(served={"a": 1, "b": 2}, fails_before=[once(Taken(table="orders", columns=("quote_id",)))])

    assert await carried_out(counter, "ab") == [1, 2]
    assert len(counter.batches) == 1


async def test_a_second_lost_guard_cuts_the_batch_in_two() -> None:
    counter = Counter(fails_before=[whenever("bad", lambda: Taken(table="orders", columns=("number",)))])

    assert await carried_out(counter, ["a", "b", "bad", "c"]) == [1, 2, Taken, 3]


@pytest.mark.parametrize("error", [lambda: Broken(check="ck_stock_items_reserved"), ZeroDivisionError])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 128])
async def test_a_poisoned_ask_fails_alone(error: Any, size: int) -> None:
    """R47: the law that would have been broken, or the bug, is told to the one it belongs to; all others are served."""
    names = [f"n{number}" for number in range(size - 1)]
    names.insert(size // 2, "poison")
    counter = Counter(fails_before=[whenever("poison", error)])

    answers = await carried_out(counter, names)

    assert answers[names.index("poison")] is type(error())
    assert [one for one in answers if isinstance(one, type)] == [type(error())]
    assert len(counter.served) == size - 1
    assert len(counter.batches) <= 1 + 2 * max(0, (size - 1).bit_length())


async def test_a_store_that_is_away_is_told_to_everyone_at_once() -> None:
    counter = Counter(fails_before=[always(lambda: Unavailable(reason="connection"))])

    assert await carried_out(counter, "abc") == [Unavailable] * 3
    assert len(counter.batches) == 1


async def test_after_a_commit_of_unknown_outcome_that_lasted_the_keys_tell_and_nothing_runs_again() -> None:
    """R15, R17."""
    counter = Counter(fails_after=[once(CommitUnknown(reason="connection lost"))])

    assert await carried_out(counter, "abc") == [1, 2, 3]
    assert len(counter.batches) == 1 and counter.looks == 1


async def test_after_a_commit_of_unknown_outcome_that_did_not_last_nothing_runs_again_either() -> None:
    """R15: the caller is told that nobody knows, and comes again with the same key."""
    counter = Counter(fails_before=[once(CommitUnknown(reason="connection lost"))])

    assert await carried_out(counter, "abc") == [CommitUnknown] * 3
    assert len(counter.batches) == 1 and counter.served == {}


async def test_if_nobody_can_be_asked_after_a_lost_commit_nobody_is_told_that_nothing_happened() -> None:
    async def away(_names: Sequence[str]) -> Sequence[int | Exception | None]:
        raise Unavailable(reason="connection")

    counter = Counter(fails_after=[once(CommitUnknown(reason="connection lost"))])
    answers = await RunningBatch(work=counter.work, look=away)("ab")

    assert [type(one) for one in answers] == [CommitUnknown] * 2
    assert len(counter.batches) == 1


async def test_each_caller_gets_a_refusal_of_his_own() -> None:
    counter = Counter(fails_before=[always(lambda: Unavailable(reason="connection"))])

    first, second = await a_batch(counter)("ab")

    assert first is not second and str(first) == str(second)
