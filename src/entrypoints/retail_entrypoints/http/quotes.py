"""`/v1/quotes` and `/v1/staff/freight-templates`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field

from retail_domain.accounts import Permission
from retail_domain.cart import CartNotFound
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import ChangedMeanwhile
from retail_domain.kernel.ids import FreightTemplateId, MemberId, QuoteId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.pricing import (
    ChargeBy,
    ComingFreight,
    FreightTemplate,
    FreightTemplateNotFound,
    FreightZone,
    Quote,
    QuoteAddressNotFound,
    QuoteDelivery,
    QuoteEmpty,
    QuoteNotFound,
    QuoteQuantityTooLarge,
    QuoteRegionNotServed,
    QuoteTooLarge,
    QuoteTooManyLines,
    RemoveFreightTemplate,
    ShowQuote,
    StoreFreightTemplate,
    TooManyFreightTemplates,
    WantedLine,
    Wish,
)
from retail_domain.processes.purchase.quoting import QuoteBasket, Quoting
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.priced import PricedLineShape, RejectedOfferShape, ShareShape, UnavailableShape
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, Cents, Count, Instant, MoneyShape, Points, Quantity, Text, Uuid, Word
from retail_entrypoints.http.shaping import derived

QUOTING = (
    QuoteAddressNotFound, QuoteEmpty, QuoteTooManyLines, QuoteQuantityTooLarge, QuoteTooLarge, QuoteRegionNotServed,
    CartNotFound,
)  # fmt: skip

RegionPrefix = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{0,12}$(?!\n)",
        description="The leading digits of a region code (GB/T 2260): 44, 4403, 440305; empty for everywhere.",
        examples=["44"],
    ),
]


def _wishes(coupon_ids: Sequence[Uuid], points: int, campaign: str | None) -> tuple[Wish, ...]:
    coupons = tuple(Wish("coupon", str(id)) for id in coupon_ids)
    redeemed = (Wish("points", "", points),) if points else ()
    return coupons + redeemed + ((Wish("campaign", campaign),) if campaign else ())


class WantedLineBody(Body, frozen=True):
    """So many units of some goods; the price is the shop's (R7)."""

    sku_id: Uuid
    quantity: Quantity

    to_line = becoming(WantedLine)


class DeliveryBody(Body, frozen=True):
    """Where to: an address of the member's own address book."""

    kind: Literal["address"]
    address_id: Uuid


class QuoteBody(Body, frozen=True):
    """What to quote: lines, or `from_cart`; and what the member would like to use."""

    delivery: DeliveryBody
    lines: Annotated[list[WantedLineBody], Meta(max_length=1_000)] = field(default_factory=list)
    from_cart: bool = False
    coupon_ids: Annotated[list[Uuid], Meta(max_length=20)] = field(default_factory=list)
    points: Points = 0
    campaign: Text | None = None

    to_command = becoming(QuoteBasket, "member_id", "once", address_id="delivery.address_id", wishes=_wishes)


class QuoteDeliveryShape(Answer, frozen=True):
    """Where a quote delivers."""

    kind: Literal["address"]
    address_id: Uuid
    region_code: Word

    of = derived(QuoteDelivery)


def _steps(quote: Quote, currency: str) -> list[ShareShape]:
    return [ShareShape.of(share, currency) for share in quote.basket.by_source()]


class QuoteShape(Answer, frozen=True):
    """A price the shop stands by until `expires_at`: order it by `quote_id` and `hash` (CRT-R7)."""

    quote_id: Uuid
    hash: Annotated[str, Meta(min_length=64, max_length=64, description="SHA-256 over everything that is agreed to.")]
    created_at: Instant
    expires_at: Instant
    payable: MoneyShape
    goods: MoneyShape
    freight: MoneyShape
    lines: list[PricedLineShape]
    steps: list[ShareShape]
    rejected_offers: list[RejectedOfferShape]
    unavailable: list[UnavailableShape]
    delivery: QuoteDeliveryShape

    of = derived(Quote, within="basket", currency="basket.currency", quote_id="id", goods="basket.goods_minor", steps=_steps)


class FreightZoneShape(Body, frozen=True):
    """What delivery costs in some regions: the first units, then every further `next_units` or part of them."""

    regions: Annotated[list[RegionPrefix], Meta(min_length=1, max_length=500, examples=[["44", "4403"]])]
    delivers: bool = True
    first_units: Count = 1
    first_minor: Cents = 0
    next_units: Annotated[int, Meta(ge=1, le=10**9, description="How many further units cost `next_minor`.")] = 1
    next_minor: Cents = 0
    free_from_minor: Cents | None = None

    of = derived(FreightZone)

    to_zone = becoming(FreightZone)


