"""Demo goods: tea, cups, a pot and a scarf."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.catalog import CreateCategory, CreateProduct, Listing, SkuWish
from retail_domain.kernel.ids import CategoryId
from retail_entrypoints.cli.demo_data.demo import Demo, once


@frozen(kw_only=True)
class _Goods:
    code: str
    title: str
    kind: str
    skus: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]


GOODS: Final = (
    _Goods(
        code="TEA", title="龙井绿茶 Longjing green tea", kind="茶 Tea",
        skus=(("TEA-100", 8_800, (("净含量", "100g"),)), ("TEA-250", 19_800, (("净含量", "250g"),))),
    ),
    _Goods(code="CUP", title="青瓷茶杯 Celadon cup", kind="茶具 Tea ware", skus=(("CUP-1", 5_900, ()),)),
    _Goods(code="POT", title="紫砂壶 Zisha teapot", kind="茶具 Tea ware", skus=(("POT-1", 39_900, ()),)),
    _Goods(
        code="SCARF", title="羊绒围巾 Cashmere scarf", kind="服饰 Clothing",
        skus=(("SCARF-R", 29_900, (("颜色", "红"),)), ("SCARF-B", 29_900, (("颜色", "蓝"),))),
    ),
)  # fmt: skip


async def sell(demo: Demo) -> None:
    """The goods in their categories, on sale."""
    kinds = {kind: await _category(demo, kind, place) for place, kind in enumerate(dict.fromkeys(g.kind for g in GOODS))}
    for goods in GOODS:
        made = await demo.retail.catalog.create(
            CreateProduct(
                code=goods.code,
                listing=Listing(title=goods.title, category_id=kinds[goods.kind]),
                skus=tuple(SkuWish(code=code, price_minor=price, options=options) for code, price, options in goods.skus),
                on_sale=True,
                once=once(f"product {goods.code}"),
            )
        )
        demo.sku_ids += made.sku_ids


async def _category(demo: Demo, name: str, place: int) -> CategoryId:
    command = CreateCategory(code=f"demo-{place}", name=name, position=place, once=once(f"category {place}"))
    return (await demo.retail.catalog.create_category(command)).category_id


DEMO: Final = (sell,)
