"""R36: every limit on one-time codes is exact, however many ask at once and through however many servers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from retail_domain.accounts import AccountRules, Purpose, SendCode, TooManyCodes, phone_number
from retail_domain.kernel.counting import Allowance
from retail_domain.kernel.errors import Retry, Unavailable
from retail_domain.testing.people import GENEROUS
from tests.support.accounts import AccountsShop, rival_shops
from tests.support.stores import Place, place_of

FEW = (Allowance(most=5, within=timedelta(hours=1)),)
PHONES = [phone_number(f"1380013{number:04d}") for number in range(24)]


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the database lies."""
    return place_of(request)


async def asks(shop: AccountsShop, command: SendCode) -> bool:
    """Whether a code was sent; who is told that the shop is busy asks again."""
    while True:
        try:
            await shop.accounts.send_code(command)
        except TooManyCodes:
            return False
        except (Retry, Unavailable):
            continue
        return True


@pytest.mark.parametrize("limit", ["codes_per_phone", "codes_per_address", "codes_in_all"])
async def test_of_many_who_ask_at_once_exactly_as_many_as_allowed_get_a_code(place: Place, limit: str) -> None:
    """R36: on counters that none of them found, and on counters that are half used up."""
    rules: AccountRules = evolve(GENEROUS, **{limit: FEW})
    commands = [
        SendCode(
            phone=PHONES[0] if limit == "codes_per_phone" else phone, purpose=Purpose.LOGIN,
            client=f"198.51.{number}.7" if limit == "codes_in_all" else f"2001:db8:5:{number}::{number}",
        )
        for number, phone in enumerate(PHONES)
    ]  # fmt: skip
    async with rival_shops(place, rules) as shops:
        first = await asyncio.gather(*(asks(shops[0], command) for command in commands[:2]))
        rivals = await asyncio.gather(*(asks(shops[at % 2], command) for at, command in enumerate(commands[2:])))
        sent = sum(len(shop.sms.sent) for shop in shops)

    assert (sum(first), sum(first) + sum(rivals), sent) == (2, 5, 5)


async def test_a_refusal_under_rivals_uses_up_nothing_of_the_other_limits(place: Place) -> None:
    """R36: whoever was refused for the address leaves the whole shop's allowance to others."""
    rules = evolve(GENEROUS, codes_per_address=FEW, codes_in_all=(Allowance(most=7, within=timedelta(hours=1)),))
    async with rival_shops(place, rules) as shops:
        greedy = [SendCode(phone=phone, purpose=Purpose.LOGIN, client="203.0.113.9") for phone in PHONES[:12]]
        others = [SendCode(phone=phone, purpose=Purpose.LOGIN, client="198.51.100.1") for phone in PHONES[12:15]]
        got = await asyncio.gather(*(asks(shops[at % 2], command) for at, command in enumerate(greedy)))
        rest = [await asks(shops[0], command) for command in others]

    assert (sum(got), rest) == (5, [True, True, False])
