"""Grounds: what a price rests on, each with the version it had, so that placing can tell whether it still holds (R7)."""

from __future__ import annotations

from attrs import frozen


@frozen(order=True)
class Ground:
    """One thing that a quote rests on: a coupon, points, a campaign's quota; placing takes `quantity` of it.

    `version` changes whenever a buyer would have to be asked again.
    """

    kind: str
    id: str
    version: int = 0
    quantity: int = 1
