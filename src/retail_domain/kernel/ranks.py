"""Ranks: the one order in which locks are taken, whatever the use case and the store (R13)."""

from __future__ import annotations

from enum import IntEnum


class Rank(IntEnum):
    """Where rows stand in the order of locks: lower ones are locked first, ascending keys within a rank.

    A unit of work asserts that ranks never fall, so two units cannot wait for each other. What is limited comes before the
    order that takes it; what belongs to one order alone has no rank, since the order's own lock covers it.
    """

    VISIT = 5
    """What a member's next check-in goes on from."""
    LIMIT = 10
    """A member's counter of a product with a purchase limit."""
    QUOTA = 15
    """The part of a SKU's stock that a campaign sells."""
    STOCK = 20
    """A shelf."""
    COUPON_CODE = 23
    """A code that somebody redeems: before what it is a code of."""
    COUPON_SUPPLY = 24
    """What is left of a kind of coupon: what all who take one meet at."""
    COUPON_HOLDER = 25
    """What a member's own coupons are counted at."""
    COUPON = 26
    """A coupon that orders want to use."""
    POINTS = 30
    """A member's points: what awards, orders that spend them and whatever takes them back meet at."""
    HOST = 50
    """Limited things of the application that the shop is embedded in."""
    TENDER = 55
    """Accounts of the shop that pay orders: after all that paying makes firm."""
    ORDER = 60
    PAYMENT = 70
    REFUND = 75
    REVIEW = 76
    REVIEW_SUMMARY = 77
    """What counts reviews: after those that are counted."""
    PICTURE = 80
    """What something shows: after the thing that shows it."""
    WEBHOOK = 85
    WEBHOOK_DELIVERY = 86
    """What is told to a webhook: after the webhook itself."""
    MESSAGE_READING = 90
    """How far what happened was looked through for messages."""
    MESSAGE = 91
    MESSAGE_SENDING = 92
    """How far a message is on its way outside: before the message would fall behind it, so the message is locked first."""
    JOB = 95
    """Work that is done in the background: after all that it brings about."""
