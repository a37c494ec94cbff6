"""Settings, wired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.policies import Policies
from retail_domain.contexts import every_setting
from retail_domain.coupons import USUAL as USUAL_COUPONS
from retail_domain.jobs.settings import USUAL_JOBS
from retail_domain.ordering import refund_first_of
from retail_domain.points import USUAL
from retail_domain.processes.worker.causes import our_causes
from retail_domain.settings import HOME, USUAL_HOME, Declared, SettingsDesk
from retail_domain.settings.use_cases import (
    change_settings,
    settings_history,
    shop_front,
    shop_home,
    show_settings,
    take_settings_back,
)
from retail_domain.tiers import LADDER, NO_LADDER
from retail_domain.wallet import USUAL as USUAL_WALLET


def settings(parts: Parts) -> SettingsDesk:
    """The settings of a shop made of these parts."""
    declared = declared_in(parts.policies)
    return SettingsDesk(
        change=parts.deciding(change_settings, declared),
        take_back=parts.deciding(take_settings_back, declared),
        show_all=parts.looking(show_settings, declared, parts.clock),
        history=parts.looking(settings_history),
        shop_front=parts.looking(shop_front, declared, parts.clock),
        home=parts.looking(shop_home, declared, parts.clock),
    )


def declared_in(policies: Policies) -> Declared:
    """Every setting, and what it is worth in this shop as long as nobody sets it."""
    return Declared(every_setting(), usual_of(policies))


def usual_of(policies: Policies) -> Mapping[str, Any]:
    """What the environment, or the code of the host, says of each setting; texts are empty."""
    timers, limits = policies.checkout.timers, policies.quoting.limits
    texts = {one.name: "" for one in every_setting() if one.kind in ("text", "address")}
    return texts | {
        "orders.pay_seconds": timers.pay_seconds,
        "orders.auto_sign_seconds": timers.auto_sign_seconds,
        "orders.after_sale_seconds": timers.after_sale_seconds,
        "orders.open_max": policies.checkout.open_orders_max,
        "orders.refund_first": refund_first_of(policies.checkout.refund_order),
        "quotes.lasts_seconds": int(policies.quoting.lasts.total_seconds()),
        "baskets.lines_max": limits.lines_max,
        "baskets.quantity_max": limits.quantity_max,
        "delivery.regions_not_served": (),
        "reviews.go_up": policies.reviews.goes_up,
        "reviews.within_days": policies.reviews.within_days or 0,
        "reviews.silent_days": policies.reviews.automatic_after_days or 0,
        "messages.quiet_hours": (policies.messages.quiet.begin, policies.messages.quiet.end),
        "messages.bundle_seconds": max(one.bundle_seconds for one in our_causes().by_code.values()),
        "messages.pay_soon_seconds": policies.messages.pay_soon_seconds,
        HOME.name: USUAL_HOME,
        LADDER.name: NO_LADDER,
        **USUAL,
        **USUAL_COUPONS,
        **USUAL_JOBS,
        **USUAL_WALLET,
    }
