"""How priced lines look from outside: shared by carts and quotes (PRC-R4)."""

from typing import Annotated

from msgspec import Meta, field

from retail_domain.pricing import PricedLine, Reason, RejectedOffer, Share, Stage, UnavailableLine
from retail_entrypoints.http.shapes import Answer, Cents, Count, Instant, LongText, MoneyShape, Quantity, Uuid
from retail_entrypoints.http.shaping import derived, derived_with

SourceKind = Annotated[str, Meta(max_length=64, description="Where an amount comes from.", examples=["sale_price"])]
SourceId = Annotated[str, Meta(max_length=64, description="Which one; empty where there is only one.", examples=[""])]


TierWord = Annotated[str, Meta(max_length=30, description="The code of a tier.", examples=["gold"])]
OfferName = Annotated[str, Meta(max_length=60, description="What it is called.", examples=["满300减40"])]


class OptionShape(Answer, frozen=True):
    """An option of goods, such as its colour."""

    name: LongText
    value: LongText


class ShareShape(Answer, frozen=True):
    """What one step of pricing did: positive was charged, negative was taken off."""

    step: Stage
    source_kind: SourceKind
    source_id: SourceId
    amount: MoneyShape

    of = derived_with(Share, "currency", str, step="stage")


class PricedLineShape(Answer, frozen=True):
    """A line with its price and how it came about: `shares` add up to `payable`, `freight_shares` to `freight`."""

    sku_id: Uuid
    product_id: Uuid
    title: LongText
    options: list[OptionShape]
    image_url: LongText | None
    quantity: Quantity
    unit_price: MoneyShape
    base: MoneyShape
    payable: MoneyShape
    freight: MoneyShape
    included_tax: MoneyShape
    shares: list[ShareShape]
    freight_shares: list[ShareShape]
    gift: bool = False
    """Whether it comes along with the rest."""

    of = derived_with(PricedLine, "currency", str, within="goods")


class RejectedOfferShape(Answer, frozen=True):
    """An offer that did not apply, and why: what is missing to it, from when it holds, for which tiers it is."""

    source_kind: SourceKind
    source_id: SourceId
    reason: Annotated[str, Meta(max_length=64, description="Why it did not.", examples=["threshold"])]
    missing_minor: Cents = 0
    missing_units: Count = 0
    gain_minor: Cents = 0
    starts_at: Instant | None = None
    tiers: Annotated[list[TierWord], Meta(examples=[["gold"]])] = field(default_factory=list)
    name: OfferName = ""
    name_en: OfferName = ""

    of = derived(RejectedOffer)


class UnavailableShape(Answer, frozen=True):
    """Goods that were wanted and cannot be had now, and why."""

    sku_id: Uuid
    title: LongText
    quantity: Quantity
    reason: Reason
    sellable: Count

    of = derived(UnavailableLine)
