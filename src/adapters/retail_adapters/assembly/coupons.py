"""Coupons, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.quoting import quoting_rules
from retail_adapters.system.sealer import HmacSealer
from retail_domain.coupons.use_cases import show_offers, usable_coupons
from retail_domain.kernel.frames import bound
from retail_domain.processes.rewards.choosing_coupons import coupons_on_cart, coupons_on_quote
from retail_domain.processes.rewards.coupon_desk import CouponDesk
from retail_domain.processes.rewards.couponing import (
    issue_coupon,
    make_coupon_codes,
    redeem_code,
    store_coupon_template,
    take_coupon,
    void_coupon,
)


def coupons(parts: Parts) -> CouponDesk:
    """The coupons of a shop made of these parts."""
    sealer = HmacSealer(parts.secret)
    return CouponDesk(
        store_template=parts.deciding(store_coupon_template),
        take=parts.deciding(take_coupon),
        redeem=parts.answering(redeem_code, sealer),
        issue=parts.deciding(issue_coupon),
        void=parts.deciding(void_coupon),
        make_codes=parts.deciding(make_coupon_codes, sealer),
        offers=bound(show_offers, parts.reads.coupons, parts.clock),
        usable=parts.reading(usable_coupons, parts.clock),
        on_quote=parts.reading(coupons_on_quote, parts.clock),
        on_cart=parts.reading(coupons_on_cart, parts.means, quoting_rules(parts)),
        show=parts.reads.coupons,
    )
