"""A decision and everything it entails: before, state, events (architecture 2.1 decision 1, rulings 24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from attrs import frozen

from retail_domain.kernel.events import Event

A = TypeVar("A")


@frozen
class Change(Generic[A]):
    """What a decision did: the state before (None when something came to be), the state now, and the facts.

    Collections accept only a `Change`, so state without events, or events without state, cannot be stored.
    `before.version` is the guard under which the state is saved; decisions never touch `version` themselves.
    """

    before: A | None
    state: A
    events: tuple[Event, ...] = ()

    def then(self, decide: Callable[[A], Change[A]]) -> Change[A]:
        """Decide again on the result; the chain is one change from the first `before` to the last state."""
        following = decide(self.state)
        return Change(self.before, following.state, self.events + following.events)
