"""Names, passwords and sessions: how they begin, and that they end at once (R36, ACC-R2)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from attrs import evolve

from retail_adapters.system.common_passwords import is_common
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.sealer import HmacSealer
from retail_domain.accounts import (
    AccountBlocked,
    AccountRules,
    AdmitMember,
    Allowance,
    BanMember,
    ChangePassword,
    ChangePhone,
    CodeWrong,
    LoggedIn,
    LoginFailed,
    LogInWithCode,
    LogInWithPassword,
    LogOut,
    MemberNotFound,
    NameTaken,
    NoPasswordAccount,
    PhoneTaken,
    Purpose,
    Register,
    ResetPassword,
    Role,
    SessionInvalid,
    TooManyTries,
    UpdateProfile,
    good_password,
    login_name,
)
from retail_domain.accounts.model.session import hash_of
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.testing.people import GENEROUS, OTHER_PHONE, PHONE
from tests.support.accounts import MINUTE, PASSWORD, SYSTEM, AccountsShop, a_shop

ANOTHER = "battery staple"
NOBODY = UUID(int=404)


async def by_name(shop: AccountsShop, login: str = "li-lei", password: str = PASSWORD, client: str = "") -> LoggedIn:
    return await shop.accounts.log_in_with_password(LogInWithPassword(login=login, password=password, client=client))


class TestNames:
    @pytest.mark.parametrize("spelling", ["Li-Lei", " li-lei ", "ＬＩ-lei"])
    async def test_a_name_has_one_spelling(self, spelling: str) -> None:
        shop = a_shop()
        opened = await shop.register("li-lei")

        assert (await by_name(shop, spelling)).member_id == opened.member_id

    @pytest.mark.parametrize("name", ["ab", "13800138000", "123456", "a b", "a\x00bc", "x" * 41, "", ".abc", "a'--", "<b>ob"])
    def test_what_is_no_name_is_refused(self, name: str) -> None:
        with pytest.raises(InvalidInput):
            login_name(name)

    @pytest.mark.parametrize("name", ["李雷_01", "li.lei@example", "abc", "x" * 40])
    def test_names_may_be_chinese(self, name: str) -> None:
        assert login_name(name) == name

    @pytest.mark.parametrize(
        "password", ["", "short", "12345678", "Password", "aaaaaaaaa", "li-lei-li", "x" * 129, "nul\x00 in it"]
    )
    def test_a_password_that_is_guessed_first_is_refused(self, password: str) -> None:
        with pytest.raises(InvalidInput):
            good_password(password, "li-lei-li", is_common)


class TestRegistering:
    async def test_a_registered_member_logs_in_by_name(self) -> None:
        shop = a_shop()
        opened = await shop.register()

        again = await by_name(shop)

        assert again.member_id == opened.member_id and again.token != opened.token

    async def test_a_name_in_use_is_only_told_to_who_holds_the_phone_and_the_code_stays_good(self) -> None:
        shop = a_shop()
        await shop.register()
        proof = await shop.code(OTHER_PHONE, Purpose.REGISTER)
        wrong = evolve(proof, code="000000")

        with pytest.raises(CodeWrong):
            await shop.accounts.register(Register(proof=wrong, login="li-lei", password=ANOTHER))
        with pytest.raises(NameTaken):
            await shop.accounts.register(Register(proof=proof, login="Li-Lei", password=ANOTHER))

        opened = await shop.accounts.register(Register(proof=proof, login="han-mei", password=ANOTHER, name="韩梅梅"))
        assert opened.member_id is not None
        view = await shop.accounts.show.member(opened.member_id)
        assert view is not None and (view.name, view.login) == ("韩梅梅", "han-mei")

    async def test_who_logged_in_by_code_so_far_gets_a_password_for_the_same_account(self) -> None:
        shop = a_shop()
        by_code = await shop.log_in()

        assert (await shop.register()).member_id == by_code.member_id

    async def test_a_phone_has_one_password_account(self) -> None:
        shop = a_shop()
        await shop.register()

        with pytest.raises(PhoneTaken):
            await shop.register("another")

    async def test_a_walk_in_has_no_phone_and_a_known_phone_is_not_admitted_twice(self) -> None:
        shop = a_shop()

        first = await shop.accounts.admit_member(AdmitMember(actor=SYSTEM))
        second = await shop.accounts.admit_member(AdmitMember(actor=SYSTEM, name="walk-in"))
        await shop.accounts.admit_member(AdmitMember(actor=SYSTEM, phone=PHONE))

        assert first != second
        with pytest.raises(PhoneTaken):
            await shop.accounts.admit_member(AdmitMember(actor=SYSTEM, phone=PHONE))


class TestWrongPasswords:
    """R36: the same for names nobody has."""

    async def test_a_wrong_password_and_an_unknown_name_are_refused_alike_after_one_comparison_each(self) -> None:
        shop = a_shop()
        await shop.register()

        with pytest.raises(LoginFailed) as wrong:
            await by_name(shop, password="wrong horse")
        with pytest.raises(LoginFailed) as unknown:
            await by_name(shop, "nobody", password="wrong horse")

        assert shop.passwords.compared == [True, False]
        assert str(wrong.value) == str(unknown.value)

    @pytest.mark.parametrize("name", ["li-lei", "nobody"])
    async def test_a_name_is_guessed_at_only_so_often_known_or_not(self, name: str) -> None:
        """The slow brake, over all lines that are strangers to the name."""
        shop = a_shop(evolve(GENEROUS, tries_per_name=Allowance(most=3, within=15 * MINUTE)))
        await shop.register()
        for number in range(3):
            with pytest.raises(LoginFailed):
                await by_name(shop, name.upper() if number else name, "wrong horse", client=f"10.0.0.{number}")

        with pytest.raises(TooManyTries) as refused:
            await by_name(shop, name, client="10.0.0.9")

        assert refused.value.retry_after_seconds == 900
        assert len(shop.passwords.compared) == 3

    async def test_one_address_guesses_only_so_often_whatever_the_names(self) -> None:
        shop = a_shop(evolve(GENEROUS, tries_per_address=Allowance(most=3, within=15 * MINUTE)))
        for number in range(3):
            with pytest.raises(LoginFailed):
                await by_name(shop, f"name-{number}", client="203.0.113.9")

        with pytest.raises(TooManyTries):
            await by_name(shop, "name-4", client="203.0.113.9")
        with pytest.raises(LoginFailed):
            await by_name(shop, "name-4", client="203.0.113.10")

    async def test_a_right_password_does_not_count(self) -> None:
        shop = a_shop(evolve(GENEROUS, tries_per_name_and_address=Allowance(most=2, within=15 * MINUTE)))
        await shop.register()

        for _ in range(5):
            await by_name(shop)

    async def test_a_password_changed_while_it_was_compared_no_longer_opens_a_session(self) -> None:
        shop = a_shop()
        opened = await shop.register()
        principal = await shop.accounts.authenticate(opened.token)
        change = ChangePassword(principal=principal, current=PASSWORD, password=ANOTHER)
        shop.passwords.meanwhile = partial(shop.accounts.change_password, change)

        with pytest.raises(LoginFailed):
            await by_name(shop)

    async def test_an_outdated_hash_is_renewed_at_login(self) -> None:
        shop = a_shop()
        opened = await shop.register()
        before = shop.memory.table("logins")[opened.member_id].version
        shop.passwords.outdated = True

        await by_name(shop)

        assert shop.memory.table("logins")[opened.member_id].version == before + 1


class TestEndOfSessions:
    """R36: logout, ban, password change end sessions at once."""

    async def test_logging_out_ends_this_session_only(self) -> None:
        shop = a_shop()
        one, other = await shop.log_in(), await shop.log_in()

        await shop.accounts.log_out(LogOut(principal=await shop.accounts.authenticate(one.token)))

        assert not await shop.is_alive(one) and await shop.is_alive(other)

    async def test_logging_out_everywhere_ends_all_of_ones_own(self) -> None:
        shop = a_shop()
        one, other, another = await shop.log_in(), await shop.log_in(), await shop.log_in(OTHER_PHONE)

        principal = await shop.accounts.authenticate(one.token)
        await shop.accounts.log_out(LogOut(principal=principal, everywhere=True))

        assert [await shop.is_alive(opened) for opened in (one, other, another)] == [False, False, True]

    async def test_a_ban_ends_every_session_and_keeps_them_out_until_it_is_lifted(self) -> None:
        """ACC-R3"""
        shop = a_shop()
        opened = await shop.register()
        assert opened.member_id is not None

        await shop.accounts.ban_member(BanMember(member_id=opened.member_id, actor=SYSTEM))

        assert not await shop.is_alive(opened)
        with pytest.raises(AccountBlocked):
            await shop.log_in()
        with pytest.raises(AccountBlocked):
            await by_name(shop)
        await shop.accounts.ban_member(BanMember(member_id=opened.member_id, actor=SYSTEM, banned=False))
        assert await shop.is_alive(await by_name(shop))

    async def test_a_reset_by_code_ends_every_session_but_the_new_one(self) -> None:
        shop = a_shop()
        old = await shop.register()

        proof = await shop.code(purpose=Purpose.RESET)
        new = await shop.accounts.reset_password(ResetPassword(proof=proof, password=ANOTHER))

        assert not await shop.is_alive(old) and await shop.is_alive(new)
        with pytest.raises(LoginFailed):
            await by_name(shop)
        assert await shop.is_alive(await by_name(shop, password=ANOTHER))

    async def test_changing_the_password_takes_the_old_one_and_ends_every_session_but_the_new_one(self) -> None:
        shop = a_shop()
        old = await shop.register()
        principal = await shop.accounts.authenticate(old.token)

        with pytest.raises(LoginFailed):
            await shop.accounts.change_password(ChangePassword(principal=principal, current=ANOTHER, password=ANOTHER))
        new = await shop.accounts.change_password(ChangePassword(principal=principal, current=PASSWORD, password=ANOTHER))

        assert not await shop.is_alive(old) and await shop.is_alive(new)

    async def test_a_new_phone_ends_every_session_but_the_new_one_and_frees_the_old_number(self) -> None:
        shop = a_shop()
        old = await shop.log_in(PHONE)
        assert old.member_id is not None

        proof, so_far = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE), await shop.code(PHONE, Purpose.CHANGE_PHONE)
        new = await shop.accounts.change_phone(ChangePhone(member_id=old.member_id, proof=proof, old_proof=so_far))

        assert not await shop.is_alive(old) and await shop.is_alive(new)
        assert (await shop.log_in(OTHER_PHONE)).member_id == old.member_id != (await shop.log_in(PHONE)).member_id

    async def test_the_phone_of_another_cannot_be_taken_over(self) -> None:
        shop = a_shop()
        mine, _ = await shop.log_in(PHONE), await shop.log_in(OTHER_PHONE)
        assert mine.member_id is not None

        proof, so_far = await shop.code(OTHER_PHONE, Purpose.CHANGE_PHONE), await shop.code(PHONE, Purpose.CHANGE_PHONE)
        with pytest.raises(PhoneTaken):
            await shop.accounts.change_phone(ChangePhone(member_id=mine.member_id, proof=proof, old_proof=so_far))

    async def test_logging_in_again_ends_the_session_one_came_with(self) -> None:
        """R36: the session is rotated on login."""
        shop = a_shop()
        old = await shop.log_in()

        command = LogInWithCode(proof=await shop.code(), instead_of=old.session_id)
        new = await shop.accounts.log_in_with_code(command)

        assert new.token != old.token
        assert not await shop.is_alive(old) and await shop.is_alive(new)

    async def test_a_session_is_over_when_its_time_has_passed(self) -> None:
        """GEN-R6"""
        shop = a_shop(evolve(GENEROUS, member_session=timedelta(hours=1)))
        opened = await shop.log_in()
        shop.clock.advance(minutes=60, microseconds=-1)
        assert await shop.is_alive(opened)

        shop.clock.advance(microseconds=1)

        assert not await shop.is_alive(opened)

    async def test_only_the_hash_of_a_token_is_kept_and_a_stranger_has_none(self) -> None:
        """R41"""
        shop = a_shop()
        opened = await shop.log_in()

        (stored,) = shop.memory.table("sessions").values()

        assert stored.token_hash == hash_of(opened.token)
        assert opened.token not in f"{shop.memory.tables} {opened}"
        with pytest.raises(SessionInvalid):
            await shop.accounts.authenticate("of nobody")

    async def test_a_phone_without_a_password_account_has_nothing_to_reset(self) -> None:
        shop = a_shop()
        await shop.log_in()
        for phone in (PHONE, OTHER_PHONE):
            proof = await shop.code(phone, Purpose.RESET)
            with pytest.raises(NoPasswordAccount):
                await shop.accounts.reset_password(ResetPassword(proof=proof, password=ANOTHER))


class TestProfile:
    async def test_a_member_changes_name_and_consent_each_by_itself(self) -> None:
        """BEH-R2"""
        shop = a_shop()
        member_id = (await shop.log_in()).member_id
        assert member_id is not None and not await shop.accounts.show.consents(member_id)

        await shop.accounts.update_profile(UpdateProfile(member_id=member_id, name=" 李雷 "))
        await shop.accounts.update_profile(UpdateProfile(member_id=member_id, behaviour_consent=True))

        view = await shop.accounts.show.member(member_id)
        assert view is not None and (view.name, view.behaviour_consent) == ("李雷", True)
        await shop.accounts.update_profile(UpdateProfile(member_id=member_id, name="", behaviour_consent=False))
        view = await shop.accounts.show.member(member_id)
        assert view is not None and (view.name, view.behaviour_consent) == (None, False)

    async def test_nobody_has_no_profile(self) -> None:
        shop = a_shop()
        with pytest.raises(MemberNotFound):
            await shop.accounts.update_profile(UpdateProfile(member_id=MemberId(NOBODY), name="x"))


class TestTheMachine:
    async def test_passwords_are_hashed_by_argon2id_with_19_mib_two_passes_and_one_lane(self) -> None:
        """R36, ACC-R2"""
        passwords = Argon2Passwords()

        hashed = await passwords.hash("correct horse")

        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await passwords.matches(hashed, "correct horse")
        assert not await passwords.matches(hashed, "wrong horse")
        assert not passwords.is_outdated(hashed)
        assert passwords.is_outdated(hashed.replace("t=2", "t=1"))

    async def test_without_a_hash_nothing_is_right_and_a_broken_hash_is_wrong(self) -> None:
        passwords = Argon2Passwords()

        assert not await passwords.matches(None, "a password that nobody has")
        assert not await passwords.matches("$argon2id$nonsense", "x")

    async def test_text_beyond_unicode_is_compared_all_the_same(self) -> None:
        """R37"""
        assert not await Argon2Passwords().matches(None, "\ud800")

    def test_a_seal_depends_on_the_secret_and_on_every_part_and_its_border(self) -> None:
        """R36: HMAC under the shop's secret."""
        sealer = HmacSealer(b"one")

        seals = {sealer.seal("ab", "c"), sealer.seal("a", "bc"), sealer.seal("abc"), sealer.seal("ab", "c", "")}

        assert len(seals) == 4 and all(len(seal) == 32 for seal in seals)
        assert sealer.seal("ab", "c") == HmacSealer(b"one").seal("ab", "c") != HmacSealer(b"two").seal("ab", "c")
        assert "one" not in repr(sealer)


async def test_staff_log_in_by_name_and_have_a_shorter_session() -> None:
    shop = a_shop(AccountRules())
    await shop.staff("boss", Role.ADMIN)

    opened = await by_name(shop, "boss")

    principal = await shop.accounts.authenticate(opened.token)
    assert opened.member_id is None and principal.roles == (Role.ADMIN,)
    assert opened.expires_at - shop.clock.now() == timedelta(hours=12)
    assert principal.actor == Actor.staff(opened.staff_id or NOBODY)
