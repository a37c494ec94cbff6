"""Beasts that cannot live here yet: the part of the shop they belong to is not built."""

from __future__ import annotations

from zoo.beast import Awaited

AWAITED = (
    Awaited("group-seat-inserted-then-counted", "CRMEB", "group buying"),
    Awaited("group-expiry-writes-its-state-unconditionally", "CRMEB", "group buying"),
    Awaited("ended-group-rolls-the-payment-back", "yudao", "group buying"),
    Awaited("group-of-another-campaign-is-joined", "yudao", "group buying"),
    Awaited("failed-group-waits-for-a-manual-refund", "litemall", "group buying"),
    Awaited("bargain-cut-drawn-from-the-floor", "yudao", "bargaining"),
    Awaited("pickup-code-drawn-without-a-look", "yudao, CRMEB", "pickup"),
    Awaited("return-without-order-or-quantity", "mall", "returns"),
    Awaited("checked-in-twice-a-day", "yudao and CRMEB", "check-in"),
)
"""Named here so that nobody forgets to let them in."""
