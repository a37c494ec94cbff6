"""The table of currencies says what ISO 4217 says (GEN-R1)."""

from __future__ import annotations

from collections import Counter

import pytest

from retail_domain.kernel.money import EXPONENTS, Money, exponent, parse_minor
from retail_entrypoints.settings import CURRENCIES

FUNDS = {"CLF", "UYI", "UYW"}


def test_the_table_names_the_currencies_that_are_not_of_a_hundred_parts() -> None:
    """GEN-R1: seventeen without parts, seven of a thousand, two funds of ten thousand; every code is active."""
    assert Counter(EXPONENTS.values()) == {0: 17, 3: 7, 4: 2}
    assert {len(code) for code in EXPONENTS} == {3} and all(code.isascii() and code.isupper() for code in EXPONENTS)
    assert set(EXPONENTS) - CURRENCIES == FUNDS


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (0, "JPY KRW VND CLP ISK XAF XOF XPF UGX PYG RWF UYI"),
        (2, "CNY EUR USD GBP HKD TWD MOP HUF IDR COP IRR MGA MRU UYU MMK LAK BYN MXN"),
        (3, "KWD BHD OMR JOD TND IQD LYD"),
        (4, "CLF UYW"),
    ],
)
def test_a_currency_has_as_many_places_as_iso_says_not_as_people_write(places: int, codes: str) -> None:
    """GEN-R1: forints and rupiahs are written without parts and have them; ouguiya and ariary count in fifths and have two."""
    assert {code: exponent(code) for code in codes.split()} == dict.fromkeys(codes.split(), places)


def test_a_shop_trades_in_active_money_only() -> None:
    """GEN-R1: no metals, funds, test codes, or money that is gone (kuna, lev, guilder, old ouguiya, peso convertible)."""
    assert len(CURRENCIES) == 155
    gone = "XAU XAG XDR XTS XXX BOV CHE CHW COU MXV USN XAD HRK BGN ANG MRO CUC SLL ZWL".split()
    assert CURRENCIES.isdisjoint({*FUNDS, *gone})
    assert {"CNY", "EUR", "XCG", "ZWG", "SLE", "VED"} <= CURRENCIES


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_what_is_written_is_read_back(currency: str) -> None:
    """GEN-R1: whatever the number of places."""
    money = Money(123_456, currency)

    assert parse_minor(money.text(), currency) == money.minor
    with pytest.raises(ValueError):
        parse_minor("0." + "0" * exponent(currency) + "1", currency)
