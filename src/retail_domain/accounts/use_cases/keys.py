"""Programs come in with a key: made, shown once, taken back, and looked up with every request (ACC-R10, ACC-R11)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from retail_domain.accounts.errors import KeyInvalid, KeyNameTaken, KeyNotFound, TooManyTries
from retail_domain.accounts.model.keys import KEY_PREFIX, ApiKey, Machine
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import hash_of
from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.model.trail import StaffAction
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.queries import AccountsQueries
from retail_domain.accounts.use_cases.limits import allowances_of_key
from retail_domain.accounts.use_cases.managing import maker_of
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.counting import Sealer, take
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Answered, Called, RefusedAllTheSame
from retail_domain.kernel.ids import KeyId, LocationId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once

_BYTES = 32


@frozen(kw_only=True)
@checked
class MakeKey:
    """Let a program in; `name` is what its deeds are recorded under, for good."""

    name: str
    permissions: tuple[Permission, ...]
    actor: Actor
    expires_at: datetime | None = None
    places: tuple[LocationId, ...] = ()
    """The places it is bound to; none of them: everywhere that its maker may act (ACC-R13)."""
    once: Once | None = None


@frozen(kw_only=True)
class MadeKey:
    """A key, shown this once."""

    key_id: KeyId
    key: str = field(repr=False)


@brings(Effect.KEYS)
async def make_key(work: AccountsWork, command: MakeKey, means: Means) -> MadeKey:
    """Raises KeyNameTaken, InvalidInput, or StaffForbidden for whatever its maker may not do."""
    at, actor = means.clock.now(), command.actor
    maker = await maker_of(work, actor, Permission.KEYS_MANAGE)
    if await work.api_keys.find(command.name) is not None:
        raise KeyNameTaken()
    token = KEY_PREFIX + means.luck.token(_BYTES)
    change = ApiKey.made(
        id=KeyId(means.ids.new()), token=token, name=command.name, permissions=command.permissions,
        expires_at=command.expires_at, maker_id=maker.staff.id if maker.staff else None, may=maker.rights,
        places=command.places, actor=actor, at=at,
    )  # fmt: skip
    work.api_keys.save(change)
    work.audit_trail.note(StaffAction(actor=actor, action="key.make", object=f"{change.state.id} {command.name}", at=at))
    return MadeKey(key_id=change.state.id, key=token)


@frozen(kw_only=True)
@checked
class RevokeKey:
    """Take a key back."""

    key_id: KeyId
    actor: Actor
    once: Once | None = None


@brings(Effect.KEYS)
async def revoke_key(work: AccountsWork, command: RevokeKey, means: Means) -> None:
    """The next request with it is refused, by every process. Raises KeyNotFound or StaffForbidden."""
    at, actor = means.clock.now(), command.actor
    await maker_of(work, actor, Permission.KEYS_MANAGE)
    key = (await work.api_keys.claim([command.key_id])).get(command.key_id)
    if key is None:
        raise KeyNotFound()
    change = key.revoke(actor=actor, at=at)
    if change.events:
        work.api_keys.save(change)
        work.audit_trail.note(StaffAction(actor=actor, action="key.revoke", object=f"{key.id} {key.name}", at=at))


@frozen(kw_only=True)
@checked
class ShowKey:
    """A program at a network address shows a key."""

    key: str = field(repr=False)
    client: str = field(default="", repr=False)


async def count_wrong_key(
    work: AccountsWork, shown: ShowKey, means: Means, sealer: Sealer, rules: AccountRules
) -> Answered[None]:
    """A wrong key is a wrong try of the address line (ACC-R7). Always raises: TooManyTries, else KeyInvalid."""
    wait = await take(work.counters, allowances_of_key(rules, sealer, shown.client), at=means.clock.now())
    if wait is not None:
        raise TooManyTries(retry_after_seconds=wait)
    raise RefusedAllTheSame(KeyInvalid())


@frozen(kw_only=True)
@checked
class NoteKeyUse:
    """A key was used."""

    key_id: KeyId


async def note_key_use(work: AccountsWork, noted: NoteKeyUse, means: Means) -> Answered[None]:
    """Writes down when, unless that was done within the hour."""
    at = means.clock.now()
    key = (await work.api_keys.claim([noted.key_id])).get(noted.key_id)
    if key is None or key.is_seen(at):
        return Answered.unchanged(None)
    work.api_keys.save(key.used(at=at))
    return Answered(None)


async def authenticate_key(
    shown: ShowKey,
    clock: Clock,
    show: AccountsQueries,
    count_wrong: Called[ShowKey, None],
    note_use: Called[NoteKeyUse, None],
) -> Machine:
    """Who comes with this key now, by its row and its maker's, so a key taken back ends with the next request.

    It is looked up by its digest, so how long that takes tells nothing of what a right one is. A right key passes however
    many wrong ones its line has shown. Raises KeyInvalid or TooManyTries.
    """
    found = await show.key(hash_of(shown.key))
    at = clock.now()
    machine = found.key.opened_by(found.maker_rights, at=at) if found else None
    if found is None or machine is None:
        await count_wrong(shown)
        raise KeyInvalid()
    if not found.key.is_seen(at):
        await note_use(NoteKeyUse(key_id=found.key.id))
    return machine
