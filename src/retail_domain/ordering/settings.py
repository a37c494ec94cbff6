"""What a shop may set about orders while it runs."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve

from retail_domain.kernel.settings import ChoiceSetting, InForce, Setting, WholeSetting
from retail_domain.ordering.model.terms import OrderTimers

_YEAR: Final = 366 * 86_400

PAY_SECONDS: Final = WholeSetting(
    name="orders.pay_seconds", least=60, most=30 * 86_400, unit="seconds",
    says="How long a new order waits for its money before it is closed.",
    says_zh="新订单的支付时限，超时自动关闭。",
)  # fmt: skip
AUTO_SIGN_SECONDS: Final = WholeSetting(
    name="orders.auto_sign_seconds", least=3_600, most=_YEAR, unit="seconds",
    says="How long after the last parcel left a new order counts as received, if nobody says otherwise.",
    says_zh="新订单发货后自动确认收货的时间。",
)  # fmt: skip
AFTER_SALE_SECONDS: Final = WholeSetting(
    name="orders.after_sale_seconds", least=0, most=_YEAR, unit="seconds",
    says="How long after it was received a new order may be complained about before it is complete.",
    says_zh="新订单签收后的售后期，期满订单完成。",
)  # fmt: skip
OPEN_MAX: Final = WholeSetting(
    name="orders.open_max", least=1, most=1_000, unit="orders",
    says="How many unpaid orders a member may have at once.",
    says_zh="每位会员同时可有的待付款订单数。",
)  # fmt: skip
_GATEWAY: Final = "gateway"
_ACCOUNTS: Final = "accounts"
REFUND_FIRST: Final = ChoiceSetting(
    name="orders.refund_first", choices=(_GATEWAY, _ACCOUNTS),
    says="Whose money a refund of a new order gives back first: what came from outside (gateway), or from a wallet (accounts).",
    says_zh="新订单退款时先退哪一部分：第三方支付或收银台收款(gateway)，或余额等站内账户(accounts)。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (PAY_SECONDS, AUTO_SIGN_SECONDS, AFTER_SALE_SECONDS, OPEN_MAX, REFUND_FIRST)


def refund_first_of(usual: tuple[str, ...]) -> str:
    """What the setting is worth where nobody has set it, under that rule of the shop's code."""
    return _GATEWAY if usual[:1] == (_GATEWAY,) else _ACCOUNTS


def refund_order_under(in_force: InForce, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Whose money goes back first of an order that is placed now; it keeps the rule, whatever is set later (PAY-R10)."""
    said = in_force.of(REFUND_FIRST, refund_first_of(usual)) if in_force.values else refund_first_of(usual)
    if said == refund_first_of(usual):
        return usual
    return (_GATEWAY, _ACCOUNTS) if said == _GATEWAY else (_ACCOUNTS, _GATEWAY)


def timers_under(in_force: InForce, usual: OrderTimers) -> OrderTimers:
    """How long an order that is placed now waits for each thing; it keeps them, whatever is set later (ORD-R1)."""
    if not in_force.values:
        return usual
    return evolve(
        usual,
        pay_seconds=in_force.of(PAY_SECONDS, usual.pay_seconds),
        auto_sign_seconds=in_force.of(AUTO_SIGN_SECONDS, usual.auto_sign_seconds),
        after_sale_seconds=in_force.of(AFTER_SALE_SECONDS, usual.after_sale_seconds),
    )
