"""Members check in once a day of the shop (PTS-R4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from retail_adapters.assemble import Outside, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain import membership
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.once import Once
from retail_domain.membership import AlreadyCheckedIn, CheckIn, CheckInToday, MemberCheckedIn, ShowCheckIns
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.membership import MONDAY, CheckInsContract
from retail_domain.testing.goods import NOON, member_id
from tests.e2e.whole_shop import a_whole_shop
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of

ALICE = member_id(1)
DAY = timedelta(days=1)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings(membership.EVENTS)) as store:
        yield store.begin


class TestCheckIns(CheckInsContract):
    """Check-ins, on every store."""


@given(st.lists(st.integers(1, 3), max_size=12))
def test_a_streak_counts_the_days_that_follow_one_another(gaps: list[int]) -> None:
    """PTS-R4: as a naive count over all days says."""
    days, last = [MONDAY], CheckIn.made(ALICE, MONDAY, None, at=NOON).state
    for gap in gaps:
        days.append(days[-1] + gap * DAY)
        change = CheckIn.made(ALICE, days[-1], last, at=NOON)
        last = change.state
        streak = next(n for n in range(1, len(days) + 2) if days[-1] - n * DAY not in days)
        assert change.events == (MemberCheckedIn(at=NOON, member_id=ALICE, day=days[-1], streak=streak),)


@pytest.mark.parametrize("ahead", [0, 1])
def test_nobody_checks_in_twice_a_day_nor_before_their_last_day(ahead: int) -> None:
    """PTS-R4: a clock that is behind gives no second chance."""
    last = CheckIn.made(ALICE, MONDAY + ahead * DAY, None, at=NOON).state
    with pytest.raises(AlreadyCheckedIn):
        CheckIn.made(ALICE, MONDAY, last, at=NOON)


async def test_a_month_shows_its_days_and_how_the_member_stands_today() -> None:
    """PTS-R4: the streak goes on until a day is missed, and the day begins where the shop stands (GEN-R6)."""
    clock = SettableClock(datetime(2026, 5, 30, 15, 30, tzinfo=UTC))  # half past eleven in the evening, in Shanghai
    calendar = Calendar(timezone(timedelta(hours=8)))
    shop = on_memory(Outside(clock=clock, policies=Policies(calendar=calendar))).membership
    for _ in range(3):
        await shop.check_in(CheckInToday(member_id=ALICE))
        clock.advance(days=1)
    with_streak = await shop.show_check_ins(ShowCheckIns(member_id=ALICE))
    clock.advance(days=1)
    without = await shop.show_check_ins(ShowCheckIns(member_id=ALICE, month=date(2026, 5, 9)))

    assert [one.day for one in with_streak.days] == [date(2026, 6, 1)]
    assert (with_streak.month, with_streak.has_checked_in, with_streak.streak) == (date(2026, 6, 1), False, 3)
    assert [one.day.day for one in without.days] == [30, 31]
    assert (without.today, without.has_checked_in, without.streak) == (date(2026, 6, 3), False, 0)


async def test_of_many_requests_at_once_one_counts_and_its_repeats_are_told_the_same() -> None:
    """PTS-R4, R17."""
    shop = on_memory(Outside(clock=SettableClock(NOON))).membership
    keyed = CheckInToday(member_id=ALICE, once=Once(principal="alice", operation="check_in", key="k", fingerprint="f"))
    wishes = [keyed, *[CheckInToday(member_id=ALICE)] * 4, keyed]
    told = await asyncio.gather(*map(shop.check_in, wishes), return_exceptions=True)

    assert told[0] == told[-1] == await shop.check_in(keyed)
    assert all(isinstance(one, AlreadyCheckedIn) for one in told[1:-1])


async def test_members_check_in_and_leaf_through_their_calendar_over_http() -> None:
    """PTS-R4"""
    shop = await a_whole_shop()
    async with shop.knocking("alice") as alice, shop.knocking() as anybody:
        made, again = [await alice.post("/v1/me/check-ins") for _ in range(2)]
        now, before = [await alice.get("/v1/me/check-ins", params=one) for one in ({}, {"month": "2025-12"})]
        odd = [await alice.get("/v1/me/check-ins", params={"month": one}) for one in ("2026-13", "0000-01", "9999-12", "x")]
        refused = await anybody.get("/v1/me/check-ins")

    today = {"day": "2026-01-31", "streak": 1}
    assert (made.status_code, made.json()) == (201, today | {"points": 0})
    assert (again.status_code, again.json()["code"]) == (409, "membership.already_checked_in")
    assert now.json() == {
        "month": "2026-01-01", "today": "2026-01-31", "days": [today | {"at": "2026-01-31T12:00:00Z"}],
        "has_checked_in": True, "streak": 1,
    }  # fmt: skip
    assert before.json()["days"] == [] and before.json()["streak"] == 1
    assert [one.status_code for one in odd] == [400, 400, 422, 400] and refused.status_code == 401
