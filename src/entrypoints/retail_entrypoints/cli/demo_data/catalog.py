"""Demo goods: tea, cups, a pot and a scarf."""

from __future__ import annotations

from datetime import date
from typing import Final

from attrs import frozen

from retail_domain.catalog import (
    Basis,
    BoundPrice,
    CostSku,
    CreateCategory,
    CreateProduct,
    LabelSku,
    ListBasis,
    Listing,
    SkuWish,
)
from retail_domain.kernel.ids import CategoryId, SkuId
from retail_entrypoints.cli.demo_data.demo import Demo, once


@frozen(kw_only=True)
class _Goods:
    code: str
    title: str
    kind: str
    about: tuple[tuple[str, str], ...]
    skus: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]


GOODS: Final = (
    _Goods(
        code="TEA", title="龙井绿茶 Longjing green tea", kind="茶 Tea",
        about=(("产地", "杭州西湖"), ("等级", "一级")),
        skus=(("TEA-100", 8_800, (("净含量", "100g"),)), ("TEA-250", 19_800, (("净含量", "250g"),))),
    ),
    _Goods(
        code="CUP", title="青瓷茶杯 Celadon cup", kind="茶具 Tea ware", about=(("材质", "青瓷"), ("容量", "120ml")),
        skus=(("CUP-1", 5_900, ()),),
    ),
    _Goods(
        code="POT", title="紫砂壶 Zisha teapot", kind="茶具 Tea ware", about=(("材质", "紫泥"), ("容量", "240ml")),
        skus=(("POT-1", 39_900, ()),),
    ),
    _Goods(
        code="SCARF", title="羊绒围巾 Cashmere scarf", kind="服饰 Clothing",
        about=(("材质", "山羊绒 100%"), ("产地", "鄂尔多斯")),
        skus=(("SCARF-R", 29_900, (("颜色", "红"),)), ("SCARF-B", 29_900, (("颜色", "蓝"),))),
    ),
)  # fmt: skip


@frozen(kw_only=True)
class _Known:
    barcode: str
    cost_minor: int
    list_price_minor: int | None = None


PUBLISHED: Final = Basis(sort=ListBasis.LISTED, since=date(2025, 11, 1))
KNOWN_BETTER: Final = {
    "TEA": _Known(barcode="6901234500011", cost_minor=4_200),
    "SCARF": _Known(barcode="6901234500028", cost_minor=12_600, list_price_minor=39_900),
}
"""Of the first kind of these goods."""


async def sell(demo: Demo) -> None:
    """The goods in their categories, on sale."""
    kinds = {kind: await _category(demo, kind, place) for place, kind in enumerate(dict.fromkeys(g.kind for g in GOODS))}
    for goods in GOODS:
        made = await demo.retail.catalog.create(
            CreateProduct(
                code=goods.code,
                listing=Listing(title=goods.title, category_id=kinds[goods.kind], parameters=goods.about),
                skus=tuple(SkuWish(code=code, price_minor=price, options=options) for code, price, options in goods.skus),
                on_sale=True,
                once=once(f"product {goods.code}"),
            )
        )
        demo.sku_ids += made.sku_ids
        if goods.code in KNOWN_BETTER:
            await _know_better(demo, made.sku_ids[0], KNOWN_BETTER[goods.code])


async def _know_better(demo: Demo, sku_id: SkuId, known: _Known) -> None:
    """What a scanner reads, what the tax office and the buyer of the shop know of a kind, and what is struck through."""
    catalog = demo.retail.catalog
    told = {name: once(f"{name} {known.barcode}") for name in ("label", "cost", "bounds")}
    labels = LabelSku(sku_id=sku_id, barcodes=(known.barcode,), tax_code="1030201", tax_rate_bp=1_300, once=told["label"])
    await catalog.label(labels)
    await catalog.set_cost(CostSku(sku_id=sku_id, cost_minor=known.cost_minor, once=told["cost"]))
    if known.list_price_minor is not None:
        struck = BoundPrice(
            sku_id=sku_id, list_price_minor=known.list_price_minor, basis=PUBLISHED, once=told["bounds"]
        )  # fmt: skip
        await catalog.bound_price(struck)


async def _category(demo: Demo, name: str, place: int) -> CategoryId:
    command = CreateCategory(code=f"demo-{place}", name=name, position=place, once=once(f"category {place}"))
    return (await demo.retail.catalog.create_category(command)).category_id


DEMO: Final = (sell,)
