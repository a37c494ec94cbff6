"""Whoever knows a number keeps nobody from logging in by code (ACC-R7), and guesses at no more than so many codes (ACC-R1)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from retail_domain.accounts import (
    AccountRules,
    CodeWrong,
    LoggedIn,
    LogInWithCode,
    Proof,
    Purpose,
    SendCode,
    TooManyCodes,
    TooManyTries,
)
from retail_domain.testing.people import PHONE
from tests.support.accounts import AccountsShop, a_shop

HOME = "198.51.100.7"
ELSEWHERE = "198.51.100.99"
STRANGER = "203.0.113.6"


async def code(shop: AccountsShop, client: str, purpose: Purpose = Purpose.LOGIN) -> Proof:
    sent = await shop.accounts.send_code(SendCode(phone=PHONE, purpose=purpose, client=client))
    return Proof(challenge_id=sent.challenge_id, code=shop.sms.code, client=client)


async def log_in(shop: AccountsShop, proof: Proof) -> LoggedIn:
    return await shop.accounts.log_in_with_code(LogInWithCode(proof=proof))


async def guesses(shop: AccountsShop, proof: Proof, times: int = 5) -> int:
    """How many wrong guesses were heard."""
    heard = 0
    for _ in range(times):
        wrong = "000000" if proof.code != "000000" else "111111"
        try:
            await log_in(shop, Proof(challenge_id=proof.challenge_id, code=wrong, client=proof.client))
        except CodeWrong:
            heard += 1
        except TooManyTries:
            return heard
    return heard


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_stranger_who_asks_and_guesses_takes_nothing_from_the_owner_anywhere(purpose: Purpose) -> None:
    """ACC-R7: whatever the code is for, and also on a line where the owner has never been."""
    shop = a_shop(AccountRules())
    for _ in range(10):
        shop.clock.advance(minutes=13)
        with suppress(TooManyCodes, TooManyTries):
            await guesses(shop, await code(shop, STRANGER, purpose))

    await code(shop, ELSEWHERE, purpose)


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_strangers_ask_leaves_the_owners_code_and_its_tries_alone(purpose: Purpose) -> None:
    """ACC-R1: a code belongs to the line that asked for it."""
    shop = a_shop(AccountRules())
    mine = await code(shop, HOME)
    for number in range(2):
        theirs = await code(shop, f"203.0.113.{number}", purpose)
        await guesses(shop, theirs)

    assert (await log_in(shop, mine)).member_id is not None


async def test_strangers_of_many_lines_do_not_keep_the_owner_out_where_they_are_at_home() -> None:
    """ACC-R7: their codes are used up for everybody else, and a line where a code was right has a share of its own."""
    shop = a_shop(AccountRules())
    await log_in(shop, await code(shop, HOME))
    shop.clock.advance(hours=1)
    for number in range(3):
        await code(shop, f"203.0.113.{number}")

    with pytest.raises(TooManyCodes):
        await code(shop, ELSEWHERE)
    assert (await log_in(shop, await code(shop, HOME))).member_id is not None


async def test_a_line_is_at_home_for_ninety_days() -> None:
    """ACC-R7"""
    shop = a_shop(AccountRules())
    await log_in(shop, await code(shop, HOME))
    shop.clock.advance(days=91)
    for number in range(3):
        await code(shop, f"203.0.113.{number}")

    with pytest.raises(TooManyCodes):
        await code(shop, HOME)


async def test_the_code_may_be_given_from_another_line_than_asked() -> None:
    """A phone leaves the house between the message and the login; where the code was right is home."""
    shop = a_shop(AccountRules())
    asked = await code(shop, HOME)

    await log_in(shop, Proof(challenge_id=asked.challenge_id, code=asked.code, client=ELSEWHERE))
    for number in range(3):
        shop.clock.advance(seconds=1)
        with suppress(TooManyCodes):
            await code(shop, f"203.0.113.{number}")

    await code(shop, ELSEWHERE)


async def test_all_strangers_together_have_a_hundred_and_fifty_guesses_in_a_day() -> None:
    """ACC-R1: thirty codes and five tries each, from however many lines, one in 6,666 that they hit; and thirty messages."""
    shop, heard, number = a_shop(AccountRules()), 0, 0
    ends = shop.clock.now() + timedelta(days=1)
    while shop.clock.now() < ends:
        for _ in range(4):
            number += 1
            try:
                asked = await code(shop, f"203.{number // 250}.113.{number % 250}")
            except TooManyCodes:
                continue
            heard += await guesses(shop, asked, 7)
        shop.clock.advance(minutes=7)

    assert (heard, len(shop.sms.sent)) == (150, 30)


async def test_one_line_has_five_guesses_while_its_codes_last() -> None:
    """ACC-R1: asking again buys none."""
    shop, heard = a_shop(AccountRules()), 0
    for _ in range(4):
        heard += await guesses(shop, await code(shop, STRANGER), 1)
        shop.clock.advance(seconds=60)
    heard += await guesses(shop, await code(shop, STRANGER), 3)

    assert heard == 5
    shop.clock.advance(seconds=1)
    with pytest.raises((TooManyCodes, TooManyTries)):
        await code(shop, STRANGER)
