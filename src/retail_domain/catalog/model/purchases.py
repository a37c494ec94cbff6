"""PurchaseCounter: how many units of limited goods a member has taken (限购)."""

from __future__ import annotations

from attrs import evolve, frozen

from retail_domain.catalog.errors import PurchaseLimitReached
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, ProductId


@frozen(order=True)
class PurchaseKey:
    """One member and one product; counters are locked in this order, before any stock (GEN-R16)."""

    member_id: MemberId
    product_id: ProductId


@frozen(kw_only=True)
class PurchaseCounter:
    """The guarded counter behind a purchase limit (GEN-R9): however many orders a member sends at once, `taken <= ceiling`.

    `ceiling` is the limit that held when units were last taken: a limit lowered later never makes the past wrong.
    """

    key: PurchaseKey
    taken: int = 0
    ceiling: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.taken <= self.ceiling:
            raise ValueError("units taken lie between none and the ceiling")

    def take(self, quantity: int, ceiling: int) -> Change[PurchaseCounter]:
        """Count units of a new order against the limit. Raises PurchaseLimitReached."""
        _positive(quantity)
        if self.taken + quantity > ceiling:
            raise PurchaseLimitReached(product_id=self.key.product_id, limit=ceiling, taken=self.taken, wanted=quantity)
        return Change(self, evolve(self, taken=self.taken + quantity, ceiling=ceiling))

    def give_back(self, quantity: int) -> Change[PurchaseCounter]:
        """Units of an order that was closed or refunded can be bought again; only what was taken can be given back."""
        _positive(quantity)
        return Change(self, evolve(self, taken=self.taken - quantity))


def _positive(quantity: int) -> None:
    if type(quantity) is not int or quantity < 1:
        raise ValueError("a quantity is a whole number of at least one")
