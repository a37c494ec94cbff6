"""Whoever is asked about, the database is asked the same (R33, R36: the same statements in the same order)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from retail_domain.accounts import (
    LoginFailed,
    LogInWithPassword,
    MemberView,
    NoPasswordAccount,
    Purpose,
    ResetPassword,
    UpdateProfile,
)
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import OTHER_PHONE, PHONE
from tests.support.accounts import PASSWORD, AccountsShop, recorded_shop
from tests.support.stores import Place, place_of

Recorded = tuple[AccountsShop, list[str]]


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Both databases."""
    return place_of(request)


@pytest.fixture
async def recorded(place: Place) -> AsyncIterator[Recorded]:
    """A shop where one member is registered, and the names of its statements from now on."""
    async with recorded_shop(place) as (shop, names):
        await shop.register("li-lei", PHONE)
        names.clear()
        yield shop, names


async def test_a_code_for_a_known_number_and_for_an_unknown_one_take_the_same_statements(recorded: Recorded) -> None:
    """R36"""
    shop, names = recorded
    for purpose in (Purpose.LOGIN, Purpose.RESET):
        known = await statements(shop.code(PHONE, purpose), names)
        unknown = await statements(shop.code(OTHER_PHONE, purpose), names)

        assert without_first_use(unknown) == without_first_use(known)
        assert not any("members" in name or "logins" in name for name in known + unknown)


async def test_a_wrong_password_and_an_unknown_name_take_the_same_statements(recorded: Recorded) -> None:
    """R36"""
    shop, names = recorded
    tried = []
    for login in ("li-lei", "nobody"):
        command = LogInWithPassword(login=login, password="wrong horse")
        tried.append(await statements(refused(shop.accounts.log_in_with_password(command)), names))

    assert "logins.find" in tried[0]
    assert [without_first_use(one) for one in tried] == [without_first_use(tried[0])] * 2
    assert shop.passwords.compared == [True, False]


async def test_authentication_asks_the_database_once(recorded: Recorded) -> None:
    """R36: the session's row decides with each request, so a revoked one ends at once."""
    shop, names = recorded
    opened = await shop.log_in()

    assert await statements(shop.accounts.authenticate(opened.token), names) == ["sessions.show"]


async def test_an_account_is_locked_before_its_login_whatever_is_done_to_both(recorded: Recorded) -> None:
    """R31, GEN-R16: in two orders, who logs in and who changes the profile would wait for each other."""
    shop, names = recorded
    member_id = (await shop.log_in()).member_id
    assert member_id is not None
    proof = await shop.code(PHONE, Purpose.RESET)
    doings = (
        shop.accounts.log_in_with_password(LogInWithPassword(login="li-lei", password=PASSWORD)),
        shop.accounts.update_profile(UpdateProfile(member_id=member_id, name="Lei")),
        shop.accounts.reset_password(ResetPassword(proof=proof, password="another horse")),
    )

    for doing in doings:
        locked = [name for name in await statements(doing, names) if name.partition(".claim")[1]]
        both = [name.partition(".")[0] for name in locked if name.startswith(("members.", "logins."))]
        assert both in (["members", "logins"], ["members", "logins"] * 2)  # a reset looks in one unit and stores in another


async def test_nothing_written_by_logging_in_holds_a_code_a_token_or_a_password(recorded: Recorded) -> None:
    """R41, R40: the stored member shows the phone to its owner only."""
    shop, _ = recorded
    await shop.log_in()

    (view,) = (await shop.accounts.show.members(PageRequest())).items

    assert isinstance(view, MemberView)
    assert PHONE.e164 not in repr(view) and "li-lei" not in repr(view)


async def test_a_reset_refused_for_want_of_an_account_tells_only_who_holds_the_phone(recorded: Recorded) -> None:
    shop, _ = recorded
    proof = await shop.code(OTHER_PHONE, Purpose.RESET)

    with pytest.raises(NoPasswordAccount):
        await shop.accounts.reset_password(ResetPassword(proof=proof, password="another horse"))


async def refused(work: object) -> None:
    with pytest.raises(LoginFailed):
        await work  # type: ignore[misc]


async def statements(work: object, names: list[str]) -> list[str]:
    """The names of the statements that carrying this out takes."""
    names.clear()
    await work  # type: ignore[misc]
    return list(names)


def without_first_use(names: list[str]) -> list[str]:
    """A counter's first use is an insert, a later one an update; which it is says nothing about the account."""
    kept = [name for name in names if not name.startswith("send_slots.")]
    return [*kept, *sorted({name.partition(".")[0] for name in names if name.startswith("send_slots.")})]
