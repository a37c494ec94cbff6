"""Every number of accounts a shop owner may change."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import frozen

from retail_domain.accounts.model.challenge import LIFETIME_MAX
from retail_domain.kernel.costs import GUESS, KEY, MESSAGE, PASSWORD, Whose
from retail_domain.kernel.counting import Allowance

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
CODES_PER_ADDRESS: Final = MESSAGE.often(Whose.LINE)
CODES_IN_ALL: Final = MESSAGE.often(Whose.ALL)


@frozen(kw_only=True)
class AccountRules:
    """How long codes and sessions live, and how often codes and logins may be asked for (R36).

    The allowances are those of the table of costs (ACC-R7).
    """

    code_lifetime: timedelta = 5 * _MINUTE
    codes_per_phone: tuple[Allowance, ...] = MESSAGE.often(Whose.PHONE_AND_LINE)
    """Codes for a phone that one address line asks for: whoever asks too often pays for it alone."""
    codes_per_phone_of_strangers: tuple[Allowance, ...] = MESSAGE.often(Whose.PHONE_OF_STRANGERS)
    """Codes for a phone that all lines ask for where none of its codes was ever right: a brake, which other lines pass."""
    codes_per_address: tuple[Allowance, ...] = CODES_PER_ADDRESS
    codes_in_all: tuple[Allowance, ...] = CODES_IN_ALL
    tries_per_name_and_address: Allowance = PASSWORD.often(Whose.NAME_AND_LINE)[0]
    """Wrong passwords for a name from one address line: a strict limit, for whoever guesses pays for it alone."""
    tries_per_name: Allowance = PASSWORD.often(Whose.NAME)[0]
    """Wrong passwords for a name from all lines that never logged in with it: a brake on many who guess together.
    A line that has logged in with it passes, so nobody can lock the owner out of where they are at home."""
    tries_per_address: Allowance = PASSWORD.often(Whose.LINE)[0]
    tries_per_account: Allowance = PASSWORD.often(Whose.ACCOUNT)[0]
    """Wrong passwords of somebody who is logged in, wherever they are."""
    hashes_per_phone: Allowance = PASSWORD.often(Whose.PHONE)[0]
    """Passwords that are hashed for whoever has proven a phone."""
    guesses_per_address: Allowance = GUESS.often(Whose.LINE)[0]
    """Wrong codes, and codes for challenges that never were, from one address line."""
    keys_per_address: Allowance = KEY.often(Whose.LINE)[0]
    """Wrong API keys from one address line."""
    known_for: timedelta = 90 * _DAY
    """So long a line counts as at home after a login by name, and for a phone after a right code of it."""
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
