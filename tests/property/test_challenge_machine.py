"""A code beside a naive model of it, counters beside a list of times, and no two parts that seal alike (R36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retail_adapters.system.sealer import HmacSealer
from retail_domain.accounts import Allowance, Challenge, ChallengeStatus, GuessVerdict, Purpose, Slot, phone_number
from retail_domain.accounts.use_cases.send_code import seal_code
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId
from retail_domain.testing.people import NOON, PHONE, PlainSealer, a_challenge

SEALER = PlainSealer()
CODES = st.sampled_from(["000001", "000002", "000003"])


class OneCodeAfterTheOther(RuleBasedStateMachine):
    """R36: at most five tries while a chain of codes lasts, one success each, never after its time."""

    @initialize(code=CODES)
    def first(self, code: str) -> None:
        self.at: datetime = NOON
        self.number = 0
        self.model_tries = 0
        self._issue(code, None)

    @rule(seconds=st.integers(0, 200))
    def time_passes(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(code=CODES)
    def somebody_guesses(self, code: str) -> None:
        sealed = seal_code(SEALER, Purpose.LOGIN, PHONE, self.challenge.id, code)

        change, verdict = self.challenge.attempt(sealed, at=self.at)

        assert verdict is self._expected(code)
        if verdict in (GuessVerdict.RIGHT, GuessVerdict.WRONG):
            self.model_tries += 1
        self.model_solved = self.model_solved or verdict is GuessVerdict.RIGHT
        self.challenge = change.state

    @precondition(lambda self: not self.challenge.is_exhausted(self.at))
    @rule(code=CODES)
    def a_newer_code_is_sent(self, code: str) -> None:
        older = self.challenge
        if self.model_solved or self.at >= self.model_ends:
            self.model_tries = 0

        dead = older.replaced().state
        self._issue(code, older)

        assert dead.status is not ChallengeStatus.OPEN

    @invariant()
    def tries_are_those_that_were_heard(self) -> None:
        assert self.challenge.tries == self.model_tries <= 5

    def _issue(self, code: str, older: Challenge | None) -> None:
        self.number += 1
        self.model_code, self.model_solved, self.model_ends = code, False, self.at + timedelta(minutes=5)
        self.challenge = a_challenge(self.number, code=code, at=self.at).issued(instead_of=older).state

    def _expected(self, code: str) -> GuessVerdict:
        if self.model_tries == 5 and not self.model_solved:
            return GuessVerdict.TOO_MANY
        if self.model_solved or self.at >= self.model_ends:
            return GuessVerdict.EXPIRED
        return GuessVerdict.RIGHT if code == self.model_code else GuessVerdict.WRONG


TestOneCodeAfterTheOther = OneCodeAfterTheOther.TestCase


@given(st.integers(1, 5), st.lists(st.integers(0, 90), max_size=40))
def test_no_window_holds_more_than_its_allowance(most: int, waits: list[int]) -> None:
    """R36: whatever the times, each window that opened holds at most so many uses."""
    allowance, at = Allowance(most=most, within=timedelta(minutes=1)), NOON
    slot: Slot | None = None
    windows: dict[datetime, int] = {}
    for wait in waits:
        at += timedelta(seconds=wait)
        change = Slot.opened("key", allowance, at=at) if slot is None else slot.take(allowance, at=at)
        if change is not None:
            slot = change.state
            windows[slot.ends_at] = windows.get(slot.ends_at, 0) + 1
            assert at < slot.ends_at
    assert all(uses <= most for uses in windows.values())
    ends = sorted(windows)
    assert all(later - sooner >= timedelta(minutes=1) for sooner, later in pairwise(ends))


PARTS = st.lists(st.text(max_size=6), min_size=1, max_size=4)


@given(PARTS, PARTS)
def test_two_seals_are_alike_only_when_all_their_parts_are(one: list[str], other: list[str]) -> None:
    """R36: no part can be pushed over into its neighbour."""
    sealer = HmacSealer(b"secret")

    assert (sealer.seal(*one) == sealer.seal(*other)) == (one == other)


DIGITS = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(DIGITS, st.sampled_from(["", "+86", "86", " +86 "]), st.lists(st.integers(0, 11), max_size=4), st.sampled_from(" -()"))
def test_however_a_number_is_spelled_it_is_one_number(digits: str, prefix: str, places: list[int], noise: str) -> None:
    """R36: no bypass of limits by phone formatting."""
    spelled = digits
    for place in places:
        spelled = spelled[:place] + noise + spelled[place:]
    wide = spelled.translate({ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789"})

    assert phone_number(prefix + spelled) == phone_number(prefix + wide) == Phone(f"+86{digits}")


def test_ids_of_challenges_are_part_of_their_seals() -> None:
    """R36: bound to the challenge, which is the session of the one who asked."""
    one, other = (seal_code(SEALER, Purpose.LOGIN, PHONE, ChallengeId(UUID(int=number)), "000001") for number in (1, 2))

    assert one != other
