"""What the shop says of itself, as every page ends with it: looked up again after some seconds, not for every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from retail_domain.kernel.clock import Clock
from retail_domain.settings import ShopFront

KEPT: Final = timedelta(seconds=10)
"""So long a change of these texts may take to be read on the pages."""
_NOTHING: Final = ShopFront(
    version=0, name="", notice="", contact="", contact_hours="", company="", licence="", licence_url="", record_number="",
    terms_url="", privacy_url="",
)  # fmt: skip


@define
class Front:
    """The texts of the shop as they were read last."""

    show: Callable[[], Awaitable[ShopFront]]
    clock: Clock
    kept: timedelta = KEPT
    told: ShopFront = field(default=_NOTHING, init=False)
    _read_at: datetime | None = field(default=None, init=False)

    async def freshen(self) -> None:
        """Read them again if they are older than that; whoever comes meanwhile sees what was read before."""
        now, before = self.clock.now(), self._read_at
        if before is not None and timedelta() <= now - before < self.kept:
            return
        self._read_at = now
        try:
            self.told = await self.show()
        except BaseException:
            self._read_at = before
            raise
