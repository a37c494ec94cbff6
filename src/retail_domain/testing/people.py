"""Builders and stand-ins for accounts: members, codes, a hasher that is quick, a phone that remembers its messages."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from attrs import define, evolve, field, frozen

from retail_domain.accounts import (
    AccountRules,
    Allowance,
    Challenge,
    Contact,
    Member,
    Purpose,
    Sealer,
    SmsAccepted,
    SmsMessage,
)
from retail_domain.accounts.use_cases.send_code import seal_code
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError, Unavailable
from retail_domain.kernel.ids import ChallengeId, MemberId

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PHONE = Phone.parse("13800138000")
OTHER_PHONE = Phone.parse("13900139000")

GENEROUS = AccountRules(
    codes_per_phone=(Allowance(most=1_000, within=timedelta(hours=1)),),
    codes_per_phone_of_strangers=(Allowance(most=1_000, within=timedelta(hours=1)),),
    codes_per_address=(Allowance(most=1_000, within=timedelta(hours=1)),),
    hashes_per_phone=Allowance(most=1_000, within=timedelta(hours=1)),
)
"""Rules under which sending never stops, for tests of something else."""


@frozen
class PlainSealer:
    """Seals with a key everybody knows: for tests only."""

    def seal(self, *parts: str) -> bytes:
        """32 bytes for these parts."""
        told = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(b"everybody knows", told.encode(), "sha256")


@define
class QuickPasswords:
    """Hashes without the slowness, and counts how often it compared and hashed: for tests only."""

    outdated: bool = False
    compared: list[bool] = field(factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Happens once, after the next comparison and before its answer is used."""

    hashed: int = 0
    is_full: bool = False
    """Whether so many wait already that everybody is turned away."""

    async def hash(self, password: str, client: str = "") -> str:
        """A digest."""
        self._let_in()
        self.hashed += 1
        return _quick(password)

    async def matches(self, password_hash: str | None, password: str, client: str = "") -> bool:
        """Whether it belongs to the hash."""
        self._let_in()
        self.compared.append(password_hash is not None)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return password_hash == _quick(password)

    def is_outdated(self, password_hash: str) -> bool:
        """As the test says."""
        return self.outdated and password_hash.startswith("$")

    def is_common(self, password: str) -> bool:
        """One of two."""
        return password.casefold() in ("12345678", "password")

    def _let_in(self) -> None:
        if self.is_full:
            raise Unavailable(reason="hashing")


def _quick(password: str) -> str:
    return f"$quick${sha256(password.encode()).hexdigest()}"


@define
class RememberingSms:
    """Remembers every message; raises what it was told to raise after remembering."""

    sent: list[SmsMessage] = field(factory=list)
    trouble: DomainError | None = None

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Remember it."""
        self.sent.append(message)
        if self.trouble is not None:
            raise self.trouble
        return SmsAccepted(message.message_id, str(len(self.sent)))

    @property
    def code(self) -> str:
        """The code in the last message that has one."""
        return next(message.parameters["code"] for message in reversed(self.sent) if "code" in message.parameters)


def a_member(number: int = 1, *, phone: Phone | None = PHONE, at: datetime = NOON) -> Change[Member]:
    """Somebody who registered."""
    return Member.registered(id=MemberId(UUID(int=number)), phone=phone, terms_version="1", at=at)


def a_challenge(number: int = 1, *, code: str = "314159", sealer: Sealer | None = None, at: datetime = NOON) -> Challenge:
    """A login code for PHONE, good for five minutes."""
    id = ChallengeId(UUID(int=number))
    sealed = seal_code(sealer or PlainSealer(), Purpose.LOGIN, PHONE, id, code)
    return Challenge(
        id=id, purpose=Purpose.LOGIN, phone=PHONE, sealed=sealed, issued_at=at, expires_at=at + timedelta(minutes=5)
    )


def a_contact(recipient: str = "韩梅梅") -> Contact:
    """Somebody in Nanshan in Shenzhen."""
    return Contact(
        recipient=recipient, phone=PHONE, region_code="440305", region="广东省 深圳市 南山区", detail="科技园路 1 号"
    )


def renumbered(challenge: Challenge, number: int) -> Challenge:
    """The same challenge under another id."""
    return evolve(challenge, id=ChallengeId(UUID(int=number)))
