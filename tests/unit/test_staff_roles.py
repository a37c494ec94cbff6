"""Staff: who may do what, and that somebody always may manage them (R35, ACC-R4)."""

from __future__ import annotations

from uuid import UUID

import pytest

from retail_domain.accounts import (
    MAY,
    AccountBlocked,
    ActAs,
    BanMember,
    ChangeRoles,
    GivePassword,
    LastAdmin,
    LoginFailed,
    LogInWithPassword,
    NameTaken,
    NoteStaffAction,
    OwnPassword,
    Permission,
    Role,
    SessionInvalid,
    StaffAction,
    StaffForbidden,
    StaffNotFound,
    permissions_of,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import NOON
from tests.support.accounts import PASSWORD, SYSTEM, AccountsShop, a_shop

P = Permission

# One row a permission: may the clerk, may finance? An admin may everything.
TABLE = [
    (P.CATALOG_SEE, True, True),
    (P.CATALOG_CHANGE, True, False),
    (P.PRICES_CHANGE, False, True),
    (P.COSTS_SEE, False, True),
    (P.COSTS_CHANGE, False, True),
    (P.STOCK_SEE, True, True),
    (P.STOCK_CHANGE, True, False),
    (P.ORDERS_SEE, True, True),
    (P.ORDERS_PLACE, False, False),
    (P.ORDERS_SHIP, True, False),
    (P.ORDERS_CLOSE, True, False),
    (P.ORDERS_CHANGE, True, False),
    (P.REFUNDS_MAKE, False, True),
    (P.PAYMENTS_SEE, True, True),
    (P.PAYMENTS_CONFIRM, True, False),
    (P.PAYMENTS_DECIDE, False, True),
    (P.BOOKS_SEE, False, True),
    (P.BOOKS_CLOSE, False, True),
    (P.MEMBERS_SEE, True, True),
    (P.MEMBERS_CONTACT, True, False),
    (P.MEMBERS_BAN, False, False),
    (P.MEMBERS_CLOSE, False, False),
    (P.MEMBERS_IMPORT, False, False),
    (P.TIERS_GRANT, False, False),
    (P.POINTS_ADJUST, False, True),
    (P.WALLET_ADJUST, False, True),
    (P.WALLET_PAY_OUT, False, True),
    (P.COUPONS_MANAGE, False, False),
    (P.REVIEWS_SEE, True, False),
    (P.REVIEWS_DECIDE, True, False),
    (P.APPROVALS_DECIDE, False, False),
    (P.STAFF_SEE, False, False),
    (P.STAFF_MANAGE, False, False),
    (P.KEYS_MANAGE, False, False),
    (P.REGIONS_CHANGE, False, False),
    (P.NOTES_CHANGE, True, False),
    (P.INSIGHT_SEE, False, True),
    (P.AUDIT_SEE, False, True),
    (P.OUTBOX_SEE, False, False),
    (P.OUTBOX_REPLAY, False, False),
    (P.EVENTS_SEE, False, False),
    (P.WEBHOOKS_SEE, False, False),
    (P.WEBHOOKS_MANAGE, False, False),
    (P.SETTINGS_SEE, False, False),
    (P.SETTINGS_CHANGE, False, False),
]


@pytest.mark.parametrize(("permission", "clerk", "finance"), TABLE, ids=[row[0].value for row in TABLE])
def test_each_role_may_what_the_table_says(permission: Permission, clerk: bool, finance: bool) -> None:
    """R35"""
    assert [permission in MAY[role] for role in (Role.CLERK, Role.FINANCE, Role.ADMIN)] == [clerk, finance, True]


def test_the_table_names_every_permission_once() -> None:
    """R35: nothing is allowed by being forgotten."""
    assert [row[0] for row in TABLE] == list(Permission)
    assert permissions_of(()) == frozenset()


async def login_of(shop: AccountsShop, login: str) -> str:
    opened = await shop.accounts.log_in_with_password(LogInWithPassword(login=login, password=PASSWORD))
    return opened.token


async def test_the_command_line_makes_the_first_admin_who_takes_others_on() -> None:
    """ACC-R4"""
    shop = a_shop()
    boss = await shop.staff("boss", Role.ADMIN, actor=Actor.system("cli:root"))

    clerk = await shop.staff("wang", Role.CLERK, actor=boss)

    views = (await shop.accounts.show.staff(PageRequest())).items
    assert [(view.login, view.roles) for view in views] == [("boss", (Role.ADMIN,)), ("wang", (Role.CLERK,))]
    with pytest.raises(StaffForbidden):
        await shop.staff("friend", Role.ADMIN, actor=clerk)


async def test_a_name_is_taken_on_once_and_a_member_cannot_have_it_either() -> None:
    shop = a_shop()
    await shop.staff("boss", Role.ADMIN)

    with pytest.raises(NameTaken):
        await shop.staff("Boss", Role.CLERK)
    with pytest.raises(NameTaken):
        await shop.register("boss")


async def test_other_roles_end_the_sessions_that_were_opened_with_the_old_ones() -> None:
    """R36: rotated on role change."""
    shop = a_shop()
    await shop.staff("boss", Role.ADMIN)
    clerk = await shop.staff("wang", Role.CLERK)
    token = await login_of(shop, "wang")
    before = (await shop.accounts.authenticate(token)).permissions

    await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(clerk), actor=SYSTEM, grant=(Role.FINANCE,)))

    assert not shop.memory.table("sessions")
    after = (await shop.accounts.authenticate(await login_of(shop, "wang"))).permissions
    assert after - before >= {Permission.REFUNDS_MAKE}


