"""What approvals need from a store, and from whoever writes wishes down."""

from __future__ import annotations

from typing import Any, Protocol

from retail_domain.approvals.model import Approval
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.units import Unit


class Approvals(Protocol):
    """Requests that wait for a second person; one for each key (`approvals.asked_under`)."""

    async def find(self, id: ApprovalId) -> Approval | None:
        """The request of this id, unlocked."""
        ...

    async def claim(self, id: ApprovalId) -> Approval | None:
        """Lock this request until the unit ends, before anything else: rivals wait, and see what became of it."""
        ...

    async def asked_under(self, digest: str) -> Approval | None:
        """The request that was asked for under this key, unlocked."""
        ...

    def save(self, change: Change[Approval]) -> None:
        """Stage a change; a key that a rival asked under raises `Taken` at commit."""
        ...


class ApprovalsWork(Unit, Protocol):
    """The unit of work of approvals."""

    @property
    def approvals(self) -> Approvals: ...


class Wishes(Protocol):
    """Writes wishes down, and reads them again as they were."""

    def write(self, wish: Any) -> str:
        """As text."""
        ...

    def read(self, kind: type[Any], text: str) -> Any:
        """As it was."""
        ...
