"""Who did it: every transition names its actor (ORD-R7)."""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.checked import checked


class ActorKind(Enum):
    """The five sorts of actors a transition can have."""

    MEMBER = "member"
    STAFF = "staff"
    SYSTEM = "system"
    GATEWAY = "gateway"
    MACHINE = "machine"


@frozen
@checked
class Actor:
    """Somebody or something that acts: a member or a staff account by id; the system, a gateway or a machine by name."""

    kind: ActorKind
    ref: str

    @classmethod
    def member(cls, id: UUID) -> Actor:
        """A member acting for themselves."""
        return cls(ActorKind.MEMBER, str(id))

    @classmethod
    def staff(cls, id: UUID) -> Actor:
        """A member of staff."""
        return cls(ActorKind.STAFF, str(id))

    @classmethod
    def system(cls, name: str) -> Actor:
        """The shop itself: a timer, a reaction, or the command line without `--as` (ACC-R4)."""
        return cls(ActorKind.SYSTEM, name)

    @classmethod
    def gateway(cls, code: str) -> Actor:
        """A payment provider telling us something."""
        return cls(ActorKind.GATEWAY, code)

    @classmethod
    def machine(cls, name: str) -> Actor:
        """A program that came with an API key; no two keys ever have one name (ACC-R10)."""
        return cls(ActorKind.MACHINE, name)
