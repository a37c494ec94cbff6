"""The first page of the demo shop, as somebody has arranged it: one block is for members, one for guests."""

from __future__ import annotations

from retail_domain.application import Retail
from retail_domain.kernel.ids import ProductId
from retail_domain.settings import HOME, Block, BlockAudience, BlockKind, ChangeSettings
from retail_entrypoints.cli.demo_data.demo import ACTOR, once


async def arrange_the_window(retail: Retail) -> None:
    """A banner, marks, a campaign, picks and what is new."""
    picks = [await retail.catalog.show.product_coded(code) for code in ("POT", "CUP", "TEA")]
    blocks = (
        Block(kind=BlockKind.NOTICE, text="演示店铺，不会真的发货 A demo shop: nothing is sent", audience=BlockAudience.GUESTS),
        Block(kind=BlockKind.BANNER),
        Block(kind=BlockKind.MARKS),
        Block(
            kind=BlockKind.CAMPAIGN, title="春茶上市 Spring tea", text="明前龙井，今日到店 Picked before the rain",
            link="/find?query=Longjing",
        ),
        Block(kind=BlockKind.CAMPAIGN, title="会员日 Members' day", text="欢迎回来", audience=BlockAudience.MEMBERS),
        Block(kind=BlockKind.PICKS, title="茶席三件 For the tea table", goods=tuple(ProductId(one) for one in picks if one)),
        Block(kind=BlockKind.ARRIVALS),
    )  # fmt: skip
    wish = ChangeSettings(actor=ACTOR, values={HOME.name: HOME.written(blocks)}, reason="demo", once=once("home"))
    await retail.settings.change(wish)
