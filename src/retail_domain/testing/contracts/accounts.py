"""The examination every store of accounts passes: the promises of its ports as tests, races included (R32, R36).

An adapter's author subclasses it with two fixtures on an empty store:

    class TestMyAccounts(AccountsContract):
        @pytest.fixture
        def begin(self) -> Begin[EveryAccountsWork]: ...

        @pytest.fixture
        def show(self) -> AccountsQueries: ...
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import (
    AccountsQueries,
    AccountsWork,
    AddressWork,
    Allowance,
    ChallengeStatus,
    Login,
    MemberNotFound,
    Purpose,
    Role,
    Session,
    Slot,
    Staff,
    Subject,
)
from retail_domain.accounts.model.session import hash_of
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import Taken
from retail_domain.kernel.ids import MemberId, SessionId, StaffId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.people import (
    NOON,
    OTHER_PHONE,
    PHONE,
    a_challenge,
    a_member,
)

ALICE = MemberId(UUID(int=71))
BOB = MemberId(UUID(int=72))
SYSTEM = Actor.system("contract")


class EveryAccountsWork(AccountsWork, AddressWork, Protocol):
    """A unit of work with all collections of accounts."""


Opens = Begin[EveryAccountsWork]


@pytest.mark.asyncio
class AccountsContract:
    """What every store of accounts promises."""

    async def test_a_member_comes_back_as_stored_and_is_found_by_phone(self, begin: Opens, show: AccountsQueries) -> None:
        """R32: nothing is lost on the way."""
        change = a_member(1).then(lambda one: one.consent(True, at=NOON)).then(lambda one: one.rename("李雷"))
        await save(begin, members=change)

        async with begin() as work:
            found = await work.members.get(change.state.id)
            assert found == evolve(change.state, version=1)
            assert await work.members.claim_by_phone(PHONE) == found
            assert await work.members.claim([change.state.id, ALICE]) == {found.id: found}
            assert await work.members.claim_phoned([Phone("+8613700000000"), PHONE]) == {PHONE: found}
            assert await work.members.claim_phoned([]) == {}
            with pytest.raises(MemberNotFound):
                await work.members.get(ALICE)
        assert await show.consents(change.state.id)
        assert not await show.consents(ALICE)

    async def test_a_phone_belongs_to_one_member_and_no_phone_to_any_number(self, begin: Opens) -> None:
        await save(begin, members=a_member(1))
        await save(begin, members=a_member(2, phone=None))
        await save(begin, members=a_member(3, phone=None))

        with pytest.raises(Taken) as refused:
            await save(begin, members=a_member(4))

        assert refused.value.rule == "members.phone"

    async def test_members_are_listed_newest_first_page_by_page(self, begin: Opens, show: AccountsQueries) -> None:
        for number in range(1, 6):
            await save(begin, members=a_member(number, phone=None, at=NOON + timedelta(minutes=number // 2)))

        first = await show.members(PageRequest(2))
        second = await show.members(PageRequest(2, first.next_cursor))
        third = await show.members(PageRequest(2, second.next_cursor))

        shown = [view.member_id.int for page in (first, second, third) for view in page.items]
        assert shown == [5, 4, 3, 2, 1]
        assert third.next_cursor is None

    async def test_a_member_is_found_by_phone_and_by_login(self, begin: Opens, show: AccountsQueries) -> None:
        """GEN-R23: what nobody has finds nobody, and a name of staff is no member's."""
        await save(begin, members=a_member(1))
        await save(begin, logins=a_login(UUID(int=1)))
        await save(begin, members=a_member(2, phone=None))

        view = await show.member(MemberId(UUID(int=1)))
        assert view is not None and view.phone is not None
        assert await show.member_phoned(view.phone) == view == await show.member_named("li-lei")
        assert await show.member_phoned(OTHER_PHONE) is None
        assert await show.member_named("han-mei") is None

    async def test_a_login_name_means_one_account(self, begin: Opens, show: AccountsQueries) -> None:
        await save(begin, members=a_member(1))
        await save(begin, logins=a_login(UUID(int=1)))

        with pytest.raises(Taken) as refused:
            await save(begin, logins=a_login(UUID(int=2)))

        assert refused.value.rule == "logins.name"
        async with begin() as work:
            assert await work.logins.find("li-lei") == evolve(a_login(UUID(int=1)).state, version=1)
            assert await work.logins.find("han-mei") is None
            assert set(await work.logins.claim([UUID(int=1), UUID(int=2)])) == {UUID(int=1)}
        view = await show.member(MemberId(UUID(int=1)))
        assert view is not None and view.login == "li-lei"

    async def test_one_code_at_most_is_open_for_a_phone_and_a_purpose(self, begin: Opens) -> None:
        """R36"""
        await save(begin, challenges=a_challenge(1).issued())

        with pytest.raises(Taken) as refused:
            await save(begin, challenges=a_challenge(2).issued())

        assert refused.value.rule == "challenges.purpose+phone+line"

    async def test_a_newer_code_replaces_the_open_one_in_the_same_unit(self, begin: Opens) -> None:
        """R36"""
        await save(begin, challenges=a_challenge(1).issued())
        async with begin() as work:
            older = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")
            assert older is not None and older == evolve(a_challenge(1), version=1)
            work.challenges.save(older.replaced())
            work.challenges.save(a_challenge(2, at=NOON + timedelta(minutes=1)).issued(instead_of=older))
            await work.commit()

        async with begin() as work:
            latest = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")
            claimed = await work.challenges.claim([older.id])
            assert latest is not None and latest.id.int == 2
            assert claimed[older.id].status is ChallengeStatus.REPLACED
            assert await work.challenges.claim_latest(Purpose.RESET, PHONE, "") is None
            assert await work.challenges.claim_latest(Purpose.LOGIN, OTHER_PHONE, "") is None

    async def test_codes_of_two_lines_stand_beside_each_other(self, begin: Opens) -> None:
        """ACC-R1: what one asks for leaves the other's alone; one at most is open for each."""
        await save(begin, challenges=evolve(a_challenge(1), line="mine").issued())
        await save(begin, challenges=evolve(a_challenge(2), line="theirs").issued())

        async with begin() as work:
            mine = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "mine")
            theirs = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "theirs")
            nobodys = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")
        assert mine is not None and theirs is not None and nobodys is None
        assert (mine.id.int, mine.line, theirs.id.int, theirs.line) == (1, "mine", 2, "theirs")
        with pytest.raises(Taken):
            await save(begin, challenges=evolve(a_challenge(3), line="mine").issued())

    async def test_counters_are_read_as_they_are_claimed(self, begin: Opens) -> None:
        """ACC-R7: those never used are absent, and what was read may be changed."""
        allowance = Allowance(most=2, within=timedelta(minutes=1))
        await save(begin, counters=Slot.opened("a key", allowance, at=NOON))

        async with begin() as work:
            found = await work.counters.read(["a key", "never"])
            assert found == await work.counters.claim(["a key", "never"])
            more = found["a key"].take(allowance, at=NOON)
            assert more is not None
            work.counters.save(more)
            await work.commit()

        async with begin() as work:
            assert {key: one.used for key, one in (await work.counters.read(["a key"])).items()} == {"a key": 2}

    async def test_the_open_code_is_found_though_the_clock_of_who_issued_it_was_behind(self, begin: Opens) -> None:
        """R29, R36: else no newer code could take its place."""
        await save(begin, challenges=a_challenge(1).issued())
        async with begin() as work:
            older = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")
            assert older is not None
            work.challenges.save(older.replaced())
            work.challenges.save(a_challenge(2, at=NOON - timedelta(seconds=5)).issued(instead_of=older))
            await work.commit()

        async with begin() as work:
            latest = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")

        assert latest is not None and (latest.id.int, latest.status) == (2, ChallengeStatus.OPEN)

    async def test_a_session_is_found_by_its_token_with_what_its_account_may_do(
        self, begin: Opens, show: AccountsQueries
    ) -> None:
        """R36: a lost role or a ban counts with the next request."""
        await save(begin, members=a_member(71), sessions=a_session(1, "a token", ALICE).opened())
        clerk = a_staff(5, Role.CLERK)
        await save(begin, staff=clerk, sessions=a_session(2, "of staff", clerk.state.id, Subject.STAFF).opened())

        member, staff = await show.session(hash_of("a token")), await show.session(hash_of("of staff"))
        assert member is not None and (member.subject_id, member.is_active, member.roles) == (ALICE, True, ())
        assert staff is not None and (staff.is_active, staff.roles) == (True, (Role.CLERK,))
        assert await show.session(hash_of("another")) is None

        async with begin() as work:
            work.members.save((await work.members.get(ALICE)).ban(actor=SYSTEM, at=NOON))
            work.staff.save((await work.staff.get(clerk.state.id)).revoke(None, actor=SYSTEM, at=NOON))
            await work.commit()
        member, staff = await show.session(hash_of("a token")), await show.session(hash_of("of staff"))
        assert member is not None and not member.is_active
        assert staff is not None and not staff.is_active

    async def test_ending_all_sessions_spares_those_of_others_and_the_one_just_opened(
        self, begin: Opens, show: AccountsQueries
    ) -> None:
        """R36"""
        await save(begin, members=a_member(71), sessions=a_session(1, "old", ALICE).opened())
        await save(begin, sessions=a_session(2, "older", ALICE).opened())
        await save(begin, sessions=a_session(3, "of bob", BOB).opened())
        async with begin() as work:
            work.sessions.end_all(ALICE)
            work.sessions.save(a_session(4, "new", ALICE).opened())
            await work.commit()

        alive = [token for token in ("old", "older", "of bob", "new") if await show.session(hash_of(token)) is not None]

        assert alive == ["of bob", "new"]

    async def test_one_session_ends_alone_and_ending_it_twice_is_fine(self, begin: Opens, show: AccountsQueries) -> None:
        await save(begin, sessions=a_session(1, "one", ALICE).opened())
        await save(begin, sessions=a_session(2, "two", ALICE).opened())
        for _ in range(2):
            async with begin() as work:
                work.sessions.end(SessionId(UUID(int=1)))
                await work.commit()

        assert await show.session(hash_of("one")) is None
        assert await show.session(hash_of("two")) is not None

    async def test_staff_come_back_as_stored_and_admins_are_claimed(self, begin: Opens, show: AccountsQueries) -> None:
        clerk, admin = a_staff(1, Role.CLERK), a_staff(2, Role.FINANCE, Role.ADMIN)
        for change in (clerk, admin):
            await save(begin, staff=change, logins=a_login(change.state.id, f"staff-{change.state.id.int}", Subject.STAFF))

        async with begin() as work:
            assert await work.staff.get(clerk.state.id) == evolve(clerk.state, version=1)
            assert set(await work.staff.claim_admins()) == {admin.state.id}
            assert set(await work.staff.claim([clerk.state.id, StaffId(UUID(int=9))])) == {clerk.state.id}
        first = await show.staff(PageRequest(1))
        second = await show.staff(PageRequest(1, first.next_cursor))
        assert [view.roles for view in (*first.items, *second.items)] == [(Role.CLERK,), (Role.FINANCE, Role.ADMIN)]
        named = await show.staff_named("staff-2")
        assert named is not None and named.staff_id == admin.state.id
        assert await show.staff_named("nobody") is None

    async def test_what_ended_long_ago_is_swept_away(self, begin: Opens, show: AccountsQueries) -> None:
        """R40"""
        slot = Slot.opened("a key", Allowance(most=1, within=timedelta(minutes=5)), at=NOON)
        await save(begin, challenges=a_challenge(1).issued(), sessions=a_session(1, "short", ALICE).opened(), counters=slot)
        for later, is_there in ((timedelta(minutes=1), True), (timedelta(days=3), False)):
            async with begin() as work:
                swept = (work.challenges, work.sessions, work.counters)
                went = [await ended.sweep(NOON + later, 10) for ended in swept]
                await work.commit()
            assert went == [0 if is_there else 1] * 3

            async with begin() as work:
                assert bool(await work.counters.claim(["a key"])) is is_there
                assert (await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "") is not None) is is_there
            assert (await show.session(hash_of("short")) is not None) is is_there

    async def test_what_ended_goes_in_portions_the_oldest_first(self, begin: Opens) -> None:
        """R40: so nobody waits for long, however much there is."""
        for number in range(5):
            lasts = timedelta(minutes=5 - number)
            slot = Slot.opened(f"key {number}", Allowance(most=1, within=lasts), at=NOON)
            code = evolve(a_challenge(number), phone=Phone.parse(f"1390013800{number}"))
            logged_in = evolve(a_session(number, f"token {number}", ALICE), expires_at=NOON + lasts)
            await save(begin, challenges=code.issued(), sessions=logged_in.opened(), counters=slot)

        for left in (3, 1, 0, 0):
            async with begin() as work:
                swept = (work.challenges, work.sessions, work.counters)
                went = [await ended.sweep(NOON + timedelta(days=3), 2) for ended in swept]
                await work.commit()
            async with begin() as work:
                kept = await work.counters.claim([f"key {number}" for number in range(5)])
            assert sorted(kept) == [f"key {number}" for number in range(left)]
            assert max(went) <= 2 and len({*went}) == 1


def a_login(subject_id: UUID, name: str = "li-lei", subject: Subject = Subject.MEMBER) -> Change[Login]:
    """A name with a password."""
    return Login.created(subject=subject, subject_id=subject_id, name=name, password_hash="$quick$1")  # noqa: S106


def a_session(number: int, token: str, subject_id: UUID, subject: Subject = Subject.MEMBER) -> Session:
    """Somebody logged in for an hour."""
    return Session(
        id=SessionId(UUID(int=number)), token_hash=hash_of(token), subject=subject, subject_id=subject_id,
        created_at=NOON, expires_at=NOON + timedelta(hours=1),
    )  # fmt: skip


def a_staff(number: int, *roles: Role) -> Change[Staff]:
    """Somebody who works here."""
    return Staff.added(id=StaffId(UUID(int=number)), name="Wang", roles=roles, actor=SYSTEM, at=NOON)


async def save(begin: Opens, **changes: Change[Any]) -> None:
    """Store changes by the name of their collection, in one unit."""
    async with begin() as work:
        for name, change in changes.items():
            getattr(work, name).save(change)
        await work.commit()
