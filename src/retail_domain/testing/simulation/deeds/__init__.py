"""What people do in a simulation. A deed is a short coroutine; a new context adds its own with one line here."""

from __future__ import annotations

from typing import Final

from retail_domain.testing.simulation.deeds.campaigns import CAMPAIGNS
from retail_domain.testing.simulation.deeds.deed import Deed
from retail_domain.testing.simulation.deeds.looking import LOOKING
from retail_domain.testing.simulation.deeds.paying import PAYING
from retail_domain.testing.simulation.deeds.shopping import SHOPPING
from retail_domain.testing.simulation.deeds.staff import STAFF

DEEDS: Final[tuple[Deed, ...]] = (*SHOPPING, *PAYING, *STAFF, *LOOKING, *CAMPAIGNS)
"""Every deed there is."""

__all__ = ["DEEDS", "Deed"]
