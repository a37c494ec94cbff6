"""Facts of pricing."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import FreightTemplateId, OfferId


@frozen(kw_only=True)
class FreightTemplateStored(Event):
    """A freight template was written or rewritten; quotes given before no longer hold."""

    name: ClassVar[str] = "freight_template.stored"

    template_id: FreightTemplateId
    edition: int
    actor: Actor

    @property
    def aggregate_id(self) -> UUID:
        """The template."""
        return self.template_id


@frozen(kw_only=True)
class FreightTemplateRemoved(Event):
    """A freight template is no longer in force."""

    name: ClassVar[str] = "freight_template.removed"

    template_id: FreightTemplateId
    actor: Actor

    @property
    def aggregate_id(self) -> UUID:
        """The template."""
        return self.template_id


@frozen(kw_only=True)
class OfferEvent(Event):
    """What an event of an offer says."""

    offer_id: OfferId
    offer_name: str
    edition: int
    actor: Actor

    @property
    def aggregate_id(self) -> UUID:
        """The offer."""
        return self.offer_id


@frozen(kw_only=True)
class OfferLaunched(OfferEvent):
    """An offer came into force, or was changed while it is; quotes given before no longer hold."""

    name: ClassVar[str] = "offer.launched"


@frozen(kw_only=True)
class OfferStopped(OfferEvent):
    """An offer is in force no more."""

    name: ClassVar[str] = "offer.stopped"


EVENTS: Final[tuple[type[Event], ...]] = (FreightTemplateStored, FreightTemplateRemoved, OfferLaunched, OfferStopped)
