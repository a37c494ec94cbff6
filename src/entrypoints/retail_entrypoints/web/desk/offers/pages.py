"""`/desk/offers`: what is offered, what it can cost at most, and the buttons that launch and stop it (PRC-R2)."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.ids import OfferId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.pricing import OfferClusterTooLarge, TooManyOffers
from retail_domain.processes.staff.offering import LaunchOffer, MakeOffer, OfferView, StopOffer
from retail_domain.promotions import OfferNotFound, OfferWrongState
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.showing import decide, show
from retail_entrypoints.web.forms import Form, NoFields, Told
from retail_entrypoints.web.view import View


class OfferForm(Form, frozen=True):
    """The terms of an offer, as JSON."""

    terms: Told = ""


def desk_offer_pages(retail: Retail, currency: str) -> Sequence[HTTPRouteHandler]:
    """Offers have no place, so whoever is bound to places is not let in."""
    looking = Resource("/desk/offers", permission=Permission.CATALOG_SEE, tag="desk")

    @looking.get()
    async def show_offers_at_desk(view: NamedDependency[View]) -> Response[bytes]:
        return await _offers_page(retail, view, currency)

    return [*looking.all, *_deciding_about_offers(retail, currency)]


async def _offers_page(retail: Retail, view: View, currency: str) -> Response[bytes]:
    rows = [(one, _at_most(one, currency)) for one in await retail.promotions.list()]
    return show(view, "offers/list.html", rows=rows)


def _at_most(view: OfferView, currency: str) -> Money | None:
    minor = view.bound.with_others_minor
    return None if minor is None else Money(minor, currency)


def _deciding_about_offers(retail: Retail, currency: str) -> Sequence[HTTPRouteHandler]:
    pages, offers = Resource("/desk/offers", permission=Permission.PRICES_CHANGE, tag="desk"), retail.promotions

    @pages.post(does=offers.make)
    async def make_offer_at_desk(
        data: URLEncodedBody[OfferForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        return await decide(
            view, offers.make(MakeOffer(actor=view.actor, terms=data.terms, once=once)),
            lambda _: view.go("/desk/offers", "desk.said.offer_made"), lambda: _offers_page(retail, view, currency),
        )  # fmt: skip

    @pages.post(
        "/{offer_id:uuid}/launch", does=offers.launch,
        raises=[OfferNotFound, OfferWrongState, OfferClusterTooLarge, TooManyOffers],
    )  # fmt: skip
    async def launch_offer_at_desk(
        offer_id: FromPath[UUID], data: URLEncodedBody[NoFields], view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:  # fmt: skip
        return await decide(
            view, offers.launch(LaunchOffer(actor=view.actor, offer_id=OfferId(offer_id), once=once)),
            lambda _: view.go("/desk/offers", "desk.said.offer_launched"), lambda: _offers_page(retail, view, currency),
        )  # fmt: skip

    @pages.post("/{offer_id:uuid}/stop", does=offers.stop, raises=[OfferNotFound, OfferWrongState])
    async def stop_offer_at_desk(
        offer_id: FromPath[UUID], data: URLEncodedBody[NoFields], view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:  # fmt: skip
        return await decide(
            view, offers.stop(StopOffer(actor=view.actor, offer_id=OfferId(offer_id), once=once)),
            lambda _: view.go("/desk/offers", "desk.said.offer_stopped"), lambda: _offers_page(retail, view, currency),
        )  # fmt: skip

    return pages.all
