"""Member (会员): somebody the shop knows."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.accounts.errors import MemberNotFound
from retail_domain.accounts.events import (
    BehaviourConsentChanged,
    MemberBanned,
    MemberLeft,
    MemberPhoneChanged,
    MemberReadmitted,
    MemberRegistered,
    TermsAgreed,
)
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId

NO_TERMS: Final = "none"
"""Stands for the terms of whoever a file moved in: they have agreed to none here, and are asked (ACC-R18)."""


class MemberStatus(Enum):
    """Whether a member may log in."""

    ACTIVE = "active"
    BANNED = "banned"


@frozen(kw_only=True)
class Member:
    """Somebody the shop knows by phone number, or a walk-in customer without one (会员).

    `terms_version` names the privacy terms they agreed to last, at registration first (ACC-R2); `behaviour_consent` says
    whether what they look at may be kept (BEH-R2). Who has left is barred, too: a release that knows nothing of leaving lets
    nobody in either.
    """

    id: MemberId
    created_at: datetime
    terms_version: str
    phone: Phone | None = None
    name: str | None = field(default=None, repr=False)
    status: MemberStatus = MemberStatus.ACTIVE
    behaviour_consent: bool = False
    closed_at: datetime | None = None
    """When the account was closed, for good."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.name is not None and not 1 <= len(self.name) <= 50:
            raise ValueError("a name is one line of 1 to 50 characters")
        if not self.terms_version:
            raise ValueError("a member has accepted some version of the privacy terms")
        if self.closed_at is not None and (self.phone, self.name, self.behaviour_consent) != (None, None, False):
            raise ValueError("nothing is known of who has left")

    @property
    def is_active(self) -> bool:
        """Whether they may log in."""
        return self.status is MemberStatus.ACTIVE and not self.has_left

    @property
    def has_left(self) -> bool:
        """Whether the account was closed."""
        return self.closed_at is not None

    def here(self) -> Member:
        """The member, unless they have left: nothing is written about them any more (PRV-R4). Raises MemberNotFound."""
        if self.has_left:
            raise MemberNotFound()
        return self

    @classmethod
    def registered(
        cls, *, id: MemberId, phone: Phone | None, name: str | None = None, terms_version: str, at: datetime
    ) -> Change[Member]:
        """Somebody becomes a member."""
        spelled = None if name is None else one_line(name, 1, 50, "name")
        member = cls(id=id, created_at=at, terms_version=terms_version, phone=phone, name=spelled)
        return Change(None, member, (MemberRegistered(at=at, member_id=id, terms_version=terms_version),))

    def rename(self, name: str | None) -> Change[Member]:
        """Call them differently, or by no name."""
        return Change(self, evolve(self, name=None if name is None else one_line(name, 1, 50, "name")))

    def consent(self, given: bool, *, at: datetime) -> Change[Member]:
        """Allow, or no longer allow, that what they look at is kept (BEH-R2)."""
        if given == self.behaviour_consent:
            return Change(self, self)
        event = BehaviourConsentChanged(at=at, member_id=self.id, given=given)
        return Change(self, evolve(self, behaviour_consent=given), (event,))

    def agree(self, terms_version: str, *, at: datetime) -> Change[Member]:
        """Agree to these terms of privacy; agreeing again changes nothing (ACC-R16)."""
        if terms_version == self.terms_version:
            return Change(self, self)
        event = TermsAgreed(at=at, member_id=self.id, terms_version=terms_version)
        return Change(self, evolve(self, terms_version=terms_version), (event,))

    def depart(self, *, actor: Actor, at: datetime) -> Change[Member]:
        """Close the account for good: the phone is free, and nobody is called by the name any more (PRV-R2)."""
        left = evolve(self, closed_at=at, phone=None, name=None, behaviour_consent=False, status=MemberStatus.BANNED)
        return Change(self, left, (MemberLeft(at=at, member_id=self.id, actor=actor),))

    def change_phone(self, phone: Phone, *, at: datetime) -> Change[Member]:
        """Reach them by another number, which they have proven to hold."""
        return Change(self, evolve(self, phone=phone), (MemberPhoneChanged(at=at, member_id=self.id),))

    def ban(self, *, actor: Actor, at: datetime) -> Change[Member]:
        """Block them; banning twice changes nothing."""
        if not self.is_active:
            return Change(self, self)
        return Change(self, evolve(self, status=MemberStatus.BANNED), (MemberBanned(at=at, member_id=self.id, actor=actor),))

    def readmit(self, *, actor: Actor, at: datetime) -> Change[Member]:
        """Let them in again."""
        if self.is_active:
            return Change(self, self)
        return Change(
            self, evolve(self, status=MemberStatus.ACTIVE), (MemberReadmitted(at=at, member_id=self.id, actor=actor),)
        )
