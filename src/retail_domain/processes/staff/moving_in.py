"""Members are moved in from another system by a file: all of them or none, and the same file twice changes nothing (ACC-R18).

A row names a member by phone; rows of one phone are one member. What else a row may say, contexts name in their module
`moving_in`: the importer knows the columns of none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, Protocol
from uuid import UUID

from attrs import define, field, frozen

from retail_domain.accounts import AccountsWork, AddressWork, Member, StaffAction
from retail_domain.accounts.model.member import NO_TERMS
from retail_domain.accounts.model.words import phone_number
from retail_domain.contexts import in_each
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone, SpellPhone
from retail_domain.kernel.effects import EVERYTHING, Effect, Granted, brings
from retail_domain.kernel.errors import DomainError, FieldProblem, InvalidInput, Kind, refusal
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.means import Means
from retail_domain.kernel.moving_in import ColumnGroup, MovedColumn, MovedIn, MovedRow, Mover
from retail_domain.kernel.once import Once
from retail_domain.kernel.progress import STORING, Follow, unheard
from retail_domain.kernel.rows import PROBLEMS_SHOWN, Row, RowProblem
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.membership import MembershipWork

PORTION: Final = 500
"""So many members are written at once."""
_NAME_MAX: Final = 50
_OURS: Final = (
    MovedColumn(name="phone", says="By which they are known, and log in with a code.", also=("手机号", "手机", "电话")),
    MovedColumn(name="name", says="What they are called.", also=("姓名", "会员姓名", "昵称")),
)


class MovingInWork(AccountsWork, AddressWork, MembershipWork, Protocol):
    """The unit of work of moving members in."""

    async def flush(self) -> None:
        """Write what is staged so far within the unit and forget it; it lasts only if the unit commits."""
        ...


@frozen(kw_only=True)
@checked
class MoveMembersIn:
    """Staff hand in the rows of a file of members; with `dry_run` everything is tried, and nothing is stored."""

    header: tuple[str, ...] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    dry_run: bool = False
    follow: Follow = unheard
    """Awaited after every portion."""
    actor: Actor
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; columns that bring more are refused."""
    once: Once | None = None


@frozen(kw_only=True)
class MembersMovedIn:
    """What was done, or would have been."""

    stored: bool
    rows_read: int
    blank_rows: int
    created: int
    joined: int
    """Members who were here already, and were not moved in before."""
    unchanged: int
    """Members whom a file has moved in before."""
    done: Mapping[str, int]
    """What each group of columns brought, by name."""


@frozen(kw_only=True)
class MovingDesk:
    """Members from another system (会员迁入), for those who embed the shop."""

    move_in: Callable[[MoveMembersIn], Awaitable[MembersMovedIn]]


@refusal
class MembersFlawed(DomainError):
    """Some rows of the file are wrong, so nobody was moved in."""

    code = "members.import_flawed"
    kind = Kind.INVALID
    rows_read: int
    bad_rows: tuple[int, ...]
    """The number of each, as a spreadsheet counts."""
    problem_count: int
    problems: tuple[RowProblem, ...]
    """The first of them in full."""

    def __str__(self) -> str:
        rows = ", ".join(map(str, self.bad_rows[:PROBLEMS_SHOWN]))
        return f"{self.sentence()} ({len(self.bad_rows)} of {self.rows_read} rows: {rows})"


@refusal
class MembersMayNotBring(DomainError):
    """Some columns of the file give members what you may not give them yourself."""

    code = "members.may_not_bring"
    kind = Kind.FORBIDDEN
    columns: tuple[str, ...]


@cache
def column_groups() -> Mapping[str, ColumnGroup]:
    """By context, as their manifests name them."""
    return {name: module.MOVING_IN for name, module in in_each("moving_in").items()}


def every_column() -> Sequence[MovedColumn]:
    """All that a file of members may have."""
    return (*_OURS, *(column for group in column_groups().values() for column in group.columns))


@frozen(kw_only=True)
class Newcomer:
    """A member as their rows have them."""

    phone: Phone
    name: str
    rows: tuple[MovedRow, ...]
    drafts: Mapping[str, Any]


