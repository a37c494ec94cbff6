"""How priced lines look from outside: shared by carts and quotes (PRC-R4)."""

from typing import Annotated

from msgspec import Meta

from retail_domain.pricing import PricedLine, Reason, Share, Stage, UnavailableLine
from retail_entrypoints.http.shapes import Answer, Count, LongText, MoneyShape, Quantity, Uuid

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

    @classmethod
    def of(cls, share: Share, currency: str) -> "ShareShape":
        """As it is sent."""
        return cls(share.stage, share.source_kind, share.source_id, MoneyShape(share.amount_minor, currency))


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

    @classmethod
    def of(cls, line: PricedLine, currency: str) -> "PricedLineShape":
        """As it is sent."""
        goods = line.goods
        return cls(
            sku_id=goods.sku_id,
            product_id=goods.product_id,
            title=goods.title,
            options=[OptionShape(name, value) for name, value in goods.options],
            image_url=goods.image_url,
            quantity=line.quantity,
            unit_price=MoneyShape(goods.unit_price_minor, currency),
            base=MoneyShape(line.base_minor, currency),
            payable=MoneyShape(line.payable_minor, currency),
            freight=MoneyShape(line.freight_minor, currency),
            included_tax=MoneyShape(line.included_tax_minor, currency),
            shares=[ShareShape.of(share, currency) for share in line.shares],
            freight_shares=[ShareShape.of(share, currency) for share in line.freight_shares],
        )


class UnavailableShape(Answer, frozen=True):
    """Goods that were wanted and cannot be had now, and why."""

    sku_id: Uuid
    title: LongText
    quantity: Quantity
    reason: Reason
    sellable: Count

    @classmethod
    def of(cls, line: UnavailableLine) -> "UnavailableShape":
        """As it is sent."""
        return cls(line.sku_id, line.title, line.quantity, line.reason, line.sellable)
