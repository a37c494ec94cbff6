"""Say more of a kind of goods: barcodes and tax, what it cost, how low it may go, and what its struck price rests on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from attrs import evolve, frozen

from retail_domain.catalog.errors import CodeInUse, StruckPriceUntrue
from retail_domain.catalog.model import Basis, ListBasis, Product, Sku, SkuWish, barcode_key, lowest_asked
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.change_product import ProductState, claimed, stored
from retail_domain.catalog.use_cases.checks import require
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput, require_seen
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.reading import CODE

ASKED_DAYS: Final = timedelta(days=30)
"""How long before an offer began the lowest price that was asked is looked for."""
PAID_DAYS: Final = timedelta(days=7)
"""How long before an offer began the lowest price that was paid is looked for."""

LowestPaid: TypeAlias = Callable[[SkuId, datetime, datetime], Awaitable[int | None]]
"""The least that was paid for a unit in `[since, until)`; None: nobody paid, or has what they paid for."""


@frozen
class Sold:
    """What a struck price is held against beside what was asked."""

    means: Means
    lowest_paid: LowestPaid


@frozen(kw_only=True)
@checked
class LabelSku:
    """What others call a kind of goods, and how it is taxed: replaced as a whole."""

    sku_id: SkuId
    barcodes: tuple[str, ...] = ()
    tax_code: str | None = None
    tax_rate_bp: int | None = None
    seen: NoneOrMore | None = None
    """The version of the goods that was looked at: with it, nobody may have changed them since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class BoundPrice:
    """How low a price may go, what members will be asked, and the struck price with what it rests on: replaced as a whole.

    Whoever is signed in is asked the price for members, where it is less than their tier or an offer would make it (PRC-R3).
    """

    sku_id: SkuId
    floor_minor: int | None = None
    member_price_minor: int | None = None
    list_price_minor: int | None = None
    basis: Basis | None = None
    seen: NoneOrMore | None = None
    """The version of the goods that was looked at: with it, nobody may have changed them since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CostSku:
    """What a unit cost the shop; None: nobody knows."""

    sku_id: SkuId
    cost_minor: int | None
    once: Once | None = None


@brings(Effect.GOODS)
async def label_sku(work: CatalogWork, command: LabelSku, means: Means) -> ProductState:
    """No other kind of goods has any of these barcodes, nor one of them for its code. Answers how the goods stand.

    Raises InvalidInput, SkuNotFound, ProductNotFound, ChangedMeanwhile, CodeInUse.
    """
    product, sku = await _found(work, command.sku_id)
    require_seen(command.seen, product.version)
    tax_code = None if command.tax_code is None else CODE.spelled(command.tax_code)
    wanted = evolve(sku.particulars, barcodes=command.barcodes, tax_code=tax_code, tax_rate_bp=command.tax_rate_bp)
    require(wanted.problems())
    await require_free_barcodes(work, sku, wanted.barcodes)
    return _described(work, product, evolve(sku, particulars=wanted), means)


async def bound_price(work: CatalogWork, command: BoundPrice, means: Means, lowest_paid: LowestPaid) -> ProductState:
    """A floor above what is asked is refused, and so is a struck price that is not true. Answers how the goods stand.

    Raises InvalidInput, SkuNotFound, ProductNotFound, ChangedMeanwhile, PriceBelowFloor, StruckPriceUntrue.
    """
    product, sku = await _found(work, command.sku_id)
    require_seen(command.seen, product.version)
    wanted = evolve(
        sku.particulars, floor_minor=command.floor_minor, member_price_minor=command.member_price_minor, basis=command.basis
    )
    require(
        (*wanted.problems(), *SkuWish(code=sku.code, price_minor=None, list_price_minor=command.list_price_minor).problems())
    )
    if sku.is_priced and wanted.member_price_minor is not None and wanted.member_price_minor > sku.price_minor:
        raise InvalidInput.of(
            "member_price", "above_price", f"members are asked no more than others: {sku.price_minor} at most"
        )
    if (command.list_price_minor is None) != (command.basis is None):
        field = "basis" if command.basis is None else "list_price"
        raise InvalidInput.of(field, "required", "a price that is struck through says what it rests on, and since when")
    if command.basis is not None and command.list_price_minor is not None:
        await _require_true(work, sku, command.list_price_minor, command.basis, Sold(means, lowest_paid))
    wished = evolve(sku, particulars=wanted, list_price_minor=command.list_price_minor)
    return _described(work, product, wished, means)


@brings(Effect.COST)
async def cost_sku(work: CatalogWork, command: CostSku, means: Means) -> ProductState:
    """Answers how the goods stand. Raises InvalidInput, SkuNotFound, ProductNotFound."""
    product, sku = await _found(work, command.sku_id)
    wanted = evolve(sku.particulars, cost_minor=command.cost_minor)
    require(wanted.problems())
    return _described(work, product, evolve(sku, particulars=wanted), means)


async def require_free_barcodes(work: CatalogWork, sku: Sku, barcodes: Sequence[str]) -> None:
    """Nobody else is called so. Raises CodeInUse; a rival who is faster makes the commit raise Taken."""
    if not barcodes:
        return
    owners = await work.products.skus_barred(barcodes)
    codes = await work.products.owners_of_sku_codes([*barcodes])
    taken = {one for one in barcodes if owners.get(barcode_key(one), sku.id) != sku.id or (one in codes and one != sku.code)}
    if taken:
        raise CodeInUse(what="barcode", taken=tuple(sorted(taken)))


async def _require_true(work: CatalogWork, sku: Sku, list_price_minor: int, basis: Basis, sold: Sold) -> None:
    calendar, now = sold.means.calendar, sold.means.clock.now()

    def untrue(rule: str, from_day: date | None = None, lowest_minor: int | None = None) -> StruckPriceUntrue:
        return StruckPriceUntrue(
            field="list_price", sku_id=sku.id, list_price_minor=list_price_minor, price_minor=sku.price_minor, rule=rule,
            from_day=from_day, until_day=basis.since, lowest_minor=lowest_minor,
        )  # fmt: skip

    if basis.since > calendar.day_of(now):
        raise untrue("not_yet")
    if list_price_minor <= sku.price_minor:
        raise untrue("not_higher")
    if basis.sort is ListBasis.LISTED:
        return
    is_paid = basis.sort is ListBasis.LOWEST_PAID
    from_day = basis.since - (PAID_DAYS if is_paid else ASKED_DAYS)
    since, until = calendar.start_of(from_day), calendar.start_of(basis.since)
    if is_paid:
        lowest = await sold.lowest_paid(sku.id, since, until)
    else:
        lowest = lowest_asked(await work.price_changes.since(sku.id, since), sku.price_version, since, until)
    if lowest is None:
        raise untrue("none_paid" if is_paid else "unknown", from_day)
    if lowest < list_price_minor:
        raise untrue("above_lowest", from_day, lowest)


async def _found(work: CatalogWork, sku_id: SkuId) -> tuple[Product, Sku]:
    product = await claimed(work, await work.products.product_of(sku_id))
    return product, product.sku(sku_id)


def _described(work: CatalogWork, product: Product, wanted: Sku, means: Means) -> ProductState:
    change = product.describe_sku(wanted.id, wanted.particulars, wanted.list_price_minor, at=means.clock.now())
    return stored(work, change, change.state.sku(wanted.id))