Zones = Annotated[list[FreightZoneShape], Meta(min_length=1, max_length=100)]


class ComingFreightShape(Body, frozen=True):
    """What a template will charge from a moment on."""

    effective_at: Annotated[datetime, Meta(tz=True, description="From when on.", examples=["2099-01-01T00:00:00Z"])]
    charge_by: ChargeBy
    zones: Zones

    of = derived(ComingFreight)

    to_coming = becoming(ComingFreight)


class FreightTemplateBody(Body, frozen=True):
    """A freight template: pieces, grams or cubic centimetres, by region; the most specific region wins (MSC-R5).

    It says all of it: without `coming`, nothing is planned any more. `seen` is the `edition` that was looked at: with it,
    nobody may have written the template since.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["Standard"])]
    charge_by: ChargeBy
    zones: Zones
    is_default: bool = False
    coming: ComingFreightShape | None = None
    seen: Count | None = None

    to_command = becoming(StoreFreightTemplate, "actor", "template_id", "once")


class FreightTemplateShape(Answer, frozen=True):
    """A freight template as it is in force, and what is coming."""

    id: Uuid
    name: Text
    charge_by: ChargeBy
    zones: list[FreightZoneShape]
    is_default: bool
    coming: ComingFreightShape | None
    edition: Count

    of = derived(FreightTemplate)


def quote_routes(quoting: Quoting) -> Sequence[HTTPRouteHandler]:
    """`/v1/quotes`."""
    routes = Resource("/quotes", permission=MEMBER, tag="quotes")

    @routes.post(raises=QUOTING, summary="What does this cost?")
    async def create_quote(
        data: JSONBody[QuoteBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> QuoteShape:
        """Prices the goods for this member and address and explains every step. It is good for some minutes; nothing is
        reserved.
        """
        return QuoteShape.of(await quoting.quote(data.to_command(member_id=member_id, once=once)))

    @routes.get("/{quote_id:uuid}", raises=[QuoteNotFound], summary="One of my quotes")
    async def get_quote(quote_id: FromPath[UUID], member_id: NamedDependency[MemberId]) -> QuoteShape:
        """As it was made; it never changes."""
        return QuoteShape.of(await quoting.show(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id))))

    return routes.all


def freight_routes(quoting: Quoting) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/freight-templates`."""
    routes = Resource("/staff/freight-templates", permission=Permission.PRICES_CHANGE, tag="staff: catalog")

    @routes.get(permission=Permission.CATALOG_SEE, summary="All freight templates")
    async def list_freight_templates(short_page: NamedDependency[PageRequest]) -> PageShape[FreightTemplateShape]:
        """With their zones."""
        return part_of(await quoting.freight_templates(), short_page, FreightTemplateShape.of)

    @routes.post(does=quoting.store_freight_template, raises=[TooManyFreightTemplates], summary="Write a freight template")
    async def create_freight_template(
        data: JSONBody[FreightTemplateBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> FreightTemplateShape:
        """By piece, weight or volume, with zones by region."""
        command = data.to_command(actor=actor, template_id=None, once=once)
        return FreightTemplateShape.of(await quoting.store_freight_template(command))

    @routes.put(
        "/{template_id:uuid}",
        does=quoting.store_freight_template,
        raises=[FreightTemplateNotFound, ChangedMeanwhile],
        summary="Rewrite a freight template",
    )
    async def replace_freight_template(
        template_id: FromPath[UUID],
        data: JSONBody[FreightTemplateBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> FreightTemplateShape:
        """Holds for quotes made from now on; what is coming, for those made from its moment on."""
        command = data.to_command(actor=actor, template_id=FreightTemplateId(template_id), once=once)
        return FreightTemplateShape.of(await quoting.store_freight_template(command))

    @routes.delete(
        "/{template_id:uuid}",
        does=quoting.remove_freight_template,
        raises=[FreightTemplateNotFound],
        summary="Take a freight template out of force",
    )
    async def remove_freight_template(
        template_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """Holds for quotes made from now on."""
        await quoting.remove_freight_template(
            RemoveFreightTemplate(template_id=FreightTemplateId(template_id), actor=actor, once=once)
        )

    return routes.all
