"""Importing a catalogue: all of it or nothing, or the good rows; goods that are new bring their stock along.

Every row is read and judged before anything is written; then one unit of work stores them in portions, so that
memory stays bounded however long the file is, and no reader ever sees half a catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from retail_domain.catalog import CatalogWork
from retail_domain.catalog.importing import ImportCatalogue, ImportReport, Judgement, NewGoods, Reader, Storing
from retail_domain.inventory import LocationNotFound, Locations, StockItem, StockItems, StockKey
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, LocationId
from retail_domain.kernel.units import Begin


class ImportWork(CatalogWork, Protocol):
    """The unit of work of an import."""

    @property
    def stock(self) -> StockItems:
        """The shelves."""
        ...

    @property
    def locations(self) -> Locations:
        """Warehouses and stores."""
        ...

    async def flush(self) -> None:
        """Write what is staged so far within the unit and forget it; it lasts only if the unit commits."""
        ...


@frozen(kw_only=True)
class ImportCatalogueHandler:
    """Raises InvalidInput (mapping and files do not fit), CatalogueFlawed (nothing was stored), LocationNotFound."""

    begin: Begin[ImportWork]
    clock: Clock
    ids: Ids
    currency: str

    async def __call__(self, command: ImportCatalogue) -> ImportReport:
        """Judge every row, then store all or nothing; with `skip_bad`, the good ones."""
        source = command.source
        command.mapping.require_columns(source.goods_columns, source.sku_columns, source.category_columns)
        judged = Judgement(Reader(command.mapping, self.currency), command)
        judged.run()
        judged.check()
        async with self.begin() as work:
            storing = Storing(work=work, clock=self.clock, ids=self.ids, judged=judged)
            await self._store(work, storing, command)
            judged.check()
            await work.commit()
        return storing.reported()

    async def _store(self, work: ImportWork, storing: Storing, command: ImportCatalogue) -> None:
        location = await _location(work, command.location)
        await storing.store_categories()
        done = 0
        for portion in storing.portions():
            fresh = await storing.store(portion)
            if location is not None:
                self._receive(work, location, fresh)
                storing.count(units_received=sum(one.units for one in fresh))
            await work.flush()
            done += len(portion)
            command.progress("storing", done)

    def _receive(self, work: ImportWork, location: LocationId, fresh: Sequence[NewGoods]) -> None:
        at = self.clock.now()
        for one in fresh:
            opened = StockItem.opened(StockKey(one.sku_id, location))
            work.stock.save(opened.then(lambda item, n=one.units: item.receive(n, reference="catalogue import", at=at)))  # type: ignore[misc]


async def _location(work: ImportWork, code: str | None) -> LocationId | None:
    if code is None:
        return None
    for location in await work.locations.all():
        if location.code == code:
            return location.id
    raise LocationNotFound(location=code)
