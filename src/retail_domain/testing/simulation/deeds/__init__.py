"""What people do in a simulation. A deed is a short coroutine; each module here that has some names them in `DEEDS`."""

from __future__ import annotations

from typing import Final

from retail_domain.contexts import found_in
from retail_domain.testing.simulation.deeds.deed import Deed

DEEDS: Final[tuple[Deed, ...]] = found_in(__name__, "DEEDS")
"""Every deed there is."""

__all__ = ["DEEDS", "Deed"]
