"""How long one waits for payers and providers (PAY-R1, PAY-R15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from retail_domain.kernel.clock import SKEW

POLL_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
"""When the provider is asked without having told anything; the last one repeats (PAY-R7, R11)."""

POLLED_AHEAD_MAX: Final = POLL_AFTER[-1] + SKEW
"""An undecided attempt that is to be asked later than that was written down before a clock was put back: it is due (R29)."""

MARGIN: Final = timedelta(seconds=60)
"""An attempt expires this much before its order, so that the provider closes first (PAY-R1)."""

TIME_TO_PAY_MIN: Final = timedelta(seconds=60)
"""With less time left no attempt is started."""

GRACE: Final = timedelta(minutes=10)
"""Only this long after the expiry is "never heard of it" believed for good (PAY-R15)."""

LAST_LOOK_AFTER: Final = timedelta(hours=25)
"""Who never heard of an attempt is asked once more, when a clock that may have been a day ahead is not any longer (R29, F7)."""

ASK_AGAIN_AFTER: Final = timedelta(seconds=3)
"""How often a member may have the provider asked (PAY-R13)."""
