"""The races every store of accounts survives: limits hold however many try at once (R36).

Subclass it like `AccountsContract`, with the same fixtures.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from retail_domain.accounts import (
    AccountsQueries,
    AccountsWork,
    AddAddress,
    Address,
    AddressBook,
    AddressBookFull,
    Allowance,
    ChallengeStatus,
    ChangeRoles,
    CodeWrong,
    ContactAsTyped,
    LastAdmin,
    LoggedIn,
    LogInWithCode,
    Proof,
    Purpose,
    Role,
    SendCode,
    TooManyCodes,
    TooManyTries,
)
from retail_domain.accounts.use_cases.addresses import add_address
from retail_domain.accounts.use_cases.log_in_with_code import log_in_with_code
from retail_domain.accounts.use_cases.send_code import issue_code
from retail_domain.accounts.use_cases.staff import change_roles
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError, Retry, Stale, Taken
from retail_domain.kernel.frames import Called, answering, deciding
from retail_domain.kernel.ids import AddressId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.accounts import ALICE, SYSTEM, Opens, a_staff, save
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.means import means_of
from retail_domain.testing.people import (
    GENEROUS,
    NOON,
    PHONE,
    PlainSealer,
    a_challenge,
    a_contact,
    renumbered,
)

TYPED = ContactAsTyped(recipient="韩梅梅", phone=PHONE, region_code="440305", detail="科技园路 1 号", region="广东省 深圳市")


@pytest.mark.asyncio
class AccountRacesContract:
    """What every store of accounts promises under racing."""

    async def test_of_twenty_guesses_at_once_five_are_heard(self, begin: Opens) -> None:
        """R36: at most five tries per code, however many rivals guess."""
        await save(begin, challenges=renumbered(a_challenge(1), 1).issued())
        handler = log_in_handler(begin)

        told = await at_once([partial(handler, guess(f"{number:06}")) for number in range(20)])

        assert told[CodeWrong] == 5
        assert told[TooManyTries] == 15
        async with begin() as work:
            latest = await work.challenges.claim_latest(Purpose.LOGIN, PHONE, "")
            assert latest is not None and (latest.tries, latest.status) == (5, ChallengeStatus.BURNT)

    async def test_of_ten_who_know_the_code_one_gets_in(self, begin: Opens, show: AccountsQueries) -> None:
        """R36: single use."""
        await save(begin, challenges=a_challenge(1, code="314159").issued())
        handler = log_in_handler(begin)

        told = await at_once([lambda: handler(guess("314159")) for _ in range(10)])

        assert told[None] == 1
        assert len((await show.members(PageRequest())).items) == 1

    async def test_of_twelve_codes_asked_for_at_once_as_many_are_issued_as_allowed(self, begin: Opens) -> None:
        """R36: the slot is taken before the code is issued."""
        rules = evolve(GENEROUS, codes_per_phone=(Allowance(most=3, within=timedelta(hours=1)),))
        handler = answering(begin, issue_code, means_of(SettableClock(NOON)), PlainSealer(), rules)

        told = await at_once([lambda: handler(SendCode(phone=PHONE, purpose=Purpose.LOGIN)) for _ in range(12)])

        assert told[None] == 3
        assert told[TooManyCodes] == 9

    async def test_two_admins_cannot_revoke_each_other_at_once(self, begin: Opens) -> None:
        one, other = a_staff(1, Role.ADMIN), a_staff(2, Role.ADMIN)
        await save(begin, staff=one)
        await save(begin, staff=other)
        handler = deciding(begin, change_roles, means_of(SettableClock(NOON)))
        wanted = [ChangeRoles(staff_id=change.state.id, actor=SYSTEM, revoke=None) for change in (one, other)]

        told = await at_once([partial(handler, command) for command in wanted])

        assert told == {None: 1, LastAdmin: 1}

    async def test_the_fiftieth_address_is_written_once_however_many_try(self, begin: Opens, show: AccountsQueries) -> None:
        ids = CountingIds(series=7)
        addresses = tuple(Address(id=AddressId(ids.new()), contact=a_contact(), created_at=NOON) for _ in range(49))
        full = AddressBook(member_id=ALICE, addresses=addresses, default_id=addresses[0].id)
        await save(begin, addresses=Change(None, full))
        handler = deciding(begin, add_address, means_of(SettableClock(NOON), ids))

        told = await at_once([lambda: handler(AddAddress(member_id=ALICE, contact=TYPED)) for _ in range(6)])

        assert told == {None: 1, AddressBookFull: 5}
        assert len((await show.address_book(ALICE)).addresses) == 50


def guess(code: str) -> LogInWithCode:
    """A try at the first challenge."""
    return LogInWithCode(proof=Proof(challenge_id=a_challenge(1).id, code=code))


def log_in_handler(begin: Begin[AccountsWork]) -> Called[LogInWithCode, LoggedIn]:
    """Logging in by code on this store."""
    return answering(begin, log_in_with_code, means_of(SettableClock(NOON)), PlainSealer(), GENEROUS)


async def at_once(asks: list[Callable[[], Awaitable[object]]]) -> Counter[type[DomainError] | None]:
    """Ask all at once, again after lost races; how many got an answer (None) and how many which refusal."""
    return Counter(await asyncio.gather(*(_asked(ask) for ask in asks)))


async def _asked(ask: Callable[[], Awaitable[object]]) -> type[DomainError] | None:
    while True:
        try:
            await ask()
        except (Stale, Retry, Taken):
            await asyncio.sleep(0)
        except DomainError as refused:
            return type(refused)
        else:
            return None
