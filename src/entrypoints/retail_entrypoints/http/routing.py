"""Routes: Litestar's verbs, where a permission must be declared and the refusals are listed (R35)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

import litestar
from attrs import define, field
from litestar.handlers import HTTPRouteHandler

from retail_domain.accounts.model.staff import Permission, needed_for
from retail_domain.kernel.effects import effects_of
from retail_domain.kernel.errors import DomainError


class Access(Enum):
    """Who may call a route that is not guarded by a staff permission."""

    PUBLIC = "public"
    GUEST_OR_MEMBER = "guest_or_member"
    MEMBER = "member"
    LOGGED_IN = "logged_in"
    STAFF = "staff"


PUBLIC: Final = Access.PUBLIC
"""Anybody."""
GUEST_OR_MEMBER: Final = Access.GUEST_OR_MEMBER
"""A member, or somebody with a cart token."""
MEMBER: Final = Access.MEMBER
"""A member who is logged in."""
LOGGED_IN: Final = Access.LOGGED_IN
"""A member or staff, logged in."""
STAFF: Final = Access.STAFF
"""Any member of staff, whatever the role."""

LOGS_IN: Final[Mapping[str, bool]] = {"logs_in": True}
"""Whoever calls proves who they are by the request itself; an Idempotency-Key is scoped to that, not to who is logged in."""
ENDS_SESSION: Final[Mapping[str, bool]] = {"ends_session": True}
"""The session ends by the call; with an Idempotency-Key a repeat is answered all the same (R17)."""

Allowed: TypeAlias = Access | Permission
"""An `Access`, or what staff need to be allowed (R35)."""

Refusals: TypeAlias = Sequence[type[DomainError]]
Handler: TypeAlias = Callable[..., Any]
Register: TypeAlias = Callable[[Handler], HTTPRouteHandler]


def get(path: str, *, permission: Allowed, raises: Refusals = (), **more: Any) -> Register:
    """Reads; answers 200."""
    return litestar.get(path, **_declared(permission, raises, 200, more))


def post(path: str, *, permission: Allowed, raises: Refusals = (), **more: Any) -> Register:
    """Creates or decides; answers 201 unless `status` says otherwise; asks for `once`, the Idempotency-Key (R17)."""
    return litestar.post(path, **_declared(permission, raises, 201, more))


def put(path: str, *, permission: Allowed, raises: Refusals = (), **more: Any) -> Register:
    """Replaces; answers 200."""
    return litestar.put(path, **_declared(permission, raises, 200, more))


def patch(path: str, *, permission: Allowed, raises: Refusals = (), **more: Any) -> Register:
    """Changes some fields; answers 200."""
    return litestar.patch(path, **_declared(permission, raises, 200, more))


def delete(path: str, *, permission: Allowed, raises: Refusals = (), **more: Any) -> Register:
    """Removes; answers 204."""
    return litestar.delete(path, **_declared(permission, raises, 204, more))


def _declared(permission: Allowed, raises: Refusals, status: int, more: dict[str, Any]) -> dict[str, Any]:
    opt = {**more.pop("opt", {}), "permission": permission, "besides": more.pop("besides", ()), "raises": tuple(raises)}
    return {"status_code": more.pop("status", status), "opt": opt, **more}


@define
class Resource:
    """The routes of one resource: where they lie, who may call those that say nothing else, and what they are listed under.

    A route by which staff bring something about names the use case, `does=catalog.reprice`: who may call it follows from that.
    """

    path: str
    permission: Allowed
    tag: str
    all: list[HTTPRouteHandler] = field(factory=list, init=False)

    def get(self, path: str = "", **more: Any) -> Register:
        """Reads; answers 200."""
        return self._route(get, path, more)

    def post(self, path: str = "", **more: Any) -> Register:
        """Creates or decides; answers 201 unless `status` says otherwise; asks for `once`, the Idempotency-Key (R17)."""
        return self._route(post, path, more)

    def put(self, path: str = "", **more: Any) -> Register:
        """Replaces; answers 200."""
        return self._route(put, path, more)

    def patch(self, path: str = "", **more: Any) -> Register:
        """Changes some fields; answers 200."""
        return self._route(patch, path, more)

    def delete(self, path: str = "", **more: Any) -> Register:
        """Removes; answers 204."""
        return self._route(delete, path, more)

    def _route(self, verb: Callable[..., Register], path: str, more: dict[str, Any]) -> Register:
        needed = _needed(more.pop("does", None))
        declared = verb(self.path + path, tags=[self.tag], **{"permission": self.permission, **more, **needed})

        def register(handler: Handler) -> HTTPRouteHandler:
            self.all.append(declared(handler))
            return self.all[-1]

        return register


def needed_by(opt: Mapping[str, Any]) -> tuple[Permission, ...]:
    """The permissions of staff that a route needs, from what it declares."""
    return tuple(one for one in (opt["permission"], *opt.get("besides", ())) if isinstance(one, Permission))


def _needed(use_case: Handler | None) -> dict[str, Any]:
    """What a route by which something is brought about says of its caller. Raises ValueError where nothing is."""
    if use_case is None:
        return {}
    first, *besides = needed_for(effects_of(use_case))
    return {"permission": first, "besides": tuple(besides)}
