"""Carry out in-memory use cases without a loop, so that stateful property tests stay cheap (decision 0005)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """The answer of a coroutine that never really waits; what it raises is raised.

    Raises RuntimeError for one that does wait, such as a use case over a real database.
    """
    try:
        work.send(None)
    except StopIteration as answered:
        answer: T = answered.value
        return answer
    finally:
        work.close()
    raise RuntimeError("this one waits for something: run it in an event loop")
