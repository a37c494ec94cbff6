"""One-time codes (验证码): what proves that somebody holds a phone (R36)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from hmac import compare_digest
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import lies_in
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId

LIFETIME_MAX: Final = timedelta(minutes=10)
TRIES_MAX: Final = 5
CODE_DIGITS: Final = 6


class Purpose(Enum):
    """What a code is for; a code for one purpose proves nothing for another."""

    LOGIN = "login"
    REGISTER = "register"
    RESET = "reset"
    CHANGE_PHONE = "change_phone"
    CLOSE_ACCOUNT = "close_account"


class ChallengeStatus(Enum):
    """OPEN until it is solved, guessed at too often, or replaced by a newer code."""

    OPEN = "open"
    SOLVED = "solved"
    BURNT = "burnt"
    REPLACED = "replaced"


NEXT: Final[Mapping[ChallengeStatus, frozenset[ChallengeStatus]]] = {
    ChallengeStatus.OPEN: frozenset({ChallengeStatus.SOLVED, ChallengeStatus.BURNT, ChallengeStatus.REPLACED}),
    ChallengeStatus.SOLVED: frozenset(),
    ChallengeStatus.BURNT: frozenset(),
    ChallengeStatus.REPLACED: frozenset(),
}


class GuessVerdict(Enum):
    """What became of one try."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too_many"


@frozen(kw_only=True)
class Challenge:
    """A code sent to a phone for one purpose; only its seal is kept.

    At most five tries, at most ten minutes, one success. A newer code for the same phone and purpose that the same address
    line asks for replaces this one and keeps the count of tries, so that asking again buys no further guesses (ACC-R1).
    """

    id: ChallengeId
    purpose: Purpose
    phone: Phone
    line: str = ""
    """Who asked for it, sealed."""
    sealed: bytes = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    tries: int = 0
    status: ChallengeStatus = ChallengeStatus.OPEN
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.tries <= TRIES_MAX:
            raise ValueError("a code is tried at most five times")
        if not timedelta(0) < self.expires_at - self.issued_at <= LIFETIME_MAX:
            raise ValueError("a code lives for ten minutes at most")
        if len(self.sealed) != 32:
            raise ValueError("a seal has 32 bytes")
        if self.status is ChallengeStatus.OPEN and self.tries == TRIES_MAX:
            raise ValueError("a code that was tried five times is not open")

    def issued(self, *, instead_of: Challenge | None = None) -> Change[Challenge]:
        """Issue this code; it starts with the tries of the one it replaces, as long as those count (ACC-R1)."""
        counts = instead_of is not None and instead_of.counts_until(self.issued_at)
        return Change(None, evolve(self, tries=instead_of.tries if instead_of is not None and counts else self.tries))

    def counts_until(self, at: datetime) -> bool:
        """Whether its tries still count against a newer code: it is not solved and its time has not passed."""
        return self.status is not ChallengeStatus.SOLVED and lies_in(self.issued_at, self.expires_at, at)

    def is_exhausted(self, at: datetime) -> bool:
        """Whether no newer code may be asked for yet, since all tries are spent."""
        return self.counts_until(at) and self.tries >= TRIES_MAX

    def replaced(self) -> Change[Challenge]:
        """A newer code was sent: this one is dead."""
        if self.status is not ChallengeStatus.OPEN:
            return Change(self, self)
        return self._to(ChallengeStatus.REPLACED)

    def attempt(self, sealed: bytes, *, at: datetime) -> tuple[Change[Challenge], GuessVerdict]:
        """Compare a sealed guess in constant time; what is returned is stored whatever the verdict.

        No exception, since a wrong try is a change: it must be counted before anybody is told.
        """
        verdict = self.judged(sealed, at=at)
        if verdict in (GuessVerdict.TOO_MANY, GuessVerdict.EXPIRED):
            return Change(self, self), verdict
        is_right = verdict is GuessVerdict.RIGHT
        return self._tried(ChallengeStatus.SOLVED) if is_right else self.spent(), verdict

    def judged(self, sealed: bytes, *, at: datetime) -> GuessVerdict:
        """What a guess would come to. Whoever is told must have it counted: `attempt`, or for a right one `spent`."""
        if self.status is ChallengeStatus.BURNT:
            return GuessVerdict.TOO_MANY
        if self.status is not ChallengeStatus.OPEN or not lies_in(self.issued_at, self.expires_at, at):
            return GuessVerdict.EXPIRED
        return GuessVerdict.RIGHT if compare_digest(self.sealed, sealed) else GuessVerdict.WRONG

    def spent(self) -> Change[Challenge]:
        """One of its tries is gone without solving it; with the last one it is burnt."""
        return self._tried(ChallengeStatus.BURNT if self.tries + 1 == TRIES_MAX else ChallengeStatus.OPEN)

    def _tried(self, status: ChallengeStatus) -> Change[Challenge]:
        return Change(self, evolve(self, tries=self.tries + 1, status=status))

    def _to(self, status: ChallengeStatus) -> Change[Challenge]:
        assert status in NEXT[self.status]
        return Change(self, evolve(self, status=status))
