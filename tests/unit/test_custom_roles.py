"""Roles that a shop makes itself: nobody gives, takes or changes what they do not have (ACC-R12), and places bind (ACC-R13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from retail_domain.accounts import (
    BY_PLACE,
    ChangeRole,
    ChangeRoles,
    CustomRole,
    CustomRoleExists,
    CustomRoleHeld,
    CustomRoleNotFound,
    GivePassword,
    MakeRole,
    Permission,
    RemoveRole,
    Role,
    StaffForbidden,
    rights_of,
)
from retail_domain.accounts.model.custom_roles import NOWHERE, ordered
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import LocationId, StaffId
from retail_domain.kernel.places import EVERYWHERE, Places
from tests.support.accounts import AccountsShop, a_shop

P = Permission
SYSTEM: Final = Actor.system("test")
SH, HZ = LocationId(UUID(int=1)), LocationId(UUID(int=2))


async def made(shop: AccountsShop, code: str, *permissions: Permission, places: tuple[LocationId, ...] = ()) -> str:
    command = MakeRole(code=code, name=code, permissions=permissions, places=places, actor=SYSTEM)
    return (await shop.accounts.make_role(command)).code


async def somebody(shop: AccountsShop, login: str, *codes: str) -> Actor:
    actor = await shop.staff(login, Role.CLERK)
    given_to = ChangeRoles(staff_id=StaffId(UUID(actor.ref)), actor=SYSTEM, revoke=(Role.CLERK,), grant_custom=codes)
    await shop.accounts.change_roles(given_to)
    return actor


def id_of(actor: Actor) -> StaffId:
    return StaffId(UUID(actor.ref))


async def test_somebody_may_what_their_roles_hold_together_and_where() -> None:
    """ACC-R12, ACC-R13: the same right from two roles holds at the places of both; from one without places, everywhere."""
    at_sh = CustomRole.made(code="sh", name="SH", permissions=(P.ORDERS_SEE, P.STOCK_SEE), places=(SH,)).state
    at_hz = CustomRole.made(code="hz", name="HZ", permissions=(P.ORDERS_SEE,), places=(HZ,)).state
    shop_wide = CustomRole.made(code="all", name="All", permissions=(P.STOCK_SEE, P.STAFF_SEE), places=()).state

    rights = rights_of((), (at_sh, at_hz, shop_wide))

    assert rights.permissions == {P.ORDERS_SEE, P.STOCK_SEE, P.STAFF_SEE}
    assert rights.within([P.ORDERS_SEE]) == Places.of([SH, HZ])
    assert rights.within([P.STOCK_SEE]) == EVERYWHERE
    assert rights.within([P.STOCK_SEE, P.ORDERS_SEE]) == Places.of([SH, HZ])
    assert rights.within([P.ORDERS_SEE, P.REFUNDS_MAKE]) == NOWHERE


async def test_what_is_brought_about_at_times_needs_its_right_wherever_the_wish_reaches() -> None:
    """R35: who calls orders off everywhere and gives money back at one place does not give back what was paid elsewhere."""
    closes = CustomRole.made(code="c", name="C", permissions=(P.ORDERS_CLOSE,), places=()).state
    refunds = CustomRole.made(code="r", name="R", permissions=(P.REFUNDS_MAKE, P.ORDERS_CLOSE), places=(SH,)).state

    assert Effect.MONEY_BACK not in rights_of((), (closes, refunds)).granted(EVERYWHERE)
    assert Effect.MONEY_BACK in rights_of((), (refunds,)).granted(Places.of([SH]))
    assert Effect.MONEY_BACK not in rights_of((), (refunds,)).granted(Places.of([SH, HZ]))
    assert rights_of((), (refunds,)).granted(NOWHERE) == frozenset()


_SETS = st.frozensets(st.sampled_from(sorted(BY_PLACE, key=lambda one: one.value)), min_size=1)
_PLACES = st.frozensets(st.sampled_from([LocationId(UUID(int=number)) for number in range(1, 4)]))


@given(st.lists(st.tuples(_SETS, _PLACES), max_size=4), st.lists(st.tuples(_SETS, _PLACES), max_size=4))
def test_more_roles_never_take_a_right_away(one: list[Any], more: list[Any]) -> None:
    """ACC-R12: rights grow with roles, and whoever has them all covers what any of them give."""
    few, all_ = rights_of((), _roles(one)), rights_of((), _roles([*one, *more]))

    assert all_.cover(few) and all_.cover(rights_of((), _roles(more)))
    assert few.cover(all_) == (few == all_)


def _roles(drawn: list[Any]) -> list[CustomRole]:
    return [
        CustomRole(code=str(at), name="R", permissions=ordered(permissions), places=tuple(sorted(places)))
        for at, (permissions, places) in enumerate(drawn)
    ]


WRONG: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"code": ""}, "code", "required"),
    ({"code": "Admin"}, "code", "reserved"),
    ({"code": "a b"}, "code", "letters"),
    ({"code": "x" * 41}, "code", "too_long"),
    ({"name": ""}, "name", "length"),
    ({"permissions": ()}, "permissions", "some"),
    ({"permissions": (P.STAFF_MANAGE,), "places": (SH,)}, "permissions", "by_place"),
    ({"permissions": (P.EVENTS_SEE, P.ORDERS_SEE), "places": (SH,)}, "permissions", "by_place"),
    ({"places": tuple(LocationId(UUID(int=one)) for one in range(1, 202))}, "places", "most"),
]


@pytest.mark.parametrize(("told", "field", "rule"), WRONG)
async def test_what_is_no_role_is_refused_by_name_and_changes_nothing(told: dict[str, Any], field: str, rule: str) -> None:
    """ACC-R12, ACC-R13: a role that is bound to places holds nothing that has no place."""
    shop = a_shop()
    right = {"code": "hz", "name": "HZ", "permissions": (P.ORDERS_SEE,), "actor": SYSTEM}

    with pytest.raises(InvalidInput) as refused:
        await shop.accounts.make_role(MakeRole(**{**right, **told}))

    assert [(one.field, one.rule) for one in refused.value.problems] == [(field, rule)]
    assert not await shop.accounts.show.custom_roles()


async def test_a_role_is_made_changed_and_removed() -> None:
    """ACC-R12: changed, it counts with the next request; removed while somebody has it, it is not."""
    shop = a_shop()
    assert await made(shop, "HZ-Clerk", P.ORDERS_SEE, places=(HZ,)) == "hz-clerk"
    with pytest.raises(CustomRoleExists):
        await made(shop, "hz-clerk", P.STOCK_SEE)
    wang = await somebody(shop, "wang", "hz-clerk")
    token = await shop.token("wang")

    changed = ChangeRole(code="HZ-CLERK", name="HZ", permissions=(P.STOCK_SEE,), actor=SYSTEM)
    await shop.accounts.change_role(changed)
    assert (await shop.accounts.authenticate(token)).rights.where == {P.STOCK_SEE: EVERYWHERE}
    with pytest.raises(CustomRoleHeld):
        await shop.accounts.remove_role(RemoveRole(code="hz-clerk", actor=SYSTEM))

    taken = ChangeRoles(staff_id=id_of(wang), actor=SYSTEM, revoke_custom=("hz-clerk",), grant=(Role.CLERK,))
    await shop.accounts.change_roles(taken)
    await shop.accounts.remove_role(RemoveRole(code="hz-clerk", actor=SYSTEM))
    for command in (RemoveRole(code="hz-clerk", actor=SYSTEM), changed):
        call: Callable[[Any], Awaitable[Any]] = (
            shop.accounts.remove_role if isinstance(command, RemoveRole) else shop.accounts.change_role
        )
        with pytest.raises(CustomRoleNotFound):
            await call(command)
    with pytest.raises(CustomRoleNotFound):
        await shop.accounts.change_roles(ChangeRoles(staff_id=id_of(wang), actor=SYSTEM, grant_custom=("hz-clerk",)))
    assert await made(shop, "hz-clerk", P.ORDERS_SEE) == "hz-clerk"
    assert (await shop.accounts.show.custom_roles())[0].permissions == (P.ORDERS_SEE,)


async def test_other_roles_of_the_shops_own_end_the_sessions_as_well() -> None:
    """R36"""
    shop = a_shop()
    await made(shop, "viewer", P.STOCK_SEE)
    wang = await shop.staff("wang", Role.CLERK)
    await shop.token("wang")

    await shop.accounts.change_roles(ChangeRoles(staff_id=id_of(wang), actor=SYSTEM, grant_custom=("viewer",)))

    assert not shop.memory.table("sessions")


async def a_manager(shop: AccountsShop) -> Actor:
    """Somebody who manages the staff, sees stock everywhere and orders at one place."""
    await made(shop, "manager", P.STAFF_MANAGE, P.STOCK_SEE)
    await made(shop, "at-hz", P.ORDERS_SEE, places=(HZ,))
    return await somebody(shop, "manager", "manager", "at-hz")


async def test_nobody_gives_takes_or_changes_what_they_do_not_have() -> None:
    """ACC-R12: neither to others nor to themselves, neither in one step nor in two; a place less is less."""
    shop = a_shop()
    boss, manager = await shop.staff("boss", Role.ADMIN), await a_manager(shop)
    await made(shop, "refunds", P.REFUNDS_MAKE)
    await made(shop, "orders", P.ORDERS_SEE)
    wang, own, rich = await shop.staff("wang", Role.CLERK), id_of(manager), await somebody(shop, "rich", "refunds")
    do = shop.accounts
    make: dict[str, Any] = {"name": "R", "actor": manager}
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: do.make_role(MakeRole(code="x", permissions=(P.REFUNDS_MAKE,), **make)),
        lambda: do.make_role(MakeRole(code="x", permissions=(P.ORDERS_SEE,), **make)),
        lambda: do.make_role(MakeRole(code="x", permissions=(P.ORDERS_SEE,), places=(HZ, SH), **make)),
        lambda: do.change_role(ChangeRole(code="manager", permissions=(P.STAFF_MANAGE, P.REFUNDS_MAKE), **make)),
        lambda: do.change_role(ChangeRole(code="refunds", permissions=(P.STOCK_SEE,), **make)),
        lambda: do.remove_role(RemoveRole(code="orders", actor=manager)),
        lambda: do.change_roles(ChangeRoles(staff_id=own, actor=manager, grant=(Role.ADMIN,))),
        lambda: do.change_roles(ChangeRoles(staff_id=own, actor=manager, grant_custom=("refunds",))),
        lambda: do.change_roles(ChangeRoles(staff_id=own, actor=manager, grant_custom=("orders",))),
        lambda: do.change_roles(ChangeRoles(staff_id=id_of(rich), actor=manager, revoke=None)),
        lambda: do.change_roles(ChangeRoles(staff_id=id_of(boss), actor=manager, revoke=None)),
        lambda: do.give_password(GivePassword(staff_id=id_of(boss), password="a much better one", actor=manager)),
        lambda: do.give_password(GivePassword(staff_id=id_of(wang), password="a much better one", actor=manager)),
        lambda: shop.staff("friend", Role.CLERK, actor=manager),
    ]
    before = dict(shop.memory.table("staff")), dict(shop.memory.table("custom_roles")), dict(shop.memory.table("logins"))
    for one in tries:
        with pytest.raises(StaffForbidden):
            await one()
    assert before == (shop.memory.table("staff"), shop.memory.table("custom_roles"), shop.memory.table("logins"))

    await do.make_role(MakeRole(code="mine", permissions=(P.ORDERS_SEE,), places=(HZ,), **make))
    friend = await somebody(shop, "friend", "mine")
    await do.change_roles(ChangeRoles(staff_id=id_of(friend), actor=manager, grant_custom=("at-hz",), revoke_custom=("mine",)))
    await do.give_password(GivePassword(staff_id=id_of(friend), password="a much better one", actor=manager))
    await do.remove_role(RemoveRole(code="mine", actor=manager))


async def test_a_member_manages_nobody() -> None:
    """R35"""
    shop = a_shop()
    member = (await shop.log_in()).member_id
    assert member is not None
    with pytest.raises(StaffForbidden):
        await shop.staff("friend", Role.CLERK, actor=Actor.member(member))


async def test_whoever_works_here_has_a_role() -> None:
    shop = a_shop()
    with pytest.raises(InvalidInput):
        await shop.staff("wang")
