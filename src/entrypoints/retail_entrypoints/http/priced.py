"""How priced lines look from outside: shared by carts and quotes (PRC-R4)."""

from typing import Annotated

from msgspec import Meta

from retail_domain.pricing import PricedLine, Reason, Share, Stage, UnavailableLine
from retail_entrypoints.http.shapes import Answer, Count, LongText, MoneyShape, Quantity, Uuid
from retail_entrypoints.http.shaping import derived, derived_with

SourceKind = Annotated[str, Meta(max_length=64, description="Where an amount comes from.", examples=["sale_price"])]
SourceId = Annotated[str, Meta(max_length=64, description="Which one; empty where there is only one.", examples=[""])]


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

    of = derived_with(PricedLine, "currency", str, within="goods")


class UnavailableShape(Answer, frozen=True):
    """Goods that were wanted and cannot be had now, and why."""

    sku_id: Uuid
    title: LongText
    quantity: Quantity
    reason: Reason
    sellable: Count

    of = derived(UnavailableLine)
