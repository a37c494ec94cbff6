"""Member (会员): somebody the shop knows."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, field, frozen

from retail_domain.accounts.events import (
    BehaviourConsentChanged,
    MemberBanned,
    MemberPhoneChanged,
    MemberReadmitted,
    MemberRegistered,
)
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId


class MemberStatus(Enum):
    """Whether a member may log in."""

    ACTIVE = "active"
    BANNED = "banned"


@frozen(kw_only=True)
class Member:
    """Somebody the shop knows by phone number, or a walk-in customer without one (会员).

    `terms_version` names the privacy terms accepted at registration (ACC-R2); `behaviour_consent` says whether
    what they look at may be kept (BEH-R2).
    """

    id: MemberId
    created_at: datetime
    terms_version: str
    phone: Phone | None = None
    name: str | None = field(default=None, repr=False)
    status: MemberStatus = MemberStatus.ACTIVE
    behaviour_consent: bool = False
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.name is not None and not 1 <= len(self.name) <= 50:
            raise ValueError("a name is one line of 1 to 50 characters")
        if not self.terms_version:
            raise ValueError("a member has accepted some version of the privacy terms")

    @property
    def is_active(self) -> bool:
        """Whether they may log in."""
        return self.status is MemberStatus.ACTIVE

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
