"""UUIDv7 ids: they sort by time, so that new rows land at the end of the index (decision 0013)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from threading import Lock
from typing import Final
from uuid import UUID

from attrs import define, field

from retail_adapters.system.clock import SystemClock
from retail_adapters.system.quick_uuid import QuickUuid
from retail_domain.kernel.clock import Clock

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62
_RANDOM_BITS: Final = 74


@define
class UuidSevenIds:
    """Mints UUIDv7 ids, each greater than the one before within a process, even when the clock stands or goes back."""

    clock: Clock = field(factory=SystemClock)
    random_bits: Callable[[int], int] = secrets.randbits
    _last: int = field(default=0, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False, eq=False)

    def new(self) -> UUID:
        """A UUIDv7 that was never given out before."""
        with self._lock:
            now = int(self.clock.now().timestamp() * 1000)
            if now > self._last >> _RANDOM_BITS:
                self._last = now << _RANDOM_BITS | self.random_bits(_RANDOM_BITS)
            else:  # a step of random size past the last one keeps ids hard to guess when the clock does not advance
                self._last += 1 + self.random_bits(32)
            last = self._last
        time, chance = last >> _RANDOM_BITS, last & ((1 << _RANDOM_BITS) - 1)
        number = time << 80 | _VERSION_7 | (chance >> 62) << 64 | _VARIANT | chance & ((1 << 62) - 1)
        return QuickUuid(number.to_bytes(16, "big"))
