"""Prove that somebody holds a phone: shared by everything that takes a code (R36)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from retail_domain.accounts.errors import CodeExpired, CodeWrong, TooManyTries
from retail_domain.accounts.model.challenge import Challenge, GuessVerdict, Purpose
from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.ports import AccountsWork
from retail_domain.accounts.use_cases.limits import HomeOfPhone, allowances_of_guess
from retail_domain.accounts.use_cases.open_session import LoggedIn
from retail_domain.accounts.use_cases.send_code import seal_code
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Counted, Sealer, seconds_until
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import RefusedAllTheSame
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class Proof:
    """A challenge and the code that came by phone; `client` is the network address that wrong ones are counted for."""

    challenge_id: ChallengeId
    code: str = field(repr=False)
    client: str = field(default="", repr=False)


@frozen
class Proving:
    """The challenges of some proofs and the counters of wrong ones, locked in the one order: counters, then challenges."""

    work: AccountsWork
    means: Means
    sealer: Sealer
    rules: AccountRules
    guesses: Counted
    found: Mapping[ChallengeId, Challenge]

    @classmethod
    async def claimed(
        cls,
        work: AccountsWork,
        proofs: tuple[Proof, ...],
        means: Means,
        sealer: Sealer,
        rules: AccountRules,
    ) -> Proving:
        """Lock what these proofs need, by one statement each; the first one's client is who wrong ones are counted for."""
        guesses = await Counted.claimed(work.counters, allowances_of_guess(rules, sealer, proofs[0].client))
        found = await work.challenges.claim([proof.challenge_id for proof in proofs])
        return cls(work, means, sealer, rules, guesses, found)

    async def told_before(self, once: Once | None) -> LoggedIn | None:
        """What the same request was answered before; of rivals with one code all but the first found it here (R17).

        Raises KeyReused.
        """
        return await self.work.answers.recall(once, LoggedIn)

    async def phone(self, proof: Proof, purpose: Purpose) -> Phone:
        """The phone that the code proves, staging that the challenge is solved.

        A wrong try is refused but *stored*, whatever else the unit was going to do; so nothing may have been staged before
        this call. Raises, all the same, CodeWrong, CodeExpired or TooManyTries.
        """
        return (await self.phones((proof, purpose)))[0]

    async def phones(self, *proofs: tuple[Proof, Purpose]) -> tuple[Phone, ...]:
        """The same for several codes: a wrong one leaves the others unused. Where all are right, their phones are at home."""
        at = self.means.clock.now()
        challenges = [self.looked_at(proof, purpose) for proof, purpose in proofs]
        for challenge, (proof, _) in zip(challenges, proofs, strict=True):
            change, _ = challenge.attempt(self._sealed(challenge, proof.code), at=at)
            self.work.challenges.save(change)
        client = proofs[0][0].client  # it is one request
        for phone in {challenge.phone for challenge in challenges}:
            home = await HomeOfPhone.seen(self.work.counters, self.rules, self.sealer, phone, client)
            home.welcome(at=at)
        return tuple(challenge.phone for challenge in challenges)

    def looked_at(self, proof: Proof, purpose: Purpose) -> Challenge:
        """The challenge that the code is right for, which stays as it is; a wrong try is refused but stored, as above."""
        at = self.means.clock.now()
        wait_seconds = self.guesses.wait_seconds(at=at)
        if wait_seconds is not None:
            raise TooManyTries(retry_after_seconds=wait_seconds)
        challenge = self.found.get(proof.challenge_id)
        if challenge is None or challenge.purpose is not purpose:
            self.guesses.note(at=at)
            raise RefusedAllTheSame(CodeWrong())
        change, verdict = challenge.attempt(self._sealed(challenge, proof.code), at=at)
        if verdict is GuessVerdict.RIGHT:
            return challenge
        self.guesses.note(at=at)
        self.work.challenges.save(change)
        raise RefusedAllTheSame(_refusal(verdict, seconds_until(challenge.expires_at, at)))

    def _sealed(self, challenge: Challenge, code: str) -> bytes:
        return seal_code(self.sealer, challenge.purpose, challenge.phone, challenge.id, code)


def _refusal(verdict: GuessVerdict, wait_seconds: int) -> DomainError:
    if verdict is GuessVerdict.TOO_MANY:
        return TooManyTries(retry_after_seconds=wait_seconds)
    return CodeExpired() if verdict is GuessVerdict.EXPIRED else CodeWrong()
