"""What costs is counted before it is done, and whoever floods pays for it alone (ACC-R7, R36)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from attrs import evolve

from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.turns import Portions
from retail_domain.accounts import (
    AccountRules,
    Allowance,
    ChangePassword,
    ChangePhone,
    CodeWrong,
    LoggedIn,
    LoginFailed,
    LogInWithCode,
    LogInWithPassword,
    NameTaken,
    Proof,
    Purpose,
    Register,
    ResetPassword,
    Role,
    SmsNotSent,
    TooManyTries,
    WelcomeLine,
    phone_number,
)
from retail_domain.kernel.errors import DomainError, InvalidInput, Unavailable
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import GENEROUS, OTHER_PHONE, PHONE
from tests.support.accounts import MINUTE, PASSWORD, SYSTEM, AccountsShop, a_shop

ANOTHER = "battery staple"
FLOODER, STRANGER = "203.0.113.9", "198.51.100.7"
NEVER_WAS = Proof(challenge_id=ChallengeId(UUID(int=404)), code="000000", client=FLOODER)


def twisted(proof: Proof) -> Proof:
    return evolve(proof, code="000000" if proof.code != "000000" else "111111")


async def log_in(shop: AccountsShop, client: str, password: str = PASSWORD, login: str = "li-lei") -> None:
    await shop.accounts.log_in_with_password(LogInWithPassword(login=login, password=password, client=client))


async def guess(shop: AccountsShop, client: str, times: int, login: str = "li-lei") -> None:
    for _ in range(times):
        with pytest.raises(LoginFailed):
            await log_in(shop, client, "wrong horse", login)


class TestProofFirst:
    """ACC-R7: the dear step comes last."""

    @pytest.mark.parametrize("kind", ["made up", "wrong code", "other purpose"])
    async def test_nothing_is_hashed_for_who_proves_nothing(self, kind: str) -> None:
        shop = a_shop()
        await shop.register()
        hashed = shop.passwords.hashed
        sent = await shop.code(purpose=Purpose.LOGIN if kind == "other purpose" else Purpose.RESET)
        proof = {"made up": NEVER_WAS, "wrong code": twisted(sent), "other purpose": sent}[kind]

        for doing in (
            shop.accounts.reset_password(ResetPassword(proof=proof, password=ANOTHER)),
            shop.accounts.register(Register(proof=proof, login="another", password=ANOTHER)),
        ):
            with pytest.raises(CodeWrong):
                await doing

        assert shop.passwords.hashed == hashed

    async def test_nothing_is_hashed_for_a_name_in_use_or_a_phone_without_an_account(self) -> None:
        shop = a_shop()
        await shop.register()
        hashed = shop.passwords.hashed

        taken = Register(proof=await shop.code(OTHER_PHONE, Purpose.REGISTER), login="li-lei", password=ANOTHER)
        nobodys = ResetPassword(proof=await shop.code(OTHER_PHONE, Purpose.RESET), password=ANOTHER)
        for doing in (shop.accounts.register(taken), shop.accounts.reset_password(nobodys)):
            with pytest.raises(DomainError):
                await doing

        assert shop.passwords.hashed == hashed

    async def test_one_right_code_buys_so_many_hashes_however_many_ask_at_once(self) -> None:
        """A code that is right and stays unused would else buy any number."""
        shop = a_shop(evolve(GENEROUS, hashes_per_phone=Allowance(most=2, within=15 * MINUTE)))
        await shop.register()
        hashed = shop.passwords.hashed
        proof = await shop.code(purpose=Purpose.RESET)
        shop.clock.advance(minutes=1)

        told = await asyncio.gather(
            *(shop.accounts.reset_password(ResetPassword(proof=proof, password=ANOTHER)) for _ in range(9)),
            return_exceptions=True,
        )

        assert shop.passwords.hashed - hashed <= 2
        assert [isinstance(one, DomainError) for one in told].count(False) == 1

    async def test_a_right_code_still_works_after_the_check(self) -> None:
        shop = a_shop()
        await shop.register()

        opened = await shop.accounts.reset_password(
            ResetPassword(proof=await shop.code(purpose=Purpose.RESET), password=ANOTHER)
        )

        assert await shop.is_alive(opened)
        await log_in(shop, STRANGER, ANOTHER)

    @pytest.mark.parametrize("kind", ["made up", "wrong code"])
    async def test_wrong_codes_are_counted_for_the_line_that_sent_them_and_for_nobody_else(self, kind: str) -> None:
        """Also those for challenges that never were: looking one up is not free."""
        shop = a_shop(evolve(GENEROUS, guesses_per_address=Allowance(most=3, within=15 * MINUTE)))
        wrong = NEVER_WAS if kind == "made up" else evolve(twisted(await shop.code()), client=FLOODER)
        for _ in range(3):
            with pytest.raises(CodeWrong):
                await shop.accounts.log_in_with_code(LogInWithCode(proof=wrong))

        with pytest.raises(TooManyTries):
            await shop.accounts.log_in_with_code(LogInWithCode(proof=wrong))
        with pytest.raises(TooManyTries):
            await shop.accounts.reset_password(ResetPassword(proof=wrong, password=ANOTHER))
        right = evolve(await shop.code(OTHER_PHONE), client=STRANGER)
        assert await shop.is_alive(await shop.accounts.log_in_with_code(LogInWithCode(proof=right)))

    async def test_a_registration_code_asks_about_five_names_at_most(self) -> None:
        """Whether a name is in use is a member's secret, and every question costs a try of the code."""
        shop = a_shop()
        await shop.register()
        proof = await shop.code(OTHER_PHONE, Purpose.REGISTER)
        for _ in range(5):
            with pytest.raises(NameTaken):
                await shop.accounts.register(Register(proof=proof, login="li-lei", password=ANOTHER))

        with pytest.raises(TooManyTries):
            await shop.accounts.register(Register(proof=proof, login="li-lei", password=ANOTHER))


