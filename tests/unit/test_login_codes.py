"""One-time codes, send limits and what a code proves (R36, ACC-R1)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import (
    AccountRules,
    Allowance,
    ChallengeStatus,
    CodeExpired,
    CodeWrong,
    GuessVerdict,
    Proof,
    Purpose,
    ResetPassword,
    SendCode,
    Slot,
    SmsNotSent,
    SmsOutcomeUnknown,
    SmsRejected,
    SmsRejection,
    Sweep,
    TooManyCodes,
    TooManyTries,
    phone_number,
)
from retail_domain.accounts.use_cases.send_code import seal_code
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.once import Once
from retail_domain.testing.people import GENEROUS, NOON, OTHER_PHONE, PHONE, PlainSealer, RememberingSms, a_challenge
from tests.support.accounts import MINUTE, a_shop

WRONG = b"\0" * 32


def sealed(code: str, *, number: int = 1, purpose: Purpose = Purpose.LOGIN, phone: Phone = PHONE) -> bytes:
    return seal_code(PlainSealer(), purpose, phone, ChallengeId(UUID(int=number)), code)


class TestOneCode:
    """R36: single use, five tries, ten minutes, bound to phone, purpose and challenge."""

    def test_the_right_code_is_right_once(self) -> None:
        change, verdict = a_challenge().attempt(sealed("314159"), at=NOON)
        _, again = change.state.attempt(sealed("314159"), at=NOON)

        assert verdict is GuessVerdict.RIGHT and change.state.status is ChallengeStatus.SOLVED
        assert again is GuessVerdict.EXPIRED

    def test_the_fifth_wrong_try_burns_the_code_and_the_right_one_comes_too_late(self) -> None:
        challenge = a_challenge()
        for _ in range(5):
            change, verdict = challenge.attempt(WRONG, at=NOON)
            assert verdict is GuessVerdict.WRONG
            challenge = change.state

        change, verdict = challenge.attempt(sealed("314159"), at=NOON)

        assert challenge.status is ChallengeStatus.BURNT
        assert verdict is GuessVerdict.TOO_MANY and change.state is challenge

    def test_the_fifth_try_may_still_be_right(self) -> None:
        challenge = evolve(a_challenge(), tries=4)

        change, verdict = challenge.attempt(sealed("314159"), at=NOON)

        assert verdict is GuessVerdict.RIGHT and change.state.tries == 5

    @pytest.mark.parametrize(
        ("after", "expected"),
        [
            (timedelta(minutes=5) - timedelta(microseconds=1), GuessVerdict.RIGHT),
            (timedelta(minutes=5), GuessVerdict.EXPIRED),
            (timedelta(hours=24), GuessVerdict.EXPIRED),
        ],
    )
    def test_a_code_is_good_until_its_time_has_passed(self, after: timedelta, expected: GuessVerdict) -> None:
        """GEN-R6: half-open."""
        assert a_challenge().attempt(sealed("314159"), at=NOON + after)[1] is expected

    def test_no_code_lives_longer_than_ten_minutes(self) -> None:
        with pytest.raises(ValueError, match="ten minutes"):
            evolve(a_challenge(), expires_at=NOON + 10 * MINUTE + timedelta(microseconds=1))
        with pytest.raises(ValueError, match="ten minutes"):
            AccountRules(code_lifetime=11 * MINUTE)

    @pytest.mark.parametrize(
        "other",
        [
            sealed("314158"),
            sealed("314159", number=2),
            sealed("314159", purpose=Purpose.RESET),
            sealed("314159", phone=OTHER_PHONE),
            sealed(""),
        ],
    )
    def test_a_code_proves_nothing_for_another_purpose_phone_or_challenge(self, other: bytes) -> None:
        assert a_challenge().attempt(other, at=NOON)[1] is GuessVerdict.WRONG

    def test_a_newer_code_kills_the_older_and_keeps_its_tries(self) -> None:
        """ACC-R1"""
        older = a_challenge().attempt(WRONG, at=NOON)[0].state

        dead = older.replaced().state
        newer = a_challenge(2, at=NOON + MINUTE).issued(instead_of=older).state

        assert dead.attempt(sealed("314159"), at=NOON + MINUTE)[1] is GuessVerdict.EXPIRED
        assert newer.tries == 1

    def test_tries_are_forgotten_when_the_time_of_the_older_code_has_passed(self) -> None:
        older = a_challenge().attempt(WRONG, at=NOON)[0].state

        assert a_challenge(2, at=NOON + 5 * MINUTE).issued(instead_of=older).state.tries == 0

    def test_a_solved_code_leaves_no_tries_to_the_next(self) -> None:
        solved = evolve(a_challenge(), tries=4).attempt(sealed("314159"), at=NOON)[0].state

        assert a_challenge(2, at=NOON + MINUTE).issued(instead_of=solved).state.tries == 0


class TestAskingForCodes:
    """R36: limits per phone, per network address and in all; ACC-R5: sent once at most."""

    async def test_asking_again_within_the_minute_is_refused_and_sends_nothing(self) -> None:
        shop = a_shop(AccountRules())
        await shop.code()

        with pytest.raises(TooManyCodes) as refused:
            await shop.code()

        assert len(shop.sms.sent) == 1
        assert refused.value.retry_after_seconds == 60
        shop.clock.advance(minutes=1)
        await shop.code()

    @pytest.mark.parametrize(
        "spelling",
        [
            "138 0013 8000",
            "+86 138-0013-8000",
            "8613800138000",
            "(138)00138000",
            "１３８００１３８０００",
            " 13800138000\t",
            "008613800138000",
            "00 86 138 0013 8000",
            "\u202a+86 138 0013 8000\u202c",
            "\u202d138\u200b0013\u200b8000\u202c",
            "138.0013.8000",
            "138\u20110013\u20118000",
            "+86\u00a0138\u00a00013\u00a08000",
        ],
    )
    async def test_another_spelling_of_a_number_is_the_same_number(self, spelling: str) -> None:
        """R36: limits are not bypassed by phone formatting."""
        shop = a_shop(AccountRules())
        await shop.code(phone_number("13800138000"))

        with pytest.raises(TooManyCodes):
            await shop.code(phone_number(spelling))

    @pytest.mark.parametrize(
        ("spelling", "one"),
        [
            ("+49 0171 1234567", "+49 171 1234567"), ("+49 (0)171 1234567", "+49 171 1234567"),
            ("0049 171 1234567", "+49 171 1234567"), ("+44 020 7946 0958", "+44 20 7946 0958"),
            ("+81 090 1234 5678", "+81 90 1234 5678"), ("+1 1 650 253 0000", "+1 650 253 0000"),
        ],
    )  # fmt: skip
    async def test_what_a_country_writes_before_numbers_at_home_makes_no_other_number(self, spelling: str, one: str) -> None:
        """R36: one phone is one member, and waits once."""
        shop = a_shop(AccountRules())
        await shop.code(phone_number(one))

        with pytest.raises(TooManyCodes):
            await shop.code(phone_number(spelling))

    async def test_a_nought_that_belongs_to_a_number_stays(self) -> None:
        """R36: in Italy it does."""
        shop = a_shop(AccountRules())
        await shop.code(phone_number("+39 06 6982 1234"))

        assert shop.sms.sent[-1].to.e164 == "+390669821234"

    async def test_a_number_that_no_country_has_gets_no_code(self) -> None:
        shop = a_shop(AccountRules())
        for text in ("+999 1234567", "+49 1", "+210 123 4567"):
            with pytest.raises(InvalidInput):
                await shop.code(phone_number(text))
        assert shop.sms.sent == []

    @pytest.mark.parametrize(
        "text", ["+86 0138 0013 8000", "+86 86 138 0013 8000", "+86 138 0013 8000 1", "+86 138 0013 800", "+860013800138000"]
    )
    def test_what_a_carrier_might_take_for_the_same_number_is_refused(self, text: str) -> None:
        """R36: else each of them would have limits of its own, and all would ring one phone; landlines are still numbers."""
        with pytest.raises(InvalidInput):
            phone_number(text)

        assert phone_number("+86 10 6552 9988").e164 == "+861065529988"

    @pytest.mark.parametrize(
        ("one", "other", "is_same"),
        [
            ("203.0.113.9", "203.0.113.9", True),
            ("203.0.113.9", "203.0.113.10", False),
            ("203.0.113.9", "::ffff:203.0.113.9", True),
            ("203.0.113.9", "2002:cb00:7109::1", True),
            ("2001:db8:1:2::1", "2001:DB8:1:2:ffff::9", True),
            ("2001:db8:1:200::1", "2001:db8:1:2ff::1", True),
            ("2001:db8:1:200::1", "2001:db8:1:300::1", False),
            ("fe80::1%eth0", "fe80::1%eth1", True),
            ("unknown", "unknown", True),
        ],
    )
    async def test_an_address_is_counted_by_its_line(self, one: str, other: str, is_same: bool) -> None:
        """R36: whoever has one IPv6 line has more addresses than there are codes."""
        shop = a_shop(evolve(GENEROUS, codes_per_address=(Allowance(most=1, within=MINUTE),)))
        await shop.accounts.send_code(SendCode(phone=PHONE, purpose=Purpose.LOGIN, client=one))
        again = SendCode(phone=OTHER_PHONE, purpose=Purpose.LOGIN, client=other)

        if not is_same:
            await shop.accounts.send_code(again)
        else:
            with pytest.raises(TooManyCodes):
                await shop.accounts.send_code(again)

        assert len(shop.sms.sent) == (1 if is_same else 2)

    @pytest.mark.parametrize("text", ["", "1380013800", "+8", "12800138000", "138001380001", "13800138000x", "+86;13800138000"])
    def test_what_is_no_phone_number_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            phone_number(text)

    @pytest.mark.parametrize(
        "rules",
        [
            evolve(GENEROUS, codes_per_phone=(Allowance(most=2, within=MINUTE),)),
            evolve(GENEROUS, codes_per_address=(Allowance(most=2, within=MINUTE),)),
            evolve(GENEROUS, codes_in_all=(Allowance(most=2, within=MINUTE),)),
        ],
    )
    async def test_each_limit_holds_by_itself_and_ends_with_its_window(self, rules: AccountRules) -> None:
        shop = a_shop(rules)
        command = SendCode(phone=PHONE, purpose=Purpose.LOGIN, client="203.0.113.9")
        for _ in range(2):
            await shop.accounts.send_code(command)

        with pytest.raises(TooManyCodes):
            await shop.accounts.send_code(command)

        shop.clock.advance(minutes=1)
        await shop.accounts.send_code(command)
        assert len(shop.sms.sent) == 3

    async def test_other_purposes_of_one_phone_share_its_limit(self) -> None:
        shop = a_shop(AccountRules())
        await shop.code(purpose=Purpose.LOGIN)

        with pytest.raises(TooManyCodes):
            await shop.code(purpose=Purpose.RESET)

    async def test_a_refused_request_uses_up_none_of_the_other_limits(self) -> None:
        one, two = Allowance(most=1, within=MINUTE), Allowance(most=2, within=MINUTE)
        shop = a_shop(evolve(GENEROUS, codes_per_phone=(one,), codes_in_all=(two,)))
        await shop.code(PHONE)
        for _ in range(3):
            with pytest.raises(TooManyCodes):
                await shop.code(PHONE)

        await shop.code(OTHER_PHONE)

        assert len(shop.sms.sent) == 2

    async def test_new_codes_buy_no_further_guesses(self) -> None:
        """ACC-R1: five tries in all, over however many codes, while their time lasts."""
        shop = a_shop()
        for _ in range(5):
            proof = await shop.code()
            with pytest.raises(CodeWrong):
                await shop.guess(proof.challenge_id, wrong(proof.code))

        with pytest.raises(TooManyTries) as refused:
            await shop.code()

        assert refused.value.retry_after_seconds == 300
        shop.clock.advance(minutes=5)
        await shop.log_in()

    @pytest.mark.parametrize(
        "trouble",
        [SmsNotSent(), SmsOutcomeUnknown(), SmsRejected(why=SmsRejection.BAD_NUMBER)],
        ids=["not sent", "unknown", "rejected"],
    )
    async def test_trouble_with_the_provider_changes_no_answer_and_is_not_repeated(self, trouble: DomainError) -> None:
        """ACC-R5: the call is never repeated by itself."""
        shop = a_shop(sms=RememberingSms(trouble=trouble))

        proof = await shop.code()

        assert len(shop.sms.sent) == 1
        assert (await shop.guess(proof.challenge_id, proof.code)).member_id is not None

    async def test_the_same_request_under_one_key_sends_one_message(self) -> None:
        """GEN-R7, R17"""
        shop = a_shop()
        once = Once(principal="anonymous", operation="send_code", key="k", fingerprint="f")
        command = SendCode(phone=PHONE, purpose=Purpose.LOGIN, once=once)

        first, second = await shop.accounts.send_code(command), await shop.accounts.send_code(command)

        assert first == second and len(shop.sms.sent) == 1

    async def test_nothing_stored_or_shown_holds_the_code_or_the_number_in_a_counter(self) -> None:
        """R41, R40: only seals are kept."""
        shop = a_shop()
        proof = await shop.code()

        shown = f"{shop.memory.tables} {shop.memory.events} {shop.memory.answers} {shop.sms.sent} {proof}"

        assert proof.code not in shown
        assert PHONE.e164 not in shown
        assert all(PHONE.e164[-11:] not in key for key in shop.memory.table("send_slots"))

    async def test_codes_and_counters_are_swept_away_a_day_after_their_end(self) -> None:
        """R40: the mark of a line that is at home ends last, after ninety days."""
        shop = a_shop()
        await shop.log_in()
        shop.clock.advance(days=92)

        await shop.accounts.sweep(Sweep())

        assert not any(shop.memory.table(name) for name in ("challenges", "sessions", "send_slots"))
        assert len(shop.memory.table("members")) == 1


class TestLoggingInByCode:
    """R36, ACC-R1"""

    async def test_a_new_number_becomes_a_member_who_accepted_the_terms(self) -> None:
        shop = a_shop(evolve(GENEROUS, terms_version="2026-05"))

        opened = await shop.log_in()

        assert opened.member_id is not None
        view = await shop.accounts.show.member(opened.member_id)
        assert view is not None and (view.phone, view.terms_version, view.login) == (PHONE, "2026-05", None)

    async def test_the_same_number_is_the_same_member(self) -> None:
        shop = a_shop()

        assert (await shop.log_in()).member_id == (await shop.log_in()).member_id != (await shop.log_in(OTHER_PHONE)).member_id

    async def test_a_code_opens_one_session(self) -> None:
        shop = a_shop()
        proof = await shop.code()
        await shop.guess(proof.challenge_id, proof.code)

        with pytest.raises(CodeExpired):
            await shop.guess(proof.challenge_id, proof.code)

    async def test_a_wrong_guess_is_counted_even_though_it_is_refused(self) -> None:
        shop = a_shop()
        proof = await shop.code()
        for _ in range(5):
            with pytest.raises(CodeWrong):
                await shop.guess(proof.challenge_id, wrong(proof.code))

        with pytest.raises(TooManyTries):
            await shop.guess(proof.challenge_id, proof.code)

    async def test_a_challenge_nobody_was_given_is_refused_like_a_wrong_code(self) -> None:
        """R33"""
        shop = a_shop()

        with pytest.raises(CodeWrong):
            await shop.guess(ChallengeId(UUID(int=404)), "000000")

    async def test_a_login_code_resets_no_password(self) -> None:
        shop = a_shop()
        await shop.register()
        proof = await shop.code(purpose=Purpose.LOGIN)

        with pytest.raises(CodeWrong):
            await shop.accounts.reset_password(ResetPassword(proof=proof, password="another horse"))

    async def test_the_code_of_one_number_does_not_open_the_challenge_of_another(self) -> None:
        shop = a_shop()
        mine, other = await shop.code(PHONE), await shop.code(OTHER_PHONE)

        with pytest.raises(CodeWrong):
            await shop.guess(other.challenge_id, mine.code)


class TestSlots:
    """R36: windows that open with the first use."""

    def test_a_window_counts_from_its_first_use_and_starts_anew_when_it_has_passed(self) -> None:
        allowance = Allowance(most=2, within=MINUTE)
        slot = Slot.opened("key", allowance, at=NOON).state

        second = slot.take(allowance, at=NOON + MINUTE / 2)

        assert second is not None
        assert second.state.take(allowance, at=NOON + MINUTE - timedelta(microseconds=1)) is None
        fresh = second.state.take(allowance, at=NOON + MINUTE)
        assert fresh is not None and (fresh.state.used, fresh.state.ends_at) == (1, NOON + 2 * MINUTE)

    def test_what_did_not_count_is_given_back(self) -> None:
        slot = Slot.opened("key", Allowance(most=1, within=MINUTE), at=NOON).state

        assert slot.give_back().state.used == slot.give_back().state.give_back().state.used == 0


def wrong(code: str) -> str:
    """Another code."""
    return "000000" if code != "000000" else "111111"


def test_a_proof_never_shows_its_code() -> None:
    """R41"""
    assert "271828" not in repr(Proof(challenge_id=ChallengeId(UUID(int=1)), code="271828"))
