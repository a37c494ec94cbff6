"""Every number of accounts a shop owner may change."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import frozen

from retail_domain.accounts.model.challenge import LIFETIME_MAX
from retail_domain.accounts.model.slots import Allowance

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_TRIES_PER_NAME: Final = Allowance(most=10, within=15 * _MINUTE)
_TRIES_PER_ADDRESS: Final = Allowance(most=100, within=15 * _MINUTE)
CODES_PER_ADDRESS: Final = (Allowance(most=200, within=_HOUR), Allowance(most=1_000, within=_DAY))
"""One address may be a whole campus: 5,000 people with sessions of 30 days need some 170 codes a day, and a campaign's hour
as many. Whoever pumps messages through one address gets 1,000 a day out of the shop, not 24 times 200."""
CODES_IN_ALL: Final = (Allowance(most=10_000, within=_HOUR), Allowance(most=50_000, within=_DAY))
"""What a day of messages may cost at most; the hour keeps an attack from using up the day, and with it everybody's logins."""


@frozen(kw_only=True)
class AccountRules:
    """How long codes and sessions live, and how often codes and logins may be asked for (R36)."""

    code_lifetime: timedelta = 5 * _MINUTE
    codes_per_phone: tuple[Allowance, ...] = (
        Allowance(most=1, within=_MINUTE),
        Allowance(most=5, within=_HOUR),
        Allowance(most=10, within=_DAY),
    )
    codes_per_address: tuple[Allowance, ...] = CODES_PER_ADDRESS
    codes_in_all: tuple[Allowance, ...] = CODES_IN_ALL
    tries_per_name: Allowance = _TRIES_PER_NAME
    tries_per_address: Allowance = _TRIES_PER_ADDRESS
    member_session: timedelta = 30 * _DAY
    staff_session: timedelta = 12 * _HOUR
    terms_version: str = "1"
    keep_ended: timedelta = _DAY
    """How long codes, sessions and counters lie about after their end before they are swept away."""

    def __attrs_post_init__(self) -> None:
        if not timedelta(0) < self.code_lifetime <= LIFETIME_MAX:
            raise ValueError("a code lives for ten minutes at most")
        if min(self.member_session, self.staff_session) <= timedelta(0):
            raise ValueError("a session lasts for some time")
