"""Fulfilment, as a shop offers it."""

from __future__ import annotations

from attrs import frozen

from retail_domain.fulfilment.queries import ParcelQueries


@frozen(kw_only=True)
class Fulfilment:
    """Parcels on their way (配送); sending one is `retail.ordering.ship`."""

    show: ParcelQueries
