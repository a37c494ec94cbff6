"""`/v1/staff/offers`: offers as staff write, launch and stop them (PRC-R2, GEN-R13)."""

import json
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import ChangedMeanwhile
from retail_domain.kernel.ids import OfferId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.pricing import OfferClusterTooLarge, TooManyOffers, told_terms
from retail_domain.processes.staff.offering import (
    ChangeOffer,
    LaunchOffer,
    MakeOffer,
    OfferBound,
    OfferDesk,
    OfferView,
    StopOffer,
)
from retail_domain.promotions import OfferNotFound, OfferWrongState
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, BasisPoints, Body, Cents, Count, FactValue, Instant, Text, Uuid
from retail_entrypoints.http.shaping import derived

Terms = Annotated[
    dict[str, FactValue],
    Meta(
        description="The terms of an offer: name, name_en, kind, scope, window, and what it takes off; see the how-to.",
        examples=[{"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 9900}],
    ),
]


class OfferBody(Body, frozen=True):
    """What an offer says. `seen` is the `edition` that was looked at: with it, nobody may have changed the offer since."""

    terms: Terms
    seen: Count | None = None

    def text(self) -> str:
        """As the shop reads it."""
        return json.dumps(self.terms, ensure_ascii=False)


class OfferBoundShape(Answer, frozen=True):
    """The most that it can cost for one order; null where that depends on what is bought."""

    per_order_minor: Cents | None
    share_bps: BasisPoints
    with_others_minor: Cents | None
    meets: Annotated[list[Text], Meta(examples=[["九折"]])]

    of = derived(OfferBound)


def _terms(view: OfferView) -> dict[str, FactValue]:
    return told_terms(view.offer)


class OfferShape(Answer, frozen=True):
    """An offer, where it stands, and the most that it can cost."""

    offer_id: Uuid
    name: Text
    state: Literal["draft", "live", "stopped"]
    edition: Count
    is_on: bool
    launched_at: Instant | None
    stopped_at: Instant | None
    terms: Terms
    bound: OfferBoundShape

    of = derived(
        OfferView, offer_id="promotion.id", name="promotion.name", state="promotion.state", edition="promotion.edition",
        launched_at="promotion.launched_at", stopped_at="promotion.stopped_at", terms=_terms,
    )  # fmt: skip


def offer_routes(offers: OfferDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/offers`."""
    routes = Resource("/staff/offers", permission=Permission.PRICES_CHANGE, tag="staff: catalog")

    @routes.get(permission=Permission.CATALOG_SEE, summary="All offers, the newest first")
    async def list_offers(short_page: NamedDependency[PageRequest]) -> PageShape[OfferShape]:
        """Drafts and stopped ones too."""
        return part_of(await offers.list(), short_page, OfferShape.of)

    @routes.get("/{offer_id:uuid}", permission=Permission.CATALOG_SEE, raises=[OfferNotFound], summary="An offer")
    async def show_offer(offer_id: FromPath[UUID]) -> OfferShape:
        """With the most that it can cost, and what it meets."""
        return OfferShape.of(await offers.show(OfferId(offer_id)))

    @routes.post(does=offers.make, summary="Write an offer")
    async def make_offer(
        data: JSONBody[OfferBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> OfferShape:
        """A draft: no price knows of it before it is launched."""
        made = await offers.make(MakeOffer(actor=actor, terms=data.text(), once=once))
        return OfferShape.of(await offers.show(made.id))

    @routes.put(
        "/{offer_id:uuid}", does=offers.change, raises=[OfferNotFound, ChangedMeanwhile, OfferClusterTooLarge, TooManyOffers],
        summary="Write other terms of an offer",
    )  # fmt: skip
    async def change_offer(
        offer_id: FromPath[UUID], data: JSONBody[OfferBody], actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> OfferShape:  # fmt: skip
        """Of a launched offer they hold at once: quotes of before are asked for again."""
        wish = ChangeOffer(actor=actor, offer_id=OfferId(offer_id), terms=data.text(), seen=data.seen, once=once)
        return OfferShape.of(await offers.show((await offers.change(wish)).id))

    @routes.post(
        "/{offer_id:uuid}/launch", does=offers.launch, status=200, summary="Launch an offer",
        raises=[OfferNotFound, OfferWrongState, OfferClusterTooLarge, TooManyOffers],
    )  # fmt: skip
    async def launch_offer(
        offer_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> OfferShape:
        """It comes into force within its window."""
        launched = await offers.launch(LaunchOffer(actor=actor, offer_id=OfferId(offer_id), once=once))
        return OfferShape.of(await offers.show(launched.id))

    @routes.post(
        "/{offer_id:uuid}/stop", does=offers.stop, status=200, raises=[OfferNotFound, OfferWrongState],
        summary="Stop an offer",
    )  # fmt: skip
    async def stop_offer(
        offer_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> OfferShape:
        """It is in force no more; it may be launched again."""
        stopped = await offers.stop(StopOffer(actor=actor, offer_id=OfferId(offer_id), once=once))
        return OfferShape.of(await offers.show(stopped.id))

    return routes.all
