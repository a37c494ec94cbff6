"""`retail catalog label|bounds|cost|costs|prices|sku|window`: what staff know of kinds of goods, and when they are sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

import attrs
import click

from retail_domain.catalog import (
    Basis,
    BoundPrice,
    CostSku,
    LabelSku,
    ListBasis,
    PriceChange,
    SetSalesWindow,
)
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import Money, parse_minor
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.naming import ProductName, SkuName, day_typed, moment_or_day_typed
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

_NONE: Final = "none"


def _amounts(*names: str) -> Any:
    """Amounts as they are typed: `none` takes one away, and what is not typed stays as it is."""

    def read(settings: Settings, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _amount(name, given[name], settings.currency) for name in names}

    return read


def _amount(name: str, told: str | None, currency: str) -> int | str | None:
    if told is None or told == _NONE:
        return told
    try:
        return parse_minor(told, currency)
    except ValueError as wrong:
        raise InvalidInput.of(name, "amount", str(wrong)) from None


def _or_as_it_is(told: Any, present: Any) -> Any:
    return present if told is None else None if told == _NONE else told


def _rate(told: str | None) -> int | str | None:
    if told is None or told == _NONE:
        return told
    try:
        points = Decimal(told.removesuffix("%")) * 100
    except InvalidOperation:
        points = Decimal(-1)
    if not (0 <= points <= 10_000 and points == int(points)):
        raise InvalidInput.of("tax_rate", "percent", "a rate is written as 13% or 1.5%")
    return int(points)


def _read_labels(_: Settings, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"tax_rate": _rate(given["tax_rate"])}


@click.command(epilog=example("catalog label TEA-100 --barcode 6901234567892 --tax-rate 13% --as admin"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.option("--barcode", "barcodes", multiple=True, help="All it has from now on, one by one; `none`: it has none.")
@click.option("--tax-code", help="What the tax office calls it, or `none`.")
@click.option("--tax-rate", help="In per cent, such as 13%, or `none`.")
@decides("catalog.label", _read_labels)
async def label(desk: StaffDesk, sku_id: UUID, barcodes: tuple[str, ...], tax_code: str | None, tax_rate: Any) -> None:
    """Say the barcodes of SKU, and how it is taxed; what is not said stays as it is."""
    sheet = await desk.reads.catalog.sku_sheet(SkuId(sku_id))
    command = LabelSku(
        sku_id=SkuId(sku_id), barcodes=() if barcodes == (_NONE,) else barcodes or sheet.barcodes,
        tax_code=_or_as_it_is(tax_code, sheet.tax_code), tax_rate_bp=_or_as_it_is(tax_rate, sheet.tax_rate_bp),
        seen=sheet.version, once=desk.once,
    )  # fmt: skip
    state = await desk.retail.catalog.label(command)
    click.echo(f"{sheet.code}: version {state.version} of the goods")


@click.command(
    epilog=example(
        "catalog bounds TEA-100 --floor 15 --member-price 18.50 --as admin",
        "catalog bounds TEA-100 --list-price 25.99 --basis listed --basis-since 2026-01-31 --as admin",
    )
)
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.option("--floor", help="It is never sold for less; or `none`.")
@click.option("--member-price", help="Asked of whoever is signed in; or `none`.")
@click.option("--list-price", help="Shown struck through; or `none`.")
@click.option("--basis", type=click.Choice([one.value for one in ListBasis]), help="What the struck price rests on.")
@click.option("--basis-since", callback=day_typed, metavar="DAY", help="When it was published, or the offer began.")
@decides("catalog.bound_price", _amounts("floor", "member_price", "list_price"))
async def bounds(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, sku_id: UUID, floor: Any, member_price: Any, list_price: Any, basis: str | None,
    basis_since: date | None,
) -> None:  # fmt: skip
    """Say how low the price of SKU may go, and what is struck through; what is not said stays as it is."""
    sheet = await desk.reads.catalog.sku_sheet(SkuId(sku_id))
    if (basis is None) != (basis_since is None):
        raise InvalidInput.of("basis", "required", "a basis has a sort and a day: --basis and --basis-since")
    rests_on = sheet.basis if list_price is None else None
    if basis is not None and basis_since is not None:
        rests_on = Basis(sort=ListBasis(basis), since=basis_since)
    struck = _or_as_it_is(list_price, sheet.list_price_minor if rests_on is not None else None)
    command = BoundPrice(
        sku_id=SkuId(sku_id), floor_minor=_or_as_it_is(floor, sheet.floor_minor), list_price_minor=struck, basis=rests_on,
        member_price_minor=_or_as_it_is(member_price, sheet.member_price_minor), seen=sheet.version, once=desk.once,
    )  # fmt: skip
    state = await desk.retail.catalog.bound_price(command)
    click.echo(f"{sheet.code}: version {state.version} of the goods")


@click.command(epilog=example("catalog cost TEA-100 9.80 --as admin"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.argument("amount")
@decides("catalog.set_cost", _amounts("amount"))
async def cost(desk: StaffDesk, sku_id: UUID, amount: Any) -> None:
    """Say what a unit of SKU cost the shop: AMOUNT (9.80), or `none`."""
    command = CostSku(sku_id=SkuId(sku_id), cost_minor=_or_as_it_is(amount, None), once=desk.once)
    state = await desk.retail.catalog.set_cost(command)
    click.echo(f"version {state.version} of the goods")


@click.command(epilog=example("catalog costs TEA"))
@click.argument("product_id", type=ProductName(), metavar="PRODUCT")
@tabular
@opened
async def costs(desk: StaffDesk, product_id: UUID, as_json: bool) -> None:
    """What the kinds of PRODUCT cost the shop."""
    currency = desk.settings.currency
    columns: Columns = {
        "sku_id": lambda one: one.sku_id,
        "code": lambda one: one.code,
        "cost": lambda one: None if one.cost_minor is None else Money(one.cost_minor, currency),
    }
    show_rows(await desk.reads.catalog.costs(ProductId(product_id)), columns, as_json=as_json)


@click.command(epilog=example("catalog favourites TEA"))
@click.argument("product_id", type=ProductName(), metavar="PRODUCT")
@tabular
@opened
async def favourites(desk: StaffDesk, product_id: UUID, as_json: bool) -> None:
    """How many members have marked PRODUCT to find it again; who they are is theirs to tell."""
    counted = await desk.retail.membership.count_favourites(ProductId(product_id))
    show_rows([counted], {"favourites": lambda one: one.count}, as_json=as_json)


@click.command(epilog=example("catalog prices TEA-100"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@listing
@opened
async def prices(desk: StaffDesk, sku_id: UUID, as_json: bool, limit: int) -> None:
    """What was asked for SKU, the latest first: from what to what, when, who said so, and why."""
    currency = desk.settings.currency

    async def fetch(page: PageRequest) -> Page[PriceChange]:
        return await desk.reads.catalog.prices(SkuId(sku_id), page)

    columns: Columns = {
        "version": lambda one: one.price_version,
        "at": lambda one: one.at,
        "before": lambda one: None if one.before_minor is None else Money(one.before_minor, currency),
        "price": lambda one: Money(one.price_minor, currency),
        "who": lambda one: f"{one.actor.kind.value}:{one.actor.ref}",
        "why": lambda one: one.reason or None,
    }
    await show_list(fetch, columns, as_json=as_json, limit=limit)


@click.command(epilog=example("catalog sku TEA-100"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@tabular
@opened
async def sku(desk: StaffDesk, sku_id: UUID, as_json: bool) -> None:
    """All that staff know of SKU, named by its code, a barcode or its id; what it cost is told by `costs`."""
    sheet = await desk.reads.catalog.sku_sheet(SkuId(sku_id))
    if as_json:
        show_json(attrs.asdict(sheet))
        return
    currency = desk.settings.currency
    for name, value in attrs.asdict(sheet, recurse=False).items():
        if name.endswith("_minor"):
            told: object = None if value is None else Money(value, currency)
        elif name == "basis":
            told = None if value is None else f"{value.sort.value} since {value.since}"
        else:
            told = ", ".join(value) if isinstance(value, tuple) else value
        click.echo(f"{name.removesuffix('_minor').replace('_', ' ')}: {'-' if told in (None, '') else told}")


@click.command(epilog=example("catalog window TEA --from 2026-11-11T00:00+08:00 --until 2026-11-12T00:00+08:00 --as admin"))
@click.argument("product_id", type=ProductName(), metavar="PRODUCT")
@click.option(
    "--from", "sale_from", callback=moment_or_day_typed, help="From when on, in UTC if it says no zone; else without a bound."
)
@click.option("--until", "sale_until", callback=moment_or_day_typed, help="Until when; else without a bound.")
@decides("catalog.set_sales_window")
async def window(desk: StaffDesk, product_id: UUID, sale_from: datetime | None, sale_until: datetime | None) -> None:
    """Say from when until when PRODUCT can be bought, once it is on sale; without options always."""
    command = SetSalesWindow(product_id=ProductId(product_id), sale_from=sale_from, sale_until=sale_until, once=desk.once)
    state = await desk.retail.catalog.set_sales_window(command)
    click.echo(f"version {state.version} of the goods")


KINDS: Final = (label, bounds, cost, costs, favourites, prices, sku, window)