class TestTheAttackedDoesNotPay:
    """ACC-R7: a limit is paid by whoever comes up against it."""

    @pytest.mark.parametrize("is_staff", [False, True])
    async def test_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out(self, is_staff: bool) -> None:
        shop = a_shop(AccountRules())
        await (shop.staff("li-lei", Role.CLERK) if is_staff else shop.register())
        await guess(shop, FLOODER, 10)

        with pytest.raises(TooManyTries):
            await log_in(shop, FLOODER)
        await log_in(shop, STRANGER)

    async def test_where_somebody_is_at_home_not_even_many_lines_together_lock_them_out(self) -> None:
        shop = a_shop(evolve(GENEROUS, tries_per_name=Allowance(most=6, within=15 * MINUTE)))
        await shop.register()
        await log_in(shop, STRANGER)
        for number in range(6):
            await guess(shop, f"203.0.{number}.9", 1)

        with pytest.raises(TooManyTries):
            await log_in(shop, "192.0.2.1")
        await log_in(shop, STRANGER)
        await guess(shop, STRANGER, 1)  # and guesses from there do not fill up the brake for others
        shop.clock.advance(minutes=15)
        await log_in(shop, "192.0.2.1")

    async def test_many_lines_that_guess_together_are_slowed_down(self) -> None:
        shop = a_shop(AccountRules())
        await shop.register()
        for number in range(50):
            await guess(shop, f"203.0.113.{number}", 1)

        with pytest.raises(TooManyTries):
            await log_in(shop, "203.0.113.50")

    async def test_staff_who_are_braked_everywhere_have_a_second_way(self) -> None:
        """Whoever runs the shop's machine says where they are; from there no brake holds, and the password is still wanted."""
        shop = a_shop(evolve(GENEROUS, tries_per_name=Allowance(most=2, within=15 * MINUTE)))
        await shop.staff("boss", Role.ADMIN)
        for number in range(2):
            await guess(shop, f"203.0.{number}.9", 1, "boss")
        with pytest.raises(TooManyTries):
            await log_in(shop, STRANGER, login="boss")

        await shop.accounts.welcome_line(WelcomeLine(login="Boss", client=STRANGER, actor=SYSTEM))

        await log_in(shop, STRANGER, login="boss")
        await guess(shop, STRANGER, 1, "boss")
        with pytest.raises(TooManyTries):
            await log_in(shop, "192.0.2.1", login="boss")
        assert "staff.welcome" in [one.action for one in (await shop.accounts.show.trail(PageRequest())).items]

    async def test_guesses_at_the_own_password_are_limited(self) -> None:
        """A stolen session does not find the password out."""
        shop = a_shop(AccountRules())
        opened = await shop.register()
        principal = await shop.accounts.authenticate(opened.token)
        wrong = ChangePassword(principal=principal, current="wrong horse", password=ANOTHER)
        for _ in range(10):
            with pytest.raises(LoginFailed):
                await shop.accounts.change_password(wrong)

        with pytest.raises(TooManyTries):
            await shop.accounts.change_password(wrong)
        compared = len(shop.passwords.compared)
        with pytest.raises(TooManyTries):
            await shop.accounts.change_password(evolve(wrong, current=PASSWORD))
        assert len(shop.passwords.compared) == compared
        shop.clock.advance(minutes=15)
        for _ in range(12):  # right ones do not count
            opened = await shop.accounts.change_password(evolve(wrong, current=PASSWORD, password=PASSWORD))


