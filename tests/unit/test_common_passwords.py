"""Passwords that are tried first are not taken (ACC-R9)."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from retail_adapters.system.common_passwords import is_common
from retail_domain.accounts import good_password
from retail_domain.kernel.errors import InvalidInput

LIST = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= 8]


def test_thousands_are_known_in_any_case_and_none_of_them_is_taken() -> None:
    """ACC-R9"""
    taken = []
    for password in (spelled for one in LIST for spelled in (one, one.upper(), one.title())):
        try:
            good_password(password, "li-lei", is_common)
        except InvalidInput:
            continue
        taken.append(password)

    assert len(LIST) > 10_000 and taken == []


@pytest.mark.parametrize(
    "password",
    [
        "P@ssw0rd", "Passw0rd!", "Password2026!", "qwerty2026", "iloveyou1!", "5201314a", "woaini1314", "a123456789",
        "1qaz2wsx", "q1w2e3r4", "ａｄｍｉｎ１２３４５６", "Football99", "sunshine#1", " 1q2w3e4r ", "welcome@123",
    ],
)  # fmt: skip
def test_dressing_one_up_does_not_help(password: str) -> None:
    """ACC-R9"""
    assert is_common(password)


@pytest.mark.parametrize("password", ["correct horse", "battery staple", "龙井茶叶蛋真好吃", "k7-Vq2_mXw", "demo-shop-2026"])
def test_what_nobody_tries_first_is_taken(password: str) -> None:
    """ACC-R9"""
    assert good_password(password, "li-lei", is_common) == password
