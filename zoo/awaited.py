"""Beasts that cannot live here yet: the part of the shop they belong to is not built."""

from __future__ import annotations

from zoo.beast import Awaited

AWAITED = (
    Awaited("group-seat-inserted-then-counted", "guarantees 4 and 5.1, X14 CRMEB", "group buying"),
    Awaited("group-expiry-writes-its-state-unconditionally", "guarantees 4, X16 CRMEB", "group buying"),
    Awaited("ended-group-rolls-the-payment-back", "X3 yudao", "group buying"),
    Awaited("group-of-another-campaign-is-joined", "X15 yudao", "group buying"),
    Awaited("failed-group-waits-for-a-manual-refund", "X31 litemall", "group buying"),
    Awaited("coupon-used-before-the-order", "guarantees 4, X24 CRMEB", "coupons"),
    Awaited("threshold-rounded-to-whole-yuan", "X20 mall", "promotions"),
    Awaited("campaign-price-only-in-the-preview", "X13 CRMEB", "promotions"),
    Awaited("bargain-cut-drawn-from-the-floor", "X17 yudao", "bargaining"),
    Awaited("points-taken-when-there-are-none", "X8 yudao, X18 mall, X19 yudao", "points"),
    Awaited("pickup-code-drawn-without-a-look", "X9 yudao, X29 CRMEB", "pickup"),
    Awaited("return-without-order-or-quantity", "X23 mall", "returns"),
    Awaited("checked-in-twice-a-day", "X32 yudao and CRMEB", "check-in"),
)
"""Named here so that nobody forgets to let them in."""