class TestAStolenSessionIsNotTheAccount:
    """ACC-R8"""

    async def test_a_code_to_the_new_phone_alone_changes_nothing(self) -> None:
        shop = a_shop()
        opened = await shop.register()
        other = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE)
        mine = ChangePhone(member_id=opened.member_id, proof=other)
        third = await shop.code(phone_number("13700137000"), Purpose.CHANGE_PHONE)
        right_elsewhere = await shop.code(PHONE, Purpose.LOGIN)

        for command, refusal in (
            (mine, InvalidInput),
            (evolve(mine, password="wrong horse"), LoginFailed),
            (evolve(mine, old_proof=other), CodeWrong),
            (evolve(mine, old_proof=third), CodeWrong),
            (evolve(mine, old_proof=right_elsewhere), CodeWrong),
        ):
            with pytest.raises(refusal):
                await shop.accounts.change_phone(command)

        assert await shop.is_alive(opened) and (await shop.log_in(PHONE)).member_id == opened.member_id

    @pytest.mark.parametrize("way", ["password", "old phone"])
    async def test_with_the_password_or_a_code_to_the_old_phone_it_changes_and_the_old_phone_is_told(self, way: str) -> None:
        shop = a_shop()
        opened = await shop.register()
        proof = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE)
        command = ChangePhone(member_id=opened.member_id, proof=proof)
        if way == "password":
            command = evolve(command, password=PASSWORD)
        else:
            command = evolve(command, old_proof=await shop.code(PHONE, Purpose.CHANGE_PHONE))

        new = await shop.accounts.change_phone(command)

        told = shop.sms.sent[-1]
        assert (told.to, told.template, told.parameters) == (PHONE, "phone_changed", {"phone": OTHER_PHONE.masked})
        assert await shop.is_alive(new) and not await shop.is_alive(opened)

    async def test_a_provider_in_trouble_does_not_undo_the_change(self) -> None:
        shop = a_shop()
        opened = await shop.register()
        command = ChangePhone(
            member_id=opened.member_id, proof=await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE), password=PASSWORD
        )
        shop.sms.trouble = SmsNotSent()

        assert await shop.is_alive(await shop.accounts.change_phone(command))

    async def test_guesses_at_the_password_on_this_way_count_with_the_others(self) -> None:
        shop = a_shop(AccountRules())
        opened = await shop.register()
        shop.clock.advance(minutes=1)
        command = ChangePhone(
            member_id=opened.member_id, proof=await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE), password="wrong horse"
        )
        for _ in range(10):
            with pytest.raises(LoginFailed):
                await shop.accounts.change_phone(command)

        with pytest.raises(TooManyTries):
            await shop.accounts.change_phone(command)

    async def test_a_wrong_code_to_one_phone_leaves_the_right_one_of_the_other_good(self) -> None:
        shop = a_shop()
        opened = await shop.register()
        proof, so_far = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE), await shop.code(PHONE, Purpose.CHANGE_PHONE)
        for wrong in ((twisted(proof), so_far), (proof, twisted(so_far))):
            with pytest.raises(CodeWrong):
                await shop.accounts.change_phone(ChangePhone(member_id=opened.member_id, proof=wrong[0], old_proof=wrong[1]))

        await shop.accounts.change_phone(ChangePhone(member_id=opened.member_id, proof=proof, old_proof=so_far))