async def test_granting_what_somebody_has_ends_no_session() -> None:
    shop = a_shop()
    clerk = await shop.staff("wang", Role.CLERK)
    token = await login_of(shop, "wang")

    await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(clerk), actor=SYSTEM, grant=(Role.CLERK,)))

    assert (await shop.accounts.authenticate(token)).roles == (Role.CLERK,)


async def test_who_has_no_role_left_is_out() -> None:
    shop = a_shop()
    clerk = await shop.staff("wang", Role.CLERK)

    await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(clerk), actor=SYSTEM, revoke=None))

    with pytest.raises(AccountBlocked):
        await login_of(shop, "wang")


@pytest.mark.parametrize("revoke", [None, (Role.ADMIN,)])
async def test_the_last_admin_stays(revoke: tuple[Role, ...] | None) -> None:
    shop = a_shop()
    boss = await shop.staff("boss", Role.ADMIN, Role.CLERK)

    with pytest.raises(LastAdmin):
        await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(boss), actor=SYSTEM, revoke=revoke))

    await shop.staff("deputy", Role.ADMIN)
    await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(boss), actor=SYSTEM, revoke=revoke))


async def test_the_command_line_acts_for_staff_who_may() -> None:
    """ACC-R4"""
    shop = a_shop()
    clerk = await shop.staff("wang", Role.CLERK)

    acting = await shop.accounts.act_as(ActAs(login=" Wang", permission=Permission.ORDERS_SHIP))

    assert Actor.staff(acting.staff.staff_id) == clerk
    with pytest.raises(StaffForbidden):
        await shop.accounts.act_as(ActAs(login="wang", permission=Permission.REFUNDS_MAKE))
    with pytest.raises(StaffNotFound):
        await shop.accounts.act_as(ActAs(login="nobody", permission=Permission.ORDERS_SHIP))


async def test_everything_staff_do_to_accounts_stands_in_the_trail() -> None:
    """R35"""
    shop = a_shop()
    boss = await shop.staff("boss", Role.ADMIN)
    clerk = await shop.staff("wang", Role.CLERK, actor=boss)
    member_id = (await shop.log_in()).member_id or MemberId(staff_id(boss))
    await shop.accounts.ban_member(BanMember(member_id=member_id, actor=boss))
    await shop.accounts.change_roles(ChangeRoles(staff_id=staff_id(clerk), actor=boss, revoke=None))
    await shop.accounts.note_staff_action(NoteStaffAction(actor=clerk, action="ship_order", object="20260601"))

    rows = (await shop.accounts.show.trail(PageRequest())).items

    assert [(row.actor_ref, row.action) for row in rows] == [
        (clerk.ref, "ship_order"), (boss.ref, "staff.roles"), (boss.ref, "member.ban"), (boss.ref, "staff.add"),
        ("test", "staff.add"),
    ]  # fmt: skip
    assert {row.at for row in rows} == {NOON}


async def test_a_refused_step_leaves_nothing_in_the_trail() -> None:
    shop = a_shop()
    clerk = await shop.staff("wang", Role.CLERK)
    with pytest.raises(StaffForbidden):
        await shop.staff("friend", Role.ADMIN, actor=clerk)

    assert len((await shop.accounts.show.trail(PageRequest())).items) == 1


def test_an_action_is_named_in_short() -> None:
    with pytest.raises(ValueError):
        StaffAction(actor=SYSTEM, action="", object="", at=NOON)


async def test_a_name_tag_is_one_line() -> None:
    """R38"""
    shop = a_shop()
    with pytest.raises(InvalidInput):
        await shop.staff("wang\nroot", Role.CLERK)


def staff_id(actor: Actor) -> StaffId:
    return StaffId(UUID(actor.ref))


async def test_whoever_lost_the_password_is_given_another() -> None:
    """ACC-R6: the old one is over, and so are its sessions; roles stay as they are, and the trail says who did it."""
    shop = a_shop()
    boss = await shop.staff("boss", Role.ADMIN)
    clerk = await shop.staff("wang", Role.CLERK)
    token = await login_of(shop, "wang")

    given = GivePassword(staff_id=staff_id(clerk), password="a much better one", actor=boss)
    await shop.accounts.give_password(given)

    with pytest.raises(SessionInvalid):
        await shop.accounts.authenticate(token)
    with pytest.raises(LoginFailed):
        await login_of(shop, "wang")
    again = await shop.accounts.log_in_with_password(LogInWithPassword(login="wang", password="a much better one"))
    assert Permission.ORDERS_SHIP in (await shop.accounts.authenticate(again.token)).permissions
    noted = [row for row in (await shop.accounts.show.trail(PageRequest())).items if row.action == "staff.password"]
    assert [(row.actor_ref, row.object) for row in noted] == [(boss.ref, clerk.ref)]


async def test_who_may_not_manage_staff_gives_no_password_and_an_admin_not_their_own() -> None:
    """ACC-R6: nothing has changed after a refusal."""
    shop = a_shop()
    boss = await shop.staff("boss", Role.ADMIN)
    clerk = await shop.staff("wang", Role.CLERK)
    nobody = StaffId(UUID(int=7))

    for whose, actor, refused in (
        (staff_id(boss), clerk, StaffForbidden), (staff_id(boss), boss, OwnPassword), (nobody, boss, StaffNotFound),
        (staff_id(clerk), boss, InvalidInput),
    ):  # fmt: skip
        password = "12345678" if refused is InvalidInput else "a much better one"
        with pytest.raises(refused):
            await shop.accounts.give_password(GivePassword(staff_id=whose, password=password, actor=actor))

    assert await login_of(shop, "boss") and await login_of(shop, "wang")
