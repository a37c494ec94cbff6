"""What a shop may set about points while it runs: what brings how many, and how long they last. Usually nothing brings any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, TypeAlias

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.settings import ChoiceSetting, InForce, Setting, Told, WholeSetting

_REWARD_MAX: Final = 100_000
_CYCLE_MAX: Final = 31
_CYCLE_LETTERS: Final = 300
RATE_UNIT: Final = 10_000
"""The rate of purchases is told for so many minor units, such as 100.00."""

KEPT_ON: Final = "kept"
TAKEN_BACK: Final = "taken_back"

Cycle: TypeAlias = tuple[int, ...]


@frozen(kw_only=True)
class CycleSetting(Setting[Cycle]):
    """Rewards day by day, written `1,1,2,2,3,3,10`; the day after the last is the first again. An empty text brings nothing."""

    kind: ClassVar[str] = "text"

    def read(self, told: object, field: str) -> Cycle:
        """A number for each day. Raises InvalidInput."""
        parts = [one.strip() for one in told.split(",")] if isinstance(told, str) and told.strip() else []
        fit = [one for one in parts if one.isascii() and one.isdigit() and len(one) < 7 and int(one) <= _REWARD_MAX]
        if not isinstance(told, str) or len(fit) < len(parts) or len(parts) > _CYCLE_MAX:
            says = f"points for each of up to {_CYCLE_MAX} days, such as 1,1,2,2,3,3,10, each at most {_REWARD_MAX}"
            raise InvalidInput.of(field, "rewards", says)
        return tuple(map(int, parts))

    def written(self, value: Cycle) -> Told:
        """As it is typed."""
        return ",".join(map(str, value))

    @property
    def bounds(self) -> Mapping[str, int]:
        """How many characters."""
        return {"most": _CYCLE_LETTERS}


PURCHASE_RATE: Final = WholeSetting(
    name="points.purchase_rate", least=0, most=1_000_000, unit="points",
    says="How many points each 100.00 (10,000 minor units) paid for goods brings; 0: none.",
    says_zh="每消费 100.00(10,000 个最小货币单位)商品金额所得积分；0 表示不赠送。",
    brings=Effect.POINTS,
)  # fmt: skip
LAST_MONTHS: Final = WholeSetting(
    name="points.last_months", least=0, most=120, unit="months",
    says="How many months points can be spent, from the day they can be; 0: for good.",
    says_zh="积分有效期(月)，自可用之日起算；0 表示长期有效。",
)  # fmt: skip
CHECK_IN_REWARDS: Final = CycleSetting(
    name="points.check_in_rewards",
    says="What checking in brings, day by day in a row, such as 1,1,2,2,3,3,10; then it begins anew. Empty: nothing.",
    says_zh="连续签到每天所得积分，如 1,1,2,2,3,3,10，满一轮后重新开始；留空表示不赠送。",
    brings=Effect.POINTS,
)  # fmt: skip
REVIEW_REWARD: Final = WholeSetting(
    name="points.review_reward", least=0, most=_REWARD_MAX, unit="points",
    says="What a published review brings, whatever it says; 0: nothing.",
    says_zh="评价发布后所得积分(与评价内容、星级无关)；0 表示不赠送。",
    brings=Effect.POINTS,
)  # fmt: skip
REVIEW_REFUNDED: Final = ChoiceSetting(
    name="points.review_refunded", choices=(KEPT_ON, TAKEN_BACK),
    says="What becomes of points for a review when all units of its line are paid back: kept, or taken_back.",
    says_zh="评价所在订单行全部退款后，评价所得积分如何处理：保留(kept)，或收回(taken_back)。",
)  # fmt: skip
CLERK_MOST: Final = WholeSetting(
    name="points.clerk_most", least=0, most=1_000_000_000, unit="points",
    says="How many points clerks, and others who may, add or take at once.",
    says_zh="店员及其他有权限者一次最多可增减的积分。",
    brings=Effect.POINTS,
)  # fmt: skip
FINANCE_MOST: Final = WholeSetting(
    name="points.finance_most", least=0, most=1_000_000_000, unit="points",
    says="How many points finance adds or takes at once.",
    says_zh="财务一次最多可增减的积分。",
    brings=Effect.POINTS,
)  # fmt: skip
ADMIN_MOST: Final = WholeSetting(
    name="points.admin_most", least=0, most=1_000_000_000, unit="points",
    says="How many points admins add or take at once.",
    says_zh="管理员一次最多可增减的积分。",
    brings=Effect.POINTS,
)  # fmt: skip
UNIT_WORTH: Final = WholeSetting(
    name="points.unit_worth", least=0, most=1_000_000, unit="minor units",
    says="What `points.spend_unit` points take off the price of goods, in minor units; 0: nothing is paid with points.",
    says_zh="每 points.spend_unit 积分可抵扣的商品金额(最小货币单位)；0 表示不可用积分抵现。",
    brings=Effect.SELLING_PRICE,
)  # fmt: skip
SPEND_UNIT: Final = WholeSetting(
    name="points.spend_unit", least=1, most=1_000_000, unit="points",
    says="How many points are spent at a time: an order uses so many, or twice as many, and so on.",
    says_zh="每次使用积分的单位：一笔订单使用的积分为其整数倍。",
    brings=Effect.SELLING_PRICE,
)  # fmt: skip
SPEND_BPS: Final = WholeSetting(
    name="points.spend_bps", least=1, most=10_000, unit="ten-thousandths",
    says="How much of what goods cost may be paid with points, in ten-thousandths: 5000 is a half.",
    says_zh="积分最多可抵扣商品金额的万分比，5000 即一半。",
    brings=Effect.SELLING_PRICE,
)  # fmt: skip
SPEND_MOST: Final = WholeSetting(
    name="points.spend_most", least=0, most=1_000_000_000, unit="minor units",
    says="How much of one order may be paid with points, in minor units; 0: as much as `points.spend_bps` allows.",
    says_zh="单笔订单积分抵现的上限(最小货币单位)；0 表示仅受 points.spend_bps 限制。",
    brings=Effect.SELLING_PRICE,
)  # fmt: skip
BACK_DAYS: Final = WholeSetting(
    name="points.back_days", least=0, most=366, unit="days",
    says="How many days points that a refund gives back can be spent at least.",
    says_zh="退款退回的积分至少可用的天数。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (
    REVIEW_REFUNDED,
    PURCHASE_RATE, LAST_MONTHS, CHECK_IN_REWARDS, REVIEW_REWARD, CLERK_MOST, FINANCE_MOST, ADMIN_MOST,
    UNIT_WORTH, SPEND_UNIT, SPEND_BPS, SPEND_MOST, BACK_DAYS,
)  # fmt: skip
USUAL: Final[Mapping[str, Any]] = {
    PURCHASE_RATE.name: 0,
    LAST_MONTHS.name: 12,
    CHECK_IN_REWARDS.name: (),
    REVIEW_REWARD.name: 0,
    REVIEW_REFUNDED.name: KEPT_ON,
    CLERK_MOST.name: 100,
    FINANCE_MOST.name: 1_000,
    ADMIN_MOST.name: 100_000,
    UNIT_WORTH.name: 0,
    SPEND_UNIT.name: 100,
    SPEND_BPS.name: 5_000,
    SPEND_MOST.name: 0,
    BACK_DAYS.name: 7,
}
"""What each is worth as long as nobody sets it."""


@frozen
class PointsRules:
    """What is set of points at one moment."""

    in_force: InForce

    def _of(self, setting: Setting[Any]) -> Any:
        return self.in_force.of(setting, USUAL[setting.name])

    @property
    def purchase_rate(self) -> int:
        """Points for each 10,000 minor units."""
        return int(self._of(PURCHASE_RATE))

    @property
    def review_reward(self) -> int:
        """What a published review brings."""
        return int(self._of(REVIEW_REWARD))

    @property
    def refunds_take_back_reviews(self) -> bool:
        """Whether what a review brought goes with the last unit of its line (PTS-R6)."""
        return bool(self._of(REVIEW_REFUNDED) == TAKEN_BACK)

    def check_in_reward(self, streak: int) -> int:
        """What the so manieth day in a row brings (PTS-R4)."""
        cycle: Cycle = self._of(CHECK_IN_REWARDS)
        return cycle[(streak - 1) % len(cycle)] if cycle else 0

    def most_of(self, role: str) -> int:
        """What somebody of that role adds or takes at once (PTS-R11)."""
        return int(self._of({"admin": ADMIN_MOST, "finance": FINANCE_MOST}.get(role, CLERK_MOST)))

    @property
    def spend_unit(self) -> int:
        """So many points are spent at a time."""
        return int(self._of(SPEND_UNIT))

    @property
    def unit_worth(self) -> int:
        """What they take off, in minor units; 0: points pay nothing."""
        return int(self._of(UNIT_WORTH))

    @property
    def spend_bps(self) -> int:
        """How much of what goods cost may be paid so, in ten-thousandths."""
        return int(self._of(SPEND_BPS))

    @property
    def spend_most(self) -> int | None:
        """How much of an order may be paid so, in minor units; None: no more is said."""
        return int(self._of(SPEND_MOST)) or None

    @property
    def back_days(self) -> int:
        """So long what a refund gives back can be spent at least (PTS-R7)."""
        return int(self._of(BACK_DAYS))

    def until(self, at: datetime, calendar: Calendar) -> datetime | None:
        """When points expire that can be spent from then on: at the end of that day so many months later; None: never."""
        months = int(self._of(LAST_MONTHS))
        return calendar.months_later(at, months) if months else None