class TestTurnedAway:
    """ACC-R7: whoever is turned away because all together wait for a hash has tried nothing."""

    @pytest.mark.parametrize("way", ["log in", "log in as nobody", "register", "reset", "change password", "change phone"])
    async def test_a_try_that_was_not_made_is_not_counted(self, way: str) -> None:
        """However often: afterwards as many tries are left as before."""
        shop = a_shop(evolve(GENEROUS, hashes_per_phone=Allowance(most=20, within=15 * MINUTE)))
        opened = await shop.register()
        doing = await self.asked(shop, way, opened)
        before = self.used(shop)
        shop.passwords.is_full = True
        for _ in range(3):
            with pytest.raises(Unavailable):
                await doing()

        assert {key: used for key, used in self.used(shop).items() if used > before.get(key, 0)} == {}
        shop.passwords.is_full = False
        if way == "log in as nobody":
            with pytest.raises(LoginFailed):
                await doing()
        else:
            await doing()

    async def test_a_line_that_has_all_its_own_waits_pays_for_its_tries(self) -> None:
        """Else whoever keeps the hasher busy would guess without a count."""
        shop = a_shop(evolve(GENEROUS, tries_per_address=Allowance(most=3, within=15 * MINUTE)))
        await shop.register()

        async def refused() -> None:
            raise TooManyTries(retry_after_seconds=1)

        for _ in range(3):
            shop.passwords.meanwhile = refused
            with pytest.raises(TooManyTries):
                await log_in(shop, FLOODER)
        compared = len(shop.passwords.compared)
        with pytest.raises(TooManyTries):
            await log_in(shop, FLOODER)
        assert len(shop.passwords.compared) == compared

    async def asked(self, shop: AccountsShop, way: str, opened: LoggedIn) -> Callable[[], Awaitable[object]]:
        """One of the calls that count a try and then wait for a hash."""
        accounts = shop.accounts
        if way.startswith("log in"):
            return lambda: log_in(shop, STRANGER, login="li-lei" if way == "log in" else "nobody")
        if way == "register":
            register = Register(proof=await shop.code(OTHER_PHONE, Purpose.REGISTER), login="another", password=ANOTHER)
            return lambda: accounts.register(register)
        if way == "reset":
            reset = ResetPassword(proof=await shop.code(purpose=Purpose.RESET), password=ANOTHER)
            return lambda: accounts.reset_password(reset)
        if way == "change password":
            principal = await accounts.authenticate(opened.token)
            change = ChangePassword(principal=principal, current=PASSWORD, password=ANOTHER)
            return lambda: accounts.change_password(change)
        proof = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE)
        phone = ChangePhone(member_id=opened.member_id, proof=proof, password=PASSWORD)
        return lambda: accounts.change_phone(phone)

    def used(self, shop: AccountsShop) -> dict[str, int]:
        """How much of each allowance is used."""
        return {key: slot.used for key, slot in shop.memory.table("send_slots").items()}


class TestTurnsAtTheHasher:
    """ACC-R7: who waits for a hash waits by line, and nobody else waits for him."""

    async def test_a_line_that_has_its_share_of_waits_is_refused_and_a_stranger_is_next(self) -> None:
        portions = Portions(at_once=1, at_once_each=1, waiting=20, waiting_each=5)
        passwords, order = Argon2Passwords(portions), list[str]()

        async def ask(client: str) -> None:
            await passwords.matches(None, "x", client)
            order.append(client)

        flood = [asyncio.ensure_future(ask(FLOODER)) for _ in range(20)]
        await asyncio.sleep(0)
        await ask(STRANGER)
        told = await asyncio.gather(*flood, return_exceptions=True)

        assert order.index(STRANGER) <= 1
        assert [isinstance(one, TooManyTries) for one in told].count(True) == 14

    async def test_all_who_wait_together_have_a_limit(self) -> None:
        passwords = Argon2Passwords(Portions(at_once=1, at_once_each=1, waiting=3, waiting_each=1))
        told = await asyncio.gather(
            *(passwords.matches(None, "x", f"203.0.113.{number}") for number in range(9)), return_exceptions=True
        )

        assert [isinstance(one, Unavailable) for one in told].count(True) == 5
