"""Roles that a shop makes itself, and what all the roles of somebody come to: which rights, and where (R35, ACC-R12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from retail_domain.accounts.model.staff import NEEDS, Permission, Role, in_order, permissions_of
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE

PLACES_MAX: Final = 200
"""So many places a role is bound to."""
ROLE_CODE_LETTERS_MAX: Final = 40

BY_PLACE: Final = frozenset(
    {
        Permission.STOCK_SEE, Permission.STOCK_CHANGE, Permission.ORDERS_SEE, Permission.ORDERS_SHIP,
        Permission.ORDERS_CLOSE, Permission.ORDERS_CHANGE, Permission.REFUNDS_MAKE, Permission.PAYMENTS_SEE,
        Permission.PAYMENTS_CONFIRM, Permission.PAYMENTS_DECIDE, Permission.MEMBERS_CONTACT,
        Permission.APPROVALS_DECIDE,
    }
)  # fmt: skip
"""What has to do with things that lie somewhere. A role that is bound to places holds these and nothing else."""


@frozen
class Rights:
    """What somebody may do, and where."""

    where: Mapping[Permission, Places]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do somewhere."""
        return frozenset(self.where)

    def within(self, needed: Iterable[Permission]) -> Places:
        """Where they may do what needs all of these; nowhere for what they may not do at all."""
        places = EVERYWHERE
        for permission in needed:
            places = places.both(self.where.get(permission, NOWHERE))
        return places

    def granted(self, within: Places) -> Granted:
        """What they may bring about at every one of these places."""
        return frozenset(
            effect for effect, permission in NEEDS.items() if self.where.get(permission, NOWHERE).covers(within)
        ) if within != NOWHERE else frozenset()  # fmt: skip

    def both(self, other: Rights) -> Rights:
        """What both may do, and where both may."""
        shared = {one: places.both(other.where.get(one, NOWHERE)) for one, places in self.where.items()}
        return Rights({one: places for one, places in shared.items() if places != NOWHERE})

    def cover(self, other: Rights) -> bool:
        """Whether they may do all that the other may, wherever."""
        return all(self.where.get(permission, NOWHERE).covers(places) for permission, places in other.where.items())


NOWHERE: Final = Places.of(())
ALL_RIGHTS: Final = Rights(dict.fromkeys(Permission, EVERYWHERE))
"""What the system has."""


@frozen(kw_only=True)
@checked
class CustomRole:
    """A role of the shop's own: what it may do and, if it is bound, at which places."""

    code: str
    name: str
    permissions: tuple[Permission, ...]
    places: tuple[LocationId, ...] = ()
    """None of them: everywhere."""
    is_gone: bool = False
    """It was removed; nobody holds it, and whoever makes one of that code again begins anew."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.permissions != ordered(self.permissions) or self.places != tuple(sorted(set(self.places))):
            raise ValueError("permissions and places are named once each, in their own order")

    @property
    def rights(self) -> Rights:
        """What it may do, and where."""
        if self.is_gone:
            return Rights({})
        places = Places.of(self.places) if self.places else EVERYWHERE
        return Rights(dict.fromkeys(self.permissions, places))

    @classmethod
    def made(
        cls, *, code: str, name: str, permissions: Collection[Permission], places: Collection[LocationId]
    ) -> Change[CustomRole]:
        """A new one. Raises InvalidInput."""
        code = spelled_role(CODE.read(code, "code", ROLE_CODE_LETTERS_MAX, 1))
        if code in {role.value for role in Role}:
            raise InvalidInput.of("code", "reserved", "the shop has a role of this name already")
        if not all(letter.isalnum() or letter in "-_." for letter in code):
            raise InvalidInput.of("code", "letters", "letters, digits and `-`, `_`, `.`")
        return Change(None, cls(code=code, **_checked(name, permissions, places)))

    def anew(self, *, name: str, permissions: Collection[Permission], places: Collection[LocationId]) -> Change[CustomRole]:
        """The same role with other rights. Raises InvalidInput."""
        return Change(self, evolve(self, is_gone=False, **_checked(name, permissions, places)))

    def given(self) -> Change[CustomRole]:
        """Somebody is given this role: whoever removes it at the same time finds out (R13)."""
        return Change(self, evolve(self))

    def removed(self) -> Change[CustomRole]:
        """Nobody holds it any more."""
        return Change(self, evolve(self, is_gone=True))


def spelled_role(code: str) -> str:
    """The code of a role in its one spelling."""
    return CODE.spelled(code).casefold()


def _checked(name: str, permissions: Collection[Permission], places: Collection[LocationId]) -> dict[str, Any]:
    if not permissions:
        raise InvalidInput.of("permissions", "some", "a role may do something")
    check_by_place(permissions, places)
    return {
        "name": one_line(name, 1, 50, "name"), "permissions": ordered(permissions), "places": tuple(sorted(set(places))),
    }  # fmt: skip


def check_by_place(permissions: Collection[Permission], places: Collection[LocationId]) -> None:
    """Whatever is bound to places holds what has a place, and nothing else (ACC-R13). Raises InvalidInput."""
    if len(places) > PLACES_MAX:
        raise InvalidInput.of("places", "most", f"{PLACES_MAX} places at most")
    astray = ordered(set(permissions) - BY_PLACE) if places else ()
    if astray:
        told = ", ".join(one.value for one in astray)
        raise InvalidInput.of("permissions", "by_place", f"what is bound to places cannot hold what has no place: {told}")


def ordered(permissions: Collection[Permission]) -> tuple[Permission, ...]:
    """These permissions, each once, in the order of the enum."""
    return tuple(permission for permission in Permission if permission in set(permissions))


def rights_of(roles: Iterable[Role], custom: Iterable[CustomRole] = ()) -> Rights:
    """What these roles come to together."""
    where: dict[Permission, Places] = dict.fromkeys(permissions_of(in_order(roles)), EVERYWHERE)
    for role in custom:
        for permission, places in role.rights.where.items():
            where[permission] = where[permission].either(places) if permission in where else places
    return Rights(where)
