"""What a shop may set about messages while it runs."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.kernel.settings import HoursSetting, InForce, Setting, WholeSetting
from retail_domain.messages.model import QuietHours

QUIET_HOURS: Final = HoursSetting(
    name="messages.quiet_hours",
    says="From when to when members are sent nothing that can wait, such as 22:00-08:00; the same time twice is never.",
    says_zh="免打扰时段，如 22:00-08:00；起止相同表示不设。",
)
BUNDLE_SECONDS: Final = WholeSetting(
    name="messages.bundle_seconds", least=0, most=86_400, unit="seconds",
    says="How long what is told together, such as parcels of a day, is gathered into one message; 0: each by itself.",
    says_zh="可合并的通知(如多个包裹发出)合并为一条的等待时间；0 表示逐条发送。",
)  # fmt: skip
PAY_SOON_SECONDS: Final = WholeSetting(
    name="messages.pay_soon_seconds", least=0, most=86_400, unit="seconds",
    says="How long before an unpaid order is closed its member is reminded to pay; 0: nobody is.",
    says_zh="待付款订单关闭前多久提醒会员付款；0 表示不提醒。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (QUIET_HOURS, BUNDLE_SECONDS, PAY_SOON_SECONDS)


SHOPS_OWN: Final = ""
"""How a member says that they want to be left alone in the hours of the shop."""


def quiet_read(told: str) -> QuietHours | None:
    """A member's own hours, or None for those of the shop. Raises InvalidInput."""
    if told == SHOPS_OWN:
        return None
    begin, end = QUIET_HOURS.read(told, "quiet_hours")
    return QuietHours(begin=begin, end=end)


def quiet_written(quiet: QuietHours | None) -> str:
    """The same as text."""
    return SHOPS_OWN if quiet is None else f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}"


def quiet_under(in_force: InForce, usual: QuietHours) -> QuietHours:
    """When nobody is disturbed now."""
    begin, end = in_force.of(QUIET_HOURS, (usual.begin, usual.end))
    return QuietHours(begin=begin, end=end)
