"""An offer as staff see it: its terms, and whether it is launched."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OfferId
from retail_domain.promotions.errors import OfferWrongState


class PromotionState(Enum):
    """Where an offer stands."""

    DRAFT = "draft"
    LIVE = "live"
    """Launched: it holds within its window."""
    STOPPED = "stopped"


@frozen(kw_only=True)
class Promotion:
    """An offer: its terms as JSON, which pricing reads; each change of them is one edition more."""

    id: OfferId
    name: str
    terms: str
    state: PromotionState = PromotionState.DRAFT
    edition: int = 1
    made_at: datetime
    launched_at: datetime | None = None
    stopped_at: datetime | None = None
    version: int = 0

    @classmethod
    def made(cls, id: OfferId, name: str, terms: str, at: datetime) -> Change[Promotion]:
        """A draft: no price knows of it."""
        return Change(None, cls(id=id, name=name, terms=terms, made_at=at))

    @property
    def is_live(self) -> bool:
        """Whether it is launched."""
        return self.state is PromotionState.LIVE

    def change(self, name: str, terms: str) -> Change[Promotion]:
        """Other terms, in whatever state; the same again change nothing."""
        if terms == self.terms:
            return Change(self, self)
        return Change(self, evolve(self, name=name, terms=terms, edition=self.edition + 1))

    def launch(self, at: datetime) -> Change[Promotion]:
        """It comes into force. Raises OfferWrongState when it is in force."""
        if self.is_live:
            raise OfferWrongState(offer_id=self.id, state=self.state.value)
        return Change(self, evolve(self, state=PromotionState.LIVE, launched_at=at, stopped_at=None))

    def withdraw(self, at: datetime) -> Change[Promotion]:
        """It is in force no more; it may be launched again. Raises OfferWrongState when it is not in force."""
        if not self.is_live:
            raise OfferWrongState(offer_id=self.id, state=self.state.value)
        return Change(self, evolve(self, state=PromotionState.STOPPED, stopped_at=at))
