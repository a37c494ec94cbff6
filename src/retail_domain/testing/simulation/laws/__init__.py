"""What must always hold. A law is a short function; each module here names its own in `ROW_LAWS` and `END_LAWS`."""

from __future__ import annotations

from typing import Final

from retail_domain.contexts import found_in
from retail_domain.testing.simulation.auditor import EndLaw, RowLaw

ROW_LAWS: Final[tuple[RowLaw, ...]] = found_in(__name__, "ROW_LAWS")
"""Laws of every committed row."""

END_LAWS: Final[tuple[EndLaw, ...]] = found_in(__name__, "END_LAWS")
"""Laws of a shop in which everything has settled."""

__all__ = ["END_LAWS", "ROW_LAWS", "EndLaw", "RowLaw"]
