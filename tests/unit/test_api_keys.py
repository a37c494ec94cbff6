"""Programs come in with keys: what a key may, and when it opens nothing (ACC-R10, ACC-R11)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import (
    Allowance,
    ApiKey,
    ChangeRole,
    ChangeRoles,
    CustomRole,
    GivePassword,
    KeyInvalid,
    KeyNameTaken,
    KeyNotFound,
    Machine,
    MadeKey,
    MakeKey,
    MakeRole,
    Permission,
    RevokeKey,
    Role,
    ShowKey,
    StaffForbidden,
    TooManyTries,
    rights_of,
)
from retail_domain.accounts.model.keys import NOT_FOR_MACHINES, is_key
from retail_domain.accounts.model.session import hash_of
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import KeyId, LocationId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.testing.people import GENEROUS, NOON
from tests.support.accounts import SYSTEM, AccountsShop, a_shop

P = Permission
_MAKER = CustomRole.made(code="maker", name="M", permissions=(P.KEYS_MANAGE, P.CATALOG_SEE), places=()).state


async def make(shop: AccountsShop, *may: Permission, actor: Actor = SYSTEM, name: str = "erp", **more: object) -> MadeKey:
    wish = MakeKey(name=name, permissions=may or (P.CATALOG_SEE,), actor=actor)
    return await shop.accounts.make_key(evolve(wish, **more))  # type: ignore[misc]


async def who(shop: AccountsShop, key: str, client: str = "203.0.113.7") -> Machine:
    return await shop.accounts.authenticate_key(ShowKey(key=key, client=client))


async def test_a_key_is_shown_once_and_kept_as_a_digest() -> None:
    """ACC-R10: what is stored and what is listed does not tell it."""
    shop = a_shop()
    made = await make(shop, P.STOCK_SEE, P.CATALOG_SEE)

    (stored,) = shop.memory.table("api_keys").values()
    (listed,) = (await shop.accounts.show.keys(PageRequest())).items

    assert is_key(made.key) and len(made.key) == 46
    assert stored.token_hash == hash_of(made.key) and made.key not in repr(stored) + repr(listed) + repr(made)
    assert (listed.hint, listed.permissions) == (made.key[:9], (P.CATALOG_SEE, P.STOCK_SEE))
    machine = await who(shop, made.key)
    assert (machine.key_id, machine.permissions) == (made.key_id, {P.CATALOG_SEE, P.STOCK_SEE})
    assert machine.actor == Actor.machine("erp")


async def test_a_sessions_token_is_no_key_however_it_begins() -> None:
    """ACC-R10"""
    assert not is_key("rk_" + "a" * 40)
    assert is_key("rk_" + "a" * 43) and is_key("rk_short")


async def test_nobody_gives_a_key_what_they_may_not_do_themselves() -> None:
    """ACC-R11: nor makes one at all without the permission."""
    shop = a_shop()
    boss, clerk = await shop.staff("boss", Role.ADMIN), await shop.staff("wang", Role.CLERK)

    with pytest.raises(StaffForbidden) as refused:
        await make(shop, P.CATALOG_SEE, actor=clerk)
    assert refused.value.permission == "keys.manage"
    for stranger in (Actor.member(UUID(int=1)), Actor.machine("erp"), Actor.gateway("sandbox")):
        with pytest.raises(StaffForbidden):
            await make(shop, P.CATALOG_SEE, actor=stranger)
    await make(shop, P.REFUNDS_MAKE, actor=boss)
    assert len(shop.memory.table("api_keys")) == 1


def test_a_key_is_given_no_more_than_its_maker_has() -> None:
    """ACC-R11: whichever role may make keys; the refusal names what is missing."""
    with pytest.raises(StaffForbidden) as refused:
        ApiKey.made(
            id=KeyId(UUID(int=1)), token="rk_" + "a" * 43, name="erp", permissions=(P.CATALOG_SEE, P.REFUNDS_MAKE),
            expires_at=None, maker_id=StaffId(UUID(int=2)), may=rights_of((), [_MAKER]), actor=SYSTEM, at=NOON,
        )  # fmt: skip
    assert refused.value.permission == "refunds.make"


@pytest.mark.parametrize("permission", sorted(NOT_FOR_MACHINES, key=lambda one: one.value))
async def test_no_program_manages_staff_or_keys(permission: Permission) -> None:
    """ACC-R11: neither by what a key may be given, nor by calling the use case."""
    shop = a_shop()

    with pytest.raises(InvalidInput) as refused:
        await make(shop, permission)
    assert [(one.field, one.rule) for one in refused.value.problems] == [("permissions", "not_for_machines")]
    with pytest.raises(StaffForbidden):
        await shop.staff("friend", Role.ADMIN, actor=Actor.machine("erp"))
    clerk = await shop.staff("wang", Role.CLERK)
    with pytest.raises(StaffForbidden):
        await shop.accounts.give_password(
            GivePassword(staff_id=StaffId(UUID(clerk.ref)), password="lantern river 42", actor=Actor.machine("erp"))
        )


async def test_a_key_may_no_more_than_its_maker_still_may() -> None:
    """ACC-R11: asked with each request, so roles that are taken or given back count at once."""
    shop = a_shop()
    await shop.staff("other", Role.ADMIN)
    boss = await shop.staff("boss", Role.ADMIN)
    key = (await make(shop, P.CATALOG_SEE, P.MEMBERS_BAN, actor=boss)).key
    change = ChangeRoles(staff_id=StaffId(UUID(boss.ref)), actor=SYSTEM, grant=(Role.CLERK,), revoke=(Role.ADMIN,))

    await shop.accounts.change_roles(change)
    assert (await who(shop, key)).permissions == {P.CATALOG_SEE}
    await shop.accounts.change_roles(evolve(change, grant=(), revoke=None))
    with pytest.raises(KeyInvalid):
        await who(shop, key)
    await shop.accounts.change_roles(evolve(change, grant=(Role.ADMIN,), revoke=()))
    assert (await who(shop, key)).permissions == {P.CATALOG_SEE, P.MEMBERS_BAN}


async def test_a_key_that_was_taken_back_opens_nothing_from_then_on() -> None:
    """ACC-R10: taking it back twice is fine; its name stays its own."""
    shop = a_shop()
    made = await make(shop)
    await who(shop, made.key)

    for _ in range(2):
        await shop.accounts.revoke_key(RevokeKey(key_id=made.key_id, actor=SYSTEM))

    with pytest.raises(KeyInvalid):
        await who(shop, made.key)
    with pytest.raises(KeyNameTaken):
        await make(shop)
    (listed,) = (await shop.accounts.show.keys(PageRequest())).items
    assert listed.revoked_at == NOON
    trail = [(one.action, one.object) for one in (await shop.accounts.show.trail(PageRequest())).items]
    assert trail == [("key.revoke", f"{made.key_id} erp"), ("key.make", f"{made.key_id} erp")]
    with pytest.raises(KeyNotFound):
        await shop.accounts.revoke_key(RevokeKey(key_id=KeyId(UUID(int=9)), actor=SYSTEM))


async def test_a_key_ends_when_it_was_said_to() -> None:
    """ACC-R10, GEN-R6: at the very moment; and one that has ended is not made."""
    shop = a_shop()
    end = NOON + timedelta(days=1)
    key = (await make(shop, expires_at=end)).key

    shop.clock.set(end - timedelta(seconds=1))
    await who(shop, key)
    shop.clock.set(end)
    with pytest.raises(KeyInvalid):
        await who(shop, key)
    with pytest.raises(InvalidInput):
        await make(shop, name="late", expires_at=end)


@pytest.mark.parametrize("name", ["", "ERP", "a b", "-erp", "x" * 51, "erp\n", "中文"])
async def test_a_name_is_spelled_so_that_the_trail_can_be_searched_for_it(name: str) -> None:
    """ACC-R10"""
    with pytest.raises(InvalidInput) as refused:
        await make(a_shop(), name=name)
    assert refused.value.problems[0].field == "name"


async def test_when_a_key_was_last_used_is_written_once_an_hour() -> None:
    """ACC-R10: no request pays for it but one in an hour; a clock put back does not stop it."""
    shop = a_shop()
    made = await make(shop)
    seen = []
    for minutes in (0, 30, 59, 60, 100, 121, 0):
        shop.clock.set(NOON + timedelta(minutes=minutes))
        await who(shop, made.key)
        seen.append((await shop.accounts.show.keys(PageRequest())).items[0].last_used_at)

    assert [(at - NOON) // timedelta(minutes=1) for at in seen if at] == [0, 0, 0, 60, 60, 121, 0]


async def test_wrong_keys_are_wrong_tries_of_a_line_and_shut_out_nobody_with_a_right_one() -> None:
    """ACC-R7, ACC-R10"""
    shop = a_shop(evolve(GENEROUS, keys_per_address=Allowance(most=2, within=timedelta(minutes=15))))
    made = await make(shop)
    for _ in range(2):
        with pytest.raises(KeyInvalid):
            await who(shop, made.key[:-1] + "!")

    with pytest.raises(TooManyTries) as late:
        await who(shop, "rk_x")
    assert late.value.retry_after_seconds == 900
    with pytest.raises(KeyInvalid):
        await who(shop, "rk_x", client="203.0.113.8")
    assert (await who(shop, made.key)).name == "erp"
    shop.clock.advance(timedelta(minutes=15))
    with pytest.raises(KeyInvalid):
        await who(shop, "rk_x")


async def test_a_repeat_under_one_key_of_idempotency_makes_one_key() -> None:
    """R17, ACC-R10: whoever lost the answer gets the same one; another wish under it is refused."""
    shop = a_shop()
    once = Once(principal="staff:1", operation="make_key", key="k", fingerprint="f")

    first, again = await make(shop, once=once), await make(shop, once=once)

    assert (first.key, first.key_id) == (again.key, again.key_id)
    assert len(shop.memory.table("api_keys")) == 1


async def test_a_key_is_bound_to_its_places_and_to_those_of_its_maker() -> None:
    """ACC-R13: it may act where both may, as of this request; what has no place no key may that is bound."""
    shop, (sh, hz) = a_shop(), [LocationId(UUID(int=number)) for number in (1, 2)]
    made = CustomRole.made(code="keys", name="K", permissions=(P.KEYS_MANAGE,), places=())
    at_sh = MakeRole(code="sh", name="SH", permissions=(P.STOCK_SEE, P.STOCK_CHANGE), places=(sh,), actor=SYSTEM)
    await shop.accounts.make_role(at_sh)
    await shop.accounts.make_role(MakeRole(code="keys", name="K", permissions=made.state.permissions, actor=SYSTEM))
    maker = await shop.staff("wang", Role.CLERK)
    roles = ChangeRoles(staff_id=StaffId(UUID(maker.ref)), actor=SYSTEM, revoke=(Role.CLERK,), grant_custom=("keys", "sh"))
    await shop.accounts.change_roles(roles)

    for more in ({}, {"places": (hz,)}, {"places": (sh, hz)}):
        with pytest.raises(StaffForbidden):
            await make(shop, P.STOCK_SEE, actor=maker, **more)
    with pytest.raises(InvalidInput) as refused:
        await make(shop, P.STOCK_SEE, P.CATALOG_SEE, places=(sh,))
    assert [(one.field, one.rule) for one in refused.value.problems] == [("permissions", "by_place")]

    theirs = (await make(shop, P.STOCK_SEE, P.STOCK_CHANGE, actor=maker, places=(sh,))).key
    assert (await who(shop, theirs)).rights.within([P.STOCK_CHANGE]) == Places.of([sh])
    changed = ChangeRole(code="sh", name="SH", permissions=(P.STOCK_SEE,), places=(sh, hz), actor=SYSTEM)
    await shop.accounts.change_role(changed)
    machine = await who(shop, theirs)
    assert (machine.permissions, machine.rights.within([P.STOCK_SEE])) == ({P.STOCK_SEE}, Places.of([sh]))
    await shop.accounts.change_role(evolve(changed, places=(hz,)))
    assert (await who(shop, theirs)).permissions == frozenset()
    of_system = (await make(shop, P.STOCK_SEE, name="wms", places=(hz,))).key
    assert (await who(shop, of_system)).rights.within([P.STOCK_SEE]) == Places.of([hz])