@define
class Moving:
    """A file that was read, and is to be stored."""

    command: MoveMembersIn
    newcomers: Sequence[Newcomer]
    rows: Sequence[MovedRow]
    blank_rows: int

    def check(self) -> None:
        """Raises MembersFlawed."""
        problems = [problem for row in self.rows for problem in row.problems]
        if problems:
            bad = tuple(sorted({one.row for one in problems}))
            raise MembersFlawed(
                rows_read=len(self.rows), bad_rows=bad, problem_count=len(problems), problems=tuple(problems[:PROBLEMS_SHOWN])
            )


@brings(Effect.MEMBERS_MOVED_IN, at_times=(Effect.POINTS, Effect.TIERS))
async def move_members_in(
    command: MoveMembersIn,
    store: Called[Moving, MembersMovedIn],
    rehearse: Called[Moving, MembersMovedIn],
    spell: SpellPhone,
    currency: str,
) -> MembersMovedIn:
    """Reads every row, then stores all or nothing. Answers what was done, or would have been.

    Raises InvalidInput (the header does not fit), MembersMayNotBring, MembersFlawed, which names every row that is wrong.
    """
    moving = _read(command, spell, currency)
    _require_granted(moving)
    moving.check()
    return await (rehearse if command.dry_run else store)(moving)


def _require_granted(moving: Moving) -> None:
    """A column brings about what it brings about, whatever file it stands in (R35). Raises MembersMayNotBring."""
    beyond = tuple(name for name, effect in _limited(moving).items() if effect not in moving.command.granted)
    if beyond:
        raise MembersMayNotBring(columns=beyond)


def _limited(moving: Moving) -> Mapping[str, Effect]:
    """The columns of the file that bring about something besides."""
    there = {name for row in moving.rows[:1] for name in row.headers}
    groups = column_groups().values()
    return {one.name: group.brings for group in groups if group.brings for one in group.columns if one.name in there}


async def rehearse_moving(
    work: MovingInWork, moving: Moving, means: Means, second: SecondPerson
) -> Answered[MembersMovedIn]:  # fmt: skip
    """All of it, and nothing lasts. Raises MembersFlawed."""
    return Answered.unchanged(await stored_members(work, moving, means, second, lasts=False))


async def store_moving(
    work: MovingInWork, moving: Moving, means: Means, second: SecondPerson
) -> Answered[MembersMovedIn]:  # fmt: skip
    """One unit, written in portions. Raises MembersFlawed when what the shop has stands against it."""
    once = moving.command.once
    told = await work.answers.recall(once, MembersMovedIn)
    if told is not None:
        return Answered.unchanged(told)
    moved = await stored_members(work, moving, means, second, lasts=True)
    work.answers.remember(once, moved)
    return Answered(moved)


async def _mover(work: MovingInWork, moving: Moving, second: SecondPerson) -> Mover:
    actor = moving.command.actor
    roles: tuple[str, ...] = ()
    if actor.kind is ActorKind.STAFF and _limited(moving):
        roles = (await work.staff.get(StaffId(UUID(actor.ref)))).all_roles
    return Mover(actor=actor, roles=roles, second=second)


async def stored_members(
    work: MovingInWork, moving: Moving, means: Means, second: SecondPerson, *, lasts: bool
) -> MembersMovedIn:
    """All of them, in portions, within a unit that whoever called commits or not. Raises MembersFlawed."""
    mover = await _mover(work, moving, second)
    counts = {"created": 0, "joined": 0, "unchanged": 0}
    done: dict[str, int] = {}
    for begin in range(0, len(moving.newcomers), PORTION):
        portion = moving.newcomers[begin : begin + PORTION]
        arrived = await _arrived(work, portion, counts, means)
        for name, group in column_groups().items():
            moved = [
                MovedIn(member_id=id, draft=one.drafts[name], row=one.rows[0], is_again=is_again)
                for one, id, is_again in arrived
                if one.drafts[name] is not None
            ]
            for what, many in (await group.store(work, moved, mover, means)).items():
                done[what] = done.get(what, 0) + many
        await work.flush()
        await moving.command.follow(STORING, sum(len(one.rows) for one in moving.newcomers[: begin + PORTION]))
    moving.check()
    told = f"{counts['created']} new, {counts['joined']} known, {counts['unchanged']} unchanged"
    if lasts:
        noted = StaffAction(actor=moving.command.actor, action="members.import", object=told, at=means.clock.now())
        work.audit_trail.note(noted)
    return MembersMovedIn(stored=lasts, rows_read=len(moving.rows), blank_rows=moving.blank_rows, done=done, **counts)


