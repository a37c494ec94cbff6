"""What makes the demo shop's window worth a look: more goods, words about them, and drawn pictures of all."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from attrs import frozen

from retail_domain.application import Retail
from retail_domain.catalog import CreateCategory, CreateProduct, EditProduct, Listing, ProductPage, SkuWish
from retail_domain.inventory import ReceiveStock
from retail_domain.kernel.ids import CategoryId
from retail_domain.pictures import AddPicture, ShowPicture
from retail_entrypoints.cli.demo_data import LOCATION
from retail_entrypoints.cli.demo_data.demo import ACTOR, once
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings

_WIDTH: Final = 800
_UNITS: Final = 60
_HOME: Final = "家居 Home"


@frozen(kw_only=True)
class _Shown:
    """Goods as the window shows them; those with a price are entered for it."""

    code: str
    pictures: tuple[str, ...]
    subtitle: str
    description: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    title: str = ""
    price_minor: int = 0


SHOWN: Final = (
    _Shown(
        code="TEA", pictures=("tea",), subtitle="明前嫩芽，手工炒制",
        description="清明前采一芽一叶，当天手工炒制。\n汤色清亮，豆香明显，冷泡也好喝。\n\n开封后请密封冷藏，三个月内喝完。",
        parameters=(("产地", "浙江杭州"), ("等级", "一级"), ("保质期", "18 个月")),
    ),
    _Shown(
        code="CUP", pictures=("cup", "bowl"), subtitle="一百二十毫升，薄胎不烫手",
        description="龙泉青瓷，三次施釉，釉面温润。\n杯口外撇，倒满也好拿。",
        parameters=(("材质", "青瓷"), ("容量", "120 毫升"), ("产地", "浙江龙泉")),
    ),
    _Shown(
        code="POT", pictures=("pot",), subtitle="原矿朱泥，一人一壶",
        description="宜兴原矿朱泥，全手工成型，出水利落。\n第一次用前以清水煮十分钟。",
        parameters=(("材质", "紫砂"), ("容量", "180 毫升"), ("产地", "江苏宜兴")),
    ),
    _Shown(
        code="SCARF", pictures=("scarf-red", "scarf-blue"), subtitle="百分之百山羊绒，轻而暖",
        description="内蒙古山羊绒，二百克，围两圈不臃肿。\n冷水手洗，平铺晾干。",
        parameters=(("材质", "山羊绒"), ("尺寸", "180 × 30 厘米")),
    ),
    _Shown(code="VASE", title="青带白瓷瓶 Banded vase", pictures=("vase",), subtitle="一枝就够", price_minor=12_900),
    _Shown(code="BOWL", title="斗笠碗 Wide bowl", pictures=("bowl", "cup"), subtitle="盛汤盛面都合适", price_minor=4_500),
    _Shown(code="BOTTLE", title="雾蓝酒瓶 Misty bottle", pictures=("bottle",), subtitle="温酒插花两用", price_minor=9_900),
    _Shown(
        code="LAMP", title="直杆台灯 Table lamp", pictures=("lamp",),
        subtitle="暖光三档，按一下就亮", price_minor=24_900,
    ),
    _Shown(
        code="CUSHION", title="棉麻坐垫 Linen cushion", pictures=("cushion",),
        subtitle="可拆洗，厚八厘米", price_minor=8_900,
    ),
    _Shown(
        code="JAR", title="陶土茶罐 Clay jar", pictures=("jar", "tea"),
        subtitle="存半斤茶，盖得严", price_minor=13_900,
    ),
    _Shown(code="CROCK", title="墨绿花器 Dark crock", pictures=("crock",), subtitle="粗陶，手感沉实", price_minor=15_900),
    _Shown(
        code="PITCHER", title="葫芦陶瓶 Gourd pitcher", pictures=("pitcher", "vase"),
        subtitle="天然土色，未上釉", price_minor=11_900,
    ),
)  # fmt: skip


async def dress_the_window(settings: Settings) -> None:
    """Enter the goods, hang the pictures: what an earlier start did is not done again."""
    async with open_shop(settings) as shop:
        await dress(shop.retail)


async def dress(retail: Retail, wanted: Sequence[_Shown] = SHOWN) -> None:
    """The same, for an opened shop."""
    goods = {shown.code: await _product(retail, shown) for shown in wanted}
    bare = [shown for shown in wanted if not goods[shown.code].card.images]
    hung = await _hang(retail, {name for shown in bare for name in shown.pictures})
    for shown in bare:
        await _describe(retail, shown, goods[shown.code], tuple(hung[name] for name in shown.pictures if name in hung))


async def _hang(retail: Retail, names: set[str]) -> dict[str, str]:
    """Send pictures and prepare them; where each is served. One that could not be prepared is not shown."""
    folder = files("retail_entrypoints.cli").joinpath("demo_pictures")
    sent = {
        name: await retail.pictures.add_goods(
            AddPicture(
                owner=ACTOR, content=folder.joinpath(f"{name}.webp").read_bytes(), once=once(f"picture {name}")
            )
        )
        for name in sorted(names)
    }  # fmt: skip
    while (await retail.background.timers["look_after_pictures"]()).due:
        pass
    found = {}
    for name, added in sent.items():
        view = await retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=None))
        large = [one.name for one in view.files if one.width == _WIDTH and one.name.endswith(".webp")]
        if large:
            found[name] = f"/pictures/{large[0]}"
    return found


async def _product(retail: Retail, shown: _Shown) -> ProductPage:
    known = await retail.catalog.show.product_coded(shown.code)
    if known is None:
        made = await retail.catalog.create(
            CreateProduct(
                code=shown.code, listing=Listing(title=shown.title, category_id=await _home(retail)),
                skus=(SkuWish(code=f"{shown.code}-1", price_minor=shown.price_minor),), on_sale=True,
                once=once(f"product {shown.code}"),
            )
        )  # fmt: skip
        known = made.product_id
        for sku_id in made.sku_ids:
            delivery = ReceiveStock(
                sku_id=sku_id, location=LOCATION, quantity=_UNITS, reference="demo", actor=ACTOR, once=once(f"stock {sku_id}")
            )
            await retail.inventory.receive(delivery)
    return await retail.catalog.show.product(known)


async def _home(retail: Retail) -> CategoryId:
    wish = CreateCategory(code="demo-home", name=_HOME, position=9, once=once("category home"))
    return (await retail.catalog.create_category(wish)).category_id


async def _describe(retail: Retail, shown: _Shown, page: ProductPage, images: tuple[str, ...]) -> None:
    card = page.card
    listing = Listing(
        title=card.title, subtitle=shown.subtitle, description=shown.description, category_id=card.category_id, unit=card.unit,
        images=images, parameters=shown.parameters, freight_template_id=page.freight_template_id,
        purchase_limit=card.purchase_limit, sale_from=card.sale_from, sale_until=card.sale_until,
    )  # fmt: skip
    await retail.catalog.edit(EditProduct(product_id=card.id, listing=listing))
