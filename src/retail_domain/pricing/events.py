"""Facts of pricing."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import FreightTemplateId


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


EVENTS: Final[tuple[type[Event], ...]] = (FreightTemplateStored, FreightTemplateRemoved)
