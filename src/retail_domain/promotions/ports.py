"""What promotions need from a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OfferId
from retail_domain.kernel.units import Unit
from retail_domain.promotions.model import Promotion


class Promotions(Protocol):
    """The offers that staff have written."""

    async def get(self, id: OfferId) -> Promotion:
        """The offer of this id. Raises OfferNotFound; sees what is staged."""
        ...

    async def all(self, most: int) -> Sequence[Promotion]:
        """The newest first, so many at most, as they are stored."""
        ...

    def save(self, change: Change[Promotion]) -> None:
        """Stage it; of two that decide at once the second is told at commit."""
        ...


class PromotionsWork(Unit, Protocol):
    """The unit of work of promotions."""

    @property
    def promotions(self) -> Promotions:
        """The offers."""
        ...
