"""The price book: everything prices depend on besides the goods, under one version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import FreightTemplateId, OfferId
from retail_domain.pricing.errors import (
    FreightTemplateNotFound,
    OfferClusterTooLarge,
    TooManyFreightTemplates,
    TooManyOffers,
)
from retail_domain.pricing.events import FreightTemplateRemoved, FreightTemplateStored, OfferLaunched, OfferStopped
from retail_domain.pricing.model.freight import FreightTemplate
from retail_domain.pricing.model.goods import GoodsFact
from retail_domain.pricing.model.offer import (
    CLUSTER_MAX,
    OFFERS_MAX,
    Offer,
    OfferKind,
    OffersByGoods,
    cluster_of,
)

TEMPLATES_MAX: Final = 200


@frozen(kw_only=True)
class PriceBook:
    """The freight templates of the shop, and the offers that are in force or will be; the shop has one book.

    `version` is what a quote remembers as its offers version: any change of the book makes older quotes stale
    (CRT-R4).
    """

    templates: Mapping[FreightTemplateId, FreightTemplate] = field(factory=dict)
    offers: Mapping[OfferId, Offer] = field(factory=dict)
    version: int = 0
    offers_by_goods: OffersByGoods = field(init=False, eq=False, repr=False)
    freight_offers: tuple[Offer, ...] = field(init=False, eq=False, repr=False)
    gift_offers: tuple[Offer, ...] = field(init=False, eq=False, repr=False)
    """The first in rank first."""

    def __attrs_post_init__(self) -> None:
        if any(key != offer.id for key, offer in self.offers.items()):
            raise ValueError("an offer is filed under its own id")
        if len(self.offers) > OFFERS_MAX:
            raise ValueError("more offers than the book holds")
        ranked = sorted(self.offers.values(), key=lambda one: one.rank)
        object.__setattr__(self, "offers_by_goods", OffersByGoods.of(ranked))
        object.__setattr__(self, "freight_offers", tuple(one for one in ranked if one.kind is OfferKind.FREE_FREIGHT))
        object.__setattr__(self, "gift_offers", tuple(one for one in ranked if one.kind is OfferKind.GIFT))
        if any(key != template.id for key, template in self.templates.items()):
            raise ValueError("a template is filed under its own id")
        if sum(template.is_default for template in self.templates.values()) > 1:
            raise ValueError("at most one template is the default")
        if len(self.templates) > TEMPLATES_MAX:
            raise ValueError("more templates than the book holds")

    def store_template(self, template: FreightTemplate, *, actor: Actor, at: datetime) -> Change[PriceBook]:
        """Write or rewrite a template; a new default takes over from the old one. What it says already changes nothing.

        What was planned of it before gives way to what is planned now, if anything is.
        """
        known = self.templates.get(template.id)
        if known is not None and evolve(template, edition=known.edition) == known.at(at):
            return Change(self, self)
        if known is None and len(self.templates) >= TEMPLATES_MAX:
            raise TooManyFreightTemplates(templates_max=TEMPLATES_MAX)
        stored = evolve(template, edition=known.edition + 1 if known else 1)
        others = {key: other.no_longer_default() if stored.is_default else other for key, other in self.templates.items()}
        fact = FreightTemplateStored(at=at, template_id=stored.id, edition=stored.edition, actor=actor)
        return Change(self, evolve(self, templates={**others, stored.id: stored}), (fact,))

    def remove_template(self, id: FreightTemplateId, *, actor: Actor, at: datetime) -> Change[PriceBook]:
        """Take a template out of force; goods that name it fall back to the default one."""
        self.template(id)
        kept = {other.id: other for other in self.templates.values() if other.id != id}
        return Change(self, evolve(self, templates=kept), (FreightTemplateRemoved(at=at, template_id=id, actor=actor),))

    def launch(self, offer: Offer, *, actor: Actor, at: datetime) -> Change[PriceBook]:
        """An offer comes into force, or takes the place of its edition before; those that are over go.

        Raises TooManyOffers, OfferClusterTooLarge: what meets it on some goods at some time is at most six (PRC-R8).
        """
        others = {key: one for key, one in self.offers.items() if key != offer.id and not one.is_over(at)}
        if len(others) >= OFFERS_MAX:
            raise TooManyOffers(offers_max=OFFERS_MAX)
        cluster = cluster_of(offer, others.values())
        if len(cluster) > CLUSTER_MAX:
            names = tuple(one.name for one in cluster if one.id != offer.id)
            raise OfferClusterTooLarge(offers=len(cluster), offers_max=CLUSTER_MAX, meets=names)
        fact = OfferLaunched(at=at, offer_id=offer.id, offer_name=offer.name, edition=offer.edition, actor=actor)
        return Change(self, evolve(self, offers={**others, offer.id: offer}), (fact,))

    def withdraw(self, id: OfferId, *, actor: Actor, at: datetime) -> Change[PriceBook]:
        """An offer is in force no more; one that is not in the book changes nothing."""
        offer = self.offers.get(id)
        if offer is None:
            return Change(self, self)
        kept = {key: one for key, one in self.offers.items() if key != id}
        fact = OfferStopped(at=at, offer_id=id, offer_name=offer.name, edition=offer.edition, actor=actor)
        return Change(self, evolve(self, offers=kept), (fact,))

    def template(self, id: FreightTemplateId) -> FreightTemplate:
        """The template of this id. Raises FreightTemplateNotFound."""
        if id not in self.templates:
            raise FreightTemplateNotFound(template_id=id)
        return self.templates[id]

    @property
    def asks_tier(self) -> bool:
        """Whether any offer is for some tiers only."""
        return any(one.tiers for one in self.offers.values())

    @property
    def default_template(self) -> FreightTemplate | None:
        """The template of goods that name none."""
        return next((template for template in self.templates.values() if template.is_default), None)

    def template_of(self, goods: GoodsFact, at: datetime) -> FreightTemplate | None:
        """The template these goods travel by; None: they travel free, to everywhere."""
        return self.template_named(goods.freight_template_id, at)

    def template_named(self, id: FreightTemplateId | None, at: datetime) -> FreightTemplate | None:
        """The template of goods that name this one, or none, as it charges then: theirs if it is in force, else the default."""
        named = (self.templates.get(id) if id else None) or self.default_template
        return named.at(at) if named is not None else None
