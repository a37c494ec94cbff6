"""A decision and everything it entails: before, state, events (decision 0004, GEN-R18, GEN-R8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import fields, frozen

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


def with_new(kind: type[A], field: str) -> Callable[[A, Any], A]:
    """What `evolve` does for one field, made at import for where it is done thousands of times a second.

    Raises TypeError when the class has no such field.
    """
    names = [one.name for one in fields(kind) if one.init]  # type: ignore[arg-type]
    if field not in names:
        raise TypeError(f"{kind.__name__} has no {field}")
    given = ", ".join(f"{name}={'new' if name == field else f'old.{name}'}" for name in names)
    scope: dict[str, Any] = {"kind": kind}
    exec(f"def made(old, new): return kind({given})", scope)  # noqa: S102 - names of our own fields
    made: Callable[[A, Any], A] = scope["made"]
    return made
