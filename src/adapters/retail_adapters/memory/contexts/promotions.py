"""Offers in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from retail_adapters.memory.store import MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import OfferId
from retail_domain.promotions import OfferNotFound, Promotion, PromotionsWork


class MemoryPromotions(MemoryCollection[OfferId, Promotion]):
    """The offers; see the port."""

    table: ClassVar[str] = "promotions"

    async def get(self, id: OfferId) -> Promotion:
        """Staged or stored. Raises OfferNotFound."""
        found = self.look(id)
        if found is None:
            raise OfferNotFound(offer_id=id)
        return found

    async def all(self, most: int) -> Sequence[Promotion]:
        """The newest first."""
        return sorted(self._committed().values(), key=lambda one: (one.made_at, one.id), reverse=True)[:most]


class Collections(MemoryUnit):
    """The offers that staff have written."""

    promotions = collection(MemoryPromotions)


MANIFEST: Final = Manifest[PromotionsWork, None](Collections)
