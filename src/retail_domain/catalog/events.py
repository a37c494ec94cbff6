"""Facts about goods."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import ProductId, SkuId


@frozen(kw_only=True)
class ProductEvent(Event):
    """Something happened to one product."""

    product_id: ProductId

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per product."""
        return self.product_id


@frozen(kw_only=True)
class ProductCreated(ProductEvent):
    """Goods were entered into the catalogue."""

    name: ClassVar[str] = "catalog.product_created"
    code: str


@frozen(kw_only=True)
class ProductEdited(ProductEvent):
    """The description of goods changed."""

    name: ClassVar[str] = "catalog.product_edited"


@frozen(kw_only=True)
class SkuAdded(ProductEvent):
    """Goods come in one more kind."""

    name: ClassVar[str] = "catalog.sku_added"
    sku_id: SkuId
    code: str
    price_minor: int


@frozen(kw_only=True)
class SkuEdited(ProductEvent):
    """The particulars of one kind changed, its price not among them."""

    name: ClassVar[str] = "catalog.sku_edited"
    sku_id: SkuId


@frozen(kw_only=True)
class SkuRepriced(ProductEvent):
    """A price changed; quotes made at the old price are no longer honoured (CAT-R1)."""

    name: ClassVar[str] = "catalog.sku_repriced"
    sku_id: SkuId
    before_minor: int
    price_minor: int
    price_version: int


@frozen(kw_only=True)
class ProductPutOnSale(ProductEvent):
    """Goods went on sale."""

    name: ClassVar[str] = "catalog.put_on_sale"


@frozen(kw_only=True)
class ProductTakenOffSale(ProductEvent):
    """Goods are no longer for sale."""

    name: ClassVar[str] = "catalog.taken_off_sale"


EVENTS: Final[tuple[type[Event], ...]] = (
    ProductCreated,
    ProductEdited,
    SkuAdded,
    SkuEdited,
    SkuRepriced,
    ProductPutOnSale,
    ProductTakenOffSale,
)
