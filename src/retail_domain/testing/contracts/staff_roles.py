"""The examination that every store of roles passes: what a shop makes itself, and who has it (ACC-R12).

Subclass it like `AccountsContract`, with the same fixtures.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from attrs import evolve

from retail_domain.accounts import (
    AccountsQueries,
    ChangeRoles,
    CustomRole,
    CustomRoleHeld,
    CustomRoleNotFound,
    Permission,
    RemoveRole,
    Role,
    Staff,
    StaffAction,
    Subject,
    TrailSearch,
)
from retail_domain.accounts.model.session import hash_of
from retail_domain.accounts.use_cases.custom_roles import remove_role
from retail_domain.accounts.use_cases.staff import change_roles
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.ids import LocationId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.account_races import at_once
from retail_domain.testing.contracts.accounts import SYSTEM, Opens, a_login, a_session, a_staff, save
from retail_domain.testing.means import means_of
from retail_domain.testing.people import NOON


class StaffRolesContract:
    """Promises of `CustomRoles`, and of staff who have such roles."""

    async def test_roles_of_the_shops_own_come_back_as_stored_and_to_whoever_has_them(
        self, begin: Opens, show: AccountsQueries
    ) -> None:
        """ACC-R12"""
        made = CustomRole.made(
            code="HZ-clerk", name="杭州", permissions=(Permission.STOCK_SEE, Permission.ORDERS_SEE),
            places=[LocationId(UUID(int=number)) for number in (9, 3)],
        )  # fmt: skip
        other = CustomRole.made(code="viewer", name="Viewer", permissions=(Permission.STAFF_SEE,), places=())
        for change in (made, other):
            await save(begin, custom_roles=change)
        wang = Staff.added(
            id=StaffId(UUID(int=1)), name="Wang", roles=(Role.CLERK,), custom=("viewer", "hz-clerk"), actor=SYSTEM, at=NOON
        )
        await save(begin, staff=wang, logins=a_login(wang.state.id, "wang", Subject.STAFF))
        await save(begin, sessions=a_session(1, "token", wang.state.id, Subject.STAFF).opened())

        stored = evolve(made.state, version=1)
        async with begin() as work:
            assert await work.custom_roles.find(["hz-clerk", "nobody"]) == {"hz-clerk": stored}
            assert await work.custom_roles.claim(["hz-clerk", "viewer"]) == {
                "hz-clerk": stored, "viewer": evolve(other.state, version=1),
            }  # fmt: skip
            assert (await work.staff.get(wang.state.id)).custom_roles == ("hz-clerk", "viewer")
            assert [await work.staff.holds(code) for code in ("viewer", "view", "hz-clerk viewer")] == [True, False, False]
        assert [one.code for one in await show.custom_roles()] == ["hz-clerk", "viewer"]
        assert [one.code for one in await show.custom_roles(["viewer", "nobody"])] == ["viewer"]
        session = await show.session(hash_of("token"))
        assert session is not None and set(session.custom_roles) == {stored, evolve(other.state, version=1)}
        named = await show.staff_named("wang")
        assert session.is_active and named is not None and named.custom_roles == ("hz-clerk", "viewer")

        await save(begin, custom_roles=stored.removed())
        assert [one.code for one in await show.custom_roles()] == ["viewer"]
        again = await show.session(hash_of("token"))
        assert again is not None and [one.code for one in again.custom_roles] == ["viewer"]

    async def test_whoever_has_only_roles_of_the_shops_own_works_here(self, begin: Opens, show: AccountsQueries) -> None:
        """ACC-R12"""
        role = CustomRole.made(code="viewer", name="Viewer", permissions=(Permission.STAFF_SEE,), places=())
        li = Staff.added(id=StaffId(UUID(int=2)), name="Li", roles=(), custom=("viewer",), actor=SYSTEM, at=NOON)
        await save(begin, custom_roles=role, staff=li)
        await save(begin, sessions=a_session(1, "token", li.state.id, Subject.STAFF).opened())

        found = await show.session(hash_of("token"))

        assert found is not None and found.is_active and found.roles == ()

    async def test_a_role_is_not_removed_while_somebody_is_given_it(self, begin: Opens, show: AccountsQueries) -> None:
        """ACC-R12"""
        await save(begin, staff=a_staff(1))
        await save(begin, logins=a_login(a_staff(1).state.id, "wang", Subject.STAFF))
        await save(begin, custom_roles=CustomRole.made(code="r", name="R", permissions=(Permission.STOCK_SEE,), places=()))
        means = means_of(SettableClock(NOON))
        change, remove = deciding(begin, change_roles, means), deciding(begin, remove_role, means)
        given = ChangeRoles(staff_id=a_staff(1).state.id, actor=SYSTEM, grant_custom=("r",))

        told = await at_once([partial(change, given), partial(remove, RemoveRole(code="r", actor=SYSTEM))])

        left = [one.code for one in await show.custom_roles()]
        held = await show.staff_named("wang")
        assert held is not None and list(held.custom_roles) == left
        assert told in ({None: 1, CustomRoleHeld: 1}, {None: 1, CustomRoleNotFound: 1})

    async def test_the_trail_is_searched_by_who_what_thing_and_period(self, begin: Opens, show: AccountsQueries) -> None:
        """ACC-R15: each by itself and together, page after page; letters that mean something to a store mean themselves."""
        wang, erp = Actor.staff(UUID(int=1)), Actor.machine("erp")
        rows = [
            (wang, "ship_order", "a_1 b"), (erp, "ship_order", "a_1"), (wang, "refund_order", "a%1"),
            (wang, "ship_order", "aX1"),
        ]  # fmt: skip
        async with begin() as work:
            for hours, (actor, action, thing) in enumerate(rows):
                at = NOON + timedelta(hours=hours)
                work.audit_trail.note(StaffAction(actor=actor, action=action, object=thing, at=at))
            await work.commit()

        async def found(**looked_for: Any) -> list[str]:
            told: list[str] = []
            page = PageRequest(1)
            while True:
                part = await show.trail(page, TrailSearch(**looked_for))
                told += [one.object for one in part.items]
                if part.next_cursor is None:
                    return told
                page = PageRequest(1, part.next_cursor)

        assert await found() == ["aX1", "a%1", "a_1", "a_1 b"]
        assert await found(actor_ref=wang.ref) == ["aX1", "a%1", "a_1 b"]
        assert await found(action="ship_order") == ["aX1", "a_1", "a_1 b"]
        assert await found(thing="a_1") == ["a_1", "a_1 b"]
        assert await found(thing="a%1") == ["a%1"]
        assert await found(thing="ax1") == []
        assert await found(thing="b", actor_ref="erp") == []
        assert await found(since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3)) == ["a%1", "a_1"]
        first = {"since": NOON, "until": NOON + timedelta(hours=1)}
        assert await found(actor_ref=wang.ref, action="ship_order", thing="b", **first) == ["a_1 b"]
