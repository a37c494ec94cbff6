"""What a shop may set about quotes and delivery while it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from attrs import evolve

from retail_domain.kernel.limits import Limits
from retail_domain.kernel.settings import InForce, RegionsSetting, Setting, WholeSetting
from retail_domain.pricing.errors import QuoteRegionNotServed

LASTS_SECONDS: Final = WholeSetting(
    name="quotes.lasts_seconds", least=60, most=86_400, unit="seconds",
    says="How long the shop stands by a new quote.",
    says_zh="报价的有效时间。",
)  # fmt: skip
LINES_MAX: Final = WholeSetting(
    name="baskets.lines_max", least=1, most=1_000, unit="lines", lowers=True,
    says="How many different goods fit into one cart, quote or order.",
    says_zh="一个购物车、报价或订单最多可有的商品种数。",
)  # fmt: skip
QUANTITY_MAX: Final = WholeSetting(
    name="baskets.quantity_max", least=1, most=9_999, unit="units", lowers=True,
    says="How many units of one article fit into one cart, quote or order.",
    says_zh="一个购物车、报价或订单中同一商品的最多件数。",
)  # fmt: skip
REGIONS_NOT_SERVED: Final = RegionsSetting(
    name="delivery.regions_not_served",
    says="Regions that the shop does not deliver to, by the leading digits of their codes.",
    says_zh="不配送地区，以行政区划代码前缀表示。",
)
SETTINGS: Final[tuple[Setting[Any], ...]] = (LASTS_SECONDS, LINES_MAX, QUANTITY_MAX, REGIONS_NOT_SERVED)


def lasts_under(in_force: InForce, usual: timedelta) -> timedelta:
    """How long a quote that is drawn up now lasts."""
    return timedelta(seconds=in_force.of(LASTS_SECONDS, int(usual.total_seconds())))


def limits_under(in_force: InForce, usual: Limits) -> Limits:
    """How much fits into a basket now: never more than the operator allows."""
    if not in_force.values:
        return usual
    return evolve(
        usual,
        lines_max=min(usual.lines_max, in_force.of(LINES_MAX, usual.lines_max)),
        quantity_max=min(usual.quantity_max, in_force.of(QUANTITY_MAX, usual.quantity_max)),
    )


def is_served(in_force: InForce, region_code: str) -> bool:
    """Whether the shop delivers there at all, whatever the freight templates say."""
    return not region_code.startswith(in_force.of(REGIONS_NOT_SERVED, ()))


def check_served(in_force: InForce, region_code: str) -> None:
    """Raises QuoteRegionNotServed, which names the region, where the shop does not deliver now."""
    if not is_served(in_force, region_code):
        raise QuoteRegionNotServed(region_code=region_code)
