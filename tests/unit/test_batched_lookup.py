"""Look-ups that many make at once go together, and nobody is told what was looked up before he came (R36)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import pytest
from attrs import define, field

from retail_adapters.system.batched_lookup import BatchedLookup
from retail_domain.kernel.errors import Unavailable


@define
class Register:
    """A register that can be held up while somebody looks, and that changes."""

    names: dict[str, str] = field(factory=dict)
    looks: list[tuple[str, ...]] = field(factory=list)
    gate: asyncio.Event = field(factory=asyncio.Event)
    trouble: Exception | None = None

    async def look(self, keys: Iterable[str]) -> Mapping[str, str]:
        wanted = tuple(keys)
        self.looks.append(wanted)
        seen = dict(self.names)
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return {key: seen[key] for key in wanted if key in seen}


@pytest.fixture
def register() -> Register:
    return Register({"a": "Alice", "b": "Bob"})


async def some_time() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_comes_alone_looks_alone(register: Register) -> None:
    gathering = BatchedLookup(register.look)
    register.gate.set()

    assert await gathering("a") == "Alice"
    assert await gathering("nobody") is None
    assert register.looks == [("a",), ("nobody",)]


async def test_who_comes_in_the_same_turn_of_the_loop_looks_together(register: Register) -> None:
    gathering = BatchedLookup(register.look)
    asked = [asyncio.ensure_future(gathering(key)) for key in ("a", "b", "a")]
    await some_time()
    register.gate.set()

    assert await asyncio.gather(*asked) == ["Alice", "Bob", "Alice"]
    assert register.looks == [("a", "b")]


async def test_who_comes_while_somebody_looks_is_gathered_into_the_next_look(register: Register) -> None:
    gathering = BatchedLookup(register.look)
    first = asyncio.ensure_future(gathering("a"))
    await some_time()
    asked = [asyncio.ensure_future(gathering(key)) for key in ("b", "nobody", "b")]
    await some_time()
    register.gate.set()

    assert await asyncio.gather(first, *asked) == ["Alice", "Bob", None, "Bob"]
    assert register.looks == [("a",), ("b", "nobody")]


async def test_nobody_is_told_what_was_looked_up_before_he_came(register: Register) -> None:
    """R36: a session that was ended while another request looked it up is over for the next request."""
    gathering = BatchedLookup(register.look)
    earlier = asyncio.ensure_future(gathering("a"))
    await some_time()
    del register.names["a"]
    later = asyncio.ensure_future(gathering("a"))
    await some_time()
    register.gate.set()

    assert await earlier == "Alice"
    assert await later is None


async def test_trouble_is_told_to_everybody_it_concerns_and_to_nobody_after(register: Register) -> None:
    gathering = BatchedLookup(register.look)
    register.trouble = Unavailable(reason="away")
    asked = [asyncio.ensure_future(gathering(key)) for key in ("a", "b")]
    await some_time()
    register.gate.set()

    for one in asked:
        with pytest.raises(Unavailable):
            await one
    register.trouble = None
    assert await gathering("b") == "Bob"


async def test_who_goes_away_takes_nobody_along(register: Register) -> None:
    gathering = BatchedLookup(register.look)
    first, second, third = (asyncio.ensure_future(gathering(key)) for key in ("a", "b", "b"))
    await some_time()
    first.cancel()
    second.cancel()
    register.gate.set()

    assert await third == "Bob"


def test_another_event_loop_begins_anew(register: Register) -> None:
    gathering = BatchedLookup(register.look)

    async def give_up() -> None:
        asked = [asyncio.ensure_future(gathering(key)) for key in ("a", "b")]
        await some_time()
        for one in asked:
            one.cancel()

    asyncio.run(give_up())
    register.gate = asyncio.Event()
    register.gate.set()

    assert asyncio.run(gathering("b")) == "Bob"
