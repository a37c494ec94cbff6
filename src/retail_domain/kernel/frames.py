"""Frames: what is around every use case, so that none can forget it.

A use case is a function. It is given a unit of work, a wish and means, and after them the rules it was bound with:

    async def check_in(work: MembershipWork, wish: CheckInToday, means: Means) -> CheckedIn:

It finds, decides and stages. The frame begins the unit, tells what the same request was answered before (R17), remembers
the answer and commits: all of it in one transaction. What it makes is called with the wish alone, and keeps the name, the
signature and the docstring of the use case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from inspect import Signature, signature
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar, TypeVarTuple, cast, get_type_hints

from attrs import frozen

from retail_domain.kernel.effects import effects_of
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import DONE, Done, KeyReused, Once
from retail_domain.kernel.units import Begin, Unit

U = TypeVar("U", bound=Unit)
W = TypeVar("W")
C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)
A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)
F = TypeVar("F", bound=Callable[..., object])
Rules = TypeVarTuple("Rules")

Called: TypeAlias = Callable[[C], Awaitable[A]]
"""A use case as its callers see it: a wish, an answer."""

_HAS_NO_KEY: Final = object()


def deciding(
    begin: Begin[U], decide: Callable[[U, C, Means, *Rules], Awaitable[A]], means: Means, *rules: *Rules
) -> Called[C, A]:
    """One command in one unit. A wish that has a `once` is carried out once, and its answer remembered under the key."""

    async def carried_out(wish: C) -> A:
        once: Any = getattr(wish, "once", _HAS_NO_KEY)
        async with begin() as work:
            if once is not _HAS_NO_KEY:
                told = await work.answers.recall(once, _remembered_of(decide))
                if told is not None:
                    return cast(A, None if isinstance(told, Done) else told)
            answer = await decide(work, wish, means, *rules)
            if once is not _HAS_NO_KEY:
                work.answers.remember(once, DONE if answer is None else answer)
            await work.commit()
        return answer

    return _shown_as(decide, carried_out)


@frozen
class Answered(Generic[A]):
    """An answer, and what becomes of the unit: for use cases that ask themselves what was answered before.

    `remembered` is what is kept under the key of the wish in the answer's place; None keeps nothing. Where nothing was
    changed there is nothing to commit.
    """

    answer: A
    remembered: object | None = None
    is_changed: bool = True

    @classmethod
    def unchanged(cls, answer: A) -> Answered[A]:
        """What was answered before, or stands as it is: nothing is stored."""
        return cls(answer, is_changed=False)


class RefusedAllTheSame(Exception):
    """Stores what was staged, such as that a wrong code was counted, and then refuses. Only for use cases that `answer`."""

    def __init__(self, refusal: DomainError) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def answering(
    begin: Begin[U], decide: Callable[[U, C, Means, *Rules], Awaitable[Answered[A]]], means: Means, *rules: *Rules
) -> Called[C, A]:
    """The same for a use case that looks for an older answer itself, and says what is to be remembered of its own."""

    async def carried_out(wish: C) -> A:
        async with begin() as work:
            try:
                answered = await decide(work, wish, means, *rules)
            except RefusedAllTheSame as refused:
                await work.commit()
                raise refused.refusal from None
            if answered.remembered is not None:
                work.answers.remember(getattr(wish, "once", None), answered.remembered)
            if answered.is_changed:
                await work.commit()
        return answered.answer

    return _shown_as(decide, carried_out)


def reading(begin: Begin[W], read: Callable[[W, C, *Rules], Awaitable[A]], *rules: *Rules) -> Called[C, A]:
    """A look at what is stored, in one unit that changes nothing."""

    async def looked(wish: C) -> A:
        async with begin() as work:
            return await read(work, wish, *rules)

    return _shown_as(read, looked)


def looking(begin: Begin[W], read: Callable[[W, *Rules], Awaitable[A]], *rules: *Rules) -> Callable[[], Awaitable[A]]:
    """A look that no wish is needed for."""

    async def looked() -> A:
        async with begin() as work:
            return await read(work, *rules)

    return _shown_as(read, looked, wishes=0)


def bound(use_case: Callable[[C, *Rules], Awaitable[A]], *rules: *Rules) -> Called[C, A]:
    """A use case without a unit of its own: it calls a provider between units, or only asks queries."""

    def called(wish: C) -> Awaitable[A]:
        return use_case(wish, *rules)

    return _shown_as(use_case, called, before=0)


class Keyed(Protocol):
    """A wish that may have a key."""

    @property
    def once(self) -> Once | None: ...


class Batch(Protocol[C_contra, A_co]):
    """What some asks together need, claimed; each of them is decided by itself."""

    def decide(self, ask: C_contra) -> A_co:
        """The answer to one of them, on what those before it have left. A refusal is raised, and leaves all as it was."""
        ...

    def save(self) -> None:
        """Stage everything that was decided."""
        ...


K = TypeVar("K", bound=Keyed)


def deciding_batch(
    begin: Begin[U],
    claim: Callable[[U, Sequence[K], Means, *Rules], Awaitable[Batch[K, A]]],
    kind: type[A],
    means: Means,
    *rules: *Rules,
) -> Called[Sequence[K], Sequence[A | DomainError]]:
    """Many commands in one unit, in their order of arrival. Each hears its own answer or refusal; answers are remembered.

    Only what concerns the whole batch is raised: Stale, Taken, Retry, Unavailable, CommitUnknown.
    """

    async def carried_out(asks: Sequence[K]) -> Sequence[A | DomainError]:
        async with begin() as work:
            told = await work.answers.recall_all([ask.once for ask in asks if ask.once], kind)
            batch = await claim(work, [ask for ask in asks if ask.once not in told], means, *rules)
            keys: dict[tuple[str, str, str], Once] = {}
            answers: list[A | DomainError] = []
            for ask in asks:
                once = ask.once
                if once is not None and once in told:
                    once.note_replay()  # each of them: of two that are equal, the store has heard one
                    answers.append(told[once])
                    continue
                try:
                    _check_same_request(once, keys)
                    answer = batch.decide(ask)
                except DomainError as refused:
                    answers.append(refused)
                else:
                    _note(once, keys)
                    work.answers.remember(once, answer)
                    answers.append(answer)
            batch.save()
            await work.commit()
        return answers

    return _shown_as(claim, carried_out)


def _check_same_request(once: Once | None, keys: Mapping[tuple[str, str, str], Once]) -> None:
    if once is not None and keys.get((once.principal, once.operation, once.key), once) != once:
        raise KeyReused(key=once.key)  # two different requests under one key within one batch


def _note(once: Once | None, keys: dict[tuple[str, str, str], Once]) -> None:
    if once is not None:  # only now: what was refused has not used up its key (R17)
        keys[once.principal, once.operation, once.key] = once


@lru_cache(maxsize=1_000)
def _remembered_of(decide: Callable[..., object]) -> type[Any]:
    """What is remembered of a use case under a key: what it says that it answers, or that it is done."""
    answer = get_type_hints(decide)["return"]
    return Done if answer is type(None) else cast(type[Any], answer)


def _shown_as(use_case: Callable[..., object], called: F, *, before: int = 1, wishes: int = 1) -> F:
    for name, value in _looks_of(use_case, before, before + wishes):
        setattr(called, name, value)
    return called


@lru_cache(maxsize=1_000)  # a shop inside a host's transaction is put together with every call
def _looks_of(use_case: Callable[..., object], first: int, end: int) -> tuple[tuple[str, object], ...]:
    whole = signature(use_case)
    wishes = list(whole.parameters.values())[first:end]
    answer = whole.return_annotation
    if isinstance(answer, str):
        answer = answer.removeprefix("Answered[").removesuffix("]") if answer.startswith("Answered[") else answer
    shown = Signature(wishes, return_annotation=answer)
    annotations = {one.name: one.annotation for one in wishes} | {"return": answer}
    plain = ("__name__", "__qualname__", "__doc__", "__module__")
    looks = [(name, getattr(use_case, name)) for name in plain]
    looks.append(("effects", effects_of(use_case)))
    return (*looks, ("__annotations__", annotations), ("__signature__", shown))
