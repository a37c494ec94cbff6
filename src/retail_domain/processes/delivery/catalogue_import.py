"""Importing a catalogue: all of it or nothing, or the good rows; goods that are new bring their stock along.

Every row is read and judged before anything is written; then one unit of work stores them in portions, so that
memory stays bounded however long the file is, and no reader ever sees half a catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from attrs import evolve

from retail_domain.accounts import NEEDS, StaffForbidden
from retail_domain.catalog import CatalogWork
from retail_domain.catalog.importing import ImportCatalogue, ImportReport, Judgement, NewGoods, Reader, Storing
from retail_domain.catalog.use_cases.storing_prices import Told
from retail_domain.inventory import LocationNotFound, Locations, StockItem, StockItems, StockKey
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.means import Means
from retail_domain.kernel.progress import STORING
from retail_domain.kernel.reading import CODE
from retail_domain.notes import Notes, NotesWork, ThingSort, check_notes


class ImportWork(CatalogWork, NotesWork, Protocol):
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


class _Tried(Exception):
    """What would be stored was staged; leaving the unit by this forgets it."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE, Effect.STOCK, Effect.NOTES, Effect.COST))
async def import_catalogue(command: ImportCatalogue, store: Called[Judgement, ImportReport], currency: str) -> ImportReport:
    """Judges every row, then stores all or nothing; with `skip_bad`, the good ones; with `dry_run` it only tries.

    Answers what became of them, or would.

    Without the right to set prices, those of known goods stay, and what their delivery is charged by; what is new has none
    and is off sale (R35).
    Raises InvalidInput (mapping and files do not fit), CatalogueFlawed (nothing was stored), LocationNotFound,
    StaffForbidden (stock, notes or costs are brought in by whoever may not change them).
    """
    if command.location is not None and Effect.STOCK not in command.granted:
        raise StaffForbidden(permission=NEEDS[Effect.STOCK].value)
    noted = {**command.mapping.notes, **command.mapping.sku_notes}
    if noted and Effect.NOTES not in command.granted:
        raise StaffForbidden(permission=NEEDS[Effect.NOTES].value)
    if command.mapping.sku.cost is not None and Effect.COST not in command.granted:
        raise StaffForbidden(permission=NEEDS[Effect.COST].value)
    check_notes(dict.fromkeys(noted, ""))
    source = command.source
    command.mapping.require_columns(source.goods_columns, source.sku_columns, source.category_columns)
    may_price = Effect.SELLING_PRICE in command.granted
    judged = Judgement(Reader(command.mapping, currency, may_price), command)
    await judged.run()
    judged.check()
    try:
        return await store(judged)
    except _Tried as tried:
        return tried.report


async def store_judged(work: ImportWork, judged: Judgement, means: Means) -> ImportReport:
    """One unit, written in portions. Raises CatalogueFlawed when what the shop has stands against it, LocationNotFound."""
    command = judged.command
    told = Told(command.actor, "catalogue import")
    storing = Storing(work=work, clock=means.clock, ids=means.ids, judged=judged, told=told)
    location = await _location(work, command.location)
    await storing.store_categories()
    done = 0
    for portion in storing.portions():
        fresh = await storing.store(portion)
        if location is not None:
            _receive(work, location, fresh, means.clock.now())
            storing.count(units_received=sum(one.units for one in fresh))
        await _keep_notes(work, ThingSort.PRODUCT, storing.product_notes, command, means.clock.now())
        await _keep_notes(work, ThingSort.SKU, storing.sku_notes, command, means.clock.now())
        await work.flush()
        done += len(portion)
        command.progress(STORING, done)
        await command.follow(STORING, done)
    report = storing.report
    judged.check(is_any_good=bool(report.products_created or report.products_updated or report.products_unchanged))
    reported = storing.reported()
    if command.dry_run:
        raise _Tried(evolve(reported, stored=False))
    return reported


async def _keep_notes(
    work: ImportWork, sort: ThingSort, found: dict[Any, Mapping[str, str]], command: ImportCatalogue, at: datetime
) -> None:
    """Of one portion. Raises InvalidInput for more than a thing may carry: then nothing of the import is stored (NTE-R1)."""
    if not found:
        return
    known = await work.notes.claim(sort, found)
    for thing_id, values in found.items():
        notes = known.get(thing_id) or Notes(sort=sort, thing_id=thing_id)
        change = notes.changed(values, actor=command.actor, at=at)
        if change.events:
            work.notes.save(change)
    found.clear()


def _receive(work: ImportWork, location: LocationId, fresh: Sequence[NewGoods], at: datetime) -> None:
    for one in fresh:
        opened = StockItem.opened(StockKey(one.sku_id, location))
        work.stock.save(opened.then(lambda item, n=one.units: item.receive(n, reference="catalogue import", at=at)))  # type: ignore[misc]


async def _location(work: ImportWork, code: str | None) -> LocationId | None:
    if code is None:
        return None
    for location in await work.locations.all():
        if CODE.spelled(location.code) == CODE.spelled(code):
            return location.id
    raise LocationNotFound(location=code)
