"""Prove that somebody holds a phone: shared by everything that takes a code (R36)."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.accounts.errors import CodeExpired, CodeWrong, TooManyTries
from retail_domain.accounts.model.challenge import Challenge, GuessVerdict, Purpose
from retail_domain.accounts.ports import AccountsWork, Sealer
from retail_domain.accounts.use_cases.limits import seconds_until
from retail_domain.accounts.use_cases.open_session import LoggedIn
from retail_domain.accounts.use_cases.send_code import seal_code
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import RefusedAllTheSame
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class Proof:
    """A challenge and the code that came by phone."""

    challenge_id: ChallengeId
    code: str = field(repr=False)


async def told_before(work: AccountsWork, proof: Proof, once: Once | None) -> LoggedIn | None:
    """What the same request was answered before; of rivals with one code all but the first wait here and find it (R17).

    Raises KeyReused.
    """
    if once is None:
        return None
    await work.challenges.claim([proof.challenge_id])
    return await work.answers.recall(once, LoggedIn)


async def proven_phone(work: AccountsWork, proof: Proof, purpose: Purpose, means: Means, sealer: Sealer) -> Phone:
    """The phone that the code proves, staging that the challenge is solved.

    A wrong try is refused but *stored*, whatever else the unit was going to do; so nothing may have been staged before
    this call. Raises, all the same, CodeWrong, CodeExpired or TooManyTries.
    """
    challenge = (await work.challenges.claim([proof.challenge_id])).get(proof.challenge_id)
    if challenge is None or challenge.purpose is not purpose:
        raise CodeWrong()
    change, verdict = challenge.attempt(_sealed(sealer, challenge, proof.code), at=means.clock.now())
    work.challenges.save(change)
    if verdict is not GuessVerdict.RIGHT:
        raise RefusedAllTheSame(_refusal(verdict, seconds_until(challenge.expires_at, means.clock.now())))
    return challenge.phone


def _sealed(sealer: Sealer, challenge: Challenge, code: str) -> bytes:
    return seal_code(sealer, challenge.purpose, challenge.phone, challenge.id, code)


def _refusal(verdict: GuessVerdict, wait_seconds: int) -> DomainError:
    if verdict is GuessVerdict.TOO_MANY:
        return TooManyTries(retry_after_seconds=wait_seconds)
    return CodeExpired() if verdict is GuessVerdict.EXPIRED else CodeWrong()
