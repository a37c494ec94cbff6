"""`retail catalog`: import goods, look at them, change prices, put them on and off sale."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs
import click

from retail_adapters.files.catalogue_files import open_catalogue, read_mapping
from retail_domain.catalog import (
    BrandNotFound,
    CatalogueFlawed,
    CategoryNotFound,
    CreateProduct,
    ImportCatalogue,
    ImportMapping,
    ImportReport,
    Listing,
    ProductCard,
    ProductSearch,
    Query,
    RepriceSku,
    SetOnSale,
    SkuWish,
    Sort,
)
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import BrandId, CategoryId, ProductId, SkuId
from retail_domain.kernel.money import Money, parse_minor
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.catalog_kinds import KINDS
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, progress, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.file_edits import reprice_file
from retail_entrypoints.cli.naming import ProductName, SkuName
from retail_entrypoints.cli.tables import tabular
from retail_entrypoints.settings import Settings

PROBLEMS: Final[Columns] = {
    "file": lambda problem: problem.file,
    "row": lambda problem: problem.row,
    "field": lambda problem: problem.field,
    "rule": lambda problem: problem.rule,
    "message": lambda problem: problem.message,
}


@click.group()
def catalog() -> None:
    """Goods and the kinds they come in."""


def _read_columns(_: Settings, given: Mapping[str, Any]) -> Mapping[str, ImportMapping]:
    return {"mapping": read_mapping(given["mapping"])}


async def _is_imported(_desk: StaffDesk, typed: Mapping[str, Any]) -> str:
    return f"Goods of {typed['file'].name} that the shop knows are written over."


@catalog.command("import", epilog=example("catalog import goods.csv --mapping goods.toml --location SH --as admin"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file.")
@click.option("--skip-bad", is_flag=True, help="Import the good rows although others are wrong.")
@click.option("--dry-run", is_flag=True, help="Only tell what would become of every row.")
@click.option("--location", help="Code of the warehouse or store that receives the stock of new goods.")
@tabular
@decides("catalog.import_goods", _read_columns, warns=_is_imported)
async def import_goods(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, file: Path, mapping: ImportMapping, skip_bad: bool, dry_run: bool, location: str | None, as_json: bool
) -> None:
    """Import the goods of a CSV FILE (.csv or .csv.gz), all of them or nothing; goods that are known are updated.

    Staff who may not set prices bring in none: what is new is off sale and has none, what is known keeps its own.
    MAPPING says which column means what. Wrong rows are listed with their number (the header is row 1) and the reason.
    """
    with open_catalogue(file, mapping) as source, progress(None, "importing") as advance:
        command = ImportCatalogue(
            mapping=mapping,
            source=source,
            skip_bad=skip_bad,
            dry_run=dry_run,
            location=location,
            progress=_advancing(advance),
            actor=desk.actor,
            granted=desk.granted,
            once=desk.once,
        )
        try:
            report = await desk.retail.catalog.import_goods(command)
        except CatalogueFlawed as flawed:
            _show_flaws(flawed, as_json=as_json)
            raise
    _show_report(report, as_json=as_json)


def _advancing(advance: Callable[[int], None]) -> Callable[[str, int], None]:
    done: dict[str, int] = {}

    def advanced(phase: str, rows: int) -> None:
        advance(rows - done.get(phase, 0))
        done[phase] = rows

    return advanced


def _show_flaws(flawed: CatalogueFlawed, *, as_json: bool) -> None:
    if as_json:
        show_json({"stored": False, **flawed.facts()})
    else:
        _show_problems(flawed.problems, flawed.problem_count)


def _show_report(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        show_json(attrs.asdict(report))
        return
    if report.problems:
        _show_problems(report.problems, report.problem_count)
    for name, count in attrs.asdict(report, filter=lambda about, _: about.name not in ("problems", "stored")).items():
        click.echo(f"{name.replace('_', ' ')}: {count}")


def _show_problems(problems: tuple[Any, ...], count: int) -> None:
    show_rows(problems, PROBLEMS, as_json=False)
    if count > len(problems):
        click.echo(f"... and {count - len(problems)} more")


_KIND: Final = re.compile(r"(?P<code>[^=,]+)(=(?P<price>[^,]*))?(?P<options>(,[^:,]+:[^,]+)*)", re.DOTALL)


def _read_kinds(settings: Settings, given: Mapping[str, Any]) -> Mapping[str, Any]:
    kinds = tuple(_kind(told, settings.currency) for told in given["kinds"])
    return {"kinds": kinds, "parameters": tuple(map(_parameter, given["parameters"]))}


def _parameter(told: str) -> tuple[str, str]:
    name, said, value = told.partition("=")
    if not said:
        raise InvalidInput.of("parameter", "format", "NAME=VALUE, such as 材质=棉")
    return name, value


def _kind(told: str, currency: str) -> SkuWish:
    parts = _KIND.fullmatch(told)
    if parts is None:
        raise InvalidInput.of("sku", "format", "CODE=PRICE, such as TEA-100=19.99, and options behind it: TEA-100=19.99,Size:L")
    try:
        price = parse_minor(parts["price"], currency) if parts["price"] else None
    except ValueError as wrong:
        raise InvalidInput.of("sku", "amount", f"{told}: {wrong}") from None
    options = tuple((name, value) for name, _, value in (one.partition(":") for one in parts["options"].split(",")[1:]))
    return SkuWish(code=parts["code"], price_minor=price, options=options)


@catalog.command(
    epilog=example(
        'catalog create TEA "Oolong tea" --sku TEA-100=19.99 --on-sale --as admin',
        "catalog create MUG 杯子 --sku MUG-S=12.50,Size:S --sku MUG-L=15.00,Size:L --category cups --as admin",
    )
)
@click.argument("code")
@click.argument("title")
@click.option(
    "--sku", "kinds", multiple=True, required=True, metavar="CODE=PRICE", help="A kind of it; may be given several times."
)
@click.option("--category", help="Code of its category.")
@click.option("--brand", help="Name of its brand.")
@click.option("--description", default="", help="What else is told of it.")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Such as 材质=棉; several may be given.")
@click.option("--on-sale", is_flag=True, help="Put it on sale at once.")
@decides("catalog.create", _read_kinds)
async def create(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, code: str, title: str, kinds: tuple[SkuWish, ...], category: str | None, brand: str | None,
    description: str, parameters: tuple[tuple[str, str], ...], on_sale: bool,
) -> None:  # fmt: skip
    """Enter new goods under CODE, with the kinds they come in: CODE=PRICE, and options behind it (TEA-100=19.99,Size:L).

    A kind without a price, or entered by somebody who may not set prices, is off sale until it has one.
    """
    listing = Listing(
        title=title, description=description, parameters=parameters,
        category_id=await _category(desk, category) if category else None,
        brand_id=await _brand(desk, brand) if brand else None,
    )  # fmt: skip
    command = CreateProduct(
        code=code, listing=listing, skus=kinds, on_sale=on_sale, granted=desk.granted, actor=desk.actor, once=desk.once
    )
    made = await desk.retail.catalog.create(command)
    click.echo(f"{command.code} {made.product_id}")
    for wish, sku_id in zip(kinds, made.sku_ids, strict=True):
        click.echo(f"{wish.code} {sku_id}{' has no price yet, and is off sale' if sku_id in made.unpriced_sku_ids else ''}")


@catalog.command("list", epilog=example("catalog list --query 茶 --sort price_asc"))
@click.option("--query", "words", default="", help="Words to look for.")
@click.option("--category", help="Code of a category; what lies below it counts too.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default=Sort.RELEVANCE.value, show_default=True)
@click.option("--in-stock", is_flag=True, help="Only goods of which something that is on sale is to be had now.")
@listing
@opened
async def list_products(  # noqa: PLR0913 - one argument for each option
    desk: StaffDesk, words: str, category: str | None, sort: str, in_stock: bool, as_json: bool, limit: int
) -> None:
    """Goods, also those off sale."""
    category_id = await _category(desk, category) if category else None
    search = ProductSearch(words=Query.parse(words), category_id=category_id, in_stock=in_stock, sort=Sort(sort))

    async def fetch(page: PageRequest) -> Page[ProductCard]:
        return await desk.reads.catalog.search(search, page)

    await show_list(fetch, _columns(desk.settings.currency), as_json=as_json, limit=limit)


def _columns(currency: str) -> Columns:
    return {
        "product_id": lambda card: card.id,
        "code": lambda card: card.code,
        "title": lambda card: card.title,
        "status": lambda card: card.status,
        "price": lambda card: Money(min(sku.price_minor for sku in card.skus), currency),
        "kinds": lambda card: len(card.skus),
        "available": lambda card: sum(sku.available for sku in card.skus),
    }


async def _brand(desk: StaffDesk, name: str) -> BrandId:
    for view in await desk.reads.catalog.brands():
        if view.name == name:
            return view.id
    raise BrandNotFound(brand=name)


async def _category(desk: StaffDesk, code: str) -> CategoryId:
    for view in await desk.reads.catalog.categories():
        if view.code == code:
            return view.id
    raise CategoryNotFound(category=code)


@catalog.command(epilog=example("catalog show TEA"))
@click.argument("product_id", type=ProductName(), metavar="PRODUCT")
@tabular
@opened
async def show(desk: StaffDesk, product_id: UUID, as_json: bool) -> None:
    """Everything about PRODUCT."""
    page = await desk.reads.catalog.product(ProductId(product_id))
    if as_json:
        show_json(attrs.asdict(page))
        return
    show_rows([page.card], _columns(desk.settings.currency), as_json=False)
    show_rows(page.card.skus, _kinds(desk.settings.currency), as_json=False)


def _kinds(currency: str) -> Columns:
    return {
        "sku_id": lambda sku: sku.id,
        "code": lambda sku: sku.code,
        "options": lambda sku: ", ".join(f"{name}: {value}" for name, value in sku.options) or None,
        "price": lambda sku: Money(sku.price_minor, currency),
        "on_sale": lambda sku: sku.on_sale,
        "available": lambda sku: sku.available,
    }


def _read_price(settings: Settings, given: Mapping[str, Any]) -> Mapping[str, int]:
    try:
        return {"price": parse_minor(given["price"], settings.currency)}
    except ValueError as wrong:
        raise InvalidInput.of("price", "amount", str(wrong)) from None


@catalog.command(epilog=example("catalog reprice TEA-100 19.99 --as admin"))
@click.argument("sku_id", type=SkuName(), metavar="SKU")
@click.argument("price")
@click.option("--reason", default="", help="Why, for the history of the price.")
@decides("catalog.reprice", _read_price)
async def reprice(desk: StaffDesk, sku_id: UUID, price: int, reason: str) -> None:
    """Ask PRICE (19.99) for SKU from now on."""
    wanted = RepriceSku(sku_id=SkuId(sku_id), price_minor=price, actor=desk.actor, reason=reason, once=desk.once)
    state = await desk.retail.catalog.reprice(wanted)
    was = Money(state.price_before_minor or 0, desk.settings.currency)
    click.echo(f"{was} -> {Money(price, desk.settings.currency)}, price version {state.price_version}")


@catalog.command(epilog=example("catalog sell TEA --as admin", "catalog sell TEA --off --as admin"))
@click.argument("product_id", type=ProductName(), metavar="PRODUCT")
@click.option("--off", is_flag=True, help="Take it off sale.")
@decides("catalog.set_on_sale")
async def sell(desk: StaffDesk, product_id: UUID, off: bool) -> None:
    """Put PRODUCT on sale, or take it off."""
    await desk.retail.catalog.set_on_sale(SetOnSale(product_id=ProductId(product_id), on_sale=not off, once=desk.once))
    click.echo("off sale" if off else "on sale")


for one in (*KINDS, reprice_file):
    catalog.add_command(one)
