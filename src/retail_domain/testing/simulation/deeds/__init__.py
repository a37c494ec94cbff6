"""What people do in a simulation. A deed is a short coroutine; each module here that has some names them in `DEEDS`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from retail_domain.contexts import modules_in
from retail_domain.testing.simulation.deeds.deed import Deed


def _how_often(deeds: Sequence[Deed]) -> tuple[float, float]:
    """The busiest come first: the histories of seeds that are kept do not hang on what a module is called."""
    weights = [deed.weight for deed in deeds]
    return max(weights), sum(weights)


_FOUND: Final[list[Sequence[Deed]]] = [module.DEEDS for module in modules_in(__name__) if hasattr(module, "DEEDS")]
DEEDS: Final[tuple[Deed, ...]] = tuple(deed for some in sorted(_FOUND, key=_how_often, reverse=True) for deed in some)
"""Every deed there is."""

__all__ = ["DEEDS", "Deed"]
