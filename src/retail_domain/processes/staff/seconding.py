"""A second person: a decision above its limit waits, and is carried out once, when somebody else approves it (ACC-R14)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Protocol, TypeVar
from uuid import UUID

from attrs import evolve, fields, frozen

from retail_domain.accounts import NEEDS, AccountsWork, Permission, Rights, StaffAction, StaffForbidden, rights_of_staff
from retail_domain.approvals import (
    Approval,
    ApprovalAskerMayNot,
    ApprovalNotFound,
    ApprovalOfOnesOwn,
    ApprovalOutcome,
    ApprovalsWork,
    Approve,
    AwaitsSecondPerson,
    RefuseApproval,
    Wishes,
)
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import ApprovalId, PaymentId, StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.second_person import NeedsSecondPerson
from retail_domain.processes.money.repricing import closing_what_is_open
from retail_domain.processes.staff.places import PlacesWork, places_named

C = TypeVar("C")
A = TypeVar("A")

REASON_LETTERS_MAX = 200
ABOUT_LETTERS_MAX = 200


class SecondingWork(ApprovalsWork, AccountsWork, PlacesWork, Protocol):
    """The unit of work of approvals."""


@frozen(kw_only=True)
class TakesTwo:
    """A use case that may take two people; a context says so in one line where it is put together."""

    does: str
    """Its name in the shop, such as `ordering.refund`."""
    wish: type[Any]
    decide: Callable[[Any, Any, Means], Awaitable[Any]]
    """What is decided, in the unit in which it is approved: with the rules that it is bound with."""
    effects: tuple[Effect, ...]
    """What whoever approves it must be allowed to bring about: all that the wish needs."""


@frozen
class SecondBook:
    """All use cases that may take two people, by name, and how their wishes are written down."""

    takes: Mapping[str, TakesTwo]
    wishes: Wishes


@frozen(kw_only=True)
class AskSecond:
    """A wish was too large for one person."""

    does: str
    wish: Any
    needs: NeedsSecondPerson


async def ask_second(work: SecondingWork, ask: AskSecond, means: Means, book: SecondBook, lasting: timedelta) -> ApprovalId:
    """The wish waits. Asked again under the same key, it is the same request."""
    at, wish, takes = means.clock.now(), ask.wish, book.takes[ask.does]
    digest = digest_of(wish.once)
    known = await work.approvals.asked_under(digest) if digest is not None else None
    told = book.wishes.write(_bare(wish))
    if known is not None:
        if (known.does, known.wish) != (ask.does, told):
            raise KeyReused(key=wish.once.key)
        return known.id
    approval = Approval(
        id=ApprovalId(means.ids.new()), does=ask.does, wish=told, about=_about(wish),
        matter=ask.needs.matter, size=ask.needs.size, above=ask.needs.limit, needs=takes.effects,
        places=tuple(sorted(await places_named(work, wish))), asked_by=wish.actor, asked_under=digest, asked_at=at,
        expires_at=at + lasting,
    )  # fmt: skip
    work.approvals.save(approval.asked())
    _note(work, wish.actor, "approval.ask", approval, means)
    return approval.id


async def asked_before(work: ApprovalsWork, once: Once) -> ApprovalId | None:
    """The request that was asked for under this key, if there is one."""
    digest = digest_of(once)
    known = await work.approvals.asked_under(digest) if digest is not None else None
    return known.id if known else None


def seconded(
    does: str,
    use_case: Callable[[C], Awaitable[A]],
    ask: Called[AskSecond, ApprovalId],
    before: Called[Once, ApprovalId | None],
) -> Callable[[C], Awaitable[A]]:
    """The use case; what it finds too large for one person becomes a request. Raises AwaitsSecondPerson then.

    A key under which a request was made keeps standing for it, whatever became of it: the wish is not carried out besides.
    """

    async def perhaps(wish: C) -> A:
        try:
            return await use_case(wish)
        except NeedsSecondPerson as needs:
            raise AwaitsSecondPerson(approval_id=await ask(AskSecond(does=does, wish=wish, needs=needs))) from None
        except DomainError:
            once = getattr(wish, "once", None)
            known = await before(once) if once is not None and getattr(wish, "seconded_by", None) is None else None
            if known is None:
                raise
            raise AwaitsSecondPerson(approval_id=known) from None

    return perhaps


@brings(Effect.APPROVALS)
async def approve(work: SecondingWork, command: Approve, means: Means, book: SecondBook) -> ApprovalOutcome:
    """What was asked for is carried out, in this very unit and with the shop as it is: exactly once, whoever else approves.

    Raises ApprovalNotFound, ApprovalDecided, ApprovalExpired, ApprovalOfOnesOwn, ApprovalAskerMayNot, StaffForbidden, and
    whatever the decision refuses by now: then the request waits on.
    """
    at, actor = means.clock.now(), command.actor
    approval = await _claimed(work, command.approval_id)
    change = approval.approve(by=actor, at=at)
    if await _is_own(work, approval, actor):
        raise ApprovalOfOnesOwn(approval_id=approval.id)
    check_may_decide(approval, await _person(work, actor))
    if not _may(approval, await rights_of_asker(work, approval.asked_by, means)):
        raise ApprovalAskerMayNot(approval_id=approval.id)
    takes = book.takes.get(approval.does)
    if takes is None:
        raise ApprovalNotFound(approval_id=approval.id)  # of a host that is not part of this shop any more
    wish = book.wishes.read(takes.wish, approval.wish)
    granted = {"granted": frozenset(takes.effects)} if _has(wish, "granted") else {}
    await takes.decide(work, evolve(wish, seconded_by=actor, **granted), means)
    work.approvals.save(change)
    _note(work, actor, "approval.approve", approval, means)
    return ApprovalOutcome(approval_id=approval.id, state=change.state.state)


@brings(Effect.APPROVALS)
async def approve_clearing_the_way(
    command: Approve, decide: Called[Approve, ApprovalOutcome], close: Called[PaymentId, bool]
) -> ApprovalOutcome:
    """The same where an open attempt, which asks for an old price, stands in the way: it is closed at its provider first, once
    it is known that whoever approves may.

    Raises the same, and AttemptOpen while the attempt cannot be closed for certain: then the request waits on.
    """
    return await closing_what_is_open(command, decide, close)


@brings(Effect.APPROVALS)
async def refuse_approval(work: SecondingWork, command: RefuseApproval, means: Means) -> ApprovalOutcome:
    """Nothing is done; whoever asked may take it back so.

    Raises ApprovalNotFound, ApprovalDecided, ApprovalExpired, StaffForbidden, InvalidInput.
    """
    at, actor = means.clock.now(), command.actor
    reason = LINE.read(command.reason, "reason", REASON_LETTERS_MAX, 1)
    approval = await _claimed(work, command.approval_id)
    change = approval.refuse(reason, by=actor, at=at)
    rights = await _person(work, actor)
    if approval.asked_by != actor:
        check_may_decide(approval, rights)
    work.approvals.save(change)
    _note(work, actor, "approval.refuse", approval, means)
    return ApprovalOutcome(approval_id=approval.id, state=change.state.state)


def may_see(approval: Approval, rights: Rights, actor: Actor) -> bool:
    """Whoever asked, and whoever could decide it, is shown a request."""
    return approval.asked_by == actor or (Permission.APPROVALS_DECIDE in rights.where and _may(approval, rights))


def check_may_decide(approval: Approval, rights: Rights) -> None:
    """Raises StaffForbidden for whoever decides none; ApprovalNotFound for whoever may not bring about what was asked for."""
    if Permission.APPROVALS_DECIDE not in rights.where:
        raise StaffForbidden(permission=Permission.APPROVALS_DECIDE.value)
    if not _may(approval, rights):
        raise ApprovalNotFound(approval_id=approval.id)


def _may(approval: Approval, rights: Rights) -> bool:
    there = Places.of(approval.places) if approval.places else EVERYWHERE
    return rights.within([NEEDS[effect] for effect in approval.needs]).covers(there)


async def _claimed(work: SecondingWork, id: ApprovalId) -> Approval:
    found = await work.approvals.claim(id)
    if found is None:
        raise ApprovalNotFound(approval_id=id)
    return found


async def _person(work: SecondingWork, actor: Actor) -> Rights:
    """What somebody of staff may do as of this unit; a program, and whoever gives no name, is no second person."""
    if actor.kind is not ActorKind.STAFF:
        raise StaffForbidden(permission=Permission.APPROVALS_DECIDE.value)
    return await rights_of_staff(work, await work.staff.get(StaffId(UUID(actor.ref))))


async def _is_own(work: SecondingWork, approval: Approval, actor: Actor) -> bool:
    """Whether somebody asked for it themselves, or by a program that they let in."""
    if approval.asked_by.kind is not ActorKind.MACHINE:
        return approval.asked_by == actor
    key = await work.api_keys.find(approval.asked_by.ref)
    return key is not None and key.maker_id is not None and Actor.staff(key.maker_id) == actor


async def rights_of_asker(work: AccountsWork, asker: Actor, means: Means) -> Rights:
    """What somebody of staff, or a program, may do as of this unit."""
    if asker.kind is ActorKind.STAFF:
        return await rights_of_staff(work, await work.staff.get(StaffId(UUID(asker.ref))))
    key = await work.api_keys.find(asker.ref)
    maker = await work.staff.get(key.maker_id) if key is not None and key.maker_id is not None else None
    may = await rights_of_staff(work, maker) if maker is not None else None
    machine = key.opened_by(may, at=means.clock.now()) if key is not None else None
    return machine.rights if machine is not None else Rights({})


def digest_of(once: Once | None) -> str | None:
    """What is kept of a key."""
    if once is None:
        return None
    return sha256("\0".join((once.principal, once.operation, once.key)).encode("utf-8", "surrogatepass")).hexdigest()


def _bare(wish: Any) -> Any:
    """The wish without what belongs to the call that brought it."""
    usual: dict[str, Any] = {"once": None, "within": EVERYWHERE, "granted": frozenset(), "seconded_by": None}
    return evolve(wish, **{name: value for name, value in usual.items() if _has(wish, name)})


def _has(wish: Any, name: str) -> bool:
    return any(one.name == name for one in fields(type(wish)))


def _about(wish: Any) -> str:
    """What it is about, by ids and codes; free text may hold personal data and stays out."""
    named = ("order_id", "payment_id", "refund_id", "sku_id", "location", "member_id", "withdrawal_id")
    told = [str(getattr(wish, name)) for name in named if _has(wish, name)]
    told += [f"{getattr(wish, name):+}" for name in ("points",) if _has(wish, name)]
    told += [str(wish.amount)] if _has(wish, "amount") else []
    told += [f"into {wish.into}"] if _has(wish, "into") and wish.into else []
    return " ".join(told)[:ABOUT_LETTERS_MAX]


def _note(work: SecondingWork, actor: Actor, action: str, approval: Approval, means: Means) -> None:
    told = f"{approval.id} {approval.does} {approval.about}"[:200]
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=told, at=means.clock.now()))
