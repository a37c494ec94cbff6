"""How long a database is waited for; it loads no driver."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_adapters.system.retry import LOCKED_OUT_MAX


@frozen(kw_only=True)
class Patience:
    """How long a silent database is waited for, and what others have locked, in seconds.

    A statement that takes longer is given up. `lock`: who waits so long in all for a lock is told to come again.
    `keepalive`: an idle connection is asked for a sign of life that often. `unanswered`: what was sent and not even received
    ends the connection (Linux).
    """

    statement: float = 30.0
    lock: float = 20.0
    keepalive: int = 10
    unanswered: int = 10

    @property
    def lock_at_a_time(self) -> float:
        """How long somebody may wait before others have the connection in between."""
        return self.lock / LOCKED_OUT_MAX


PATIENT: Final = Patience()
"""For whoever does what takes long."""
