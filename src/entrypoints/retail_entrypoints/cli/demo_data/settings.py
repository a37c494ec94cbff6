"""The first page of the demo shop, as somebody has arranged it: one block is for members, one for guests."""

from __future__ import annotations

from typing import Final

from retail_domain.application import Retail
from retail_domain.kernel.ids import ProductId
from retail_domain.settings import HOME, Block, BlockAudience, BlockKind, ChangeSettings
from retail_domain.tiers import LADDER, Benefits, Ladder, Metric, Tier
from retail_entrypoints.cli.demo_data.demo import ACTOR, once

_LADDER: Final = Ladder(
    tiers=(
        Tier(code="member", name="普通", name_en="Member"),
        Tier(
            code="platinum", name="铂金卡", name_en="Platinum", needs={Metric.NET_MINOR: 50_000, Metric.ORDERS: 2},
            benefits=Benefits(discount_bps=200),
        ),
        Tier(
            code="gold", name="黄金卡", name_en="Gold", needs={Metric.NET_MINOR: 200_000, Metric.ORDERS: 5},
            benefits=Benefits(discount_bps=500, free_freight_from_minor=9_900),
        ),
        Tier(
            code="diamond", name="钻石", name_en="Diamond", needs={Metric.NET_MINOR: 1_000_000, Metric.ORDERS: 20},
            benefits=Benefits(discount_bps=800, free_freight_from_minor=0),
        ),
    ),
    window_months=12,
)  # fmt: skip


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
    values = {HOME.name: HOME.written(blocks), LADDER.name: LADDER.written(_LADDER)}
    await retail.settings.change(ChangeSettings(actor=ACTOR, values=values, reason="demo", once=once("home")))