async def _arrived(
    work: MovingInWork, portion: Sequence[Newcomer], counts: dict[str, int], means: Means
) -> Sequence[tuple[Newcomer, MemberId, bool]]:
    """Each with their id, and whether a file has moved them in before; who is new is registered, without terms agreed to."""
    known = await work.members.claim_phoned([one.phone for one in portion])
    before = await work.opening_totals.of([one.id for one in known.values()])
    arrived = []
    for one in portion:
        member = known.get(one.phone)
        is_again = member is not None and member.id in before
        if member is None:
            change = Member.registered(
                id=MemberId(means.ids.new()), phone=one.phone, name=one.name or None, terms_version=NO_TERMS,
                at=means.clock.now(),
            )  # fmt: skip
            member = change.state
            work.members.save(change)
        elif not is_again and one.name and member.name is None:
            work.members.save(Change(member, member).then(_called(one.name)))
        counts["created" if one.phone not in known else "unchanged" if is_again else "joined"] += 1
        arrived.append((one, member.id, is_again))
    return arrived


def _called(name: str) -> Any:
    return lambda member: member.rename(name)


def _read(command: MoveMembersIn, spell: SpellPhone, currency: str) -> Moving:
    headers = _headers(command.header)
    rows = [MovedRow(row=row, headers=headers, currency=currency) for row in command.rows if not row.is_blank]
    by_phone: dict[Phone, list[MovedRow]] = {}
    for row in rows:
        phone = _phone(row, spell)
        if phone is not None:
            by_phone.setdefault(phone, []).append(row)
    newcomers = [_newcomer(phone, theirs) for phone, theirs in sorted(by_phone.items(), key=lambda one: one[0].e164)]
    return Moving(command=command, newcomers=newcomers, rows=rows, blank_rows=len(command.rows) - len(rows))


def check_header(header: Sequence[str]) -> None:
    """Raises InvalidInput for what nobody reads, and without a column of phones."""
    _headers(header)


def _headers(header: Sequence[str]) -> Mapping[str, str]:
    """Our name of each column -> the file's. Raises InvalidInput for what nobody reads, and without a column of phones."""
    known = {called: column.name for column in every_column() for called in (column.name, *column.also)}
    problems = list(_misnamed(header, known))
    if problems:
        raise InvalidInput(problems=tuple(problems))
    return {known[name.strip()]: name for name in header}


def _misnamed(header: Sequence[str], known: Mapping[str, str]) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for name in header:
        told = known.get(name.strip())
        if told is None:
            yield FieldProblem(field=name[:64], rule="unknown", message="nobody reads a column of this name")
        elif told in seen:
            yield FieldProblem(field=name[:64], rule="twice", message=f"another column says the same: {told}")
        seen.add(told or "")
    if "phone" not in seen:
        yield FieldProblem(field="phone", rule="required", message="members are known by this column")


def _phone(row: MovedRow, spell: SpellPhone) -> Phone | None:
    if row.row.flaw:
        row.wrong("", "columns", row.row.flaw)
        return None
    try:
        return spell(phone_number(row.text("phone")))
    except InvalidInput as wrong:
        row.blame(wrong)
        return None


def _newcomer(phone: Phone, rows: Sequence[MovedRow]) -> Newcomer:
    names = list(dict.fromkeys(name for row in rows if (name := row.line("name", _NAME_MAX))))
    if len(names) > 1:
        rows[-1].wrong("name", "one", "rows of one phone number are one member, who has one name")
    drafts = {context: group.read(rows) for context, group in column_groups().items()}
    return Newcomer(phone=phone, name=names[0] if names else "", rows=tuple(rows), drafts=drafts)
