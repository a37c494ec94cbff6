"""Approvals, wired; and which use cases may take two people: the `takes_two` of each context's module."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any, TypeVar, cast

import msgspec
from attrs import evolve

from retail_adapters.assembly.parts import Parts, as_shown
from retail_adapters.assembly.payments import closing_attempts
from retail_adapters.serialization import kept, prove
from retail_domain.approvals import ApprovalDesk
from retail_domain.contexts import CONTEXTS, of_some
from retail_domain.kernel.frames import bound
from retail_domain.processes.staff.seconding import (
    SecondBook,
    TakesTwo,
    approve,
    approve_clearing_the_way,
    ask_second,
    asked_before,
    refuse_approval,
    seconded,
)

F = TypeVar("F")


class StoredWishes:
    """Wishes as JSON, by the codec that answers and events go by."""

    def write(self, wish: Any) -> str:
        """As text."""
        return msgspec.json.encode(wish).decode()

    def read(self, kind: type[Any], text: str) -> Any:
        """As it was."""
        return kept(kind)(msgspec.json.decode(text))


def approvals(parts: Parts) -> ApprovalDesk:
    """The approvals of a shop made of these parts."""
    decide = parts.deciding(approve, _book(parts))
    if parts.own_transactions:  # no provider is called in a host's transaction: there an open attempt has to be closed before
        decide = bound(approve_clearing_the_way, decide, closing_attempts(parts))
    return ApprovalDesk(approve=decide, refuse=parts.deciding(refuse_approval), show=parts.reads.approvals)


def taking_two(parts: Parts, name: str, facade: F) -> F:
    """The facade of a context, whose use cases that may take two people ask for the second."""
    if not parts.policies.second_person.limits:
        return facade
    book = _book(parts)
    takes = [one for one in book.takes if one.startswith(f"{name}.")]
    if not takes:
        return facade
    ask = parts.deciding(ask_second, book, parts.policies.second_person.lasting)
    before = parts.reading(asked_before)
    kept_ = {does.partition(".")[2]: getattr(facade, does.partition(".")[2]) for does in takes}
    made = {use: as_shown(one, seconded(f"{name}.{use}", one, ask, before)) for use, one in kept_.items()}
    return cast(F, evolve(cast(Any, facade), **made))


@cache
def _assembled() -> tuple[ModuleType, ...]:
    return tuple(of_some("retail_adapters.assembly", CONTEXTS).values())


def _book(parts: Parts) -> SecondBook:
    found: list[TakesTwo] = []
    for module in _assembled():
        found += module.takes_two(parts) if hasattr(module, "takes_two") else ()
    for one in found:
        prove(one.wish)
    return SecondBook({one.does: one for one in found}, StoredWishes())
