"""Ids that count: the same test mints the same ids every time."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from attrs import define

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


@define
class CountingIds:
    """Mints UUIDv7-shaped ids 1, 2, 3 ...; `series` keeps those of several minters apart."""

    series: int = 0
    minted: int = 0

    def new(self) -> UUID:
        """The next id: greater than every one this minter gave out before."""
        self.minted += 1
        return UUID(int=self.minted << 80 | _VERSION_7 | _VARIANT | self.series)
