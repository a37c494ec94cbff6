"""All beasts, by where they live."""

from __future__ import annotations

from typing import Final

from zoo import (
    accounts,
    delivery,
    earnings,
    money,
    notes,
    orders,
    pictures,
    prices,
    reading,
    refunds,
    releases,
    reviews,
    servers,
    staff,
    stock,
    takings,
    tenders,
    webhooks,
)
from zoo.beast import Beast

BEASTS: Final[tuple[Beast, ...]] = (
    *stock.BEASTS, *takings.BEASTS, *earnings.BEASTS, *orders.BEASTS, *money.BEASTS, *refunds.BEASTS,
    *delivery.BEASTS, *accounts.BEASTS, *tenders.BEASTS, *servers.BEASTS, *releases.BEASTS, *prices.BEASTS,
    *reading.BEASTS, *pictures.BEASTS, *webhooks.BEASTS, *notes.BEASTS, *reviews.BEASTS, *staff.BEASTS,
)  # fmt: skip
"""Each is a bug that the tests must catch."""
