"""Commands that decide: who acts, the trail, and that one typed twice acts once or asks (ACC-R4, R35, R17, DOR-R8)."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from uuid import UUID

import attrs
import click

from retail_domain.accounts.errors import BoundToPlaces
from retail_domain.accounts.model.staff import Permission, needed_for
from retail_domain.accounts.use_cases.sessions import ActAs
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import effects_of
from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.once import Once
from retail_entrypoints.cli.desk import StaffDesk, check_typed, found, open_desk, settings_of_environment
from retail_entrypoints.settings import Settings

if TYPE_CHECKING:  # a command loads the code of the contexts that it asks, and of no other
    from retail_domain.application import Retail

Reading: TypeAlias = Callable[[Settings, Mapping[str, Any]], Mapping[str, Any]]
"""How a command reads what was typed: the arguments that take the place of those given, or a refusal."""

LookingFirst: TypeAlias = Callable[[StaffDesk, Mapping[str, Any]], Awaitable[str | None]]
"""What a command says of the shop before it acts, with what was typed; None says nothing."""

KEY_LETTERS_MAX: Final = 100


@refusal
class DoneBefore(DomainError):
    """The very same was done before; --again does it once more."""

    code = "command.done_before"
    kind = Kind.CONFLICT
    before: str

    def __str__(self) -> str:
        return f"{self.before}; --again does it once more"


def _as_typed(settings: Settings, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


@attrs.frozen(kw_only=True)
class _Rules:
    does: str
    reading: Reading
    repeats: LookingFirst | None
    warns: LookingFirst | None


def decides(
    does: str,
    reading: Reading = _as_typed,
    *,
    repeats: LookingFirst | None = None,
    warns: LookingFirst | None = None,
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Decorator of an async command that decides something: adds `--as STAFF`, checks it, writes the trail (R35).

    `does` names the use case, such as `ordering.refund`: what staff need to be allowed follows from that.
    What was typed is read first: what cannot be read changes nothing, the trail included.
    `--once KEY` becomes the key of the desk, which the command hands on to what it asks of the shop. `repeats` says what was
    done before that looks the same: refused without `--again`, unless a key tells the two apart. `warns` says what will
    happen and cannot be undone: asked about on a terminal, unless `--yes` answers.
    """
    rules = _Rules(does=does, reading=reading, repeats=repeats, warns=warns)

    def decorate(work: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        @click.option("--as", "staff", metavar="STAFF", help="Login name of who acts; else the system.")
        @click.option(
            "--once", "key", metavar="KEY", callback=_key, help="Typed again with the same KEY, it acts once and says the same."
        )
        @functools.wraps(work)
        def carried_out(*, staff: str | None, key: str | None, again: bool = False, yes: bool = False, **given: Any) -> None:
            check_typed({**given, "as": staff, "once": key})
            settings = settings_of_environment()
            typed = {**given, **rules.reading(settings, given)}
            is_meant_again = again or key is not None
            request = _Request(work=work, staff=staff, key=key, is_meant_again=is_meant_again, is_sure=yes, typed=typed)
            asyncio.run(_decided(settings, rules, request))

        carried_out.does = does  # type: ignore[attr-defined]
        decided: Callable[..., None] = carried_out
        if repeats is not None:
            decided = click.option("--again", is_flag=True, help="Do what looks the same as before once more.")(decided)
        if warns is not None:
            decided = click.option("--yes", is_flag=True, help="Do not ask first; without a terminal nobody is asked.")(decided)
        return decided

    return decorate


@attrs.frozen(kw_only=True)
class _Request:
    work: Callable[..., Awaitable[None]]
    staff: str | None
    key: str | None
    is_meant_again: bool
    is_sure: bool
    typed: Mapping[str, Any]


async def _decided(settings: Settings, rules: _Rules, request: _Request) -> None:
    async with open_desk(settings) as opened:
        desk = opened if request.staff is None else await _act_as(opened, request.staff, rules.does)
        request = attrs.evolve(request, typed=await found(desk, request.typed))
        if rules.repeats is not None and not request.is_meant_again:
            before = await rules.repeats(desk, request.typed)
            if before is not None:
                raise DoneBefore(before=before)
        if rules.warns is not None and not request.is_sure and sys.stdin.isatty():
            _ask(await rules.warns(desk, request.typed))
        noted = NoteStaffAction(actor=desk.actor, action=request.work.__name__, object=_things(request.typed))
        await desk.retail.accounts.note_staff_action(noted)
        await request.work(attrs.evolve(desk, once=_once(request, desk.actor)), **request.typed)


def _ask(warning: str | None) -> None:
    """Raises Abort unless the answer is yes."""
    if warning is not None:
        click.confirm(f"{warning}\nThis cannot be undone. Go on?", abort=True, err=True)


def _key(_context: click.Context, _option: click.Parameter, told: str | None) -> str | None:
    if told is not None and not (0 < len(told) <= KEY_LETTERS_MAX and told.isprintable()):
        raise click.BadParameter(f"a key has 1 to {KEY_LETTERS_MAX} printable letters")
    return told


def _once(request: _Request, actor: Actor) -> Once | None:
    if request.key is None:
        return None
    operation = f"command line: {request.work.__name__}"
    return Once(
        principal=f"{actor.kind.value}:{actor.ref}", operation=operation, key=request.key, fingerprint=_digest(request.typed)
    )


def _digest(typed: Mapping[str, Any]) -> str:
    """What was typed, files by what they hold: other words under the same key are another request (R17)."""
    digest = hashlib.sha256()
    for name, value in sorted(typed.items()):
        told = value.read_bytes() if isinstance(value, Path) and value.is_file() else repr(_words_of(value)).encode()
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(told), told))
    return digest.hexdigest()


def _words_of(value: object) -> object:
    """Values without the fields that are not shown, such as a name: those tell two requests apart too."""
    fields = getattr(type(value), "__attrs_attrs__", None)
    if fields is not None:
        return {one.name: _words_of(getattr(value, one.name)) for one in fields}
    if isinstance(value, (tuple, list)):
        return [_words_of(one) for one in value]
    return value


def _things(arguments: Mapping[str, Any]) -> str:
    """What a command is about, as far as it is named by id; free text may hold personal data and stays out (R40)."""
    return " ".join(str(value) for name, value in arguments.items() if isinstance(value, UUID) or name == "order")[:200]


def needed_by(retail: Retail, does: str) -> tuple[Permission, ...]:
    """What staff must be allowed for a use case by its name in the shop."""
    return needed_for(effects_of(attrgetter(does)(retail)))


async def _act_as(desk: StaffDesk, staff: str, does: str) -> StaffDesk:
    """In the name of somebody of staff. Raises BoundToPlaces where they act for some places and what is done knows of none."""
    from retail_adapters.assembly.within import placed  # with it the whole shop is loaded, which who only looks does not need

    needed = needed_by(desk.retail, does)
    acting, *_ = [await desk.retail.accounts.act_as(ActAs(login=staff, permission=each)) for each in needed or (None,)]
    within = acting.rights.within(needed)
    facade, _, name = does.rpartition(".")
    if not within.is_everywhere and name not in placed(cast(Any, type(attrgetter(facade)(desk.retail)))):
        raise BoundToPlaces()
    return attrs.evolve(
        desk, actor=Actor.staff(StaffId(acting.staff.staff_id)), granted=acting.rights.granted(within), within=within
    )
