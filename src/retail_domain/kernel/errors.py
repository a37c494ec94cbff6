"""Refusals: exceptions with a stable code, a kind and the facts (GEN-R15)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import ClassVar, TypeVar, dataclass_transform

import attrs
from attrs import frozen

C = TypeVar("C")


class Kind(Enum):
    """What sort of refusal this is; each door maps it once (HTTP status, exit code)."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    REFUSED = "refused"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    WAITING = "waiting"
    """Nothing is wrong: it is not done yet, and waits for somebody."""


@frozen(kw_only=True)
class FieldProblem:
    """One thing wrong with one field: where, which rule, and a sentence for a person."""

    field: str
    rule: str
    message: str


@frozen(kw_only=True, slots=False, eq=False, str=False)
class DomainError(Exception):
    """Something was refused and nothing has changed.

    Every subclass sets `code` (unique, `context.what`) and `kind`; its fields are the facts of the refusal and
    its docstring's first line is the sentence a shop assistant could say.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.REFUSED

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts().items() if value is not None)
        return f"{self.sentence()} ({told})" if told else self.sentence()

    @classmethod
    def sentence(cls) -> str:
        """The refusal as one sentence, without the facts."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def facts(self) -> dict[str, object]:
        """The fields of this refusal by name."""
        return {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def refusal(cls: type[C]) -> type[C]:
    """Class decorator for refusals: keyword-only frozen facts, compared by identity like any exception."""
    return frozen(kw_only=True, slots=False, eq=False, str=False)(cls)


@refusal
class InvalidInput(DomainError, ValueError):
    """Something that was sent cannot be accepted."""

    code = "input.invalid"
    kind = Kind.INVALID
    problems: tuple[FieldProblem, ...]

    @classmethod
    def of(cls, field: str, rule: str, message: str) -> InvalidInput:
        """One problem with one field."""
        return cls(problems=(FieldProblem(field=field, rule=rule, message=message),))

    def __str__(self) -> str:
        return told_problems(self.problems)


def told_problems(problems: Iterable[FieldProblem]) -> str:
    """What is wrong, in a line; what is wrong with the whole has no field."""
    return "; ".join(f"{p.field and f'{p.field}: '}{p.message} [{p.rule}]" for p in problems)


@refusal
class Stale(DomainError):
    """Somebody else changed this in the meantime; please look again."""

    code = "store.stale"
    kind = Kind.CONFLICT
    what: str
    ids: tuple[str, ...] = ()


@refusal
class ChangedMeanwhile(DomainError):
    """Somebody has changed this since you looked; please look again."""

    code = "input.changed_meanwhile"
    kind = Kind.CONFLICT
    seen: int
    newest: int


def require_seen(seen: int | None, newest: int) -> None:
    """Who says what they looked at decides only about that. Raises ChangedMeanwhile."""
    if seen is not None and seen != newest:
        raise ChangedMeanwhile(seen=seen, newest=newest)


@refusal
class Taken(DomainError):
    """Something that must be unique exists already."""

    code = "store.taken"
    kind = Kind.CONFLICT
    table: str
    columns: tuple[str, ...] = ()  # empty where a database does not tell

    @property
    def rule(self) -> str:
        """The rule in one word: `table.column+column`, the same on every store."""
        return f"{self.table}.{'+'.join(self.columns)}"


@refusal
class Broken(DomainError):
    """A law of the shop would have been broken; nothing was stored."""

    code = "store.broken"
    kind = Kind.UNAVAILABLE
    check: str


@refusal
class Retry(DomainError):
    """The shop is busy; please try again."""

    code = "store.busy"
    kind = Kind.UNAVAILABLE
    reason: str = ""


@refusal
class Unavailable(DomainError):
    """The shop cannot answer right now; please try again shortly."""

    code = "store.unavailable"
    kind = Kind.UNAVAILABLE
    reason: str = ""


@refusal
class CommitUnknown(DomainError):
    """It is not known whether the last step was stored; repeat it with the same key."""

    code = "store.commit_unknown"
    kind = Kind.UNAVAILABLE
    reason: str = ""


@refusal
class UnknownKinds(DomainError):
    """A part of the shop that this process lacks has a say in this: start the process with it (RETAIL_HOST)."""

    code = "store.unknown_kinds"
    kind = Kind.UNAVAILABLE
    kinds: tuple[str, ...]


@refusal
class PreviewDecidesNothing(DomainError):
    """This is a preview: everything can be looked at, and nothing is decided."""

    code = "preview.decides_nothing"
    kind = Kind.FORBIDDEN


@refusal
class NeedsOwnTransaction(DomainError):
    """This step talks to a provider and cannot run inside somebody else's transaction."""

    code = "store.needs_own_transaction"
    kind = Kind.CONFLICT
