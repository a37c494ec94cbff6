"""Every event of every context, for the codec."""

from __future__ import annotations

from typing import Final

from retail_domain.accounts.events import EVENTS as ACCOUNTS
from retail_domain.cart.events import EVENTS as CART
from retail_domain.catalog.events import EVENTS as CATALOG
from retail_domain.fulfilment.events import EVENTS as FULFILMENT
from retail_domain.inventory.events import EVENTS as INVENTORY
from retail_domain.kernel.events import Event
from retail_domain.ordering.events import EVENTS as ORDERING
from retail_domain.payments.events import EVENTS as PAYMENTS
from retail_domain.pricing.events import EVENTS as PRICING

EVERY_EVENT: Final[tuple[type[Event], ...]] = (
    *ACCOUNTS, *CART, *CATALOG, *FULFILMENT, *INVENTORY, *ORDERING, *PAYMENTS, *PRICING,
)  # fmt: skip
