"""API keys: a program comes in with one, may a part of what its maker may, and acts under its own name (ACC-R10, ACC-R11)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import StaffForbidden
from retail_domain.accounts.events import KeyMade, KeyRevoked
from retail_domain.accounts.model.custom_roles import NOWHERE, Rights, check_by_place
from retail_domain.accounts.model.session import hash_of
from retail_domain.accounts.model.staff import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import has_passed, is_too_soon
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import KeyId, LocationId, StaffId
from retail_domain.kernel.places import EVERYWHERE, Places

KEY_PREFIX: Final = "rk_"
HINT_LENGTH: Final = 9
"""So many letters of a key are kept to recognize it by: the prefix and six more; the rest are 220 random bits."""
SEEN_EVERY: Final = timedelta(hours=1)
"""When a key was last used is written down this often at most."""
NOT_FOR_MACHINES: Final = frozenset({Permission.STAFF_MANAGE, Permission.KEYS_MANAGE})
"""A key that leaked must not be able to make people and keys that outlive it."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
_SESSION_LENGTH: Final = 43


def is_key(token: str) -> bool:
    """Whether a token means to be an API key: a session's token, which may begin with the same letters, has 43."""
    return token.startswith(KEY_PREFIX) and len(token) != _SESSION_LENGTH


@frozen(kw_only=True)
@checked
class Machine:
    """A program that came with a key, and what it may do as of this request."""

    key_id: KeyId
    name: str
    permissions: frozenset[Permission]
    bound: Rights | None = None
    """Where it may do that, if it is bound to places."""

    @property
    def rights(self) -> Rights:
        """What it may do, and where."""
        return self.bound or Rights(dict.fromkeys(self.permissions, EVERYWHERE))

    @property
    def actor(self) -> Actor:
        """Who its decisions are recorded for."""
        return Actor.machine(self.name)


@frozen(kw_only=True)
class ApiKey:
    """A key, of which the digest is kept. It is never deleted: the trail names it."""

    id: KeyId
    name: str
    token_hash: bytes = field(repr=False)
    hint: str
    permissions: tuple[Permission, ...]
    maker_id: StaffId | None
    """Whoever of staff made it; None is whoever runs the shop's machine."""
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    places: tuple[LocationId, ...] = ()
    """The places it is bound to; none of them: everywhere that its maker may act."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if len(self.token_hash) != 32 or len(self.hint) != HINT_LENGTH:
            raise ValueError("a key is kept as its SHA-256, and the letters it is recognized by")
        if not self.permissions or self.permissions != _in_order(self.permissions):
            raise ValueError("permissions are named once each, in their own order")

    @classmethod
    def made(  # noqa: PLR0913 - what a key is
        cls, *, id: KeyId, token: str, name: str, permissions: Iterable[Permission], expires_at: datetime | None,
        maker_id: StaffId | None, may: Rights, places: Iterable[LocationId] = (), actor: Actor, at: datetime,
    ) -> Change[ApiKey]:  # fmt: skip
        """Make one; `may` is what its maker may themselves, and a key may be given no more (ACC-R11).

        Raises InvalidInput for a name or an end that is none and for what no machine may; StaffForbidden for what its maker may
        not.
        """
        if not _NAME.fullmatch(name):
            raise InvalidInput.of("name", "key_name", "1 to 50 of a-z, 0-9 and ._-, beginning with a letter or digit")
        wanted = _in_order(permissions)
        if not wanted:
            raise InvalidInput.of("permissions", "length", "a key may do one thing at least")
        if set(wanted) & NOT_FOR_MACHINES:
            raise InvalidInput.of("permissions", "not_for_machines", "staff and keys are managed by people only")
        bound_to = tuple(sorted(set(places)))
        check_by_place(wanted, bound_to)
        given = Places.of(bound_to) if bound_to else EVERYWHERE
        for permission in wanted:
            if not may.where.get(permission, NOWHERE).covers(given):
                raise StaffForbidden(permission=permission.value)
        if has_passed(expires_at, at):
            raise InvalidInput.of("expires_at", "past", "a key ends after it began")
        key = cls(
            id=id, name=name, token_hash=hash_of(token), hint=token[:HINT_LENGTH], permissions=wanted, maker_id=maker_id,
            created_at=at, expires_at=expires_at, places=bound_to,
        )  # fmt: skip
        names = tuple(one.value for one in wanted)
        return Change(None, key, (KeyMade(at=at, key_id=id, actor=actor, key_name=name, permissions=names),))

    def revoke(self, *, actor: Actor, at: datetime) -> Change[ApiKey]:
        """It is good for nothing from now on; once is enough."""
        if self.revoked_at is not None:
            return Change(self, self)
        event = KeyRevoked(at=at, key_id=self.id, actor=actor, key_name=self.name)
        return Change(self, evolve(self, revoked_at=at), (event,))

    def is_seen(self, at: datetime) -> bool:
        """Whether its last use is written down closely enough."""
        return is_too_soon(self.last_used_at, SEEN_EVERY, at)

    def used(self, *, at: datetime) -> Change[ApiKey]:
        """Somebody came with it."""
        return Change(self, evolve(self, last_used_at=at))

    def opened_by(self, maker: Rights | None, *, at: datetime) -> Machine | None:
        """Who comes with it now, or None when it opens nothing.

        It never may more than its maker may at this moment, and goes with a maker who is out (ACC-R11).
        """
        if self.revoked_at is not None or has_passed(self.expires_at, at):
            return None
        given = Places.of(self.places) if self.places else EVERYWHERE
        own = Rights(dict.fromkeys(self.permissions, given))
        if self.maker_id is not None:
            if maker is None or not maker.where:
                return None
            own = own.both(maker)
        bound = own if any(not places.is_everywhere for places in own.where.values()) else None
        return Machine(key_id=self.id, name=self.name, permissions=own.permissions, bound=bound)


def _in_order(permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    wanted = set(permissions)
    return tuple(one for one in Permission if one in wanted)
